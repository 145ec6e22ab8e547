"""The report of bench/tables as text."""
from . import machine, made_report, report as reports
from .table_data import LARGE_GOALS
from .tables import ratio, seconds, text_table


def sum_ratio(row):
    """Fit and score together: the median over the pairs."""
    from .pairing import median
    pairs = zip(row["peer"]["runs"], row["ours"]["runs"])
    return median([(a["fit_time"] + a["score_time"]) / (b["fit_time"] + b["score_time"]) for a, b in pairs])


def rows_table(part, targets):
    """A line a row.  first: the first fit and the first scoring of a process, where the median is of several."""
    large = part["table"] == "large"
    header = ["row", "fit: peer s", "ours s", "ratio", "score: peer s", "ours s", "ratio", "both"]
    first = part["repeats"] > 1
    header += ["first: peer s", "ours s"] if first else []
    header += ["goal"] if targets else []
    lines = []
    for r in part["rows"]:
        if "failed" in r:
            continue
        p, o = r["peer"], r["ours"]
        line = [r["title"], seconds(p["fit_time"]), seconds(o["fit_time"]), ratio(r["fit_ratio"]),
                seconds(p["score_time"]), seconds(o["score_time"]), ratio(r["score_ratio"]), ratio(sum_ratio(r))]
        if first:
            line += [seconds(p["first_fit"] + p["first_score"]), seconds(o["first_fit"] + o["first_score"])]
        if targets:
            line.append(goal_text(r, large))
        lines.append(line)
    return text_table(header, lines)


def goal_text(row, large):
    if large:
        goal = LARGE_GOALS.get(row["row"], 1)
        return reports.goal_text(goal, sum_ratio(row))
    missed = [name for name in ("fit", "score") if row[name + "_ratio"] < row["goals"][name]]
    return "1x met" if not missed else "1x MISSED: " + ", ".join(missed)


def together_lines(part, targets):
    t = part["together"]
    if not t:
        return []
    line = (f"{t['rows']} rows together (fit + score): peer {seconds(t['peer'])} s, ours {seconds(t['ours'])} s: "
            f"{ratio(t['ratio'])}")
    if targets and part["together_goal"]:
        line += f"; goal {reports.goal_text(part['together_goal'], t['ratio'])}"
    return [line]


def study_lines(study, targets):
    lines = []
    for name, where in (("quiet", "alone"), ("busy", "beside one busy process")):
        s = study[name]
        line = f"  {where}: {s['seconds']:.2f} s ({min(s['runs']):.2f} to {max(s['runs']):.2f})"
        lines.append(line + (f"; goal {s['goal']} s {'met' if s['seconds'] <= s['goal'] else 'MISSED'}" if targets else ""))
    return ["shortlist run, the default study of iris, from start to end:"] + lines


def text(report, targets):
    blocks = [machine.lines(report["machine"]) +
              ["versions   " + ", ".join(f"{k} {v}" for k, v in report["versions"].items())]]
    for part in report["tables"]:
        blocks.append([f"{part['title']}: {part['split']['n_train']} rows to fit, {part['split']['n_validation']} to score, "
                       f"{part['repeats']} fits a process, {report['pairs']} pairs"] + rows_table(part, targets))
        blocks.append(together_lines(part, targets))
        blocks.append(["claims:"] + reports.claim_lines(part))
    if report["study"]:
        blocks.append(study_lines(report["study"], targets))
    blocks += made_report.blocks(report.get("made", []), targets)
    return "\n\n".join("\n".join(b) for b in blocks if b) + "\n"
