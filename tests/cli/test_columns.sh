#!/usr/bin/env bash
# test_columns.sh - tables as people bring them: missing values, words, columns to take and to leave.
. "$SOURCE/tests/cli/lib.sh" || exit 1
samples=$SOURCE/tests/samples/columns

# accuracies FILE: those of a table in JSON, one a line.
accuracies() { sed -n 's/.*"accuracy": \([0-9.]*\).*/\1/p' "$1"; }

# How a missing value is written changes nothing, and neither does a row that was left out.
awk 'BEGIN { srand(6); print "u,v,class"
  for (i = 0; i < 80; i++) print (i % 11 == 5 ? "NA" : sprintf("%.2f", rand() + i % 2)) "," sprintf("%.2f", rand()) "," (i % 2 ? "b" : "a") }' >NA.csv
sed 's/^NA,/,/' NA.csv >empty.csv
sed 's/^NA,/nan,/' NA.csv >nan.csv
sed 's/^NA,/?,/' NA.csv >mark.csv
grep -v '^NA,' NA.csv >whole.csv
for file in NA empty nan mark; do
  run 1 run --data $file.csv --models tree --folds 5 --quiet
  err_has "$file.csv:7:1:"
  err_has '--missing median, mean, mode or constant=VALUE fills it in'
  run 0 run --data $file.csv --models tree,logreg --folds 5 --missing median --format json --name $file --quiet
  accuracies out >$file.median
  cmp -s NA.median $file.median || fail "$file: other accuracies than of NA"
  run 0 run --data $file.csv --models tree --folds 5 --missing drop --name $file-drop
  out_has 'left out: 7 of 80 rows that lack a value: "u" (7)'
done
run 0 run --data whole.csv --models tree --folds 5 --name whole
err_has '0 run now, 5 taken from the store'

# Another way with them is other work, and the same way is not.
run 0 run --data NA.csv --models tree --folds 5 --missing mean --name mean
err_has '5 run now'
run 0 run --data NA.csv --models tree --folds 5 --missing mean --missing-indicators --name mean
err_has '5 run now'
run 0 run --data nan.csv --models tree --folds 5 --missing mean --name mean
err_has '0 run now'
run 2 run --data NA.csv --models tree --missing medain
err_has 'did you mean median'

# An experiment file says the same.
printf 'data: NA.csv\nfolds: 5\nmissing: median\nrows:\n  - tree: {}\n' >missing.yaml
run 0 run missing.yaml
err_has '0 run now, 5 taken from the store'
printf 'data: NA.csv\nmissing: often\nrows:\n  - tree: {}\n' >bad.yaml
run 2 run bad.yaml
err_has 'bad.yaml:2:10: '

# Boosting takes missing values as they are, whatever fills them in for the others: that is the same work.
run 0 run --data NA.csv --models boosting,tree --folds 5 --missing median --set boosting.max_iter=5 --name native --quiet
run 0 run --data NA.csv --models boosting --folds 5 --missing mean --missing-indicators --set boosting.max_iter=5 --name native
err_has '0 run now, 5 taken from the store'
run 0 run --data NA.csv --models boosting --folds 5 --missing keep --set boosting.max_iter=5 --name native
err_has '0 run now, 5 taken from the store'
out_has 'missing values: "u" (7): left missing'
run 2 run --data NA.csv --models boosting,knn --folds 5 --missing keep --name refused
err_has "row 'k-NN': knn takes no missing values, and missing is keep: boosting does"
run 2 embed NA.csv --missing keep --out coordinates.csv
err_has 'an embedding takes no missing values, and missing is keep'
# What is missing tells the classes apart; a group of one training has what separate trainings have.
awk 'BEGIN { srand(8); print "u,v,class"
  for (i = 0; i < 300; i++) { b = i % 2; print (b && rand() < .9 ? "" : "1") "," sprintf("%.2f", rand()) "," (b ? "b" : "a") } }' >tells.csv
