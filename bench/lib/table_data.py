"""The tables of bench/tables: scikit-learn's own small ones, and one that is generated.

Features are brought to mean 0 and standard deviation 1 here, so that both sides fit them as they are, and rounded
to multiples of 2^-12: in double precision squared distances of such rows are exact, which the check of k-NN asks
for.  They are written as CSV when the benchmark runs."""
import os


class Table:
    def __init__(self, key, title, make, n_train, n_validation, repeats, shallow, rows, goals, together):
        self.key, self.title = key, title
        self.make = make          # () -> x (n, d), y (n), names of the features or None
        self.n_train, self.n_validation = n_train, n_validation
        self.repeats = repeats    # fits in each process: the median counts
        self.shallow = shallow    # depth at which trees' training impurity is compared
        self.rows = rows          # keys of the rows that are run by default
        self.goals = goals        # row key -> (fit, score) ratios, each may be None
        self.together = together  # ratio of the rows in sum, or None


def _bundled(name):
    def make():
        from sklearn import datasets
        found = getattr(datasets, "load_" + name)()
        return found.data, found.target, found.feature_names
    return make


def _made():
    from sklearn.datasets import make_classification
    x, y = make_classification(n_samples=110000, n_features=20, n_informative=10, n_redundant=4, n_classes=4,
                               n_clusters_per_class=2, class_sep=1.5, random_state=20)
    return x, y, None


ROWS = ["sgd", "logreg", "knn", "tree", "svm-linear", "svm-rbf", "mlp", "linear-svm"]
LARGE = ["sgd", "logreg", "knn", "tree", "svm-rbf", "mlp"]


def _each(row):
    return 1, 1


def _large(row):
    """Of the large table fit and score count together: LARGE_GOALS."""
    return None, None


LARGE_GOALS = {"sgd": 3, "logreg": 3, "knn": 3, "tree": 3}  # fit + score; 1 for others

TABLES = [
    Table("iris", "iris, 150 x 4", _bundled("iris"), 120, 30, 21, 3, ROWS, _each, 3),
    Table("cancer", "breast cancer, 569 x 30", _bundled("breast_cancer"), 455, 114, 11, 3, ROWS, _each, 3),
    Table("digits", "digits, 1,797 x 64", _bundled("digits"), 1437, 360, 5, 3, ROWS, _each, 3),
    Table("large", "generated, 100,000 x 20", _made, 100000, 10000, 1, 8, LARGE, _large, None),
]


def find(wanted):
    """The tables of a comma-separated list; ValueError with the valid names."""
    by_key = {table.key: table for table in TABLES}
    for key in (wanted or "").split(",") if wanted else []:
        if key not in by_key:
            raise ValueError(f"no table '{key}'; tables: {', '.join(by_key)}")
    return [by_key[key] for key in dict.fromkeys(wanted.split(","))] if wanted else TABLES


def _write(path, x, y, names, number):
    with open(path, "w", encoding="utf-8") as f:
        f.write(",".join([name.replace(",", " ") for name in names] + ["class"]) + "\n")
        for row, label in zip(x, y):
            f.write(",".join(number % v for v in row) + f",class {label}\n")


def write(table, folder):
    """The table's CSV file, as it is compared: standardised, rounded."""
    import numpy as np
    x, y, names = table.make()
    deviation = x.std(axis=0)
    x = np.rint((x - x.mean(axis=0)) / np.where(deviation > 0, deviation, 1) * 4096) / 4096
    path = os.path.join(folder, table.key + ".csv")
    _write(path, x, y, [f"x{j}" for j in range(x.shape[1])], "%.12g")
    return path


def write_raw(table, folder):
    """The table as a user would have it."""
    x, y, names = table.make()
    path = os.path.join(folder, table.key + "-raw.csv")
    _write(path, x, y, names or [f"x{j}" for j in range(x.shape[1])], "%g")
    return path
