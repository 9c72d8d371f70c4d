#!/usr/bin/env bash
# Table S1, ImageNet: CPPN images made for each of several networks, seen by all of them.
. "$(dirname "$0")/common.sh"
mapfile -t networks < <(imagenet_networks | head -n "$(by_scale 3 5 99)")
if [ ${#networks[@]} -lt 2 ]; then
  left_out transfer_imagenet "it takes two ImageNet networks, and there are ${#networks[@]} (FOOL_MODEL_PATH, or fool models fetch)"
  exit
fi
size=$(by_scale 200 400 400)
generations=$(by_scale 10 60 5000)

sources=()
for network in "${networks[@]}"; do
  evolve "$runs/transfer-imagenet/$network" --dataset imagenet --encoding cppn --preset paper --model "$network" --seed 1 \
    --init-size "$size" --batch-size "$size" --generations "$generations"
  sources+=("$runs/transfer-imagenet/$network")
done
list=$(IFS=,; echo "${networks[*]}")
once "$tables/transfer_imagenet/transfer.csv" "$FOOL" transfer "${sources[@]}" --model "$list" --out "$tables/transfer_imagenet" \
  --progress plain
figure tableS1_transfer_imagenet transfer "$tables/transfer_imagenet/transfer.csv" --title "CPPN images between ImageNet networks"