run 0 run --data tells.csv --models boosting --folds 3 --missing median --set boosting.max_iter=5,10 --format json --name tells --quiet
accuracies out >together
awk '$1 < .9 { exit 1 }' together || fail "missing values tell nothing: $(cat together)"
run 0 run --data tells.csv --models boosting --folds 3 --missing median --set boosting.max_iter=5,10 --separate --format json --name apart --quiet
accuracies out | cmp -s - together || fail "a group's accuracies differ: $(accuracies out) and $(cat together)"
run 0 run --data tells.csv --models boosting --missing mode --set boosting.max_iter=5 --save-models --name tells-model --quiet
printf 'u,v\n,.5\n1,.5\n' >new.csv
run 0 predict results/tells-model/models/*.slm new.csv --format csv
[ "$(tr -d '\r' <out | tr '\n' ' ')" = 'predicted b a ' ] || fail "new rows: $(cat out)"
run 0 explain results/tells-model/models/*.slm tells.csv --method tree-shap --rows 3 --out shap --no-pictures
run 2 embed tells.csv --model results/tells-model/models/*.slm --out coordinates.csv
err_has "an embedding takes numbers, and boosting takes these rows' missing values as they are"

# Words.
{ echo colour,size,weight,class; awk 'BEGIN { srand(7); split("red green blue", c, " "); split("S M L", s, " ")
  for (i = 0; i < 90; i++) { a = 1 + int(rand() * 3); b = 1 + int(rand() * 3)
    print c[a] "," s[b] "," sprintf("%.2f", rand()) "," (a == 1 || b == 3 ? "buy" : "skip") } }'; } >shop.csv
run 1 run --data shop.csv --models tree --folds 5 --quiet
err_has 'shop.csv:2:1:'
err_has '--categories onehot makes a column of 0 and 1 for each word'
run 0 run --data shop.csv --models tree,svm --folds 5 --categories onehot --name onehot --quiet
out_has 'categories: "colour" (3), "size" (3): one-hot, a column of 0 and 1 for each of the training rows'
out_has 'but for classifiers that take categories (up to 255)'
# Boosting takes them as they are; words of which no order of the names tells anything are told by one split.
awk 'BEGIN { srand(9); print "word,v,class"
  for (i = 0; i < 900; i++) { w = int(rand() * 30); printf "w%02d,%.2f,%s\n", w, rand(), (w * 7 % 30 % 2 ? "b" : "a") } }' >words.csv
run 0 run --data words.csv --models boosting --folds 3 --categories onehot --set boosting.max_iter=1,2 --set boosting.max_leaf_nodes=2 --set boosting.learning_rate=1 --format json --name words --quiet
accuracies out >together
awk '$1 < 1 { exit 1 }' together || fail "words are not parted by one split: $(cat together)"
run 0 run --data words.csv --models boosting --folds 3 --categories onehot --set boosting.max_iter=1,2 --set boosting.max_leaf_nodes=2 --set boosting.learning_rate=1 --separate --format json --name apart-words --quiet
accuracies out | cmp -s - together || fail "a group's accuracies differ: $(accuracies out) and $(cat together)"
run 0 run --data words.csv --models boosting,forest --missing median --categories onehot --set boosting.max_iter=3 --set forest.n_estimators=5 --save-models --name words-model --quiet
printf 'word,v\nw01,.5\nw02,.5\nnever,.5\n,.5\n' >new.csv
for name in boosting forest; do
  run 0 predict results/words-model/models/$name*.slm new.csv --format csv
  [ "$(sed -n 2,3p out | tr -d '\r' | tr '\n' ' ')" = 'b a ' ] || fail "$name: new rows: $(cat out)"
done
run 0 predict results/words-model/models/boosting*.slm new.csv --scores --format csv
[ "$(sed -n 4p out)" = "$(sed -n 5p out)" ] || fail "a word that was not there is not as a missing one: $(cat out)"
# Spread, no single split tells them; that is other work.
run 0 run --data words.csv --models boosting --folds 3 --categories onehot --set boosting.max_iter=1 --set boosting.max_leaf_nodes=2 --set boosting.learning_rate=1 --set boosting.categorical_features=none --format json --name spread --quiet
accuracies out >spread
awk '$1 > .7 { exit 1 }' spread || fail "words that are spread are parted by one split: $(cat spread)"
for method in tree-shap tree-shap-interventional kernel-shap lime permutation gain splits; do
  run 0 explain results/words-model/models/boosting*.slm words.csv --method $method --rows 3,7 --out "explained-$method" --no-pictures
done
run 2 embed words.csv --model results/words-model/models/boosting*.slm --out coordinates.csv
err_has "an embedding takes numbers, and boosting takes these rows' categories as they are"
run 0 run --data shop.csv --models tree --folds 5 --categories drop --name left-out --quiet
out_has 'left out: columns "colour", "size", of words (--categories drop)'
run 0 audit shop.csv
out_has 'categories: "colour" (3), "size" (3): --categories says what becomes of them'
{ echo flag,v,class; for i in $(seq 20); do echo "True,$i,a"; echo "False,$i,b"; done; } >booleans.csv
run 0 run --data booleans.csv --models tree --folds 5 --format json --name booleans --quiet
[ "$(accuracies out)" = 1 ] || [ "$(accuracies out)" = 1.0 ] || fail "booleans: accuracy $(accuracies out)"
{ for i in $(seq 20); do echo p,x,s; echo e,y,n; done; } >letters.csv
run 0 audit letters.csv
out_has '40 training rows, 2 features'
{ echo when,g,label; for i in 1 2 3 4; do echo "2024-0$i-10,$i,$((i % 2))"; done; } >dates.csv
run 1 run --data dates.csv --models tree --categories onehot --quiet
err_has '"2024-01-10" in column "when" is a date or a time'

# scikit-learn 1.2.1 on the same files: SimpleImputer (of categories most_frequent), OneHotEncoder or
# OrdinalEncoder, MinMaxScaler, then LogisticRegression, KNeighborsClassifier and SVC.
check() { # EXPECTED OPTION...
  local expected=$1
  shift
  run 0 run --data "$samples" --models logreg,knn,svm --set svm.kernel=rbf --final --format json --name reference --quiet "$@"
  [ "$(accuracies out | tr '\n' ' ')" = "$expected " ] || fail "$*: $(accuracies out), expected $expected"
}
check '0.812 0.75 0.756' --missing median --categories onehot
check '0.808 0.75 0.754' --missing mean --categories onehot --min-frequency 5
check '0.78 0.76 0.764' --missing mode --categories ordinal

# A model takes rows as its training rows were: columns and categories by name.
run 0 run --data "$samples/train.csv" --models svm,tree --set svm.kernel=rbf --missing median --missing-indicators \
  --categories onehot --validation 50 --save-models --name kept --quiet
run 0 predict results/kept/models/svm.slm "$samples/test.csv"
mv out predicted
err_has 'categories that the training file does not have: "city" (1), read as none of its own'
awk -F, -v OFS=, '{ print $5, $4, $3, $2, $1 }' "$samples/test.csv" >turned.csv
run 0 predict results/kept/models/svm.slm turned.csv
cmp -s out predicted || fail "columns in another order: other predictions"
run 0 run --data whole.csv --models tree --validation 20 --save-models --name plain --quiet
run 1 predict results/plain/models/decision-tree.slm NA.csv
err_has 'nothing that was fitted stands in for it'

# Names of rows are no feature, and stand beside the predictions.
awk -F, -v OFS=, '{ print (NR == 1 ? "who" : "P" NR), $0 }' "$samples/train.csv" >named.csv
run 0 run --data named.csv --id who --models tree --missing median --categories onehot --validation 50 --save-models --name named --quiet
out_has 'names of rows: column "who", no feature'
run 0 predict results/named/models/decision-tree.slm named.csv --id who --format csv
[ "$(sed -n '1p;2s/,.*//p' out | tr -d '\r' | tr '\n' ' ')" = 'who,predicted,true P2 ' ] || fail "ids: $(head -2 out)"
run 0 predict results/named/models/decision-tree.slm named.csv --id who --format json
out_has '"P2"'
run 1 run --data named.csv --models tree --missing median --quiet
run 2 run --data named.csv --id whom --models tree --quiet
err_has 'no column "whom" of names of rows (did you mean who?)'
run 2 run --data synthetic:200 --id who --models tree --quiet
err_has 'id names a column, and this data set has none'

