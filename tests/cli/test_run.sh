#!/usr/bin/env bash
# test_run.sh - the whole way on the synthetic data: run, resume, show, sweep, plot, predict, list, audit.
. "$SOURCE/tests/cli/lib.sh" || exit 1
small="--data synthetic:600 --train 300 --validation 200 --models majority,knn,tree"

# A run: the table on stdout, progress and where the store is on stderr.
run 0 run $small
out_has "classifier"
out_has "95 % interval"
out_has "majority"
err_has "[3/3]"
err_has "3 trials: 3 run now, 0 taken from the store, 0 not ok"
err_has "Store: results/shortlist.db (study shortlist)"
grep -q "$(printf '\033')" out && fail "escape sequences in a file"
[ "$(awk 'length > 100' out | wc -l)" = 0 ] || fail "the table is wider than 100 columns"

# The same again fits nothing; JSON on stdout parses; quiet is quiet.
run 0 run $small
err_has "0 run now, 3 taken from the store"
run 0 run $small --format json --quiet
err_is_empty
cp out run.json
run 0 show --format json
cmp -s out run.json || fail "show and run give different JSON"
if command -v python3 >/dev/null; then
  python3 - run.json <<'EOF' || fail "the JSON is not as it should be"
import json, sys
table = json.load(open(sys.argv[1]))
assert set(table) == {"study", "data", "machine", "verdict", "rows", "warnings"}, table.keys()
rows = {row["classifier"]: row for row in table["rows"]}
assert set(rows) == {"majority", "knn", "tree"}
assert all(row["status"] == "ok" and row["n_validation"] == 200 for row in rows.values())
assert all(row["ci_low"] < row["accuracy"] < row["ci_high"] for row in rows.values())
assert rows["majority"]["accuracy"] <= 0.15 < rows["knn"]["accuracy"]
assert rows["knn"]["params"]["n_neighbors"] == 5
assert rows["majority"]["fit_time"] >= 0 and rows["tree"]["peak_memory"] is not None
EOF
fi

# Times that another number of threads measured are shown as what they are.
run 0 run $small --threads 1 --out other
out_has "wall-clock seconds on 1 thread to fit"
run 0 run $small,logreg --threads 2 --out other
err_has "1 run now, 3 taken from the store"
out_has "threads: that a row's times were measured with"
run 0 show --out other --format json
[ "$(grep -o '"threads": .*' out | sort | tr -d '\n')" = '"threads": 1,"threads": 1,"threads": 1,"threads": 2,' ] ||
  fail "threads in the JSON: $(grep threads out)"

# The other formats, and one row.
for format in text markdown csv latex; do
  run 0 show shortlist --format $format
  out_has majority
done
run 0 show shortlist --width 60
[ "$(awk 'length > 60' out | wc -l)" = 0 ] || fail "show --width 60 is wider"
row=$("$SHORTLIST" show --format csv | sed -n 's/^\([^,]*\),tree,.*/\1/p')
run 0 show shortlist "$row"
out_has "precision"
out_has "Confusion matrix"
run 2 show shortlist "${row}x"
err_has "did you mean"
run 2 show shortlst
err_has "did you mean"

# Hyperparameters, folds, models.
run 0 run $small --set knn.n_neighbors=1,3 --name two --quiet
[ "$(grep -c '^[*=]\? .*n_neighbors.* 0\.' out)" = 2 ] || fail "two values should make two rows: $(cat out)"
run 0 sweep knn n_neighbors=1,5 --data synthetic:600 --train 300 --validation 200 --folds 3 --quiet
out_has "sweep-knn"
out_has "Best: n_neighbors="
out_has "300 training rows in 3 folds"
run 0 run --data synthetic:600 --train 300 --validation 200 --models tree --save-models --name kept -q
model=$(find results/kept/models -name '*.slm')
[ -s "$model" ] || fail "--save-models kept no model"
# What a killed run left half written goes at the next one; what a living process writes stays.
true & dead=$!
wait $dead
touch "$model.tmp-$dead" "$model.tmp-$$" results/kept/models/own.txt
run 0 run --data synthetic:600 --train 300 --validation 200 --models tree --name kept -q
[ ! -e "$model.tmp-$dead" ] || fail "half a model of a dead process stays"
[ -e "$model.tmp-$$" ] && [ -e results/kept/models/own.txt ] || fail "too much was removed: $(ls results/kept/models)"
rm "$model.tmp-$$" results/kept/models/own.txt
run 0 predict "$model" synthetic:100:7 --part train
[ "$(wc -l <out)" = 100 ] || fail "predict prints $(wc -l <out) lines for 100 rows"
err_has "95 % interval"
cp out predicted
run 0 predict "$model" synthetic:100:7 --part train --format csv --scores
[ "$(cut -d, -f1 out | sed 1d | tr -d '\r')" = "$(cat predicted)" ] || fail "predict --format csv predicts otherwise"
run 0 predict "$model" synthetic:100:7 --part train --format json
if command -v python3 >/dev/null; then
  python3 -c 'import json, sys; p = json.load(open("out")); sys.exit(len(p["predictions"]) != 100)' || fail "predict's JSON"
