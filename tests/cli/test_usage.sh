#!/usr/bin/env bash
# test_usage.sh - command lines that are wrong: exit status 2, one line on stderr that names the nearest
# valid word, nothing on stdout.
. "$SOURCE/tests/cli/lib.sh" || exit 1

wrong() { # wrong TEXT ARGUMENT...
  local text=$1
  shift
  run 2 "$@"
  out_is_empty
  err_is_one_line
  err_has "$text"
}

wrong "a command is missing"
wrong "did you mean sweep?" sweeep
wrong "did you mean run?" run-
wrong "there is no option" --frobnicate
wrong "did you mean --folds?" run --fodls 5
wrong "did you mean --validation?" run --validaton=5
wrong "shortlist run --help" run -z
wrong "--folds needs a value: K" run --folds
wrong "--final takes no value" run --final=yes
wrong "one argument too many" run a.yaml b.yaml
wrong "it needs CLASSIFIER" sweep knn
wrong "it needs MODEL DATA" predict
wrong "train:" run --train ten
wrong "folds:" run --folds 1
wrong "scale:" run --scale minmx
wrong "did you mean minmax?" run --scale minmx
wrong "--time-limit" run --time-limit soon
wrong "--memory-limit" run --memory-limit 4X
wrong "from 1 to 1024" run --jobs 0
wrong "did you mean json?" run --format jsn
wrong "did you mean logreg?" run --models logrg
wrong "did you mean knn?" run --set kn.n_neighbors=3
wrong "did you mean n_neighbors?" run --set knn.n_neighbor=3
wrong "did you mean knn?" sweep kn n_neighbors
wrong "did you mean n_neighbors?" sweep knn n_neighbor
wrong "n_neighbors" sweep knn n_neighbors=0
wrong "did you mean classifiers?" list classifier
wrong "did you mean tree?" list classifiers tre
wrong "one argument too many" list studies all
wrong "--format" audit synthetic --format csv
wrong "--header" audit synthetic --header maybe
wrong "--part" predict m.slm synthetic --part both
wrong "did you mean shortlist?" run shortlst
wrong "there is no store yet" show

# What is missing, broken or unwritable is status 1.
run 1 predict nowhere.slm synthetic
err_is_one_line
run 1 run --data /nowhere.csv
err_has nowhere.csv
out_is_empty

finish
