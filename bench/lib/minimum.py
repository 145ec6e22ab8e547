"""Linear machines whose limit of passes ends them: how far they are from the minimum of their loss.

    1/2 |w|^2 + C sum of max(0, 1 - s x.w)^2, s = 1 or -1, each class against the rest, x with a 1 for the intercept

The minimum is found by Newton steps with the exact minimum along each: in between its kinks the function is a parabola, so
that steps end at the minimum itself (Mangasarian, Optimization Methods and Software 17, 2002).  Weights are (classes, d+1)."""
import csv
import glob
import os
import subprocess
import tempfile

import numpy as np

STEPS, SHARE = 2000, 1e-10


def with_ones(x):
    return np.hstack([x, np.ones((len(x), 1))])


def signs_of(y):
    """(classes, n), in the order of the labels."""
    return [np.where(y == k, 1.0, -1.0) for k in np.unique(y)]


def along(w, d, margins, change, c):
    """How far to go from w by d: where the slope, which grows, is 0."""
    def slope(t):
        return w @ d + t * (d @ d) - 2 * c * (change @ np.maximum(margins - t * change, 0))
    low, high = 0.0, 1.0
    while slope(high) < 0:
        high *= 2
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if slope(middle) < 0 else (low, middle)
    return (low + high) / 2


def of_class(x, signs, c):
    """x (n, d+1); until a whole step would take less than SHARE of the loss off it."""
    w = np.zeros(x.shape[1])
    for _ in range(STEPS):
        margins = 1 - signs * (x @ w)
        inside = margins > 0
        gradient = w - 2 * c * (x[inside].T @ (signs * margins)[inside])
        d = np.linalg.solve(np.eye(len(w)) + 2 * c * (x[inside].T @ x[inside]), -gradient)
        if -gradient @ d < SHARE * (0.5 * w @ w + c * (margins[inside] ** 2).sum()):
            return w
        w += along(w, d, margins, signs * (x @ d), c) * d
    raise RuntimeError("the minimum of the squared hinge loss was not found")


def weights(x, y, c):
    return np.array([of_class(with_ones(x), signs, c) for signs in signs_of(y)])


def loss(w, x, y, c):
    """Of all classes together."""
    outside = np.maximum(1 - np.array(signs_of(y)) * (w @ with_ones(x).T), 0)
    return 0.5 * (w ** 2).sum() + c * (outside ** 2).sum()


def accuracy(w, x, y):
    return float((np.unique(y)[(with_ones(x) @ w.T).argmax(axis=1)] == y).mean())


def scikit_learn_weights(estimator, x, y):
    estimator.fit(x, y)
    return np.hstack([estimator.coef_, estimator.intercept_[:, None]])


def own_weights(program, row, parts, images, x, env):
    """This program's fit of the row by the split's parts: from the margins that its model gives the images, as bytes, whose
    scaled values are x."""
    with tempfile.TemporaryDirectory() as folder:
        def path(name):
            return os.path.join(folder, name)

        def run(*words):
            return subprocess.run([program, *words], stdout=subprocess.PIPE, text=True, env=env, check=True).stdout
        with open(path("fit.yaml"), "w", encoding="utf-8") as file:
            file.write(f"data: fashion-mnist\ntrain: {parts[0]}\nvalidation: {parts[1]}\nfinal: true\nscale: standard\n"
                       "rows:\n  - linear_svm:\n")
            file.writelines(f"      {name}: {row['params'][name]}\n"
                            for name in ("penalty", "loss", "dual", "tol", "C", "max_iter", "multi_class"))
        run("run", path("fit.yaml"), "--save-models", "--quiet", "--name", "fit", "--out", folder)
        np.save(path("images.npy"), images)
        model, = glob.glob(path("fit/models/*.slm"))
        table = run("predict", model, path("images.npy"), "--no-label", "--scores", "--format", "csv")
    margins = np.array([line[1:] for line in list(csv.reader(table.splitlines()))[1:]], float)
    return np.linalg.lstsq(with_ones(x), margins, rcond=None)[0].T
