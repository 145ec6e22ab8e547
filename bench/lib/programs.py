"""LIBSVM's and LIBLINEAR's own programs on the same split.

They read and write text files.  What reading costs is measured by a run whose tolerance is met at once, and
taken off the training time; prediction cannot be told from reading that way, so its time is not compared."""
import os
import re
import shutil
import subprocess
import time

from . import claims

TRAIN = {"svm": ("svm-train",), "liblinear": ("liblinear-train", "train")}
PREDICT = {"svm": ("svm-predict",), "liblinear": ("liblinear-predict", "predict")}


def find(kind):
    """(train, predict) programs of "svm" or "liblinear"; None where they are not installed."""
    found = [next((p for p in map(shutil.which, names[kind]) if p), None) for names in (TRAIN, PREDICT)]
    return found if all(found) else None


def write_svmlight(folder, part):
    """folder/PART.svm: label index:value ... for the non-zero values (bytes / 255, real numbers as they are)."""
    import numpy as np
    path = os.path.join(folder, part + ".svm")
    if os.path.exists(path):
        return path
    x, y = (np.load(os.path.join(folder, f"{part}_{a}.npy")) for a in "xy")
    values = [repr(v / 255) for v in range(256)] if x.dtype == np.uint8 else None
    with open(path + ".part", "w") as f:
        for row, label in zip(x, y):
            index = np.flatnonzero(row)
            text = (values[v] for v in row[index]) if values else map(repr, row[index].tolist())
            f.write(f"{label} " + " ".join(f"{i + 1}:{v}" for i, v in zip(index, text)) + "\n")
    os.rename(path + ".part", path)
    return path


def gamma_scale(folder):
    """scikit-learn's gamma="scale": 1 / (d var(X))."""
    import numpy as np
    x = claims.real_values(np.load(os.path.join(folder, "train_x.npy")))
    return 1 / (x.shape[1] * x.var())


def _run(command, env):
    start = time.perf_counter()
    done = subprocess.run(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    wall = time.perf_counter() - start
    text = done.stdout.decode(errors="replace")
    if done.returncode != 0:
        raise RuntimeError(f"{os.path.basename(command[0])}: {text.strip()[-300:]}")
    return wall, text


def dual_of(text):
    """LIBSVM prints the minimised objective of every class pair: minus the dual that is maximised."""
    values = [float(v) for v in re.findall(r"obj = ([-+0-9.e]+)", text)]
    return -sum(values) if values else None


def run(kind, arguments, folder, env):
    """Trains and predicts once: fit seconds without reading, dual objective, accuracy."""
    train, predict = find(kind)
    data, validation = write_svmlight(folder, "train"), write_svmlight(folder, "validation")
    model = os.path.join(folder, kind + ".model")
    arguments = list(arguments)
    if kind == "svm":
        arguments += ["-m", "2000"]
        if arguments[:2] == ["-t", "2"]:
            arguments += ["-g", repr(gamma_scale(folder))]
    else:
        arguments += ["-B", "1"]
    reading, _ = _run([train] + arguments + ["-e", "1e9", data, model], env)
    wall, text = _run([train] + arguments + [data, model], env)
    _, told = _run([predict, validation, model, os.path.join(folder, kind + ".out")], env)
    accuracy = re.search(r"Accuracy = ([0-9.]+)%", told)
    return {"fit_time": max(wall - reading, 0.0), "whole_time": wall, "objective": dual_of(text),
            "accuracy": float(accuracy.group(1)) / 100 if accuracy else None, "arguments": arguments}