# Rows of a group come on one side: what tells a patient apart is of no use for another one.
awk -v OFS=, 'BEGIN { srand(5); print "patient,a,b,kind"
  for (i = 0; i < 200; i++) { p = int(i / 5); if (!(p in m)) m[p] = rand() * 10
    print "p" p, m[p] + rand() / 10, rand(), p * 7 % 3 ? "y" : "x" } }' >patients.csv
run 0 run --data patients.csv --drop patient --models knn --set knn.n_neighbors=1 --folds 5 --name rows --format json --quiet
accuracies out >rows
run 0 run --data patients.csv --groups patient --models knn --set knn.n_neighbors=1 --folds 5 --name grouped --format json --quiet
out_has 'groups, which splits leave whole: column \"patient\", no feature'
accuracies out | cat - rows | awk '{ a[NR] = $1 } END { exit !(a[2] > a[1] + .1) }' || fail "groups: $(cat rows out)"
run 0 run --data patients.csv --groups patient --models tree --name split --quiet
out_has '150 training and 50 validation rows'
printf 'data: patients.csv\ngroups: patient\nfolds: 50\nrows:\n  - tree: {}\n' >groups.yaml
run 2 run groups.yaml --quiet
err_has '50 folds of 40 groups'
run 2 run --data synthetic:200 --groups patient --models tree --quiet
err_has 'groups names a column, and this data set has none'

