"""Tables of the kinds that public data sets have, made by a fixed seed each: for the scores of bench/tables.

A table is text, as a file would hold it.  What its columns are is told to both sides: to ours by an experiment
file's settings, to scikit-learn by the lists `categories` and `booleans` (other features are numbers)."""
import zlib


class Made:
    def __init__(self, key, what, make, settings=None, categories=(), booleans=(), groups=None, left_out=(),
                 delimiter=",", comma=False, form="csv"):
        self.key, self.what, self.make = key, what, make  # make(rng) -> {name: list of cells}, "class" among them
        self.settings = settings or {}  # of the experiment file
        self.categories, self.booleans = list(categories), list(booleans)
        self.groups, self.left_out = groups, list(left_out)
        self.delimiter, self.comma, self.form = delimiter, comma, form

    def columns(self):
        import numpy as np
        return self.make(np.random.default_rng(zlib.crc32(self.key.encode())))


def _names(x, decimals=3):
    """Columns a0, a1, ... of an array."""
    return {f"a{j}": [f"{v:.{decimals}f}" for v in x[:, j]] for j in range(x.shape[1])}


def _clouds(rng, n, d, k=2, apart=1.0, informative=None, shares=None):
    """Overlapping clouds: features (n, d), classes (n)."""
    y = rng.choice(k, n, p=shares)
    centres = rng.normal(0, apart, (k, d))
    centres[:, informative or d:] = 0
    return centres[y] + rng.normal(0, 1, (n, d)), y


def _lacking(rng, cells, share, mark=""):
    return [mark if r < share else c for r, c in zip(rng.random(len(cells)), cells)]


def _pick(rng, levels, n, shares=None):
    return [str(v) for v in rng.choice(levels, n, p=shares)]


def _class(y, names=None):
    return {"class": [names[v] if names else f"k{v}" for v in y]}


def missing(rng):
    x, y = _clouds(rng, 400, 6)
    table = _names(x)
    return {**{name: _lacking(rng, cells, 0.12, ["", "NA", "?"][j % 3]) for j, (name, cells) in enumerate(table.items())},
            **_class(y)}


def missing_tells(rng):
    """Where a value is missing tells the class, and hardly anything else does."""
    x, y = _clouds(rng, 400, 4, apart=0.3)
    table = _names(x)
    gone = rng.random(400) < y * 0.5 + 0.1
    table["a0"] = ["NA" if g else c for g, c in zip(gone, table["a0"])]
    table["a1"] = _lacking(rng, table["a1"], 0.2)
    return {**table, **_class(y)}


def few_levels(rng):
    n = 500
    colour, size, shape = (rng.integers(0, k, n) for k in (3, 4, 2))
    y = ((colour == 1) & (size > 1) | (shape == 0) & (rng.random(n) < 0.6)).astype(int)
    return {"colour": [["red", "green", "blue"][v] for v in colour], "size": [["S", "M", "L", "XL"][v] for v in size],
            "shape": [["round", "flat"][v] for v in shape], **_class(y, ["skip", "buy"])}


def many_levels(rng):
    n = 600
    town = rng.geometric(0.05, n).clip(max=60)
    good = rng.random(61) < 0.5
    y = (good[town] ^ (rng.random(n) < 0.2)).astype(int)
    return {"town": [f"town {v}" for v in town], "a": [f"{v:.2f}" for v in rng.normal(0, 1, n) + y * 0.5], **_class(y)}


def rare_levels(rng):
    table = many_levels(rng)
    return {"code": [f"c{v}" for v in rng.zipf(1.6, 600).clip(max=200)], **table}


def mixed(rng):
    n = 500
    y = rng.integers(0, 3, n)
    return {"age": _lacking(rng, [f"{v:.0f}" for v in 30 + 8 * y + rng.normal(0, 10, n)], 0.1),
            "plan": _lacking(rng, [["basic", "plus", "pro"][v if rng.random() < 0.5 else rng.integers(3)] for v in y], 0.08),
            "member": [["no", "yes"][int(v)] for v in rng.random(n) < 0.3 + 0.2 * y],
            "income": [f"{v:.2f}" for v in rng.lognormal(3 + 0.3 * y, 0.8)], **_class(y)}


