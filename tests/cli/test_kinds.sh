#!/usr/bin/env bash
# test_kinds.sh - tables of kinds that mislead a comparison, from end to end: what a run of each says, and its scores.
# CONTRIBUTING.md lists which test has which kind.  Accuracies are those of scikit-learn 1.2.1 on the same rows
# (MinMaxScaler, then the classifier with its defaults), unless a line says otherwise.
. "$SOURCE/tests/cli/lib.sh" || exit 1

# The tables are drawn by the generator of Park and Miller, which every awk computes exactly: u() is uniform, z()
# nearly normal.
draw() { # SEED PROGRAM [VARIABLE=VALUE...]: prints the table
  local seed=$1 program=$2
  shift 2
  awk -v OFS=, "${@/#/-v}" 'function u() { seed = seed * 16807 % 2147483647; return seed / 2147483647 }
    function z(  i, s) { for (i = 0; i < 12; i++) s += u(); return s - 6 }
    BEGIN { seed = '"$seed; $program }"
}
accuracies() { sed -n 's/.*"accuracy": \([0-9.]*\).*/\1/p' out | tr '\n' ' '; }
scores() { # EXPECTED ARGUMENT...: the accuracies of a run, in the order of its rows
  local expected=$1
  shift
  run 0 run --name "kind$((++runs))" --quiet --format json "$@"
  [ "$(accuracies)" = "$expected " ] || fail "run $*: accuracies $(accuracies), expected $expected"
}
runs=0

# Columns --------------------------------------------------------------------------------------------

# Coordinates x and y beside a label: the label is found, whatever stands first and between the columns.
cloud='for (i = 0; i < 90; i++) { k = i % 2; printf "%.1f%s%.1f%s%d\n", z() + 4 * k, s, z(), s, k }'
for sep in , ';' '	' '|'; do
  { echo "x${sep}y${sep}target"; draw 11 "s = \"$sep\"; $cloud"; } >plane.csv
  run 0 audit plane.csv
  out_has 'label: column "target" (3 of 3), line 1 is a header'
  out_has '2 features (floats), 2 classes'
done
awk -F'|' -v OFS=, '{ print $3, $2, $1 }' plane.csv >turned.csv
run 0 audit turned.csv
out_has 'label: column "target" (1 of 3), line 1 is a header'
draw 11 "s = \",\"; $cloud" | sed '1i x,y,ripe' | awk -F, -v OFS=, '{ print $3, $1, $2 }' >doubtful.csv
run 1 audit doubtful.csv
err_has 'which column is the label?'
err_has 'say --label ripe or --label y'

# A header of numbers over classes of words: no row is lost to it, and none is won.
for header in 0,1,2 1,2,3 0,1,kind 2001,2002,class '"0","1","2"'; do
  { echo "$header"; draw 12 "s = \",\"; $cloud" | sed 's/0$/oak/; s/1$/elm/'; } >header.csv
  run 0 audit header.csv
  out_has '90 training rows, 2 features (floats), 2 classes'
done

# A column that numbers rows which are sorted by class tells the class: it is named, and left out on request.
numbers='print "n,a,b,kind"; for (i = 0; i < 120; i++) print m * i + c, z(), z(), i < 60 ? "no" : "yes"'
for how in 'm=1 c=0' 'm=1 c=1' 'm=-1 c=500' 'm=1 c=0.0'; do
  # shellcheck disable=SC2086
  draw 13 "$numbers" $how >numbered.csv
  run 0 run --data numbered.csv --models tree --folds 5 --name numbered --quiet
  out_has 'W03 column "n" numbers the rows'
done
awk -F, -v OFS=, 'NR > 1 { $1 = 10 * $1 } { print }' numbered.csv >tens.csv
run 0 run --data tens.csv --models tree --folds 5 --name tens --quiet
out_has 'W04 column "n" tells the classes apart alone'
run 0 run --data numbered.csv --models tree --folds 5 --drop n --name kept --quiet --format json
accuracies | awk '{ exit !($1 > .35 && $1 < .65) }' || fail "noise is told apart: $(accuracies)"

# R's names of rows, which its header does not count.
for sep in , ';' ' ' '	'; do
  draw 14 'print "\"len\"" s "\"wid\"" s "\"kind\""
    for (i = 1; i <= 40; i++) print "\"" i "\"" s z() s z() s "\"" (i % 2 ? "p" : "q") "\""' "s=$sep" >r.csv
  run 0 audit r.csv
  out_has '40 training rows, 2 features (floats), 2 classes'
  out_has 'left out: the first column, names of rows'
done

# A test file's columns are found by their names: in another order, with more of them, in another dialect.
mkdir -p pair
columns='print "a,b,kind"; for (i = 0; i < n; i++) { k = i % 2; printf "%.3f,%.3f,%s\n", z() + 1.5 * k, 100 * z() - 90 * k, k ? "pos" : "neg" }'
draw 15 "$columns" n=80 >pair/train.csv
draw 16 "$columns" n=60 >same.csv
swap() { awk -F, -v OFS="$1" "{ print $2 }" same.csv >pair/test.csv; }
for way in , ';' '	'; do
  for order in '$1, $2, $3' '$2, $1, $3' '$3, $2, $1' 'NR == 1 ? "extra" : NR, $2, $3, $1'; do
    swap "$way" "$order"
    scores "0.75 0.716666666666667 0.766666666666667 0.766666666666667" \
      --data pair --models logreg,knn,svm --set svm.kernel=linear,rbf --final
  done
done
run 0 show "kind$runs"
out_has 'test file: left out: column "extra", not in the training file'
swap , '$1, $2'
run 1 run --data pair --models knn --final
err_has 'test.csv:1: no column "kind", which is the label in the training file'
swap , '$1, $3'
run 1 run --data pair --models knn --final
err_has 'no column "b", which the training file has'

# Numbers --------------------------------------------------------------------------------------------

# Decimal commas say the same as points, with any separator, with marks for thousands, in quotes.
draw 17 'print "u;v;kind"; for (i = 0; i < 60; i++) printf "%.2f;%.2f;%s\n", 1200 + 9 * z() + 9 * (i % 2), z(), i % 2 ? "süß" : "trocken"' >dots.csv
run 0 audit dots.csv
same=$(sed -n 's/^hash //p' out)
sed 's/\./,/g' dots.csv >commas.csv
sed 's/;/\t/g' commas.csv >tabs.csv
sed 's/;/|/g' commas.csv >pipes.csv
sed 's/\([0-9-]*,[0-9]*\);/"\1",/g; s/;/,/g' commas.csv >quoted.csv
sed 's/^1\([0-9][0-9][0-9],\)/1.\1/' commas.csv >thousands.csv
for file in commas tabs pipes quoted thousands; do
  run 0 audit $file.csv
  out_has 'decimal comma'
  [ "$(sed -n 's/^hash //p' out)" = "$same" ] || fail "$file.csv: other data than with points"
done

# Whole numbers and fractions are the same numbers: 5 is 5.0, and a model of one kind takes the other.
mkdir -p whole decimal
levels='print "a,b,c,d,kind"; for (i = 0; i < n; i++) { k = i % 2; print int(3 + 2 * k + z()), int(40 + 25 * k + 20 * z()), int(2 * u()), int(120 + 60 * z()), k ? "hi" : "lo" }'
draw 18 "$levels" n=300 >whole/train.csv
draw 19 "$levels" n=300 >whole/test.csv
for part in train test; do
  sed '2,$s/\(-\{0,1\}[0-9][0-9]*\),/\1.0,/g' whole/$part.csv >decimal/$part.csv
done
for folder in whole decimal; do
  scores "0.856666666666667 0.863333333333333 0.85 0.86 0.856666666666667" \
    --data $folder --models logreg,knn,svm,linear_svm --set svm.kernel=linear,rbf --final
done
cp decimal/test.csv whole/test.csv
scores "0.856666666666667 0.863333333333333" --data whole --models logreg,knn --final
run 0 run --data whole/train.csv --models tree,logreg --save-models --name whole --quiet
awk -F, -v OFS=, 'NR > 1 { $1 += .5; $2 += 300.25; $4 = -$4 } { print }' whole/train.csv >halves.csv
for model in results/whole/models/*.slm; do
  run 0 predict "$model" halves.csv
  [ "$(wc -l <out)" = 300 ] || fail "$model predicts $(wc -l <out) of 300 rows"
done

# Small differences of large numbers count: seconds since 1970, metres of a map, numbers below a float's least.
for what in '1700000000 5 %.0f' '1700000000000 5 %.0f' '5412345.5 .25 %.2f' '-1000000000 3 %.0f' '0 1e-40 %.10g'; do
  read -r from step form <<<"$what"
  draw 20 'print "t,class"; for (i = 0; i < 150; i++) printf form ",%s\n", from + step * (i % 7 + 12 * (i % 2)), i % 2 ? "pm" : "am"' \
    "from=$from" "step=$step" "form=$form" >large.csv
  scores "1.0 1.0 1.0 1.0" --data large.csv --models logreg,knn,tree,svm --set svm.kernel=linear --folds 5
done

# Labels ---------------------------------------------------------------------------------------------

# What classes are called changes no score, of classifiers that draw neither.
coding='print "a,b,class"; for (i = 0; i < 120; i++) { k = i % 2; printf "%.3f,%.3f,%s\n", z() + k, z(), k ? one : zero }'
first=
for names in 'zero=0 one=1' 'zero=1 one=2' 'zero=-1 one=+1' 'zero=0.0 one=1.0' 'zero=no one=yes' 'zero=FALSE one=TRUE' 'zero=ä one=ö'; do
  # shellcheck disable=SC2086
  draw 21 "$coding" $names >coding.csv
  run 0 run --data coding.csv --models sgd,logreg,tree,mlp --set mlp.max_iter=20 --folds 3 --name "coding$((++runs))" --format json --quiet
  [ "$(accuracies)" = "${first:=$(accuracies)}" ] || fail "$names: $(accuracies), not $first"
done

# A class of one row is scored in one fold, where no model knows it; that is said.
draw 22 'print "a,b,class"; for (i = 0; i < 61; i++) print z() + 5 * (i % 2), z(), i == 17 ? "rare" : i % 2 ? "p" : "q"' >rare.csv
run 0 run --data rare.csv --models tree,logreg,knn,svm --folds 5 --name rare --quiet
out_has 'W06 class of one row: "rare"'
run 0 show rare 'logistic regression'
grep -qE '^rare +0\.000 +0\.000 +0\.000 +1$' out || fail "a class without training rows is recalled: $(grep rare out)"

# Rows without a label are no class, however that is written.
for mark in '' NA NaN nan '?' null N/A ' '; do
  awk -F, -v OFS=, -v mark="$mark" 'NR == 9 { $3 = mark } { print }' rare.csv >unlabelled.csv
  run 1 run --data unlabelled.csv --models tree --folds 5 --quiet
  err_has 'unlabelled.csv:9:3: '
done

# A target for regression is no label, as scikit-learn says, too.
for form in %.1f %.3e; do
  draw 23 'print "a,b,target"; for (i = 0; i < 200; i++) { x = z(); printf "%.2f,%.2f," form "\n", x, z(), 5 + x + z() }' "form=$form" >target.csv
  run 1 run --data target.csv --models tree --quiet
  err_has 'a target for regression'
done

# A class of the test file alone counts as wrong, as in predict.
mkdir -p unseen
draw 24 "$columns" n=80 >unseen/train.csv
draw 25 "$columns" n=40 | awk -F, -v OFS=, 'NR > 1 && NR % 4 == 0 { $3 = "new" } { print }' >unseen/test.csv
run 0 run --data unseen --models logreg,tree --final --save-models --name unseen --format json --quiet
out_has 'test file: 10 of 40 rows are of classes without training rows'
accuracies >told
for model in results/unseen/models/logistic-regression.slm results/unseen/models/decision-tree.slm; do
  run 0 predict $model unseen/test.csv
  sed -n 's/.*accuracy \([0-9.]*\) on 40 rows.*/\1/p' err
done | tr '\n' ' ' >predicted
paste -d ' ' told predicted | awk '{ exit !($1 - $3 < 1e-4 && $3 - $1 < 1e-4 && $2 - $4 < 1e-4 && $4 - $2 < 1e-4) }' ||
  fail "run: $(cat told), predict: $(cat predicted)"

# Imbalance: a high accuracy that is the majority's is called so; class_weight is judged by balanced accuracy.
mkdir -p fraud
fraud='print "v1,v2,v3,Class"; for (i = 0; i < n; i++) { k = i % 100 == 99; print z() + 1.3 * k, z() + k, z(), k }'
draw 26 "$fraud" n=2000 >fraud/train.csv
draw 27 "$fraud" n=2000 >fraud/test.csv
scores "0.99 0.99 0.99" --data fraud --models logreg,svm,majority --set svm.kernel=rbf --final
run 0 show "kind$runs"
out_has 'W02 not shown to be better than predicting the most frequent class'
! grep -qE '^= +majority' out || fail "the majority class is tied with the best"
scores "0.751" --data fraud --models logreg --set logreg.class_weight=balanced --final
run 0 show "kind$runs" --format json
grep -q '"balanced_accuracy": 0.750505050505051' out || fail "balanced accuracy: $(grep '"balanced_accuracy"' out)"

# Equal rows in other folds flatter what remembers rows.
draw 28 'print "a,b,c,class"; for (i = 0; i < 60; i++) print z(), z(), z(), u() < .5 ? "p" : "q"' >once.csv
for i in 1 2 3 4 5; do sed -n "$((i > 1 ? 2 : 1)),\$p" once.csv; done >again.csv
run 0 run --data again.csv --models knn --set knn.n_neighbors=1 --folds 5 --name again --quiet
out_has 'W05 240 of 300 rows equal an earlier one'
run 0 run --data once.csv --models knn --set knn.n_neighbors=1 --folds 5 --name once --quiet --format json
accuracies | awk '{ exit !($1 < .7) }' || fail "noise is told apart: $(accuracies)"

# Hyperparameters ------------------------------------------------------------------------------------

# Extreme penalties end, on any table; what stopped at its limit is said below the table.
overlap='print "a,b,class"; for (i = 0; i < 120; i++) printf "%.3f,%.3f,%s\n", z() + apart * (i % 2), z() + apart * (i % 2), i % 2 ? "p" : "n"'
draw 29 "$overlap" apart=1 >overlap.csv
draw 30 "$overlap" apart=9 >separable.csv
sed '2,$s/^[^,]*,[^,]*/1.5,2.5/' overlap.csv >equal.csv
awk -F, -v OFS=, 'NR > 1 { if (NR % 2) { $1 = a; $2 = b } else { a = $1; b = $2 } } { print }' overlap.csv >contradictory.csv
for file in overlap separable equal contradictory; do
  run 0 run --data $file.csv --models svm,logreg,linear_svm --set svm.C=1e-10,1,1e10 --set svm.kernel=linear,rbf \
    --set svm.max_iter=100000 --set logreg.C=1e-10,1e10 --set linear_svm.C=1e-6,1e6 --folds 3 --name $file --quiet
done
run 0 show overlap
out_has 'W01 stopped before it had converged'
grep -A 3 '^W01' out | tr -s '\n ' ' ' | grep -q 'svm C=1e+10 kernel=rbf' || fail "a fit at its limit is not named: $(grep -A 3 '^W01' out)"
run 0 show separable --format json
[ "$(grep -c '"accuracy": 1.0,' out)" -ge 7 ] || fail "clouds far apart are not told apart: $(accuracies)"

# A kernel beyond doubles is a failed row, not one that predicts something.
draw 31 'print "a,b,c,d,class"; for (i = 0; i < 120; i++) { k = i % 3; printf "%.1f,%.1f,%.1f,%.1f,%s\n", 5 + k + .5 * z(), 3 + .4 * z(), 1.5 + 2 * k + .4 * z(), .3 + .9 * k + .2 * z(), substr("stv", k + 1, 1) }' >flowers.csv
for degree in 60 90; do
  for solver in own libsvm; do
    run 3 run --data flowers.csv --models svm --set svm.kernel=poly --set svm.degree=$degree --set svm.gamma=4200 \
      --set svm.solver=$solver --scale none --folds 5 --name "poly$degree$solver" --quiet
    out_has 'diverged'
  done
done

finish
