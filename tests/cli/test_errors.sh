#!/usr/bin/env bash
# test_errors.sh - shortlist errors: of a study's row, of a model, wrong labels that are known, refusals.
. "$SOURCE/tests/cli/lib.sh" || exit 1

# Two clouds, 20 of 400 labels changed on purpose; a category that tells which rows are noisy.
python3 - <<'P'
import random
r = random.Random(3)
rows, wrong = [], []
for i in range(400):
    c, label = i % 2, i % 2
    if i % 20 in (7, 12) and i % 40 < 20:
        label = 1 - c
        wrong.append(i)
    rows.append("%.4f,%.4f,%s" % (r.gauss(6 * c, 1), r.gauss(0, 1), '"bad, or so"' if label else "gut é"))
open("flips.csv", "w").write("x,y,class\n" + "\n".join(rows) + "\n")
open("known.txt", "w").write("\n".join(map(str, wrong)) + "\n")
P
run 0 run --data flips.csv --models logreg,knn,linear_svm --train all --validation 0 --folds 5 --repeats 2 --name flips --quiet
run 0 errors flips 'logistic regression' --known known.txt --format json
python3 - <<'P' || fail "the analysis of flips: $(head -c 800 out)"
import json
o = json.load(open("out"))
assert o["rows"] == 400 and o["name"] == "logistic regression" and o["missing"] is None
known = set(map(int, open("known.txt")))
labels = o["labels"]
assert labels["reason"] is None and labels["known"] == 20 and labels["known_found"] >= 14, labels["known_found"]
suspects = {s["row"] for s in labels["suspects"]}
assert len(suspects & known) == labels["known_found"] and len(suspects) <= labels["known_found"] + 2
assert 13 <= labels["estimated"] <= 26, labels["estimated"]
assert sum(p["rows"] for p in o["pairs"]) == o["wrong"] == sum(o["margins"]["wrong"])
assert sum(o["margins"]["right"]) + o["wrong"] == 400
assert [s for s in o["subsets"] if s["by"] == "class" and s["rows"] == 200]
assert {r["row"] for r in o["others"]} == {"k-NN", "linear SVM"}, o["others"]
for other in o["others"]:
    assert other["both_wrong"] + other["only_this"] == o["wrong"] and other["wrong"] >= other["both_wrong"]
assert all(r["row"] in known for r in o["hardest"][:8]), o["hardest"]
P
cp out json
# The same numbers in words; the rows of the CSV are those of the file.
run 0 errors flips 'logistic regression' --known known.txt
out_has "This is repeat 1 of 2, which get"
out_has "errors are made in every repeat."
out_has "Known to be wrong are 20 of the scored rows"
out_has "Each row's probabilities are of a fit without it."
out_has "bad, or so"
run 0 errors flips 'logistic regression' --format csv
python3 - <<'P' || fail "the CSV: $(head -3 out)"
import csv, json
rows = list(csv.DictReader(open("out", newline="", encoding="utf-8")))
data = list(csv.DictReader(open("flips.csv", encoding="utf-8")))
assert len(rows) == 400 and len({r["row"] for r in rows}) == 400
assert all(data[int(r["row"])]["class"] == r["true"] for r in rows)
o = json.load(open("json"))
assert sum(int(r["wrong"]) for r in rows) == o["wrong"]
assert {int(r["row"]) for r in rows if r["likely_label"]} == {s["row"] for s in o["labels"]["suspects"]}
P
# The other repeat has errors of its own; how often both get a row wrong is the same from either side, and what
# the predictions say.  `show` has the gist.
cp out first.csv
run 0 errors flips 'logistic regression' --repeat 2 --format csv
cp out second.csv
python3 - <<'P' || fail "the repeats: $(head -3 second.csv)"
import csv
one, two = [{int(r["row"]): r for r in csv.DictReader(open(f, newline=""))} for f in ("first.csv", "second.csv")]
assert one.keys() == two.keys() and len(one) == 400
for row in one:
    both = int(one[row]["wrong"]) + int(two[row]["wrong"])
    assert both == int(one[row]["wrong_in"]) == int(two[row]["wrong_in"]), (row, one[row], two[row])