def booleans(rng):
    n, d = 400, 8
    flags = rng.random((n, d)) < 0.5
    y = (flags[:, 0] & flags[:, 1] | flags[:, 2] & ~flags[:, 3]).astype(int) ^ (rng.random(n) < 0.08)
    words = [("True", "False"), ("TRUE", "FALSE"), ("yes", "no"), ("1", "0")]
    return {**{f"f{j}": [words[j % 4][0 if v else 1] for v in flags[:, j]] for j in range(d)}, **_class(y)}


def one_in_20(rng):
    x, y = _clouds(rng, 1000, 5, apart=1.2, shares=[0.95, 0.05])
    return {**_names(x), **_class(y, ["usual", "rare"])}


def one_in_100(rng):
    x, y = _clouds(rng, 1500, 4, apart=1.5, shares=[0.99, 0.01])
    return {**_names(x), **_class(y, ["usual", "rare"])}


def groups(rng):
    """What tells a patient apart is of no use for another one."""
    n, patients = 400, 50
    of = rng.integers(0, patients, n)
    sick = rng.integers(0, 2, patients)
    own = rng.normal(0, 1, (patients, 4))
    x = own[of] + rng.normal(0, 0.2, (n, 4))
    x[:, 0] += sick[of] * 1.5
    return {"patient": [f"p{v}" for v in of], **_names(x), **_class(sick[of], ["well", "sick"])}


def wide(rng):
    x, y = _clouds(rng, 80, 300, apart=0.6, informative=30)
    return {**_names(x), **_class(y)}


def sparse(rng):
    n, d = 500, 200
    y = rng.integers(0, 2, n)
    rate = rng.gamma(0.3, 0.25, (2, d))
    x = rng.poisson(rate[y])
    return {**{f"a{j}": [str(v) for v in x[:, j]] for j in range(d)}, "class": [["-1", "+1"][v] for v in y]}


def skewed(rng):
    """Features of many sizes, some with long tails."""
    x, y = _clouds(rng, 500, 6)
    return {"seconds": [f"{1.7e9 + 3600 * v:.0f}" for v in x[:, 0]], "income": [f"{v:.2f}" for v in 1e4 * 2.7 ** x[:, 1]],
            "part": [f"{1e-6 * v:.9g}" for v in x[:, 2]], "tail": [f"{v:.4g}" for v in 2.7 ** (2 * x[:, 3])],
            "metres": [f"{5412345 + v:.2f}" for v in x[:, 4]], "a": [f"{v:.3f}" for v in x[:, 5]], **_class(y)}


def duplicates(rng):
    x, y = _clouds(rng, 120, 4)
    again = rng.integers(0, 120, 400)
    return {**_names(x[again], 1), **_class(y[again])}


def constants(rng):
    x, y = _clouds(rng, 300, 4)
    return {**_names(x), "same": ["7"] * 300, "zero": ["0.0"] * 300, "once": ["1"] + ["0"] * 299, **_class(y)}


def twenty(rng):
    x, y = _clouds(rng, 1000, 8, k=20, apart=1.3)
    return {**_names(x), **_class(y)}


def tiny(rng):
    x, y = _clouds(rng, 60, 4, k=3, apart=1.0)
    return {**_names(x, 1), **_class(y)}


def id_column(rng):
    x, y = _clouds(rng, 300, 4)
    return {"id": [f"row {i}" for i in range(300)], **_names(x), **_class(y)}


def text_labels(rng):
    x, y = _clouds(rng, 400, 5, k=4, apart=0.8)
    return {**_names(x), **_class(y, ['"a, quoted"', "zwölf Äpfel", "Ω", "plain"])}


def _codes(rng, marks):
    n = 500
    y = rng.integers(0, 2, n)
    near = lambda k: (rng.normal((k - 1) * (0.35 + 0.3 * y), k / 4).round().clip(0, k - 1)).astype(int)
    table = {"grade": [f"g{v}" for v in near(5)], "step": [f"s{v}" for v in near(4)], "zip": [f"{v + 100}" for v in near(9)],
             "a": [f"{v:.2f}" for v in rng.normal(0.4 * y, 1)]}
    return {**{name: _lacking(rng, cells, 0.15) if marks else cells for name, cells in table.items()}, **_class(y)}


def ordinal(rng):
    return _codes(rng, False)


def ordinal_missing(rng):
    return _codes(rng, True)


def decimal_comma(rng):
    x, y = _clouds(rng, 300, 5, apart=0.8)
    return {**_names(x), **_class(y, ["süß", "trocken"])}


