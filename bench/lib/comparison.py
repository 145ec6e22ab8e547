"""scikit-learn and shortlist in turn on one split, and what their numbers say."""
import json
import os
import sys

from . import claims, ours, programs, rows as row_table
from .pairing import RunError, mean, median, medians, pair_ratios, run_json, say

WORKER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "sklearn_worker.py")
FIELDS = ("fit_time", "score_time", "cpu_time", "peak_memory")


class Comparison:
    """Where and how to run: the split, its folder, both environments."""

    def __init__(self, split, binaries, env, peer_env, pairs, seeds, threads, with_programs):
        self.split, self.binaries = split, binaries
        self.env, self.peer_env = env, peer_env
        self.pairs, self.seeds, self.threads = pairs, seeds, threads
        self.with_programs = with_programs
        self.repeats = 1  # fits in each process, of which the median counts
        self.shallow_depth = claims.SHALLOW
        self.small = None  # a split of at most 10,000 rows to choose the peer's settings on

    def path(self, name):
        return os.path.join(self.split.folder, name)

    def peer(self, row, setting, seed, facts=False, split=None):
        job = dict(setting, peer=row.peer, params=row.peer_params, seed=seed, facts=facts, repeats=self.repeats,
                   folder=(split or self.split).folder, predictions=self.path(f"peer-{row.key}.npy"))
        if self.threads and job.get("n_jobs") == -1:
            job["n_jobs"] = self.threads
        found = run_json([sys.executable, WORKER, json.dumps(job)], self.peer_env, "scikit-learn " + row.key)
        return dict(found, predictions=job["predictions"])

    def mine(self, row, seed, facts=False):
        probe = self.path(f"probe-{row.key}.npy") if facts and row.check in ("objective", "margins") else None
        return ours.fit(self.binaries, self.split, row.classifier, row.params, self.env, seed=seed,
                        threads=self.threads, repeats=self.repeats, predictions=self.path(f"ours-{row.key}.npy"), probe=probe,
                        facts=facts and row.check == "impurity", shuffle=row.check == "impurity" and seed > 0)

    def shallow(self, row):
        """Training impurity of both sides' trees of limited depth, where it is not 0: (peer, ours)."""
        from types import SimpleNamespace
        cut = SimpleNamespace(**dict(vars(row), peer_params={"max_depth": self.shallow_depth},
                                     params=[f"max_depth={self.shallow_depth}"]))
        peer, mine = self.peer(cut, row.variants[0], 0, facts=True), self.mine(cut, 0)
        return peer["impurity"], mine["objective"]

    def variants(self, row):
        return row_table.variants(row, self.split.real)

    def goals(self, row):
        return row_table.goals(row, self.split.real)

    def choose_setting(self, row):
        """The fastest of the settings that leave the peer's answer alone."""
        variants = self.variants(row)
        if len(variants) == 1:
            return variants[0], []
        tried = []
        for setting in variants:
            run = self.peer(row, setting, 0, split=self.small)
            tried.append(dict(setting, seconds=run["fit_time"] + run["score_time"]))
        best = min(range(len(tried)), key=lambda i: tried[i]["seconds"])
        return variants[best], tried

    def choose_program(self, row):
        """(name, arguments) of LIBSVM's or LIBLINEAR's own program, the fastest of its ways; None: it is left out."""
        if not (self.with_programs and row.program and programs.find(row.program[0])):
            return None
        name, *ways = row.program
        if len(ways) > 1:
            folder = (self.small or self.split).folder
            times = [programs.run(name, way, folder, self.env)["fit_time"] for way in ways]
            ways = [ways[times.index(min(times))]]
        return name, ways[0]

    def measure(self, row):
        """All runs of a row: {peer, ours: runs of the pairs, more_peer, more_ours: further seeds}."""
        setting, tried = self.choose_setting(row)
        found = {"setting": setting, "settings_tried": tried, "peer": [], "ours": [], "more_peer": [],
                 "more_ours": [], "program": []}
        program = self.choose_program(row)
        for pair in range(self.pairs):
            facts = pair == 0
            found["peer"].append(self.peer(row, setting, pair, facts))
            if program:
                found["program"].append(programs.run(*program, self.split.folder, self.env))
            found["ours"].append(self.mine(row, pair, facts))
            a, b = found["peer"][-1], found["ours"][-1]
            say(f"  {row.key} {pair + 1}/{self.pairs}: fit {a['fit_time']:.3f} / {b['fit_time']:.3f} s, "
                f"score {a['score_time']:.3f} / {b['score_time']:.3f} s")
            if pair == 0:  # before another pair's files take their place
                found["claim"] = self.claim_of_pair(row, a, b)
        if row.random:
            for seed in range(self.pairs, self.seeds):
                say(f"  {row.key} seed {seed}")
                found["more_peer"].append(self.peer(row, setting, seed))
                found["more_ours"].append(self.mine(row, seed))
        return found

    def claim_of_pair(self, row, peer, mine):
        if row.check == "objective":
            return claims.check_objective(peer, mine, self.split.folder)
        if row.check == "margins":
            return claims.check_margins(peer, mine, self.split.folder)
        if row.check == "neighbours":
            return claims.check_neighbours(peer, mine, self.split.folder)
        if row.check == "dual":
            return claims.check_dual(peer, mine)
        if row.check == "predictions":
            return claims.check_predictions(peer, mine)
        if row.check == "impurity":
            return claims.check_impurity(peer, mine, self.shallow(row), self.shallow_depth)
        return None

    def claim(self, row, found):
        """(closed, why) of a measured row."""
        peers, mine = found["peer"] + found["more_peer"], found["ours"] + found["more_ours"]
        if row.random:
            closed, why = claims.check_accuracy(peers, mine)
            if found["claim"]:
                closed, why = closed and found["claim"][0], why + ", " + found["claim"][1]
            n_iter = [mean([r["n_iter"] for r in side]) for side in (peers, mine)]
            if None not in n_iter:
                why += f", {n_iter[0]:.0f}/{n_iter[1]:.0f} iterations"
            if row.random and len(peers) < 5:
                closed, why = False, why + " (a claim needs 5 seeds)"
            return closed, why
        closed, why = found["claim"]
        duals = [r["objective"] for r in found["program"] if r["objective"]]
        if row.check == "dual" and duals:
            why += f"; svm-train's dual {median(duals):.2f}"
        return closed, why

    def result(self, row):
        """One row of the report."""
        head = {"row": row.key, "title": row.title, "core": row.core, "peer_class": row.peer,
                "classifier": row.classifier, "params": row.params,
                "goals": dict(zip(("fit", "score"), self.goals(row)))}
        try:
            found = self.measure(row)
            closed, why = self.claim(row, found)
        except (RunError, RuntimeError) as error:
            say(f"  {row.key}: {error}")
            return dict(head, failed=str(error).splitlines()[-1])
        out = dict(head, setting=found["setting"], settings_tried=found["settings_tried"], closed=closed, claim=why)
        for side in ("peer", "ours"):
            runs = found[side]
            out[side] = medians(runs, *FIELDS, "first_fit", "first_score")
            out[side]["accuracy"] = mean([r["accuracy"] for r in runs + found["more_" + side]])
            out[side]["runs"] = [{k: v for k, v in r.items() if k not in ("predictions", "probe")} for r in runs]
        for field in ("fit", "score", "cpu"):
            ratios = pair_ratios(found["peer"], found["ours"], field + "_time")
            out[field + "_ratio"], out[field + "_ratios"] = median(ratios), ratios
        if found["program"]:
            fit = median([r["fit_time"] for r in found["program"]])
            out["program"] = dict(found["program"][0], fit_time=fit,
                                  fit_ratio=median(pair_ratios(found["program"], found["ours"], "fit_time")))
        return out


