#!/usr/bin/env bash
# test_diff.sh - two studies side by side: rows matched, what changed beyond noise, exit statuses, formats, refusals.
. "$SOURCE/tests/cli/lib.sh" || exit 1
small="--data synthetic:1500 --train 500 --validation 500 --threads 1 --quiet --name w"

run 0 run $small --models majority,tree,knn --out before
run 0 run $small --models tree,logreg,knn --set tree.max_depth=3 --out after
run 3 diff before:w after:w --width 200
err_is_empty
out_has "Before: study w (before), of synthetic:1500"
out_has "decision tree !"
out_has "accuracy worse"
out_has "decision tree: other settings: max_depth none -> 3."
out_has "Only before: majority class."
out_has "Only after: logistic regression."
out_has "! regressions (accuracy worse beyond noise, or no longer ok): decision tree (score)."
grep -q '^k-NN  .*+0.000' out || fail "k-NN is not compared: $(cat out)"
cp out whole
run 3 diff before: after: --width 200
cmp -s out whole || fail "the study that ran last is another one"
(cd before && "$SHORTLIST" diff w ../after:w --out . --width 200) | tail -n +3 >out
tail -n +3 whole | cmp -s - out || fail "--out is not the store of a study without one"

# The other way round the tree is better; a tolerance takes the place of the test.
run 0 diff after:w before:w --width 200
out_has "accuracy better"
out_has "No regression"
run 0 diff before:w after:w --tolerance 30 --width 200
out_has "worse by more than 30 points"
run 3 diff before:w after:w --tolerance 0.5 --width 200

# Times are regressions only where they are asked for.
run 0 run --data synthetic:1500 --train 500 --validation 500 --threads 1 --quiet --name t --models mlp --set mlp.max_iter=1 --out short
run 0 run --data synthetic:1500 --train 500 --validation 500 --threads 1 --quiet --name t --models mlp --set mlp.max_iter=60 --out long
run 0 diff short:t long:t --tolerance 100 --width 200
out_has "fits slower"
run 3 diff short:t long:t --tolerance 100 --time-tolerance 1.2 --width 200
out_has "MLP (time)"
run 0 diff short:t long:t --tolerance 100 --time-tolerance 100000 --width 200

# Formats: CSV and JSON hold the same rows.
run 3 diff before:w after:w --format json
cp out diff.json
run 3 diff before:w after:w --format csv
cp out diff.csv
python3 - <<'PY' || fail "JSON and CSV"
import csv, json
whole = json.load(open("diff.json"))
rows = {r["name"]: r for r in whole["rows"]}
assert whole["metric"] == "accuracy" and whole["regressions"] == 1 and whole["tolerance"] is None, whole
assert whole["before"]["store"] == "before" and whole["after"]["study"] == "w"
tree, knn = rows["decision tree"], rows["k-NN"]
assert tree["score_change"] == "worse" and tree["score_regressed"] and tree["same_rows"] and tree["p"] < 0.05
assert abs(tree["score_after"] - tree["score_before"] - tree["score_difference"]) < 1e-12
assert knn["score_change"] == "none" and knn["p"] == 1 and knn["score_difference"] == 0
assert rows["majority class"]["status_after"] is None and rows["majority class"]["score_change"] == "unknown"
lines = list(csv.DictReader(open("diff.csv", newline="")))
assert [l["name"] for l in lines] == [r["name"] for r in whole["rows"]]
assert lines[0].keys() == whole["rows"][0].keys()
PY
run 3 diff before:w after:w --format markdown
grep -q '^| decision tree ! |' out || fail "Markdown: $(cat out)"
run 3 diff before:w after:w --format latex

# Another metric; other rows are compared by intervals; other data is said, other classes are refused.
run 3 diff before:w after:w --metric f1_macro
out_has "by the paired bootstrap"
run 0 run --data synthetic:1500 --train 500 --validation 500 --threads 1 --quiet --name s --models tree,majority --seed 7 --out after
run 0 diff before:w after:s --width 200
out_has "Other settings: seed 42 -> 7"
out_has "p is by the two 95 % intervals"
run 0 run --data synthetic:1500:9 --train 500 --validation 500 --threads 1 --quiet --name o --models majority --out after
run 0 diff before:w after:o --width 200
out_has "Other data: name synthetic:1500 -> synthetic:1500:9, content "
printf 'a,b,label\n' >two.csv
for i in $(seq 40); do echo "$i,$((i % 7)),$((i % 2))"; done >>two.csv
run 0 run --data two.csv --models majority --name two --quiet --out after
run 2 diff before:w after:two
err_is_one_line
err_has "study w is of the data set synthetic:1500, study two of two.csv, which has other classes: they do not compare"
run 0 run $small --models majority --metric f1_macro --out judged
run 2 diff before:w judged:w
err_has "judged by accuracy, study w by f1_macro: name one metric for both (--metric)"
run 0 diff before:w judged:w --metric kappa

# What a store holds is not fitted again: said, for it compares nothing.
run 0 run $small --models majority,tree,knn --out before
run 0 run ${small/--name w/--name w2} --models tree --out before
run 0 diff before:w before:w2 --width 200
out_has "1 row was fitted once, and the outcome stands on both sides"

# A row that does not end well any more.
run 0 run $small --models knn --out ended
run 3 run $small --models knn,mlp $endless --time-limit 1s --out ended
run 0 run $small --models knn,mlp --out started
run 3 diff started:w ended:w --width 200
out_has "no longer ok"
out_has "MLP (timeout)"
run 0 diff ended:w started:w --width 200
out_has "now ok"

run 2 diff before:w
err_has "it needs [DIR:]BEFORE [DIR:]AFTER"
run 2 diff before:w after:x
err_has "there is no study 'x'"
run 2 diff before:w2 before:w3
err_has "did you mean w"
run 2 diff before:w :w
err_has "a folder is missing before the colon"
run 2 diff before:w nowhere:w
err_is_one_line
for value in -1 x nan; do
  run 2 diff before:w after:w --tolerance $value
  err_has "it takes a number from 0 on"
done
run 2 diff before:w after:w --time-tolerance 0.5
err_has "it takes a number from 1 on"
finish
