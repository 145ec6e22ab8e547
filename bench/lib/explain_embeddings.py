"""Cases of embeddings: principal components, t-SNE.  Times are those of the library's call; scikit-learn's t-SNE,
on the same rows, is told beside them with --peers."""
import os
import sys

from .explain_case import Case
from .pairing import median, run_json

KEPT = .405       # of a row's 15 nearest, that t-SNE of 10,000 images is to keep
WITHIN = .005     # of what scikit-learn's picture has


def embed(context, method, part, rows, number, runs):
    command = [os.path.join(context.programs, "embed_one"), method, context.data, part, str(rows), str(number),
               str(context.threads)]
    return [run_json(command, context.env, method) for _ in range(runs)]


def pca(context):
    runs = embed(context, "pca", "train", 0, 50, context.runs)
    memory = max(run["peak_memory"] for run in runs) / 2 ** 20
    return {"value": median([run["seconds"] for run in runs]), "runs": runs,
            "notes": f"{100 * runs[0]['explained']:.2f} % of the variance, peak {memory:.0f} MiB"}


def peer(context):
    """scikit-learn on the first 10,000 test images."""
    worker = os.path.join(os.path.dirname(os.path.abspath(__file__)), "tsne_worker.py")
    return run_json([sys.executable, worker, context.data], context.env, "scikit-learn")


def quality(run):
    return (f"neighbours kept {run['kept']:.4f}, 1-NN {run['accuracy']:.4f}, "
            f"trustworthiness {run['trustworthiness']:.4f}, divergence {run['divergence']:.4f}")


def tsne_small(context):
    runs = embed(context, "tsne", "test", 10000, 1000, context.runs)
    ours, notes, failed = runs[0], quality(runs[0]), None
    if ours["kept"] < KEPT:
        failed = f"keeps less than {KEPT} of the neighbours"
    if context.peers:
        other = peer(context)
        notes += (f"; scikit-learn {other['seconds']:.1f} s, kept {other['kept']:.4f}, "
                  f"1-NN {other['accuracy']:.4f}, divergence {other['divergence']:.4f}")
        if any(ours[name] < other[name] - WITHIN for name in ("kept", "accuracy")):
            failed = f"scikit-learn's picture is better by more than {WITHIN}"
    return {"value": median([run["seconds"] for run in runs]), "runs": runs, "notes": notes, "failed": failed}


def tsne_large(context):
    runs = embed(context, "tsne", "train", 60000, 750, 1)
    memory = runs[0]["peak_memory"] / 2 ** 20
    return {"value": runs[0]["seconds"], "runs": runs, "notes": f"{quality(runs[0])}, peak {memory:.0f} MiB"}


CASES = [
    Case("pca", "PCA 60,000 x 784, leading 50", "s", .7, .4, ["embed_one"], pca),
    Case("tsne-10000", "t-SNE 10,000 x 784, 1,000 iterations", "s", 5, 3, ["embed_one"], tsne_small),
    Case("tsne-60000", "t-SNE 60,000 x 784, 750 iterations", "s", 45, 30, ["embed_one"], tsne_large),
]