def through_program(run, row_list, results):
    """What `shortlist run` itself prints for the rows, and whether a deterministic row scores there what it
    scored here: [{row, fit_time, score_time, accuracy, agrees}]."""
    measured = {r["row"]: r for r in results if "failed" not in r}
    rows = [row for row in row_list if row.key in measured and not row.table]
    if not rows or run.split.real:  # real numbers are made here, no file holds them
        return []
    say("shortlist run, once over all rows")
    try:
        told = ours.run_program(run.binaries, run.split, rows, run.env, run.threads, os.path.dirname(run.split.folder))
    except RunError as error:
        say(f"  {error}")
        return []
    found = []
    for row in rows:
        line = told[row.key]
        same = abs((line["accuracy"] or 0) - measured[row.key]["ours"]["runs"][0]["accuracy"]) < 1e-9
        found.append({"row": row.key, "fit_time": line["fit_time"], "score_time": line["score_time"],
                      "accuracy": line["accuracy"], "status": line["status"],
                      "agrees": None if row.random and row.check == "accuracy" else same})
    return found


def together(results, pairs, keys):
    """Fit + score of the rows with these keys in sum, pair by pair; None unless all are there."""
    rows = [r for r in results if r["row"] in keys and "failed" not in r]
    if len(rows) != len(keys):
        return None

    def total(side, i, *fields):
        return sum(r[side]["runs"][i][f] for r in rows for f in fields)

    sums = [(total("peer", i, "fit_time", "score_time"), total("ours", i, "fit_time", "score_time"))
            for i in range(pairs)]
    cpu = [(total("peer", i, "cpu_time"), total("ours", i, "cpu_time")) for i in range(pairs)]
    return {"rows": len(rows), "peer": median([a for a, _ in sums]), "ours": median([b for _, b in sums]),
            "ratio": median([a / b for a, b in sums]), "ratios": [a / b for a, b in sums],
            "peer_cpu": median([a for a, _ in cpu]), "ours_cpu": median([b for _, b in cpu]),
            "closed": all(r["closed"] for r in rows)}
