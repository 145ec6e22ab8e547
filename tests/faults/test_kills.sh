#!/usr/bin/env bash
# test_kills.sh [N] - kill -9 at N instants of a sweep that shares work, spread evenly over its length (30 without N; 300
# takes some minutes): of the program, of a trial's process, and of a merge.  What was reported is in the store, what was in
# it stays to the last bit and is not done again, and the same command comes to what an uninterrupted run comes to.
SOURCE=${SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)} # else ctest sets these
BUILD=${BUILD:-$SOURCE/build/release}
export SHORTLIST=${SHORTLIST:-$BUILD/shortlist} SHORTLIST_HOME=${SHORTLIST_HOME:-$SOURCE}
. "$SOURCE/tests/faults/lib.sh" || exit 1
kills=${1:-30}
if grep -q '^CMAKE_C_FLAGS:.*fsanitize' "$BUILD/CMakeCache.txt"; then kills=${1:-6}; fi # where a run takes seconds

# Groups of several kinds and trials of their own; those of logistic regression may round otherwise in other company.
cat >sweep.yaml <<'YAML'
data: synthetic:300:3
train: 180
validation: 120
folds: 3
repeats: 2
rows:
  - tree: {max_depth: [1, 2, 4, none]}
  - knn: {n_neighbors: [1, 3, 5], weights: [uniform, distance]}
  - sgd: {alpha: [0.0001, 0.01], max_iter: 5}
  - logreg: {C: [0.1, 1], max_iter: 10}
  - mlp: {max_iter: 4, hidden_layer_sizes: [[8]]}
  - majority: {}
YAML
python3 - "$kills" <<'PYTHON' || fail "see above"
import os, re, shutil, signal, sqlite3, subprocess, sys, time

kills, program = int(sys.argv[1]), os.environ["SHORTLIST"]
command = [program, "run", "sweep.yaml", "--threads", "1", "--out", "store"]

def start(arguments):
    return subprocess.Popen(arguments, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=open("err", "w"))

def reported():
    return len(re.findall(r"^\[\d+/\d+\] .*accuracy ", open("err").read(), re.M))

def open_store(folder):
    db = sqlite3.connect(folder + "/shortlist.db")
    assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    return db

def outcomes(folder="store"):
    """What stands of each key, in its place: a trial that was done again would have other times, and another checksum."""
    path = folder + "/shortlist.db"
    if not os.path.exists(path) or not os.path.getsize(path) and not os.path.exists(path + "-journal"):
        return {}
    db = open_store(folder)
    if not db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        return {}
    return {row[0]: row[1:] for row in db.execute("SELECT key, rowid, checksum, status, again FROM outcome")}

def results(folder):
    """What does not depend on time: all of it, and but for what rounds."""
    db = open_store(folder)
    labels = db.execute("SELECT key, status, predicted FROM outcome ORDER BY key").fetchall()
    rest = db.execute("""SELECT m.key, m.name, m.value FROM measure m JOIN study_trial t ON t.key = m.key
        JOIN study_row r ON r.row = t.row WHERE r.classifier <> 'logreg' AND m.name IN ('n_iter', 'objective', 'log_loss', 'roc_auc')
        ORDER BY 1, 2""").fetchall()
    scores = db.execute("""SELECT s.key, s.codes, s.low, s.step FROM score s JOIN study_trial t ON t.key = s.key
        JOIN study_row r ON r.row = t.row WHERE r.classifier <> 'logreg' ORDER BY 1""").fetchall()
    return labels, rest, scores

def children(pid):
    try:
        return [int(p) for p in open(f"/proc/{pid}/task/{pid}/children").read().split()]
    except OSError:
        return []

def finish():
    job = start(command)
    assert job.wait() == 0, open("err").read()

def check(before, what):
    after = outcomes()
    held = {k: v for k, v in before.items() if not v[3]} # what something outside has ended deserves another run
    lost = {k for k in held if after.get(k) != held[k]}
    assert not lost, f"{what}: {len(lost)} of {len(held)} outcomes lost or done again"
    assert len(after) >= len(held) + reported(), f"{what}: {reported()} were reported, and {len(after) - len(held)} are there"
    return after

# The uninterrupted run, and how long one takes.
lengths = []
for _ in range(3):
    shutil.rmtree("store", ignore_errors=True)
    began = time.monotonic()
    finish()
    lengths.append(time.monotonic() - began)
length, expected, trials = sorted(lengths)[1], results("store"), len(outcomes())
shutil.move("store", "whole")

def instant(i):
    """0, 1/2, 1/4, 3/4, 1/8, ...: however many there are, they are spread evenly."""
    return int(f"{i:032b}"[::-1], 2) / 2 ** 32

# Kills that come when the program has ended do not count.
hits, seen, at = {"program": 0, "trial": 0}, set(), 0
while sum(hits.values()) < kills:
    shutil.rmtree("store", ignore_errors=True)
    before = {}
    for _ in range(2): # killed, and killed again while it goes on
        what, delay = "trial" if at % 3 == 2 else "program", length * instant(at)
        at += 1
        job = start(command)
        time.sleep(delay)
        victims = children(job.pid) if what == "trial" else [job.pid]
        for victim in victims[:1]:
            try:
                os.kill(victim, signal.SIGKILL)
            except ProcessLookupError:
                pass
        hits[what] += job.wait() == -signal.SIGKILL or (what == "trial" and len(victims) > 0)
        before = check(before, f"{what} killed after {delay:.4f} s")
        seen.add(len(before))
    finish()
    check(before, "resumed")
    assert results("store") == expected, "resumed: other results than those of an uninterrupted run"
    assert len(outcomes()) == trials
    assert at < 10 * kills + 10, f"{hits} of {at}: it ends too soon"
print(f"{hits['program']} kills of the program and {hits['trial']} of a trial over {length:.2f} s ({at - sum(hits.values())} came "
      f"too late); {len(seen)} different numbers of outcomes were in the store")
assert hits["program"] >= kills / 4 and len(seen) > min(kills, 12) / 4

# Merges: the target is as it was, or whole.
for shard in range(2):
    assert start(command[:-1] + [f"part-{shard}", "--shard", f"{shard}/2"]).wait() == 0
part = outcomes("part-0")
def fresh():
    shutil.rmtree("target", ignore_errors=True)
    shutil.copytree("part-0", "target")
merge = [program, "merge", "part-1", "--out", "target"]
fresh()
began = time.monotonic()
assert start(merge).wait() == 0
length, n, whole = time.monotonic() - began, max(kills // 3, 4), 0
assert results("target") == expected
for i in range(n):
    fresh()
    job = start(merge)
    time.sleep(length * (i + 0.5) / n)
    job.kill()
    job.wait()
    there = outcomes("target")
    assert there == part or len(there) == trials, f"a merge was killed: {len(there)} outcomes"
    whole += len(there) == trials
    assert start(merge).wait() == 0 and results("target") == expected
print(f"{n} kills of a merge over {length:.3f} s: {whole} when it was done")
PYTHON
finish
