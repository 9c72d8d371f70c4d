#!/usr/bin/env bash
# The gradient ascents of the paper's supplement on one network: 20 classes, five starts, four settings; 400 images.
# On two cores it takes hours; an interrupted run goes on.
# Usage: scripts/experiments/ascent_supplement.sh [MODEL=squeezenet1_1] [FOLDER=runs/ascent-MODEL] [fool ascend's flags]
set -euo pipefail
case ${1:-} in
  -h | --help)
    sed -n '2,/^set/{/^#/s/^# //p}' "$0"
    exit
    ;;
esac
cd "$(dirname "$0")/../.."
PATH=$PWD/build/release:$PATH
model=${1:-squeezenet1_1}
folder=${2:-runs/ascent-$model}
if [ -e "$folder/run.json" ]; then
  fool ascend --resume "$folder"
else
  fool ascend --dataset imagenet --model "$model" --classes published --starts 5 --setting none,l2,blur,clip --out "$folder" \
    "${@:3}"
fi
fool verify "$folder"
