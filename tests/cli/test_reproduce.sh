#!/usr/bin/env bash
# shortlist reproduce: a page of the published tables and figures, from the store or fitted small.
. "$SOURCE/tests/cli/lib.sh" || exit 1

run 2 reproduce papoutsi
err_has "did you mean papoutsis"
err_is_one_line
run 2 reproduce --quick --full
err_has "exclude each other"

# Of an empty store: the page says what is not there, and how it is made.
run 0 reproduce slides --out empty
out_has "empty/reproduce/index.html"
grep -q "Not there:" empty/reproduce/index.html || fail "nothing is said to be missing"
grep -q "shortlist run slides-overfitting" empty/reproduce/index.html || fail "no command"
[ ! -e empty/reproduce/index.html.part ] || fail "a part is left"

# Of a study in the store, here of made-up data in the place of the published: tables and pictures of its own folder.
run 0 run model-analysis-mlp --data synthetic:400 --train 200 --validation 100 --set mlp.max_iter=2 --name model-analysis-mlp --out held --quiet
run 0 reproduce model-analysis --out held
page=held/reproduce/index.html
grep -q "accuracy 0.812" $page || fail "the published number is missing"
grep -q '<pre>' $page || fail "no table"
for picture in $(grep -o 'src="[^"]*"' $page | cut -d'"' -f2); do
  [ -s "held/reproduce/$picture" ] || fail "$picture is not there"
done
grep -q 'How far right and wrong predictions lie' $page || fail "no analysis of errors"
grep -q 'src="model-analysis-confusion/' $page || fail "no confusion matrix: $(grep -o 'Not there.*' $page)"
grep -q "<script" $page && fail "a script"

finish
