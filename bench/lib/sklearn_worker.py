"""One measurement of scikit-learn, in a process of its own: prints one JSON object.

sklearn_worker.py '{"peer": "svm.SVC", "params": {...}, "dtype": "float64", "folder": ..., ...}'

The clock starts with the pixels in memory as bytes: the conversion to floats in [0, 1] is part of fit and
of scoring.  Rows that were exported as real numbers are given as they are (float64: converted, on the
clock).  With "repeats" it fits and scores so often, and times are medians, the first ones beside them.  Memory
is the process's peak during the first fit and scoring above what it held when the clock started (program,
libraries, the bytes)."""
import json
import os
import statistics
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def status_bytes(field):
    with open("/proc/self/status") as f:
        for line in f:
            if line.startswith(field):
                return int(line.split()[1]) * 1024
    return None


def reset_peak():
    """Makes VmHWM start again from what is held now; False where the kernel does not allow it."""
    try:
        with open("/proc/self/clear_refs", "w") as f:
            f.write("5")
        return True
    except OSError:
        return False


def floats(pixels, dtype):
    """bytes -> [0, 1], in one pass; real numbers only change their type, and float32 not even that."""
    import numpy as np
    if pixels.dtype != np.uint8:
        return pixels.astype(dtype, copy=False)
    return np.multiply(pixels, np.dtype(dtype).type(1 / 255), dtype=dtype)


def make(job):
    from importlib import import_module
    module, name = job["peer"].split(".")
    cls = getattr(import_module(module if module == "xgboost" else "sklearn." + module), name)
    params = dict(job["params"])
    accepted = cls().get_params()
    params.update({name: job[name] for name in ("n_jobs", "algorithm") if name in job and name in accepted})
    if "dual" in job:
        params["dual"] = job["dual"]
    if job.get("seed") is not None and "random_state" in accepted:
        params["random_state"] = job["seed"]
    return cls(**params)


def n_iter_of(model):
    """Iterations or epochs as the class reports them (the largest, where it keeps one a class)."""
    import numpy as np
    value = getattr(model, "n_iter_", None)
    return None if value is None else int(np.max(value))


def facts(model, x, y):
    """What the claims compare, computed after the clock has stopped."""
    import numpy as np
    found = {}
    if hasattr(model, "tree_"):
        tree = model.tree_
        leaf = tree.children_left == -1
        weight = tree.weighted_n_node_samples
        found["nodes"], found["leaves"] = int(tree.node_count), int(leaf.sum())
        found["depth"] = int(tree.max_depth)
        found["impurity"] = float((weight * tree.impurity)[leaf].sum() / weight[0])
    if hasattr(model, "n_support_"):
        found["n_support"] = int(model.n_support_.sum())
        found["objective"] = dual_objective(model)
    elif type(model).__name__ == "LogisticRegression":
        from lib.claims import logistic_regression_objective
        found["objective"] = logistic_regression_objective(model.coef_, model.intercept_, x, y, model.C)
    elif type(model).__name__ == "LinearSVC":
        from lib.claims import squared_hinge_objective
        found["objective"] = squared_hinge_objective(model.coef_, model.intercept_, x, y, model.C)
    if hasattr(model, "loss_"):
        found["loss"] = float(model.loss_)
    if hasattr(model, "tree_"):
        found["train_accuracy"] = float(np.mean(model.predict(x) == y))
    return found


def dual_objective(model):
    """Sum over the class pairs of what LIBSVM maximises: sum alpha - 1/2 alpha' Q alpha."""
    import numpy as np
    from sklearn.metrics.pairwise import linear_kernel, rbf_kernel
    ends = np.concatenate(([0], np.cumsum(model.n_support_)))
    k, total = len(model.n_support_), 0.0
    for i in range(k):
        for j in range(i + 1, k):
            a, b = slice(ends[i], ends[i + 1]), slice(ends[j], ends[j + 1])
            beta = np.concatenate((model.dual_coef_[j - 1, a], model.dual_coef_[i, b]))  # y alpha
            vectors = np.concatenate((model.support_vectors_[a], model.support_vectors_[b]))[beta != 0]
            beta = beta[beta != 0]
            gram = linear_kernel(vectors) if model.kernel == "linear" else rbf_kernel(vectors, gamma=model._gamma)
            total += np.abs(beta).sum() - 0.5 * beta @ gram @ beta
    return float(total)


def run_once(model, train, y, validation, dtype):
    """Fits and predicts once: seconds of both, the rows as they were fitted, the labels."""
    start, cpu = time.perf_counter(), time.process_time()
    x = floats(train, dtype)
    model.fit(x, y)
    fitted, cpu_fitted = time.perf_counter(), time.process_time()
    predicted = model.predict(floats(validation, dtype))
    scored, cpu_scored = time.perf_counter(), time.process_time()
    return {"fit_time": fitted - start, "score_time": scored - fitted, "cpu_fit": cpu_fitted - cpu,
            "cpu_score": cpu_scored - cpu_fitted}, x, predicted


def main():
    import warnings
    import numpy as np
    import sklearn
    warnings.simplefilter("ignore")
    job = json.loads(sys.argv[1])
    sklearn.set_config(assume_finite=True)  # its input check costs time; all rows are finite
    model = make(job)
    load = lambda name: np.load(os.path.join(job["folder"], name + ".npy"))
    train, y, validation, truth = (load(n) for n in ("train_x", "train_y", "validation_x", "validation_y"))
    np.ones((64, 64), np.float32) @ np.ones((64, 64), np.float32)  # BLAS threads are up before the clock
    resettable, held = reset_peak(), status_bytes("VmRSS")

    times, x, predicted = run_once(model, train, y, validation, job["dtype"])
    peak = status_bytes("VmHWM")
    runs = [times] + [run_once(make(job), train, y, validation, job["dtype"])[0] for _ in range(1, job.get("repeats", 1))]
    if job.get("predictions"):
        np.save(job["predictions"], predicted.astype(np.int32))
    n_iter = n_iter_of(model)
    out = {key: statistics.median(run[key] for run in runs) for key in times}
    out = {**out, "cpu_time": out["cpu_fit"] + out["cpu_score"],
           "first_fit": times["fit_time"], "first_score": times["score_time"],
           "peak_memory": peak - held if resettable else None, "accuracy": float(np.mean(predicted == truth)),
           "n_iter": n_iter, "seed": job.get("seed")}
    if job.get("facts"):
        out.update(facts(model, x, y))
    print(json.dumps(out))


if __name__ == "__main__":
    main()