def noise_labels(rng):
    x, y = _clouds(rng, 400, 6)
    return {**_names(x), **_class(rng.integers(0, 2, 400))}


def separable(rng):
    x, y = _clouds(rng, 300, 4, apart=0.1)
    x[:, 0] += 12 * y
    return {**_names(x), **_class(y)}


def xor(rng):
    x = rng.uniform(-1, 1, (500, 4))
    y = ((x[:, 0] > 0) ^ (x[:, 1] > 0)).astype(int)
    return {**_names(x), **_class(y)}


FILLED = {"missing": "median"}
TABLES = [
    Made("missing", "missing values, three marks for them: medians", missing, FILLED),
    Made("missing-tells", "missing values that tell the class: medians, indicators", missing_tells,
         {"missing": "median", "missing_indicators": "true"}),
    Made("few-levels", "categories of 2 to 4 levels: one-hot", few_levels, {"categories": "onehot"},
         ["colour", "size", "shape"]),
    Made("many-levels", "a category of 60 levels, some in no training row: one-hot", many_levels,
         {"categories": "onehot"}, ["town"]),
    Made("rare-levels", "two categories, most levels rare: those under 5 rows are one", rare_levels,
         {"categories": "onehot", "min_frequency": "5"}, ["code", "town"]),
    Made("mixed", "numbers, categories and yes/no, with missing values: mean, indicators", mixed,
         {"missing": "mean", "categories": "onehot", "missing_indicators": "true"}, ["plan"], ["member"]),
    Made("booleans", "true and false in four writings", booleans, booleans=[f"f{j}" for j in range(8)]),
    Made("one-in-20", "imbalance 1:20", one_in_20),
    Made("one-in-100", "imbalance 1:100", one_in_100),
    Made("groups", "rows of 50 patients, whom folds leave whole", groups, {"groups": "patient"}, groups="patient"),
    Made("wide", "80 rows of 300 features", wide),
    Made("sparse", "counts, mostly 0, as svmlight", sparse, form="svmlight"),
    Made("skewed", "features from 1e-6 to 1e9, long tails, seconds since 1970", skewed),
    Made("duplicates", "400 rows, 120 of them different", duplicates),
    Made("constants", "columns of one value, and of one exception", constants),
    Made("twenty", "20 classes", twenty),
    Made("tiny", "60 rows of 3 classes", tiny),
    Made("id-column", "a column that names the rows", id_column, {"id": "id"}, left_out=["id"]),
    Made("text-labels", "classes with quotes, commas and other alphabets", text_labels),
    Made("ordinal", "codes as ranks, one of them of digits", ordinal, {"categories": "ordinal", "categorical": "zip"},
         ["grade", "step", "zip"]),
    Made("ordinal-missing", "the same with missing values and indicators", ordinal_missing,
         {"categories": "ordinal", "categorical": "zip", "missing": "mode", "missing_indicators": "true"},
         ["grade", "step", "zip"]),
    Made("decimal-comma", "semicolons and decimal commas", decimal_comma, delimiter=";", comma=True),
    Made("noise-labels", "labels by chance", noise_labels),
    Made("separable", "two clouds far apart", separable),
    Made("xor", "the class is a product of two signs", xor),
]


def find(wanted):
    """Those of the names, in order."""
    return [table for table in TABLES if wanted is None or table.key in wanted]


def _quoted(cell, delimiter):
    return '"' + cell.replace('"', '""') + '"' if delimiter in cell or '"' in cell else cell


def write(table, columns, folder):
    """The table's file."""
    import os
    path = os.path.join(folder, table.key + (".svm" if table.form == "svmlight" else ".csv"))
    features = [name for name in columns if name != "class"]
    with open(path, "w", encoding="utf-8") as f:
        if table.form == "svmlight":
            for i, label in enumerate(columns["class"]):
                pairs = (f"{j + 1}:{columns[name][i]}" for j, name in enumerate(features) if columns[name][i] != "0")
                f.write(" ".join([label, *pairs]) + "\n")
            return path
        f.write(table.delimiter.join(_quoted(name, table.delimiter) for name in columns) + "\n")
        for row in zip(*columns.values()):
            cells = [c.replace(".", ",") if table.comma else c for c in row]
            f.write(table.delimiter.join(_quoted(c, table.delimiter) for c in cells) + "\n")
    return path