# Columns to take, and a test file beside a single file.
{ head -1 patients.csv; tail -50 patients.csv; } >last.csv
head -151 patients.csv >first.csv
run 0 run --data first.csv --test last.csv --columns a:b --models tree --name test --quiet
out_has 'first.csv: 150 training and 50 test rows'
out_has 'left out: column "patient", as asked'
out_has 'test file: "last.csv"'
run 0 audit first.csv --test last.csv --columns 'a,b'
out_has '150 training rows, 50 test rows, 2 features'
printf 'data: first.csv\ntest: last.csv\ncolumns: a,b\nname: test\nrows:\n  - tree: {}\n' >test.yaml
run 0 run test.yaml
err_has '0 run now'
run 2 run test.yaml --folds 5
err_has 'folds and final exclude each other'
run 2 run --data first.csv --columns a,q --models tree --quiet
err_has 'no column "q" to take'

# Fits that share work are those that do not.
run 0 sweep tree max_depth=1:4:4 --data "$samples/train.csv" --folds 5 --missing median --categories onehot --format json --quiet
accuracies out >shared
run 0 sweep tree max_depth=1:4:4 --data "$samples/train.csv" --folds 5 --missing median --categories onehot --format json --quiet \
  --separate --out apart
accuracies out | cmp -s - shared || fail "shared fits differ from separate ones"
run 0 sweep knn n_neighbors=1,3 --data "$samples/train.csv" --folds 5 --missing median --categories onehot --scale none --format json --quiet
accuracies out >shared
run 0 sweep knn n_neighbors=1,3 --data "$samples/train.csv" --folds 5 --missing median --categories onehot --scale none --format json --quiet \
  --separate --out apart
accuracies out | cmp -s - shared || fail "shared fits of unscaled rows differ from separate ones"

# A value that is not allowed is told by the option's name.
for command in run audit; do
  file=NA.csv
  [ $command = run ] && file='--data NA.csv'
  run 2 $command $file --missing medain
  err_has "--missing: 'medain' is not allowed: it takes error | drop | median"
done
run 2 run --data NA.csv --min-frequency -1
err_has "--min-frequency: '-1' is not allowed"

# A column without any value is one of one value.
printf 'a,b,class\n1,NA,p\n2,NA,q\n3,NA,p\n' >nothing.csv
run 0 audit nothing.csv
out_has '1  features with one value throughout'

# Columns without names are called by their place in the file, whatever was left out before them.
awk -v OFS=, 'BEGIN { srand(8); for (i = 0; i < 60; i++) print "r" i, "g" i % 12, (i % 9 ? rand() : "NA"), rand(), i % 2 }' >places.csv
run 0 audit places.csv --header no --id 0 --groups 1 --missing median
out_has 'column 2 (7)'
awk -F, -v OFS=, '{ print $1, $2, 7, $4, $5 }' places.csv >places_7.csv
run 0 audit places_7.csv --header no --id 0 --groups 1
out_has 'W07: column 2 has the same value'

finish
