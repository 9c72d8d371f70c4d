#!/usr/bin/env python3
"""Figure 12: distributions of champions' confidences side by side, with medians and Mann-Whitney tests of neighbours.

    distributions.py NAME=SOURCE... --out STEM

A SOURCE is a run or a folder of runs (the classes' confidences, of all runs together), or FILE.csv#COLUMN, or
FILE.csv#COLUMN@KEY=VALUE for some of its rows: retrain/confidences.csv#confidence@round=2.
"""
import style  # before the others: it says what to install
import numpy
import pandas
from scipy import stats

from runs import find_runs
from style import pyplot


def values_of(source):
    if "#" not in source:
        return numpy.concatenate([run.classes["confidence"].to_numpy(dtype=float) for run in find_runs(source.split(","))])
    path, _, column = source.partition("#")
    column, _, condition = column.partition("@")
    table = pandas.read_csv(path)
    if condition:
        key, _, wanted = condition.partition("=")
        table = table[table[key].astype(str) == wanted]
    values = table[column].dropna().to_numpy(dtype=float)
    if len(values) == 0:
        style.fail(f"{source}: there are no such rows")
    return values


def main():
    parser = style.arguments(__doc__)
    parser.add_argument("groups", nargs="+", metavar="NAME=SOURCE")
    options = parser.parse_args()
    groups = []
    for text in options.groups:
        name, equals, source = text.partition("=")
        if not equals:
            style.fail(f"expected NAME=SOURCE, found {text}")
        groups.append((name, values_of(source)))
    figure, (bars, steps) = pyplot.subplots(1, 2, figsize=(style.WIDTH, 0.9 + 0.42 * len(groups) + 1.2), width_ratios=(1, 1.15))
    rng = numpy.random.default_rng(1)
    for i, (name, values) in enumerate(groups):
        place = len(groups) - 1 - i
        bars.boxplot(values, positions=[place], vert=False, widths=0.5, showfliers=False, whis=(5, 95),
                     medianprops={"color": style.colour(i), "linewidth": 2})
        shown = values if len(values) <= 400 else rng.choice(values, 400, replace=False)
        bars.plot(shown, place + rng.uniform(-0.18, 0.18, len(shown)), ".", color=style.colour(i), markersize=2, alpha=0.4)
        steps.plot(numpy.sort(values), numpy.arange(1, len(values) + 1) / len(values), color=style.colour(i),
                   linestyle=style.dashes(i), label=f"{name}: median {style.cut(numpy.median(values))}, n = {len(values)}")
    for i in range(len(groups) - 1):
        u, p = stats.mannwhitneyu(groups[i][1], groups[i + 1][1], alternative="two-sided")
        effect = 2 * u / (len(groups[i][1]) * len(groups[i + 1][1])) - 1
        text = "p < 0.0001" if p < 1e-4 else f"p = {p:.3g}"
        bars.text(1.02, len(groups) - 1.5 - i, f"{text}\neffect {effect:+.2f}", fontsize=6.5, va="center",
                  transform=bars.get_yaxis_transform())
        print(f"{groups[i][0]} / {groups[i + 1][0]}: U = {u:g}, {text}, effect {effect:+.3f}")
    bars.set_yticks(range(len(groups)), [name for name, _ in reversed(groups)])
    bars.set_ylim(-0.6, len(groups) - 0.4)
    bars.grid(axis="y", visible=False)
    bars.set_xlabel("confidence (box: quartiles; whiskers: 5 and 95 %)")
    style.confidence_axis(bars, "x")
    steps.set_xlabel("confidence")
    steps.set_ylabel("share of images below")
    style.confidence_axis(steps, "x")
    steps.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), fontsize=7)
    style.save(figure, options.out, options.title)


if __name__ == "__main__":
    main()
