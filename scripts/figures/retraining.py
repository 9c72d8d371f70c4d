#!/usr/bin/env python3
"""Figure 11: retraining with a class of fooling images. Champions of one run against each network, medians at the side, and the
numbers of each round below.

    retraining.py FOLDER --out STEM      FOLDER: what `fool retrain` wrote
"""
import os

import style  # before the others: it says what to install
import numpy
import pandas

from images import champions, pixels, show
from style import pyplot

# Medians of DNN_1 to DNN_15, in per cent. Remembered from the paper's figure 11, not read again.
PAPER = [99.99, 97.42, 99.83, 72.52, 97.55, 99.68, 76.13, 99.96, 99.51, 99.48, 98.62, 99.97, 99.93, 99.15, 99.15]


def draw_champions(figure, folder, rounds, medians):
    shown = {r: os.path.join(folder, f"round_{r:02d}", "run_00") for r in rounds}
    images = {r: champions(path) for r, path in shown.items()}
    classes = sorted(set().union(*images.values()))
    axes = figure.subplots(len(rounds), len(classes), squeeze=False, gridspec_kw={"wspace": 0.02, "hspace": 0.02})
    for row, r in enumerate(rounds):
        for column, k in enumerate(classes):
            axis = axes[row][column]
            show(axis, pixels(images[r][k])) if k in images[r] else axis.axis("off")
            if row == 0:
                axis.set_title(str(k), fontsize=8)
            if column == 0:
                axis.set_ylabel(f"DNN$_{{{r}}}$", rotation=0, ha="right", va="center")
        axes[row][-1].annotate(style.cut(medians[r]), (1.1, 0.5), xycoords="axes fraction", va="center", fontsize=7.5)
    axes[0][-1].annotate("median of\nall runs", (1.1, 1.05), xycoords="axes fraction", va="bottom", fontsize=7)


def draw_numbers(figure, rounds):
    axes = figure.subplots(1, 3)
    x = rounds["round"].to_numpy()
    paper = numpy.array(PAPER[:len(x)]) / 100
    axes[0].plot(x[:len(paper)], paper, "s--", color=style.PAPER, markersize=3, label="paper")
    axes[0].plot(x, rounds["median_confidence"], "o-", color=style.colour(0), label="ours")
    axes[0].set_ylabel("median confidence")
    axes[0].set_ylim(-0.02, 1.02)
    axes[0].legend(loc="lower left")
    axes[1].plot(x, 100 * (1 - rounds["test_accuracy_n"]), "o-", color=style.colour(0), label="n classes")
    axes[1].plot(x, 100 * (1 - rounds["test_accuracy_n1"]), "s--", color=style.colour(1), label="n + 1 classes")
    axes[1].set_ylabel("test error, %")
    axes[1].set_ylim(0, 110 * max(0.01, *(1 - rounds["test_accuracy_n"]), *(1 - rounds["test_accuracy_n1"])))
    axes[1].legend(loc="lower left")
    axes[2].plot(x, rounds["caught_share"], "o-", color=style.colour(2))
    axes[2].set_ylabel("share of the last round's\nimages that are caught")
    axes[2].set_ylim(-0.02, 1.02)
    for axis in axes:
        axis.set_xlabel("network DNN$_i$")
        axis.set_xticks(x if len(x) <= 8 else x[::2])


def main():
    parser = style.arguments(__doc__)
    parser.add_argument("folder")
    options = parser.parse_args()
    rounds = pandas.read_csv(os.path.join(options.folder, "rounds.csv"))
    numbers = [int(r) for r in rounds["round"]]
    medians = dict(zip(numbers, rounds["median_confidence"]))
    figure = pyplot.figure(figsize=(style.WIDTH, 0.52 * len(numbers) + 2.7))
    above, below = figure.subfigures(2, 1, height_ratios=(0.52 * len(numbers) + 0.5, 2.1))
    draw_champions(above, options.folder, numbers, medians)
    draw_numbers(below, rounds)
    style.save(figure, options.out, options.title)


if __name__ == "__main__":
    main()
