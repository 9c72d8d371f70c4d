#!/usr/bin/env python3
"""Figures 6 and 7: confidence of every class over the generations, the median over runs, as a map of colours.

    class_heat_map.py RUN... --out STEM      RUN: a run, or a folder of runs
"""
import style  # before the others: it says what to install
import numpy

from runs import find_runs, same_length
from style import pyplot

DOGS_AND_CATS = (151, 286)  # of ImageNet; the paper's low band is within


def main():
    parser = style.arguments(__doc__)
    parser.add_argument("runs", nargs="+", metavar="RUN")
    parser.add_argument("--nines", action="store_true", help="colours by how many nines, for networks that are soon sure")
    options = parser.parse_args()
    runs = find_runs(options.runs)
    confidences = numpy.median(same_length([run.history() for run in runs]), axis=0)  # [K, G]
    classes, generations = confidences.shape
    figure, (bar_axis, axis, side) = pyplot.subplots(
        1, 3, figsize=(style.WIDTH, 3.6), width_ratios=(0.03, 1, 0.22))
    scale = style.nines if options.nines else numpy.asarray
    image = axis.imshow(scale(confidences), aspect="auto", vmin=0, vmax=6 if options.nines else 1, interpolation="nearest",
                        extent=(-1.5, generations - 1.5, classes - 0.5, -0.5))
    axis.grid(False)
    axis.set_xlabel("generation (-1: the initial population)")
    if classes <= 20:
        axis.set_yticks(range(classes), runs[0].labels)
    axis.tick_params(labelleft=classes <= 20)
    bar = figure.colorbar(image, cax=bar_axis)
    bar_axis.yaxis.set_ticks_position("left")
    bar_axis.yaxis.set_label_position("left")
    if options.nines:
        style.nines_axis(bar_axis)
    bar.set_label(f"confidence, median of {len(runs)} run{'s' if len(runs) > 1 else ''}")

    last = confidences[:, -1]
    side.scatter(scale(last), numpy.arange(classes), s=14 if classes <= 20 else 1.5, color=style.colour(0), linewidths=0)
    middle = scale(numpy.median(last))
    side.axvline(middle, color=style.colour(1), linewidth=1)
    side.text(middle, 1.01, f"median {style.cut(numpy.median(last))}", color=style.colour(1), ha="center",
              transform=side.get_xaxis_transform(), fontsize=7)
    side.set_ylim(axis.get_ylim())
    if options.nines:
        side.set_xlim(-0.1, 7.2)
        side.set_xticks([0, 4], ["0", ".9999"])
    else:
        style.confidence_axis(side, "x")
    side.set_xlabel("at the end")
    side.yaxis.tick_right()
    side.yaxis.set_label_position("right")
    side.spines["right"].set_visible(True)
    side.spines["left"].set_visible(False)
    if classes == 1000:
        side.set_ylabel("class")
        side.axhspan(*DOGS_AND_CATS, color="0.9", zorder=0)
        side.text(0.97, sum(DOGS_AND_CATS) / 2, "dogs, cats", fontsize=6, va="center", ha="right", color="0.35",
                  transform=side.get_yaxis_transform())
    else:
        side.set_yticks(range(classes), runs[0].labels)
    style.save(figure, options.out, options.title)


if __name__ == "__main__":
    main()
