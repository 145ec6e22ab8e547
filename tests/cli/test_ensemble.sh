#!/usr/bin/env bash
# test_ensemble.sh - would several rows of a study together be better than the best one?
. "$SOURCE/tests/cli/lib.sh" || exit 1

# Two classifiers that each know half of the matter: u tells it for one half of the rows, v for the other.
awk 'BEGIN { srand(4); print "u,v,class"
  for (i = 0; i < 600; i++) { c = i % 2; h = int(i / 2) % 2
    print (h ? 3 * (2 * c - 1) + 2 * rand() : 2 * rand() - 1) "," (h ? 2 * rand() - 1 : 3 * (2 * c - 1) + 2 * rand()) "," c } }' >halves.csv
run 0 run --data halves.csv --folds 5 --models naive_bayes,logreg,tree,majority --name halves --quiet
run 0 ensemble halves
out_has 'out-of-fold rows; the best single row is'
out_has 'Accuracy on rows that neither was chosen by: ensemble '
run 0 ensemble halves --format json
python3 - out <<'PYTHON' || fail "the ensemble's numbers do not agree"
import json, sys
e = json.load(open(sys.argv[1]))
assert e["candidates"] == 4 and e["scored_rows"] == 600, e
assert abs(sum(m["weight"] for m in e["members"]) - 1) < 1e-5
assert e["members"] == sorted(e["members"], key=lambda m: -m["weight"])
assert abs(e["accuracy"] - e["single_accuracy"] - e["gain"]) < 2e-6 and e["gain_low"] <= e["gain"] <= e["gain_high"]
PYTHON
cp out first
run 0 ensemble --format json
cmp -s out first || fail "the study that ran last is not the same"

# Noise: nothing is to be gained, and that is said.
awk 'BEGIN { srand(5); print "u,v,class"; for (i = 0; i < 300; i++) print rand() "," rand() "," (rand() < .5) }' >noise.csv
run 0 run --data noise.csv --label class --folds 5 --models naive_bayes,logreg,tree,knn --name noise --quiet
run 0 ensemble noise
out_has 'No gain is shown: the interval holds 0.'

# Too few rows with probabilities; no study; a wrong format.
run 0 run --data noise.csv --label class --folds 5 --models sgd,logreg --name few --quiet
run 2 ensemble few
err_has 'at least two rows whose probabilities of all classes the store keeps, on the same rows of the data: the study has 1'
run 2 ensemble nois
err_has 'did you mean noise?'
run 2 ensemble noise --format jsn
err_has 'did you mean json?'
finish