assert any(one[row]["score"] != two[row]["score"] for row in one)
P
run 0 errors flips 'logistic regression' --repeat 2 --format json
python3 - <<'P' || fail "the second repeat: $(head -c 300 out)"
import csv, json
o = json.load(open("out"))
assert o["repeat"] == o["repeats"] == 2
assert o["wrong"] == sum(int(r["wrong"]) for r in csv.DictReader(open("second.csv", newline="")))
assert all(r["wrong_in"] in (1, 2) for r in o["sure"])
P
run 2 errors flips 'logistic regression' --repeat 3
err_has "row 'logistic regression' has no repeat 3: there are 1 to 2"
out_is_empty
run 0 show flips 'logistic regression'
for text in "Where it errs, and is sure of it" "This is repeat 1 of 2" "Median margin" "Labels that may be wrong: " \
  "nearest to the boundary" "Taken for others most often: " "shortlist errors flips 'logistic regression'"; do
  out_has "$text"
done
# Without folds, repeats are seeds, which score the same rows in the same order: no data are needed to tell.
run 0 run --data synthetic:300 --models forest,knn --set forest.n_estimators=3 --repeats 3 --name seeds --quiet
run 0 show seeds 'forest n_estimators=3'
out_has "errors are made in every repeat."
out_has "wrong in: repeats of this one that do."
for r in 1 2 3; do
  run 0 errors seeds 'forest n_estimators=3' --repeat $r --format csv
  cp out seed$r.csv
done
python3 - <<'P' || fail "the seeds: $(head -3 seed1.csv)"
import csv
seeds = [list(csv.DictReader(open(f"seed{r}.csv", newline=""))) for r in (1, 2, 3)]
for rows in zip(*seeds):
    assert all(int(r["wrong_in"]) == sum(int(s["wrong"]) for s in rows) for r in rows), rows
P
run 2 errors seeds k-NN --repeat 2
err_has "row 'k-NN' has no repeat 2: it was scored once"
run 0 errors seeds k-NN
if grep -q 'repeat' out; then fail "a row that ran once has repeats: $(grep repeat out)"; fi
run 0 show seeds k-NN
out_has "shortlist errors seeds k-NN"
run 0 errors flips 'logistic regression' --threads 1 --format json
cp out one
run 0 errors flips 'logistic regression' --threads 2 --format json
cmp -s out one || fail "one and two threads differ"
for format in markdown latex html; do
  run 0 errors flips k-NN --format $format --list 3
  out_has "Error rates of subsets"
done

if command -v gnuplot >/dev/null; then
  run 0 run --data synthetic:600 --models knn,logreg --name images --quiet
  run 0 errors images k-NN --plots pictures --list 5
  for name in margins subsets sure unsure hardest labels clusters; do
    [ -s pictures/$name.png ] || fail "no picture $name: $(tail -3 err)"
  done
  [ "$(wc -l <pictures/sure.csv)" = 6 ] || fail "rows of the grid: $(cat pictures/sure.csv)"
  grep -q 'cluster,"*disc' pictures/subsets.csv || fail "the picture of subsets lacks clusters: $(head -3 pictures/subsets.csv)"
  run 0 errors flips k-NN --plots table --list 5
  if [ ! -s table/margins.png ] || [ ! -s table/subsets.png ] || [ -e table/sure.png ]; then fail "pictures of a table: $(ls table)"; fi
  run 0 report images --to images.html
  grep -q 'shortlist errors images k-NN' images.html || fail "the report does not name the command"
  grep -q 'Wrong, and sure of it' images.html || fail "the report lacks the rows that are wrong and sure of it"
fi