fi

# Labels in IDX files are places among classes that have names, though some of them do not occur.
{ printf '\0\0\10\3\0\0\0\3\0\0\0\34\0\0\0\34'; head -c 2352 /dev/zero; } >three-images-idx3-ubyte
printf '\0\0\10\1\0\0\0\3\0\2\11' >three-labels-idx1-ubyte
run 0 predict "$model" three-images-idx3-ubyte
err_has "labels: 3 of the numbers from 0 to 9 occur, and are the classes"
err_has "on 3 rows"
grep -q "does not know" err && fail "a label is no place among the model's classes: $(cat err)"

# Repeats draw other folds, for every classifier; on one split only a random classifier has several seeds to try.
run 0 run --data synthetic:600 --train 300 --validation 200 --models majority,knn --folds 3 --repeats 2 --seed 5 --name again
out_has "300 training rows in 3 folds, drawn anew in each of 2 repeats"
err_has "12 trials: 12 run now"
run 0 show again k-NN
out_has "Predictions of all 6 folds and repeats are counted together."
run 0 show again --format json
if command -v python3 >/dev/null; then
  python3 - <<'PY' || fail "the JSON of repeated folds"
import json
rows = {row["classifier"]: row for row in json.load(open("out"))["rows"]}
knn = rows["knn"]
assert len(knn["accuracies"]) == 6 and knn["n_validation"] == 300 and knn["n_train"] == 200, knn
assert sorted(knn["accuracies"][:3]) != sorted(knn["accuracies"][3:])  # other folds
assert abs(sum(knn["accuracies"]) / 6 - knn["accuracy"]) < 1e-12
assert rows["majority"]["tied_with_best"] is False  # they were compared
PY
fi
run 0 run --data synthetic:600 --train 300 --validation 200 --models majority,knn --repeats 2 --seed 5 --name again
err_has "2 trials: 2 run now"

# The random numbers of a trial do not depend on what the classes are called.
awk 'BEGIN { srand(3); print "length,width,class"
  for (i = 0; i < 200; i++) printf "%.3f,%.3f,%d\n", i % 2 / 2 + rand(), rand(), i % 2 }' >01.csv
awk -F, -v OFS=, 'NR > 1 { $3 = $3 ? "yes" : "no" } { print }' 01.csv >words.csv
awk -F, -v OFS=, 'NR > 1 { $3 = $3 ? "+1" : "-1" } { print }' 01.csv >signs.csv
for coding in 01 words signs; do
  run 0 run --data $coding.csv --models sgd,tree,mlp --folds 3 --name $coding --quiet --format json
  grep -A 3 accuracies out >$coding.txt
  cmp -s 01.txt $coding.txt || fail "labels written as in $coding.csv change the scores: $(cat 01.txt $coding.txt)"
done
[ -s 01.txt ] || fail "no accuracies"

# Data of one's own: rows of the shortlisting table that do not fit it are left out, unless they are asked for.
awk 'BEGIN { srand(1); print "length,width,species"
  for (i = 0; i < 60; i++) printf "%.2f,%.2f,%s\n", i % 3 + rand(), rand(), i % 3 ? "iris" i % 3 : "other" }' >own.csv
run 0 run --data own.csv --name own
out_has "own.csv: 45 training and 15 validation rows, 3 classes"
out_has "SVM (RBF kernel)"
err_has "left out: row 'CNN (three convolutions)': cnn needs images"
grep -q CNN out && fail "a row that was left out stands in the table"
run 2 run --data own.csv --models knn,cnn
err_has "cnn needs images"

