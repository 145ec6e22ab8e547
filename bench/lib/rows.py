"""The rows of the comparison: what each side runs, what is demanded of the pair, and the goals.

A closed claim: same algorithm, hyperparameters, stopping rule, split and data; the check says which
answer must agree.  Goals are ratios peer seconds / our seconds at 10,000 + 10,000 rows."""


class Row:
    def __init__(self, key, title, classifier, params, peer, variants, check, random=False, fit=None,
                 score=None, stretch_fit=None, stretch_score=None, peer_params=None, program=None, core=True, table=None,
                 made="table"):
        self.key, self.title = key, title
        self.classifier, self.params = classifier, params  # ours: name and NAME=VALUE texts
        self.peer, self.peer_params = peer, peer_params or {}  # scikit-learn's class and arguments
        self.variants = variants  # settings of the peer that leave its answer alone; the fastest is used
        self.check = check        # accuracy, predictions, objective, margins, neighbours, impurity or dual
        self.random = random
        self.fit, self.score = fit, score
        self.stretch_fit, self.stretch_score = stretch_fit, stretch_score
        self.program = program    # LIBSVM's or LIBLINEAR's own program: its name and arguments, or several such
                                  # lists: the fastest is used
        self.core = core          # one of the seven rows that are summed
        self.table = table        # number of training rows of a made-up table, in the place of the data
        self.made = made          # which table: "table" or "mixed-table", see split.h


def _variants(**choices):
    """The product of the choices: [{name: value}]."""
    found = [{}]
    for name, values in choices.items():
        found = [dict(v, **{name: value}) for v in found for value in values]
    return found


F32, F64 = "float32", "float64"
# LIBSVM's kernel cache in MB.  It is allocated as it is used and leaves the answer alone; scikit-learn's
# default of 200 costs time on 50,000 rows.
SVC = {"C": 1.0, "cache_size": 2000}

# Boosting, both with the same trees: 100 iterations of trees of depth 6 without a bound of leaves.
DEEP = ["max_depth=6", "max_leaf_nodes=none", "early_stopping=false"]
HISTOGRAMS = {"max_depth": 6, "max_leaf_nodes": None, "early_stopping": False}
XGBOOST = {"n_estimators": 100, "max_depth": 6, "learning_rate": 0.1, "tree_method": "hist"}
XGBOOST_DEEP = DEEP + ["min_samples_leaf=1", "l2_regularization=1"]

LINEAR_SVC = _variants(dtype=[F64], dual=[True, False])
# LIBLINEAR's program has other default tolerances than scikit-learn and we.
LIBLINEAR = ("liblinear", ["-s", "1", "-e", "0.0001"], ["-s", "2", "-e", "0.0001"])

