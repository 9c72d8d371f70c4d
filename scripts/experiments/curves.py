#!/usr/bin/env python3
"""Curves of runs: what baseline_curve.sh and search_efficiency.sh make of a folder that holds some.

    curves.py OUT

Every run is a folder LABEL-seedN. Writes OUT/LABEL-seedN/curve.csv, a row per generation; OUT/curves.csv, all of them with
their labels and seeds; OUT/curves.png and OUT/curves.svg if matplotlib is there. Prints the curves at some points. Costs are
evaluation equivalents: a gradient counts for three forward passes.
"""
import csv
import json
import os
import re
import statistics
import sys
import tempfile

COLUMNS = ["equivalents", "seconds", "evaluations", "generation", "median", "mean", "p10", "p90", "at_least_99", "at_least_9999", "qd_score"]
POINTS = [10_000, 25_000, 50_000, 100_000]  # evaluation equivalents
MEDIANS = [0.5, 0.8811, 0.95]  # .8811: the paper's, after 2,000,000 evaluations of ten crops each
# Told apart by every kind of eye (Okabe and Ito), and by the dashes.
COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"]
DASHES = ["-", "--", "-.", ":"]


def write_whole(path, write):
    """A file that is whole or not there."""
    handle, temporary = tempfile.mkstemp(dir=os.path.dirname(path) or ".", suffix=os.path.splitext(path)[1])
    os.close(handle)
    try:
        write(temporary)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def write_csv(path, columns, rows):
    def write(temporary):
        with open(temporary, "w", newline="") as file:
            writer = csv.DictWriter(file, fieldnames=columns)
            writer.writeheader()
            writer.writerows(rows)

    write_whole(path, write)


def read_run(folder):
    """The rows of a run's metrics.jsonl."""
    with open(os.path.join(folder, "metrics.jsonl")) as file:
        lines = [json.loads(line) for line in file if line.endswith("\n")]
    for line in lines:
        line.setdefault("equivalents", line["evaluations"])  # of runs before there were gradients
    return [{column: line[column] for column in COLUMNS} for line in lines]


def read_all(out):
    """{(label, seed): rows}, by label and seed."""
    runs = {}
    for name in os.listdir(out):
        named = re.fullmatch(r"(.+)-seed(\d+)", name)
        if named and os.path.exists(os.path.join(out, name, "metrics.jsonl")):
            runs[named[1], int(named[2])] = read_run(os.path.join(out, name))
    return {key: runs[key] for key in sorted(runs) if runs[key]}


def at(rows, key, limit):
    """The last row that cost no more."""
    return next((row for row in reversed(rows) if row[key] <= limit), None)


def print_points(runs):
    print("label                seed  equivalents   seconds    median  classes >= .99  >= .9999")
    for (label, seed), rows in runs.items():
        for point in POINTS:
            row = at(rows, "equivalents", point)
            if row is not None and rows[-1]["equivalents"] >= point:
                print(f"{label:<20} {seed:>4}  {row['equivalents']:>11,}  {row['seconds']:>8.0f}  {row['median']:.6f}  "
                      f"{row['at_least_99']:>14}  {row['at_least_9999']:>8}")
    print("\nmedian reached after")
    for (label, seed), rows in runs.items():
        for median in MEDIANS:
            row = next((row for row in rows if row["median"] >= median), None)
            if row is not None:
                print(f"{label:<20} {seed:>4}  {median:<6}  {row['equivalents']:>9,} equivalents, {row['seconds']:.0f} s")


def draw(runs, pyplot, out):
    figure, axes = pyplot.subplots(2, 2, figsize=(10, 7.5), constrained_layout=True, sharey="row")
    labels = list(dict.fromkeys(label for label, _ in runs))
    for i, label in enumerate(labels):
        style = {"color": COLOURS[i % len(COLOURS)], "linestyle": DASHES[i // len(COLOURS) % len(DASHES)]}
        own = [rows for (other, _), rows in runs.items() if other == label]
        for line, y in enumerate(("median", "at_least_99")):
            for column, x in enumerate(("equivalents", "seconds")):
                axis = axes[line][column]
                for rows in own:
                    axis.plot([r[x] for r in rows], [r[y] for r in rows], linewidth=0.8,
                              alpha=0.45 if len(own) > 1 else 0, **style)
                # The middle one of the seeds, as far as all of them have come.
                end = min(rows[-1][x] for rows in own)
                begin = max(rows[0][x] for rows in own)
                places = [begin + (end - begin) * step / 300 for step in range(301)]
                axis.plot(places, [statistics.median(at(rows, x, place)[y] for rows in own) for place in places],
                          linewidth=2, label=f"{label} ({len(own)} {'seed' if len(own) == 1 else 'seeds'})", **style)
    axes[0][0].set_ylabel("median confidence over classes")
    axes[0][0].set_ylim(0, 1)
    axes[1][0].set_ylabel("classes with confidence of .99 or more")
    axes[1][0].set_ylim(bottom=0)
    for line in axes:
        for axis, x, name in zip(line, ("equivalents", "seconds"), ("evaluation equivalents", "seconds")):
            axis.set_xlabel(name)
            axis.set_xlim(0, max(rows[-1][x] for rows in runs.values()) * 1.03)
            axis.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
            axis.grid(color="0.9")
            axis.spines[["top", "right"]].set_visible(False)
    axes[1][0].legend(frameon=False, loc="upper left")  # where counts that grow leave room
    for extension in ("png", "svg"):
        write_whole(os.path.join(out, "curves." + extension), lambda path: figure.savefig(path, dpi=150))


def main():
    if len(sys.argv) != 2 or not os.path.isdir(sys.argv[1]):
        sys.exit("usage: curves.py OUT, a folder of runs named LABEL-seedN")
    out = sys.argv[1]
    runs = read_all(out)
    if not runs:
        sys.exit(f"curves.py: {out} holds no run named LABEL-seedN")
    for (label, seed), rows in runs.items():
        write_csv(os.path.join(out, f"{label}-seed{seed}", "curve.csv"), COLUMNS, rows)
    write_csv(os.path.join(out, "curves.csv"), ["label", "seed"] + COLUMNS,
              [{"label": label, "seed": seed, **row} for (label, seed), rows in runs.items() for row in rows])
    print_points(runs)
    try:
        import matplotlib
        matplotlib.use("Agg")
        from matplotlib import pyplot
    except ImportError:
        print(f"curves.py: no figure without matplotlib (Debian: apt-get install python3-matplotlib); the curves are in "
              f"{os.path.join(out, 'curves.csv')}", file=sys.stderr)
        return
    draw(runs, pyplot, out)
    print(f"\n{os.path.join(out, 'curves.csv')}, curves.png, curves.svg")


main()
