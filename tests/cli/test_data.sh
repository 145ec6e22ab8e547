#!/usr/bin/env bash
# test_data.sh - what is said about a data set before anything is fitted, and what is not taken for one.
. "$SOURCE/tests/cli/lib.sh" || exit 1

# Sorted by class, and numbered: the column gives the class away.  It is named, and can be left out.
awk -v OFS=, 'BEGIN { print "Id,size,kind"; for (i = 0; i < 60; i++) print i + 1, i * 37 % 50, i < 30 ? "a" : "b" }' >numbered.csv
run 0 audit numbered.csv
out_has 'column "Id" numbers the rows'
run 0 run --data numbered.csv --models tree --folds 5 --name kept --quiet
out_has 'column "Id" numbers the rows'
run 0 run --data numbered.csv --models tree --folds 5 --drop Id --name left-out --quiet
out_has 'left out: column "Id", as asked'
run 0 show left-out --format json
sed -n 's/.*"accuracy": \([0-9.]*\).*/\1/p' out >dropped
cut -d, -f2- numbered.csv >without.csv
run 0 run --data without.csv --models tree --folds 5 --name without --format json --quiet
[ "$(sed -n 's/.*"accuracy": \([0-9.]*\).*/\1/p' out)" = "$(cat dropped)" ] || fail "a dropped column still counts"
printf 'data: numbered.csv\nfolds: 5\ndrop: Id\nrows:\n  - tree: {}\n' >drop.yaml
run 0 run drop.yaml --quiet
out_has 'left out: column "Id", as asked'
run 0 sweep tree max_depth=2,3 --data numbered.csv --folds 5 --drop 0 --quiet
out_has 'left out: column "Id", as asked'
run 2 audit numbered.csv --drop id
err_has 'no column "id" to leave out (did you mean Id?)'
run 2 audit numbered.csv --label kind --drop kind
err_has "it can not be left out"

# Images with as many pixels and another shape are other images.
images() { # HEIGHT WIDTH FILE: twelve of 36 pixels
  { printf "\\0\\0\\10\\3\\0\\0\\0\\14\\0\\0\\0\\$1\\0\\0\\0\\$2"; yes 'made-up pixels' | head -c 432; } >"$3"
}
mkdir shapes
images 6 6 shapes/train-images-idx3-ubyte
images 4 11 shapes/t10k-images-idx3-ubyte
{ printf '\0\0\10\1\0\0\0\14'; printf '\0\1\0\1\0\1\0\1\0\1\0\1'; } | tee shapes/train-labels-idx1-ubyte >shapes/t10k-labels-idx1-ubyte
run 1 run --data shapes --models tree --final --name shapes --quiet
err_has "images of 4x9x1; the training file's are 6x6x1"
run 0 run --data shapes --models tree --validation 4 --name shapes --save-models --quiet
run 1 predict results/shapes/models/decision-tree.slm shapes --part test
err_has "images of 4x9x1; the model was fitted on 6x6x1"
run 1 predict results/shapes/models/decision-tree.slm shapes/t10k-images-idx3-ubyte
err_has "images of 4x9x1; the model was fitted on 6x6x1"

# Numbers in the place of a model's class names are counted from 0, which is said.
run 0 run --data without.csv --models tree --name named --save-models --quiet
sed 's/a$/0/; s/b$/1/' without.csv >coded.csv
run 0 predict results/named/models/decision-tree.slm coded.csv --label kind
err_has 'the model'"'"'s classes have names: 0 is "a"'

# A file that was never written, or that a crash has left full of zeros, is no IDX file.
head -c 4096 /dev/zero >zeros.csv
run 1 audit zeros.csv
err_has "zeros.csv:1:1: a NUL byte"

# The same 60 rows in every format and packing are the same data: one hash.
awk -v OFS=, 'BEGIN { print "u,v,kind"; for (i = 0; i < 60; i++) print i * 37 % 50 / 4, i % 7 + 1, i < 30 ? "a" : "b" }' >same.csv
hash_of() {
  run 0 audit "$@"
  sed -n 's/^hash //p' out
}
same() { [ "$(hash_of "$@")" = "$expected" ] || fail "audit $*: other data: $(cat out)"; }
expected=$(hash_of same.csv)
awk -F, 'NR > 1 { print $3, "1:" $1, "2:" $2 }' same.csv >same.svm
{ printf '@relation r\n@attribute 1 real\n@attribute 2 real\n@attribute kind {a,b}\n@data\n'; sed 1d same.csv; } >same.arff
sed '1d; s/,/  /g' same.csv >same.txt
sed '1d; s/,/;/g; s/\./,/' same.csv >comma.txt
awk -F, 'NR == 1 { print } NR > 1 { print "row" NR "," $0 }' same.csv >rows.csv
python3 - <<'PYTHON'
import bz2, gzip, lzma, struct, zipfile
rows = [line.split(',') for line in open('same.csv')][1:]
def save(path, kind, shape, values):
    head = "{'descr': '%s', 'fortran_order': False, 'shape': %s, }" % (kind, shape)
    head += ' ' * (53 - len(head) % 64 + 64) + '\n'
    open(path, 'wb').write(b'\x93NUMPY\x01\x00' + struct.pack('<H', len(head)) + head.encode() + values)
