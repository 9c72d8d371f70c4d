#!/usr/bin/env python3
"""Innovation: whose children take the cells. A child may take the cell of its own parent's class, or that of another (goal
switching, Nguyen et al., Innovation Engines, 2015).

    innovation.py NAME=RUN[,RUN...]... --out STEM
"""
import style  # before the others: it says what to install
import numpy
import pandas

from runs import group
from style import pyplot


def takeovers(run):
    """A row for each cell that a child took: generation, class, and whether no parent of the child held the cell before."""
    holders = {}      # at the beginning of the generation
    newcomers = {}    # since then
    generation = None
    rows = []
    for item in run.lineage:
        if item["generation"] != generation:
            holders.update(newcomers)
            newcomers.clear()
            generation = item["generation"]
        for cell in item["cells"]:
            if item["parents"]:
                rows.append((generation, cell, holders.get(cell) not in item["parents"]))
            newcomers[cell] = item["id"]
    return pandas.DataFrame(rows, columns=["generation", "class", "switch"])


def main():
    parser = style.arguments(__doc__)
    parser.add_argument("groups", nargs="+", metavar="NAME=RUN,...")
    options = parser.parse_args()
    figure, (by_generation, by_class) = pyplot.subplots(1, 2, figsize=(style.WIDTH, 2.8))
    rows = []
    for i, (name, runs) in enumerate(map(group, options.groups)):
        tables = [takeovers(run) for run in runs]
        table = pandas.concat(tables)
        if table.empty:
            style.fail(f"{name}: no child took a cell")
        edges = numpy.unique(numpy.geomspace(1, table["generation"].max() + 2, 16).astype(int)) - 1
        bins = pandas.cut(table["generation"], edges, right=False)
        shares = table.groupby(bins, observed=True)["switch"].agg(["mean", "size"])
        middles = [(interval.left + interval.right - 1) / 2 + 1 for interval in shares.index]
        by_generation.plot(middles, 100 * shares["mean"], marker="o", markersize=3, color=style.colour(i), linestyle=style.DASHES[i % 4],
                           label=f"{name} ({len(runs)} run{'s' if len(runs) > 1 else ''})")
        per_class = table.groupby("class")["switch"].mean()
        by_class.plot(100 * numpy.sort(per_class), numpy.arange(1, len(per_class) + 1) / len(per_class), color=style.colour(i),
                      linestyle=style.DASHES[i % 4])
        per_run = [100 * one["switch"].mean() for one in tables]
        rows.append({"runs_of": name, "runs": len(runs), "cells_taken": len(table), "by_other_class_percent": 100 * table["switch"].mean(),
                     "lowest_run": min(per_run), "highest_run": max(per_run)})
    by_generation.set_xscale("log")
    by_generation.set_xlabel("generation + 1")
    by_generation.set_ylabel("% of cells taken by children of\nother classes' champions")
    by_generation.set_ylim(bottom=0)
    by_generation.legend(loc="best")
    by_class.set_xlabel("% of takings by other classes' children")
    by_class.set_ylabel("share of classes below")
    by_class.set_xlim(left=0)
    style.write_table(pandas.DataFrame(rows), options.out)
    style.save(figure, options.out, options.title)


if __name__ == "__main__":
    main()
