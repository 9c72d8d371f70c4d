"""What scipy and numpy make of pairs of samples: ask_scipy.py SAMPLES.json ANSWERS.json"""
import json
import sys

import numpy
from scipy import stats


def exact(a, b):
    return min(len(a), len(b)) <= 8 and max(len(a), len(b)) <= 1000 and len(set(a + b)) == len(a + b)


def answer(a, b):
    method = "exact" if exact(a, b) else "asymptotic"
    test = stats.mannwhitneyu(a, b, alternative="two-sided", method=method)
    medians = numpy.median(numpy.random.default_rng(1).choice(a, (20000, len(a))), axis=1)
    low, high = numpy.percentile(medians, [2.5, 97.5])
    larger = sum((x > y) - (x < y) for x in a for y in b)
    return {"method": method, "u": test.statistic, "p": test.pvalue, "effect": larger / (len(a) * len(b)),
            "median": numpy.median(a), "decile": numpy.percentile(a, 10), "low": low, "high": high}


with open(sys.argv[1]) as file:
    pairs = json.load(file)
answers = [answer(pair["a"], pair["b"]) for pair in pairs]
with open(sys.argv[2], "w") as file:
    json.dump(answers, file)
