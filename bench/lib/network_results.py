"""What a net's runs say, and reports of several runs put together."""
import json

from . import claims
from .pairing import RunError, mean, median, medians, pair_ratios

FIELDS = ("epoch_time", "score_time", "cpu_time", "peak_memory")
SEEDS = 3  # that a claim needs
SAME = ("net", "batch", "optimizer", "n_train", "parameters")  # of rows that may be put together


def _claim(head, peer, ours, epochs):
    closed, why = claims.check_accuracy(peer, ours)
    why += f" after {epochs} epoch{'s' if epochs > 1 else ''}"
    if len(peer) < SEEDS:
        closed, why = False, why + f" (a claim needs {SEEDS} seeds)"
    a, b = head["parameters"]["peer"], head["parameters"]["ours"]
    if a != b:
        return False, f"{a} / {b} parameters: not the same net; {why}"
    return closed, f"{a} parameters; {why}"


def summary(head, peer, ours):
    """A row of the report: head and what its runs say.

    Runs at the same place of the two lists are a pair, of the same seed and epochs.  Times come from the pairs
    that were timed, accuracies from those with the most epochs, one a seed."""
    pairs = list(zip(peer, ours))
    timed = [pair for pair in pairs if pair[0]["timed"]]
    epochs = max(run["epochs"] for run in peer)
    judged = {}
    for pair in pairs:
        if pair[0]["epochs"] == epochs:
            judged.setdefault(pair[0]["seed"], pair)
    sides = {side: [pair[i] for pair in judged.values()] for i, side in enumerate(("peer", "ours"))}
    closed, why = _claim(head, sides["peer"], sides["ours"], epochs)
    out = dict(head, pairs=len(timed), closed=closed, claim=why)
    for i, (side, runs) in enumerate((("peer", peer), ("ours", ours))):
        out[side] = dict(medians([pair[i] for pair in timed], *FIELDS),
                         accuracy=mean([run["accuracy"] for run in sides[side]]), runs=runs)
        if head.get("published"):
            out[side]["train_accuracy"] = mean([run["train_accuracy"] for run in sides[side]])
    for field in ("epoch", "score", "cpu"):
        ratios = pair_ratios([pair[0] for pair in timed], [pair[1] for pair in timed], field + "_time")
        out[field + "_ratio"], out[field + "_ratios"] = median(ratios), ratios
    return out


def _join(a, b):
    """Two rows of the same key; one that failed adds nothing."""
    if "failed" in a or "failed" in b:
        return b if "failed" in a else a
    for name in SAME:
        if a[name] != b[name]:
            raise RunError(f"{a['row']}: {name} is {a[name]} in one report and {b[name]} in another")
    head = dict(a, settings=a["settings"] + [s for s in b["settings"] if s not in a["settings"]],
                settings_tried=a["settings_tried"] + b["settings_tried"])
    return summary(head, a["peer"]["runs"] + b["peer"]["runs"], a["ours"]["runs"] + b["ours"]["runs"])


def merge(paths):
    """One report of those in several files."""
    return joined([read(path) for path in paths])


def joined(reports):
    """One report of several: each row with all of its runs.  The machine is that of the timed runs."""
    rows = {}
    for report in reports:
        for name in ("data", "validation", "versions"):
            if report[name] != reports[0][name]:
                raise RunError(f"{name} is {reports[0][name]} in one report and {report[name]} in another")
        for row in report["rows"]:
            rows[row["row"]] = _join(rows[row["row"]], row) if row["row"] in rows else row
    timed = [r for r in reports if any(row.get("pairs") for row in r["rows"])]
    for report in timed:
        if report["machine"]["cpu"] != timed[0]["machine"]["cpu"]:
            raise RunError(f"timed on {timed[0]['machine']['cpu']} and on {report['machine']['cpu']}")
    return dict((timed or reports)[0], rows=list(rows.values()))


def read(path):
    """A report that --json wrote."""
    try:
        with open(path, encoding="utf-8") as f:
            report = json.load(f)
        if all("failed" in row or row["settings"] is not None for row in report["rows"]):
            return report
    except (ValueError, KeyError, TypeError):
        pass
    raise RunError(f"{path} is no report of bench/networks")
