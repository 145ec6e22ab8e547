"""One measurement of PyTorch, in a process of its own: prints one JSON object.

torch_worker.py '{"net": "conv 32 3x3, relu, ...", "epochs": 1, "batch": 256, "threads": 2, ...}'

The clock starts with the images in memory as bytes: making the net, its optimiser and every conversion are
part of fit and of scoring.  A batch is drawn by indexing a tensor with the epoch's shuffled rows, the
quickest of the usual ways.  "score_batches" times scoring by each of them after the clock has stopped (to
choose one), "facts" adds the accuracy on the training rows, with dropout off, "keep" names a file from which a run that
was stopped goes on with the next epoch (its times are then those of all parts)."""
import json
import os
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from lib import kept, torch_nets  # noqa: E402: found by the path above, and imported before any clock


def batch_of(pixels, channels_last):
    """bytes (n, c, h, w) -> floats in [0, 1]"""
    import torch
    x = pixels.to(torch.float32).mul_(1 / 255)
    return x.contiguous(memory_format=torch.channels_last) if channels_last else x


def make_optimizer(job, net):
    import torch
    if job["optimizer"] == "sgd":
        return torch.optim.SGD(net.parameters(), job["rate"])
    return torch.optim.Adam(net.parameters(), job["rate"], betas=(0.9, 0.999), eps=1e-7)


def go_on(path, net, optimizer):
    """Takes up what keep() has left: (epochs that are done, seconds that they took)."""
    import torch
    if not path or not os.path.exists(path):
        return 0, 0
    state = torch.load(path)
    net.load_state_dict(state["net"])
    optimizer.load_state_dict(state["optimizer"])
    torch.set_rng_state(state["random"])
    return state["epochs"], state["seconds"]


def keep(path, net, optimizer, epochs, seconds):
    import torch
    state = {"net": net.state_dict(), "optimizer": optimizer.state_dict(), "random": torch.get_rng_state(), "epochs": epochs,
             "seconds": seconds}
    kept.beside(path, lambda part: torch.save(state, part))


def fit(job, images, labels, image, classes):
    """The net, and the seconds of earlier parts."""
    import torch
    net = torch_nets.build(job["net"], image, classes)
    if job["channels_last"]:
        net = net.to(memory_format=torch.channels_last)
    optimizer = make_optimizer(job, net)
    loss_of = torch.nn.CrossEntropyLoss()
    net.train()
    begin = time.perf_counter()
    done, before = go_on(job.get("keep"), net, optimizer)
    for epoch in range(done, job["epochs"]):
        order = torch.randperm(len(images))
        for start in range(0, len(order), job["batch"]):
            rows = order[start:start + job["batch"]]
            loss = loss_of(net(batch_of(images[rows], job["channels_last"])), labels[rows])
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
        if job.get("keep"):
            keep(job["keep"], net, optimizer, epoch + 1, before + time.perf_counter() - begin)
    return net, before


def predict(net, images, batch, channels_last):
    import torch
    with torch.inference_mode():
        return torch.cat([net(batch_of(images[i:i + batch], channels_last)).argmax(1)
                          for i in range(0, len(images), batch)])


def score_times(job, net, images):
    """{batch: seconds, the better of two} in this process's setting, on the first images."""
    found, images = {}, images[:2000]
    for batch in job["score_batches"]:
        took = []
        for _ in range(2):
            start = time.perf_counter()
            predict(net, images, batch, job["channels_last"])
            took.append(time.perf_counter() - start)
        found[batch] = min(took)
    return found


def main():
    import numpy as np
    import torch
    from lib.sklearn_worker import reset_peak, status_bytes
    job = json.loads(sys.argv[1])
    torch.manual_seed(job["seed"])
    torch.set_num_threads(job["threads"])
    torch.set_flush_denormal(True)
    load = lambda name: torch.from_numpy(np.load(os.path.join(job["folder"], name + ".npy")))
    image = tuple(job["image"])
    train, validation = (load(n).view((-1,) + image) for n in ("train_x", "validation_x"))
    y, truth = (load(n).to(torch.int64) for n in ("train_y", "validation_y"))
    torch.ones(64, 64) @ torch.ones(64, 64)  # its threads are up before the clock
    resettable, held = reset_peak(), status_bytes("VmRSS")

    start, cpu = time.perf_counter(), time.process_time()
    net, before = fit(job, train, y, image, job["classes"])
    fitted = time.perf_counter()
    torch.set_num_threads(job.get("score_threads", job["threads"]))
    channels_last = job.get("score_channels_last", job["channels_last"])
    net = net.eval().to(memory_format=torch.channels_last if channels_last else torch.contiguous_format)
    predicted = predict(net, validation, job.get("score_batch", 250), channels_last)
    scored, cpu_scored = time.perf_counter(), time.process_time()

    peak = status_bytes("VmHWM")
    out = {"fit_time": before + fitted - start, "score_time": scored - fitted, "cpu_time": cpu_scored - cpu,
           "peak_memory": peak - held if resettable else None, "seed": job["seed"],
           "accuracy": float((predicted == truth).float().mean()),
           "parameters": sum(p.numel() for p in net.parameters())}
    if job.get("facts"):
        out["train_accuracy"] = float((predict(net, train, 1000, channels_last) == y).float().mean())
    if job.get("score_batches"):
        out["score_times"] = score_times(job, net, validation)
    print(json.dumps(out))


if __name__ == "__main__":
    main()
