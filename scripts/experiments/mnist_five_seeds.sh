#!/usr/bin/env bash
# The paper's figures 4 and 5 in numbers: five seeds of each encoding on the bundled MNIST network, 200 generations of 200
# children. For each run: median confidence over the ten digits and how many digits reach .9999, at generations 50 and
# 200; every saved image is scored again. Runs go to the folder given as first argument, or runs/mnist_five_seeds.
set -euo pipefail
cd "$(dirname "$0")/../.."
fool=${FOOL:-build/release/fool}
out=${1:-runs/mnist_five_seeds}
mkdir -p "$out"

# value RUN GENERATION KEY: a number from metrics.jsonl
value() {
  grep "\"generation\":$2," "$1/metrics.jsonl" | sed "s/.*\"$3\":\([^,}]*\).*/\1/"
}

echo "encoding seed  median@50  >=.9999@50  median@200  >=.9999@200  lowest@200  largest difference when scored again"
for encoding in direct cppn; do
  for seed in 1 2 3 4 5; do
    run=$out/$encoding-seed$seed
    if [ -e "$run/run.json" ]; then
      "$fool" evolve --resume "$run" --progress off --set report.console.summary=off
    else
      "$fool" evolve --config "configs/mnist_${encoding}_paper.json" --seed "$seed" --out "$run" --progress off \
        --set report.console.summary=off
    fi
    difference=$("$fool" verify "$run" --progress off | sed -n 's/^largest difference *\([^ ]*\).*/\1/p')
    printf '%-8s %4d  %.7f  %10d  %.8f  %11d  %.7f  %s\n' "$encoding" "$seed" \
      "$(value "$run" 50 median)" "$(value "$run" 50 at_least_9999)" \
      "$(value "$run" 200 median)" "$(value "$run" 200 at_least_9999)" "$(value "$run" 200 min)" "$difference"
  done
done
