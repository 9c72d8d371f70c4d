"""Bare forward rates of fool, PyTorch and OpenCV on the same networks: what scripts/bench_peers.sh runs.

Every network gets random weights from a fixed seed. PyTorch writes them, fool reads that file by a card, OpenCV reads the
network from ONNX; the outputs of all are compared before anything is timed. Then they take turns, and medians are told.
"""
import argparse
import csv
import hashlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import cv2
import numpy
import torch
import torchvision
from torch import nn
from torch.nn import functional as F

BATCHES = [1, 8, 16, 32]  # of the peers
BLOCKS = [4, 8, 16, 20, 32, 64]  # of fool, for an ImageNet network
LENET_BATCHES = [1, 32, 128, 512]
LENET_BLOCKS = [16, 32, 50, 64, 128, 256, 512]
TOLERANCE = 1e-3  # of logits whose deviation is 1


class OnnxNorm(torch.autograd.Function):
    """Response normalisation that is exported as the one operator that it is."""

    @staticmethod
    def forward(context, x, size, alpha, beta, k):
        return F.local_response_norm(x, size, alpha, beta, k)

    @staticmethod
    def symbolic(graph, x, size, alpha, beta, k):
        return graph.op("LRN", x, size_i=size, alpha_f=alpha, beta_f=beta, bias_f=k)


class CaffeNet(nn.Module):
    """The layers of BVLC's prototxt."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 96, 11, stride=4)
        self.conv2 = nn.Conv2d(96, 256, 5, padding=2, groups=2)
        self.conv3 = nn.Conv2d(256, 384, 3, padding=1)
        self.conv4 = nn.Conv2d(384, 384, 3, padding=1, groups=2)
        self.conv5 = nn.Conv2d(384, 256, 3, padding=1, groups=2)
        self.fc6 = nn.Linear(9216, 4096)
        self.fc7 = nn.Linear(4096, 4096)
        self.fc8 = nn.Linear(4096, 1000)
        self.pool = nn.MaxPool2d(3, 2, ceil_mode=True)
        self.exported = False

    def norm(self, x):
        rule = (5, 1e-4, 0.75, 1.0)
        return OnnxNorm.apply(x, *rule) if self.exported else F.local_response_norm(x, *rule)

    def forward(self, x):
        x = self.norm(self.pool(F.relu(self.conv1(x))))
        x = self.norm(self.pool(F.relu(self.conv2(x))))
        x = F.relu(self.conv4(F.relu(self.conv3(x))))
        x = self.pool(F.relu(self.conv5(x))).flatten(1)
        return self.fc8(F.relu(self.fc7(F.relu(self.fc6(x)))))


class LeNet(nn.Module):
    """The layers of Caffe's prototxt for MNIST."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 20, 5)
        self.conv2 = nn.Conv2d(20, 50, 5)
        self.fc1 = nn.Linear(800, 500)
        self.fc2 = nn.Linear(500, 10)

    def forward(self, x):
        x = F.max_pool2d(self.conv1(x), 2)
        x = F.max_pool2d(self.conv2(x), 2).flatten(1)
        return self.fc2(F.relu(self.fc1(x)))