# Large numbers have as many digits as tell a subset's ends apart.
python3 - <<'P'
import random
r = random.Random(5)
with open("large.csv", "w") as f:
    f.write("when,x,class\n")
    for i in range(800):
        late = i % 4 == 3
        f.write("%d,%.3f,%s\n" % (123456789012 + (3 * late + r.random()) * 1e6, r.gauss(4 * (i // 4 % 2), 1),
                                 r.choice("ab") if late else "ab"[i // 4 % 2]))
P
run 0 run --data large.csv --models logreg --folds 4 --train all --validation 0 --name large --quiet
run 0 errors large 'logistic regression' --format json
python3 - <<'P' || fail "the subsets of large numbers: $(head -c 2000 out)"
import json
names = [s["subset"] for s in json.load(open("out"))["subsets"] if s["subset"].startswith("when: ")]
assert names, "none stands out"
for name in names:
    low, high = map(float, name[len("when: "):].split(" to "))
    assert low < high, name
P

# A table with categories and missing values is kept in doubles: its subsets are those of the file.
python3 - <<'P'
import random
r = random.Random(8)
with open("doubles.csv", "w") as f:
    f.write("size,town,class\n")
    for i in range(600):
        town, size, c = r.choice(["Graz", "Linz", "Wien"]), r.gauss(0, 1), i % 2
        label = r.choice("ab") if town == "Wien" else "ab"[c]
        f.write("%s,%s,%s\n" % ("" if i % 5 == 0 else "%.3f" % (size + 6 * c), town, label))
P
run 0 run --data doubles.csv --models tree --categories onehot --missing median --folds 4 --train all --validation 0 --name doubles --quiet
run 0 errors doubles 'decision tree' --format csv
cp out doubles.out
run 0 errors doubles 'decision tree' --format json
python3 - <<'P' || fail "the subsets of a table in doubles: $(head -c 2000 out)"
import csv, json
data = list(csv.DictReader(open("doubles.csv")))
wrong = {int(r["row"]): int(r["wrong"]) for r in csv.DictReader(open("doubles.out", newline=""))}
subsets = {s["subset"]: s for s in json.load(open("out"))["subsets"] if s["by"] == "feature"}
assert "town: Wien" in subsets and "size: missing" in subsets, list(subsets)
for name, s in subsets.items():
    column, value = name.split(": ")
    if column == "town" or value == "missing":
        rows = [i for i in wrong if data[i][column] == ("" if value == "missing" else value)]
    else:
        low, high = map(float, value.split(" to "))
        assert -6 < low < high < 12, name
        continue
    assert s["rows"] == len(rows) and s["wrong"] == sum(wrong[i] for i in rows), (name, s)
P

# Data that are gone, or others: the rest is told. Where they have gone is an option.
mv flips.csv away.csv
run 0 errors flips k-NN
out_has "--data says where they are now"
out_has "as in show --predictions"
run 0 errors flips k-NN --data away.csv
out_has "cluster "
sed '2s/^/9/' away.csv >flips.csv
run 0 errors flips k-NN
out_has "its data are others now"

# What needs scores says so where there are none, or margins alone.
run 0 run --data synthetic:400 --models knn,linear_svm --keep-scores none --name none --quiet
run 0 errors none k-NN
out_has "the store keeps no scores"
run 0 show none k-NN
out_has "is not known: the store keeps no scores of this row"
run 0 run --data synthetic:420 --models knn --keep-scores top --name top --quiet
run 0 errors top k-NN
out_has "only the two largest scores of a row are kept"
out_has "Near the boundary"
out_has "brightness"
run 0 run --data synthetic:400 --models linear_svm --name margins --quiet --save-models
run 0 errors margins 'linear SVM'
out_has "scores are margins, not probabilities"

# A model: on rows that it was fitted on, on others, on those without labels.
run 0 run --data synthetic:400 --models logreg --name kept --quiet --save-models
model=$(ls results/kept/models/*.slm)
run 0 errors "$model" synthetic:400 --part train
out_has "the model was fitted on these rows"
out_has "in the data's training part"
run 0 errors "$model" synthetic:300:9 --format json --list 5 --near 0.2
python3 - <<'P' || fail "the analysis of a model: $(head -c 800 out)"
import json
o = json.load(open("out"))
assert o["name"] == "logreg" and o["others"] == [] and o["labels"]["reason"] is None
assert abs(o["margins"]["near"] - 0.2) < 1e-9 and len(o["sure"]) == 5 and len(o["unsure"]) == 5
assert o["unsure"][0]["margin"] <= o["unsure"][4]["margin"]
assert all(r["true"] != r["predicted"] for r in o["sure"])
P
run 0 errors "$model" synthetic:300:9 --near 0.2
out_has "with a margin of at most 0.2"
out_has "The scored rows alone: a study with --folds"

refuse() { # refuse STATUS TEXT ARGUMENT...
  local status=$1 text=$2
  shift 2
  run "$status" errors "$@"
  out_is_empty
  err_has "$text"
}
refuse 2 "did you mean k-NN" flips k-N
refuse 2 "did you mean 'logistic regression'?" flips logreg
refuse 2 "there is no study" flops k-NN
refuse 2 "--part is for MODEL" flips k-NN --part test
refuse 2 "--data is for STUDY" "$model" synthetic:300 --data synthetic
refuse 2 "--repeat is for STUDY" "$model" synthetic:300 --repeat 1
refuse 2 "--repeat: '0' is not allowed" flips k-NN --repeat 0
refuse 2 "--near: '0' is not allowed" flips k-NN --near 0
refuse 2 "--clusters: " flips k-NN --clusters 0
refuse 2 "cv_results" flips k-NN --format cv_results
refuse 1 "can not be read" flips k-NN --known .
echo 99999 >known.none
run 0 errors flips k-NN --known known.none --data away.csv
err_has "--known: none of the rows that it names was scored"
printf '3\nx\n' >known.bad
refuse 1 "known.bad, line 2: 'x' is no number of a row" flips k-NN --known known.bad

finish
