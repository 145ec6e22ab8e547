"""The searches of bench/search: what each side tries, and the goals (ratios peer seconds / our seconds)."""

FOLDS = 5


class Search:
    def __init__(self, key, title, classifier, grid, peer, rows, goal, stretch=None, fixed=(), peer_fixed=None, dtype="float64",
                 tolerance=0.003, once=None):
        self.key, self.title = key, title
        self.classifier, self.grid, self.fixed = classifier, grid, list(fixed)  # ours: {name: texts}, NAME=VALUE texts
        self.peer, self.peer_fixed = peer, peer_fixed or {}  # scikit-learn's class and what does not vary
        self.rows = rows            # training rows, cut into folds
        self.goal, self.stretch = goal, stretch
        self.dtype = dtype          # of the peer's features: the faster one where it has a choice
        self.tolerance = tolerance  # by which the mean of the compared folds' accuracies may differ
        self.once = once            # values of the one setting that costs most: the search may take twice its time

    def combinations(self):
        """[{name: text}] in the order of a grid."""
        found = [{}]
        for name, texts in self.grid.items():
            found = [dict(f, **{name: t}) for f in found for t in texts.split(",")]
        return found


C6, C7 = "0.01,0.1,1,10,100,1000", "0.001,0.01,0.1,1,10,100,1000"
ALPHAS = "0," + ",".join(f"{1e-5 * 10 ** (3 * i / 28):.3g}" for i in range(29))

SEARCHES = [
    Search("svm-rbf", "SVM rbf, 6 C x 6 gamma", "svm", {"C": C6, "gamma": "0.0001,0.0006,0.004,0.025,0.16,1"}, "svm.SVC", 10000,
           60, 100),
    Search("svm-linear", "SVM linear, 7 C", "svm", {"C": C7}, "svm.SVC", 10000, 60, fixed=["kernel=linear"],
           peer_fixed={"kernel": "linear"}),
    Search("knn", "k-NN, 50 k x 2 weightings", "knn",
           {"n_neighbors": ",".join(map(str, range(1, 51))), "weights": "uniform,distance"}, "neighbors.KNeighborsClassifier",
           10000, 100, 300, dtype="float32"),
    Search("logreg", "logistic regression, 7 C", "logreg", {"C": C7}, "linear_model.LogisticRegression", 60000, 15, 30,
           peer_fixed={"max_iter": 100}, fixed=["max_iter=100"]),
    Search("tree-depth", "tree, 20 depths", "tree", {"max_depth": ",".join(map(str, range(1, 21)))},
           "tree.DecisionTreeClassifier", 10000, 100, dtype="float32", tolerance=0.01, once=["max_depth=none"]),
    Search("tree-ccp", "tree, 30 ccp_alpha", "tree", {"ccp_alpha": ALPHAS}, "tree.DecisionTreeClassifier", 10000, 100,
           dtype="float32", tolerance=0.01),
    Search("sgd", "SGD, 6 alpha", "sgd", {"alpha": "0.000001,0.00001,0.0001,0.001,0.01,0.1"}, "linear_model.SGDClassifier",
           10000, 60, tolerance=0.02),
]


def find(text):
    """The searches of a comma-separated list; ValueError with the valid names."""
    by_key = {s.key: s for s in SEARCHES}
    for key in text.split(","):
        if key not in by_key:
            raise ValueError(f"no search '{key}'; searches: {', '.join(by_key)}")
    return [by_key[key] for key in text.split(",")]


def value(text):
    """A hyperparameter's value as the peer takes it."""
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            pass
    return text
