#!/usr/bin/env python3
"""Supplement F: how sure a network is of real photos, of those that it gets right and of those that it gets wrong.

    photos.py images.csv... --out STEM      tables of `fool models check --csv`
"""
import os

import style  # before the others: it says what to install
import numpy
import pandas

from style import pyplot

# Medians over the 50,000 validation images of ImageNet. Remembered from the paper's supplement, not read again.
PAPER = {"all": 0.603, "right": 0.867, "wrong": 0.337}


def medians(table):
    right = table["top1"] == table["label"]
    first = table["top1_confidence"]
    return {"all": first.median(), "right": first[right].median(), "wrong": first[~right].median()}


def main():
    parser = style.arguments(__doc__)
    parser.add_argument("tables", nargs="+", metavar="images.csv")
    options = parser.parse_args()
    tables = {os.path.splitext(os.path.basename(path))[0]: pandas.read_csv(path) for path in options.tables}
    figure, axes = pyplot.subplots(1, len(tables), figsize=(max(3.4, min(style.WIDTH, 2.4 * len(tables))), 2.6), squeeze=False,
                                   sharey=True)
    rows = []
    for axis, (name, table) in zip(axes[0], tables.items()):
        right = table["top1"] == table["label"]
        bins = numpy.linspace(0, 1, 21)
        parts = [table["top1_confidence"][right], table["top1_confidence"][~right]]
        axis.hist(parts, bins=bins, stacked=True, color=[style.colour(0), style.colour(1)],
                  label=[f"right ({len(parts[0])})", f"wrong ({len(parts[1])})"])
        ours = medians(table)
        rows.append({"network": name, "photos": len(table), "top1": right.mean(), **ours})
        axis.set_title(f"{name}: median {style.cut(ours['all'])}")
        axis.set_xlabel("confidence of the first choice")
        axis.legend(loc="upper center", fontsize=7)
    axes[0][0].set_ylabel("photos")
    rows.append({"network": "paper", "photos": 50000, "top1": numpy.nan, **PAPER})
    style.write_table(pandas.DataFrame(rows), options.out)
    style.save(figure, options.out, options.title)


if __name__ == "__main__":
    main()
