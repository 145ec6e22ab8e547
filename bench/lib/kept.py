"""Runs that stay in a folder: the same command goes on where it was stopped, and what is done takes no time."""
import hashlib
import json
import os

from .pairing import RunError


def beside(path, write):
    """Has write(part) make a file that gets its name once it is whole."""
    write(path + ".part")
    os.replace(path + ".part", path)


class Kept:
    """folder: None keeps nothing."""

    def __init__(self, folder):
        self.folder = folder
        if folder:
            os.makedirs(folder, exist_ok=True)

    def path(self, name, what):
        """Of a run, without ending: what (text) tells it from others of the same name."""
        return os.path.join(self.folder, f"{name}-{hashlib.sha256(what.encode()).hexdigest()[:12]}")

    def result(self, name, what, make):
        """What make(path) returned of this run, now or before; path: for what it keeps itself, None: nothing."""
        if not self.folder:
            return make(None)
        path = self.path(name, what)
        if not os.path.exists(path + ".json"):
            found = make(path)
            beside(path + ".json", lambda part: write(part, found))
        return read(path + ".json")


def write(path, found):
    with open(path, "w", encoding="utf-8") as f:
        json.dump(found, f)


def read(path):
    try:
        with open(path, encoding="utf-8") as f:
            return json.load(f)
    except ValueError:
        raise RunError(f"{path} is no run that was kept") from None
