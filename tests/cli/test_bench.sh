#!/usr/bin/env bash
# The benchmarks' programs: the Python ones parse, refuse bad arguments and compute their figures rightly;
# the C ones build, run on synthetic rows, and agree about which rows they saw.  No peer is needed.
set -euo pipefail
export PYTHONDONTWRITEBYTECODE=1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "FAILED: $*" >&2; exit 1; }

# expect STATUS PATTERN COMMAND...: the exit status, and a line of the output.
expect() {
    local status=0
    "${@:3}" >"$work/out" 2>&1 || status=$?
    [[ $status == "$1" ]] || fail "${*:3}: status $status, not $1: $(cat "$work/out")"
    grep -q -- "$2" "$work/out" || fail "${*:3}: '$2' is not in: $(cat "$work/out")"
}

if command -v python3 >/dev/null; then
    cd "$SOURCE/bench"
    for file in peers benchmark categories tables networks scale threads sweeps search halving estimate budget read sparse cluster simulate lib/*.py; do
        python3 -c 'import sys; compile(open(sys.argv[1]).read(), sys.argv[1], "exec")' "$file" || fail "$file"
    done
    expect 2 "no row 'linear-svm-table'" python3 threads --rows linear-svm-table
    expect 2 "no row 'cnn4'; rows: .*cnn3-64" python3 networks --rows cnn4
    expect 2 "no table 'irsi'; tables: iris, cancer" python3 tables --tables irsi
    expect 2 "no table 'wyde'; tables: iris, .*study, made, missing" python3 tables --only tiny wyde
    for program in peers tables networks scale threads; do
        expect 0 '--rows' python3 "$program" --help
        [[ $program == networks ]] ||
            expect 2 "no row 'svm-rfb'; rows: .*svm-rbf" python3 "$program" --rows svm-rfb
        expect 2 "'0' is not a whole number" python3 "$program" --threads 0
        expect 2 'unrecognized' python3 "$program" --no-such-option
    done
    for program in read sparse; do
        expect 0 '--targets' python3 "$program" --help
        expect 2 "'0' is not a whole number" python3 "$program" --threads 0
    done
    expect 2 '--trials: at least 400' python3 cluster --trials 5
    expect 2 "'x' is not a whole number" python3 simulate --ranks 1,x
    expect 2 "'x' is not a whole number" python3 budget --budgets 5,x
    expect 1 'there is no store' python3 simulate --store "$work/nowhere"
    python3 - <<'EOF'
import importlib.machinery, importlib.util
loader = importlib.machinery.SourceFileLoader("simulate", "simulate")
simulate = importlib.util.module_from_spec(importlib.util.spec_from_loader("simulate", loader))
loader.exec_module(simulate)

def near(found, seconds, busy):
    assert abs(found[0] - seconds) < 1e-9 and abs(found[1] - busy) < 1e-9, found

near(simulate.simulate([[1.0]] * 100, 10, 0, 0), 10, 0)
near(simulate.simulate([[1.0]] * 1000, 10, 0.2, 0), 201, 200 / 201)  # rank 0 is the limit
near(simulate.simulate([[1.0]] * 10, 10, 0, 0.5), 2, 0)  # a message there, one back
near(simulate.simulate([[1.0, 2.0], [1.0]], 4, 0, 0), 3, 0)  # as long as the longest unit
assert simulate.split([[1] * 8, [2] * 2], 4) == [[1] * 4, [1] * 2, [1] * 2, [2] * 2]
assert simulate.split([[1], [2]], 5) == [[1], [2]]
EOF
    # A search that was stopped makes the peer's other fits alone, and their sum is shared by its jobs.
    python3 - "$work/search-fits" <<'EOF'
import argparse, json, sys
from lib import kept, pairing, search_peer, searches

asked = []
def worker(most):
    """Stands for scikit-learn's process: ends by itself after so many fits, as one that is stopped."""
    def run(command, env, label):
        fits = json.loads(command[-1])["fits"]
        asked.append(len(fits))
        for fit in fits[:most]:
            kept.write(fit["path"], {"seconds": 3.0, "score": 0.5 + fit["fold"] / 10})
        if len(fits) > most:
            raise pairing.RunError("stopped")
    return run

def peer(rows="1000 rows"):
    args = argparse.Namespace(fits=12, whole=False, keep=sys.argv[1])
    return search_peer.Peer(searches.find("svm-linear")[0], args, None, {}, rows)

search_peer.run_json = worker(5)
try:
    peer().fastest([2])
    raise SystemExit("not stopped")
except pairing.RunError:
    pass
search_peer.run_json = worker(100)
seconds, made, scores, jobs = peer().fastest([2])
assert made >= 12 and jobs == 2 and asked == [made, made - 5], (made, asked)
assert abs(seconds - 3.0 / 2 * 35) < 1e-9, seconds
assert all(s == 0.5 + fold / 10 for _, fold, s in scores) and {fold for _, fold, _ in scores} == set(range(5))
peer().fastest([2])
assert len(asked) == 2, "made again"
peer("2000 rows").fastest([2])
assert asked[2] == made, "fits of other rows taken for these"
EOF
    # What peers tells and keeps while other rows are yet to come.
    python3 - "$work/kept.json" <<'EOF'
import argparse, json, os, sys
from lib import options, report
side = {"fit_time": 8.0, "score_time": 0.1, "accuracy": 0.875, "peak_memory": 64 << 20}
row = {"row": "forest", "peer": side, "ours": dict(side, fit_time=1.0), "goals": {"fit": 7, "score": None},
       "fit_ratio": 8.0, "score_ratio": 1.0, "closed": True}
line = report.row_line(row, True)
assert "forest: fit 8.00 / 1.00 s: 8.0x (goal 7x met)" in line and line.endswith("closed"), line
assert "goal" not in report.row_line(row, False)
assert report.row_line({"row": "lda", "failed": "killed"}, True) == "  lda: FAILED: killed"
args = argparse.Namespace(json=sys.argv[1])
for rows in ([row], [row, row]):
    options.keep(args, {"rows": rows})
    with open(sys.argv[1], encoding="utf-8") as file:
        assert json.load(file) == {"rows": rows}
assert not os.path.exists(sys.argv[1] + ".part")
options.keep(argparse.Namespace(json="-"), {})
EOF
    # The replay's rows outside: what is known of them, and what is not.
    expect 0 '--seeds' python3 benchmark --help
    expect 2 '--train: it needs --peer or --minimum' python3 benchmark --train 6000
    expect 2 '--minimum: it needs --train' python3 benchmark --minimum
    expect 2 '--train: it takes 100 to 59999 rows' python3 benchmark --peer --train 60000
    python3 - "$work/peers.csv" <<'EOF'
import importlib.machinery, importlib.util, sys
loader = importlib.machinery.SourceFileLoader("benchmark", "benchmark")
benchmark = importlib.util.module_from_spec(importlib.util.spec_from_loader("benchmark", loader))
loader.exec_module(benchmark)
def peer(low, high, seeds, train=60000, ours=None, **minimum):
    blank = dict.fromkeys(benchmark.NUMBERS)
    return {**blank, "low": low, "high": high, "seeds": seeds, "train": train, "ours": ours, **minimum}
peers = {"GaussianNB priors=[0.5,0.5]": peer(0.57, 0.57, 1), "Perceptron penalty=l2": peer(0.749, 0.7801, 3),
         "SVC C=1 kernel=poly": peer(0.8, 0.8, 1, 6000, 0.803),
         "LinearSVC loss=squared_hinge C=9 multi_class=ovr": peer(0.73, 0.74, 5, 6000, 0.714, minimum=0.712,
                                                                  loss_low=6.4, loss_high=7.3, ours_loss=6.8)}
assert benchmark.read_peers(sys.argv[1]) == {}
benchmark.write_peers(sys.argv[1], peers)
assert benchmark.read_peers(sys.argv[1]) == peers
perceptron = peers["Perceptron penalty=l2"]
def why(accuracy, peer, **others):
    return benchmark.explanation({"accuracy": accuracy, "name": "", **others}, peer)
assert why(0.5, None).startswith("not looked at")
assert why(0.5755, peer(0.57, 0.57, 1)) == "data or versions of then: scikit-learn has 0.5700"
assert why(0.7861, perceptron).startswith("data or versions") and why(0.743, perceptron).startswith("data")
assert why(0.7343, perceptron) == "OPEN: scikit-learn has 0.7490 to 0.7801 (3 seeds)"
# By fewer rows it is ours by as many that counts, and that is no answer to who asks for all.
assert why(0.9, peers["SVC C=1 kernel=poly"]).endswith("scikit-learn has 0.8000 by 6000 rows, ours 0.8030")
assert why(0.8, peer(0.8, 0.8, 1, 6000, 0.81)).startswith("OPEN")
assert why(0.7, peers["SVC C=1 kernel=poly"], classifier="svm", converged=False).startswith("limit of steps")
assert why(0.7, peers["SVC C=1 kernel=poly"], classifier="svm", converged=True).startswith("data")
assert why(0.8, peer(0.8, 0.8, 1), name="GradientBoostingClassifier (assumed: histograms)").startswith("another method")
# Where the limit of passes ends both far from the minimum of the loss, and ours no farther.
machine = peers["LinearSVC loss=squared_hinge C=9 multi_class=ovr"]
assert why(0.75, machine).startswith("limit of passes: the minimum of the loss has 0.7120, and scikit-learn 0.7300 to 0.7400")
assert why(0.75, machine).endswith("ours has 6.8 times that loss, scikit-learn 6.4 to 7.3 times")
for other in ({"ours_loss": 7.4}, {"loss_low": 1.0}, {"ours_loss": None}):
    assert why(0.75, {**machine, **other}).startswith("OPEN"), other
assert benchmark.has_minimum("LinearSVC loss=squared_hinge C=9 multi_class=ovr")
assert not any(map(benchmark.has_minimum, ("LinearSVC loss=hinge multi_class=ovr", "SVC", "LinearSVC loss=squared_hinge")))
timed = [{"classifier": "svm", "params": {"C": c}, "fit_time": 2, "score_time": s} for c, s in ((1, 1), (1, 1), (10, None))]
assert benchmark.seconds_of(timed) == 5, "rows that share a fit count once"
known = benchmark.is_known
assert known(perceptron, 60000, 3) and known(perceptron, 6000, 1) and not known(perceptron, 60000, 4) and not known(None, 1, 1)
assert known(perceptron, 6000, 9)
assert not known(peers["SVC C=1 kernel=poly"], 60000, 1) and benchmark.parts(6000) == (5000, 1000)
EOF
    expect 2 "no sweep 'svm'; sweeps: knn, tree, mlp" python3 sweeps --sweeps svm
    expect 2 "no space 'knn'; spaces: svm, mlp" python3 halving --spaces knn
    python3 - <<'EOF'
import sys
sys.path.insert(0, ".")
from lib import claims, pairing, programs, rows, tables

def near(a, b):
    assert abs(a - b) < 1e-12, (a, b)

near(pairing.slope([1000, 2000, 4000], [3, 6, 12]), 1)
near(pairing.slope([1000, 2000, 50000], [1e-6, 4e-6, 2500e-6]), 2)
near(pairing.slope([10, 20, 30, 40], [5, 5, 5, 5]), 0)
near(pairing.slope([10, 20, 40], [7, 0, 28]), 1)      # a time below the clock's resolution is left out
assert pairing.slope([10], [1]) is None and pairing.slope([10, 10], [1, 2]) is None
assert pairing.slope([10, 20], [None, 1]) is None
assert pairing.median([3, 1, 2]) == 2 and pairing.median([4, 1, 2, 3]) == 2.5
assert pairing.median([]) is None and pairing.median([1, None]) is None
assert pairing.pair_ratios([{"t": 6}, {"t": 9}], [{"t": 2}, {"t": 0}], "t") == [3, None]

runs = lambda *values: [{"accuracy": v} for v in values]
assert claims.check_accuracy(runs(.8, .8, .8), runs(.8029, .8029, .8029))[0]
assert not claims.check_accuracy(runs(.8, .8, .8), runs(.8031, .8031, .8031))[0]
assert not claims.check_accuracy(runs(.8, .801, .799), runs(.79, .791, .789))[0]
assert claims.check_accuracy(runs(.79, .81, .80), runs(.80, .82, .79))[0]  # within the seeds' noise
tree = {"train_accuracy": 1.0}
assert claims.check_impurity(tree, tree, (.5, .5004))[0]
assert not claims.check_impurity(tree, tree, (.5, .501))[0]
assert not claims.check_impurity(tree, {"train_accuracy": .9999}, (.5, .5))[0]

# Linear SVMs: the peer may solve either problem.
assert rows.find("linear-svm-table")[0].table == 75000 and rows.goals(rows.find("linear-svm")[0], False) == (10, None)
assert {v["dual"] for v in rows.variants(rows.find("linear-svm")[0], False)} == {True, False}

near(programs.dual_of("obj = -12.5, rho = 0.1\nnSV = 3\nobj = -1e+01, rho = 2\n"), 22.5)
assert programs.dual_of("no line") is None
assert [r.key for r in rows.find(None)] == rows.SEVEN and len(rows.SEVEN) == 7
assert [r.key for r in rows.find("knn,tree,knn")] == ["knn", "tree"]
assert tables.text_table(["name", "s"], [["a", "1.5"], ["bc", "10"]]) == ["name    s", "---------", "a     1.5", "bc     10"]
assert [tables.seconds(v) for v in (None, .0123, 1.234, 123.4)] == ["n/a", "0.012", "1.23", "123"]
EOF
    python3 - <<'EOF'
import sys
sys.path.insert(0, ".")
from lib import comparison, ours, report, rows

# Rows of real numbers: the six classical ones, goal 1x everywhere but for k-NN's training.
assert [r.key for r in rows.find(None, real=True)] == [k for k in rows.SEVEN if k != "mlp"] == rows.keys(True)
assert [r.key for r in rows.find("mlp", real=True)] == ["mlp"]
assert {r.key: rows.goals(r, True) for r in rows.find("knn,tree")} == {"knn": (None, 1), "tree": (1, 1)}
assert rows.goals(rows.find("tree")[0], False) == (30, None)
assert rows.together_goal(777, True) == (1, None) and rows.together_goal(10000, False) == (12, 19)
assert rows.together_goal(777, False) == (None, None)
assert {v["dtype"] for v in rows.variants(rows.find("sgd")[0], True)} == {"float32", "float64"}
for made in ("table", "mixed-table"):
    assert ours.Split("d", 1, 1, table=made).options() == ours.Split("d", 1, 1).options() + ["--" + made]
assert {row.made for row in rows.find("forest-mixed,boosting-mixed,boosting-xgboost-mixed")} == {"mixed-table"}
assert ours.Split("d", 1, 1, real=True).options() == ours.Split("d", 1, 1).options() + ["--float"]

# The sum wants all of its rows, and no others.
run = {"fit_time": 2.0, "score_time": 1.0, "cpu_time": 4.0}
mine = {"fit_time": 0.5, "score_time": 0.5, "cpu_time": 1.0}
results = [{"row": k, "peer": {"runs": [run]}, "ours": {"runs": [mine]}, "closed": True} for k in rows.SEVEN]
assert comparison.together(results, 1, rows.keys(False))["ratio"] == 3
total = comparison.together(results, 1, rows.keys(True))
assert total["rows"] == 6 and total["peer"] == 18
assert comparison.together(results[1:], 1, rows.keys(True)) is None
told = {"together": total, "split": {"n_train": 777, "real": True}}
assert report.together_line(told, True)[0].startswith("the six rows together (fit + score): peer 18.0 s, ours 6.00 s: 3.0x")
assert report.together_line(told, True)[0].endswith("goal 1x met")

# Every setting that was tried is told, by what it differs in.
tried = [{"dtype": "float64", "n_jobs": j, "seconds": s} for j, s in ((-1, 0.5), (None, 1.25))]
assert report.tried_text(tried, 10000) == "; tried: n_jobs=-1 0.500 s, n_jobs=None 1.25 s"
assert report.tried_text(tried, 50000).startswith("; tried on 10000 rows: ") and report.tried_text([], 5) == ""
EOF
    python3 - <<'EOF'
import sys
sys.path.insert(0, ".")
from lib import made_report, made_scores, made_tables

# Scores on made tables: a pair holds within 1.5 points, or within two standard errors over the folds.
side = lambda *shares: {i: [[("p", "p" if j < 100 * s else "q") for j in range(100)]] for i, s in enumerate(shares)}
assert made_scores.accuracy(side(.25)[0][0]) == .25
assert made_scores.balanced([("p", "p"), ("p", "p"), ("p", "q"), ("p", "p"), ("q", "p")]) == .375
far = made_scores.difference(side(.8, .9, .7), side(.77, .87, .67), made_scores.accuracy)
assert not far["holds"] and abs(far["ours"] - far["peer"] + .03) < 1e-9 and far["error"] < 1e-9
assert made_scores.difference(side(.8, .9, .7), side(.785, .885, .685), made_scores.accuracy)["holds"]
assert made_scores.difference(side(.8, .9, .7), side(.7, .96, .67), made_scores.accuracy)["holds"]  # within its noise
twice = {0: [[("p", "p")], [("p", "q")]], 1: [[("p", "p")], [("p", "q")]]}  # several draws of a random row: their mean
assert made_scores.difference(twice, twice, made_scores.accuracy)["ours"] == .5
fold = {"repeat": 0, "fold": 0, "truth": list("ppq"), "exact": list("pqq"), "tied": [False, True, True],
        "predicted": {"knn": [list("ppp")]}}
ours = {(0, 0): [list(zip("ppq", "pqq"))]}
row = made_scores.compare_row(made_tables.find(["tiny"])[0], "knn", [fold, dict(fold, fold=1)], {**ours, (0, 1): ours[0, 0]})
assert row["same_search"] and abs(row["tied"] - 2 / 3) < 1e-9 and abs(row["other_labels"] - 2 / 3) < 1e-9
assert made_report.verdict(dict(row, holds=False)).startswith("ties: 66.67 % of the rows")
assert made_report.verdict(dict(row, holds=False, same_search=False)) == "MISSED" and made_report.verdict(dict(row, holds=True)) == "met"
part = {"table": "tiny", "what": "few", "n": 60, "d": 4, "classes": 3, "imbalanced": True, "encodings": [1e-12, .5],
        "encoding_holds": False, "refuses_cnn": True, "rows": [row, dict(row, key="sgd", holds=False, same_search=False)]}
text = "\n".join(sum(made_report.blocks([part], True), []))
assert "encoding: MISSED, 0.5 off" in text and "balanced: peer %" in text
assert text.endswith("MISSED: tiny sgd, tiny encoding") and made_report.blocks([], True) == []
table = made_tables.find(["decimal-comma"])[0]
import tempfile
with tempfile.TemporaryDirectory() as folder:
    path = made_tables.write(table, {"a;b": ["1.5", "2"], "class": ["p", 'q"']}, folder)
    assert open(path).read() == '"a;b";class\n1,5;p\n2;"q"""\n', open(path).read()
assert [list(other) for other in made_scores.orders_of({"a": [], "b": [], "class": []}, 3)][0][-1] == "class"
assert "kernel: linear" in made_scores.experiment_text(table, "x.csv", ["svm-linear"], 42)
assert len({t.key for t in made_tables.TABLES}) == len(made_tables.TABLES) >= 20
EOF
    python3 - <<'EOF'
import sys
sys.path.insert(0, ".")
from lib import table_data, table_report, table_study

# Small tables: each figure of a row has a goal of its own; the large one: fit and score in sum.
assert [t.key for t in table_data.find(None)] == ["iris", "cancer", "digits", "large"]
assert [t.key for t in table_data.find("digits,iris,digits")] == ["digits", "iris"]
iris, large = table_data.find("iris,large")
assert iris.goals("knn") == (1, 1) and iris.together == 3 and large.goals("knn") == (None, None)
def result(fit, score, key="sgd"):
    def side(f, s):
        return {"fit_time": f, "score_time": s, "first_fit": f, "first_score": s, "runs": [{"fit_time": f, "score_time": s}]}
    return {"row": key, "title": key, "peer": side(fit, score), "ours": side(1.0, 1.0), "fit_ratio": fit, "score_ratio": score,
            "goals": {"fit": 1, "score": 1}, "closed": True, "claim": "", "setting": {}, "settings_tried": []}
assert table_report.sum_ratio(result(5, 1)) == 3
assert table_report.goal_text(result(1, 1), False) == "1x met"
assert table_report.goal_text(result(.5, .9), False) == "1x MISSED: fit, score"
assert table_report.goal_text(result(4, .9), True) == "3x MISSED" and table_report.goal_text(result(5, 1), True) == "3x met"
assert table_report.goal_text(result(1, 1, "mlp"), True) == "1x met"
part = {"table": "iris", "title": "iris", "repeats": 3, "rows": [result(4, 2), {"row": "knn", "failed": "no memory"}],
        "split": {"n_train": 120, "n_validation": 30}, "together": None, "together_goal": 3}
study = {name: {"seconds": .7, "runs": [.7], "goal": table_study.GOALS[name]} for name in ("quiet", "busy")}
head = {"machine": {"cpu": "x", "cores": 2, "threads": 2, "memory": None, "isa": [], "load": 0.0}, "versions": {}, "pairs": 1}
text = table_report.text(dict(head, tables=[part], study=study), True)
assert "alone: 0.70 s (0.70 to 0.70); goal 0.5 s MISSED" in text and "goal 1.0 s met" in text
assert "knn: FAILED: no memory" in text and "first: peer s" in text
assert "goal" not in table_report.text(dict(head, tables=[part], study=None), False)
EOF
    python3 - "$work" <<'EOF'
import json
import sys
sys.path.insert(0, ".")
from lib import network_comparison, network_report, network_results, network_rows
from lib.network_comparison import NetComparison

# A line is cut into layers; the default rows; what our side is told.
assert network_rows.layers("conv 32 3x3 same, relu") == [("conv", ["32", "3x3", "same"]), ("relu", [])]
assert [r.key for r in network_rows.find(None)] == [r.key for r in network_rows.ROWS if r.core]
cnn, mlp = network_rows.find("cnn3-64,mlp-512,cnn3-64")
assert "batch_size=64" in cnn.params(2) and "epochs=2" in cnn.params(2) and "momentum=0" in mlp.params(1)
assert network_rows.is_spatial(cnn.net) and not network_rows.is_spatial(mlp.net)

# The peer's settings, and the best of them for epochs and for scoring, which may differ.
assert len(network_comparison.settings(cnn.net, 2)) == 6 and len(network_comparison.settings(mlp.net, 1)) == 1
def one_try(threads, blas, last, epoch, scores):
    return {"threads": threads, "blas_threads": blas, "channels_last": last, "epoch_time": epoch, "score_times": scores}
tried = [one_try(2, 1, True, 1.0, {"50": .5, "250": .4}), one_try(1, 1, False, 2.0, {"50": .3, "250": .6}),
         one_try(2, 2, True, 3.0, {"50": .2})]  # its OpenBLAS is not that of the fastest epoch
chosen = network_comparison.choose(tried)
assert chosen == {"threads": 2, "blas_threads": 1, "channels_last": True, "score_threads": 1, "score_channels_last": False, "score_batch": 50}
assert network_comparison.image_of({"d": 784}) == [1, 28, 28]

# The row without a goal, in words: its blocks, strides and normalisation.
resnet, = network_rows.find("mini-resnet")
assert not resnet.core and network_rows.is_spatial(resnet.net)
assert ("residual", ["32", "stride", "2"]) in network_rows.layers(resnet.net)

# A row of runs, each side's made up: ratios inside the pairs, accuracies over all seeds.
class Facts: facts = None
class MadeUp(NetComparison):
    theirs = 5
    def split(self, n_train, test): return Facts
    def try_settings(self, row, n_train): return tried
    def our_parameters(self, row, facts): return 5
    def peer(self, row, split, setting, seed, epochs, **more): return self.run(4, .8, seed)
    def mine(self, row, split, seed, epochs): return self.run(1, .802, seed)
    def run(self, time, accuracy, seed):
        return {"train_accuracy": accuracy + .1, "epoch_time": time, "score_time": 2 * time, "cpu_time": time, "peak_memory": 2**20,
                "accuracy": accuracy, "seed": seed, "parameters": self.theirs}

def result(seeds, pairs=2, epochs=1):
    return MadeUp("", "", "", 10, {}, pairs, seeds, epochs, 2).result(cnn)
row = result(3)
assert row["closed"] and row["epoch_ratio"] == 4 and row["score_ratios"] == [4, 4] and len(row["ours"]["runs"]) == 3
assert not result(2)["closed"]
def report_of(*rows):
    return {"machine": {"cpu": "x", "cores": 2, "threads": 2, "memory": None, "isa": [], "load": 0.0}, "versions": {},
            "data": "d", "validation": 10, "rows": list(rows)}
failed = {"row": "mlp-512", "failed": "no memory"}
text = network_report.text(report_of(row, failed), True)
assert "4x met" in text and "cnn3-64: closed: 5 parameters; mean" in text and "mlp-512: FAILED: no memory" in text
assert "timed in 2 pairs of 1 epoch; peer: 2 threads, channels_last; scoring: 1 thread, batches of 50; OpenBLAS: 1 thread" in text

# A row with published numbers has its own epochs, and they stand beside what both sides come to.
capstone, = network_rows.find("capstone")
assert not capstone.core and capstone.epochs == 50 and cnn.epochs == 2
text = network_report.text(report_of(MadeUp("", "", "", 10, {}, 0, 3, None, 2).result(capstone)), False)
assert "after 50 epochs" in text and "published: 97.20 % of the training rows, 92.90 % of the test file" in text
assert "peer:      90.00 % of the training rows, 80.00 % of the test file" in text
assert "published" not in network_report.text(report_of(row), False)

# Another net is no claim, however near the accuracy.
MadeUp.theirs = 6
assert not result(3)["closed"] and result(3)["claim"].startswith("6 / 5 parameters: not the same net")
MadeUp.theirs = 5

# Times and accuracies of separate runs: alone neither is a whole claim; together they are.  Accuracies are those after
# the most epochs, one a seed; times are those of timed pairs.
times, accuracy = result(0), result(3, pairs=0, epochs=4)
assert not times["closed"] and times["epoch_ratio"] == 4 and accuracy["closed"] and accuracy["epoch_ratio"] is None
alone = network_report.text(report_of(accuracy), True)
assert "not timed" in alone and "epoch: peer s" not in alone and "MISSED" not in alone
mlp_row = dict(times, row="mlp-512")
whole = network_results.joined([report_of(accuracy, failed), report_of(times), report_of(times, mlp_row)])
both = whole["rows"][0]
assert both["closed"] and "over 3/3 seeds" in both["claim"] and both["claim"].endswith("after 4 epochs")
assert both["pairs"] == 4 and both["epoch_ratios"] == [4] * 4 and len(both["settings"]) == 1
assert whole["rows"][1] == mlp_row and "4x met" in network_report.text(whole, True)
again = network_results.joined([report_of(accuracy), report_of(accuracy)])["rows"][0]
assert "over 3/3 seeds" in again["claim"]
def refuses(word, *reports):
    try:
        network_results.joined(reports)
    except network_results.RunError as error:
        assert word in str(error), error
    else:
        raise AssertionError(word)
refuses("n_train", report_of(times), report_of(dict(times, n_train=7)))
refuses("validation", report_of(times), dict(report_of(times), validation=11))
refuses("timed on x and on y", report_of(times), dict(report_of(times), machine={"cpu": "y"}))
network_results.joined([report_of(times), dict(report_of(accuracy), machine={"cpu": "y"})])
with open(sys.argv[1] + "/times.json", "w") as f:
    json.dump(report_of(times), f)
with open(sys.argv[1] + "/accuracy.json", "w") as f:
    json.dump(report_of(accuracy), f)
EOF
    expect 0 'cnn3-64: closed' python3 networks --merge "$work/times.json" "$work/accuracy.json" --json "$work/both.json"
    expect 0 'timed in 4 pairs' python3 networks --merge "$work/both.json" "$work/times.json"
    echo '{"rows": 3}' >"$work/other.json"
    expect 1 'other.json is no report of bench/networks' python3 networks --merge "$work/other.json"
    expect 1 'nothing.json' python3 networks --merge "$work/nothing.json"
    expect 2 "invalid choice: 'all'" python3 networks --only all
    expect 2 'has no times: with --only accuracy' python3 networks --keep "$work/runs"
    python3 - "$work/runs" <<'EOF'
import sys
sys.path.insert(0, ".")
from lib import kept
calls = []
def make(path):
    calls.append(path)
    return {"accuracy": len(calls)}
runs = kept.Kept(sys.argv[1])
assert runs.result("peer-0", "batch 64", make) == runs.result("peer-0", "batch 64", make) == {"accuracy": 1}
assert runs.result("peer-0", "batch 32", make) == {"accuracy": 2} and len(set(calls)) == 2
assert kept.Kept(None).result("peer-0", "batch 64", make) == {"accuracy": 3} and calls[2] is None
def broken(part):
    open(part, "w").close()
    raise OSError("full")
try:
    kept.beside(calls[0] + ".json", broken)
except OSError:
    assert runs.result("peer-0", "batch 64", make) == {"accuracy": 1}  # the whole one stays
open(calls[0] + ".json", "w").close()
try:
    runs.result("peer-0", "batch 64", make)
    raise AssertionError("a cut file")
except kept.RunError as error:
    assert calls[0] in str(error)
EOF
    python3 -c 'import numpy' 2>/dev/null && python3 - <<'EOF'
import sys
sys.path.insert(0, ".")
import numpy as np
from lib import claims, minimum

# Weights come back from a softmax model's probabilities; the objective at 0 is n log k.
rng = np.random.default_rng(1)
w, b = rng.normal(size=(3, 4)), rng.normal(size=3)
w, b = w - w.mean(axis=0), b - b.mean()
z = np.vstack((np.zeros(4), np.eye(4))) @ w.T + b
p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
w2, b2 = claims.weights_from_probe(p)
assert np.allclose(w, w2) and np.allclose(b, b2)
x, y = rng.normal(size=(20, 4)), rng.integers(0, 3, 20)
assert np.isclose(claims.softmax_objective(np.zeros((3, 4)), np.zeros(3), x, y, 1.0), 20 * np.log(3))

# At the minimum of the squared hinge loss, which has kinks, the gradient is 0, and any step takes it up: without and
# with errors.
for rows, labels in ((x, x[:, 0] > 0), (x[:, :2], y == 1)):
    least = minimum.weights(rows, labels, 100.0)
    ones, signs = minimum.with_ones(rows), np.where(labels, 1.0, -1.0)
    outside = np.maximum(1 - signs * (ones @ least[1]), 0)
    assert np.abs(least[1] - 200 * (ones.T @ (signs * outside))).max() < 1e-6 and (outside > 0).any()
    assert np.allclose(least[0], -least[1])
    assert np.isclose(minimum.loss(least, rows, labels, 100.0), least[1] @ least[1] + 200 * (outside @ outside))
blobs = np.eye(3)[y] + 0.1 * rng.normal(size=(20, 3))
assert minimum.accuracy(minimum.weights(blobs, y, 1.0), blobs, y) == 1

# Two classes have one vector.
z = np.vstack((np.zeros(4), np.eye(4))) @ w[0] + b[0]
w1, b1 = claims.weights_from_probe(np.stack((1 / (1 + np.exp(z)), 1 / (1 + np.exp(-z))), axis=1))
assert w1.shape == (1, 4) and np.allclose(w1[0], w[0]) and np.allclose(b1, b[0])
assert np.isclose(claims.logistic_regression_objective(np.zeros((1, 4)), [0], x, y % 2, 1.0), 20 * np.log(2))
two = np.vstack((-w[0] / 2, w[0] / 2))  # as softmax has it, but for the penalty, which is half of it
assert np.isclose(claims.logistic_regression_objective(w[:1], b[:1], x, y % 2, 1e30),
                  claims.softmax_objective(two, np.array([-b[0], b[0]]) / 2, x, y % 2, 1e30))

# Two rows and two classes by hand: scores -0.5 and 1 of one row, 1 and 0.5 of the other.
value = claims.squared_hinge_objective([[1, -1], [0, 1]], [.5, 0], [[0, 1], [1, .5]], [0, 1], 2.0)
assert np.isclose(value, 0.5 * (3 + .25) + 2 * (1.5 ** 2 + 2 ** 2 + 2 ** 2 + 0.5 ** 2))
value = claims.squared_hinge_objective([[1, -1], [0, 1]], [.5, 0], [[0, 1], [1, .5]], [0, 1], 0)
assert np.isclose(value, 1.625)

# One vector is that of the second of two classes: scores 1 and -1, each right by its margin.
assert np.isclose(claims.squared_hinge_objective([[1.0]], [0.0], [[1.0], [-1.0]], [1, 0], 1.0), 0.5)

w1, b1 = claims.vectors_from_margins(np.array([[-.5, .5], [-1.5, 1.5]], np.float32))
assert w1.tolist() == [[1]] and b1.tolist() == [.5]
w1, b1 = claims.vectors_from_margins(np.array([[1, 2, 3], [2, 2, 2]], np.float32))
assert w1.tolist() == [[1], [0], [-1]] and b1.tolist() == [1, 2, 3]

# Exact neighbours: a tie at the third place between two classes is free, a clear vote is not.
train = np.array([[0], [1], [9], [10], [11]], np.uint8)
labels = np.array([0, 0, 1, 1, 1])
predicted, free = claims.exact_neighbours(train, labels, np.array([[0], [10], [5]], np.uint8), 3)
assert list(predicted[:2]) == [0, 1] and not free[1]
predicted, free = claims.exact_neighbours(train, labels, np.array([[5]], np.uint8), 1)
assert free[0] and predicted[0] == 0

# Real numbers are taken as they are, bytes as / 255; distances that float32 could not tell apart are told.
from lib import sklearn_worker
assert np.allclose(claims.real_values(np.array([0, 51, 255], np.uint8)), [0, .2, 1])
assert np.array_equal(claims.real_values(np.array([0, .25], np.float32)), [0, .25])
assert sklearn_worker.floats(np.array([.5], np.float32), "float64").dtype == np.float64
assert np.allclose(sklearn_worker.floats(np.array([51], np.uint8), "float32"), .2)
step = 2.0 ** -20
train = np.array([[.5, .25 + step, .875], [.5, .25, .875]], np.float32)
predicted, free = claims.exact_neighbours(train, np.array([0, 1]), np.array([[0, .25, 0]], np.float32), 1)
assert predicted[0] == 1 and not free[0]
EOF
    cd - >/dev/null
else
    echo "no python3: only the programs in C are tested" >&2
fi

cmake --build "$BUILD" --target export_split export_folds fit_one kernels ranks file_one write_rows >"$work/log" 2>&1 || fail "$(tail -n 20 "$work/log")"
split="--data synthetic:600 --train 300 --validation 200 --split-seed 7"
# shellcheck disable=SC2086 # several options
{
    expect 0 '"n_train": 300, "n_validation": 200, "d": 784, "k": 10' "$BUILD/bench/export_split" $split "$work"
    hash=$(grep -o '"train_hash": "[0-9a-f]*"' "$work/out")
    expect 0 "$hash" "$BUILD/bench/fit_one" $split --predictions "$work/p.npy" --facts knn n_neighbors=1
    grep -q '"train_accuracy": 1, ' "$work/out" || fail "a row is its own nearest neighbour: $(cat "$work/out")"
    expect 0 "$hash" "$BUILD/bench/fit_one" $split --shuffle-features --seed 3 majority
    mkdir "$work/table" "$work/mixed" "$work/wide"
    expect 0 '"n_train": 300, "n_validation": 200, "d": 54, "k": 7' "$BUILD/bench/export_split" $split --mixed-table "$work/mixed"
    hash=$(grep -o '"validation_hash": "[0-9a-f]*"' "$work/out")
    expect 0 "$hash" "$BUILD/bench/fit_one" $split --mixed-table boosting max_iter=2
    expect 0 '"n_train": 300, "n_validation": 200, "d": 20, "k": 4' "$BUILD/bench/export_split" $split --table "$work/table"
    hash=$(grep -o '"train_hash": "[0-9a-f]*"' "$work/out")
    expect 0 "$hash" "$BUILD/bench/fit_one" $split --table --probe "$work/probe.npy" linear_svm
    expect 0 '"d": 30, "k": 4' "$BUILD/bench/export_split" $split --table --features 30 "$work/wide"
    expect 0 '"accuracy"' "$BUILD/bench/fit_one" $split --table --features 3000 logreg
    expect 2 "did you mean majority" "$BUILD/bench/fit_one" $split majorty
    expect 0 '"first_fit": *[0-9.e-]*' "$BUILD/bench/fit_one" $split --repeats 4 majority
    expect 2 "needs a whole number" "$BUILD/bench/fit_one" --repeats 0 majority
    expect 2 "is not an option" "$BUILD/bench/fit_one" --sed 3 majority
    expect 2 "needs a whole number" "$BUILD/bench/fit_one" --train many majority
}
# Made-up files are the same at every call; what reads them says what it saw, and fits all of their rows.
"$BUILD/bench/write_rows" svmlight 200 3000 20 >"$work/rows.svm"
"$BUILD/bench/write_rows" svmlight 200 3000 20 | cmp - "$work/rows.svm" || fail "other rows at another call"
[[ $(awk 'NF != 21' "$work/rows.svm" | wc -l) == 0 ]] || fail "rows of another length"
expect 2 "write_rows svmlight ROWS" "$BUILD/bench/write_rows" svmlight 200 3 20
"$BUILD/bench/write_rows" csv 50 4 >"$work/rows.csv"
expect 0 '"rows":50,"features":4,"sparse":false' "$BUILD/bench/file_one" "$work/rows.csv"
for storage in dense sparse; do
    expect 0 '"rows":200,"features":' "$BUILD/bench/file_one" --storage $storage "$work/rows.svm" linear_svm tol=1e-6
    sed 's/.*"objective":\([0-9]*\.[0-9]\{3\}\).*/\1/' "$work/out" >"$work/objective.$storage"
