"""studies.py - small studies with few and many rows, classes and letters in their names, and their pictures: what
overlaps.py measures and contact_sheet.py shows.  Each takes about a second."""
import os
import pathlib
import random
import subprocess

LONG = "{} Größe Ж-щука ω≈½ naïve façade № of sixty letters wide ñ"


def name(number, is_long, what):
    text = LONG.format(number) if is_long else f"{what}{number}"
    return (text + " und weiter so bis zum Ende")[:60] if is_long else text


def write_data(path, classes, is_long):
    draw = random.Random(1)
    rows = max(240, 8 * classes)
    with open(path, "w", encoding="utf-8") as file:
        file.write("a,b,c,kind\n")
        for i in range(rows):
            k = i % classes
            file.write(f"{k + draw.gauss(0, 1.1):.3f},{k % 7 + draw.gauss(0, 1):.3f},{draw.gauss(0, 1):.3f},"
                       f"\"{name(k, is_long, 'class ')}\"\n")


def settings(number):
    """Classifiers in turn; those with curves and a swept hyperparameter among them."""
    if number % 4 == 0:
        return f"tree: {{max_depth: {1 + number // 4}}}"
    if number % 4 == 1:
        return f"sgd: {{alpha: {10 ** -(1 + number / 50):.6g}, max_iter: {1 if number == 1 else 6}, loss: {'hinge' if number % 8 == 1 else 'log_loss'}}}"
    if number % 4 == 2:
        return f"knn: {{n_neighbors: {1 + number // 4}}}"
    return f"mlp: {{max_iter: {3 + number % 5}, hidden_layer_sizes: [{4 + number}]}}"


def make(program, folder, rows, classes, is_long, folds=0):
    """Runs a study in folder/results; its name."""
    study = f"r{rows}-c{classes}-{'long' if is_long else 'short'}{'-folds' if folds else ''}"
    data = pathlib.Path(folder, f"{study}.csv")
    write_data(data, classes, is_long)
    text = [f"name: {study}", f"title: \"{LONG if is_long else 'A study'}\"", f"data: {data}", "seed: 1", "rows:"]
    for i in range(rows):
        text += [f"  - {settings(i)}", f"    name: \"{name(i, is_long, 'row ')}\""]
        if i % 3 == 0:
            text.append("    published: {accuracy: 0.5}")
    experiment = pathlib.Path(folder, f"{study}.yaml")
    experiment.write_text("\n".join(text) + "\n", encoding="utf-8")
    asked = [program, "run", str(experiment), "--quiet", "--out", str(pathlib.Path(folder, "results")), "--jobs", "2"]
    subprocess.run(asked + (["--folds", str(folds)] if folds else []), check=True, stdout=subprocess.DEVNULL)
    return study


def draw(program, folder, study, *words):
    """Draws, and returns the pictures' SVG files; [] where the study has nothing for a kind."""
    done = subprocess.run([program, "plot", *([study] if isinstance(study, str) else study), *words, "--out", str(pathlib.Path(folder, "results"))],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode not in (0, 2):
        raise RuntimeError(done.stderr)
    return [line.removesuffix(".{svg,png,pdf}") + ".svg" for line in done.stdout.splitlines()]


def pictures(program, folder, study):
    """The default ones, and those of two rows."""
    return draw(program, folder, study) + draw(program, folder, study, "confusion-difference")


def explained_pictures(program, folder):
    """A study with a row that fails and a thousand epochs; explanations of its network, of images, and of a table's tree."""
    out = ["--quiet", "--out", str(pathlib.Path(folder, "results"))]
    subprocess.run([program, "run", "--data", "synthetic:600", "--train", "400", "--validation", "150", "--models", "qda,tree,knn,mlp,majority",
                    "--set", "mlp.hidden_layer_sizes=16", "--set", "mlp.max_iter=1000", "--set", "mlp.n_iter_no_change=1000", "--set", "mlp.tol=0",
                    "--save-models", "--name", "gaps", *out], stdout=subprocess.DEVNULL, check=False)  # 3: qda finds singular covariances
    files = draw(program, folder, "gaps")
    table = pathlib.Path(folder, "explained.csv")
    write_data(table, 3, False)
    subprocess.run([program, "run", "--data", str(table), "--models", "tree", "--save-models", "--name", "explained", *out],
                   check=True, stdout=subprocess.DEVNULL)
    models = pathlib.Path(folder, "results")
    for i, words in enumerate(([models / "gaps/models/mlp.slm", "synthetic:600", "--rows", "0:12", "--method", "integrated-gradients", "--faithfulness"],
                               [models / "explained/models/decision-tree.slm", table, "--method", "tree-shap"],
                               [models / "explained/models/decision-tree.slm", table, "--method", "permutation"])):
        asked = pathlib.Path(folder, "further", f"explain-{i}")
        subprocess.run([program, "explain", *map(str, words), "--out", str(asked)], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        files += sorted(map(str, asked.glob("*.svg")))
    return files


def further_pictures(program, folder):
    """Kinds that need several studies, images, two swept hyperparameters or to be asked for."""
    out = ["--quiet", "--out", str(pathlib.Path(folder, "results"))]
    several, files = [f"s{i}" for i in range(1, 7)], []
    for i, study in enumerate(several, 1):
        subprocess.run([program, "run", "--data", f"synthetic:{400 + i}:{i}", "--train", str(100 + 30 * i), "--validation", "100",
                        "--models", "tree,knn,majority", "--name", study, *out], check=True, stdout=subprocess.DEVNULL)
    subprocess.run([program, "sweep", "tree", "max_depth=1,2,4,8", "min_samples_leaf=1,4,16", "--data", "synthetic:600", "--folds", "3",
                    "--name", "heat", *out], check=True, stdout=subprocess.DEVNULL)
    wide = make(program, folder, 8, 10, True)
    for study, kind in (("s1", "samples"), ("s1", "class-counts"), ("s1", "images-right"), ("s1", "images-wrong"), ("heat", "sweep"),
                        (several, "training-size"), (several, "critical-difference"), (wide, "class-counts")):
        drawn = draw(program, folder, study, kind)
        if not drawn:
            raise RuntimeError(f"{kind} of {study}: nothing is drawn")
        files += drawn
    for words in (["errors", "s1", "k-NN", *out[1:]], ["embed", "synthetic:1000"]):
        asked = pathlib.Path(folder, "further", words[0], "plots")
        subprocess.run([program, *words, "--plots", str(asked)], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        files += sorted(map(str, asked.glob("*.svg")))
    return files + explained_pictures(program, folder)


def program():
    return os.environ.get("SHORTLIST") or str(pathlib.Path(__file__).parents[2] / "build/release/shortlist")
