"""PNGs made by fool: their pixels, and what they say about themselves."""
import glob
import os

import numpy
from matplotlib import image as reader

from style import fail

try:
    from PIL import Image
except ImportError:
    fail("PIL is missing; on Debian: apt-get install python3-pil")


def pixels(path):
    """[H, W] or [H, W, 3], 0 to 1."""
    return numpy.asarray(reader.imread(path), dtype=float)


def text(path):
    """The PNG's text: class, label, confidence and more."""
    with Image.open(path) as image:
        return dict(image.text)


def champions(folder):
    """{class: path} of a folder of PNGs whose names begin with the number of the class."""
    paths = sorted(glob.glob(os.path.join(folder, "*.png")))
    if not paths:
        fail(f"{folder}: expected PNGs, found none")
    return {int(os.path.basename(path)[:4]): path for path in paths}


def show(axis, image):
    axis.imshow(image, cmap="gray" if image.ndim == 2 else None, vmin=0, vmax=1, interpolation="nearest")
    bare(axis)


def bare(axis):
    axis.set_xticks([])
    axis.set_yticks([])
    axis.grid(False)
    for spine in axis.spines.values():
        spine.set_visible(True)
        spine.set_color("0.8")
        spine.set_linewidth(0.5)
