#!/usr/bin/env bash
# test_store.sh - the store: one of version 1 shows after its upgrade what it showed before, and its runs go on; scores
# that are kept; predictions; deleting a study.  The files in tests/samples/store1 were written by a program that knew no
# other version.
. "$SOURCE/tests/cli/lib.sh" || exit 1
samples=$SOURCE/tests/samples/store1

plain_json() { # FILE: without the warnings
  python3 -c 'import json, sys; o = json.load(open(sys.argv[1])); o.pop("warnings", None); print(json.dumps(o, indent=1))' "$1"
}
warnings=$("$SHORTLIST" list warnings | awk '{ printf "%s%s", (NR > 1 ? "," : ""), $1 }') # there were none then
# A store of version 1, read for the first time by each command.
mkdir results
for study in folded unseen failing; do
  for format in text csv json; do
    cp "$samples/shortlist.db" results/
    for time in first second; do
      run 0 show $study --format $format --no-warn "$warnings"
      [ $format != json ] || { plain_json out >plain && plain_json "$samples/$study.json" >was && cp plain out; }
      [ $format = json ] || cp "$samples/$study.$format" was
      cmp -s out was || fail "$study as $format is not what it was ($time time)"
    done
  done
done
cp "$samples/shortlist.db" results/
run 0 list studies
cmp -s out "$samples/studies.text" || fail "the studies are not what they were: $(cat out)"
run 0 show folded 'decision tree'
cmp -s out "$samples/folded-tree.text" || fail "a row in full is not what it was"
[ "$(head -c 64 results/shortlist.db | tail -c 4 | od -An -tx1 | tr -d ' ')" = 00000006 ] || fail "it was not upgraded"

# What it holds is not fitted again.
for first in run show; do
  cp "$samples/shortlist.db" results/
  [ $first = run ] || run 0 list studies
  folded="--data synthetic:120:7 --train 80 --validation 40 --folds 2 --models majority,tree,mlp --name folded --threads 1"
  run 0 run $folded --set mlp.max_iter=3 --set mlp.hidden_layer_sizes=8
  # The network's two are, as its stream has another name since; its rows are what they were.
  err_has "6 trials: 2 run now, 4 taken from the store"
  cp -r "$samples/pair" .
  run 0 run --data pair --models tree,logreg --final --name unseen --threads 1
  err_has "2 trials: 0 run now, 2 taken from the store"
  run 0 show unseen
  out_has 'test file: 2 of 20 rows are of classes without training rows'
done
# Predictions that came without scores are shown without.
run 0 show folded 'decision tree' --predictions
[ "$(head -n 1 out | tr -d '\r')" = repeat,fold,row,truth,predicted ] || fail "predictions begin with $(head -n 1 out)"
[ "$(wc -l <out)" = 81 ] || fail "$(wc -l <out) lines for 80 predictions"

# A newer store is refused in words, with both numbers.
mkdir newer
cp results/shortlist.db newer/
printf '\0\0\0\7' | dd of=newer/shortlist.db bs=1 seek=60 conv=notrunc status=none
for command in "show" "list studies" "plot" "delete folded" "run --data synthetic:100 --models majority"; do
  # shellcheck disable=SC2086
  run 1 $command --out newer
  err_is_one_line
  err_has "version 7, this program's is 6: a newer shortlist wrote it"
done

# Scores: all, the two largest, none.
small="--data synthetic:300 --train 100 --validation 50 --models tree,svm,majority --threads 1 --quiet"
for which in all top none; do
  run 0 run $small --name "$which" --seed 7 --out "$which" --keep-scores $which
  run 0 show $which 'decision tree' --predictions --out $which
  cp out $which.csv
  [ "$(wc -l <out)" = 51 ] || fail "$which: $(wc -l <out) lines for 50 rows"
done
[ "$(head -n 1 top.csv | tr -d '\r')" = row,truth,predicted,first,first_score,second,second_score ] ||
  fail "top: $(head -n 1 top.csv)"
[ "$(head -n 1 none.csv | tr -d '\r')" = row,truth,predicted ] || fail "none: $(head -n 1 none.csv)"
grep -q '^row,truth,predicted,score_disc,' all.csv || fail "all: $(head -n 1 all.csv)"
for which in all top; do
  cut -d, -f1-3 $which.csv | tr -d '\r' >labels
  tr -d '\r' <none.csv | cmp -s labels - || fail "$which: other predictions than without scores"
done
awk -F, 'NR > 1 { sum = 0; for (i = 4; i <= NF; i++) sum += $i; if (sum < 0.999 || sum > 1.001) exit 1 }' all.csv ||
  fail "a row's probabilities do not sum to 1"
awk -F, 'NR > 1 && ($5 < $7) { exit 1 }' top.csv || fail "the first score is not the largest"
run 0 show top 'SVM (RBF kernel)' --predictions --format json --out top
cp out top.json
run 0 show all 'SVM (RBF kernel)' --predictions --format json --out all
if command -v python3 >/dev/null; then
  python3 - <<'PY' || fail "the JSON of predictions"
import json
top, whole = json.load(open("top.json")), json.load(open("out"))
assert len(whole["predictions"]) == 50 and len(whole["classes"]) == 10, whole
for p, q in zip(top["predictions"], whole["predictions"]):
    assert p["row"] == q["row"] and p["truth"] == q["truth"] and p["predicted"] == q["predicted"]
    assert len(p["scores"]) == 2 and len(q["scores"]) == 10
    for name, score in p["scores"].items():  # margins of the same model
        assert abs(score - q["scores"][whole["classes"].index(name)]) < 1e-3, (p, q)
PY
fi
run 2 run $small --keep-scores tpo
err_has "did you mean top?"
run 2 show all --predictions --out all
err_has "it needs STUDY and ROW"
run 2 show all 'decision tree' --predictions --format text --out all
err_has "csv or json"
run 2 show all 'decision tre' --predictions --out all
err_has "did you mean 'decision tree'?"
run 2 show failing MLP --predictions
err_has "has no predictions: timeout"

# Deleting: what another study uses stays; models go, pictures stay.
two="--data synthetic:300 --train 100 --validation 50 --threads 1 --quiet --out del"
run 0 run $two --models majority,tree --name one --save-models
run 0 run $two --models majority,knn --name other
mkdir -p del/one/plots
touch del/one/plots/mine.svg
run 2 delete on --out del
err_has "did you mean one?"
run 2 delete
run 2 delete one other
run 0 delete one --out del
err_is_empty
out_has "Deleted study one: 2 rows, 2 trials; 1 outcome removed, 1 left, which other studies use; 2 model files removed."
[ "$(find del/one -type f)" = del/one/plots/mine.svg ] || fail "left: $(find del/one)"
run 2 show one --out del
run 0 show other --out del
run 0 run ${two% --quiet*} --out del --models majority,tree --name one
err_has "2 trials: 1 run now, 1 taken from the store"
run 0 delete other --out del
run 0 delete one --out del
run 0 list studies --out del
out_is_empty
run 2 delete one --out del
err_has "holds no study yet"
[ ! -d del/other ] || fail "the folder of a study without pictures stays"

finish
