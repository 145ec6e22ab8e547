#!/usr/bin/env bash
# test_budget.sh - a run that ends in time: what it leaves out is named, and the same command does the rest.
. "$SOURCE/tests/cli/lib.sh" || exit 1

data="--data synthetic:2000 --train 1500 --validation 100 --folds 5 --separate"

# A row that is far behind after three folds gets no more; the table says so, and its warning can be left out.
run 0 run $data --models knn,majority --budget 10m
err_has "the budget of 600 s left out 2 of 10 trials: majority class (2 of 5, clearly behind the best)"
err_has "the same command without --budget runs the rest"
err_has "8 run now"
out_has "W17 the budget of 600 s left out 2 of 10 trials"
run 0 show --format json
grep -qF 'budget of 600 s' out || fail "JSON does not tell of the budget"
run 0 run $data --models knn,majority
err_has "2 run now, 8 taken from the store"
grep -qF budget out && fail "the study is whole, and still warns: $(cat out)"

# What the store held before judges rows, too: with three folds of each there, no more of the worse row are run.
run 0 run --data synthetic:2000 --train 1500 --validation 100 --folds 5 --separate --models knn,majority --quiet --out full
cp -r full part
python3 - part/shortlist.db <<'PY'
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
for classifier in ("knn", "majority"):
    keys = [k for k, in db.execute("SELECT t.key FROM study_trial t JOIN study_row r ON r.study = t.study AND r.row = t.row "
                                   "WHERE r.classifier = ? ORDER BY t.fold", (classifier,))]
    for key in keys[3:]:
        db.execute("DELETE FROM outcome WHERE key = ?", (key,))
db.commit()
PY
run 0 run $data --models knn,majority --budget 10m --out part
err_has "the budget of 600 s left out 2 of 10 trials: majority class (2 of 5, clearly behind the best)"
err_has "2 run now, 6 taken from the store"

# A trial that would take far longer than there is time for is not begun, or ended; short ones run.
began=$SECONDS
run 0 run --data synthetic:2000 --train 1500 --validation 100 --models majority,mlp $endless --budget 6s --out long
err_has "the budget of 6 s left out 1 of 2 trials: MLP"
[ $((SECONDS - began)) -lt 60 ] || fail "a budget of 6 s took $((SECONDS - began)) s"

run 2 run $data --budget soon
err_has "--budget: 'soon' is not a time"
run 2 sweep tree max_depth $data --budget 1m --refit
err_has "--refit: not with --budget"
run 2 sweep tree max_depth $data --budget 1m --search halving
err_has "not with a search by rungs"
finish
