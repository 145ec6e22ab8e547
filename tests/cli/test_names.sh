#!/usr/bin/env bash
# test_names.sh - names from files and command lines that would act on a terminal, a line or a spreadsheet: every
# command shows them as text.
. "$SOURCE/tests/cli/lib.sh" || exit 1

clean() { # out and err hold no control character but line ends (and the tabs of predict's scores)
  for file in out err; do
    LC_ALL=C grep -q "$(printf '[\001-\010\013-\037\177]')" "$file" && fail "$1: a control character in $file: $(cat -v "$file")"
    LC_ALL=C grep -q "$(printf '\342\200\256')" "$file" && fail "$1: a mark that turns the writing in $file"
  done
}

printf 'a,b,kind\n' >hostile.csv
for i in 1 2 3 4 5 6 7 8; do
  printf '%s,0,"two\nlines"\n%s,3,"\033[31mred"\n%s,6,"=1+1"\n%s,9,"left\342\200\256right"\n' $i $i $i $i >>hostile.csv
done
run 0 audit hostile.csv
out_has 'two\nlines              8   25.0%'
out_has '\x1b[31mred             8   25.0%'
clean audit

cat >hostile.yaml <<'EOF2'
title: "x\n\\input{/etc/passwd}\e[2J"
data: hostile.csv
rows:
  - tree: {}
    name: decision tree
EOF2
status=0
"$SHORTLIST" run hostile.yaml --name hostile --save-models >out 2>err </dev/null || status=$?
clean run
if [ $status = 0 ]; then # a title of several lines may be refused, but not obeyed
  run 0 list studies
  clean "list studies"
  [ "$(grep -c hostile out)" = 1 ] || fail "a title takes several lines"
  run 0 show hostile --format latex
  grep -q '^\\input' out && fail "a title escapes LaTeX's comment"
else
  err_is_one_line
  run 0 run --data hostile.csv --models tree --name hostile --save-models
fi
for format in text markdown latex; do
  run 0 show hostile 'decision tree' --format $format
  out_has 'red'
  clean "show --format $format"
done

# predict prints one line a row; CSV is exact but for a formula.
model=results/hostile/models/$(ls results/hostile/models)
run 0 predict "$model" hostile.csv
[ "$(wc -l <out)" = 32 ] || fail "predict prints $(wc -l <out) lines for 32 rows"
[ "$(head -n 1 out)" = 'two\nlines' ] || fail "predict prints $(head -n 1 out)"
clean predict
run 0 predict "$model" hostile.csv --format csv
grep -q "^'=1+1,'=1+1" out || fail "a formula in predict's CSV"
[ "$(grep -c '^lines"' out)" -gt 0 ] || fail "the CSV does not hold the name as it is"
run 0 show hostile 'decision tree' --format csv
grep -q "^'=1+1," out || fail "a formula in show's CSV"

# Errors and what they quote.
escape=$(printf '\033[31m')
for command in "$escape" "run $escape" "show $escape" "plot $escape" "audit $escape" "predict $escape x" \
  "list $escape" "run --$escape" "run --format $escape" "run --train $escape" "sweep $escape C" "list nets $escape"; do
  "$SHORTLIST" $command >out 2>err </dev/null && fail "'$command' is accepted"
  clean "$command"
  err_has '\x1b[31m'
done

finish
