#!/usr/bin/env bash
# test_baselines.sh - a benchmark's file in the place of an experiment's rows.
. "$SOURCE/tests/cli/lib.sh" || exit 1

cat >grid.json <<'GRID'
{
  "common": {},
  "classifiers": {
    "DecisionTreeClassifier": [{"criterion": ["gini", "entropy"]}, {"max_depth": [2, 3]}],
    "SGDClassifier": [{"loss": ["log"]}],
    "GaussianProcessClassifier": [{"multi_class": ["one_vs_rest"]}]
  }
}
GRID
small="--data synthetic:300 --train 200 --validation 100 --quiet"
run 0 run --baselines grid.json $small --format csv
out_has 'DecisionTreeClassifier criterion=entropy max_depth=3'
out_has 'SGDClassifier loss=log'
[ "$(grep -c DecisionTreeClassifier out)" = 4 ] || fail "not four trees"
err_has "left out: row 'GaussianProcessClassifier multi_class=one_vs_rest' is refused: its 10 matrices of 300 x 300 doubles take"

# The file's configuration is that of the experiment with the same values: it is not fitted again.
printf 'rows:\n  - tree: {criterion: entropy, max_depth: 3}\n  - sgd: {loss: log_loss, max_iter: 5, tol: none}\n' >same.yaml
run 0 run same.yaml --final --scale standard --data synthetic:300 --train 200 --validation 100
err_has '0 run now, 2 taken from the store'

# Rows may be chosen and overridden as an experiment's.
run 0 run same.yaml --baselines grid.json $small --models tree --set tree.max_depth=1 --format csv
out_has 'max_depth=1'

# Published numbers stand beside the shipped experiment's rows, on its data alone.
printf '{"classifiers": {"GaussianNB": [{"priors": [[0.1,0.1,0.1,0.1,0.1,0.1,0.1,0.1,0.1,0.1]]}]}}' >bayes.json
run 0 run --baselines bayes.json $small --format csv
if [ -r /usr/share/datasets/fashion-mnist/train-images-idx3-ubyte.gz ]; then
  run 0 run --baselines bayes.json --quiet --format json
  out_has '"published"'
  out_has '0.511'
fi

run 1 run --baselines nowhere.json $small
printf '{"classifiers": {"SVM": []}}' >bad.json
run 2 run --baselines bad.json $small
err_has "bad.json:1:18: there is no classifier 'SVM' (did you mean SVC?)"
run 0 estimate --baselines grid.json --data synthetic:300 --train 200 --validation 100
out_has 'SGDClassifier loss=log'
finish
