#!/usr/bin/env bash
# test_calibrate.sh - a temperature is fitted, kept in the model file, and used by predict.
. "$SOURCE/tests/cli/lib.sh" || exit 1

run 0 run --data synthetic:900 --models naive_bayes,linear_svm,tree --train 300 --validation 100 --save-models --name kept --quiet
model=$(echo results/kept/models/*bayes*.slm)
run 0 predict $model synthetic:500 --format csv --scores
cp out before
run 0 calibrate $model synthetic:500 --out warm.slm --plots pictures --format json
temperature=$(python3 -c "import json; print('%.6f' % json.load(open('out'))['temperature'])")
for ending in svg png pdf csv; do [ -s pictures/reliability.$ending ] || fail "no pictures/reliability.$ending"; done
run 0 calibrate $model synthetic:500
out_has "temperature ${temperature%??}"
out_has "expected calibration error"
cp out told

# Predict goes by it: labels stay, and probabilities are the powers that they should be.
run 0 predict warm.slm synthetic:500 --format csv --scores
python3 - "$temperature" <<'PYTHON' || fail "the calibrated probabilities are others"
import csv, math, sys
t = float(sys.argv[1])
assert abs(t - 1) > .05
for a, b in zip(csv.reader(open('before')), csv.reader(open('out'))):
    if a[0] == 'predicted': continue
    assert a[0] == b[0] and a[1] == b[1], (a, b)
    p = [float(x) for x in a[2:]]
    if min(p) < 1e-30: continue # printed digits of subnormal numbers
    q = [x ** (1 / t) for x in p]
    for x, y in zip(q, b[2:]):
        assert abs(x / sum(q) - float(y)) < 1e-4, (a, b)
PYTHON
# Calibrated again it is the same model: the temperature is fitted to the model's own probabilities.
run 0 calibrate warm.slm synthetic:500
cmp -s out told || fail "calibrated twice is another temperature: $(diff out told)"

refuse() { # STATUS TEXT ARGUMENT...
  run "$1" calibrate "${@:3}"
  grep -qF -- "$2" err || fail "stderr lacks '$2': $(cat err)"
  out_is_empty
}
refuse 2 "linear_svm gives margins, no probabilities" results/kept/models/linear-svm*.slm synthetic:500
refuse 2 "a temperature wants 20 at least" $model synthetic:50
refuse 2 "--format: 'csv' is not allowed: it takes text or json" $model synthetic:500 --format csv
run 1 calibrate $model synthetic:500 --out nowhere/warm.slm
err_has "nowhere/warm.slm"
# In the run that keeps the model: the temperature of the validation rows, which 'calibrate' finds on them, too; a model that was kept
# without one is fitted again, and one that has it is not.
run 0 run --data synthetic:400 --models naive_bayes,knn --train 300 --validation 100 --save-models --name within --quiet
run 0 run --data synthetic:400 --models naive_bayes,knn --train 300 --validation 100 --save-models --calibrate --name within
err_has "2 run now"
run 0 run --data synthetic:400 --models naive_bayes,knn --train 300 --validation 100 --save-models --calibrate --name within
err_has "0 run now"
run 2 run --data synthetic:400 --models knn --save-models --final --calibrate
err_has "the test file is none of them"
run 2 run --data synthetic:400 --models knn --calibrate
err_has "save-models"
run 0 predict results/within/models/*bayes*.slm synthetic:100 --format csv --scores
cp out tempered
run 0 run --data synthetic:400 --models naive_bayes --train 300 --validation 100 --save-models --name plain --quiet
run 0 predict results/plain/models/*bayes*.slm synthetic:100 --format csv --scores
[ "$(cut -d, -f1-2 out)" = "$(cut -d, -f1-2 tempered)" ] || fail "a temperature changed a predicted class"
cmp -s out tempered && fail "the kept model has no temperature"

# Data are not written over; MODEL may be.
printf 'a,b,class\n' >data.csv
run 2 calibrate results/plain/models/*bayes*.slm data.csv --out data.csv
err_has "--out: 'data.csv' is what is read, and would be lost"
err_is_one_line

finish
