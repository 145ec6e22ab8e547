"""Our side: builds the benchmark's programs, exports the split, fits one classifier in a fresh process."""
import os
import subprocess

from .options import ROOT
from .pairing import RunError, run_json, say



def build(folder, targets, source=ROOT):
    """Builds the targets of a source tree in folder (a build tree of its own, so that the user's settings stay);
    the path of the programs."""
    log = []

    def step(command):
        done = subprocess.run(command, cwd=source, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        log.append(done.stdout.decode(errors="replace"))
        if done.returncode != 0:
            raise RunError("the build failed:\n" + "\n".join("".join(log).strip().splitlines()[-20:]))

    if not os.path.exists(os.path.join(folder, "CMakeCache.txt")):
        say(f"building in {os.path.relpath(folder, ROOT)}")
        step(["cmake", "-S", source, "-B", folder, "-DCMAKE_BUILD_TYPE=Release", "-DSHORTLIST_BENCH=ON",
              "-DSHORTLIST_TESTS=OFF"])
    step(["cmake", "--build", folder, "--parallel", str(os.cpu_count() or 1), "--target"] + targets)
    return os.path.join(folder, "bench")


class Split:
    """The rows of one comparison: those of `shortlist run` with the same numbers."""

    def __init__(self, data, n_train, n_validation, seed=42, real=False, table=None, test=False, features=None):
        self.data, self.n_train, self.n_validation, self.seed = data, n_train, n_validation, seed
        self.real = real  # real numbers made of the bytes, see split.h
        self.table = table  # "table" or "mixed-table": made-up rows in the place of data, see split.h
        self.features = features  # of "table"; None: 20
        self.test = test  # the test file's first rows are scored
        self.folder, self.facts = None, None

    def options(self):
        return ["--data", self.data, "--train", str(self.n_train), "--validation", str(self.n_validation),
                "--split-seed", str(self.seed)] + (["--float"] if self.real else []) + (
                    ["--" + self.table] if self.table else []) + (
                        ["--features", str(self.features)] if self.features else []) + (["--test"] if self.test else [])

    def export(self, programs, folder, env):
        """Writes the arrays for the peer into folder (made if needed)."""
        os.makedirs(folder, exist_ok=True)
        command = [os.path.join(programs, "export_split")] + self.options() + [folder]
        self.facts = run_json(command, env, "export")
        self.folder = folder


def fit(programs, split, classifier, params, env, seed=0, threads=None, predictions=None, probe=None,
        facts=False, shuffle=False, repeats=1):
    """One run of fit_one; checks that it saw the very rows that were exported."""
    command = [os.path.join(programs, "fit_one")] + split.options() + ["--seed", str(seed)]
    if repeats > 1:  # earlier versions do not know it
        command += ["--repeats", str(repeats)]
    if threads:
        command += ["--threads", str(threads)]
    if predictions:
        command += ["--predictions", predictions]
    if probe:
        command += ["--probe", probe]
    if facts:
        command += ["--facts"]
    if shuffle:
        command += ["--shuffle-features"]
    found = run_json(command + [classifier] + list(params), env, "shortlist " + classifier)
    if split.facts:
        for part in ("train_hash", "validation_hash"):
            if found[part] != split.facts[part]:
                raise RunError(f"shortlist {classifier} ran on other rows than were exported ({part})")
    found["predictions"], found["probe"] = predictions, probe
    return found


def experiment_text(split, rows):
    """An experiment file with the rows, each named by its key."""
    n_train, final = split.n_train, "false"
    if split.facts["test"] and not split.test:  # all rows are fitted
        n_train, final = split.n_train - split.n_validation, "true"
    lines = ["title: rows of bench/peers", f"data: {split.data}", f"train: {n_train}", f"validation: {split.n_validation}",
             f"final: {final}", f"seed: {split.seed}", "scale: minmax", "rows:"]
    for row in rows:
        params = ", ".join(p.replace("=", ": ", 1) for p in row.params)
        lines += [f"  - {row.classifier}: {{{params}}}", f"    name: {row.key}"]
    return "\n".join(lines) + "\n"


def run_program(binaries, split, rows, env, threads, folder):
    """`shortlist run` once over the rows: {key: its row of the JSON}."""
    path = os.path.join(folder, "rows.yaml")
    with open(path, "w", encoding="utf-8") as f:
        f.write(experiment_text(split, rows))
    command = [os.path.join(os.path.dirname(binaries), "shortlist"), "run", path, "--quiet", "--format", "json", "--out",
               os.path.join(folder, "results")]
    if threads:
        command += ["--threads", str(threads)]
    return {row["name"]: row for row in run_json(command, env, "shortlist run")["rows"]}
