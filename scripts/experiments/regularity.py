#!/usr/bin/env python3
"""How regular images are: what evolved patterns, ascended noise and photos have in common, and what not.

    regularity.py [--csv FILE] FOLDER...

FOLDER: a run's folder (its images/) or any folder of pictures. Prints a row per folder: the medians over its images, with the
10th and 90th percentiles, of

    bits        bits per pixel as a PNG at the highest compression (24 is incompressible colour)
    variation   total variation: the mean difference of neighbouring pixels in levels of 0..255, all channels, both directions
    fine        share of the variance that is lost in the mean of 8 x 8 pixels: 0 smooth, 1 noise

Needs OpenCV and NumPy (Debian: python3-opencv).
"""
import argparse
import csv
import os
import sys

import cv2
import numpy

MEASURES = ["bits", "variation", "fine"]
PICTURES = (".png", ".jpg", ".jpeg")
MOST = 1000  # pictures of a folder


def measure(image):
    """image: [H, W, C] u8 -> {measure: value}."""
    height, width = image.shape[:2]
    packed = cv2.imencode(".png", image, [cv2.IMWRITE_PNG_COMPRESSION, 9])[1]
    numbers = image.astype(numpy.float64)
    across = numpy.abs(numpy.diff(numbers, axis=1)).mean()
    down = numpy.abs(numpy.diff(numbers, axis=0)).mean()
    whole = numbers[:height // 8 * 8, :width // 8 * 8]
    coarse = whole.reshape(height // 8, 8, width // 8, 8, -1).mean(axis=(1, 3))
    variance = whole.var(axis=(0, 1)).sum()
    return {
        "bits": 8 * len(packed) / (height * width),
        "variation": (across + down) / 2,
        "fine": 1 - coarse.var(axis=(0, 1)).sum() / variance if variance > 0 else 0.0,
    }


def pictures(folder):
    """The files of a folder and those below it."""
    images = os.path.join(folder, "images")
    found = []
    for place, _, names in os.walk(images if os.path.isdir(images) else folder):
        found += [os.path.join(place, name) for name in names if name.lower().endswith(PICTURES)]
    return sorted(found)[:MOST]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", metavar="FOLDER")
    parser.add_argument("--csv", help="a row per image")
    options = parser.parse_args()
    rows = []
    print(f"{'folder':<40} images " + " ".join(f"{m:>26}" for m in MEASURES))
    for folder in options.folders:
        own = []
        for path in pictures(folder):
            image = cv2.imread(path, cv2.IMREAD_COLOR)
            if image is None:
                sys.exit(f"regularity.py: {path} cannot be read as a picture")
            own.append({"folder": folder, "image": path, **measure(image)})
        if not own:
            sys.exit(f"regularity.py: {folder}: there are no pictures; expected a run's folder or one of .png and .jpg")
        rows += own
        text = []
        for m in MEASURES:
            low, middle, high = numpy.percentile([row[m] for row in own], [10, 50, 90])
            text.append(f"{middle:>9.3f} ({low:.3f}..{high:.3f})".rjust(26))
        print(f"{folder:<40} {len(own):>6} " + " ".join(text))
    if options.csv:
        with open(options.csv, "w", newline="") as file:
            writer = csv.DictWriter(file, fieldnames=["folder", "image", *MEASURES])
            writer.writeheader()
            writer.writerows(rows)


if __name__ == "__main__":
    main()
