#!/usr/bin/env bash
# test_weights.sh - weights of rows: a column that is no feature, and what becomes of it in a study.
. "$SOURCE/tests/cli/lib.sh" || exit 1

# labels ROW STUDY: its predictions, one a line.
labels() { "$SHORTLIST" show "$2" --predictions "$1" --format csv | cut -d, -f2-3; }

# Weights 0 ... 3, once as a column and once by rows that stand there so often; 60 rows to be scored, of weight 9.
awk -v OFS=, 'BEGIN { srand(4); print "a", "b", "w", "class" >"weighed.csv"; print "a", "b", "class" >"repeated.csv"
  print "a", "b", "w", "class" >"last.csv"
  for (i = 0; i < 200; i++) { a = rand(); b = rand(); y = a + b / 2 + rand() / 2 > 1 ? "yes" : "no"
    if (i >= 140) { print a, b, 9, y >"last.csv"; continue }
    print a, b, i % 4, y >"weighed.csv"
    for (r = 0; r < i % 4; r++) print a, b, y >"repeated.csv" } }'

# study FILE NAME [OPTION...]: rows of every deterministic classifier, scored on last.csv.
study() {
  local data=$1 name=$2
  shift 2
  printf 'data: %s\ntest: last.csv\nvalidation: 0\nscale: none\nrows:\n' "$data" >"$name.yaml"
  for row in 'majority: {}' 'logreg: {}' 'linear_svm: {}' 'svm: {gamma: 1}' 'tree: {}'; do
    printf '  - %s\n    name: %s\n' "$row" "${row%%:*}" >>"$name.yaml"
  done
  run 0 run "$name.yaml" --quiet "$@"
}
study weighed.csv weighed --weights w
out_has 'weights: column "w", used in fitting; scores count each row once'
out_has 'weights: 35 rows of weight 0 take no part in fitting'
study repeated.csv repeated
study weighed.csv plain --drop w
labels tree weighed >a
labels tree plain >b
cmp -s a b && fail "weights change nothing"
for row in majority logreg linear_svm svm tree; do
  labels $row weighed >a
  labels $row repeated >b
  [ "$(wc -l <a)" = 61 ] || fail "$row: $(wc -l <a) lines of predictions"
  cmp -s a b || fail "$row: other predictions than of repeated rows"
done

# The test file needs no weights, and a column of them changes nothing there; by places it has the same columns.
sed 's/,9,/,0,/' last.csv >zero.csv
run 0 run --data weighed.csv --weights w --test zero.csv --validation 0 --models tree --scale none --name zero --quiet
labels tree weighed >a
labels 'decision tree' zero >b
cmp -s a b || fail "weights of the test file change predictions"
tail -n +2 weighed.csv >nameless.csv
tail -n +2 last.csv >nameless_last.csv
run 0 run --data nameless.csv --weights 2 --test nameless_last.csv --validation 0 --models tree --scale none --name nameless --quiet
out_has 'weights: column 2, used in fitting'
labels 'decision tree' nameless >b
cmp -s a b || fail "a column by number gives other predictions"

# ARFF; a decimal comma; beside groups and names of rows.
{ printf '@relation r\n@attribute a numeric\n@attribute b numeric\n@attribute w numeric\n@attribute class {no,yes}\n@data\n'
  tail -n +2 weighed.csv; } >weighed.arff