done
cmp "$work/objective.dense" "$work/objective.sparse" || fail "sparse rows have another objective"
expect 2 "did you mean majority" "$BUILD/bench/file_one" "$work/rows.csv" majorty
expect 2 "no option --thread" "$BUILD/bench/file_one" --thread 1 "$work/rows.csv"

# A header of 128 bytes, then the items.
size() { wc -c <"$work/$1.npy"; }
[[ $(size train_x) == $((128 + 300 * 784)) && $(size validation_y) == $((128 + 200 * 4)) ]] || fail "sizes of the arrays"
[[ $(size p) == $(size validation_y) ]] || fail "size of the predictions"
head -c 128 "$work/train_x.npy" | grep -aq "'descr': '|u1', 'fortran_order': False, 'shape': (300, 784)" ||
    fail "header: $(head -c 128 "$work/train_x.npy")"

# --float: other rows, the same at every call, which lie within 1/256 above the bytes and are no bytes.
split="$split --float"
mkdir "$work/float" "$work/again"
# shellcheck disable=SC2086 # several options
{
    expect 0 '"n_train": 300, "n_validation": 200, "d": 784, "k": 10' "$BUILD/bench/export_split" $split "$work/again"
    expect 0 '"n_train": 300' "$BUILD/bench/export_split" $split "$work/float"
    float_hash=$(grep -o '"train_hash": "[0-9a-f]*"' "$work/out")
    [[ $float_hash != "$hash" ]] || fail "--float did not change the rows"
    expect 0 "$float_hash" "$BUILD/bench/fit_one" $split --predictions "$work/float/p.npy" --facts knn n_neighbors=1
    grep -q '"train_accuracy": 1, ' "$work/out" || fail "float rows: own nearest neighbour: $(cat "$work/out")"
    expect 2 "usage" "$BUILD/bench/export_split" $split
    printf '%s\n' a,b,label 0.5,1,x 2.25,3,y 1.5,1,x 2,3.5,y >"$work/real.csv"
    expect 2 "real.csv holds real numbers" "$BUILD/bench/fit_one" --data "$work/real.csv" --train 2 --validation 2 --float knn
    expect 0 "$float_hash" "$BUILD/bench/fit_one" $split --probe "$work/float/probe.npy" logreg max_iter=5
}
for part in train_x train_y validation_x validation_y; do
    cmp "$work/float/$part.npy" "$work/again/$part.npy" || fail "--float: $part differs between two calls"
