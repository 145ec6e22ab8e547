#!/usr/bin/env bash
# test_explain.sh - explain: methods, rows and classes by name, files that Python reads, refusals.
. "$SOURCE/tests/cli/lib.sh" || exit 1

"$SHORTLIST" run --data synthetic:400 --models cnn,mlp,knn --save-models --quiet --name kept \
  --set cnn.epochs=1 --set 'cnn.net=conv 4 3x3, relu, maxpool 2, conv 4 3x3, relu, flatten, dense classes' \
  --set mlp.max_iter=5 >/dev/null 2>&1
models=results/kept/models
cnn=$(echo $models/cnn*.slm)

# Pictures: whole files of images, tables and importances, whatever the columns are called.
pictures() { # pictures FOLDER STEM...
  local folder=$1 stem
  shift
  for stem in "$@"; do
    [ "$(head -c 4 "$folder/$stem.png" | tail -c 3)" = PNG ] || fail "$folder/$stem.png is no picture"
    grep -q '</svg>' "$folder/$stem.svg" || fail "$folder/$stem.svg is no picture"
    [ -s "$folder/$stem.csv" ] || fail "$folder/$stem.csv is missing"
    out_has "$folder/$stem.png"
  done
}

# Files: a line a row and class, an array of its shape, and their sums.
run 0 explain "$cnn" synthetic:400 --method integrated-gradients --rows 3,10:14 --target both --out first
out_has 'Integrated gradients of 5 rows'
out_has 'first/values.npy'
pictures first overlays means
grep -q 'explained: ' first/overlays.gp || fail 'overlays do not tell the class'
python3 - <<'P' || fail "files of integrated-gradients"
import csv, struct
raw = open('first/values.npy', 'rb').read()
assert raw[:6] == b'\x93NUMPY'
n = struct.unpack('<H', raw[8:10])[0]
head = eval(raw[10:10 + n])
assert head == {'descr': '<f4', 'fortran_order': False, 'shape': (5, 2, 28, 28, 1)}, head
assert (10 + n) % 64 == 0
values = struct.unpack('<%df' % (5 * 2 * 784), raw[10 + n:])
rows = list(csv.DictReader(open('first/rows.csv')))
assert [r['row'] for r in rows] == ['3', '3', '10', '10', '11', '11', '12', '12', '13', '13'], rows
for i, r in enumerate(rows):
    total = sum(values[i * 784:(i + 1) * 784])
    wanted = float(r['score']) - float(r['base'])
    assert abs(total - float(r['sum'])) < 1e-4
    assert abs(abs(total - wanted) / abs(wanted) - float(r['error'])) < 1e-3
    assert float(r['error']) <= .01 or abs(wanted) < .02, r  # of a score near 0 any rounding is much
    assert r['class'] == (r['true'] if i % 2 else r['predicted'])
    assert 0 <= float(r['probability_true']) <= float(r['probability_predicted']) <= 1
mean = list(csv.DictReader(open('first/mean.csv')))
assert sum(int(m['rows']) for m in mean) == 10
P

# Rows by number, class, error and pair agree with predictions.
run 0 predict "$cnn" synthetic:400 --format csv
cp out predicted.csv
run 0 explain "$cnn" synthetic:400 -m gradient --wrong --out wrong --values csv --no-pictures
python3 - <<'P' || fail "rows of --wrong"
import csv
predicted = list(csv.DictReader(open('predicted.csv', newline='')))
wrong = [str(i) for i, r in enumerate(predicted) if r['true'] != r['predicted']]
assert wrong and [r['row'] for r in csv.DictReader(open('wrong/rows.csv'))] == wrong
assert len(next(csv.reader(open('wrong/values.csv')))) == 2 + 784
r = predicted[int(wrong[0])]
open('pair', 'w').write(r['true'] + '>' + r['predicted'])
P
run 0 explain "$cnn" synthetic:400 -m gradient --pair "$(cat pair)" --limit 1 --out pair1 --no-pictures
[ "$(sed -n 2p pair1/rows.csv | cut -d, -f2,4 | tr , '>')" = "$(cat pair)" ] || fail "--pair: $(cat pair1/rows.csv)"

