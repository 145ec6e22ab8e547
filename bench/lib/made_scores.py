"""Scores of both sides on made tables: the same folds, the same steps in them, the same hyperparameters.

A pair holds where the mean accuracies differ by at most 1.5 points, or by two standard errors of the difference
(taken over the folds, where both sides have the same rows); on imbalanced tables the balanced accuracy, too.
Quick random rows are fitted several times in each fold: scikit-learn's with several seeds, our SGD with several random
streams, and our tree, which takes the first of features that split as well, with the columns in several orders."""
import csv
import io
import json
import math
import os
import subprocess
import sys

from . import made_peer, made_tables
from .pairing import RunError, run_json

N_FOLDS, REPEATS, SEED = 5, 3, 42
POINTS, ERRORS = 0.015, 2
ROWS = {  # key: classifier, hyperparameters that are not its defaults
    "majority": ("majority", ""), "sgd": ("sgd", ""), "logreg": ("logreg", ""), "knn": ("knn", ""), "tree": ("tree", ""),
    "svm-linear": ("svm", "kernel: linear"), "svm-rbf": ("svm", "kernel: rbf"), "linear-svm": ("linear_svm", ""),
    "mlp": ("mlp", ""),
}
IMBALANCED = ("one-in-20", "one-in-100")


def rows_of(keys, draws):
    """(name, classifier, hyperparameters) of each row.  SGD has a row a draw: an exponent that its schedule does not use
    gives it another random stream."""
    for key in keys:
        yield (key, *ROWS[key])
        for draw in range(1, made_peer.draws_of(key, draws) if key == "sgd" else 1):
            yield f"sgd-{draw}", "sgd", f"power_t: {0.5 + draw / 1000}"


def experiment_text(table, path, keys, seed, draws=1):
    lines = [f"data: {path}", f"folds: {N_FOLDS}", f"repeats: {REPEATS}", f"seed: {seed}", "scale: standard"]
    lines += [f"{name}: {value}" for name, value in table.settings.items()] + ["rows:"]
    for name, classifier, params in rows_of(keys, draws):
        lines += [f"  - {classifier}: {{{params}}}", f"    name: {name}"]
    return "\n".join(lines) + "\n"


def write_experiment(table, columns, keys, seed, folder, draws=1):
    """The table's file and the experiment on it: their paths."""
    os.makedirs(folder, exist_ok=True)
    path, experiment = made_tables.write(table, columns, folder), os.path.join(folder, "made.yaml")
    with open(experiment, "w", encoding="utf-8") as f:
        f.write(experiment_text(table, path, keys, seed, draws))
    return path, experiment


def orders_of(columns, draws):
    """The columns in other orders."""
    import random
    for draw in range(1, draws):
        names = [name for name in columns if name != "class"]
        random.Random(draw).shuffle(names)
        yield {name: columns[name] for name in names + ["class"]}