done
cmp "$work/train_y.npy" "$work/float/train_y.npy" || fail "--float changed the labels"
[[ $(size float/train_x) == $((128 + 4 * 300 * 784)) ]] || fail "size of the float array"
[[ $(size float/probe) == $((128 + 4 * 785 * 10)) ]] || fail "size of the float probe"
head -c 128 "$work/float/train_x.npy" | grep -aq "'descr': '<f4', 'fortran_order': False, 'shape': (300, 784)" ||
    fail "header: $(head -c 128 "$work/float/train_x.npy")"
if command -v python3 >/dev/null; then
    python3 - "$work" <<'EOF'
import array
import sys

def items(path, kind):
    with open(f"{sys.argv[1]}/{path}.npy", "rb") as f:
        values = array.array(kind, f.read()[128:])
    if sys.byteorder == "big" and values.itemsize > 1:
        values.byteswap()
    return values

d, first = 784, {}
for part in ("train", "validation"):
    raw, real = items(part + "_x", "B"), items(f"float/{part}_x", "f")
    assert len(raw) == len(real)
    assert all(int(v * 256) == b for b, v in zip(raw, real))
    assert all(v * 2 ** 20 % 1 == 0 for v in real)
    assert len(set(real[400::d])) > 0.9 * len(real) / d  # hardly a repeat in a column
    first[part] = [v * 256 % 1 for v in real[:d]]
