"""The report of bench/peers as text."""
from . import machine, rows as row_table
from .tables import mebibytes, percent, ratio, seconds, text_table

NUMBERS = {6: "six", 7: "seven"}


def machine_lines(report):
    blas = report["blas"]
    lines = machine.lines(report["machine"])
    lines += [f"BLAS       {blas['library']} core {blas['core']} ({blas['setting']}): sgemm {blas['sgemm']:.0f}, "
              f"dgemm {blas['dgemm']:.0f} GFLOP/s"]
    if blas["setting"] != "detected":
        own = blas["detected"]
        lines.append(f"           (by itself it takes this processor for {own['core']}: {own['sgemm']:.0f} GFLOP/s)")
    versions = ", ".join(f"{k} {v}" for k, v in report["versions"].items())
    s = report["split"]
    lines += [f"versions   {versions}",
              f"split      {s['data']}: {s['n_train']} training, {s['n_validation']} validation rows, seed {s['seed']}; "
              f"{report['pairs']} pairs" + ("; real numbers: (byte + jitter) / 256" if s["real"] else "")]
    return lines


def goal_text(goal, found):
    if goal is None:
        return ""
    return f"{goal}x " + ("met" if found is not None and found >= goal else "MISSED")


def times_table(report, targets):
    header = ["row", "fit: peer s", "ours s", "ratio", "score: peer s", "ours s", "ratio"]
    if targets:
        header[4:4], header[8:] = ["goal"], ["goal"]
    lines = []
    for r in report["rows"]:
        if "failed" in r:
            continue
        fit = [seconds(r["peer"]["fit_time"]), seconds(r["ours"]["fit_time"]), ratio(r["fit_ratio"])]
        score = [seconds(r["peer"]["score_time"]), seconds(r["ours"]["score_time"]), ratio(r["score_ratio"])]
        if targets:
            fit.append(goal_text(r["goals"]["fit"], r["fit_ratio"]))
            score.append(goal_text(r["goals"]["score"], r["score_ratio"]))
        lines.append([r["title"]] + fit + score)
    return text_table(header, lines)


def row_line(r, targets):
    """One measured row in a line, told while the others are yet to come."""
    if "failed" in r:
        return f"  {r['row']}: FAILED: {r['failed']}"
    peer, ours = r["peer"], r["ours"]
    goals = [goal_text(r["goals"][part], r[part + "_ratio"]) if targets else "" for part in ("fit", "score")]
    times = [f"{part} {seconds(peer[part + '_time'])} / {seconds(ours[part + '_time'])} s: {ratio(r[part + '_ratio'])}"
             + (f" (goal {goal})" if goal else "") for part, goal in zip(("fit", "score"), goals)]
    return (f"  {r['row']}: {', '.join(times)}; accuracy {percent(peer['accuracy'])} / {percent(ours['accuracy'])} %; "
            f"peak {mebibytes(peer['peak_memory'])} / {mebibytes(ours['peak_memory'])} MiB; "
            f"{'closed' if r['closed'] else 'OPEN'}")


def costs_table(report):
    header = ["row", "CPU: peer s", "ours s", "peak: peer MiB", "ours MiB", "accuracy: peer %", "ours %", "claim"]
    lines = []
    for r in report["rows"]:
        if "failed" in r:
            continue
        p, o = r["peer"], r["ours"]
        lines.append([r["title"], seconds(p["cpu_time"]), seconds(o["cpu_time"]), mebibytes(p["peak_memory"]),
                      mebibytes(o["peak_memory"]), percent(p["accuracy"]), percent(o["accuracy"]),
                      "closed" if r["closed"] else "OPEN"])
    return text_table(header, lines)


def tried_text(tried, n_train):
    """The peer's settings that were tried, by what they differ in, with their seconds of fit + score."""
    if not tried:
        return ""
    names = [k for k in tried[0] if k != "seconds" and len({t[k] for t in tried}) > 1]
    figures = [" ".join(f"{k}={t[k]}" for k in names) + f" {seconds(t['seconds'])} s" for t in tried]
    return f"; tried{' on 10000 rows' if n_train > 10000 else ''}: {', '.join(figures)}"


def claim_lines(report):
    lines = []
    for r in report["rows"]:
        if "failed" in r:
            lines.append(f"  {r['row']}: FAILED: {r['failed']}")
            continue
        setting = ", ".join(f"{k}={v}" for k, v in r["setting"].items())
        tried = tried_text(r["settings_tried"], report["split"]["n_train"])
        lines.append(f"  {r['row']}: {'closed' if r['closed'] else 'OPEN'}: {r['claim']} (peer: {setting}{tried})")
    return lines


def program_lines(report, targets):
    lines = []
    for r in report["rows"]:
        p = r.get("program")
        if p:
            goal = "" if r["core"] or not targets else goal_text(r["goals"]["fit"], p["fit_ratio"])
            lines.append(f"  {r['row']}: training {seconds(p['fit_time'])} s (reading its file not counted), ours "
                         f"{seconds(r['ours']['fit_time'])} s: {ratio(p['fit_ratio'])}; accuracy "
                         f"{percent(p['accuracy'])} % ({' '.join(p['arguments'])})" + (f"; goal {goal}" if goal else ""))
    return ["LIBSVM's and LIBLINEAR's own programs:"] + lines if lines else []


def run_lines(report):
    lines = []
    for r in report["run"]:
        agrees = {None: "(another seed)", True: "(the same)", False: "(DIFFERS)"}[r["agrees"]]
        lines.append(f"  {r['row']}: fit {seconds(r['fit_time'])} s, score {seconds(r['score_time'])} s, accuracy "
                     f"{percent(r['accuracy'])} % {agrees}" + ("" if r["status"] == "ok" else f": {r['status']}"))
    return ["shortlist run, once:"] + lines if lines else []


def together_line(report, targets):
    t = report["together"]
    if not t:
        return []
    spread = f"{ratio(min(t['ratios']))} to {ratio(max(t['ratios']))}"
    line = (f"the {NUMBERS[t['rows']]} rows together (fit + score): peer {seconds(t['peer'])} s, ours {seconds(t['ours'])} s: "
            f"{ratio(t['ratio'])} ({spread} over the pairs); CPU {seconds(t['peer_cpu'])} / "
            f"{seconds(t['ours_cpu'])} s")
    goal, stretch = row_table.together_goal(report["split"]["n_train"], report["split"]["real"])
    if targets and goal:
        line += f"; goal {goal_text(goal, t['ratio'])}" + (f", stretch {goal_text(stretch, t['ratio'])}" if stretch else "")
    return [line]


def text(report, targets):
    blocks = [machine_lines(report), times_table(report, targets), together_line(report, targets),
              costs_table(report), ["claims:"] + claim_lines(report), program_lines(report, targets),
              run_lines(report)]
    return "\n\n".join("\n".join(b) for b in blocks if b) + "\n"
