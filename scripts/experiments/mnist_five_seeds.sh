#!/usr/bin/env bash
# The paper's figures 4 and 5 in numbers: five seeds of each encoding on the bundled MNIST network, 200 generations of 200
# children, with medians over seeds, bootstrap intervals and a test between the encodings; every saved image is scored again.
#   scripts/experiments/mnist_five_seeds.sh [OUT=runs/mnist_five_seeds] [flags of fool study, such as --processes 2]
set -euo pipefail
case ${1:-} in
  -h | --help)
    sed -n '2,/^set/{/^#/s/^# //p}' "$0"
    exit
    ;;
esac
cd "$(dirname "$0")/../.."
fool=${FOOL:-build/release/fool}
out=${1:-runs/mnist_five_seeds}

"$fool" study configs/studies/mnist_encodings.json --out "$out" "${@:2}"

for run in "$out"/*-seed*; do
  echo "$run: $("$fool" verify "$run" --progress off | grep '^largest difference')"
done
