"""What bench/explain measures: cases, each with its goal.  A module of cases has a list CASES; it is named in MODULES.

A case's measure takes a Context and returns {"value": number in the case's unit, "notes": text, "failed": text or
None}: what failed is a claim of quality that a fast answer would be worth nothing without."""
from . import explain_embeddings

MODULES = [explain_embeddings]


class Context:
    """What a case measures with."""

    def __init__(self, programs, data, env, threads, runs, peers):
        self.programs, self.data, self.env = programs, data, env
        self.threads, self.runs, self.peers = threads, runs, peers


def all_cases():
    return [case for module in MODULES for case in module.CASES]


def find(names):
    """Cases by their keys; a part of a key stands for all that have it."""
    if not names:
        return all_cases()
    found = []
    for name in names.split(","):
        those = [case for case in all_cases() if name in case.key]
        if not those:
            raise ValueError(f"there is no case '{name}': there are {', '.join(c.key for c in all_cases())}")
        found += [case for case in those if case not in found]
    return found


def is_met(case, result):
    if result.get("failed"):
        return False
    return case.goal is None or (result["value"] <= case.goal if case.unit == "s" else result["value"] >= case.goal)


def text(results, targets):
    width = max(len(case.title) for case, _ in results)
    lines = []
    for case, result in results:
        line = f"{case.title:<{width}}  {result['value']:9.3f} {case.unit:<9}"
        if targets and case.goal is not None:
            stretch = f" ({case.stretch:g})" if case.stretch is not None else ""
            line += f"  goal {case.goal:g}{stretch}  {'ok' if is_met(case, result) else 'MISSED'}"
        lines.append(line.rstrip())
        lines += [f"    {note}" for note in (result["notes"], result.get("failed")) if note]
    return "\n".join(lines) + "\n"
