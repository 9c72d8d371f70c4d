"""The figures' scripts on small made-up results: that each draws, and that the numbers in their tables are right.

Run by the test program e2e_test, or alone: python3 tests/figures/test_figures.py
"""
import collections
import contextlib
import csv
import io
import json
import os
import runpy
import sys
import tempfile
import unittest
import warnings

import numpy
import pandas
from PIL import Image, PngImagePlugin

SCRIPTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "scripts", "figures")
sys.path.insert(0, SCRIPTS)


Result = collections.namedtuple("Result", "returncode stdout stderr")


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write(text)


def write_rows(path, columns, rows):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", newline="") as file:
        csv.writer(file).writerows([columns, *rows])


def write_png(path, seed, **text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    info = PngImagePlugin.PngInfo()
    for key, value in text.items():
        info.add_text(key, str(value))
    pixels = numpy.random.default_rng(seed).integers(0, 256, (8, 8), dtype=numpy.uint8)
    Image.fromarray(pixels).save(path, pnginfo=info)


# Item 0 takes both cells; item 2, its child, takes cell 1; item 4, a child of 0, which holds cell 0 alone by then, takes cell 1.
LINEAGE = [(0, -1, [], [0, 1], [0.2, 0.1]), (2, 0, [0], [1], [0.4]), (4, 1, [0], [1], [0.9]), (5, 1, [0], [0], [0.99995])]


def write_run(folder, model="net"):
    write(f"{folder}/run.json", json.dumps({"model": {"name": model}, "ended": True}))
    lines = [dict(zip(("id", "generation", "parents", "cells", "confidence"), line)) for line in LINEAGE]
    write(f"{folder}/lineage.jsonl", "".join(json.dumps(line) + "\n" for line in lines) + '{"id": 6')
    metrics = [{"generation": g, "evaluations": 2 * (g + 2), "median": m, "at_least_99": n, "at_least_9999": n,
                "stage_seconds": {}}
               for g, m, n in ((-1, 0.15, 0), (0, 0.3, 0), (1, 0.949975, 1))]
    write(f"{folder}/metrics.jsonl", "".join(json.dumps(line) + "\n" for line in metrics))
    write_rows(f"{folder}/classes.csv", ["class", "label", "confidence", "item", "image"],
               [[0, "zero", 0.99995, 5, "images/0000_zero.png"], [1, "one", 0.9, 4, "images/0001_one.png"]])
    write_png(f"{folder}/images/0000_zero.png", 0)
    write_png(f"{folder}/images/0001_one.png", 1)


def write_transfer(path):
    columns = ["source", "source_model", "image", "target_class", "evolved_confidence", "network", "top1", "top1_name", "top1_confidence",
               "target_confidence", "agrees"]
    rows = []
    for source, network, scores in (("a", "a", (0.99995, 0.9999, 0.5, 0.6)), ("a", "b", (0.99992, 0.2, 0.1, 0.995)),
                                    ("b", "a", (0.3, 0.3, 0.3, 0.3)), ("b", "b", (0.9, 0.9, 0.9, 0.9))):
        for i, score in enumerate(scores):
            rows.append([f"runs/{source}", source, f"{i}.png", i, 0.9999, network, i, i, score, score, "yes" if score >= 0.5 else "no"])
    write_rows(path, columns, rows)


def write_retraining(folder):
    columns = ["round", "train_images", "fooling_images", "test_accuracy_n", "test_accuracy_n1", "caught_share", "runs",
               "median_confidence", "mann_whitney_u", "mann_whitney_p"]
    write_rows(f"{folder}/rounds.csv", columns, [[1, 60000, 0, 0.99, 0.99, "", 2, 0.9999, "", ""],
                                                 [2, 66000, 6000, 0.989, 0.988, 0.97, 2, 0.75, 3, 0.01]])
    rng = numpy.random.default_rng(1)
    write_rows(f"{folder}/confidences.csv", ["round", "run", "class", "confidence"],
               [[r, run, k, rng.uniform(0.5, 1)] for r in (1, 2) for run in (0, 1) for k in (0, 1, 2)])
    for r in (1, 2):
        for k in range(3):
            write_png(f"{folder}/round_{r:02d}/run_00/{k:04d}_{k}.png", 10 * r + k)


def write_ascent(folder):
    write(f"{folder}/run.json", json.dumps({"model": {"name": "net"}, "ended": True, "fingerprint": {
        "classifier": {"mean": [0.5], "scale": 1 / 255, "channels": "grey"}}}))
    columns = ["setting", "class", "label", "start", "iterations", "complete", "confidence", "iteration", "iteration_to_99",
               "iteration_to_9999", "image"]
    write_rows(f"{folder}/results.csv", columns,
               [[setting, k, f"label {k}", 0, 50, "yes", c, 40, 20, 30 if c > 0.9999 else "", f"images/{setting}{k}.png"]
                for setting, c in (("none", 0.99999), ("l2", 0.97)) for k in range(3)])
    for setting in ("none", "l2"):
        for k in range(3):
            write_png(f"{folder}/images/{setting}{k}.png", k)


def write_ablation(path):
    write_rows(path, ["class", "label", "method", "copies", "removed", "confidence", "top1", "top1_label", "removed_area", "image"],
               [[0, "a", "components", 3, i, c, 0, "a", 0, "x.png"] for i, c in enumerate((0.99, 0.9, 0.8))] +
               [[1, "b", "tiles", 2, i, c, 0, "a", 0, "x.png"] for i, c in enumerate((0.97, 0.2))])


def write_photos(path):
    write_rows(path, ["image", "label", "label_name", "top1", "top1_name", "top1_confidence", "label_confidence"],
               [["a", 1, "x", 1, "x", 0.9, 0.9], ["b", 1, "x", 1, "x", 0.7, 0.7], ["c", 1, "x", 2, "y", 0.3, 0.1]])


class Figures(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.root = cls.folder.name
        for seed in (1, 2):
            write_run(f"{cls.root}/runs/mnist-cppn/seed{seed}", "lenet-mnist")
        write_run(f"{cls.root}/runs/imagenet-cppn/seed1")
        write_transfer(f"{cls.root}/tables/transfer_imagenet/transfer.csv")
        write_retraining(f"{cls.root}/tables/retrain")
        write_ascent(f"{cls.root}/runs/ascent-imagenet")
        write_ablation(f"{cls.root}/tables/ablation_imagenet-cppn/ablation.csv")
        write_photos(f"{cls.root}/tables/photos/net.csv")

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def run_script(self, script, *arguments):
        """As the shell would, but in this process: matplotlib takes a second to load."""
        out, err = io.StringIO(), io.StringIO()
        before, sys.argv = sys.argv, [f"{script}.py", *arguments]
        code = 0
        try:
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), warnings.catch_warnings():
                warnings.simplefilter("error", UserWarning)
                runpy.run_path(os.path.join(SCRIPTS, f"{script}.py"), run_name="__main__")
        except SystemExit as end:
            if isinstance(end.code, str):
                err.write(end.code)
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
        finally:
            sys.argv = before
        return Result(code, out.getvalue(), err.getvalue())

    def draw(self, script, *arguments):
        stem = f"{self.root}/figures/{script}"
        result = self.run_script(script, *arguments, "--out", stem, "--title", "A title")
        self.assertEqual(result.returncode, 0, result.stderr)
        for extension, start in (("pdf", b"%PDF"), ("svg", b"<?xml"), ("png", b"\x89PNG")):
            with open(f"{stem}.{extension}", "rb") as file:
                self.assertEqual(file.read(len(start)), start)
        return stem, result.stdout

    def test_histories_are_those_of_the_lineage(self):
        from runs import Run
        history = Run(f"{self.root}/runs/mnist-cppn/seed1").history()
        numpy.testing.assert_allclose(history, [[0.2, 0.2, 0.99995], [0.1, 0.4, 0.9]])

    def test_curves_and_maps_of_runs(self):
        runs = f"{self.root}/runs/mnist-cppn"
        self.draw("class_heat_map", runs)
        self.draw("class_heat_map", runs, "--nines")
        self.draw("generations", f"CPPN={runs}", "--mark", "0")
        self.draw("first_last", f"CPPN={runs}", f"one={runs}/seed1")
        self.draw("phylogeny", f"{runs}/seed1")

    def test_distributions_are_tested_as_scipy_does(self):
        from scipy import stats
        table = pandas.read_csv(f"{self.root}/tables/retrain/confidences.csv")
        parts = [table[table["round"] == r]["confidence"] for r in (1, 2)]
        source = f"{self.root}/tables/retrain/confidences.csv#confidence@round="
        _, said = self.draw("distributions", f"first={source}1", f"second={source}2")
        self.assertIn(f"U = {stats.mannwhitneyu(*parts).statistic:g}", said)

    def test_innovation_counts_switches(self):
        stem, _ = self.draw("innovation", f"CPPN={self.root}/runs/mnist-cppn/seed1")
        row = pandas.read_csv(f"{stem}.csv").iloc[0]
        self.assertEqual(row["cells_taken"], 3)
        self.assertAlmostEqual(row["by_other_class_percent"], 100 / 3)  # item 4, whose parent had lost cell 1

    def test_transfer_table(self):
        stem, _ = self.draw("transfer", f"{self.root}/tables/transfer_imagenet/transfer.csv")
        table = pandas.read_csv(f"{stem}.csv").set_index(["made_for", "seen_by"])
        cell = table.loc[("a", "b")]
        self.assertEqual(cell["images"], 4)
        self.assertEqual(cell["same_class"], 0.5)
        self.assertEqual(cell["both_99"], 0.5)
        self.assertEqual(cell["both_9999_of_same_class"], 0.5)
        self.assertEqual(cell["first_surer_of_same_class"], 0.5)
        self.assertEqual(table.loc[("b", "a")]["same_class"], 0)

    def test_other_figures(self):
        self.draw("retraining", f"{self.root}/tables/retrain")
        self.draw("gradients", f"{self.root}/runs/ascent-imagenet", "--setting", "none")
        self.draw("ascents", f"{self.root}/runs/ascent-imagenet/results.csv")
        self.draw("ablation", f"{self.root}/tables/ablation_imagenet-cppn/ablation.csv")
        stem, _ = self.draw("photos", f"{self.root}/tables/photos/net.csv")
        row = pandas.read_csv(f"{stem}.csv").iloc[0]
        self.assertEqual([row["all"], row["right"], row["wrong"]], [0.7, 0.8, 0.3])

    def test_numbers_are_cut_and_not_rounded(self):
        from style import cut
        self.assertEqual(cut(0.99997), "0.99997")
        self.assertEqual(cut(0.99999999), "0.99999999")
        self.assertEqual(cut(0.88119), "0.8811")
        self.assertEqual(cut(0.9999), "0.9999")
        self.assertEqual(cut(1), "1")
        self.assertEqual(cut(0.0000251), "2.5e-05")

    def test_the_table_has_all_there_is_and_says_what_there_is_not(self):
        result = self.run_script("paper_table", self.root)
        self.assertEqual(result.returncode, 0, result.stderr)
        table = pandas.read_csv(f"{self.root}/paper_vs_ours.csv", keep_default_na=False).set_index("what")["ours"]
        self.assertEqual(table["MNIST direct: median confidence"], "not run")
        self.assertEqual(table["ImageNet networks: same class on the other network"], "25.0 % (0.0 % to 50.0 %)")
        self.assertEqual(table["MNIST retrained: medians against DNN_1, DNN_2, ..."], "0.9999, 0.7500")
        self.assertEqual(table["fooling images in the last training set"], "9.1 %")
        self.assertEqual(table["gradient ascent on imagenet, none: images at .9999"], "3 of 3")
        self.assertEqual(table["imagenet-cppn: median confidence before, and with one copy left"], "0.9800, 0.5000")
        self.assertEqual(table["real photos, net: median confidence of all, right, wrong"], "0.700, 0.800, 0.300")
        self.assertIn("| Fig. 4 |", result.stdout)

    def test_mistakes_are_told(self):
        for script, arguments, message in (("class_heat_map", [f"{self.root}/none"], "expected a run or a folder of runs"),
                                           ("generations", ["nothing"], "expected NAME=FOLDER"),
                                           ("distributions", [f"a={self.root}/tables/retrain/confidences.csv#confidence@round=9"],
                                            "there are no such rows"),
                                           ("gradients", [f"{self.root}/runs/ascent-imagenet", "--setting", "blur"],
                                            "no images of the setting blur")):
            result = self.run_script(script, *arguments, "--out", f"{self.root}/x")
            self.assertEqual(result.returncode, 1)
            self.assertIn(message, result.stderr)


if __name__ == "__main__":
    unittest.main()
