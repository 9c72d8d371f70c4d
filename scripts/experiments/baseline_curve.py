"""Curves of runs: what scripts/experiments/baseline_curve.sh makes of a folder that holds some.

    baseline_curve.py OUT

Every run is a folder LABEL-seedN. Writes OUT/LABEL-seedN/curve.csv, a row per generation; OUT/curves.csv, all of them with
their labels and seeds; OUT/curves.png and OUT/curves.svg if matplotlib is there. Prints the curves at some points.
"""
import csv
import json
import os
import re
import statistics
import sys
import tempfile

COLUMNS = ["evaluations", "generation", "median", "mean", "p10", "p90", "at_least_99", "at_least_9999", "qd_score"]
POINTS = [10_000, 25_000, 50_000, 100_000]
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
    return [{column: line[column] for column in COLUMNS} for line in lines]


def read_all(out):
    """{(label, seed): rows}, by label and seed."""
    runs = {}
    for name in os.listdir(out):
        named = re.fullmatch(r"(.+)-seed(\d+)", name)
        if named and os.path.exists(os.path.join(out, name, "metrics.jsonl")):
            runs[named[1], int(named[2])] = read_run(os.path.join(out, name))
    return {key: runs[key] for key in sorted(runs) if runs[key]}


def at(rows, evaluations):
    """The last row that needed no more evaluations."""
    return next((row for row in reversed(rows) if row["evaluations"] <= evaluations), None)


def print_points(runs):
    print("label            seed  evaluations    median  classes >= .99  >= .9999")
    for (label, seed), rows in runs.items():
        for point in POINTS:
            row = at(rows, point)
            if row is not None and rows[-1]["evaluations"] >= point:
                print(f"{label:<16} {seed:>4}  {row['evaluations']:>11,}  {row['median']:.6f}  {row['at_least_99']:>14}  "
                      f"{row['at_least_9999']:>8}")


def draw(runs, pyplot, out):
    figure, axes = pyplot.subplots(1, 2, figsize=(10, 4), constrained_layout=True)
    labels = list(dict.fromkeys(label for label, _ in runs))
    for i, label in enumerate(labels):
        style = {"color": COLOURS[i % len(COLOURS)], "linestyle": DASHES[i % len(DASHES)]}
        own = [rows for (other, _), rows in runs.items() if other == label]
        for axis, key in zip(axes, ("median", "at_least_99")):
            for rows in own:
                axis.plot([r["evaluations"] for r in rows], [r[key] for r in rows], linewidth=0.8,
                          alpha=0.45 if len(own) > 1 else 0, **style)
            # The middle one of the seeds, as far as all of them have come.
            together = list(zip(*own))
            axis.plot([rows[0]["evaluations"] for rows in together],
                      [statistics.median(r[key] for r in rows) for rows in together], linewidth=2,
                      label=f"{label} ({len(own)} {'seed' if len(own) == 1 else 'seeds'})", **style)
    axes[0].set_ylabel("median confidence over classes")
    axes[0].set_ylim(0, 1)
    axes[1].set_ylabel("classes with confidence of .99 or more")
    axes[1].set_ylim(bottom=0)
    for axis in axes:
        axis.set_xlabel("evaluations")
        axis.set_xlim(0, max(rows[-1]["evaluations"] for rows in runs.values()) * 1.03)
        axis.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
        axis.grid(color="0.9")
        axis.spines[["top", "right"]].set_visible(False)
    axes[0].legend(frameon=False, loc="upper left")
    for extension in ("png", "svg"):
        write_whole(os.path.join(out, "curves." + extension), lambda path: figure.savefig(path, dpi=150))


def main():
    if len(sys.argv) != 2 or not os.path.isdir(sys.argv[1]):
        sys.exit("usage: baseline_curve.py OUT, a folder of runs named LABEL-seedN")
    out = sys.argv[1]
    runs = read_all(out)
    if not runs:
        sys.exit(f"baseline_curve.py: {out} holds no run named LABEL-seedN")
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
        print(f"baseline_curve.py: no figure without matplotlib (Debian: apt-get install python3-matplotlib); the curves are in "
              f"{os.path.join(out, 'curves.csv')}", file=sys.stderr)
        return
    draw(runs, pyplot, out)
    print(f"\n{os.path.join(out, 'curves.csv')}, curves.png, curves.svg")


main()
