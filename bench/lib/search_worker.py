"""Fits of a grid search by scikit-learn, in a process of its own: prints one JSON object.

search_worker.py '{"peer": "svm.SVC", "fits": [[{...}, fold], ...], "n_jobs": 2, "dtype": "float64", "folder": ...}'

They are the fits of GridSearchCV, n_jobs of them at a time by the library that it uses (joblib), each scored on its fold;
the refit on all rows, which GridSearchCV adds, is left out.  The clock starts with the rows in memory."""
import json
import os
import sys
import time


def one(module, name, params, x, y, fold, k):
    from importlib import import_module
    import warnings
    warnings.simplefilter("ignore")
    model = getattr(import_module("sklearn." + module), name)(**params)
    fitted = fold != k
    model.fit(x[fitted], y[fitted])
    return float(model.score(x[~fitted], y[~fitted]))


def main():
    import joblib
    import numpy as np
    import sklearn
    job = json.loads(sys.argv[1])
    sklearn.set_config(assume_finite=True)  # its input check costs time; all rows are finite
    x, y, fold = (np.load(os.path.join(job["folder"], f"train_{part}.npy")) for part in ("x", "y", "fold"))
    x = np.multiply(x, np.dtype(job["dtype"]).type(1 / 255), dtype=job["dtype"])
    module, name = job["peer"].split(".")
    with joblib.Parallel(n_jobs=job["n_jobs"]) as pool:
        pool(joblib.delayed(abs)(-1) for _ in range(job["n_jobs"]))  # processes are up before the clock
        start = time.perf_counter()
        scores = pool(joblib.delayed(one)(module, name, params, x, y, fold, k) for params, k in job["fits"])
        seconds = time.perf_counter() - start
    print(json.dumps({"seconds": seconds, "scores": scores, "version": sklearn.__version__}))


if __name__ == "__main__":
    main()
