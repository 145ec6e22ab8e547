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

# Rows that are named: their plain mean, by the probabilities that 'show --predictions' prints, on the test file too.
head -n 1 halves.csv >test.csv && sed -n '2,201p' halves.csv >>test.csv
head -n 1 halves.csv >train.csv && sed -n '202,$p' halves.csv >>train.csv
run 0 run --data train.csv --test test.csv --final --models naive_bayes,logreg,tree --name final --quiet
run 0 show final --format csv
name_of() { python3 -c 'import csv, sys; print([r["name"] for r in csv.DictReader(open("out")) if r["classifier"] == sys.argv[1]][0])' "$1"; }
bayes=$(name_of naive_bayes) tree=$(name_of tree)
for row in "$bayes" "$tree"; do
  run 0 show final "$row" --predictions
  [ "$row" = "$bayes" ] && cp out bayes.csv || cp out tree.csv
done
run 0 ensemble final "$bayes" "$tree=2" "$bayes=3" --format json
python3 - out <<'PYTHON' || fail "the mean of named rows is not that of their probabilities"
import csv, json, sys
e = json.load(open(sys.argv[1]))
a, b = (list(csv.DictReader(open(f"{name}.csv"))) for name in ("bayes", "tree"))
scores = [column for column in a[0] if column.startswith("score")]
assert len(scores) == 2 and len(a) == len(b) == e["scored_rows"] == 200, (a[0], e)
sums = [[2 * float(x[s]) + float(y[s]) for s in scores] for x, y in zip(a, b)]
right = sum(scores[s[1] > s[0]][len("score_"):] == x["truth"] for s, x in zip(sums, a))
assert abs(e["accuracy"] - right / 200) < 1e-6, (e, right)
single = max(sum(x["truth"] == x["predicted"] for x in rows) for rows in (a, b))
assert abs(e["single_accuracy"] - single / 200) < 1e-6, (e, single)
assert [(m["count"], round(m["weight"], 4)) for m in e["members"]] == [(4, 0.6667), (2, 0.3333)] and not e["chosen"], e
PYTHON
run 0 ensemble final "$tree" "$bayes"
out_has 'Mean of the rows that were named, on 200 test rows; the best single one of them is'
run 2 ensemble final "$tree" 'Decsion tree'
err_has "did you mean '$tree'"
run 0 ensemble final "$tree"
! grep -q 'gain' out || fail "a row alone gains"
run 0 ensemble final
out_has 'not measured by them any more.
On other rows'
run 0 run --data train.csv --models naive_bayes,tree --keep-scores none --name bare --quiet
run 2 ensemble bare "$tree" "$bayes"
err_has "' has no probabilities of all classes in the store: its classifier gives none"
# (the row that ends well is in the store before, so that no speed is taken for granted)
run 0 run --data train.csv --models naive_bayes --out ended --name ended --quiet
run 3 run --data train.csv --models naive_bayes,mlp $endless --time-limit 1s --out ended --name ended --quiet
run 2 ensemble ended "$bayes" MLP --out ended
err_has "was not fitted and scored to the end: 'shortlist show ended' tells why"
# Its name is taken as it stands before it is taken for a number of times.
cat >named.yaml <<'YAML'
rows:
  - tree: {max_depth: 1}
    name: a=2
  - tree: {max_depth: 2}
    name: a
YAML
run 0 run named.yaml --data train.csv --name named --quiet
run 0 ensemble named a=2 a=5 --format json
python3 - out <<'PYTHON' || fail "rows whose names hold = are taken for others"
import json, sys
assert [(m["row"], m["count"]) for m in json.load(open(sys.argv[1]))["members"]] == [("a", 5), ("a=2", 1)]
PYTHON

# Too few rows with probabilities; no study; a wrong format.
run 0 run --data noise.csv --label class --folds 5 --models sgd,logreg --name few --quiet
run 2 ensemble few
err_has 'at least two rows whose probabilities of all classes the store keeps, on the same rows of the data: the study has 1'
run 2 ensemble nois
err_has 'did you mean noise?'
run 2 ensemble noise --format jsn
err_has 'did you mean json?'
finish
