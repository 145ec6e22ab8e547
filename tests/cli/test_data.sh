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

# An empty name is no folder: not the root.
run 2 show --out ''
err_has "--out"

finish