assert first["train"] != first["validation"]
assert abs(sum(first["train"]) / d - 0.5) < 0.1

# Our nearest neighbours are those of exact distances.
flat, query = items("float/train_x", "f"), items("float/validation_x", "f")
train = [flat[i:i + d] for i in range(0, len(flat), d)]
labels, ours = items("float/train_y", "i"), items("float/p", "i")
for i in range(0, 200, 40):
    row = query[i * d:(i + 1) * d]
    distances = [sum((a - b) ** 2 for a, b in zip(row, other)) for other in train]
    assert ours[i] == labels[distances.index(min(distances))], i
EOF
fi
expect 0 'byte products' "$BUILD/bench/kernels" --list
expect 2 'usage' "$BUILD/bench/kernels" --fast
expect 0 'accuracy  *10000 samples' "$BUILD/bench/ranks" --rows 2000 --classifiers 5
expect 2 'usage' "$BUILD/bench/ranks" --classifiers 1

# Folds and encoded rows of an experiment: the rows of the study, each scored once a repeat, none both ways; the encoding
# is fitted on the rows that are.
awk -v OFS=, 'BEGIN { print "a,word,kind"; for (i = 0; i < 30; i++) print i % 7 == 3 ? "NA" : i, substr("rgb", i % 3 + 1, 1), i % 2 ? "p" : "q" }' >"$work/folds.csv"
printf 'data: %s\nfolds: 3\nrepeats: 2\nmissing: median\ncategories: onehot\nmissing_indicators: true\nrows:\n  - tree: {}\n  - majority: {}\n' \
    "$work/folds.csv" >"$work/folds.yaml"
