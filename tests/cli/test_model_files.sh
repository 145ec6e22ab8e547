#!/usr/bin/env bash
# test_model_files.sh - model files of every format load and predict what they did.  The files of format 1 in
# tests/samples/format1 and what they predicted were written by a program that knew no other; the classifiers whose
# scores are exact on any machine have them in their text.
. "$SOURCE/tests/cli/lib.sh" || exit 1
samples=$SOURCE/tests/samples/format1

# The format is the number behind the magic.
format_of() { od -An -tu8 -j8 -N8 "$1" | tr -d ' '; }

found=0
for model in "$samples"/*.slm; do
  name=$(basename "$model" .slm)
  [ "$(format_of "$model")" = 1 ] || fail "$name: not a file of format 1"
  case $name in
  images-*) data=images.csv label=label ;;
  *) data=table.csv label=kind ;;
  esac
  case $name in
  *-knn | *-tree*) how="--scores --format csv" ;;
  *) how= ;;
  esac
  # shellcheck disable=SC2086
  run 0 predict "$model" "$samples/$data" --label $label $how
  cmp -s out "$samples/$name.txt" || fail "$name: predictions differ: $(diff out "$samples/$name.txt" | head -4)"
  found=$((found + 1))
done
[ $found = 11 ] || fail "$found files of format 1 were tried"

# Formats 2 and 3, of programs that knew no other: numbers alone, and missing values and words.  They know nothing of
# their training rows.
old=$SOURCE/tests/samples
[ "$(format_of "$old/format2/table-tree.slm")$(format_of "$old/format3/columns-tree.slm")" = 23 ] || fail "not formats 2 and 3"
run 0 predict "$old/format2/table-tree.slm" "$samples/table.csv" --label kind --scores --format csv
cmp -s out "$old/format2/table-tree.txt" || fail "format 2: predictions differ"
grep -q W12 err && fail "format 2: $(cat err)"
run 0 predict "$old/format3/columns-tree.slm" "$old/columns/test.csv" --scores --format csv
cmp -s out "$old/format3/columns-tree.txt" || fail "format 3: predictions differ"

run 0 predict "$old/format4/table-tree.slm" "$samples/table.csv" --label kind --scores --format csv
cmp -s out "$old/format4/table-tree.txt" || fail "format 4: predictions differ"
[ "$(format_of "$old/format4/table-tree.slm")" = 4 ] || fail "not format 4"

# Format 6: boosted trees whose splits' gains are not known.
run 0 predict "$old/format6/table-boosting.slm" "$samples/table.csv" --label kind
cmp -s out "$old/format6/table-boosting.txt" || fail "format 6: predictions differ"
[ "$(format_of "$old/format6/table-boosting.slm")" = 6 ] || fail "not format 6"
run 0 explain "$old/format6/table-boosting.slm" "$samples/table.csv" --label kind -m splits --out old --no-pictures
run 2 explain "$old/format6/table-boosting.slm" "$samples/table.csv" --label kind -m gain --out old --no-pictures
err_has 'a model file of format 6 or before has not'

# Format 7: boosted trees to which missing values were filled in, and still are.
run 0 predict "$old/format7/columns-boosting.slm" "$old/columns/test.csv" --scores --format csv
cmp -s out "$old/format7/columns-boosting.txt" || fail "format 7: predictions differ"
[ "$(format_of "$old/format7/columns-boosting.slm")" = 7 ] || fail "not format 7"

# Of format 7, too: features of svmlight files were listed by their numbers.  What they are called is what it was.
run 0 predict "$old/format7/rows-tree.slm" "$old/format7/rows.svm" --scores --format csv
cmp -s out "$old/format7/rows-tree.txt" || fail "format 7: predictions differ"
[ "$(format_of "$old/format7/rows-tree.slm")" = 7 ] || fail "not format 7"
run 0 run --data "$old/format7/rows.svm" --train all --validation 0 --models tree --set tree.max_depth=3 --save-models --name numbers --quiet
numbers=$(echo results/numbers/models/*.slm)
for model in "$old/format7/rows-tree.slm" "$numbers"; do
  # From 1 on, as in what the model was fitted on: the file has no index 0.
  printf '0:1\n' >zero.svm
  run 1 predict "$model" zero.svm --no-label
  err_has "an index is 0; those of the model begin at 1"
  run 0 explain "$model" "$old/format7/rows.svm" -m permutation --out numbers --no-pictures
  cut -d, -f1,2 numbers/importance.csv | sort | tr -d '\r' | tr '\n' ' ' >names
  [ "$(cat names)" = "0,1 1,2 2,3 column,name " ] || fail "$model: columns are called $(cat names)"
done
run 0 predict "$numbers" "$old/format7/rows.svm" --scores --format csv
cmp -s out "$old/format7/rows-tree.txt" || fail "format 9: predictions differ from those of format 7"

# Files of today are of format 10; one from the future is refused, and says what can be read.
run 0 run --data "$samples/table.csv" --label kind --train 30 --validation 10 --models tree --save-models --name now --quiet
now=$(echo results/now/models/*.slm)
[ "$(format_of "$now")" = 10 ] || fail "$now: format $(format_of "$now")"
run 0 predict "$now" "$samples/table.csv" --label kind
for format in 0 11; do
  { head -c 8 "$now"; printf "\\x$(printf %x $format)\0\0\0\0\0\0\0"; tail -c +17 "$now"; } >other.slm
  run 1 predict other.slm "$samples/table.csv" --label kind
  err_has "model format $format: this version reads formats 1 to 10"
done

# A model file of some hundred bytes that claims two thousand million features is refused: each row would take 8 GiB.
run 0 run --data "$old/format7/rows.svm" --train all --validation 0 --models tree --scale none --save-models --name claims --quiet
python3 - results/claims/models/*.slm <<'END'
import struct, sys, zlib
file = bytearray(open(sys.argv[1], "rb").read())
body = file[24:-4]
shape = body.find(struct.pack("<Qi", 3, 2))  # d and k
scaling = body.find(struct.pack("<BBQ", 0, 0, 3), shape)  # kind, common, d
assert shape > 0 and scaling > shape
body[shape : shape + 8] = body[scaling + 2 : scaling + 10] = struct.pack("<Q", 2**31 - 1)
open("claims.slm", "wb").write(file[:24] + body + struct.pack("<I", zlib.crc32(bytes(body))))
END
echo 'yes 1:1' >one.svm
run 1 predict claims.slm one.svm
err_has "not a model that this version can read: the record is damaged"

# The end of the work: a model of every row of the one file that there is.  Nothing is scored, and the table says so.
cp "$samples/table.csv" all.csv
rows=$(($(wc -l <all.csv) - 1))
every="--data all.csv --label kind --train all --validation 0 --models tree,knn,svm --name every"
run 2 run $every
err_is_one_line
err_has "without rows to score there is nothing to compare: keep the models (save-models), or score by folds or final"
run 0 run $every --save-models
out_has "$rows training rows, none to score"
out_has "Nothing was scored"
out_has "n/a"
run 0 run $every --save-models --format json
err_has "4 trials: 0 run now, 4 taken from the store"
[ "$(grep -c "\"n_train\": $rows," out)" = 4 ] || fail "not all rows were fitted: $(grep n_train out)"
[ "$(grep -c '"accuracy": null' out)" = 4 ] || fail "something was scored: $(grep accuracy out)"
run 0 predict results/every/models/k-nn.slm all.csv --label kind
[ "$(wc -l <out)" = "$rows" ] || fail "$(wc -l <out) predictions of $rows rows"
for ask in "show every 'k-NN'" "show every k-NN --predictions" "show every k-NN"; do
  eval run 2 "$ask"
  err_has "row 'k-NN' has no predictions: nothing was scored"
done
run 0 show every --metric roc_auc
out_has "Nothing was scored"
run 2 plot every accuracy-time
rm results/every/models/k-nn.slm
run 0 run $every --save-models
err_has "4 trials: 1 run now, 3 taken from the store"
[ -s results/every/models/k-nn.slm ] || fail "a model that was lost did not come back"

# The model knows what its training file called the columns of label, row names and groups, and its rows.
python3 - <<'PY'
import random
random.seed(1)
rows = [f"P{i},s{i % 9},{random.gauss(0, 1):.6f},{random.choice('uvw')},{'xyz'[i % 3]},{i % 2}\n" for i in range(200)]
head = "who,site,a,b,quality,class\n"
for name, part in (("whole", rows), ("first", rows[:100]), ("second", rows[100:])):
    open(name + ".csv", "w").write(head + "".join(part))
open("renamed.csv", "w").write(head.replace("quality", "Q") + "".join(rows[100:]))
PY
run 0 run --data first.csv --label quality --id who --groups site --drop class --categories onehot --models tree \
  --train all --validation 0 --save-models --name own --quiet
own=results/own/models/decision-tree.slm
run 0 predict $own second.csv --format csv
err_has 'label: column "quality" (5 of 6), as in the model'"'"'s training file, line 1 is a header'
err_has 'names of rows: column "who", no feature'
err_has 'groups of the training rows: column "site", no feature'
[ "$(head -n 1 out | tr -d '\r')" = who,predicted,true ] || fail "without --id: $(head -n 1 out)"
grep -q W12 err && fail "rows that the model has not seen: $(cat err)"
run 0 predict $own second.csv --label class
err_has 'label: column "class" (6 of 6), line 1 is a header'
run 0 predict $own second.csv --label who
err_has 'label: column "who" (1 of 6)'
run 0 predict $own renamed.csv
err_has 'label: column "class" (6 of 6), a guess: the model'"'"'s was "quality", line 1 is a header'
run 0 predict $own first.csv
err_has "W12 100 of 100 rows have the features of a row that the model was fitted on"
run 0 predict $own whole.csv --format json
err_has "W12 100 of 200 rows have"
out_has '"code": "W12"'
run 0 predict $own first.csv --no-label
grep -q W12 err && fail "W12 without an accuracy: $(cat err)"
for code in W12 own_rows W01,W12; do
  run 0 predict $own first.csv --no-warn $code --no-warn W02
  grep -q W12 err && fail "--no-warn $code: $(cat err)"
done
run 2 predict $own first.csv --no-warn W1
err_has "--no-warn: there is no warning 'W1'"

# Images, of which a part of the rows is kept: told whatever the numbers are written as.
run 0 run --data synthetic:6000:3 --train 5000 --validation 500 --models majority --save-models --name many --quiet
many=results/many/models/majority-class.slm
[ "$(stat -c %s $many)" -lt 34000 ] || fail "a model of 5,000 rows takes $(stat -c %s $many) bytes"
run 0 predict $many synthetic:6000:3 --part train
grep -qE '^W12 [0-9]+ of [0-9]+ rows that were checked, of 6000, have' err || fail "a part of the rows: $(cat err)"
read -r found checked < <(sed -n 's/^W12 \([0-9]*\) of \([0-9]*\) rows.*/\1 \2/p' err)
[ "$found" = 4096 ] && [ "$checked" -gt 4600 ] && [ "$checked" -lt 5200 ] || fail "$found of $checked were found"
run 0 predict $many synthetic:6000:4 --part train
grep -q W12 err && fail "other rows: $(cat err)"

finish
