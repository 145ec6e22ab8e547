#!/usr/bin/env bash
# test_evaluate.sh - accuracy on the training rows: of the fitted model, beside that of the last epoch.
. "$SOURCE/tests/cli/lib.sh" || exit 1

data="--data synthetic:400 --train 300 --validation 100 --threads 1"
rows() { # rows CODE: over the rows of the table in out, by name
  python3 -c 'import json, sys
rows = {r["name"]: r for r in json.load(open("out"))["rows"]}
sys.exit(0 if eval(sys.argv[1]) else 1)' "$1" || fail "not so: $1: $(grep -E '"name"|_accuracy"' out | tr -d '\n')"
}

# Not asked for, it is not measured; asked for, what the store holds without it runs again, and only that.
run 0 run $data --models knn,tree --set knn.n_neighbors=1 --format json
rows 'all(r["train_accuracy"] is None for r in rows.values())'
run 0 run $data --models knn,tree --set knn.n_neighbors=1 --evaluate-train --format json
err_has '2 trials: 2 run now'
rows 'len(rows) == 2 and all(r["train_accuracy"] == 1 for r in rows.values())' # own neighbours, and leaves
run 0 run $data --models knn,tree,majority --set knn.n_neighbors=1 --evaluate-train
err_has '3 trials: 1 run now, 2 taken'
out_has ' train acc. '
out_has 'train acc.: of the fitted model on its training rows.'
out_has 'W10 far better on the training rows than on others: k-NN, decision tree'

# Trials of a sweep, which would be fitted together, each by itself.
run 0 sweep tree max_depth=1,8 $data --evaluate-train --name sweep --format json
rows 'rows["tree max_depth=1"]["train_accuracy"] < rows["tree max_depth=8"]["train_accuracy"]'
run 0 report sweep
grep -q 'shortlist sweep tree max_depth=8 .*--evaluate-train' results/sweep/report.html || fail "the report's command leaves it out"

# With dropout at work the last epoch's is another; what was published stands beside the model's own.
cat >net.yaml <<'EOF'
data: synthetic:400
train: 300
validation: 100
evaluate_train: true
rows:
  - cnn: {net: 'flatten, dense 32, relu, dropout .8, dense classes', epochs: 20, batch_size: 32}
    name: dropout
    published: {accuracy: 0.5, train_accuracy: 0.875}
EOF
run 0 run net.yaml --threads 1 --format json
rows 'rows["dropout"]["train_accuracy"] > rows["dropout"]["epoch_accuracy"] + .05'
run 0 show net --show-columns train_accuracy,published_train_accuracy,epoch_accuracy
out_has 'train acc.  publ. train  epoch acc.'
grep -v evaluate_train net.yaml >last.yaml
sed -i 's/epochs: 20/epochs: 19/' last.yaml
run 0 run last.yaml --threads 1 --quiet
run 0 show last --width 200
out_has 'epoch acc.  publ. train' # the nearest to it that there is

# All rows fitted: the share of right labels among what the kept model predicts.
run 0 run --data synthetic:400 --train all --validation 0 --models tree --set tree.max_depth=4 --evaluate-train \
  --save-models --name kept --format json
python3 -c 'import json; print("accuracy %.4f on 400 rows" % json.load(open("out"))["rows"][0]["train_accuracy"])' >measured
run 0 predict results/kept/models/decision-tree.slm synthetic:400 --part train
err_has "$(cat measured)"
finish