def run_ours(program, experiment, keys, folder, env, draws=1):
    """{key: {(repeat, fold): [[(truth, predicted)], ...]}}, a list for each draw."""
    out = os.path.join(folder, "results")

    def call(arguments):
        done = subprocess.run([program, *arguments, "--out", out], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if done.returncode != 0:
            raise RunError(f"shortlist {arguments[0]} ended with {done.returncode}: {done.stderr.decode(errors='replace')[-600:]}")
        return done.stdout.decode()

    call(["run", experiment, "--name", "made", "--quiet"])
    found = {key: {} for key in keys}
    for name, _, _ in rows_of(keys, draws):
        drawn, folds = {}, found["sgd" if name.startswith("sgd-") else name]
        for line in csv.DictReader(io.StringIO(call(["show", "made", name, "--predictions"]), newline="")):
            drawn.setdefault((int(line["repeat"]), int(line["fold"])), []).append((line["truth"], line["predicted"]))
        for fold, pairs in drawn.items():
            folds.setdefault(fold, []).append(pairs)
    return found


def refuses_cnn(program, path, table, folder, env):
    """A net of convolutions has nothing to do on a table: the request is refused, whatever else the table is."""
    options = [part for name, value in table.settings.items() for part in
               ([f"--{name.replace('_', '-')}"] if value == "true" else [f"--{name.replace('_', '-')}", value])]
    done = subprocess.run([program, "run", "--data", path, "--models", "cnn", "--out", os.path.join(folder, "cnn"), *options],
                          env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    return done.returncode == 2 and b"cnn needs images" in done.stderr


def accuracy(pairs):
    return sum(t == p for t, p in pairs) / len(pairs)


def balanced(pairs):
    """Mean recall of the classes that occur."""
    rows, right = {}, {}
    for truth, predicted in pairs:
        rows[truth] = rows.get(truth, 0) + 1
        right[truth] = right.get(truth, 0) + (truth == predicted)
    return sum(right[c] / rows[c] for c in rows) / len(rows)


def difference(peer, ours, measure):
    """Means of both sides, and the standard error of the difference over the folds."""
    over = lambda draws: sum(map(measure, draws)) / len(draws)
    pairs = [(over(peer[fold]), over(ours[fold])) for fold in peer]
    n = len(pairs)
    gaps = [b - a for a, b in pairs]
    mean = sum(gaps) / n
    error = math.sqrt(sum((g - mean) ** 2 for g in gaps) / (n - 1) / n)
    return {"peer": sum(a for a, _ in pairs) / n, "ours": sum(b for _, b in pairs) / n, "error": error,
            "holds": abs(mean) <= max(POINTS, ERRORS * error)}


def neighbours(folds, peer, ours):
    """Rows with an equal of the last neighbour (shares); where ours differs from an exact search; whether the peer
    differs from ours among those rows alone."""
    ties = [(f, (f["repeat"], f["fold"])) for f in folds]
    rows = [(tied, exact, a[1], b[1]) for f, at in ties
            for tied, exact, a, b in zip(f["tied"], f["exact"], peer[at][0], ours[at][0])]
    return {"tied": sum(r[0] for r in rows) / len(rows), "not_exact": sum(r[1] != r[3] for r in rows) / len(rows),
            "only_ties": all(r[0] or r[2] == r[3] for r in rows)}


def compare_row(table, key, folds, ours):
    peer = {(f["repeat"], f["fold"]): [list(zip(f["truth"], p)) for p in f["predicted"][key]] for f in folds}
    for fold, draws in peer.items():
        if any([t for t, _ in draws[0]] != [t for t, _ in draw] for draw in ours[fold]):
            raise RunError(f"{table.key}, {key}: fold {fold} holds other rows than were exported")
    found = {"key": key, "accuracy": difference(peer, ours, accuracy), "balanced": difference(peer, ours, balanced)}
    differ = [[a[1] != b[1] for a, b in zip(peer[f][0], ours[f][0])] for f in peer]
    found["other_labels"] = sum(map(sum, differ)) / sum(map(len, differ))
    found["holds"] = found["accuracy"]["holds"] and (table.key not in IMBALANCED or found["balanced"]["holds"])
    if key == "knn":
        found.update(neighbours(folds, peer, ours))
        found["same_search"] = found["not_exact"] == 0 and found["only_ties"]
    return found


def compare_table(table, keys, programs, env, folder, draws, seed=SEED):
    here, columns = os.path.join(folder, table.key), table.columns()
    path, experiment = write_experiment(table, columns, keys, seed, here, draws)
    program, folds = os.path.join(os.path.dirname(programs), "shortlist"), os.path.join(here, "folds")
    os.makedirs(folds)
    facts = run_json([os.path.join(programs, "export_folds"), experiment, folds], env, "folds")
    ours = run_ours(program, experiment, keys, here, env, draws)
    for i, other in enumerate(orders_of(columns, draws) if "tree" in keys else ()):
        there = os.path.join(here, f"order{i}")
        again = run_ours(program, write_experiment(table, other, ["tree"], seed, there)[1], ["tree"], there, env)
        for fold, drawn in again["tree"].items():
            ours["tree"][fold] += drawn
    job = {"table": table.key, "file": path, "folds": folds, "rows": keys, "seed": seed, "n_folds": N_FOLDS,
           "repeats": REPEATS, "draws": draws}
    peer = run_json([sys.executable, os.path.join(os.path.dirname(os.path.abspath(__file__)), "made_peer.py"),
                     json.dumps(job)], env, "scikit-learn")
    encodings = [f["encoding"] for f in peer["folds"] if "encoding" in f]
    return {"table": table.key, "what": table.what, "n": facts["n"], "d": facts["d"], "classes": facts["classes"],
            "imbalanced": table.key in IMBALANCED, "encodings": encodings,
            "encoding_holds": all(isinstance(e, float) and e <= 1e-9 for e in encodings),
            "refuses_cnn": refuses_cnn(program, path, table, here, env),
            "rows": [compare_row(table, key, peer["folds"], ours[key]) for key in keys]}
