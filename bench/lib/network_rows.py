"""The rows of bench/networks: a net in one line (as `shortlist` reads it), its training, and the goals.

Goals are ratios peer seconds / our seconds, of an epoch and of scoring 10,000 images."""


class NetRow:
    def __init__(self, key, title, net, optimizer, rate, batch, train, epoch=None, score=None, core=True, epochs=2,
                 published=None):
        self.key, self.title, self.net = key, title, net
        self.optimizer, self.rate, self.batch = optimizer, rate, batch
        self.train = train                     # images of an epoch
        self.epoch, self.score = epoch, score  # goals
        self.core = core                       # run unless --rows says otherwise
        self.epochs = epochs                   # of a run, unless --epochs says otherwise
        self.published = published             # {"train_accuracy", "accuracy"} on the training rows and the test file,
                                               # which are then measured, or None

    def params(self, epochs):
        """Of our classifier cnn."""
        found = [f"net={self.net}", f"batch_size={self.batch}", f"epochs={epochs}", f"optimizer={self.optimizer}",
                 f"learning_rate_init={self.rate}"]
        return found + (["momentum=0", "nesterovs_momentum=false"] if self.optimizer == "sgd" else [])


CNN3 = ("conv 32 3x3, relu, maxpool 2, dropout .2, conv 64 3x3, relu, maxpool 2, dropout .2, "
        "conv 128 3x3, relu, dropout .2, flatten, dense 128, relu, dropout .2, dense classes")
RESNET = ("conv 16 3x3 same nobias, batchnorm, relu, residual 16, residual 32 stride 2, residual 64 stride 2, "
          "globalavgpool, dense classes")  # mini-resnet with filters=16
DENSENET = ("conv 24 3x3 same nobias, denseblock 4 12, batchnorm, relu, conv 36 1x1 nobias, avgpool 2, denseblock 4 12, "
            "batchnorm, relu, conv 42 1x1 nobias, avgpool 2, denseblock 4 12, batchnorm, relu, globalavgpool, "
            "dense classes")  # the preset densenet
MLP512 = "flatten, dense 512, relu, dense 512, relu, dense classes"

ROWS = [
    NetRow("cnn3-256", "CNN, 3 convolutions, batch 256", CNN3, "adam", 0.001, 256, 48000, epoch=4, score=8),
    NetRow("cnn3-64", "CNN, 3 convolutions, batch 64", CNN3, "adam", 0.001, 64, 48000, epoch=4),
    NetRow("mlp-512", "MLP 512-512, batch 32", MLP512, "sgd", 0.03, 32, 50000, epoch=2),
    NetRow("capstone", "CNN, 3 convolutions, batch 512", CNN3, "adam", 0.001, 512, 48000, core=False, epochs=50,
           published={"train_accuracy": 0.972, "accuracy": 0.929}),  # experiments/papoutsis-nets.yaml
    NetRow("mini-resnet", "Mini ResNet, batch 128", RESNET, "adam", 0.001, 128, 10000, core=False),
    NetRow("densenet", "DenseNet, 3 blocks of 4, batch 128", DENSENET, "adam", 0.001, 128, 10000, core=False),
]


def find(wanted):
    """The rows of a comma-separated list; ValueError with the valid names."""
    by_key = {row.key: row for row in ROWS}
    found = []
    for key in wanted.split(",") if wanted else [row.key for row in ROWS if row.core]:
        if key not in by_key:
            raise ValueError(f"no row '{key}'; rows: {', '.join(by_key)}")
        if by_key[key] not in found:
            found.append(by_key[key])
    return found


def layers(net):
    """The layers of a line: [(name, numbers and words after it)]; the words as they stand."""
    found = []
    for part in net.split(","):
        words = part.split()
        if not words:
            raise ValueError(f"an empty layer in '{net}'")
        found.append((words[0], words[1:]))
    return found


def is_spatial(net):
    return any(name in ("conv", "residual", "denseblock") for name, _ in layers(net))
