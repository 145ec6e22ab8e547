#!/usr/bin/env bash
# test_verdict.sh - what a table comes to stands before it, in every format, and is that of its rows.
. "$SOURCE/tests/cli/lib.sh" || exit 1

run 0 run --data synthetic:900 --train 500 --validation 400 -m tree,knn,majority --quiet
out_has ' is the best on these 400 validation rows with accuracy 0.'
grep -q '^\*  .* 1 *1\.00 ' out || fail "the best row has no rank and chance: $(cat out)"
# Before the table: the line of the machine, the verdict, the titles.
awk '/ is the best on /{ verdict = NR } /^ *classifier/{ title = NR } END { exit !(verdict && verdict < title) }' out ||
  fail "the verdict does not stand before the table: $(cat out)"
cp out first
run 0 show
cmp -s first out || fail "show tells something else than run: $(diff first out)"
for threads in 1 2 7; do
  OMP_NUM_THREADS=$threads "$SHORTLIST" show --format json >"json.$threads" || fail "show on $threads threads"
  cmp -s json.1 "json.$threads" || fail "$threads threads give other ranks"
done
if command -v python3 >/dev/null; then
  python3 - <<'PYTHON' || fail "the JSON is not what it should be"
import json
table = json.load(open("json.1"))
verdict, rows = table["verdict"], {row["name"]: row for row in table["rows"]}
assert verdict["text"].startswith(verdict["best"] + " is the best on these 400 validation rows"), verdict
assert verdict["tied"] == [] and verdict["fastest_tied"] is None and verdict["samples"] == 10000, verdict
assert rows[verdict["best"]]["accuracy"] == max(row["accuracy"] for row in rows.values())
assert abs(sum(row["p_best"] for row in rows.values()) - 1) < 1e-6
assert all(1 <= row["rank_low"] <= row["rank_high"] <= 3 for row in rows.values())
PYTHON
fi
run 0 show --format markdown
out_has ' is the best on these 400 validation rows with accuracy 0.'
run 0 show --format latex
grep -q '^\\noindent .* is the best on these 400 validation rows' out || fail "no verdict in LaTeX: $(head -12 out)"
run 0 show --format csv
head -1 out | grep -q ',rank_low,rank_high,p_best,' || fail "no ranks in CSV: $(head -1 out)"
run 0 show --show-columns rank,p_best --metric kappa
out_has ' with kappa 0.'
tr -s ' \n' ' ' <out | grep -q 'in 1,000 bootstrap samples of the validation rows' || fail "other samples: $(cat out)"

# Another metric's name, the mean over folds, and rows that have no part in it.
run 0 run --data synthetic:600 --train 600 --validation 0 --folds 3 -m tree,majority --metric f1_macro --name folds --quiet
out_has ' is the best over 3 folds with mean f1_macro 0.'
tr -s ' \n' ' ' <out | grep -q 'bootstrap samples of the scored rows of all folds' || fail "no folds: $(cat out)"
run 3 run --data synthetic:900 --train 500 --validation 400 -m tree,mlp --set mlp.learning_rate_init=1e30 --name far --quiet
tr '\n' ' ' <out | grep -q 'there is no other row to compare it with. Not compared: MLP.* (diverged)\.' ||
  fail "a row that diverged is not named: $(cat out)"
# A single row has no rank.
! grep -q 'P(best)' out || fail "a rank of one row: $(cat out)"

# A run that scores nothing says nothing.
run 0 run --data synthetic:300 --train all --validation 0 --save-models -m tree --name unscored --quiet
! grep -q ' is the best ' out || fail "nothing was scored: $(cat out)"
finish
