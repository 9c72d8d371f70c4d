#!/usr/bin/env bash
# From a fresh checkout to fooling images: installs the dependencies, builds (the first time up to half an hour), and
# evolves CPPN images that the bundled MNIST network takes for each of the ten digits.
# Usage: scripts/quickstart.sh [RUN]. RUN is the folder of the run, runs/quickstart if none is given; an earlier run
# in it is replaced.
set -euo pipefail
case ${1:-} in
  -h | --help)
    sed -n '2,/^set/{/^#/s/^# //p}' "$0"
    exit
    ;;
  -*)
    echo "quickstart.sh: there is no option $1; see scripts/quickstart.sh --help" >&2
    exit 2
    ;;
esac
cd "$(dirname "$0")/.."
out=${1:-runs/quickstart}
if [[ -e $out && ! -e $out/run.json && -n $(ls -A "$out") ]]; then
  echo "quickstart.sh: $out is there and holds no run; give another folder" >&2
  exit 6
fi

scripts/install_deps.sh
scripts/build.sh release fool
rm -rf "$out"
build/release/fool evolve --dataset mnist --encoding cppn --generations 200 --seed 1 --out "$out"
