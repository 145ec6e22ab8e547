"""LinearSVC of scikit-learn on an svmlight file: file, dual (0 or 1), tol; prints one JSON object."""
import json
import sys
import time


def main():
    from sklearn.datasets import load_svmlight_file
    from sklearn.svm import LinearSVC
    x, y = load_svmlight_file(sys.argv[1])
    model = LinearSVC(C=1, tol=float(sys.argv[3]), dual=sys.argv[2] == "1", max_iter=1000)
    start = time.perf_counter()
    model.fit(x, y)
    fit_time = time.perf_counter() - start
    w, b = model.coef_[0], model.intercept_[0]
    margins = (2 * (y == model.classes_[1]) - 1) * (x @ w + b)
    objective = (w @ w + b * b) / 2 + ((1 - margins).clip(min=0) ** 2).sum()
    print(json.dumps({"fit_time": fit_time, "objective": float(objective), "n_iter": int(model.n_iter_)}))


main()