# What can not be compared is said, not tabulated: a label column that is none, one class, one row.
sed 's/iris//; s/other/0/' own.csv >numbers.csv
run 1 run --data numbers.csv --label width
err_has "column \"width\", holds 45 different numbers, with fractions"
err_has "label-numeric takes every number"
awk -F, -v OFS=, '{ print $1, $2, (NR == 1 ? "level" : NR % 3 ".5") }' own.csv >levels.csv
run 1 run --data levels.csv --models tree
err_has "with fractions"
run 0 run --data levels.csv --models tree --label-numeric --name levels --quiet
out_has ", 3 classes"
printf 'data: levels.csv\nlabel_numeric: true\nrows:\n  - tree: {}\n' >levels.yaml
run 0 run levels.yaml --quiet
out_has ", 3 classes"
run 1 audit levels.csv
run 0 audit levels.csv --label-numeric
out_has "0.5"
awk -F, -v OFS=, '{ print $1, $2, (NR > 1 ? "name" NR : $3) }' own.csv >named.csv
run 1 run --data named.csv
err_has "label option"
sed 's/[^,]*$/a/; 1s/.*/length,width,species/' own.csv >alike.csv
run 1 run --data alike.csv
err_has "one class only, 'a'"
head -n 2 own.csv >short.csv
run 1 run --data short.csv
err_is_one_line

# Another encoding's letters in the data do not break the JSON.
sed "s/iris/\xef/" own.csv | sed '1s/.*/length,width,species/' >latin.csv
run 0 audit latin.csv --format json
if command -v python3 >/dev/null; then
  python3 -c 'import json; json.load(open("out", encoding="utf-8"))' || fail "audit's JSON of Latin-1"
fi
run 0 run --data latin.csv --models majority --name latin --format json --quiet
cp out latin.json
run 0 show latin 'majority class' --format json
if command -v python3 >/dev/null; then
  for file in latin.json out; do
    python3 -c 'import json, sys; json.load(open(sys.argv[1], encoding="utf-8"))' $file || fail "the table's JSON of Latin-1"
  done
fi

# A final run says what it fitted and scored.
run 0 run --data synthetic:600 --train 300 --validation 200 --models majority --final --name last --quiet
out_has "synthetic:600: 500 training and 120 test rows"

# So does one that fits the training rows only; its learning curve is of the validation rows.
cat >watched.yaml <<'EOF'
data: synthetic:600
train: 300
validation: 200
final: train
quick: {train: 100, epochs: 1}
rows:
  - cnn: {net: 'flatten, dense 8, relu, dense classes', epochs: 3}
    name: net
    published: {accuracy: 0.5, train_accuracy: 0.5}
EOF
run 0 run watched.yaml --quiet
out_has "synthetic:600: 300 training and 120 test rows"
out_has "publ. train"
if command -v gnuplot >/dev/null; then
  run 0 plot watched curves
  awk -F, 'NR > 1 { n++; bad += $7 == "" } END { exit !(n == 3 && !bad) }' results/watched/plots/curves-net.csv ||
    fail "the curve lacks epochs, or the validation rows"
fi
# Fits that share work hand on their learning curves as those by themselves do.
sgd="sweep sgd alpha=0.001,0.01 --data synthetic:300 --train 200 --validation 100 --folds 2 --name values --quiet"
run 0 $sgd
out_has 'A time with + is'
run 0 $sgd --separate --out apart
if command -v gnuplot >/dev/null; then
  run 0 plot values curves
  run 0 plot values curves --out apart
  for alpha in 0.001 0.01; do
    cmp -s results/values/plots/curves-sgd-alpha-$alpha.csv apart/values/plots/curves-sgd-alpha-$alpha.csv ||
      fail "a learning curve of fits that share work is another one"
  done
