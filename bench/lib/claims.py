"""Is a claim closed: did both sides give the same answer to the same question?

Objectives are computed here, in NumPy and double precision, by one formula from both sides' coefficients.
A check returns (closed, text)."""
import os

ACCURACY_GAP = 0.003      # mean over the seeds
OBJECTIVE_GAP = 1e-3      # relative
IMPURITY_GAP = 1e-3       # relative
SHALLOW = 8               # depth at which a tree's training impurity is compared
ROUNDED_GAP = 0.0005      # share of rows whose label rounding may decide
PREDICTIONS_GAP = 0.002   # share of validation rows, for the deterministic SVM


def real_values(x):
    """The numbers that both sides fit, in double precision: bytes / 255; real numbers as they are."""
    import numpy as np
    return x.astype(np.float64) / 255 if x.dtype == np.uint8 else x.astype(np.float64)


def softmax_objective(coef, intercept, x, y, c):
    """sum_i -log p(y_i | x_i) + ||W||^2 / (2C): multinomial logistic regression as scikit-learn states it,
    divided by C.  The intercept is not penalised."""
    import numpy as np
    coef = np.asarray(coef, np.float64)
    z = np.asarray(x, np.float64) @ coef.T + np.asarray(intercept, np.float64)  # (n, k)
    top = z.max(axis=1)
    log_norm = top + np.log(np.exp(z - top[:, None]).sum(axis=1))
    return float((log_norm - z[np.arange(len(y)), y]).sum() + 0.5 / c * (coef ** 2).sum())


def logistic_objective(coef, intercept, x, y, c):
    """The same of two classes with one vector w: sum_i log(1 + exp(-s_i z_i)) + ||w||^2 / (2C), s_i = +1 of class 1."""
    import numpy as np
    w = np.asarray(coef, np.float64).ravel()
    margin = np.where(y == 1, 1.0, -1.0) * (np.asarray(x, np.float64) @ w + float(np.ravel(intercept)[0]))
    return float(np.logaddexp(0, -margin).sum() + 0.5 / c * (w ** 2).sum())


def logistic_regression_objective(coef, intercept, x, y, c):
    """Of as many classes as there are vectors; of two, where there is one."""
    import numpy as np
    objective = logistic_objective if np.atleast_2d(coef).shape[0] == 1 else softmax_objective
    return objective(coef, intercept, x, y, c)


def squared_hinge_objective(coef, intercept, x, y, c):
    """The sum over the classes, each against the rest, of (||w||^2 + b^2) / 2 + C sum_i max(0, 1 - y_i z_i)^2: the
    intercept is the weight of a constant feature, as LIBLINEAR has it."""
    import numpy as np
    coef, intercept = np.asarray(coef, np.float64), np.asarray(intercept, np.float64)
    z = np.asarray(x, np.float64) @ coef.T + intercept  # (n, k)
    own = np.arange(z.shape[1]) if z.shape[1] > 1 else [1]  # of two classes the second has the one vector
    sign = np.where(np.asarray(y)[:, None] == own, 1, -1)
    losses = (np.maximum(0, 1 - sign * z) ** 2).sum()
    return float(0.5 * ((coef ** 2).sum() + (intercept ** 2).sum()) + c * losses)


def weights_from_probe(probabilities):
    """W (k, d) and b (k) of a softmax model from its probabilities (d + 1, k) for the zero row and the unit
    rows.  Softmax leaves a constant a feature free; centring gives the one of least norm, the optimum's.  Two
    classes have one vector, (1, d) and (1)."""
    import numpy as np
    logits = np.log(np.maximum(probabilities.astype(np.float64), 1e-300))
    if logits.shape[1] == 2:
        logits = logits[:, 1:] - logits[:, :1]
        return (logits[1:] - logits[0]).T, logits[0]
    logits -= logits.mean(axis=1, keepdims=True)
    return (logits[1:] - logits[0]).T, logits[0]


def vectors_from_margins(margins):
    """The vectors (k, d) and intercepts (k) of linear margins (d + 1, k) for the zero row and the unit rows.  Of two
    classes the second has the one vector; the first's margins are its negative."""
    import numpy as np
    margins = margins.astype(np.float64)
    if margins.shape[1] == 2:
        margins = margins[:, 1:]
    return (margins[1:] - margins[0]).T, margins[0]


def exact_neighbours(train, labels, rows, k, block=500):
    """Predictions by exact distances, and for each row whether its answer is free: whether a tie in
    distance at the k-th place or in the vote lets more than one label win.

    Bytes and the real numbers of --float (multiples of 2^-20 below 1) have squared distances of less than 53
    bits, so that double precision rounds nothing.  Ties in distance go to
    the lower row, ties in the vote to the lower label."""
    import numpy as np
    train64 = train.astype(np.float64)
    norms = (train64 ** 2).sum(axis=1)
    n_classes = int(labels.max()) + 1
    predicted = np.empty(len(rows), np.int64)
    free = np.zeros(len(rows), bool)
    for start in range(0, len(rows), block):
        part = rows[start:start + block].astype(np.float64)
        distance = norms - 2 * (part @ train64.T)  # the row's own norm changes no order
        kth = np.partition(distance, k - 1, axis=1)[:, k - 1]
        for i in range(len(part)):
            sure = labels[distance[i] < kth[i]]
            level = labels[distance[i] == kth[i]]  # in row order
            votes = np.bincount(np.concatenate((sure, level[:k - len(sure)])), minlength=n_classes)
            predicted[start + i] = votes.argmax()
            tied_vote = (votes == votes.max()).sum() > 1
            tied_place = len(sure) + len(level) > k and len(set(level)) > 1
            free[start + i] = tied_vote or tied_place
    return predicted, free