class Subject:
    """A network, and how fool is told of it."""

    def __init__(self, title, architecture, make, size, channels, batches, blocks, dataset):
        self.title = title
        self.architecture = architecture
        self.make = make
        self.size = size
        self.channels = channels  # "RGB", "BGR" or "GRAY"
        self.batches = batches
        self.blocks = blocks
        self.dataset = dataset  # the profile that gives fool's usual block

    def card(self):
        scale = {"range": "0..1", "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]}
        if self.channels == "BGR":
            scale = {"range": "0..255", "mean": [104.0, 117.0, 123.0], "std": [1.0, 1.0, 1.0]}
        if self.channels == "GRAY":
            scale = {"range": "0..1", "mean": [0.0], "std": [1.0]}
        return {
            "name": self.architecture + "-random",
            "architecture": self.architecture,
            "format": "pytorch",
            "weights": self.architecture + ".pth",
            "classes": 10 if self.channels == "GRAY" else 1000,
            "input": {"height": self.size, "width": self.size, "channels": self.channels, **scale},
            "output": "logits",
            "golden": self.architecture + ".golden.json",
        }

    def preprocess(self, pixels):
        """[B, H, W, C] bytes, RGB or grey -> [B, C, H, W] float32, as the card says."""
        rule = self.card()["input"]
        x = pixels.astype(numpy.float32)
        if self.channels == "BGR":
            x = x[..., ::-1]
        if rule["range"] == "0..1":
            x = x / numpy.float32(255)
        x = (x - numpy.float32(rule["mean"])) / numpy.float32(rule["std"])
        return torch.from_numpy(numpy.ascontiguousarray(x.transpose(0, 3, 1, 2)))


def of_torchvision(name):
    return lambda: getattr(torchvision.models, name)(weights=None)


def imagenet(title, architecture, make, size=224, channels="RGB"):
    return Subject(title, architecture, make, size, channels, BATCHES, BLOCKS, "imagenet")


SUBJECTS = [
    imagenet("SqueezeNet 1.1", "squeezenet1_1", of_torchvision("squeezenet1_1")),
    imagenet("MobileNetV2", "mobilenet_v2", of_torchvision("mobilenet_v2")),
    imagenet("AlexNet", "alexnet", of_torchvision("alexnet")),
    imagenet("CaffeNet", "caffenet", CaffeNet, 227, "BGR"),
    imagenet("ResNet-18", "resnet18", of_torchvision("resnet18")),
    Subject("LeNet", "lenet", LeNet, 28, "GRAY", LENET_BATCHES, LENET_BLOCKS, "mnist"),
]


def random_network(subject, inputs):
    """Weights that keep the size of activations from layer to layer, and logits of deviation 1: no denormals, nothing 0."""
    torch.manual_seed(1)
    network = subject.make()
    with torch.no_grad():
        for name, tensor in network.named_parameters():
            if tensor.dim() >= 2:
                bound = (6.0 / tensor[0].numel()) ** 0.5
                tensor.uniform_(-bound, bound)
            elif name.endswith("bias"):
                tensor.uniform_(-0.1, 0.1)
            else:
                tensor.uniform_(0.5, 1.0)
        norms = [m for m in network.modules() if isinstance(m, nn.BatchNorm2d)]
        for norm in norms:
            norm.momentum = 1.0
        if norms:
            network.train()
            network(inputs)
        network.eval()
        last = [m for m in network.modules() if isinstance(m, (nn.Linear, nn.Conv2d))][-1]
        deviation = network(inputs).std()
        last.weight /= deviation
        last.bias /= deviation
    return network


def synthetic_pixels(subject):
    """The image that `fool models check` computes by itself: (31 y + 17 x + 53 c) mod 256."""
    channels = 1 if subject.channels == "GRAY" else 3
    y, x, c = numpy.ogrid[: subject.size, : subject.size, :channels]
    return ((31 * y + 17 * x + 53 * c) % 256).astype(numpy.uint8)[None]


def write_for_fool(subject, network, folder):
    """Weights, card, and the outputs that fool must reproduce. Returns the card's path."""
    pixels = synthetic_pixels(subject)
    with torch.no_grad():
        logits = network(subject.preprocess(pixels))[0].double()
    order = logits.argsort(descending=True)[:5]
    probabilities = logits.softmax(0)
    top = [{"class": int(k), "logit": float(logits[k]), "probability": float(probabilities[k])} for k in order]
    golden = {
        "tolerance": TOLERANCE,
        "inputs": [{
            "input": "synthetic",
            "rgb_sha256": hashlib.sha256(pixels.tobytes()).hexdigest(),
            "top5": top,
            "logits_first5": [float(v) for v in logits[:5]],
            "logits_min": float(logits.min()),
            "logits_max": float(logits.max()),
            "logits_sum": float(logits.sum()),
        }],
    }
    card = subject.card()
    path = os.path.join(folder, card["name"] + ".json")
    torch.save(network.state_dict(), os.path.join(folder, card["weights"]))
    for name, content in ((card["golden"], golden), (os.path.basename(path), card)):
        with open(os.path.join(folder, name), "w") as file:
            json.dump(content, file, indent=1)
    return path


class Fool:
    """fool on two workers, each with one thread. Its rate is that of the network alone, as the peers' is."""

    def __init__(self, program, card, subject, threads):
        self.command = [program, "bench", "--bare", "--json", "--dataset", subject.dataset, "--model", card,
                        "--workers", str(threads)]
        self.check = [program, "models", "check", card, "--json", "--progress", "off"]

    def difference(self):
        """Of the recorded outputs. Photos tell nothing of random weights: they are not to be found."""
        elsewhere = {key: value for key, value in os.environ.items() if key != "FOOL_DATA_PATH"}
        done = subprocess.run(self.check, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=elsewhere)
        if not done.stdout:
            sys.exit("bench_peers: " + " ".join(self.check) + ": " + done.stderr)
        return max(g["difference"] for g in json.loads(done.stdout)["golden"])

    def bench(self, block, seconds):
        command = self.command + ["--seconds", str(seconds)]
        if block:
            command += ["--block", str(block)]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if done.returncode != 0:
            sys.exit("bench_peers: " + " ".join(command) + ": " + done.stderr)
        return json.loads(done.stdout)

    def rate(self, block, seconds):
        return self.bench(block, seconds)["forward_per_second"]


class Peer:
    """A way to run the network: run(x) gives logits."""

    def __init__(self, run, prepare):
        self.run = run
        self.prepare = prepare  # of an input of PyTorch's
        self.inputs = {}

    def input(self, subject, batch):
        if batch not in self.inputs:
            generator = numpy.random.default_rng(batch)
            channels = 1 if subject.channels == "GRAY" else 3
            pixels = generator.integers(0, 256, (batch, subject.size, subject.size, channels), dtype=numpy.uint8)
            self.inputs = {batch: self.prepare(subject.preprocess(pixels))}
            self.run(self.inputs[batch])
            self.run(self.inputs[batch])  # what compiles, has compiled
        return self.inputs[batch]

    def rate(self, subject, batch, seconds):
        x = self.input(subject, batch)
        self.run(x)
        done = 0
        start = time.perf_counter()
        while done == 0 or time.perf_counter() - start < seconds:
            self.run(x)
            done += batch
        return done / (time.perf_counter() - start)


def make_peers(subject, network, example, folder):
    def channels_last(x):
        return x.contiguous(memory_format=torch.channels_last)

    frozen = torch.jit.optimize_for_inference(torch.jit.freeze(torch.jit.trace(network, example)))
    onnx = os.path.join(folder, subject.architecture + ".onnx")
    network.exported = True
    torch.onnx.export(network, example[:1], onnx, opset_version=10)  # OpenCV 4.6 knows Clip only as it was until 10
    network.exported = False
    last = subject.make()
    last.load_state_dict(network.state_dict())
    last = last.eval().to(memory_format=torch.channels_last)
    opencv = cv2.dnn.readNetFromONNX(onnx)
    opencv.setPreferableBackend(cv2.dnn.DNN_BACKEND_OPENCV)

    def run_opencv(x):
        opencv.setInput(x)
        return opencv.forward()

    return {
        "torch NCHW": Peer(network, lambda x: x),
        "torch channels_last": Peer(last, channels_last),
        "torch jit-frozen": Peer(frozen, lambda x: x),
        "OpenCV DNN": Peer(run_opencv, lambda x: x.numpy()),
    }


def largest_difference(subject, network, peer):
    """Of one image and of a batch of three, against PyTorch's plain network."""
    largest = 0.0
    for batch in (1, 3):
        generator = numpy.random.default_rng(99)
        channels = 1 if subject.channels == "GRAY" else 3
        pixels = generator.integers(0, 256, (batch, subject.size, subject.size, channels), dtype=numpy.uint8)
        x = subject.preprocess(pixels)
        expected = network(x).numpy()
        found = numpy.asarray(peer.run(peer.prepare(x))).reshape(expected.shape)
        largest = max(largest, float(numpy.abs(expected - found).max()))
    return largest


def processor_seconds():
    """Busy seconds of all cores, of everybody."""
    with open("/proc/stat") as file:
        fields = [int(v) for v in file.readline().split()[1:9]]
    return (sum(fields) - fields[3] - fields[4]) / os.sysconf("SC_CLK_TCK")


def own_seconds():
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def measure(subject, options, folder, say):
    pixels = numpy.random.default_rng(7).integers(
        0, 256, (8, subject.size, subject.size, 1 if subject.channels == "GRAY" else 3), dtype=numpy.uint8)
    example = subject.preprocess(pixels)
    network = random_network(subject, example)
    fool = Fool(options.fool, write_for_fool(subject, network, folder), subject, options.threads)
    peers = make_peers(subject, network, example, folder)

    differences = {"fool": fool.difference()}
    differences.update({name: largest_difference(subject, network, peer) for name, peer in peers.items()})
    for name, difference in differences.items():
        if not difference <= TOLERANCE:
            sys.exit(f"bench_peers: {subject.title}: {name} differs by {difference:.2g} from PyTorch, expected at most "
                     f"{TOLERANCE:g}: it is not the same network")

    # Which batch suits whom: one short look at each.
    say(f"{subject.title}: looks for everybody's best batch")
    look = options.seconds / 2
    usual = fool.bench(None, 1)
    best_block = max(subject.blocks, key=lambda block: fool.rate(block, max(1, look)))
    best = {name: max(subject.batches, key=lambda batch: peer.rate(subject, batch, look))
            for name, peer in peers.items()}

    rates = {}
    efficiency = []
    busy, own, start = processor_seconds(), own_seconds(), time.perf_counter()
    for turn in range(options.rounds):
        say(f"{subject.title}: round {turn + 1} of {options.rounds}")
        for name in peers:
            rates.setdefault(name, []).append(peers[name].rate(subject, best[name], options.seconds))
        usual = fool.bench(None, options.seconds)
        rates.setdefault("fool", []).append(usual["forward_per_second"])
        tuned = fool.bench(best_block, options.seconds)
        rates.setdefault("fool best", []).append(tuned["forward_per_second"])
        if usual.get("forward_efficiency"):
            efficiency.append(usual["forward_efficiency"])
    wall = (time.perf_counter() - start) * os.cpu_count()
    others = max(0.0, (processor_seconds() - busy) - (own_seconds() - own)) / wall

    medians = {name: statistics.median(values) for name, values in rates.items()}
    best_peer = max(peers, key=medians.get)
    ratio = [statistics.median([a / b for a, b in zip(rates[name], rates[best_peer])]) for name in ("fool", "fool best")]
    return {
        "network": subject.title,
        "fool": medians["fool"], "fool block": usual["block"],
        "fool best": medians["fool best"], "fool best block": best_block,
        **{column: value for name in peers
           for column, value in ((name, medians[name]), (name + " batch", best[name]))},
        "best peer": best_peer,
        "ratio": ratio[0], "ratio best block": ratio[1],
        "efficiency": statistics.median(efficiency) if efficiency else "",
        "difference fool": differences["fool"],
        "difference peers": max(d for name, d in differences.items() if name != "fool"),
        "cores used by others": others,
    }


def number(value):
    return f"{value:.0f}" if value >= 1000 else f"{value:.1f}"


def table(rows, peers):
    """Rows of text, columns aligned to the right."""
    head = ["images/s", "fool", "@block", "fool best", "@block"]
    for name in peers:
        head += [name, "@batch"]
    head += ["best peer", "ratio", "at best block", "differ by", "others"]
    lines = [head]
    for row in rows:
        line = [row["network"], number(row["fool"]), f"@{row['fool block']}", number(row["fool best"]),
                f"@{row['fool best block']}"]
        for name in peers:
            line += [number(row[name]), f"@{row[name + ' batch']}"]
        line += [row["best peer"], f"{row['ratio']:.2f}", f"{row['ratio best block']:.2f}",
                 f"{max(row['difference fool'], row['difference peers']):.0e}", f"{100 * row['cores used by others']:.0f} %"]
        lines.append(line)
    widths = [max(len(line[i]) for line in lines) for i in range(len(head))]
    return "\n".join(
        "  ".join(cell.ljust(width) if i == 0 else cell.rjust(width)
                  for i, (cell, width) in enumerate(zip(line, widths))) for line in lines)


def main():
    parser = argparse.ArgumentParser(prog="bench_peers.sh", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fool", default="build/release/fool", metavar="FILE", help="the program [%(default)s]")
    parser.add_argument("--networks", default="", metavar="A,B", help="only these architectures, such as alexnet,lenet")
    parser.add_argument("--rounds", type=int, default=5, metavar="N", help="turns of everybody [%(default)s]")
    parser.add_argument("--seconds", type=float, default=3, metavar="S", help="a turn's length [%(default)s]")
    parser.add_argument("--threads", type=int, default=2, metavar="N", help="fool's workers, the peers' threads [%(default)s]")
    parser.add_argument("--csv", metavar="FILE", help="write the figures there too")
    parser.add_argument("--folder", metavar="DIR", help="keep weights and cards there [a scratch folder]")
    options = parser.parse_args()

    known = [s.architecture for s in SUBJECTS]
    chosen = [n for n in options.networks.split(",") if n] or known
    for name in chosen:
        if name not in known:
            parser.error(f"--networks: there is no {name!r} here; known: {', '.join(known)}")
    if options.rounds < 1 or options.seconds < 1 or options.threads < 1:
        parser.error("--rounds, --seconds and --threads: expected 1 or more")
    if not os.access(options.fool, os.X_OK):
        sys.exit(f"bench_peers: {options.fool} is not there; build it with scripts/build.sh release fool")

    torch.set_num_threads(options.threads)
    torch.set_grad_enabled(False)
    cv2.setNumThreads(options.threads)
    folder = options.folder or tempfile.mkdtemp(prefix="fool-bench-")
    os.makedirs(folder, exist_ok=True)
    bar = sys.stderr.isatty()

    def say(text):
        print(f"\r\033[K{text}" if bar else text, end="" if bar else "\n", file=sys.stderr, flush=True)

    rows = []
    try:
        for subject in SUBJECTS:
            if subject.architecture in chosen:
                rows.append(measure(subject, options, folder, say))
    finally:
        if bar:
            say("")
        if not options.folder:
            shutil.rmtree(folder)
    peers = ["torch NCHW", "torch channels_last", "torch jit-frozen", "OpenCV DNN"]
    print(table(rows, peers))
    print(f"\nPyTorch {torch.__version__} and OpenCV {cv2.__version__} with {options.threads} threads, fool with "
          f"{options.threads} workers of one thread; medians of {options.rounds} turns.\n"
          "ratio: fool over the best peer, turn by turn. differ by: the largest difference of logits (deviation 1) between any\n"
          "two. others: share of the cores that other processes used meanwhile.")
    if options.csv:
        with open(options.csv, "w", newline="") as file:
            writer = csv.DictWriter(file, fieldnames=list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)


main()
