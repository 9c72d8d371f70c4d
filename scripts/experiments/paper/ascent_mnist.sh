#!/usr/bin/env bash
# Section 3.9 on MNIST: gradient ascent to the ten digits.
. "$(dirname "$0")/common.sh"
folder=$runs/ascent-mnist
iterations=()
[ "$SCALE" != smoke ] || iterations=(--iterations 200)

if ! grep -q '"ended": true' "$folder/run.json" 2>/dev/null; then
  if [ -e "$folder/run.json" ]; then
    "$FOOL" ascend --resume "$folder" --progress plain
  else
    "$FOOL" ascend --dataset mnist --setting none,l2 --starts "$(by_scale 1 5 5)" "${iterations[@]}" --out "$folder" --progress plain
  fi
fi
figure ascent_mnist ascents "$folder/results.csv" --title "Gradient ascent to the ten digits"
grid ascent_mnist_images "$folder" --title "Gradient ascent to the ten digits"
