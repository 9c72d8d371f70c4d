#!/usr/bin/env python3
"""Gradient ascent in numbers: how many iterations each setting takes to .99 and .9999, and how far it gets.

    ascents.py results.csv --out STEM
"""
import style  # before the others: it says what to install
import numpy
import pandas

from style import pyplot


def main():
    parser = style.arguments(__doc__)
    parser.add_argument("table", metavar="results.csv")
    options = parser.parse_args()
    table = pandas.read_csv(options.table, dtype={"label": str})
    settings = list(dict.fromkeys(table["setting"]))
    milestones = [name[len("iteration_to_"):] for name in table.columns if name.startswith("iteration_to_")]
    wanted = [name for name in milestones if name in ("99", ".99", "0.99", "9999", ".9999", "0.9999")] or milestones[-1:]
    figure, axes = pyplot.subplots(1, len(wanted) + 1, figsize=(style.WIDTH, 2.7))
    for i, setting in enumerate(settings):
        own = table[table["setting"] == setting]
        look = {"color": style.colour(i), "linestyle": style.DASHES[i % 4]}
        for axis, milestone in zip(axes, wanted):
            reached = numpy.sort(own[f"iteration_to_{milestone}"].dropna())
            axis.step(numpy.append(reached, own["iterations"].max()),
                      numpy.append(numpy.arange(1, len(reached) + 1), len(reached)) / len(own), where="post", **look)
        axes[-1].plot(style.nines(numpy.sort(own["confidence"])), numpy.arange(1, len(own) + 1) / len(own), **look,
                      label=f"{setting} ({len(own)})")
    for axis, milestone in zip(axes, wanted):
        axis.set_xlabel("iteration")
        axis.set_ylabel(f"share of images\nat .{milestone.split('.')[-1]} or more")
        axis.set_ylim(-0.02, 1.02)
        axis.set_xlim(left=0)
    axes[-1].set_xlabel("confidence of the best image")
    axes[-1].set_ylabel("share of images below")
    axes[-1].set_ylim(-0.02, 1.02)
    style.nines_axis(axes[-1], "x")
    axes[-1].tick_params(axis="x", labelrotation=60)
    axes[-1].legend(loc="lower right", fontsize=7)
    style.save(figure, options.out, options.title)


if __name__ == "__main__":
    main()