run 0 audit weighed.arff --weights w
out_has 'weights: column "w", used in fitting'
out_has '140 training rows, 2 features'
printf 'a;w;class\n1,5;0,5;x\n2,5;1,5;y\n1,75;2;x\n' >comma.csv
run 0 audit comma.csv --weights w
printf 'a,b,who,g,w,class\n' >side.csv
awk -v OFS=, 'BEGIN { srand(2); for (i = 0; i < 80; i++) print rand() + i % 2, rand(), "r" i, "g" int(i / 4), i % 3, i % 2 ? "u" : "v" }' >>side.csv
run 0 run --data side.csv --id who --groups g --weights w --models tree,logreg --folds 4 --name side --quiet
out_has 'weights: column "w"'
out_has '80 training rows in 4 folds'
run 0 sweep tree max_depth=1,2,3 --data side.csv --drop who,g --weights w --folds 4 --scale none --format json --quiet --name shared
sed -n 's/.*"accuracy": //p' out >a
run 0 sweep tree max_depth=1,2,3 --data side.csv --drop who,g --weights w --folds 4 --scale none --format json --quiet --name apart \
  --separate --out apart
sed -n 's/.*"accuracy": //p' out >b
cmp -s a b || fail "weighed trees that share work differ from separate ones"

# Other weights are other work, and the same are not.
run 0 run --data side.csv --drop who,g --weights w --models tree --folds 4 --scale none --name again
err_has '4 run now'
run 0 run --data side.csv --drop who,g --weights w --models tree --folds 4 --scale none --name again
err_has '0 run now'
run 0 run --data side.csv --drop who,g,w --models tree --folds 4 --scale none --name none
err_has '4 run now'

# A saved model knows nothing of weights; the column is unknown to it.
run 0 run --data side.csv --drop who,g --weights w --models tree,mlp --set mlp.max_iter=5 --save-models --name saved --quiet
run 0 predict results/saved/models/decision-tree.slm side.csv --label class

# Who takes none is left out where weights come to an experiment that has none, and named; else an error.
run 0 run --data side.csv --drop who,g --weights w --quiet --set mlp.max_iter=5 --name shortlist --folds 2
err_has 'left out:'
err_has 'knn takes no weights of rows; these do: majority'
printf 'data: side.csv\ndrop: who,g\nweights: w\nrows:\n  - knn: {}\n  - tree: {}\n' >knn.yaml
run 2 run knn.yaml --quiet
err_has "row 'knn': knn takes no weights of rows; these do: majority"
err_is_one_line
run 2 run --data side.csv --drop who,g --weights w --models knn --quiet
err_has 'knn takes no weights of rows'
run 2 sweep knn n_neighbors=1,3 --data side.csv --drop who,g --weights w --quiet
err_has 'knn takes no weights of rows'
run 2 run --data side.csv --drop who,g --weights w --models logreg --set logreg.solver=liblinear --quiet
err_has 'solver=liblinear takes no weights of rows; solver=own and lbfgs do'
run 0 list classifiers tree
out_has 'takes weights of rows'
run 0 list classifiers knn
grep -q 'weights of rows' out && fail "knn: takes weights"

# Weights that are none, by line and column.
bad() { # WEIGHT TEXT
  printf 'a,w,class\n1,1,x\n2,%s,y\n3,1,x\n' "$1" >bad.csv
  run 1 audit bad.csv --weights w
  err_has "bad.csv:3:2: \"$1\" is no weight (column w): $2"
  err_is_one_line
}
bad -1 'expected 0 or a positive number'
bad '' 'expected 0 or a positive number'
bad NA 'expected 0 or a positive number'
bad inf 'expected 0 or a positive number'
bad many 'expected 0 or a positive number'
bad 1e39 'expected 0 or a positive number, within the range of float numbers'
printf 'a,w,class\n1,0,x\n2,0,y\n3,0,x\n' >bad.csv
run 1 audit bad.csv --weights w
err_has 'bad.csv: column w: every weight is 0'
run 2 audit bad.csv --weights v
err_has 'no column "v" of weights'
run 2 audit bad.csv --weights class --label class
err_has 'is the label'
run 2 run --data synthetic:200 --weights w --models tree --quiet
err_has 'weights names a column, and this data set has none'
printf '1 1:2\n2 1:3\n' >rows.svm
run 2 audit rows.svm --weights w
err_has 'rows.svm is svmlight: weights names a column'

finish
