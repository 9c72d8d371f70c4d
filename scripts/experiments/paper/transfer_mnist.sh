#!/usr/bin/env bash
# Figure S1 and table S1, MNIST: images made for one LeNet, seen by another that was trained from another seed.
. "$(dirname "$0")/common.sh"
seeds=$(by_scale 2 5 30)  # paper: 300 images for each network
generations=$(by_scale 40 200 200)
epochs=$(by_scale 2 10 10)

if ! has_images lenet-mnist; then
  left_out transfer_mnist "the MNIST files are not here, which the second network is trained on (fool data fetch mnist)"
  exit
fi
other=$OUT/networks/lenet-other
mkdir -p "$OUT/networks"
once "$other.json" "$FOOL" train --dataset mnist --seed 2 --epochs "$epochs" --out "$other.safetensors" --progress plain
for ((seed = 1; seed <= seeds; ++seed)); do
  evolve "$runs/transfer-mnist/a$seed" --config configs/mnist_cppn_paper.json --generations "$generations" --seed "$seed"
  evolve "$runs/transfer-mnist/b$seed" --config configs/mnist_cppn_paper.json --generations "$generations" --seed "$seed" \
    --model "$other.json"
done
mapfile -t sources < <(find "$runs/transfer-mnist" -mindepth 1 -maxdepth 1 -type d | sort -V)
once "$tables/transfer_mnist/transfer.csv" "$FOOL" transfer "${sources[@]}" --model "lenet-mnist,$other.json" \
  --out "$tables/transfer_mnist" --progress plain
figure figS1_transfer_mnist transfer "$tables/transfer_mnist/transfer.csv" --title "MNIST images between two LeNets"
