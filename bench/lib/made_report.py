"""The report of the scores on made tables as text."""
from .tables import percent, text_table


def verdict(row):
    """Of a pair, and why it differs where that is known."""
    if row["holds"]:
        return "met"
    if row.get("same_search"):
        return (f"ties: {percent(row['tied'])} % of the rows have neighbours equally far; ours are an exact search's "
                "that takes the earlier")
    return "MISSED"


def rows_table(part, targets):
    header = ["row", "peer %", "ours %", "difference", "2 errors", "other labels %"]
    balanced = part["imbalanced"]
    header += ["balanced: peer %", "ours %"] if balanced else []
    header += ["goal"] if targets else []
    lines = []
    for row in part["rows"]:
        a = row["accuracy"]
        line = [row["key"], percent(a["peer"]), percent(a["ours"]), f"{100 * (a['ours'] - a['peer']):+.2f}",
                f"{200 * a['error']:.2f}", percent(row["other_labels"])]
        line += [percent(row["balanced"]["peer"]), percent(row["balanced"]["ours"])] if balanced else []
        lines.append(line + ([verdict(row)] if targets else []))
    return text_table(header, lines)


def encoding_line(part):
    if not part["encodings"]:
        return "no encoding: plain numbers"
    if part["encoding_holds"]:
        return f"encoding: that of scikit-learn's transformers in all {len(part['encodings'])} folds"
    return f"encoding: MISSED, {next(e for e in part['encodings'] if not isinstance(e, float) or e > 1e-9)} off"


def table_lines(part, targets):
    classes = f"{part['classes']} classes"
    cnn = "cnn is refused" if part["refuses_cnn"] else "cnn: MISSED, not refused"
    return [f"{part['table']}: {part['what']}; {part['n']} rows of {part['d']} columns, {classes}",
            f"{encoding_line(part)}; {cnn}"] + rows_table(part, targets)


def missed(parts):
    """What does not hold, by table and row."""
    found = [f"{part['table']} {row['key']}" for part in parts for row in part["rows"]
             if not row["holds"] and not row.get("same_search")]
    found += [f"{part['table']} encoding" for part in parts if not part["encoding_holds"]]
    return found + [f"{part['table']} cnn" for part in parts if not part["refuses_cnn"]]


def blocks(parts, targets):
    """Blocks of lines: a table each, and what all come to."""
    if not parts:
        return []
    pairs = sum(len(part["rows"]) for part in parts)
    within = sum(row["holds"] for part in parts for row in part["rows"])
    ties = sum(not row["holds"] and bool(row.get("same_search")) for part in parts for row in part["rows"])
    last = [f"{within} of {pairs} pairs are within 1.5 points or two standard errors"
            + (f", {ties} more differ by ties alone" if ties else "")]
    gone = missed(parts)
    if targets:
        last.append("goal met" if not gone else "MISSED: " + ", ".join(gone))
    return [table_lines(part, targets) for part in parts] + [last]
