#!/usr/bin/env python3
"""Confidence against generations, a curve for each group of runs: the median over runs, and the range of all of them. The
scales suit what was reached: nines, and classes at .9999 or more, where medians are near 1.

    generations.py NAME=RUN[,RUN...]... --out STEM
"""
import style  # before the others: it says what to install
import numpy

from runs import group
from style import pyplot

SURE = 0.99  # the median from which on only nines tell runs apart


def curve(runs, key):
    """Generations, and the least, middle and largest value at each, over as many as all runs have."""
    length = min(len(run.metrics) for run in runs)
    values = numpy.array([run.metrics[key].to_numpy(dtype=float)[:length] for run in runs])
    if key != "median":
        values /= len(runs[0].classes)
    generations = runs[0].metrics["generation"].to_numpy()[:length]
    return generations, values.min(axis=0), numpy.median(values, axis=0), values.max(axis=0)


def main():
    parser = style.arguments(__doc__)
    parser.add_argument("groups", nargs="+", metavar="NAME=RUN,...")
    parser.add_argument("--mark", type=int, nargs="*", default=[], help="generations to draw a line at")
    options = parser.parse_args()
    groups = [group(text) for text in options.groups]
    figure, axes = pyplot.subplots(1, 2, figsize=(style.WIDTH, 2.8))
    sure = max(run.metrics["median"].max() for _, runs in groups for run in runs) >= SURE
    share = ("at_least_9999", "share of classes >= .9999") if sure else ("at_least_99", "share of classes >= .99")
    for axis, (key, label) in zip(axes, [("median", "median confidence of the classes"), share]):
        scale = style.nines if sure and key == "median" else numpy.asarray
        for i, (name, runs) in enumerate(groups):
            generations, low, middle, high = curve(runs, key)
            axis.fill_between(generations, scale(low), scale(high), color=style.colour(i), alpha=0.2, linewidth=0)
            axis.plot(generations, scale(middle), color=style.colour(i), linestyle=style.dashes(i),
                      label=f"{name} ({len(runs)} run{'s' if len(runs) > 1 else ''})")
        for mark in options.mark:
            axis.axvline(mark, color=style.PAPER, linewidth=0.8, linestyle=":")
        axis.set_xlabel("generation")
        axis.set_ylabel(label)
    if sure:
        style.nines_axis(axes[0])
    else:
        style.confidence_axis(axes[0])
    axes[1].set_ylim(-0.02, 1.02)
    axes[0].legend(loc="lower right" if sure else "upper left")
    style.save(figure, options.out, options.title)


if __name__ == "__main__":
    main()