save('x.npy', '<f8', '(60, 2)', b''.join(struct.pack('<dd', float(a), float(b)) for a, b, _ in rows))
save('y.npy', '|S1', '(60,)', ''.join(c.strip() for _, _, c in rows).encode())
save('classes.npy', '|S1', '(60,)', ''.join(c.strip() for _, _, c in rows).encode())
with zipfile.ZipFile('same.npz', 'w') as z:
    z.write('x.npy')
    z.write('y.npy')
text = open('same.csv', 'rb').read()
open('same.csv.xz', 'wb').write(lzma.compress(text))
open('same.csv.bz2', 'wb').write(bz2.compress(text))
open('same.csv.gz', 'wb').write(gzip.compress(text))
open('utf16.csv', 'wb').write(text.decode().encode('utf-16'))
with zipfile.ZipFile('same.zip', 'w', zipfile.ZIP_DEFLATED) as z:
    z.write('same.csv')
PYTHON
for file in same.svm same.arff same.txt comma.txt rows.csv x.npy same.npz same.csv.xz same.csv.bz2 same.csv.gz utf16.csv same.zip; do
  same $file
done
same same.txt --delimiter blanks
same comma.txt --delimiter semicolon --decimal comma
same x.npy --labels classes.npy
cp same.svm renamed
same renamed --data-format svmlight
run 2 audit same.svm --data-format libsvm
err_has "there is no format of data 'libsvm'"
err_has "there are idx, npy, npz, arff, svmlight, csv"
run 2 audit same.svm --drop 1
err_has "same.svm is svmlight: drop names columns, and such files have none"
run 2 audit x.npy --delimiter comma
err_has "x.npy is npy: delimiter is for CSV"
run 2 audit same.csv --labels y.npy
err_has "same.csv is csv: labels is for NPY and IDX"
cp shapes/train-labels-idx1-ubyte idx-labels
run 0 audit shapes/train-images-idx3-ubyte --labels idx-labels
run 2 audit same.txt --delimiter blank
err_has "did you mean blanks?"
run 2 audit same.txt --decimal coma
err_has "did you mean comma?"
run 2 run --data same.txt --models tree --decimal coma
err_has "did you mean comma?"

# An experiment file says so by settings of these names; a model of one format predicts rows of another.
cp comma.txt other
printf 'data: other\ndata_format: csv\ndelimiter: ";"\ndecimal: comma\nrows:\n  - tree: {}\n' >other.yaml
run 0 run other.yaml --quiet
out_has "decimal comma"
printf 'data: x.npy\nlabels: classes.npy\nrows:\n  - tree: {}\n' >array.yaml
run 0 run array.yaml --quiet
out_has "labels: classes.npy"
run 0 run --data same.svm --models tree --name of-svm --save-models --quiet
sed 's/u,v/1,2/' same.csv >numbered-columns.csv
run 0 predict results/of-svm/models/decision-tree.slm numbered-columns.csv --header yes
cp out predicted
run 0 predict results/of-svm/models/decision-tree.slm same.svm
cmp -s out predicted || fail "svmlight and CSV are predicted differently"
sed 's/^. //' same.svm >unlabelled.svm
run 0 predict results/of-svm/models/decision-tree.slm unlabelled.svm --no-label
cmp -s out predicted || fail "rows without labels are predicted differently"

# Folders: parts by their names, whatever their format; pictures by class.
mkdir -p parts pictures/train/p pictures/train/q pictures/test/q
cp same.svm parts/train.svm
cp same.svm parts/test.svm
run 0 audit parts
out_has "60 training rows, 60 test rows"
for i in 1 2 3 4; do
  printf 'P2 2 2 255 %d 0 0 9\n' $i | tee pictures/train/p/$i.pgm >pictures/train/q/$i.pgm
  cp pictures/train/q/$i.pgm pictures/test/q/
done
run 0 audit pictures
out_has "8 training rows, 4 test rows, 4 features (bytes, 2x2x1 images), 2 classes"
printf 'P2 2 3 255 1 0 0 9 9 9\n' >pictures/train/q/5.pgm
run 1 audit pictures
err_has "train/q/5.pgm: 3x2 pixels; the first, pictures/train/p/1.pgm, has 2x2"

# An empty name is no folder: not the root.
run 2 show --out ''
err_has "--out"

finish
