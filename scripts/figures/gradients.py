#!/usr/bin/env python3
"""Figures 13 and S3 to S7: images of gradient ascent less the network's mean colour, as the paper shows them.

    gradients.py FOLDER --out STEM [--setting none] [--columns 10]      FOLDER: what `fool ascend` wrote
"""
import json
import os

import style  # before the others: it says what to install
import numpy
import pandas

from images import bare, pixels
from style import pyplot


def mean_colour(folder):
    """Of the network's card, 0 to 1, RGB or grey."""
    with open(os.path.join(folder, "run.json")) as file:
        network = json.load(file)["fingerprint"]["classifier"]
    levels = numpy.array(network["mean"], dtype=float) / network["scale"] / 255
    return levels[::-1] if network["channels"] == "BGR" else levels


def less_mean(image, mean, gain):
    """Grey where the image has the mean colour; differences enlarged by `gain`."""
    return numpy.clip(0.5 + gain * (image - (mean if image.ndim == 3 else mean[0])), 0, 1)


def main():
    parser = style.arguments(__doc__)
    parser.add_argument("folder")
    parser.add_argument("--setting", help="one of several in the folder [the first]")
    parser.add_argument("--columns", type=int, default=10)
    parser.add_argument("--gain", type=float, default=1.0, help="by which differences from the mean are enlarged [1]")
    options = parser.parse_args()
    table = pandas.read_csv(os.path.join(options.folder, "results.csv"), dtype={"label": str})
    setting = options.setting or table["setting"].iloc[0]
    table = table[table["setting"] == setting]
    if table.empty:
        style.fail(f"{options.folder}: there are no images of the setting {setting}")
    mean = mean_colour(options.folder)
    columns = min(options.columns, len(table))
    rows = -(-len(table) // columns)
    figure, axes = pyplot.subplots(rows, columns, figsize=(style.WIDTH, rows * (style.WIDTH / columns + 0.28)), squeeze=False)
    for axis in axes.flat[len(table):]:
        axis.axis("off")
    for axis, one in zip(axes.flat, table.itertuples()):
        image = less_mean(pixels(os.path.join(options.folder, one.image)), mean, options.gain)
        axis.imshow(image, cmap="gray", vmin=0, vmax=1, interpolation="nearest")
        bare(axis)
        axis.set_xlabel(f"{one.label[:16]}\n{style.cut(one.confidence)}", fontsize=6, labelpad=2)
    style.save(figure, options.out, options.title)


if __name__ == "__main__":
    main()
