#!/usr/bin/env python3
"""Table S1 and its picture: images made for one network, seen by others.

    transfer.py transfer.csv --out STEM

Besides the figure, writes STEM.csv and STEM.md, a row for each pair of networks. On the diagonal is a network's own opinion.
"""
import os

import style  # before the others: it says what to install
import numpy
import pandas

from style import pyplot


def read(path):
    table = pandas.read_csv(path)
    table["agrees"] = table["agrees"].astype(str).str.lower().isin(["yes", "true", "1"])
    # Sources of one network are one row; of an unknown network, each stands for itself.
    names = table["source"].map(lambda source: os.path.basename(os.path.normpath(str(source))))
    table["made_for"] = table["source_model"].fillna("").astype(str).where(lambda name: name != "", names)
    return table


def summary(images):
    """One pair of networks, as in the paper's table S1."""
    agreeing = images[images["agrees"]]
    both = numpy.minimum(images["evolved_confidence"], images["target_confidence"])
    of_agreeing = max(len(agreeing), 1)
    return {
        "images": len(images),
        "same_class": images["agrees"].mean(),
        "both_99": (both >= 0.99).mean(),
        "both_9999": (both >= 0.9999).mean(),
        "both_9999_of_same_class": (both[images["agrees"]] >= 0.9999).sum() / of_agreeing,
        "first_surer_of_same_class": (agreeing["evolved_confidence"] > agreeing["target_confidence"]).sum() / of_agreeing,
        "median_made_for": images["evolved_confidence"].median(),
        "median_seen_by": images["target_confidence"].median(),
        "median_drop": (images["evolved_confidence"] - images["target_confidence"]).median(),
    }


def main():
    parser = style.arguments(__doc__)
    parser.add_argument("table", metavar="transfer.csv")
    options = parser.parse_args()
    images = read(options.table)
    sources = list(dict.fromkeys(images["made_for"]))
    networks = list(dict.fromkeys(images["network"]))
    rows = [{"made_for": source, "seen_by": network, **summary(cell)}
            for source in sources for network in networks
            if len(cell := images[(images["made_for"] == source) & (images["network"] == network)])]
    table = pandas.DataFrame(rows)
    style.write_table(table, options.out)

    figure, axes = pyplot.subplots(1, 2, figsize=(style.WIDTH, 1.3 + 0.42 * len(sources)), sharey=True)
    for axis, key, name in zip(axes, ("same_class", "both_99"), ("same class", "at .99 or more on both")):
        cells = table.pivot(index="made_for", columns="seen_by", values=key).reindex(index=sources, columns=networks)
        image = axis.imshow(cells, vmin=0, vmax=1, aspect="auto")
        for (y, x), share in numpy.ndenumerate(cells.to_numpy()):
            if not numpy.isnan(share):
                axis.text(x, y, f"{100 * share:.1f}", ha="center", va="center", fontsize=7,
                          color="black" if share > 0.55 else "white")
        axis.set_xticks(range(len(networks)), networks, rotation=30, ha="right")
        axis.set_yticks(range(len(sources)), sources)
        axis.grid(False)
        axis.set_title(f"% of images: {name}")
        axis.set_xlabel("seen by")
    axes[0].set_ylabel("made for")
    figure.colorbar(image, ax=axes, fraction=0.03).set_label("share of images")
    style.save(figure, options.out, options.title)


if __name__ == "__main__":
    main()