# The same bytes on any number of threads, and with rows in another company.
for threads in 1 2; do
  run 0 explain "$cnn" synthetic:400 -m smoothgrad --rows 5 --samples 20 --threads $threads --out t$threads --no-pictures
done
run 0 explain "$cnn" synthetic:400 -m smoothgrad --rows 4,5 --samples 20 --out t3 --no-pictures
cmp t1/values.npy t2/values.npy || fail "threads change values"
tail -c 3136 t1/values.npy | cmp - <(tail -c 3136 t3/values.npy) || fail "other rows change a row's values"

# A table with categories, gaps and hard names: columns are the file's, and their values add up.
python3 - <<'P'
import random
random.seed(1)
with open('table.csv', 'w', encoding='utf-8') as f:
    f.write('age,farbe,"we ""ight",kind\n')
    for i in range(200):
        a, w, c = random.gauss(40, 12), random.gauss(0, 1), random.choice(['red', 'blü', 'green'])
        kind = 'yes' if (a - 40) / 12 + 2 * (c == 'red') + w > .5 else 'no'
        f.write('%s,%s,%.3f,%s\n' % ('' if i % 20 == 3 else '%.1f' % a, c, w, kind))
P
"$SHORTLIST" run --data table.csv --models logreg,forest,knn,boosting --categories onehot --missing median --save-models --quiet \
  --name table >/dev/null 2>&1
for pair in logistic-regression:linear-shap forest:tree-shap forest:tree-shap-interventional \
  boosting:tree-shap boosting:tree-shap-interventional; do
  run 0 explain results/table/models/${pair%:*}.slm table.csv -m ${pair#*:} --out table --values csv
  python3 - <<'P' || fail "values of $pair"
import csv
rows = list(csv.DictReader(open('table/rows.csv', newline='')))
values = list(csv.DictReader(open('table/values.csv', newline='', encoding='utf-8')))
assert len(rows) == len(values) == 200
assert list(values[0]) == ['row', 'class', 'age', 'farbe', 'we "ight'], list(values[0])
for r, v in zip(rows, values):
    total = sum(float(v[c]) for c in list(v)[2:])
    assert abs(total - (float(r['score']) - float(r['base']))) < 2e-6 * max(1, abs(total)), (r, v)
P
  case $pair in *linear*) pictures table bars beeswarm ;; esac
done
run 0 explain results/table/models/k-nn.slm table.csv -m permutation --out table
out_has 'accuracy'
pictures table bars
head -1 table/importance.csv | grep -q "^column,name,importance,deviation" || fail "importance.csv: $(cat table/importance.csv)"
[ "$(cut -d, -f1 table/importance.csv | tail -n +2 | sort | tr '\n' ' ')" = '0 1 2 ' ] || fail "importance.csv: $(cat table/importance.csv)"
grep -q 'we ""ight' table/importance.csv || fail "importance.csv: $(cat table/importance.csv)"
run 0 explain results/table/models/forest.slm table.csv -m impurity --out impurity
out_has 'impurity'
pictures impurity bars
python3 - <<'P' || fail "impurity/importance.csv: $(cat impurity/importance.csv)"
import csv
rows = list(csv.DictReader(open('impurity/importance.csv', newline='')))
assert abs(sum(float(r['importance']) for r in rows) - 1) < 1e-6 and len(rows) == 3
P
for method in gain splits; do
  run 0 explain results/table/models/boosting.slm table.csv -m $method --out $method
  out_has 'deviation over the trees'
  pictures $method bars
done
run 2 explain results/table/models/boosting.slm table.csv -m impurity
err_has 'needs a decision tree or a forest'
run 2 explain results/table/models/forest.slm table.csv -m gain
err_has 'needs boosted trees'
run 2 explain results/table/models/k-nn.slm table.csv -m impurity
err_has 'needs a decision tree or a forest'
cut -d, -f1-3 table.csv >unlabelled.csv
run 2 explain results/table/models/k-nn.slm unlabelled.csv --no-label -m permutation
err_has 'needs labels'
run 2 explain results/table/models/logistic-regression.slm unlabelled.csv --no-label -m linear-shap --wrong
err_has 'needs labels'

