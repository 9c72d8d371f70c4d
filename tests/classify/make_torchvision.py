"""Writes a network of torchvision with random weights, and what it makes of random images.

    make_torchvision.py ARCHITECTURE HEIGHT WIDTH CLASSES FOLDER

FOLDER/net.pth: the state dict; images.bin: two RGB images, [2, H, W, 3] bytes; logits.bin: [2, CLASSES]
float32. Two networks that torchvision lacks, BVLC's, are written down here.
"""
import sys

import numpy
import torch
import torchvision
from torch import nn
from torch.nn import functional as F

MEAN = torch.tensor([0.485, 0.456, 0.406])
STD = torch.tensor([0.229, 0.224, 0.225])
CAFFE_MEAN = torch.tensor([104.0, 117.0, 123.0])


class CaffeNet(nn.Module):
    """The layers of BVLC's prototxts; CaffeNet pools first, AlexNet normalises first."""

    def __init__(self, pool_first, classes):
        super().__init__()
        self.pool_first = pool_first
        self.conv1 = nn.Conv2d(3, 96, 11, stride=4)
        self.conv2 = nn.Conv2d(96, 256, 5, padding=2, groups=2)
        self.conv3 = nn.Conv2d(256, 384, 3, padding=1)
        self.conv4 = nn.Conv2d(384, 384, 3, padding=1, groups=2)
        self.conv5 = nn.Conv2d(384, 256, 3, padding=1, groups=2)
        self.fc6 = nn.Linear(9216, 4096)
        self.fc7 = nn.Linear(4096, 4096)
        self.fc8 = nn.Linear(4096, classes)

    def forward(self, x):
        pool = nn.MaxPool2d(3, 2, ceil_mode=True)
        norm = nn.LocalResponseNorm(5, alpha=1e-4, beta=0.75, k=1)
        between = nn.Sequential(pool, norm) if self.pool_first else nn.Sequential(norm, pool)
        x = between(F.relu(self.conv1(x)))
        x = between(F.relu(self.conv2(x)))
        x = F.relu(self.conv4(F.relu(self.conv3(x))))
        x = pool(F.relu(self.conv5(x))).flatten(1)
        return self.fc8(F.relu(self.fc7(F.relu(self.fc6(x)))))


def build(architecture, classes):
    if architecture in ("caffenet", "bvlc_alexnet"):
        return CaffeNet(architecture == "caffenet", classes)
    more = {}
    if architecture == "googlenet":
        more = {"aux_logits": True, "transform_input": True, "init_weights": False}
    return getattr(torchvision.models, architecture)(num_classes=classes, **more)


def uniform(tensor, low, high):
    tensor.uniform_(low, high)


def randomise(network):
    """Weights that keep the size of activations, and nothing left at 0 or 1."""
    for module in network.modules():
        own = dict(module.named_parameters(recurse=False))
        for name, tensor in own.items():
            if isinstance(module, (nn.BatchNorm2d, nn.LayerNorm)) and name == "weight":
                uniform(tensor, 0.5, 1.5)
            elif name == "layer_scale":
                uniform(tensor, 0.1, 1.0)
            elif tensor.dim() >= 2 and "embedding" not in name and "token" not in name:
                bound = (6.0 / tensor[0].numel()) ** 0.5
                uniform(tensor, -bound, bound)
            else:
                uniform(tensor, -0.2, 0.2)
    # As after training, what a block adds is less than what it gets: a hundred layers of random
    # weights would otherwise blow up the last bit of a float to a digit of the logits.
    for module in network.modules():
        if type(module).__name__ in ("BasicBlock", "Bottleneck"):
            uniform((module.bn3 if hasattr(module, "bn3") else module.bn2).weight, 0.1, 0.4)


def randomise_statistics(network, inputs):
    """Those of the inputs, so that no layer's output is out of proportion, but not exactly."""
    norms = [m for m in network.modules() if isinstance(m, nn.BatchNorm2d)]
    if not norms:
        return
    for norm in norms:
        norm.momentum = 1.0
    network.train()
    network(inputs)
    for norm in norms:
        uniform(factor := torch.empty_like(norm.running_var), 0.7, 1.4)
        norm.running_mean += 0.3 * (factor - 1.0) * norm.running_var.sqrt()
        norm.running_var *= factor


def main():
    architecture, height, width, classes, folder = sys.argv[1:]
    torch.manual_seed(1)
    torch.set_num_threads(1)
    for name in ("kaiming_normal_", "kaiming_uniform_", "normal_", "trunc_normal_", "xavier_uniform_"):
        setattr(nn.init, name, lambda tensor, *args, **more: tensor)  # all are overwritten
    images = torch.randint(0, 256, (2, int(height), int(width), 3), dtype=torch.uint8)
    pixels = images.float()
    if architecture in ("caffenet", "bvlc_alexnet"):
        inputs = pixels.flip(3) - CAFFE_MEAN
    else:
        inputs = (pixels / 255 - MEAN) / STD
    inputs = inputs.permute(0, 3, 1, 2).contiguous()

    with torch.no_grad():
        network = build(architecture, int(classes))
        randomise(network)
        randomise_statistics(network, inputs)
        network.eval()
        last = [m for m in network.modules() if isinstance(m, (nn.Linear, nn.Conv2d))]
        last = [m for m in last if m.weight.shape[0] == int(classes)][-1]
        size = network(inputs).std()
        last.weight /= size
        last.bias /= size
        logits = network(inputs)

    state = network.state_dict()
    if architecture in ("resnet18", "vgg11_bn"):  # as in files from before 2018
        state = {k: v for k, v in state.items() if not k.endswith("num_batches_tracked")}
    torch.save(state, folder + "/net.pth")
    images.numpy().tofile(folder + "/images.bin")
    logits.numpy().astype(numpy.float32).tofile(folder + "/logits.bin")


main()
