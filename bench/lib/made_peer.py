"""scikit-learn on one made table, in a process of its own: reads the file by itself, fits the same steps inside
the folds that it is given, and prints one JSON object.

made_peer.py '{"table": "mixed", "file": ..., "folds": FOLDER, "rows": [...], "seed": 42, "n_folds": 5, "repeats": 3,
              "draws": 5}'

Steps: SimpleImputer, OneHotEncoder or OrdinalEncoder, MissingIndicator (behind all features), StandardScaler.  Each
fold's encoded rows are compared with ours (FOLDER/R-F-x.npy), column by column."""
import csv
import json
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

MARKS = ("", "NA", "?")


def draws_of(key, draws):
    """Seeds of a row in each fold.  The quick random ones get several, and SGD, which scatters most, more of them."""
    return {"tree": draws, "sgd": 4 * draws if draws > 1 else 1}.get(key, 1)


def read(table, path):
    """{name: cells}, with "class" among them."""
    if table.form == "svmlight":
        from sklearn.datasets import load_svmlight_file
        x, y = load_svmlight_file(path)
        found = {f"a{j}": list(map(str, column)) for j, column in enumerate(x.toarray().T)}
        return {**found, "class": [f"{v:+.0f}" for v in y]}
    with open(path, encoding="utf-8", newline="") as f:
        head, *rows = csv.reader(f, delimiter=table.delimiter)
    return {name: [row[j] for row in rows] for j, name in enumerate(head)}


def matrix(table, cells):
    """Features as an object array: numbers as floats, categories as text, NaN where one is missing; their names."""
    import numpy as np
    names = [name for name in cells if name not in ("class", table.groups, *table.left_out)]
    truths = {"true": 1.0, "yes": 1.0, "false": 0.0, "no": 0.0}

    def value(name, cell):
        if cell in MARKS:
            return np.nan
        if name in table.categories:
            return cell
        if name in table.booleans and cell.lower() in truths:
            return truths[cell.lower()]
        return float(cell.replace(",", ".") if table.comma else cell)

    return np.array([[value(n, c) for c in cells[n]] for n in names], dtype=object).T, names


def encoders(table, names):
    """One transformer a column."""
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder
    settings, found = table.settings, []
    for j, name in enumerate(names):
        if name not in table.categories:
            strategy = {"mode": "most_frequent"}.get(settings.get("missing"), settings.get("missing", "median"))
            found.append((name, SimpleImputer(strategy=strategy, keep_empty_features=True), [j]))
            continue
        ordinal = settings["categories"] == "ordinal"
        frequency = int(settings["min_frequency"]) if "min_frequency" in settings else None
        encoder = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1) if ordinal else \
            OneHotEncoder(handle_unknown="ignore", sparse_output=False, min_frequency=frequency)
        found.append((name, make_pipeline(SimpleImputer(strategy="most_frequent"), encoder), [j]))
    return found


def encode(table, names, x, fit):
    """All rows as the encoders fitted on the rows fit make them."""
    import numpy as np
    from sklearn.impute import MissingIndicator
    parts = []
    for name, encoder, j in encoders(table, names):
        column = x[:, j] if name in table.categories else x[:, j].astype(float)
        parts.append(encoder.fit(column[fit]).transform(column))
    if table.settings.get("missing_indicators"):
        gaps = np.where([[v != v for v in row] for row in x], np.nan, 0.0)
        indicator = MissingIndicator(features="missing-only", error_on_new=False).fit(gaps[fit])
        parts.append(indicator.transform(gaps).astype(float))
    return np.hstack([part.astype(float) for part in parts])


def make(key, seed, shape):
    from sklearn import dummy, linear_model, neighbors, neural_network, svm, tree
    makers = {
        "majority": lambda: dummy.DummyClassifier(),
        "sgd": lambda: linear_model.SGDClassifier(random_state=seed),
        "logreg": lambda: linear_model.LogisticRegression(),
        "knn": lambda: neighbors.KNeighborsClassifier(algorithm="brute"),
        "tree": lambda: tree.DecisionTreeClassifier(random_state=seed),
        "svm-linear": lambda: svm.SVC(kernel="linear"),
        "svm-rbf": lambda: svm.SVC(),
        # Its dual is solved by chance, and stops at its limit where rows are many; the minimum is the same.
        "linear-svm": lambda: svm.LinearSVC(dual=shape[0] < shape[1], random_state=seed),
        "mlp": lambda: neural_network.MLPClassifier(random_state=seed),
    }
    return makers[key]()


def exact_neighbours(train, y, scored, k=5):
    """What an exact search predicts that prefers the earlier of two rows equally far, and the lower of two labels; and
    where the k-th neighbour has an equal, so that another rule may choose another."""
    import numpy as np
    square = ((scored[:, None, :] - train[None, :, :]) ** 2).sum(axis=2)
    square = np.round(square, 9)  # equal but for rounding
    order = np.argsort(square, axis=1, kind="stable")[:, :k + 1]
    far = np.take_along_axis(square, order[:, k - 1:], axis=1)
    labels, codes = np.unique(y, return_inverse=True)
    votes = [np.bincount(codes[row[:k]], minlength=len(labels)) for row in order]
    return labels[np.argmax(votes, axis=1)].tolist(), (far[:, 0] == far[:, 1]).tolist()


def run_fold(job, table, names, x, y, repeat, fold):
    import numpy as np
    from sklearn.preprocessing import StandardScaler
    load = lambda what: np.load(os.path.join(job["folds"], f"{repeat}-{fold}-{what}.npy"))
    fit, score = load("fit"), load("score")
    encoded = encode(table, names, x, fit)
    found = {"repeat": repeat, "fold": fold, "truth": y[score].tolist(), "predicted": {}}
    if os.path.exists(os.path.join(job["folds"], f"{repeat}-{fold}-x.npy")):
        ours = load("x")
        found["encoding"] = float(np.abs(ours - encoded).max()) if ours.shape == encoded.shape else \
            f"{ours.shape[1]} columns here, {encoded.shape[1]} in scikit-learn"
    scaler = StandardScaler().fit(encoded[fit])
    train, scored = scaler.transform(encoded[fit]), scaler.transform(encoded[score])
    for key in job["rows"]:
        models = [make(key, job["seed"] + 100 * draw + 10 * repeat + fold, train.shape)
                  for draw in range(draws_of(key, job["draws"]))]
        found["predicted"][key] = [model.fit(train, y[fit]).predict(scored).tolist() for model in models]
    if "knn" in job["rows"]:
        found["exact"], found["tied"] = exact_neighbours(train, y[fit], scored)
    return found


def main():
    import warnings
    import numpy as np
    import sklearn
    from lib import made_tables
    warnings.simplefilter("ignore")
    job = json.loads(sys.argv[1])
    table = made_tables.find([job["table"]])[0]
    cells = read(table, job["file"])
    x, names = matrix(table, cells)
    y = np.array(cells["class"])
    folds = [run_fold(job, table, names, x, y, repeat, fold)
             for repeat in range(job["repeats"]) for fold in range(job["n_folds"])]
    print(json.dumps({"version": sklearn.__version__, "n": len(y), "d": len(names), "folds": folds}))


if __name__ == "__main__":
    main()
