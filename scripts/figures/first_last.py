#!/usr/bin/env python3
"""First generation versus last: how sure the network is of each class's champion in the initial population and at the end.

    first_last.py NAME=RUN[,RUN...]... --out STEM
"""
import style  # before the others: it says what to install
import numpy

from runs import group
from style import pyplot


def main():
    parser = style.arguments(__doc__)
    parser.add_argument("groups", nargs="+", metavar="NAME=RUN,...")
    options = parser.parse_args()
    groups = [group(text) for text in options.groups]
    figure, axes = pyplot.subplots(1, len(groups), figsize=(min(style.WIDTH, 1.2 + 2.3 * len(groups)), 2.9), squeeze=False,
                                   sharey=True)
    for i, (axis, (name, runs)) in enumerate(zip(axes[0], groups)):
        histories = [run.history() for run in runs]
        first = numpy.concatenate([history[:, 0] for history in histories])
        last = numpy.concatenate([history[:, -1] for history in histories])
        many = len(first) > 60
        axis.plot([0, 1], style.nines(numpy.array([first, last])), color=style.colour(i), linewidth=0.3 if many else 0.8,
                  alpha=max(0.03, min(0.6, 30 / len(first))))
        for x, values in ((0, first), (1, last)):
            axis.plot(x, style.nines(numpy.median(values)), "o", color=style.colour(i), markersize=6)
            axis.annotate(style.cut(numpy.median(values)), (x, style.nines(numpy.median(values))), xytext=(7 if x else -7, 0),
                          textcoords="offset points", ha="left" if x else "right", va="center", fontsize=7.5)
        axis.set_title(f"{name}: {len(first)} champions of {len(runs)} run{'s' if len(runs) > 1 else ''}")
        axis.set_xlim(-0.6, 1.6)
        axis.set_xticks([0, 1], ["initial\npopulation", "last\ngeneration"])
        axis.grid(axis="x", visible=False)
    style.nines_axis(axes[0][0])
    axes[0][0].set_ylabel("confidence; dots: medians")
    style.save(figure, options.out, options.title)


if __name__ == "__main__":
    main()
