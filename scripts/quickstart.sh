#!/usr/bin/env bash
# From a fresh checkout to fooling images: installs the dependencies, builds, and evolves CPPN images that the
# bundled MNIST network takes for each of the ten digits. The folder of the run: first argument, or runs/quickstart.
set -euo pipefail
cd "$(dirname "$0")/.."
out=${1:-runs/quickstart}

scripts/install_deps.sh
scripts/build.sh release fool
rm -rf "$out"
build/release/fool evolve --dataset mnist --encoding cppn --generations 200 --seed 1 --out "$out"
