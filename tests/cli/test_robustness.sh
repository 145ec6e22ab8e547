#!/usr/bin/env bash
# test_robustness.sh - accuracy under distortions: forms, pictures, any number of threads, what is refused.
. "$SOURCE/tests/cli/lib.sh" || exit 1

run 0 run --data synthetic:900 --models nearest_centroid,knn --train 500 --validation 100 --save-models --name kept --quiet
models=$(echo results/kept/models/*.slm)
# shellcheck disable=SC2086
run 0 robustness $models synthetic:400 --threads 1 --plots pictures
out_has "synthetic:400: accuracy on 80 rows, undisturbed and under 9 distortions at 5 strengths, seed 42"
for name in noise blur shift rotation scale contrast brightness occlusion jpeg all; do
  grep -q "^$name " out || fail "no table of $name: $(cat out)"
done
[ "$(grep -c '^k-nn  ' out)" = 10 ] || fail "$(grep -c '^k-nn  ' out) lines of k-nn"
cp out one
for ending in svg png pdf csv gp; do [ -s pictures/robustness.$ending ] || fail "no pictures/robustness.$ending"; done
# shellcheck disable=SC2086
run 0 robustness $models synthetic:400 --threads 3
cmp -s out one || fail "other accuracies on three threads: $(diff out one)"
# shellcheck disable=SC2086
run 0 robustness $models synthetic:400 --seed 7
cmp -s out one && fail "the same accuracies by another seed"

# (A fifth of the synthetic rows is the test part.)
# The numbers are those of predict, where nothing is disturbed, in all forms.
run 0 predict results/kept/models/k-nn.slm synthetic:400
accuracy=$(grep -oE 'accuracy [0-9.]+' err | cut -d' ' -f2)
grep '^k-nn  ' one | head -1 | grep -q " $accuracy " || fail "predict has $accuracy: $(grep '^k-nn  ' one | head -1)"
run 0 robustness results/kept/models/k-nn.slm synthetic:400 --format csv
[ "$(wc -l <out)" = 47 ] || fail "$(wc -l <out) lines of CSV"
grep -q "^k-nn,none,,${accuracy}00," out || fail "CSV has another accuracy: $(sed -n 2p out)"
run 0 robustness results/kept/models/k-nn.slm synthetic:400 --format json
python3 - "$accuracy" <<'PYTHON' || fail "JSON: $(head -c 300 out)"
import json, sys
model = json.load(open('out'))['models'][0]
assert abs(model['undisturbed'] - float(sys.argv[1])) < 1e-4 and model['n'] == 80
assert len(model['distortions']) == 9 and all(len(d['accuracy']) == 5 for d in model['distortions'].values())
mean = sum(sum(d['accuracy']) for d in model['distortions'].values()) / 45
assert abs(mean - model['disturbed']) < 1e-6
PYTHON
run 0 robustness results/kept/models/k-nn.slm synthetic:400 --format markdown --rows 50
[ "$(wc -l <out)" = 11 ] || fail "$(wc -l <out) lines of Markdown"

# What can not be is said in a line.
run 0 run --data "$SOURCE/tests/samples/format1/table.csv" --label kind --models tree --save-models --name table --quiet
refuse() { # STATUS TEXT ARGUMENT...
  run "$1" robustness "${@:3}"
  grep -qF -- "$2" err || fail "stderr lacks '$2': $(cat err)"
  out_is_empty
}
refuse 2 "distortions are of images, and the model is of a table" results/table/models/decision-tree.slm "$SOURCE/tests/samples/format1/table.csv" --label kind
refuse 2 "--format: 'yaml' is not allowed: it takes text, markdown, csv or json" results/kept/models/k-nn.slm synthetic:400 --format yaml
refuse 1 "nothing.slm" nothing.slm synthetic:400
refuse 2 "robustness" results/kept/models/k-nn.slm
finish
