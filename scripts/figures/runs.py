"""What the folder of a run of `fool evolve` holds, as tables and arrays."""
import functools
import glob
import json
import os

import numpy
import pandas

from style import fail


class Run:
    def __init__(self, folder):
        self.folder = folder
        if not os.path.exists(os.path.join(folder, "run.json")):
            fail(f"{folder}: expected the folder of a run, found no run.json")
        with open(os.path.join(folder, "run.json")) as file:
            self.record = json.load(file)
        self.name = os.path.basename(os.path.normpath(folder))

    def _lines(self, name):
        with open(os.path.join(self.folder, name)) as file:
            return [json.loads(line) for line in file if line.endswith("\n")]  # a killed run may leave half a line

    @functools.cached_property
    def metrics(self):
        """A row per generation: generation, evaluations, median, at_least_9999, ..."""
        return pandas.DataFrame(self._lines("metrics.jsonl")).drop(columns="stage_seconds", errors="ignore")

    @functools.cached_property
    def classes(self):
        """A row per class: class, label, confidence, generation, ..."""
        return pandas.read_csv(os.path.join(self.folder, "classes.csv"), dtype={"label": str})

    @functools.cached_property
    def lineage(self):
        """Every item that entered a cell: dicts of id, generation, parents, cells and confidence."""
        return self._lines("lineage.jsonl")

    @property
    def labels(self):
        return list(self.classes["label"])

    @property
    def last_generation(self):
        return int(self.metrics["generation"].iloc[-1])

    def history(self):
        """Confidence of every class at the end of every generation: [K, G]; column 0 is the initial population, generation -1."""
        table = numpy.full((len(self.classes), self.last_generation + 2), numpy.nan)
        for item in self.lineage:
            if item["generation"] <= self.last_generation:
                table[item["cells"], item["generation"] + 1] = item["confidence"]
        return pandas.DataFrame(table).ffill(axis=1).fillna(0).to_numpy()


def find_runs(folders):
    """The runs named, or those in a named folder, in the order of their names' numbers."""
    runs = []
    for folder in folders:
        if os.path.exists(os.path.join(folder, "run.json")):
            runs.append(Run(folder))
            continue
        inside = sorted(glob.glob(os.path.join(folder, "*", "run.json")), key=lambda path: (len(path), path))
        if not inside:
            fail(f"{folder}: expected a run or a folder of runs, found none")
        runs += [Run(os.path.dirname(path)) for path in inside]
    return runs


def group(text):
    """NAME=FOLDER[,FOLDER...]: a name in legends, and its runs."""
    name, equals, folders = text.partition("=")
    if not equals:
        fail(f"expected NAME=FOLDER[,FOLDER...], found {text}")
    return name, find_runs(folders.split(","))


def same_length(histories):
    """Histories cut to the generations that all of them have: [runs, K, G]."""
    least = min(history.shape[1] for history in histories)
    return numpy.stack([history[:, :least] for history in histories])
