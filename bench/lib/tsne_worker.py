"""tsne_worker.py DATA: scikit-learn's t-SNE of the first 10,000 test images, as one line of JSON.  DATA is
fashion-mnist or a folder of IDX files."""
import glob
import gzip
import json
import os
import sys
import time

import numpy as np
from sklearn.manifold import TSNE
from sklearn.neighbors import NearestNeighbors

K = 15
FOLDERS = ["/usr/share/datasets/fashion-mnist", "/usr/local/share/datasets/fashion-mnist",
           os.path.expanduser("~/.local/share/shortlist/fashion-mnist")]


def read(folder, name, skip):
    path = sorted(glob.glob(os.path.join(folder, name + "*")))[0]
    with (gzip.open if path.endswith(".gz") else open)(path, "rb") as f:
        return np.frombuffer(f.read(), np.uint8, offset=skip)


def nearest(rows):
    return NearestNeighbors(n_neighbors=K).fit(rows).kneighbors(return_distance=False)


def main():
    data = sys.argv[1]
    folder = data if os.path.isdir(data) else next(f for f in FOLDERS if os.path.isdir(f))
    x = read(folder, "t10k-images", 16).reshape(-1, 784)[:10000].astype(np.float32)
    y = read(folder, "t10k-labels", 8)[:10000]
    start = time.perf_counter()
    model = TSNE(init="pca", learning_rate="auto", perplexity=30, random_state=0, n_jobs=os.cpu_count())
    points = model.fit_transform(x / 255)
    seconds = time.perf_counter() - start
    flat = nearest(points)
    kept = np.mean([len(set(a) & set(b)) for a, b in zip(nearest(x), flat)]) / K
    print(json.dumps({"seconds": seconds, "kept": kept, "accuracy": float((y[flat[:, 0]] == y).mean()),
                      "divergence": float(model.kl_divergence_)}))


if __name__ == "__main__":
    main()
