#!/usr/bin/env bash
# shortlist reproduce: a page of the published tables and figures, from the store or fitted small.
. "$SOURCE/tests/cli/lib.sh" || exit 1

# A home of its own, whose folder of kept results is empty (without it the sources' own would be found).
mkdir home
cp -r "$SOURCE/experiments" "$SOURCE/plots" "$SOURCE/report" home/
rm -r home/experiments/results && mkdir home/experiments/results
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

# Figures that commands make: fitted small, with their models; what a command says stands in its figure's place.
sed -i 's/^data: .*/data: synthetic:600/; s/^train: .*/train: 200/; s/^validation: .*/validation: 100/
        s/^quick:.*/quick: {repeats: 1, max_iter: 2}/; s/{accuracy: 0.812}/{accuracy: 0.001}/' home/experiments/model-analysis-mlp.yaml
run 0 reproduce model-analysis --quick --out small --quiet
page=small/reproduce-quick/index.html
[ -s small/model-analysis-mlp-quick/models/mlp-128-64.slm ] || fail "no model is kept"
for picture in pca/embedding layers/embedding clusters/margins; do
  grep -q "src=\"model-analysis-$picture.svg\"" $page || fail "$picture: $(grep 'Not there' $page)"
done
grep -q '^trustworthiness' $page || fail "what the command printed is not shown"
grep -q '^small/reproduce-quick' $page && fail "paths of files in the text"
grep -q "Not there:.*there is no class .*Bag" $page || fail "a command that failed says why"
grep -q "shortlist embed synthetic:600 --model small/model-analysis-mlp-quick/models/mlp-128-64.slm --layer 4" $page || fail "no command"
# It is run once, until the model is fitted again.
for figure in pca layers; do echo "as it was" >small/reproduce-quick/model-analysis-$figure/printed.txt; done
touch -d '+1 minute' small/model-analysis-mlp-quick/models/mlp-128-64.slm
run 0 reproduce model-analysis --quick --out small --quiet
[ "$(grep -c 'as it was' $page)" = 1 ] || fail "commands ran again, or did not"
grep -q 'as it was' small/reproduce-quick/model-analysis-pca/printed.txt || fail "the one without a model ran again"
# Kept with the program.
cp -r small/reproduce-quick/model-analysis-layers home/experiments/results/
run 0 reproduce model-analysis --out none
grep -q 'src="model-analysis-layers/embedding.svg"' none/reproduce/index.html || fail "what is kept is not shown"
[ -s none/reproduce/model-analysis-layers/embedding.svg ] || fail "what is kept is not beside the page"
cp -r none again # twice: it is still said, and no command is taken to have run
run 0 reproduce model-analysis --out again --quiet
err_has "tables and figures are not there: the page says why"
for text in none again; do
  [ "$(grep -c 'Kept with the program.</p>' $text/reproduce/index.html)" = 1 ] || fail "$text: it is not said that a picture is kept"
  [ ! -e $text/reproduce/model-analysis-layers/printed.txt ] || fail "$text: as if its command had run"
done
grep -q "Not there:</strong> it needs the model" none/reproduce/index.html || fail "nothing is said of the missing model"

# A published number that is missed, with the experiment's note; only with --full numbers are compared.
grep -q "Not within" $page && fail "quick numbers are compared"
sed -i 's/^  *Not published: which/  <b>Odd<\/b> \& "quoted": which/' home/experiments/model-analysis-mlp.yaml
run 0 reproduce model-analysis --full --out whole --quiet
grep -q "Not within our interval:</strong> MLP 128-64 has 0\.[0-9]* (0\.[0-9]*-[01]\.[0-9]*), and 0.0010 is published" whole/reproduce/index.html ||
  fail "the missed number is not named: $(grep 'Not within' whole/reproduce/index.html)"
grep -q 'Why, as far as is known:</strong> &lt;b&gt;Odd&lt;/b&gt; &amp; &quot;quoted&quot;: which' whole/reproduce/index.html || fail "no note"
sed -i 's/^note: >-/note: [1, 2]\nquiet: >-/' home/experiments/model-analysis-mlp.yaml
run 2 run model-analysis-mlp
err_has "note takes a text"

# A random seed stays, so that what was fitted holds.
for file in home/experiments/papoutsis-*.yaml; do
  printf 'data: synthetic:600\ntrain: 200\nvalidation: 100\nseed: random\nrows:\n  - tree\n' >"$file"
done
seed_of() { "$SHORTLIST" show papoutsis-random-seed --out whole --format json | grep '"seed"' | head -1; }
run 0 reproduce papoutsis --full --out whole --quiet
seed=$(seed_of)
run 0 reproduce papoutsis --full --out whole
[ -n "$seed" ] && [ "$(seed_of)" = "$seed" ] || fail "another seed was drawn"
err_has "0 run now, 1 taken from the store"

finish
