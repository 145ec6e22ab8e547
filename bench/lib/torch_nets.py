"""A net of one line as a PyTorch module, with the initial weights that ours has (Keras's)."""
import torch
from torch import nn

from .network_rows import layers

ACTIVATIONS = {"relu": nn.ReLU, "elu": nn.ELU, "tanh": nn.Tanh, "sigmoid": nn.Sigmoid, "logistic": nn.Sigmoid}


def _side(text):
    """3x3 -> 3"""
    return int(text.split("x")[0])


def _option(words, name, default):
    return type(default)(words[words.index(name) + 1]) if name in words else default


class Residual(nn.Module):
    """act(x' + BN(conv(act(BN(conv(x)))))), x' = x or, where the shape changes, BN(1 x 1 convolution of x)."""

    def __init__(self, channels, filters, stride, activation):
        super().__init__()
        self.main = nn.Sequential(
            nn.Conv2d(channels, filters, 3, stride, 1, bias=False), nn.BatchNorm2d(filters), activation(),
            nn.Conv2d(filters, filters, 3, 1, 1, bias=False), nn.BatchNorm2d(filters))
        self.side = nn.Identity() if stride == 1 and channels == filters else nn.Sequential(
            nn.Conv2d(channels, filters, 1, stride, bias=False), nn.BatchNorm2d(filters))
        self.end = activation()

    def forward(self, x):
        return self.end(self.main(x) + self.side(x))


class DenseLayer(nn.Module):
    """x and beside it conv(relu(BN(x)))"""

    def __init__(self, channels, growth):
        super().__init__()
        self.main = nn.Sequential(nn.BatchNorm2d(channels), nn.ReLU(), nn.Conv2d(channels, growth, 3, 1, 1, bias=False))

    def forward(self, x):
        return torch.cat([x, self.main(x)], 1)


def _layer(name, words, shape, classes):
    """One layer behind an input of shape (channels, height, width) or (features,)."""
    if name == "conv":
        side = _side(words[1])
        padding = side // 2 if "same" in words else _option(words, "padding", 0)
        return nn.Conv2d(shape[0], int(words[0]), side, _option(words, "stride", 1), padding, bias="nobias" not in words)
    if name in ("maxpool", "avgpool"):
        side = _side(words[0])
        return (nn.MaxPool2d if name == "maxpool" else nn.AvgPool2d)(side, _option(words, "stride", side))
    if name == "residual":
        activation = next((ACTIVATIONS[w] for w in words if w in ACTIVATIONS), nn.ReLU)
        return Residual(shape[0], int(words[0]), _option(words, "stride", 1), activation)
    if name == "denseblock":
        count, growth = int(words[0]), int(words[1])
        return nn.Sequential(*(DenseLayer(shape[0] + i * growth, growth) for i in range(count)))
    if name == "dense":
        return nn.Linear(shape[0], classes if words[0] == "classes" else int(words[0]))
    if name == "globalavgpool":
        return nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())
    if name == "dropout":
        return nn.Dropout(float(words[0]))
    if name == "batchnorm":
        # Our momentum is the share of the running statistics that stays, PyTorch's the share that is new.
        return nn.BatchNorm2d(shape[0], _option(words, "epsilon", 1e-5), 1 - _option(words, "momentum", 0.9))
    if name == "flatten":
        return nn.Flatten()
    return ACTIVATIONS[name]()


def _initialise(module):
    if isinstance(module, (nn.Conv2d, nn.Linear)):
        nn.init.xavier_uniform_(module.weight)
        if module.bias is not None:
            nn.init.zeros_(module.bias)


def build(net, image, classes):
    """image: (channels, height, width)"""
    made, probe = [], torch.zeros((2,) + tuple(image))
    for name, words in layers(net):
        made.append(_layer(name, words, tuple(probe.shape[1:]), classes))
        with torch.no_grad():
            probe = made[-1].eval()(probe)
    module = nn.Sequential(*made)
    module.apply(_initialise)
    return module