fi
# An mlp of fewer epochs is the first part of a longer one; a fold has a training of its own.
mlp="sweep mlp max_iter=2,5 --data synthetic:300 --train 200 --validation 100 --folds 2 --name epochs --quiet"
run 0 $mlp
[ "$(grep -cE '^\*? +mlp .*\+' out)" = 2 ] || fail "values of max_iter share no training"
run 0 sweep mlp alpha=0.0001 ${mlp#*2,5} --set max_iter=5 --out folds
grep -qE '^\*? +mlp.*[0-9]\+' out && fail "folds of an mlp share work"
for name in epochs apart; do
  run 0 $mlp $([ $name = epochs ] || echo --separate --out apart) --format csv
  cut -d, -f1-8 out >$name.csv
done
cmp -s epochs.csv apart.csv || fail "checkpoints of a training are not the fits of so many epochs"
run 0 run watched.yaml --quick --quiet
out_has "Quick run: watched (study watched-quick)"
out_has "100 training and 120 test rows"
grep -q publ out && fail "a quick run shows published numbers"
run 0 run watched.yaml --seed random --quiet
grep -qE 'seed [0-9]+$' out || fail "a random seed is not shown"

# Shipped experiments, really tiny.
tiny="--quick --data synthetic:400 --train 100 --validation 100 --set cnn.epochs=1 --quiet"
run 0 run papoutsis-nets $tiny
out_has "three convolutions"
run 0 run dei-rossi-figure-2 $tiny
out_has "2048-2048"
if command -v gnuplot >/dev/null; then
  run 0 plot dei-rossi-figure-2-quick curves
  out_has "plots/curves.{svg,png,pdf}"
  out_has "plots/curves-512-512.{svg,png,pdf}"
fi

# The experiment in the README is one.
sed -n '/^```yaml$/,/^```$/p' "$SOURCE/README.md" | grep -v '^```' >readme.yaml
run 0 run readme.yaml --data own.csv --folds 2 --models logreg --quiet
out_has "logreg C=1000"

# Failures are rows: status 3, and the reason under the table.
# The limit meets a fit that does not end by itself; the other row is in the store, so that no speed is taken for granted.
poor="--data synthetic:600 --train 300 --validation 200 --models majority,mlp $endless --time-limit 1 --name poor"
run 0 run --data synthetic:600 --train 300 --validation 200 --models majority --name poor --quiet
run 3 run $poor --quiet
out_has "timeout [1]"
out_has "[1] MLP: "
run 3 run $poor
err_has "1 not ok (--retry runs those again)"

# A model knows its columns by name: another order is predicted alike, a missing column refused.
awk -v OFS=, 'BEGIN { print "width,height,kind"; for (i = 0; i < 60; i++) print i % 7, i % 11, i % 2 ? "a" : "b" }' >names.csv
awk -v OFS=, 'BEGIN { print "height,width"; for (i = 0; i < 5; i++) print i, i + 1 }' >turned.csv
run 0 run --data names.csv --label kind --models tree --save-models --name names --quiet
tree=results/names/models/decision-tree.slm
run 0 predict $tree names.csv --label kind
cp out straight
for other in '$2, $1, $3' '$3, $1, $2' 'NR == 1 ? "id" : NR, $2, $1, $3'; do
  awk -F, -v OFS=, "{ print $other }" names.csv >turned.csv
  run 0 predict $tree turned.csv $(case $other in *id*) echo --label kind ;; esac)
  cmp -s out straight || fail "columns '$other' are predicted otherwise"
  err_has 'label: column "kind"'
done
err_has 'left out: column "id", unknown to the model'
err_has "another order than the model's"
cut -d, -f2,3 turned.csv >turned2.csv
run 0 predict $tree turned2.csv
cmp -s out straight || fail "without labels it predicts otherwise"
err_has "no label column, line 1 is a header"
sed 1d names.csv >bare.csv
run 0 predict $tree bare.csv
cmp -s out straight || fail "without names it predicts otherwise"
err_has "columns are taken by their places: the model names them, this file does not"
cut -d, -f1,3 names.csv >narrow.csv
run 1 predict $tree narrow.csv
err_has 'no column "height", which the model was fitted with'

# A test file's columns are found by name, and its classes without training rows count as wrong.
mkdir -p pair turned
awk -v OFS=, 'BEGIN { print "a,b,class"; for (i = 0; i < 60; i++) print i % 7 / 2, i % 2 + i / 100, i % 2 ? "p" : "q" }' >pair/train.csv
head -n 21 pair/train.csv >pair/test.csv
cp pair/train.csv turned/
awk -F, -v OFS=, '{ print NR == 1 ? "id" : NR, $3, $2, $1 }' pair/test.csv >turned/test.csv
for folder in pair turned; do
  run 0 run --data $folder --models tree,logreg --final --name $folder --quiet
  out_has 'label: column "class" (3 of 3), line 1 is a header'
  run 0 show $folder --format json
  sed -n 's/.*"accuracy"/accuracy/p; s/.*"log_loss"/log loss/p' out >$folder/scores
  [ -s $folder/scores ] || fail "no scores in the JSON"
