#!/usr/bin/env bash
# test_requests.sh - what is asked of a data set or an experiment is done, refused, or said to have no effect.
. "$SOURCE/tests/cli/lib.sh" || exit 1

{ echo a,b,c,label; for i in $(seq 40); do echo "$i,$((i * i % 17)),$((i % 5)),$((i % 2))"; done; } >plain.csv
tail -n +2 plain.csv | awk -F, '{ print $4 " 1:" $1 " 2:" $2 " 3:" $3 }' >plain.svm

# --missing drop leaves out rows without a label, too.
sed '3s/[01]$//; 5s/[01]$/NA/; 7s/^6,/,/; 9s/^8,\(.*\)[01]$/,\1/' plain.csv >gaps.csv
run 1 audit gaps.csv
err_has 'gaps.csv:3:4: no label; expected the name of a class'
run 0 audit gaps.csv --missing drop
out_has '36 training rows'
out_has 'left out: 4 of 40 rows that lack a value: "a" (2), the label (2)'
run 1 audit gaps.csv --missing median
err_has 'no label'
sed '3s/[01]$//' plain.csv >unlabelled.csv
run 0 run --data unlabelled.csv --missing drop --models tree --folds 2 --name dropped --quiet
out_has '39 training rows'
out_has 'left out: 1 of 40 rows that lack a value: the label (1)'

# Options that nothing could come of.
for way in "" "--missing drop" "--missing error"; do
  for command in "audit plain.csv" "run --data plain.csv --models tree --out never"; do
    # shellcheck disable=SC2086
    run 2 $command --missing-indicators $way
    err_is_one_line
    err_has "missing indicators go with missing values that are filled in"
  done
done
printf 'data: plain.csv\nmissing_indicators: true\nrows:\n  - tree\n' >indicators.yaml
run 2 run indicators.yaml --out never
err_has "missing indicators go with missing values that are filled in"
run 2 audit plain.svm --missing median
err_is_one_line
err_has "plain.svm is svmlight: missing has no effect"
for command in "audit synthetic:100" "run --data synthetic:100 --models tree --out never"; do
  # shellcheck disable=SC2086
  run 2 $command --missing mean
  err_has "synthetic:100: missing has no effect: features are bytes"
  # shellcheck disable=SC2086
  run 2 $command --min-frequency 3
  err_has "synthetic:100: min_frequency has no effect: no column is of categories"
done
[ ! -e never ] || fail "a wrong request is found out before anything runs"
run 0 audit plain.csv --min-frequency 3
out_has "min_frequency has no effect: no column is of categories"
run 0 audit plain.csv --min-frequency 3 --categorical c
grep -q 'has no effect' out && fail "--min-frequency with a category: $(cat out)"
run 0 audit plain.csv --missing median # a table may lack values, if not this one

# A range that runs backwards.
for range in c:a 2:0 c:0 -1:a; do
  run 2 audit plain.csv "--drop=$range"
  err_is_one_line
  err_has "plain.csv: the columns to leave out \"$range\" run backwards"
done
run 2 audit plain.csv --columns c:a
err_has 'the columns to take "c:a" run backwards'
run 0 audit plain.csv --drop a:b
run 2 audit plain.csv --drop a:z
err_has 'no column "a:z"'

# Notes call a column without a name by its place in the file.
for i in $(seq 60); do echo "$((i % 2)),$((i % 7)),$((1700000000 + i)),$((9007199254740993 + i * i))"; done >long.csv
run 0 audit long.csv --label 0 --drop 1
out_has "column 2: kept in doubles until it is scaled"
out_has "column 3: whole numbers beyond 2^53 are rounded"

# A classifier as a plain word in an experiment's rows.
printf 'data: plain.csv\nfolds: 2\nrows:\n  - knn\n  - tree: {max_depth: 2}\n' >words.yaml
run 0 run words.yaml --quiet
out_has knn
out_has "tree max_depth=2"
printf 'data: plain.csv\nrows:\n  - knm\n' >wrong.yaml
run 2 run wrong.yaml
err_has "wrong.yaml:3:5: there is no classifier or row key 'knm' (did you mean knn?)"
printf 'data: plain.csv\nrows:\n  - \n' >empty.yaml
run 2 run empty.yaml
err_has "a row is a mapping"

# A test file of another format: columns by name where both have names, else it is said.
{
  printf '@relation x\n@attribute c numeric\n@attribute b numeric\n@attribute a numeric\n@attribute label {0,1}\n@data\n'
  tail -n +2 plain.csv | awk -F, -v OFS=, '{ print $3, $2, $1, $4 }'
} >turned.arff
run 0 run --data plain.csv --test turned.arff --models tree --name turned --quiet
out_has "test file: columns stand in another order than in the training file: they are taken by name"
out_has " 1.000 "
run 0 run --data plain.csv --test plain.svm --models tree --name places --quiet
out_has "test file: columns are taken by their places: the training file names them, this file does not"
sed 's/^a,b,c/1,2,3/' plain.csv >numbered.csv
run 0 run --data numbered.csv --test plain.svm --models tree --name same --quiet --header yes
grep -q 'by their places' out && fail "the same names on both sides: $(cat out)"
run 1 run --data plain.svm --test plain.csv --models tree --name refused --quiet
err_has 'no column "1", "2", "3", which the training file has'

# No model of a cross-validated row.
run 2 run --data plain.csv --models tree --folds 2 --save-models
err_has "save-models: a cross-validated row has no model of its own: leave out folds"
run 0 run --help
out_has "not with --folds"

finish
