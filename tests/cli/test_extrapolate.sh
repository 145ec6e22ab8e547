#!/usr/bin/env bash
# test_extrapolate.sh - what rows would take on other numbers of training rows: beside the table, in every format.
. "$SOURCE/tests/cli/lib.sh" || exit 1

data="--data synthetic:8500 --train 8000 --validation 500 --models knn,tree,majority"
value() { # EXPRESSION over rows, by name
  python3 -c 'import json, sys; o = json.load(open("out")); rows = {r["classifier"]: r for r in o["rows"]}; print(eval(sys.argv[1]))' "$1"
}

# Every row has estimates with an interval; nothing of them stays in the store.
run 0 run $data --extrapolate 100000000 --format json
[ "$(value 'all(r["estimated_" + m + "_low"] <= r["estimated_" + m] <= r["estimated_" + m + "_high"] for r in rows.values() for m in ("fit_time", "score_time", "peak_memory")) and {r["estimated_n_train"] for r in rows.values()} == {100000000}')" = True ] ||
  fail "rows: $(cat out)"
# Memory grows whatever else the machine does; of times it can not be told here (unit-costs has made-up ones).
[ "$(value 'rows["knn"]["estimated_peak_memory"] > 50 * rows["knn"]["peak_memory"] and rows["knn"]["estimated_score_time"] > 0')" = True ] ||
  fail "k-NN keeps its rows: $(cat out)"
err_has "what the rows would take on 100000000 training rows"
run 0 show --format json
[ "$(value '[k for r in rows.values() for k in r if "estimated" in k]')" = '[]' ] || fail "show tells of estimates"

# In words, by the limits, for people; the trials come from the store.  A tree takes longer than the limit however noisy
# the times were that its own is followed from.
run 0 run $data --extrapolate 100000000 --time-limit 0.001s --memory-limit 256M
err_has "0 run now, 3 taken from the store"
for text in "est. fit s" growth "n^" "at 100,000,000 training rows, by estimate, longer than the time limit of 1.0 ms: " \
  "more memory than the limit of 256 MiB: " "estimated at 100,000,000 training rows"; do
  tr -s '\n ' ' ' <out | grep -qF -- "$text" || fail "the table lacks '$text': $(cat out)"
done
for format in markdown latex html; do
  run 0 run $data --extrapolate 2000 --quiet --format $format --show-columns accuracy,estimated_fit_time,estimated_memory,growth
  out_has "est. MiB"
  err_is_empty
done
run 0 run $data --extrapolate 2000 --quiet --format csv
head -1 out | grep -q ',estimated_peak_memory,estimated_peak_memory_low,estimated_peak_memory_high,estimated_growth' || fail "CSV: $(head -1 out)"

# Rows that no samples can be taken of say so; folds, and rows that failed, are extrapolated all the same.
printf 'a,b,class\n1,2,x\n2,1,y\n1,3,x\n3,1,y\n1,1,x\n4,2,y\n' >tiny.csv
run 0 run --data tiny.csv --models knn,tree --train 2 --validation 2 --extrapolate 1000 --name tiny
out_has "No estimate for k-NN: "
run 3 run --data synthetic:1500 --models majority,svm --folds 2 --time-limit 0.001s --extrapolate 3000 --quiet --format json --name folds
[ "$(value '[rows["svm"]["status"], rows["svm"]["estimated_fit_time"] > 0.001]')" = "['timeout', True]" ] || fail "timeout: $(cat out)"

run 2 run $data --extrapolate 0
err_has "--extrapolate: '0' is not allowed"
run 2 run $data --extrapolate all
err_has "--extrapolate: 'all' is not allowed"
export OMPI_COMM_WORLD_SIZE=2 OMPI_COMM_WORLD_RANK=0
run 2 run $data --extrapolate 1000
err_has "--extrapolate: under mpirun no samples can be run"
finish