done
cmp -s pair/scores turned/scores || fail "another order of columns gives other scores"
run 0 show turned
out_has 'test file: left out: column "id", not in the training file'
out_has "test file: columns stand in another order"
sed '2s/[pq]$/z/; 3s/[pq]$/z/' pair/test.csv >turned/test.csv
run 0 run --data turned --models tree --final --name unseen --quiet
out_has "test file: 2 of 20 rows are of classes without training rows"
out_has ", 3 classes"
out_has "0.900"
run 0 show unseen 'decision tree'
out_has "z "
run 0 audit turned
out_has "z             0    0.0%         2   10.0%"
run 0 audit turned --format json
tr -d ' \n' <out >flat && mv flat out
out_has '"classes":["p","q","z"]'
out_has '"notes":["label:column'
out_has '"class_counts_test":[9,9,2]'
run 0 run --data turned --models tree --name seen --quiet
out_has ", 2 classes"
cut -d, -f1,2 pair/test.csv >turned/test.csv
run 1 run --data turned --models tree --final
err_has 'test.csv:1: no column "class", which is the label in the training file'

# Lists and audit.
run 0 list classifiers
out_has "tree"
run 0 list classifiers tree
out_has "max_depth=none"
run 0 list nets slides --format json
out_has '"params": 241546'
run 0 list nets 'flatten, dense classes' --shape 8x9x2 --classes 3
out_has "435"
run 2 list nets cnn1 --shape 8x9
err_has "it takes height, width and channels"
run 2 list nets cnn1 --classes 1
run 2 list nets 'conv 3 3x3, flaten'
err_has "did you mean flatten?"
run 0 list experiments
out_has "shortlist"
run 0 list studies
for study in shortlist two sweep-knn kept poor; do out_has "$study"; done
run 0 audit synthetic:300
out_has "classes"
run 0 audit synthetic:300 --format json
if command -v python3 >/dev/null; then
  python3 -c 'import json, sys; a = json.load(open("out")); sys.exit(sum(a["class_counts"]) != 300)' || fail "audit's JSON"
  for topic in classifiers nets experiments studies; do
    run 0 list $topic --format json
    python3 -c 'import json; json.load(open("out"))' || fail "the JSON of list $topic"
  done
fi

# Pictures.
if command -v gnuplot >/dev/null; then
  mkdir -p results/sweep-knn/plots
  touch "results/sweep-knn/plots/sweep.csv.tmp-$dead" "results/sweep-knn/plots/curves.gp.tmp-$dead"
  run 0 plot sweep-knn sweep
  [ -z "$(find results/sweep-knn -name '*.tmp-*')" ] || fail "half a picture of a dead process stays"
  [ "$(cat out)" = 'results/sweep-knn/plots/sweep.{svg,png,pdf}' ] || fail "plot prints $(cat out)"
  for ending in svg png pdf; do [ -s results/sweep-knn/plots/sweep.$ending ] || fail "the $ending is not there"; done
  run 2 plot sweep-knn curves
  err_has "epochs"
  run 0 plot shortlist confusion --row "$row"
  [ "$(wc -l <out)" = 1 ] || fail "one row is one picture"
fi

# Ctrl-C: what is done is kept, 130, and the same command goes on.  The model so far is kept, and predicts.
big="--data synthetic:3000 --train 2000 --validation 500 --models tree,mlp $endless --name stopped --save-models"
"$SHORTLIST" list classifiers | grep -q '^mlp' && {
  : >err # what an earlier command said must not be taken for this one's
  "$SHORTLIST" run $big >out 2>>err &
  pid=$!
  # The fit is at work, and cannot end by itself, once it tells of an epoch.
  until grep -q 'epoch [0-9]*/1000000, loss .* left' err || ! kill -0 $pid 2>/dev/null; do sleep 0.1; done
  kill -TERM $pid
  status=0
  wait $pid || status=$?
  [ $status = 130 ] || fail "interrupted: status $status"
  err_has "interrupted"
  out_has "interrupted"
  out_has "holds the model so far"
  ls results/stopped/models >models
  [ "$(grep -c . models)" = 2 ] || fail "models: $(cat models)"
  run 0 predict "results/stopped/models/$(grep '^mlp' models)" synthetic:50
  [ -s out ] || fail "the interrupted model predicts nothing"
  run 0 show stopped
  out_has "decision tree"
}

finish