ROWS = [
    Row("sgd", "SGD (hinge, one-vs-all)", "sgd", [], "linear_model.SGDClassifier",
        _variants(dtype=[F64], n_jobs=[-1, None]), "accuracy", random=True, fit=20, stretch_fit=40),
    Row("logreg", "logistic regression", "logreg", [], "linear_model.LogisticRegression",
        _variants(dtype=[F32, F64]), "objective", fit=8, stretch_fit=12),
    Row("knn", "k-NN k=5", "knn", [], "neighbors.KNeighborsClassifier",
        _variants(dtype=[F32, F64], n_jobs=[-1, None]), "neighbours", score=6, stretch_score=9),
    Row("tree", "decision tree", "tree", [], "tree.DecisionTreeClassifier",
        _variants(dtype=[F32]), "impurity", random=True, fit=30, stretch_fit=50),
    Row("svm-linear", "SVM linear C=1", "svm", ["kernel=linear"], "svm.SVC",
        _variants(dtype=[F64]), "dual", peer_params=dict(SVC, kernel="linear"), fit=8, score=200,
        stretch_fit=15, stretch_score=700, program=("svm", ["-t", "0"])),
    Row("svm-rbf", "SVM rbf C=1", "svm", ["kernel=rbf"], "svm.SVC",
        _variants(dtype=[F64]), "dual", peer_params=dict(SVC, kernel="rbf"), fit=12, score=60,
        stretch_fit=35, stretch_score=180, program=("svm", ["-t", "2"])),
    Row("mlp", "MLP (100), Adam", "mlp", [], "neural_network.MLPClassifier",
        _variants(dtype=[F32, F64]), "accuracy", random=True, fit=4, stretch_fit=8),
    # Beside the seven: linear SVMs.  Whether the dual is solved or the primal leaves the minimum alone.
    Row("linear-svm", "linear SVM", "linear_svm", [], "svm.LinearSVC", LINEAR_SVC, "margins", fit=10, core=False,
        program=LIBLINEAR),
    Row("linear-svm-table", "linear SVM, 75,000 x 20", "linear_svm", [], "svm.LinearSVC", LINEAR_SVC, "margins", fit=3,
        core=False, program=LIBLINEAR, table=75000),
    # Other models linear in the features, or nearly.  The deterministic ones are to predict the same.
    Row("perceptron", "perceptron", "perceptron", [], "linear_model.Perceptron", _variants(dtype=[F64], n_jobs=[-1, None]),
        "accuracy", random=True, core=False),
    Row("passive-aggressive", "passive-aggressive", "passive_aggressive", [], "linear_model.PassiveAggressiveClassifier",
        _variants(dtype=[F64], n_jobs=[-1, None]), "accuracy", random=True, core=False),
    Row("naive-bayes", "Gaussian naive Bayes", "naive_bayes", [], "naive_bayes.GaussianNB", _variants(dtype=[F32, F64]),
        "predictions", fit=12, core=False),
    Row("lda", "linear discriminant analysis", "lda", [], "discriminant_analysis.LinearDiscriminantAnalysis",
        _variants(dtype=[F32, F64]), "predictions", fit=11, core=False),
    Row("nearest-centroid", "nearest centroid", "nearest_centroid", [], "neighbors.NearestCentroid", _variants(dtype=[F32, F64]),
        "predictions", core=False),
    # And trees in numbers.
    Row("forest", "random forest, 100 trees", "forest", [], "ensemble.RandomForestClassifier",
        _variants(dtype=[F32], n_jobs=[-1]), "accuracy", random=True, fit=7, core=False),
    Row("extra-trees", "extra trees, 100", "extra_trees", [], "ensemble.ExtraTreesClassifier",
        _variants(dtype=[F32], n_jobs=[-1]), "accuracy", random=True, fit=7, core=False),
    Row("boosting", "boosting, 100 x depth 6", "boosting", DEEP, "ensemble.HistGradientBoostingClassifier",
        _variants(dtype=[F32]), "accuracy", random=True, fit=2, core=False, peer_params=HISTOGRAMS),
    Row("boosting-xgboost", "boosting and XGBoost hist", "boosting", XGBOOST_DEEP, "xgboost.XGBClassifier",
        _variants(dtype=[F32], n_jobs=[-1]), "accuracy", random=True, fit=3, core=False, peer_params=XGBOOST),
    Row("forest-table", "random forest, 100,000 x 20", "forest", [], "ensemble.RandomForestClassifier",
        _variants(dtype=[F32], n_jobs=[-1]), "accuracy", random=True, fit=5, core=False, table=100000),
    Row("extra-trees-table", "extra trees, 100,000 x 20", "extra_trees", [], "ensemble.ExtraTreesClassifier",
        _variants(dtype=[F32], n_jobs=[-1]), "accuracy", random=True, core=False, table=100000),
    Row("boosting-table", "boosting, 100,000 x 20", "boosting", DEEP, "ensemble.HistGradientBoostingClassifier",
        _variants(dtype=[F32]), "accuracy", random=True, fit=2, core=False, peer_params=HISTOGRAMS, table=100000),
    Row("boosting-xgboost-table", "XGBoost hist, 100,000 x 20", "boosting", XGBOOST_DEEP, "xgboost.XGBClassifier",
        _variants(dtype=[F32], n_jobs=[-1]), "accuracy", random=True, fit=2, core=False, peer_params=XGBOOST, table=100000),
    Row("forest-mixed", "random forest, mixed 75,000 x 54", "forest", [], "ensemble.RandomForestClassifier",
        _variants(dtype=[F32], n_jobs=[-1]), "accuracy", random=True, fit=5, core=False, table=75000, made="mixed-table"),
    Row("extra-trees-mixed", "extra trees, mixed 75,000 x 54", "extra_trees", [], "ensemble.ExtraTreesClassifier",
        _variants(dtype=[F32], n_jobs=[-1]), "accuracy", random=True, core=False, table=75000, made="mixed-table"),
    Row("boosting-mixed", "boosting, mixed 75,000 x 54", "boosting", DEEP, "ensemble.HistGradientBoostingClassifier",
        _variants(dtype=[F32]), "accuracy", random=True, fit=2, core=False, peer_params=HISTOGRAMS, table=75000,
        made="mixed-table"),
    Row("boosting-xgboost-mixed", "XGBoost hist, mixed 75,000 x 54", "boosting", XGBOOST_DEEP, "xgboost.XGBClassifier",
        _variants(dtype=[F32], n_jobs=[-1]), "accuracy", random=True, fit=2, core=False, peer_params=XGBOOST, table=75000,
        made="mixed-table"),
]

# Rows of real numbers (--float): the goal is scikit-learn's speed at its accuracy.  k-NN's training only
# stores the rows.
FLOAT_GOAL = 1
FLOAT_KEYS = ["sgd", "logreg", "knn", "tree", "svm-linear", "svm-rbf"]
# scikit-learn's newer versions of SGD can compute in float32 (older ones convert).  Trees always take
# float32, LIBSVM float64.
FLOAT_VARIANTS = {"sgd": _variants(dtype=[F32, F64], n_jobs=[-1, None])}

# Of tables with few features the peer may search a tree.
NEIGHBOURS = _variants(dtype=[F32, F64], algorithm=["brute", "kd_tree", "ball_tree"], n_jobs=[-1, None])

TOGETHER = {10000: (12, 19), 50000: (13, None)}  # size: (goal, stretch) of the seven rows in sum
SEVEN = [row.key for row in ROWS if row.core]


def keys(real):
    """The rows that are run by default and summed."""
    return FLOAT_KEYS if real else SEVEN


def variants(row, real):
    return FLOAT_VARIANTS.get(row.key, row.variants) if real else row.variants


def goals(row, real):
    """(fit, score): ratios aimed for, or None."""
    if real:
        return None if row.key == "knn" else FLOAT_GOAL, FLOAT_GOAL
    return row.fit, row.score


def together_goal(n_train, real):
    """(goal, stretch) of the summed rows, each a ratio or None."""
    return (FLOAT_GOAL, None) if real else TOGETHER.get(n_train, (None, None))


def find(wanted, real=False, tables=True):
    """The rows of a comma-separated list, those on tables of their own too where asked for; ValueError with the valid
    names."""
    if not wanted:
        return [row for row in ROWS if row.key in keys(real)]
    by_key = {row.key: row for row in ROWS if tables or not row.table}
    found = []
    for key in wanted.split(","):
        if key not in by_key:
            raise ValueError(f"no row '{key}'; rows: {', '.join(by_key)}")
        if by_key[key] not in found:
            found.append(by_key[key])
    return found
