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
wrong "did you mean none?" run --keep-scores nine
wrong "it needs STUDY" delete
wrong "did you mean delete?" delte
wrong "did you mean balanced_accuracy?" show --show-columns balanced_acuracy
wrong "there is no store yet" show
wrong "there is no store yet" delete x

# The same fault has the same status, whichever command meets it: 2 for a request that can not be met (a name, a
# column, a row, a value that is not there or not allowed), 1 for what a file or the system holds or refuses.
awk -v OFS=, 'BEGIN { print "length,width,kind"; for (i = 0; i < 40; i++) print i % 7, i % 11, i % 2 ? "a" : "b" }' >good.csv
run 0 run --data good.csv --models knn --save-models --name good --quiet
model=results/good/models/k-nn.slm
printf '%s\n' 1,2,a 3,b >ragged.csv
echo junk >junk.slm
printf 'rows: [' >broken.yaml
ln -s loop loop
mkdir damaged file
seq 3000 >damaged/shortlist.db
touch file/results

status() { # status STATUS TEXT ARGUMENT...
  local expected=$1 text=$2
  shift 2
  run "$expected" "$@"
  out_is_empty
  err_is_one_line
  err_has "$text"
}

for command in "run --data good.csv" "sweep knn n_neighbors --data good.csv" "audit good.csv" "predict $model good.csv"; do
  status 2 "no label column \"knd\" (did you mean kind?)" $command --label knd
  status 2 "no label column \"3\"" $command --label 3
done
for data in "run --data" "sweep knn n_neighbors --data" "audit" "predict $model"; do
  status 2 "unknown data set \"syntetic\" (did you mean synthetic?)" $data syntetic
  status 2 "synthetic" $data synthetic:many
  status 1 "nowhere.csv: No such file" $data nowhere.csv
  status 1 "good.csv/x: Not a directory" $data good.csv/x
  status 1 "loop: Too many levels of symbolic links" $data loop
  status 1 "ragged.csv:2" $data ragged.csv
done
status 2 "no test part" run --data good.csv --final
status 2 "no test part" predict $model good.csv --part test
for study in show plot; do
  status 2 "did you mean good?" $study god
  status 2 "there is no store yet" $study good --out nowhere
  status 1 "damaged" $study good --out damaged
  status 1 "loop/shortlist.db: Too many levels" $study good --out loop
done
status 2 "there is no store yet" list studies --out nowhere
status 1 "damaged" list studies --out damaged
status 1 "damaged" delete good --out damaged
status 1 "damaged" run --data good.csv --models knn --out damaged
status 1 "loop" run --data good.csv --models knn --out loop
status 1 "file/results" run --data good.csv --models knn --out file/results
status 2 "an empty value" run --data good.csv --models knn --out ''
status 2 "did you mean k-NN?" show good k-nm
status 2 "did you mean k-NN?" plot good confusion --row k-nm
status 2 "there is no plot 'confuson' (did you mean confusion?)" plot good confuson
status 2 "epochs" plot good curves
status 2 "name: '../x' is not allowed" run --data good.csv --name ../x
status 2 "the data set has only 40 rows" run --data good.csv --train 1000
status 2 "folds: 30 is more than the 20 training rows" run --data good.csv --train 20 --folds 30
status 2 "exclude each other" run --data synthetic:100 --final --folds 3
status 2 "leave out folds" run --data good.csv --save-models --folds 3
status 2 "cnn needs images" run --data good.csv --models cnn
status 2 "it takes a real number > 0 and <= 1e+12" run --data good.csv --models svm --set svm.C=1e13
status 2 "1 to 10000 are allowed" sweep svm C=0.001:1000:log5000000
status 2 "there is no experiment" run shortlst
status 1 "nowhere.yaml: No such file" run nowhere.yaml
status 1 "loop: Too many levels" run loop
status 2 "broken.yaml:2" run broken.yaml
status 1 "nowhere.slm" predict nowhere.slm synthetic
status 1 "not a model file" predict junk.slm synthetic
status 1 "features" predict $model synthetic:50

# A message leaves in one piece, so that those of several processes do not mix: a pipe that keeps what one call writes.
python3 - "$SHORTLIST" <<'EOF' || fail "a message in pieces"
import os, subprocess, sys
for words in (["run", "--data", "nowhere.csv"], ["run", "--frobnicate"]):
    begin, end = os.pipe2(os.O_DIRECT)
    with subprocess.Popen([sys.argv[1], *words], stderr=end):
        os.close(end)
        pieces = list(iter(lambda: os.read(begin, 4096), b""))
    assert len(pieces) == 1 and pieces[0].endswith(b"\n"), pieces
EOF

finish
