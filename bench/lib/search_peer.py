"""The peer's side of a search: which of its fits are made, and what all of them would take.

A fit that is kept has a file of its own, so that a search that was stopped goes on with the next one."""
import json
import os
import sys

from . import kept, machine, searches
from .pairing import run_json

WORKER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "search_worker.py")


def sample(n, least):
    """At least so many of 0 ... n-1, evenly spaced, in all folds."""
    step = max(1, n // least)
    while step > 1 and step % searches.FOLDS == 0:
        step -= 1
    return range(0, n, step)


class Peer:
    def __init__(self, search, args, folder, env, rows):
        """folder: of the exported rows; rows: text that tells them and what computes them from others."""
        self.search, self.folder, self.env = search, folder, env
        every = [(c, k) for c in search.combinations() for k in range(searches.FOLDS)]
        self.n_all = len(every)
        self.chosen = every if args.whole else [every[i] for i in sample(len(every), args.fits)]
        self.kept = kept.Kept(args.keep or os.path.join(folder, "fits"))
        versions = machine.peer_versions()
        self.rows = f"{rows} {machine.cpu_model()} {versions.get('sklearn')} {versions.get('numpy')}"

    def fit(self, combination, fold, jobs):
        """What the worker needs of one fit; its file's name tells it from all others."""
        search = self.search
        params = {**search.peer_fixed, **{n: searches.value(t) for n, t in combination.items()}}
        what = f"{self.rows} {search.peer} {search.dtype} {jobs} {fold} {json.dumps(params, sort_keys=True)}"
        return {"params": params, "fold": fold, "path": self.kept.path(search.key, what) + ".json"}

    def made(self, jobs):
        """[{seconds, score}] of the chosen fits, of which those are made that are not there."""
        fits = [self.fit(c, k, jobs) for c, k in self.chosen]
        missing = [f for f in fits if not os.path.exists(f["path"])]
        if missing:
            job = {"peer": self.search.peer, "fits": missing, "n_jobs": jobs, "dtype": self.search.dtype, "folder": self.folder}
            run_json([sys.executable, WORKER, json.dumps(job)], self.env, "scikit-learn " + self.search.key)
        return [kept.read(f["path"]) for f in fits]

    def fastest(self, all_jobs):
        """(seconds of all fits, fits made, [(combination, fold, accuracy)], n_jobs) of the fastest n_jobs."""
        found = []
        for jobs in all_jobs:
            made = self.made(jobs)
            seconds = sum(f["seconds"] for f in made) / jobs * self.n_all / len(made)
            scores = [(tuple(c.items()), k, f["score"]) for (c, k), f in zip(self.chosen, made)]
            found.append((seconds, len(made), scores, jobs))
        return min(found, key=lambda f: f[0])
