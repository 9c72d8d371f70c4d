#!/usr/bin/env python3
"""Figure 10: confidence before and after copies of a repeated element are removed.

    ablation.py ablation.csv --out STEM      the table of `fool ablate`
"""
import style  # before the others: it says what to install
import numpy
import pandas

from style import pyplot


def main():
    parser = style.arguments(__doc__)
    parser.add_argument("table", metavar="ablation.csv")
    options = parser.parse_args()
    table = pandas.read_csv(options.table)
    if table.empty:
        style.fail(f"{options.table}: no image repeats anything")
    table["share"] = table["removed"] / (table["copies"] - 1)  # 0: as evolved, 1: one copy is left
    figure, (curves, pairs) = pyplot.subplots(1, 2, figsize=(style.WIDTH, 2.9), width_ratios=(1.3, 1))
    places = numpy.linspace(0, 1, 21)
    for i, (method, name) in enumerate((("components", "shapes"), ("tiles", "tiles"))):
        images = [one.sort_values("share") for _, one in table[table["method"] == method].groupby("class")]
        if not images:
            continue
        lines = numpy.array([numpy.interp(places, one["share"], one["confidence"]) for one in images])
        for line in lines[:200]:
            curves.plot(places, line, color=style.colour(i), linewidth=0.4, alpha=0.15)
        curves.plot(places, numpy.median(lines, axis=0), color=style.colour(i), linewidth=2, linestyle=style.DASHES[i],
                    label=f"{name}, {len(images)} images")
        pairs.plot(lines[:, 0], lines[:, -1], ".", color=style.colour(i), markersize=4, alpha=0.6)
    curves.set_xlabel("share of the copies that are removed, until one is left")
    curves.set_ylabel("confidence; thick: median")
    style.confidence_axis(curves)
    curves.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2)
    pairs.plot([0, 1], [0, 1], color=style.PAPER, linewidth=0.8, linestyle=":")
    pairs.set_xlabel("confidence as evolved")
    pairs.set_ylabel("confidence with one copy")
    style.confidence_axis(pairs)
    style.confidence_axis(pairs, "x")
    style.save(figure, options.out, options.title)


if __name__ == "__main__":
    main()
