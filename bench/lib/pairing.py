"""Fresh processes in turn, and what is made of their numbers.

A measurement is one process that prints one JSON object.  Peer and shortlist alternate (A B A B ...), so
that a slow spell of the machine falls on both; a ratio is taken inside a pair, and the median over the
pairs is quoted."""
import os
import subprocess
import sys


class RunError(Exception):
    """A measuring process failed; the text is what it said."""


def say(text):
    print(text, file=sys.stderr, flush=True)


def run_json(command, env, label):
    """Runs one measuring process and returns the object it prints."""
    import json
    done = subprocess.run(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if done.returncode != 0:
        tail = done.stderr.decode(errors="replace").strip().splitlines()[-12:]
        raise RunError(f"{label}: {os.path.basename(command[0])} ended with {done.returncode}: "
                       + "\n".join(tail))
    try:
        return json.loads(done.stdout)
    except ValueError:
        raise RunError(f"{label}: {os.path.basename(command[0])} printed no JSON") from None


def median(values):
    """None where a value is missing."""
    values = sorted(values) if None not in values else []
    n = len(values)
    if n == 0:
        return None
    return values[n // 2] if n % 2 else (values[n // 2 - 1] + values[n // 2]) / 2


def mean(values):
    return sum(values) / len(values) if values and None not in values else None


def medians(runs, *fields):
    """{field: median over the runs}"""
    return {field: median([run.get(field) for run in runs]) for field in fields}


def pair_ratios(peers, ours, field):
    """peer / ours in each pair; None where either is 0 or missing."""
    found = []
    for a, b in zip(peers, ours):
        top, bottom = a.get(field), b.get(field)
        found.append(top / bottom if top is not None and bottom else None)
    return found


def slope(x, y):
    """Least-squares slope of log y on log x: the exponent e of y ~ x^e.  None for under two points.
    Points with y <= 0 (below the clock's resolution) are left out."""
    from math import log
    points = [(log(a), log(b)) for a, b in zip(x, y) if b is not None and a > 0 and b > 0]
    n = len(points)
    if n < 2:
        return None
    mx = sum(p[0] for p in points) / n
    my = sum(p[1] for p in points) / n
    sxx = sum((p[0] - mx) ** 2 for p in points)
    if sxx == 0:
        return None
    return sum((p[0] - mx) * (p[1] - my) for p in points) / sxx
