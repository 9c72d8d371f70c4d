#!/usr/bin/env bash
# Supplement B: images made for the mean of three networks.
. "$(dirname "$0")/common.sh"
mapfile -t networks < <(imagenet_networks | head -n 3)
if [ ${#networks[@]} -lt 3 ]; then
  left_out ensemble "it takes three ImageNet networks, and there are ${#networks[@]} (FOOL_MODEL_PATH, or fool models fetch)"
  exit
fi
size=$(by_scale 100 400 400)
list=$(IFS=,; echo "${networks[*]}")
evolve "$runs/ensemble/seed1" --dataset imagenet --encoding cppn --preset paper --model "$list" --ensemble mean --seed 1 \
  --init-size "$size" --batch-size "$size" --generations "$(by_scale 8 40 4000)"
figure suppB_ensemble class_heat_map "$runs/ensemble" --title "The mean of $list"
grid suppB_ensemble_images "$runs/ensemble/seed1" --top 24 --wrap 12 --tile 96 --title "Made for the mean of $list"
