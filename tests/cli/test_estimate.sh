#!/usr/bin/env bash
# test_estimate.sh - what a run will take: the plan, limits, the frozen file, the job script that is run by it.
. "$SOURCE/tests/cli/lib.sh" || exit 1

json() { python3 -c 'import json, sys; o = json.load(open(sys.argv[2])); print(eval(sys.argv[1]))' "$1" "${2:-out}"; }
data="--data synthetic:1200 --train 800 --validation 200"

# Nothing is written but what was asked for; what the store holds is told.
run 0 estimate $data --models knn,tree,majority --format json
[ ! -e results ] || fail "an estimate made a store"
[ "$(json '[o["trials"], o["held"], o["processes"], len(o["rows"])]')" = '[3, 0, 3, 3]' ] || fail "plan: $(cat out)"
[ "$(json 'all(r["fit_time"] >= 0 and r["score_time"] >= 0 and r["error"] >= 1.1 and r["peak_memory"] >= 0 and r["n_train"] == 800 for r in o["rows"])')" = True ] ||
  fail "rows: $(cat out)"
run 0 run $data --models tree --quiet
run 0 estimate run $data --models knn,tree
out_has "2 trials, 1 of them in the store, 1 process to run"
run 0 estimate --store elsewhere $data --models knn,tree
out_has "2 trials, 0 of them in the store"

# Groups are one process; a sweep's rows, drawn ones and rungs' candidates, too.
run 0 estimate sweep knn n_neighbors=1,5,9 $data --folds 3 --format json
[ "$(json '[o["trials"], o["processes"], {r["group"] for r in o["rows"]}]')" = '[9, 1, {9}]' ] || fail "group: $(cat out)"
run 0 estimate sweep tree max_depth=1:30 --search halving --trials 4 $data --format json --separate --folds 3
[ "$(json '[o["trials"], o["processes"]]')" = '[12, 12]' ] || fail "rungs: $(cat out)"

# A test file is not scored for an estimate, but counted.
run 0 estimate $data --models majority,tree --final --format json
[ "$(json 'o["rows"][0]["fit_time"] is not None')" = True ] || fail "final: $(cat out)"

# Limits, and rows that have no samples.
run 0 estimate --data synthetic:4000 --models logreg --time-limit 0.00001s --memory-limit 1K
out_has "logistic regression: a trial will take longer than the time limit of 0.00001s."
out_has "logistic regression: a trial will need more than the memory limit of 1K."
printf 'a,b,class\n1,2,x\n2,1,y\n1,3,x\n3,1,y\n1,1,x\n4,2,y\n' >tiny.csv
run 0 estimate --data tiny.csv --models knn,tree --train 2 --validation 2
out_has "no estimate: "

# What is wrong.
run 2 estimate sweep
err_has "it needs a classifier"
run 2 estimate run shortlist another
err_has "one word too many"
run 2 estimate --format csv
err_has "it takes text or json"
run 2 estimate --slurm 4 $data
err_has "--out FILE"

# Shards of equal length by a frozen file, which other trials refuse.
run 0 estimate sweep tree max_depth=1,2,3,4,5,6 min_samples_split=2,9 $data --folds 3 --separate --out "it's.json"
[ "$(json 'sorted(o) == ["format", "megabytes", "seconds", "units", "version"] and o["format"] == "shortlist-estimate" and len(o["units"]) == 36 and all(len(u["key"]) == 32 for u in o["units"])' "it's.json")" = True ] ||
  fail "the file: $(head -c 400 "it's.json")"
run 2 run $data --models majority --estimates "it's.json"
err_has "estimates of other trials"
run 1 run $data --models majority --estimates tiny.csv
err_has "no file of estimates"

# The job script: whole, and Slurm's part of it played here.
run 0 estimate sweep tree max_depth=1,2,3,4,5,6 min_samples_split=2,9 $data --folds 3 --separate --out "it's.json" --store all --slurm 2
cp out job.slurm
bash -n job.slurm || fail "the script is none"
for line in '#SBATCH --array=0-1' '#SBATCH --time=0:' '#SBATCH --mem=' '#SBATCH --signal=B:TERM@120' "'it'\\''s.json'"; do
  out_has "$line"
done
mkdir bin
ln -s "$SHORTLIST" bin/shortlist
cat >bin/sbatch <<'SH'
#!/bin/bash
if [ "$1" = --parsable ]; then
  for task in 0 1; do SLURM_ARRAY_TASK_ID=$task SLURM_ARRAY_TASK_COUNT=2 bash "$2" >"log.$task" 2>&1 || exit; done
  echo '17;cluster'
else
  [ "$1" = --dependency=afterany:17 ] || exit 1
  for last; do :; done
  bash -c "$last"
fi
SH
chmod +x bin/sbatch
PATH=$PWD/bin:$PATH bash job.slurm >log 2>&1 || fail "the script: $(cat log log.*)"
grep -q 'Merged 2 stores into all: 36 outcomes' log || fail "merge: $(cat log)"
run 0 sweep tree max_depth=1,2,3,4,5,6 min_samples_split=2,9 $data --folds 3 --separate --out all
err_has "0 run now, 36 taken from the store"

finish
