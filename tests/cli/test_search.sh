#!/usr/bin/env bash
# test_search.sh - sweeps: spaces, kinds of search, and what is said of the outcome.
. "$SOURCE/tests/cli/lib.sh" || exit 1

# rows EXPRESSION [FILE]: what it gives for each row of a table in JSON, as JSON.
rows() {
  python3 -c 'import json, sys; print(json.dumps([eval(sys.argv[1], {"row": row}) for row in json.load(open(sys.argv[2]))["rows"]]))' \
    "$1" "${2:-out}"
}
data="--data synthetic:400 --folds 3 --quiet"

# Spaces: what is printed is what was fitted; alternatives; what belongs to all of them.
run 0 sweep svm C=1:10:log3 $data --format json
[ "$(rows 'row["params"]["C"]')" = '[1, 3.16, 10]' ] || fail "C is not rounded: $(rows 'row["params"]["C"]')"
run 0 sweep svm kernel=linear C=1,10 / gamma=0.01,0.1 --set tol=0.01 $data --format json
found=$(rows '[row["params"][p] for p in ("kernel", "C", "gamma", "tol")]')
[ "$found" = '[["linear", 1, "scale", 0.01], ["linear", 10, "scale", 0.01], ["rbf", 1, 0.01, 0.01], ["rbf", 1, 0.1, 0.01]]' ] ||
  fail "alternatives: $found"
cat >alternatives.yaml <<'YAML'
data: synthetic:400
folds: 3
rows:
  - svm: [{kernel: linear, C: [1, 10]}, {gamma: [0.01, 0.1]}]
    name: SVM
YAML
run 0 run alternatives.yaml --quiet --format json
[ "$(rows 'row["name"]')" = '["SVM C=1 kernel=linear", "SVM C=10 kernel=linear", "SVM gamma=0.01", "SVM gamma=0.1"]' ] ||
  fail "alternatives in a file: $(rows 'row["name"]')"
for wrong in "/ C=1" "C=1 /" "C=1 / / C=2"; do
  run 2 sweep svm $wrong $data
  err_has "'/' stands between alternatives"
done
run 2 sweep svm C=0.1:10 $data
err_has "no steps: write 0.1:10:log7"

# The outcome.
run 0 sweep tree max_depth=1,2,4,8 $data
out_has "Best: max_depth="
out_has "  folds: "
out_has "one standard error"
out_has "one round of 3 folds gives it little power"
run 0 sweep tree max_depth=1,2,4,8 $data --repeats 3
out_has "corrected resampled t-test over 9 scores"
run 0 sweep tree max_depth=1,8 $data --format cv_results
head -1 out | grep -q '^mean_fit_time,.*,param_max_depth,params,split0_test_score,.*,mean_test_score,std_test_score,rank_test_score' ||
  fail "cv_results: $(head -1 out)"
grep -q train_score out && fail "cv_results has scores of training rows that nobody asked for"
run 0 sweep tree max_depth=1,30 $data --evaluate-train --name trains --format cv_results
python3 - <<'EOF' || fail "scores of training rows: $(cat out)"
import csv, statistics
rows = list(csv.DictReader(open("out")))
assert list(rows[0])[-5:] == ["split0_train_score", "split1_train_score", "split2_train_score", "mean_train_score", "std_train_score"]
for row in rows:
    scores = [float(row[f"split{i}_train_score"]) for i in range(3)]
    assert abs(statistics.mean(scores) - float(row["mean_train_score"])) < 1e-9
    assert abs(statistics.pstdev(scores) - float(row["std_train_score"])) < 1e-9
assert float(rows[1]["mean_train_score"]) > .99 > float(rows[0]["mean_train_score"])
EOF
run 0 show trains --metric f1_macro --format cv_results
grep -q train_score out && fail "accuracies are shown as training scores of another metric"
run 2 show sweep-tree --format cv_result
err_has "did you mean cv_results?"

