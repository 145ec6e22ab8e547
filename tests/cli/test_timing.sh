#!/usr/bin/env bash
# test_timing.sh - timing runs: what is measured, stored and shown of them, and what older stores lack.
. "$SOURCE/tests/cli/lib.sh" || exit 1

small="--data synthetic:300 --train 100 --validation 50 --models knn,tree,logreg --threads 1"
fields() { # fields CODE: over the rows of the table in out
  python3 -c 'import json, sys
table = json.load(open("out")); rows = table["rows"]
sys.exit(0 if eval(sys.argv[1]) else 1)' "$1" || fail "not so: $1: $(grep -E 'runs|fit_time|score_time|latency' out | tr -d '\n')"
}
spread='all(r[t + "_min"] <= r[t] <= r[t + "_max"] and r[t + "_min"] <= r[t + "_mean"] <= r[t + "_max"] and r[t + "_std"] >= 0
  for r in rows for t in ("fit_time", "score_time") if r[t[:-4] + "runs"] > 1)'

# Asked for: as many for each row, by itself, and shown.
run 0 run $small --timing-runs 3 --format json --quiet
fields 'table["study"]["timing_runs"] == 3 and all(r["fit_runs"] == r["score_runs"] == 3 for r in rows)'
fields "$spread"
fields 'all(0 < r["latency"] < r["score_time"] + 1 for r in rows)'
run 0 show
out_has ' fit sd  score sd'
out_has 'Each time is the median of 3 runs, after a warm-up.'
out_has 'fit sd, score sd: standard deviation over these runs'
out_has ', 1 thread a trial; '
run 0 show --show-columns fit_time,fit_time_min,fit_time_max,fit_runs,latency
out_has 'fit min  fit max  fit runs  ms a row'
out_has 'ms a row: milliseconds to predict one row alone'
run 0 show --format csv
head -n 1 out | grep -q ',fit_time_std,score_time_std,fit_time_mean,' || fail "CSV: $(head -n 1 out)"
cut -d, -f1 out >rows

# No part of the trials' keys; more than the store has are run.
run 0 run $small
err_has '3 trials: 0 run now, 3 taken'
run 0 run $small --timing-runs 2
err_has '3 trials: 0 run now, 3 taken'
run 0 run $small --timing-runs 4 --format json
err_has '3 trials: 3 run now'
fields 'all(r["fit_runs"] == 4 for r in rows)'

# Without: short ones a few times; and never.
run 0 run $small --out auto --format json
fields 'table["study"]["timing_runs"] is None and any(r["score_runs"] > 1 for r in rows)'
fields 'all(2 <= r[t + "_runs"] <= 10 or r[t + "_time"] >= 0.1 for r in rows for t in ("fit", "score"))'
fields "$spread"
cp out auto.json
run 0 run $small --timing-runs 1 --out once --format json
fields 'all(r["fit_runs"] == r["score_runs"] == 1 and r["fit_time_std"] is None and r["fit_time_min"] is None for r in rows)'
python3 -c 'import json
a, b = (json.load(open(name))["rows"] for name in ("out", "auto.json"))
assert all(x["accuracy"] == y["accuracy"] and x["log_loss"] == y["log_loss"] for x, y in zip(a, b))' || fail "timing runs change scores"
run 0 show --out once
if grep -qE 'the median of|sd' out; then fail "one run has a median: $(cat out)"; fi
# Folds are means already, and work that they share has no runs of its own unless they are asked for.
run 0 run $small --folds 2 --out folds --format json
fields 'all(r["fit_runs"] == 1 for r in rows)'
run 0 run $small --folds 2 --out folds --format json --timing-runs 2
fields 'all(r["fit_runs"] == 2 and r["group"] is None for r in rows)'
err_has '6 trials: 6 run now'
run 0 sweep tree max_depth=2,3 --data synthetic:300 --timing-runs 2 --out sweep --format json
fields 'all(r["fit_runs"] == 2 and r["group"] is None for r in rows)'

# One row of sparse ones.
awk 'BEGIN { for (i = 0; i < 120; i++) print i % 3, (i % 3) * 300 + i % 7 + 1 ":1", 1000 + i ":0.5" }' >sparse.svm
run 0 run --data sparse.svm --storage sparse --models logreg,linear_svm,knn --out sparse --timing-runs 2 --format json
fields 'all(r["status"] == "ok" and r["fit_runs"] == 2 and r["latency"] > 0 for r in rows)'

# In a file, and of its quick setting.
cat >timed.yaml <<'END'
data: synthetic:300
timing_runs: 2
quick: {timing_runs: 3}
rows:
  - tree: {}
END
run 0 run timed.yaml --format json
fields 'all(r["fit_runs"] == 2 for r in rows)'
run 0 run timed.yaml --quick --format json
fields 'all(r["fit_runs"] == 3 for r in rows)'
for bad in 0 -1 1001 many 2.5; do
  run 2 run $small --timing-runs $bad
  err_has "--timing-runs: '$bad' is not allowed"
  err_has '<= 1000, or auto'
done

# The plot draws the runs; a study of single runs has none.
if command -v gnuplot >/dev/null; then
  run 0 plot shortlist accuracy-time
  awk -F, 'NR > 1 { n++; bad += !($7 <= $2 && $2 <= $8) } END { exit !(n == 3 && !bad) }' \
    results/shortlist/plots/accuracy-time.csv || fail "bars: $(cat results/shortlist/plots/accuracy-time.csv)"
  grep -q 'fastest timing run' results/shortlist/plots/accuracy-time.gp || fail "the picture does not tell of the bars"
  run 0 plot shortlist accuracy-time --out once
  grep -q 'fastest timing run' once/shortlist/plots/accuracy-time.gp && fail "the picture tells of bars that there are none"
  for folder in results once; do
    (cd $folder/shortlist/plots && gnuplot -d accuracy-time.gp) >said 2>&1
    grep -v 'y value undefined\|^ *\^\|^plot' said | grep . && fail "gnuplot says: $(cat said)"
  done
fi

# Older stores have no such figures: empty cells, and the next run finds its trials.
mkdir old
cp "$SOURCE/tests/samples/store2/shortlist.db" old/
run 0 show --out old --show-columns fit_time,fit_time_std,fit_runs,latency
grep -q 'n/a' out && fail "an old store's figures: $(cat out)"
run 0 show --out old --format json
fields 'all(r["fit_runs"] is None and r["latency"] is None and r["fit_time"] > 0 for r in rows if r["status"] == "ok")'
# Version 3: as this program writes it, without what came with versions 4 and 5.
cp -r once three
python3 -c 'import sqlite3
db = sqlite3.connect("three/shortlist.db")
db.executescript("ALTER TABLE study DROP COLUMN timing_runs; ALTER TABLE study DROP COLUMN settings; PRAGMA user_version = 3")'
run 0 run $small --timing-runs 1 --out three
err_has '3 trials: 0 run now, 3 taken'
run 0 show --out three --format json
fields 'table["study"]["timing_runs"] == 1'
finish
