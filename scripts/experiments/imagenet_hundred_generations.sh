#!/usr/bin/env bash
# Both encodings on an ImageNet network for 100 generations of 400 children, each run verified. Needs the network's weights in
# FOOL_MODEL_PATH. MODEL=name chooses another network than squeezenet1_1. Runs go to the folder given as first argument,
# or runs/imagenet_hundred_generations.
set -euo pipefail
case ${1:-} in
  -h | --help)
    sed -n '2,/^set/{/^#/s/^# //p}' "$0"
    exit
    ;;
esac
cd "$(dirname "$0")/../.."
fool=${FOOL:-build/release/fool}
model=${MODEL:-squeezenet1_1}
out=${1:-runs/imagenet_hundred_generations}
mkdir -p "$out"

for encoding in cppn direct; do
  run=$out/$encoding-$model
  if [ -e "$run/run.json" ]; then
    "$fool" evolve --resume "$run"
  else
    "$fool" evolve --encoding "$encoding" --dataset imagenet --model "$model" --generations 100 --out "$run"
  fi
  echo "$(find "$run/images" -name '*.png' | wc -l) images"
  "$fool" verify "$run"
done