def _spread(values):
    """Mean, and its standard error."""
    n = len(values)
    middle = sum(values) / n
    variance = sum((v - middle) ** 2 for v in values) / (n - 1) if n > 1 else 0.0
    return middle, (variance / n) ** 0.5


def check_accuracy(peers, ours):
    """Random methods: mean accuracies over the seeds within 0.3 points, or, where the seeds scatter more
    than that allows to see, within two standard errors of their difference."""
    (a, error_a), (b, error_b) = (_spread([r["accuracy"] for r in side]) for side in (peers, ours))
    noise = 2 * (error_a ** 2 + error_b ** 2) ** 0.5
    gap = b - a
    text = (f"mean accuracy {100 * a:.2f} / {100 * b:.2f} over {len(peers)}/{len(ours)} seeds "
            f"({100 * gap:+.2f} points, noise {100 * noise:.2f})")
    return abs(gap) <= max(ACCURACY_GAP, noise), text


def _relative(value, reference):
    return (value - reference) / abs(reference)


def check_objective(peer, ours, folder):
    """Logistic regression: the minimised objective of both coefficient sets; a lower one of ours is as good."""
    import numpy as np
    load = lambda name: np.load(os.path.join(folder, name + ".npy"))
    x, y = real_values(load("train_x")), load("train_y")
    coef, intercept = weights_from_probe(np.load(ours["probe"]))
    value = logistic_regression_objective(coef, intercept, x, y, 1.0)
    gap = _relative(value, peer["objective"])
    near = abs(ours["accuracy"] - peer["accuracy"]) <= ACCURACY_GAP
    text = f"objective {peer['objective']:.2f} / {value:.2f} ({gap:+.1e}), {peer['n_iter']}/{ours['n_iter']} iterations"
    return gap <= OBJECTIVE_GAP and near, text


def check_margins(peer, ours, folder):
    """Linear SVM: the minimised objective of both coefficient sets; a lower one of ours is as good."""
    import numpy as np
    load = lambda name: np.load(os.path.join(folder, name + ".npy"))
    coef, intercept = vectors_from_margins(np.load(ours["probe"]))
    value = squared_hinge_objective(coef, intercept, real_values(load("train_x")), load("train_y"), 1.0)
    gap = _relative(value, peer["objective"])
    near = abs(ours["accuracy"] - peer["accuracy"]) <= ACCURACY_GAP
    text = f"objective {peer['objective']:.3f} / {value:.3f} ({gap:+.1e}), {peer['n_iter']}/{ours['n_iter']} iterations"
    return gap <= OBJECTIVE_GAP and near, text


def check_neighbours(peer, ours, folder, k=5):
    """k-NN: ours must be the exact answer on every row; the peer's may differ where there is a tie, or where
    its floating-point distances rounded."""
    import numpy as np
    load = lambda name: np.load(os.path.join(folder, name + ".npy"))
    train = load("train_x")
    exact, free = exact_neighbours(train, load("train_y"), load("validation_x"), k)
    kind = "integers" if train.dtype == np.uint8 else "distances in double precision"
    a, b = np.load(peer["predictions"]), np.load(ours["predictions"])
    wrong = int((b != exact).sum())
    tied, rounded = int(((a != b) & free).sum()), int(((a != b) & ~free).sum())
    text = f"{wrong} of {len(b)} differ from exact {kind}; peer differs on {tied} ties, {rounded} roundings"
    return wrong == 0, text


def check_predictions(peer, ours):
    """A method without randomness and with one answer: the same label in all but rows that rounding decides."""
    import numpy as np
    a, b = np.load(peer["predictions"]), np.load(ours["predictions"])
    differ = int((a != b).sum())
    return differ <= ROUNDED_GAP * len(a), f"{differ} of {len(a)} predictions differ"


def check_impurity(peer, ours, shallow, depth=SHALLOW):
    """Tree: the same training accuracy, and the same training impurity of a tree of limited depth (ties
    between equally good splits leave it a little freedom)."""
    a, b = peer["train_accuracy"], ours["train_accuracy"]
    if b is None or None in shallow:
        return False, "training accuracy or impurity not reported"
    gap = _relative(shallow[1], shallow[0]) if shallow[0] else shallow[1]
    text = f"training accuracy {a:.4f} / {b:.4f}, impurity at depth {depth} {shallow[0]:.5f} / {shallow[1]:.5f} ({gap:+.1e})"
    return abs(a - b) < 1e-9 and abs(gap) <= IMPURITY_GAP, text


def check_dual(peer, ours):
    """SVM: the dual objective summed over the class pairs, and the predictions."""
    import numpy as np
    if ours["objective"] is None:
        return False, "our dual objective was not reported"
    gap = _relative(abs(ours["objective"]), peer["objective"])
    differ = float((np.load(peer["predictions"]) != np.load(ours["predictions"])).mean())
    text = f"dual {peer['objective']:.2f} / {abs(ours['objective']):.2f} ({gap:+.1e}), {100 * differ:.2f} % of labels differ"
    return abs(gap) <= OBJECTIVE_GAP and differ <= PREDICTIONS_GAP, text
