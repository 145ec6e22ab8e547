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

# Files of today are of format 2; one from the future is refused, and says what can be read.
run 0 run --data "$samples/table.csv" --label kind --train 30 --validation 10 --models tree --save-models --name now --quiet
now=$(echo results/now/models/*.slm)
[ "$(format_of "$now")" = 2 ] || fail "$now: format $(format_of "$now")"
run 0 predict "$now" "$samples/table.csv" --label kind
for format in 0 5; do
  { head -c 8 "$now"; printf "\\$format\0\0\0\0\0\0\0"; tail -c +17 "$now"; } >other.slm
  run 1 predict other.slm "$samples/table.csv" --label kind
  err_has "model format $format: this version reads formats 1 to 4"
done

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

finish
