#!/usr/bin/env bash
# test_shards.sh - parts of a run in stores of their own, and merge: the scores of one process, digit for digit; what is
# refused, and that it changes nothing.
. "$SOURCE/tests/cli/lib.sh" || exit 1

# Scores, digit for digit; times, threads and memory are their own.
scores() { python3 -c '
import csv, sys
own = {"fit_time", "score_time", "cpu_time", "threads", "peak_memory", "group", "latency"}
for row in csv.DictReader(open(sys.argv[1])):
    print([(k, v) for k, v in row.items() if k not in own and not k.startswith(("fit_", "score_"))])' "$1"; }
trials() { python3 -c '
import sqlite3, sys
print(*[sqlite3.connect(s + "/shortlist.db").execute("SELECT count(*) FROM outcome").fetchone()[0] for s in sys.argv[1:]])' "$@"; }

# Groups that may be cut, groups that may not, and trials of their own.
cat >all.yaml <<'YAML'
data: synthetic:300:3
train: 200
validation: 100
folds: 4
rows:
  - tree: {max_depth: [2, none], min_samples_leaf: [1, 5]}
  - logreg: {C: [0.1, 1, 10]}
  - knn: {n_neighbors: [1, 3]}
  - mlp: {max_iter: 3, hidden_layer_sizes: [[4]]}
YAML
run 0 run all.yaml --quiet --out one --format csv
scores out >one.txt
for shards in 1 3 4; do
  for ((i = 0; i < shards; i++)); do
    run 0 run all.yaml --quiet --out "of-$shards/$i" --shard "$i/$shards"
    if [ $shards = 1 ]; then ! grep -q Shard out || fail "the whole is no part"; else out_has "Shard $i of $shards: a part, with"; fi
  done
  # shellcheck disable=SC2046
  [ "$(trials $(seq -f "of-$shards/%g" 0 $((shards - 1))) | tr ' ' '\n' | awk '{ n += $1 } END { print n }')" = 40 ] || fail "$shards shards: trials twice, or none"
  run 0 merge of-$shards/* --out "merged-$shards"
  out_has "40 outcomes; 1 study, whole."
  run 0 show --out "merged-$shards" --format csv
  scores out >"merged-$shards.txt"
  cmp -s one.txt "merged-$shards.txt" || fail "$shards shards: other scores than one process"
  run 0 show --out "merged-$shards"
  ! grep -q Shard out || fail "the whole is no part"
done
run 0 run all.yaml --out merged-4
err_has "40 trials: 0 run now, 40 taken from the store"

# A shard goes on from its own store, and tells of its own trials alone; more shards than units leave some without any.
run 0 run all.yaml --out of-4/2 --shard 2/4
err_has " trials: 0 run now, $(trials of-4/2) taken from the store"
run 0 run all.yaml --out none --shard 99/100
err_has "0 trials: 0 run now"
# Estimates: the trial that takes the longest is alone, whoever asks.
python3 -c '
import json, sqlite3
db = sqlite3.connect("one/shortlist.db")
keys = db.execute("SELECT key, name FROM study_trial t JOIN study_row r ON r.row = t.row ORDER BY t.row, fold").fetchall()
json.dump({"format": "shortlist-estimate", "version": 1, "units": [
    {"key": k, "classifier": "", "row": name, "seconds": 1000 if i + 1 == len(keys) else 1, "megabytes": None} for i, (k, name) in enumerate(keys)]},
    open("estimates.json", "w"))'
for i in 0 1; do
  run 0 run all.yaml --out "estimated/$i" --shard $i/2 --estimates estimates.json
  cp err "estimated-$i"
done
grep -q "^1 trial: 1 run now" estimated-0 || fail "the longest trial is not alone: $(tail -n 2 estimated-0)"
grep -q "^39 trials: 39 run now" estimated-1 || fail "the others are not together: $(tail -n 2 estimated-1)"
run 1 run all.yaml --shard 0/2 --estimates nowhere.json
err_has "nowhere.json"
run 2 run all.yaml --seed 7 --shard 0/2 --estimates estimates.json --out seven
err_has "estimates of other trials"

# What is missing is told, and run by the command without --shard; what comes twice is kept once.
run 0 merge of-4/0 of-4/1 of-4/0/shortlist.db --out some
out_has "more were there already; 1 study, of which"
run 0 merge of-4/2 of-4/3 --out some
out_has "1 study, whole."
# Two shards may also share a store.
run 0 run all.yaml --quiet --out shared --shard 0/2
run 0 run all.yaml --out shared --shard 1/2
[ "$(trials shared)" = 40 ] || fail "a shared store lacks trials"

# Models come along, and the study that was shown last is the one that was merged last.
run 0 run --data synthetic:300 --train 100 --validation 50 --models tree --save-models --name kept --quiet --out kept
run 0 merge kept --out merged-1
out_has "1 outcome, 1 model file; 1 study, whole."
[ -s merged-1/kept/models/decision-tree.slm ] || fail "no model: $(find merged-1)"
run 0 show --out merged-1
out_has "kept"
run 0 merge kept --out merged-1
out_has "0 outcomes, 1 more was there already; 1 study, whole."

# Another machine's times do not compare, which is said once.
cp -r of-4/3 elsewhere
python3 -c '
import sqlite3
db = sqlite3.connect("elsewhere/shortlist.db")
db.execute("UPDATE study SET machine = json_set(machine, \"$.cpu\", \"Another <CPU>\")")
db.commit()'
run 0 merge of-4/0 elsewhere elsewhere --out unlike
run 0 show --out unlike
[ "$(grep -c 'W13 some trials ran on another machine (Another <CPU>' out)" = 1 ] || fail "no warning of another machine: $(cat out)"

# Refused in one line, and nothing is changed.
refused() { # STATUS TEXT ARGUMENT...
  local status=$1 text=$2
  shift 2
  run "$status" merge "$@" --out target
  err_has "$text"
  err_is_one_line
  [ "$(md5sum <target/shortlist.db)" = "$before" ] || fail "merge $*: the target is another"
}
run 0 merge of-4/0 --out target
before=$(md5sum <target/shortlist.db)
refused 2 "nowhere/shortlist.db: there is no store yet" of-4/1 nowhere
refused 1 "all.yaml: a file: a store is named by its folder" of-4/1 all.yaml
refused 2 "target/shortlist.db: this is the store that the others are merged into" of-4/1 target
mkdir junk newer torn
cp all.yaml junk/shortlist.db
refused 1 "junk/shortlist.db: not a store, or a damaged one" of-4/1 junk
for kind in newer torn; do cp of-4/1/shortlist.db $kind/; done
python3 -c '
import sqlite3
db = sqlite3.connect("newer/shortlist.db")
db.execute("PRAGMA user_version = 99")
db.commit()
db = sqlite3.connect("torn/shortlist.db")
db.execute("UPDATE outcome SET n_train = n_train + 1 WHERE rowid = (SELECT max(rowid) FROM outcome)")
db.commit()'
refused 1 "newer/shortlist.db: the store's format is version 99" of-4/2 newer
refused 1 "torn/shortlist.db: an outcome does not match its checksum" of-4/2 torn
cp -r of-4/1 labels
python3 -c '
import sqlite3
db = sqlite3.connect("labels/shortlist.db")
db.execute("UPDATE truth SET labels = zeroblob(length(labels))")
db.commit()'
refused 1 "labels/shortlist.db: labels differ from those in target" of-4/2 labels
sed 's/folds: 4/folds: 3/' all.yaml >folds.yaml
mv folds.yaml other.yaml
run 0 run other.yaml --name all --models knn --quiet --out folds
refused 1 "folds/shortlist.db: study all has other data, rows or trials" of-4/2 folds
cp -r of-4/1 name
python3 -c '
import sqlite3
db = sqlite3.connect("name/shortlist.db")
db.execute("UPDATE study SET name = \"../x\"")
db.commit()'
refused 1 "name/shortlist.db: it holds a study whose name can not be a study's" name
# Where the target is not there yet, what was refused leaves no store.
run 1 merge of-4/0 torn --out fresh-1
run 2 show --out fresh-1
err_has "there is no store yet"

# The option's own errors.
for bad in 4/4 x 1 /2 1/ 1/0 -1/2 0/10001 1/2/3 1.5/2; do
  run 2 run all.yaml --shard "$bad"
  err_has "--shard: '$bad' is not allowed: it takes I/N"
done
run 2 sweep tree max_depth=1:8:8 --data synthetic:300 --folds 3 --shard 0/2 --refit
err_has "--refit: a shard has a part of the outcomes"
run 2 sweep tree max_depth=1:8:8 --data synthetic:300 --folds 3 --shard 0/2 --search halving --trials 4
err_has "a search by rungs selects by all outcomes"
run 2 merge
err_has "merge"

finish
