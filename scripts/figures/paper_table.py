#!/usr/bin/env python3
"""The paper's numbers and ours: what scripts/reproduce.sh ends with.

    paper_table.py OUT      reads OUT/runs and OUT/tables, writes OUT/paper_vs_ours.csv and .md, and prints the latter

A number of the paper that is quoted from its text has no mark; one that was remembered and not read again is marked "~".
"""
import glob
import os
import sys

import style  # before the others: it says what to install
import numpy
import pandas
from scipy import stats

import photos
import transfer
from innovation import takeovers
from runs import Run
from style import cut

LEAVE = "not run"


class Results:
    """What there is in OUT."""

    def __init__(self, out):
        self.out = out

    def runs(self, name):
        found = glob.glob(os.path.join(self.out, "runs", name, "seed*", "run.json"))
        return [Run(os.path.dirname(path)) for path in sorted(found, key=lambda path: (len(path), path))
                if os.path.exists(os.path.join(os.path.dirname(path), "classes.csv"))]

    def table(self, *parts):
        path = os.path.join(self.out, *parts)
        return pandas.read_csv(path) if os.path.exists(path) else None


def percent(share):
    return f"{100 * share:.1f} %"


def per_run(runs, value):
    """The middle run, and the range of all."""
    values = sorted(value(run) for run in runs)
    middle = cut(numpy.median(values))
    return middle if len(values) == 1 else f"{middle} ({cut(values[0])} to {cut(values[-1])})"


def counts(runs, value):
    values = sorted(value(run) for run in runs)
    return f"{values[0]:g}" if values[0] == values[-1] else f"{values[0]:g} to {values[-1]:g}"


def size_of(runs):
    model = runs[0].record["model"]["name"]
    return f"{model}, {len(runs)} run{'s' if len(runs) > 1 else ''}, {runs[0].last_generation} generations"


def at(run, generation, key):
    rows = run.metrics[run.metrics["generation"] <= generation]
    return rows[key].iloc[-1]


def mnist(results):
    for figure, encoding in (("Fig. 4", "direct"), ("Fig. 5", "cppn")):
        runs = results.runs(f"mnist-{encoding}")
        name = f"MNIST {encoding}"
        if not runs:
            yield figure, f"{name}: median confidence", "0.9999", LEAVE, ""
            continue
        yield figure, f"{name}: median confidence at the end", "0.9999", per_run(runs, lambda run: at(run, 1e9, "median")), size_of(runs)
        fifty = min(50, min(run.last_generation for run in runs))
        yield figure, f"{name}: digits at .9999 at generation {fifty}", "10 (at 50)" if encoding == "direct" else "", counts(
            runs, lambda run: at(run, 50, "at_least_9999")), f"of 10; {size_of(runs)}"
        yield figure, f"{name}: lowest digit at the end", "0.9999", per_run(runs, lambda run: run.classes["confidence"].min()), size_of(runs)
    runs = results.runs("mnist-cppn")
    if runs:
        all_images = numpy.concatenate([run.classes["confidence"] for run in runs])
        yield "Fig. S2", "CPPN digits of all runs at .9999", "~100 %", percent((all_images >= 0.9999).mean()), f"{len(all_images)} images"


def between(results, name, item, paper):
    table_path = os.path.join(results.out, "tables", f"transfer_{name}", "transfer.csv")
    what = "MNIST, two LeNets" if name == "mnist" else "ImageNet networks"
    if not os.path.exists(table_path):
        yield item, f"{what}: same class on the other network", paper[0], LEAVE, ""
        return
    images = transfer.read(table_path)
    own = dict(zip(images["made_for"], images["source_model"]))
    others = [cell for (source, network), cell in images.groupby(["made_for", "network"], sort=False)
              if not same_network(own[source], network)]
    if not others:
        return
    cells = pandas.DataFrame([transfer.summary(cell) for cell in others])
    size = f"{len(others)} pairs, {int(cells['images'].sum())} images"
    for key, text, reference in (("same_class", "same class on the other network", paper[0]),
                                 ("both_9999_of_same_class", "of these, at .9999 on both", paper[1]),
                                 ("first_surer_of_same_class", "of these, the first network surer", paper[2])):
        spread = f" ({percent(cells[key].min())} to {percent(cells[key].max())})" if len(cells) > 1 else ""
        yield item, f"{what}: {text}", reference, percent(cells[key].mean()) + spread, size


def same_network(model, network):
    def plain(name):
        return os.path.splitext(os.path.basename(str(name)))[0]
    return plain(model) == plain(network)


def retraining(results):
    rounds = results.table("tables", "retrain", "rounds.csv")
    if rounds is None:
        yield "Fig. 11", "MNIST retrained: medians against DNN_1, DNN_2, ...", "~.9999, .9742, .9983", LEAVE, ""
        return
    medians = rounds["median_confidence"]
    size = f"{len(rounds)} networks, {int(rounds['runs'].iloc[0])} runs each" if "runs" in rounds else f"{len(rounds)} networks"
    yield ("Fig. 11", "MNIST retrained: medians against DNN_1, DNN_2, ...", "~.9999, .9742, .9983, .7252, .9755, .9968, ...",
           ", ".join(cut(value) for value in medians), size)
    yield "Fig. 11", "lowest of these medians", "~.7252", cut(medians.min()), size
    yield ("Table S2", "test error of the first and the last network", "", " to ".join(
        f"{100 * (1 - rounds['test_accuracy_n'].iloc[i]):.2f} %" for i in (0, -1)), size)
    yield "Sec. 3.6", "fooling images in the last training set", "~24 %", percent(
        rounds["fooling_images"].iloc[-1] / rounds["train_images"].iloc[-1]), size
    caught = rounds["caught_share"].dropna()
    if len(caught):
        yield "Sec. 3.6", "of the last round's fooling images, caught by the retrained network", "", \
            f"{percent(caught.median())} ({percent(caught.min())} to {percent(caught.max())})", size


