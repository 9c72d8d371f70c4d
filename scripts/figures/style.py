"""How all figures look, and how they are saved: a vector PDF and SVG and a PNG of each, whole or not there.

Colours are those of Okabe and Ito, which every kind of eye tells apart; maps of numbers are cividis, for the same reason.
"""
import argparse
import decimal
import os
import sys
import tempfile

try:
    import matplotlib
    import numpy
    import pandas
except ImportError as missing:
    sys.exit(f"{os.path.basename(sys.argv[0])}: {missing}; on Debian: apt-get install python3-matplotlib python3-pandas python3-scipy "
             "(scripts/install_deps.sh --figures)")

matplotlib.use("Agg")
from matplotlib import pyplot  # noqa: E402

COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000"]
DASHES = ["-", "--", "-.", ":"]
MAP = "cividis"
PAPER = "#7f7f7f"  # of what the paper says, beside ours
WIDTH = 7.0        # inches, of a figure over the whole page

pyplot.rcParams.update({
    "figure.constrained_layout.use": True,
    "figure.dpi": 150,
    "savefig.dpi": 200,
    "font.size": 8.5,
    "axes.titlesize": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "0.92",
    "grid.linewidth": 0.6,
    "axes.axisbelow": True,
    "legend.frameon": False,
    "image.cmap": MAP,
    "svg.hashsalt": "fool",  # same figure, same file
    "pdf.fonttype": 42,      # letters stay letters
    "svg.fonttype": "none",
})


def arguments(description, **more):
    """A parser with --out STEM and --title; positional arguments are the caller's."""
    parser = argparse.ArgumentParser(description=description.split("\n\n")[0], **more)
    parser.add_argument("--out", required=True, metavar="STEM", help="writes STEM.pdf, STEM.svg and STEM.png")
    parser.add_argument("--title", default="", help="a line above the figure")
    return parser


def fail(message):
    sys.exit(f"{os.path.basename(sys.argv[0])}: {message}")


def colour(i):
    return COLOURS[i % len(COLOURS)]


def dashes(i):
    return DASHES[i // len(COLOURS) % len(DASHES)]


def write_whole(path, write):
    """Calls write(temporary) and gives the file its name when it is complete."""
    folder = os.path.dirname(path) or "."
    os.makedirs(folder, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=folder, suffix=os.path.splitext(path)[1])
    os.close(handle)
    try:
        write(temporary)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def save(figure, stem, title=""):
    if title:
        figure.suptitle(title, fontsize=9.5)
    nothing = {"png": None, "svg": {"Date": None}, "pdf": {"CreationDate": None}}
    for extension, metadata in nothing.items():
        write_whole(f"{stem}.{extension}", lambda path: figure.savefig(path, metadata=metadata))
    pyplot.close(figure)
    print(f"{stem}.png")


def write_table(frame, stem, digits=4):
    """STEM.csv and, for people, STEM.md."""
    write_whole(f"{stem}.csv", lambda path: frame.to_csv(path, index=False))

    def cell(value):
        if isinstance(value, float):
            return "" if numpy.isnan(value) else f"{value:.{digits}g}"
        return "" if value is None or pandas.isna(value) else str(value)

    lines = ["| " + " | ".join(map(str, frame.columns)) + " |", "|" + "---|" * len(frame.columns)]
    lines += ["| " + " | ".join(cell(value) for value in row) + " |" for row in frame.itertuples(index=False)]

    def write(path):
        with open(path, "w") as file:
            file.write("\n".join(lines) + "\n")

    write_whole(f"{stem}.md", write)


def confidence_axis(axis, along="y"):
    """0 to 1, as percentages of certainty."""
    (axis.set_ylim if along == "y" else axis.set_xlim)(-0.01, 1.01)


def nines(confidence):
    """Confidence on a scale on which .9, .99 and .9999 are far from each other: the number of nines."""
    return -numpy.log10(numpy.maximum(1 - numpy.asarray(confidence, dtype=float), 1e-7))


NINES = {0: "0", 1: ".9", 2: ".99", 3: ".999", 4: ".9999", 5: ".99999", 6: ".999999"}


def cut(confidence):
    """With one digit behind the nines, cut and not rounded: 0.9999987 is 0.9999987 and never 1."""
    confidence = float(confidence)
    if confidence >= 1 or numpy.isnan(confidence):
        return f"{confidence:g}"
    if 0 < confidence < 0.001:
        return f"{confidence:.2g}"
    digits = 4 if confidence < 0.999 else min(8, int(nines(confidence)) + 1)
    text = str(decimal.Decimal(repr(confidence)).quantize(decimal.Decimal(1).scaleb(-digits), rounding=decimal.ROUND_FLOOR))
    return text.rstrip("0") if digits > 4 else text


def nines_axis(axis, along="y"):
    which = axis.yaxis if along == "y" else axis.xaxis
    which.set_ticks(list(NINES), list(NINES.values()))
