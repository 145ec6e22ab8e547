"""The report of bench/networks as text."""
from . import machine
from .report import goal_text
from .tables import mebibytes, percent, ratio, seconds, text_table


def head_lines(report):
    versions = ", ".join(f"{k} {v}" for k, v in report["versions"].items())
    return machine.lines(report["machine"]) + [
        f"versions   {versions}",
        f"data       {report['data']}, {report['validation']} images to score"]


def times_table(rows, targets):
    header = ["row", "images", "epoch: peer s", "ours s", "ratio", "score: peer s", "ours s", "ratio"]
    if targets:
        header[5:5], header[9:] = ["goal"], ["goal"]
    lines = []
    for r in rows:
        cells = [r["title"], str(r["n_train"])]
        for field in ("epoch", "score"):
            cells += [seconds(r["peer"][field + "_time"]), seconds(r["ours"][field + "_time"]), ratio(r[field + "_ratio"])]
            if targets:
                cells.append(goal_text(r["goals"][field], r[field + "_ratio"]))
        lines.append(cells)
    return text_table(header, lines)


def costs_table(rows):
    header = ["row", "CPU: peer s", "ours s", "peak: peer MiB", "ours MiB", "accuracy: peer %", "ours %", "claim"]
    return text_table(header, [
        [r["title"], seconds(r["peer"]["cpu_time"]), seconds(r["ours"]["cpu_time"]), mebibytes(r["peer"]["peak_memory"]),
         mebibytes(r["ours"]["peak_memory"]), percent(r["peer"]["accuracy"]), percent(r["ours"]["accuracy"]),
         "closed" if r["closed"] else "OPEN"] for r in rows])


def published_lines(row):
    """What was published of a row, and what both sides come to."""
    if not row.get("published"):
        return []
    def both(numbers):
        return f"{percent(numbers['train_accuracy'])} % of the training rows, {percent(numbers['accuracy'])} % of the test file"
    return [f"    published: {both(row['published'])}", f"    peer:      {both(row['peer'])}",
            f"    ours:      {both(row['ours'])}"]


def setting_text(setting):
    """2 threads, channels_last; scoring: 1 thread, batches of 100; OpenBLAS: 1 thread"""
    def one(threads, last):
        return f"{threads} thread{'s' if threads > 1 else ''}" + (", channels_last" if last else "")
    return (one(setting["threads"], setting["channels_last"]) + "; scoring: "
            + one(setting["score_threads"], setting["score_channels_last"]) + f", batches of {setting['score_batch']}"
            + "; OpenBLAS: " + one(setting["blas_threads"], False))


def times_text(row):
    """How a row's times were taken."""
    if not row["pairs"]:
        return "not timed"
    epochs = sorted({run["epochs"] for run in row["peer"]["runs"] if run["timed"]})
    return (f"timed in {row['pairs']} pair{'s' if row['pairs'] > 1 else ''} of {' or '.join(map(str, epochs))} "
            f"epoch{'s' if epochs != [1] else ''}; peer: {' or '.join(map(setting_text, row['settings']))}")


def claim_lines(report):
    lines = []
    for r in report["rows"]:
        if "failed" in r:
            lines.append(f"  {r['row']}: FAILED: {r['failed']}")
        else:
            lines += [f"  {r['row']}: {'closed' if r['closed'] else 'OPEN'}: {r['claim']}", f"    {times_text(r)}"]
            lines += published_lines(r)
    return ["claims:"] + lines


def text(report, targets):
    rows = [r for r in report["rows"] if "failed" not in r]
    timed = [r for r in rows if r["pairs"]]
    blocks = [head_lines(report)] + ([times_table(timed, targets)] if timed else [])
    blocks += [costs_table(rows)] if rows else []
    return "\n\n".join("\n".join(b) for b in blocks + [claim_lines(report)]) + "\n"
