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
for format in 0 4; do
  { head -c 8 "$now"; printf "\\$format\0\0\0\0\0\0\0"; tail -c +17 "$now"; } >other.slm
  run 1 predict other.slm "$samples/table.csv" --label kind
  err_has "model format $format: this version reads formats 1 to 3"
done

finish
