#!/usr/bin/env bash
# test_metrics.sh - tables judged and sorted by a metric: on the command line, in experiment files, of a store that an
# older version wrote (tests/samples/store2, version 2: trials without metrics of scores).
. "$SOURCE/tests/cli/lib.sh" || exit 1
names() { tail -n +2 out | cut -d, -f1; }
column() { # column NAME: of the CSV in out
  awk -F, -v name="$1" '{ sub(/\r$/, "") } NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) at = i; next } { print $at }' out
}
small="--data synthetic:300 --train 100 --validation 80 --models majority,svm,tree,logreg --threads 1 --quiet"

# Of the same trials, in the experiment's order, and by each metric.
run 0 run $small --name m --format csv
names >order
keys=$(names | tr '\n' ' ')
for metric in accuracy balanced_accuracy f1_macro f1_weighted mcc kappa roc_auc average_precision log_loss; do
  run 0 show m --metric $metric --format csv
  direction=-rg
  [ $metric = log_loss ] && direction=-g
  column $metric | grep . >values
  sort $direction values | cmp -s - values || fail "$metric does not sort the rows: $(tr '\n' ' ' <values)"
  [ "$(names | sort)" = "$(sort order)" ] || fail "$metric: other rows"
  [ "$(column tied_with_best | head -n 1)" = true ] || fail "$metric: the first row is not the best"
  if [ $metric != accuracy ]; then
    paste <(column ${metric}_low) <(column $metric) <(column ${metric}_high) | awk -v metric=$metric '
      NF && !($1 <= $2 && $2 <= $3) { print metric ": " $0; bad = 1 } END { exit bad }' || fail "an interval"
  fi
  run 0 show m --metric $metric
  out_has "* best by $metric, which sorts the rows"
done
run 0 show m --metric log_loss
out_has "log loss n/a: the classifier gives no probabilities."
run 0 show m --metric log_loss --format csv
[ "$(names | tail -n 1)" = "SVM (RBF kernel)" ] || fail "a row without a log loss is not the last: $(names | tr '\n' ' ')"
run 0 show m --metric none --format csv
[ "$(names | tr '\n' ' ')" = "$keys" ] || fail "none does not keep the experiment's order"

# The run's metric stays with the study, and changes no trial.
run 0 run $small --name m --metric f1_macro --format json
run 0 show m --format json
out_has '"metric": "f1_macro"'
run 0 run ${small% --quiet} --name m --metric roc_auc
err_has "5 trials: 0 run now, 5 taken from the store"
out_has "by roc_auc, which sorts the rows"
run 0 show m
out_has "by roc_auc, which sorts the rows"
printf 'data: synthetic:300\ntrain: 100\nvalidation: 80\nmetric: kappa\nrows:\n  - majority: {}\n  - tree: {}\n' >own.yaml
run 0 run own.yaml --quiet
out_has "by kappa, which sorts the rows"
run 0 run own.yaml --quiet --metric none
out_has "* best; "

# The same again, to the last digit; and a comparison that can be told: trees against a constant.
run 0 show m --metric average_precision --format json
cp out first
run 0 show m --metric average_precision --format json
cmp -s out first || fail "the samples differ from one time to the other"
[ "$(grep -c '"tied_with_best": false' out)" -ge 1 ] || fail "everything is tied: $(cat out)"

# Scores that are not kept give the metric and no interval.
run 0 run $small --name none --out none --keep-scores none --metric roc_auc
out_has "95 % interval n/a: the store does not have the scores of all classes"
out_has "* best by roc_auc"

# Sweeps and plots.
run 0 sweep tree max_depth=1,4,8 --data synthetic:300 --train 100 --validation 80 --quiet --metric f1_weighted
out_has ", f1_weighted 0."
out_has "so its f1_weighted is somewhat optimistic"
if command -v gnuplot >/dev/null; then
  run 0 plot sweep-tree sweep --metric mcc
  grep -q '^set label "mcc" ' results/sweep-tree/plots/sweep.gp || fail "the sweep's axis is not the metric's"
  for metric in log_loss mcc roc_auc; do
    run 0 plot m accuracy-time --metric $metric
    head -n 1 results/m/plots/accuracy-time.csv | grep -q ",fit_time,$metric," || fail "the plot does not show $metric"
  done
fi

# Refused in words.
run 2 show m --metric f1_macr
err_has "--metric: there is no metric 'f1_macr' (did you mean f1_macro?)"
run 2 run $small --metric beauty
err_has "metric: 'beauty' is not allowed"
run 2 sweep svm C=1 --data synthetic:300 --train 100 --validation 80 --metric log_loss --quiet
err_has "metric: log_loss needs probabilities, and svm gives none"
run 2 run --data synthetic:300 --train 100 --validation 80 --models svm,sgd --metric log_loss --quiet
err_has "metric: log_loss needs probabilities, and no row's classifier gives them"

# A store of version 2: judged by what its trials have; what they lack is blank, and why is said.
mkdir older
cp "$SOURCE/tests/samples/store2/shortlist.db" older/
run 0 show older --out older
out_has "* best; "
run 0 show older --out older --metric f1_macro
out_has "* best by f1_macro"
run 0 show older --out older --metric log_loss
out_has "* best by log_loss"
run 0 show older --out older --metric roc_auc
out_has "ROC AUC n/a: the trial was run by a version that did not measure it yet."
run 0 run --data synthetic:200:7 --train 100 --validation 60 --models majority,tree,svm,logreg --name older --threads 1 \
  --out older --metric kappa
err_has "0 run now, 5 taken from the store"
finish