def imagenet(results):
    for figure, encoding, median, sure in (("Fig. 6", "direct", "~.2159", "~45"), ("Fig. 7", "cppn", "~.8811", "")):
        runs = results.runs(f"imagenet-{encoding}")
        if not runs:
            yield figure, f"ImageNet {encoding}: median confidence", median, LEAVE, ""
            continue
        classes = numpy.median([run.classes["confidence"] for run in runs], axis=0)
        yield figure, f"ImageNet {encoding}: median over classes of the runs' medians", median, cut(numpy.median(classes)), size_of(runs)
        yield figure, f"ImageNet {encoding}: classes at .99", sure, counts(runs, lambda run: (run.classes["confidence"] >= 0.99).sum()), \
            size_of(runs)
    runs = results.runs("imagenet-cppn")
    if runs:
        best = numpy.sort(numpy.concatenate([run.classes["confidence"] for run in runs]))[-24:]
        yield "Fig. 8", "mean confidence of the images shown", "~.9912", cut(best.mean()), f"the {len(best)} surest of {len(runs)} runs"


def retrained_imagenet(results):
    before, after = results.runs("imagenet-cppn"), results.runs("imagenet-retrained")
    name = "ImageNet, median before and after learning what fooled it"
    if not before or not after:
        yield "Fig. 12", name, "~.881, .117", LEAVE, ""
        return
    confidences = [numpy.concatenate([run.classes["confidence"] for run in runs]) for runs in (before, after)]
    p = stats.mannwhitneyu(*confidences).pvalue
    yield "Fig. 12", name, "~.881, .117", ", ".join(cut(numpy.median(values)) for values in confidences), size_of(after)
    yield "Fig. 12", "Mann-Whitney test of the two", "~p < 0.0001", "p < 0.0001" if p < 1e-4 else f"p = {p:.2g}", size_of(after)


def others(results):
    for name in ("mnist-cppn", "imagenet-cppn"):
        table = results.table("tables", f"ablation_{name}", "ablation.csv")
        if table is None or table.empty:
            yield "Fig. 10", f"{name}: confidence before and after removing copies", "small drop", LEAVE, ""
            continue
        first = table[table["removed"] == 0]["confidence"]
        last = table[table["removed"] == table["copies"] - 1]["confidence"]
        yield "Fig. 10", f"{name}: median confidence before, and with one copy left", "small drop", \
            f"{cut(first.median())}, {cut(last.median())}", f"{len(first)} images that repeat an element"
    for name, item in (("mnist", "Sec. 3.9"), ("imagenet", "Fig. 13")):
        table = results.table("runs", f"ascent-{name}", "results.csv")
        if table is None:
            yield item, f"gradient ascent on {name}: images at .9999", "all", LEAVE, ""
            continue
        for setting, images in table.groupby("setting", sort=False):
            yield item, f"gradient ascent on {name}, {setting}: images at .9999", "all" if setting == "none" else "fewer", \
                f"{(images['confidence'] >= 0.9999).sum()} of {len(images)}", f"up to {int(images['iterations'].max())} iterations"
    runs = results.runs("ensemble")
    if runs:
        confidences = runs[0].classes["confidence"]
        size = size_of(runs)
        yield "Supp. B", "ensemble of three: median confidence", "~.652", cut(confidences.median()), size
        yield "Supp. B", "ensemble of three: classes at .9", "~231", str((confidences >= 0.9).sum()), size
    else:
        yield "Supp. B", "ensemble of three: median confidence", "~.652", LEAVE, ""
    tables = sorted(glob.glob(os.path.join(results.out, "tables", "photos", "*.csv")))
    if not tables:
        yield "Supp. F", "real photos: median confidence of all, right, wrong", "~.603, .867, .337", LEAVE, ""
    for path in tables:
        table = pandas.read_csv(path)
        name = os.path.splitext(os.path.basename(path))[0]
        yield "Supp. F", f"real photos, {name}: median confidence of all, right, wrong", "~.603, .867, .337", \
            ", ".join(f"{value:.3f}" for value in photos.medians(table).values()), f"{len(table)} photos"


def innovation(results):
    for name in ("mnist-direct", "mnist-cppn", "imagenet-direct", "imagenet-cppn"):
        runs = results.runs(name)
        if runs:
            tables = [takeovers(run) for run in runs]
            taken = sum(len(table) for table in tables)
            if taken:
                yield "beyond", f"{name}: cells taken by another class's children", "", percent(
                    sum(table["switch"].sum() for table in tables) / taken), f"{taken} cells, {size_of(runs)}"


def main():
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    results = Results(sys.argv[1])
    rows = []
    for part in (mnist(results), between(results, "mnist", "Table S1", ("~46 %", "~27 %", "~92 %")), retraining(results),
                 imagenet(results), between(results, "imagenet", "Table S1", ("~64 % (same design), ~17 to 21 % (another)", "~6 %", "~92 %")),
                 retrained_imagenet(results), others(results), innovation(results)):
        rows += part
    table = pandas.DataFrame(rows, columns=["where", "what", "paper", "ours", "size of ours"])
    stem = os.path.join(results.out, "paper_vs_ours")
    style.write_table(table, stem)
    with open(f"{stem}.md") as file:
        print(file.read(), end="")
    print("\n~ remembered from the paper, not read again")


if __name__ == "__main__":
    main()
