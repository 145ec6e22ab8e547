"""Aligned text tables and short numbers, for the programs in bench/."""


def seconds(value):
    """Three significant digits, as people read them: 0.0123, 1.23, 123."""
    if value is None:
        return "n/a"
    if value >= 100:
        return f"{value:.0f}"
    if value >= 10:
        return f"{value:.1f}"
    if value >= 1:
        return f"{value:.2f}"
    return f"{value:.2g}" if value < 0.001 else f"{value:.3f}".rstrip("0").ljust(5, "0")


def ratio(value):
    """How many times faster: 8.4x, 120x."""
    if value is None:
        return "n/a"
    return f"{value:.0f}x" if value >= 100 else f"{value:.1f}x"


def mebibytes(value):
    return "n/a" if value is None else f"{value / 2**20:.0f}"


def percent(value):
    return "n/a" if value is None else f"{100 * value:.2f}"


def text_table(header, rows):
    """Lines of a table; columns whose cells are numbers are right-aligned.  A row of None is a rule."""
    cells = [[str(c) for c in row] for row in rows if row is not None]
    widths = [max([len(h)] + [len(r[i]) for r in cells]) for i, h in enumerate(header)]
    numeric = [all(r[i][:1].isdigit() or r[i] in ("", "n/a", "-") or r[i][:1] == "-" for r in cells)
               for i in range(len(header))]

    def line(row):
        parts = [c.rjust(w) if num else c.ljust(w) for c, w, num in zip(row, widths, numeric)]
        return "  ".join(parts).rstrip()

    rule = "-" * (sum(widths) + 2 * (len(widths) - 1))
    lines = [line(header), rule]
    for row in rows:
        lines.append(rule if row is None else line([str(c) for c in row]))
    return lines
