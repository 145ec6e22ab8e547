"""PyTorch and shortlist in turn on one net, and what their numbers say."""
import json
import os
import sys

from . import network_results, network_rows, ours
from .kept import Kept
from .pairing import RunError, run_json, say

WORKER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "torch_worker.py")
TRIED_ROWS = 6000    # images on which the peer's settings are tried
SCORE_BATCHES = (50, 100, 250, 1000)


def settings(net, threads):
    """What the peer may be set to without another answer.  blas_threads: of OpenBLAS, whose threads are not
    PyTorch's own and do not follow them."""
    return [{"threads": t, "blas_threads": b, "channels_last": last} for t in sorted({1, threads}, reverse=True)
            for b in sorted({1, t})
            for last in ((True, False) if network_rows.is_spatial(net) else (False,))]


def choose(tried):
    """The fastest setting for epochs and the fastest for scoring, of [{threads, blas_threads, channels_last,
    epoch_time, score_times}], as one job; OpenBLAS's threads stay those of the epochs."""
    fit = min(tried, key=lambda t: t["epoch_time"])
    seconds, batch, score = min(((s, int(b), t) for t in tried
                                 if t["blas_threads"] == fit["blas_threads"] for b, s in t["score_times"].items()),
                                key=lambda found: found[:2])
    return {"threads": fit["threads"], "blas_threads": fit["blas_threads"], "channels_last": fit["channels_last"],
            "score_threads": score["threads"], "score_channels_last": score["channels_last"], "score_batch": batch}


class NetComparison:
    """Where and how to run: so many timed pairs, and further runs up to so many seeds.  keep: a folder of runs."""

    def __init__(self, binaries, folder, data, validation, env, pairs, seeds, epochs, threads, train=None, keep=None):
        self.binaries, self.folder, self.data, self.validation = binaries, folder, data, validation
        self.env, self.pairs, self.seeds, self.epochs = env, pairs, seeds, epochs
        self.threads, self.train, self.kept = threads, train, Kept(keep)
        self.splits = {}  # by training rows, and whether the test file is scored

    def split(self, n_train, test=False):
        if (n_train, test) not in self.splits:
            split = ours.Split(self.data, n_train, self.validation, test=test)
            split.export(self.binaries, os.path.join(self.folder, f"{n_train}-test" if test else str(n_train)), self.env)
            self.splits[n_train, test] = split
        return self.splits[n_train, test]

    def peer(self, row, split, setting, seed, epochs, **more):
        facts = split.facts
        job = dict(setting, net=row.net, optimizer=row.optimizer, rate=row.rate, batch=row.batch, epochs=epochs,
                   seed=seed, classes=facts["k"], image=image_of(facts), **more)
        env = dict(self.env, OPENBLAS_NUM_THREADS=str(setting["blas_threads"]))

        def make(path):
            whole = json.dumps(dict(job, folder=split.folder, keep=path and path + ".pt"))
            return run_json([sys.executable, WORKER, whole], env, "PyTorch " + row.key)

        found = self.kept.result(f"peer-{row.key}-{seed}", json.dumps([job, split.options()]), make)
        return dict(found, epoch_time=found["fit_time"] / epochs)

    def mine(self, row, split, seed, epochs):
        def make(_):
            return ours.fit(self.binaries, split, "cnn", row.params(epochs), self.env, seed=seed, threads=self.threads,
                            facts=row.published is not None)

        found = self.kept.result(f"ours-{row.key}-{seed}", json.dumps([row.params(epochs), split.options()]), make)
        return dict(found, epoch_time=found["fit_time"] / epochs)

    def try_settings(self, row, n_train):
        """Every setting on a few rows: [{setting, epoch_time, score_times}]"""
        small, tried = self.split(min(n_train, TRIED_ROWS)), []
        for setting in settings(row.net, self.threads):
            run = self.peer(row, small, setting, 0, 1, score_batches=SCORE_BATCHES)
            tried.append(dict(setting, epoch_time=run["epoch_time"], score_times=run["score_times"]))
        return tried

    def our_parameters(self, row, facts):
        """Of our net, as `shortlist list nets` counts them."""
        channels, height, width = image_of(facts)
        return run_json([os.path.join(os.path.dirname(self.binaries), "shortlist"), "list", "nets", row.net, "--shape",
                         f"{height}x{width}x{channels}", "--classes", str(facts["k"]), "--format", "json"], self.env,
                        "shortlist list nets")["params"]

    def measure(self, row, head):
        n_train, epochs = self.train or row.train, self.epochs or row.epochs
        split = self.split(n_train, row.published is not None)
        tried = self.try_settings(row, n_train) if self.pairs else []
        setting = choose(tried) if tried else settings(row.net, self.threads)[0]
        runs = {"peer": [], "ours": []}
        for seed in range(max(self.pairs, self.seeds)):
            a = self.peer(row, split, setting, seed, epochs, facts=row.published is not None)
            b = self.mine(row, split, seed, epochs)
            for side, run in (("peer", a), ("ours", b)):
                runs[side].append(dict(run, timed=seed < self.pairs, epochs=epochs))
            say(f"  {row.key} seed {seed}: epoch {a['epoch_time']:.3f} / {b['epoch_time']:.3f} s, score "
                f"{a['score_time']:.3f} / {b['score_time']:.3f} s, accuracy {100 * a['accuracy']:.2f} / "
                f"{100 * b['accuracy']:.2f} %")
        head = dict(head, n_train=n_train, settings=[setting] if tried else [], settings_tried=tried,
                    parameters={"peer": runs["peer"][0]["parameters"], "ours": self.our_parameters(row, split.facts)})
        return network_results.summary(head, **runs)

    def result(self, row):
        """One row of the report."""
        head = {"row": row.key, "title": row.title, "net": row.net, "batch": row.batch, "optimizer": row.optimizer,
                "goals": {"epoch": row.epoch, "score": row.score}, "published": row.published}
        try:
            return self.measure(row, head)
        except RunError as error:
            say(f"  {row.key}: {error}")
            return dict(head, failed=str(error).splitlines()[-1])


def image_of(facts):
    """(channels, height, width) of the exported rows."""
    side = round(facts["d"] ** 0.5)
    if side * side != facts["d"]:
        raise RunError(f"rows of {facts['d']} features are no square grey images")
    return [1, side, side]