# Refit: the winner on all training rows, its model kept, and the test file scored by it alone.
run 0 sweep knn n_neighbors=1,9 $data --refit --final
out_has "The winner, fitted on 400 training rows, scores accuracy"
[ -n "$(ls results/sweep-knn-refit/models/*.slm)" ] || fail "the winner's model is not kept"
run 0 show sweep-knn-refit --format json
[ "$(rows 1)" = '[1]' ] || fail "the refit has other rows than the winner"
run 2 sweep knn n_neighbors=1,9 $data --final
err_has "refit"

# Random: so many, distinct, and the same again.
run 0 sweep svm C gamma=0.001:1 $data --search random --trials 7 --format json
[ "$(rows 1)" = '[1, 1, 1, 1, 1, 1, 1]' ] || fail "not 7 trials"
cp out first
run 0 sweep svm C gamma=0.001:1 --data synthetic:400 --folds 3 --search random --trials 7 --format json
err_has "0 run now"
[ "$(rows 'row["params"]')" = "$(rows 'row["params"]' first)" ] || fail "other values are drawn"
run 2 sweep svm C=1,10 $data --trials 5
err_has "trials: a grid is fitted whole"
run 2 sweep svm C=1,10 $data --search halfing
err_has "did you mean halving?"

# Halving and Hyperband: rungs are studies; the last is whole; again nothing is fitted.
for search in halving hyperband; do
  run 0 sweep svm C=0.1:1000 gamma=0.0001:1 $data --search $search --trials 12 --name $search
  out_has "12 candidates on 3 rungs"
  out_has "search: the last"
  run 0 show $search --format json
  [ "$(rows 'row["status"] == "ok" and len(row["accuracies"]) == 3' | grep -c false)" = 0 ] || fail "$search ranks what ran in part"
  run 0 show $search-rung-1
  out_has "no basis for a choice"
  run 0 sweep svm C=0.1:1000 gamma=0.0001:1 --data synthetic:400 --folds 3 --search $search --trials 12 --name $search
  err_has " 0 run now"
done
run 0 sweep mlp alpha=1e-6:1 --set max_iter=9 $data --search halving --trials 9 --name epochs
out_has "11.1 % of the epochs"
run 0 show epochs-rung-1 --format json
[ "$(rows 'row["params"]["max_iter"] == 1' | grep -c false)" = 0 ] || fail "the first rung has other epochs"
# Fits go on from those of the rung below, and come to what fits of their own come to; nothing is left behind.
what='[row["name"], row["accuracies"], row["log_loss"], row["train_loss"], row["n_iter"]]'
[ -e results/epochs ] && fail "left behind: $(find results/epochs)"
run 0 show epochs --format json
found=$(rows "$what")
settings=$(rows '"{0[alpha]:g}".format(row["params"])' | tr -d '[]" ')
run 0 sweep mlp alpha="$settings" --set max_iter=9 $data --separate --out apart --format json
[ "$found" = "$(rows "$what")" ] || fail "rungs go on otherwise: $found, alone: $(rows "$what")"
run 2 sweep svm C=0.1:1000 $data --search halving --train-sizes 10,20
err_has "train_sizes"

# Training sizes: nested, each row once on each.
run 0 sweep tree --train-sizes 50:200:log3 $data --name sizes --format json
[ "$(rows 'row["n_train"]')" = '[50, 100, 200]' ] || fail "sizes: $(rows 'row["n_train"]')"
run 0 sweep tree --train-sizes 50:200:log3 $data --name sizes
grep -q '^Best' out && fail "a number of training rows is chosen"
run 2 sweep tree --train-sizes 50:5000:log3 $data --name sizes
err_has "train_sizes: 5000 is more than the 266 rows"
run 2 sweep tree $data
err_has "it needs CLASSIFIER"

# Nested cross-validation.
run 0 sweep knn n_neighbors=1,9 $data --nested 3
out_has "Nested cross-validation, 3 outer folds"
[ "$(grep -c '^  0\.[0-9]*  knn n_neighbors=' out)" = 3 ] || fail "not three outer folds: $(cat out)"
run 2 sweep knn n_neighbors=1,9 --data synthetic:400 --quiet --nested 3
err_has "--folds"
finish