# Methods on parts of a row: any classifier; superpixels share their value.
run 0 explain $models/k-nn.slm synthetic:400 -m kernel-shap --rows 1 --samples 60 --regions 9 --segments grid --out kernel --no-pictures
out_has '+-'
run 0 explain "$cnn" synthetic:400 -m lime --rows 1 --samples 100 --agreement --out lime --no-pictures
out_has 'in common'
out_has 'R2'
run 0 explain "$cnn" synthetic:400 -m occlusion --window 7 --rows 0:2 --out occlusion --no-pictures
run 0 explain "$cnn" synthetic:400 -m gradient-shap --samples 5 --background 3 --rows 0:2 --out gradient --no-pictures
run 0 explain results/table/models/k-nn.slm table.csv -m kernel-shap --limit 2 --out kernel --no-pictures
err_has 'missing values'
run 0 explain results/table/models/k-nn.slm table.csv -m lime --out lime --no-pictures
err_has 'lime is slow: the first 20 of 200 rows'

# Is a map faithful, and does it depend on the model?
run 0 explain "$cnn" synthetic:400 -m integrated-gradients --rows 0:5 --faithfulness --randomise --out faithful
out_has 'while columns are deleted'
pictures faithful faithfulness
awk -F, 'NF != 5 || $2 == "" { exit 1 }' faithful/faithfulness.csv || fail "the curves are not a table of five columns"
out_has '  conv1 '
out_has 'what the network has learnt'
[ "$(wc -l <faithful/curves.csv)" = 22 ] || fail "curves.csv: $(cat faithful/curves.csv)"

# Refusals: one line, with the reason and what can be done instead.
refused() { # refused TEXT ARGUMENT...
  local text=$1
  shift
  run 2 explain "$@"
  err_is_one_line
  err_has "$text"
  out_is_empty
}
refused 'these can: gradient' $models/mlp.slm synthetic:400 -m grad-cam
refused 'it needs a network' $models/k-nn.slm synthetic:400 -m gradient
refused 'did you mean grad-cam' "$cnn" synthetic:400 -m grad-kam
refused '--method says how' "$cnn" synthetic:400
refused 'there is no row' "$cnn" synthetic:400 -m gradient --rows 400000
refused 'is not allowed' "$cnn" synthetic:400 -m gradient --rows 3:2
refused 'has no class' "$cnn" synthetic:400 -m gradient --class 'no such class'
refused 'it takes TRUE>PREDICTED' "$cnn" synthetic:400 -m gradient --pair Coat
refused 'no row is to be explained' "$cnn" synthetic:400 -m gradient --wrong --rows "$(python3 -c "
import csv
print(next(i for i, r in enumerate(csv.DictReader(open('predicted.csv', newline=''))) if r['true'] == r['predicted']))")"
refused "no layer 'conv9'" "$cnn" synthetic:400 -m grad-cam --layer conv9
refused 'several pixels' "$cnn" synthetic:400 -m grad-cam --layer dense
refused 'is for grad-cam' "$cnn" synthetic:400 -m gradient --layer conv1
refused '--window is for occlusion: gradient does not look at it' "$cnn" synthetic:400 -m gradient --window 3
refused '--segments is for lime, kernel-shap: occlusion' "$cnn" synthetic:400 -m occlusion --segments grid
refused '--regions is for lime, kernel-shap: grad-cam' "$cnn" synthetic:400 -m grad-cam --regions 9
refused '--samples is for smoothgrad, integrated-gradients, lime' "$cnn" synthetic:400 -m gradient --samples 9
refused '--noise is for smoothgrad: lime' "$cnn" synthetic:400 -m lime --noise 0.1
refused '--agreement is for lime: kernel-shap' "$cnn" synthetic:400 -m kernel-shap --agreement
refused 'random weights needs a network' $models/k-nn.slm synthetic:400 -m lime --rows 0 --samples 10 --randomise
refused 'slic or grid' "$cnn" synthetic:400 -m lime --segments stripes
refused 'whole number from 1' "$cnn" synthetic:400 -m occlusion --window 0
refused 'the word zero, or a number of rows from 1 on' "$cnn" synthetic:400 -m gradient --background some
finish
