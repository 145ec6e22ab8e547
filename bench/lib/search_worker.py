"""Fits of a grid search by scikit-learn, in a process of its own.

search_worker.py '{"peer": "svm.SVC", "fits": [{"params": {...}, "fold": 0, "path": ...}, ...], "n_jobs": 2,
                   "dtype": "float64", "folder": ...}'

They are the fits of GridSearchCV, n_jobs of them at a time by the library that it uses (joblib), each scored on its fold;
the refit on all rows, which GridSearchCV adds, is left out.  Each writes its seconds and its score to its path when it has
ended.  The clock starts with the rows in memory and the module loaded."""
import json
import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from lib import kept  # noqa: E402


def one(module, name, fit, x, y, fold):
    from importlib import import_module
    import sklearn
    import warnings
    warnings.simplefilter("ignore")
    sklearn.set_config(assume_finite=True)  # its input check costs time; all rows are finite
    model = getattr(import_module("sklearn." + module), name)(**fit["params"])
    start = time.perf_counter()
    fitted = fold != fit["fold"]
    model.fit(x[fitted], y[fitted])
    score = float(model.score(x[~fitted], y[~fitted]))
    found = {"seconds": time.perf_counter() - start, "score": score}
    kept.beside(fit["path"], lambda part: kept.write(part, found))


def main():
    import joblib
    import numpy as np
    job = json.loads(sys.argv[1])
    x, y, fold = (np.load(os.path.join(job["folder"], f"train_{part}.npy")) for part in ("x", "y", "fold"))
    x = np.multiply(x, np.dtype(job["dtype"]).type(1 / 255), dtype=job["dtype"])
    module, name = job["peer"].split(".")
    with joblib.Parallel(n_jobs=job["n_jobs"], batch_size=1, pre_dispatch="all") as pool:
        pool(joblib.delayed(one)(module, name, fit, x, y, fold) for fit in job["fits"])
    print(json.dumps({"made": len(job["fits"])}))


if __name__ == "__main__":
    main()
