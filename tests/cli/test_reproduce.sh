#!/usr/bin/env bash
# shortlist reproduce: a page of the published tables and figures, from the store or fitted small.
. "$SOURCE/tests/cli/lib.sh" || exit 1

# A home of its own, without what is kept with the program.
mkdir home
cp -r "$SOURCE/experiments" "$SOURCE/plots" "$SOURCE/report" home/
rm -r home/experiments/results
export SHORTLIST_HOME=$PWD/home

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

# What is kept with the program is shown where the store has nothing; of some studies a table alone is kept.
run 0 merge held --lean --out home/experiments/results
printf 'name,accuracy,ci_low,ci_high,published_accuracy\n"a ""b"", c",0.8592,0.8522,0.8659,0.8515\nother,0.5,0.4,0.6,\n' \
  >home/experiments/results/dei-rossi-svm.csv
run 0 reproduce model-analysis --out none
grep -q "Kept with the program; it ran on 20" none/reproduce/index.html || fail "it is not said that it is kept"
grep -q 'src="model-analysis-confusion/' none/reproduce/index.html || fail "no picture of what is kept"
run 0 reproduce dei-rossi --out none
grep -q 'a &quot;b&quot;, c  *0.8592  0.8522-0.8659     0.8515$' none/reproduce/index.html || fail "the table that is kept"
grep -q 'earlier version' none/reproduce/index.html || fail "it is not said whose numbers these are"
[ "$(grep -c 'earlier version' none/reproduce/index.html)" = 1 ] || fail "tables of what is not kept"

finish