mkdir "$work/folds"
expect 0 '{"n": 30, "d": 2, "classes": 2, "encoded": true}' "$BUILD/bench/export_folds" "$work/folds.yaml" "$work/folds"
sed '/^folds/d' "$work/folds.yaml" >"$work/whole.yaml"
expect 1 'no folds' "$BUILD/bench/export_folds" "$work/whole.yaml" "$work/folds"
expect 1 'nowhere' "$BUILD/bench/export_folds" "$work/folds.yaml" "$work/nowhere"
expect 2 'usage' "$BUILD/bench/export_folds" "$work/folds.yaml"
"$SHORTLIST" run "$work/folds.yaml" --out "$work/store" --quiet >"$work/log" 2>&1 || fail "$(cat "$work/log")"
"$SHORTLIST" show folds majority --predictions --out "$work/store" >"$work/predictions.csv" || fail "no predictions"
if command -v python3 >/dev/null; then
    python3 - "$work" <<'EOF'
import array, csv, statistics, sys

def items(name, kind):
    with open(f"{sys.argv[1]}/folds/{name}.npy", "rb") as f:
        values = array.array(kind, f.read()[128:])
    if sys.byteorder == "big":
        values.byteswap()
    return list(values)

table = list(csv.DictReader(open(sys.argv[1] + "/folds.csv")))
truth = {}
for line in csv.DictReader(open(sys.argv[1] + "/predictions.csv", newline="")):
    truth.setdefault((line["repeat"], line["fold"]), []).append(line["truth"])
for repeat in "01":
    scored = []
    for fold in "012":
        fit, score = items(f"{repeat}-{fold}-fit", "i"), items(f"{repeat}-{fold}-score", "i")
        assert sorted(fit + score) == list(range(30)), (fit, score)
        assert [table[i]["kind"] for i in score] == truth[repeat, fold]
        x, scored = items(f"{repeat}-{fold}-x", "d"), scored + score
        median = statistics.median(float(table[i]["a"]) for i in fit if table[i]["a"] != "NA")
        for i, row in enumerate(table):
            gap = row["a"] == "NA"
            assert x[5 * i:5 * i + 5] == [median if gap else float(row["a"])] + [float(row["word"] == w) for w in "bgr"] + [gap], i
    assert sorted(scored) == list(range(30))
EOF
fi
