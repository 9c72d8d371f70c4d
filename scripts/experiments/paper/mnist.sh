#!/usr/bin/env bash
# Figures 4, 5 and S2: images of both encodings for the ten digits, from independent runs.
. "$(dirname "$0")/common.sh"
generations=$(by_scale 40 200 200)
direct_seeds=$(by_scale 3 5 5)
cppn_seeds=$(by_scale 3 10 50)

for ((seed = 1; seed <= direct_seeds; ++seed)); do
  evolve "$runs/mnist-direct/seed$seed" --config configs/mnist_direct_paper.json --generations "$generations" --seed "$seed"
done
for ((seed = 1; seed <= cppn_seeds; ++seed)); do
  evolve "$runs/mnist-cppn/seed$seed" --config configs/mnist_cppn_paper.json --generations "$generations" --seed "$seed"
done

first_five() { find "$runs/$1" -mindepth 1 -maxdepth 1 -name 'seed*' | sort -V | head -n 5; }
mapfile -t direct < <(first_five mnist-direct)
mapfile -t cppn < <(first_five mnist-cppn)
grid fig04_mnist_direct "${direct[@]}" --title "Directly encoded images, generation $generations; a row is a run"
grid fig05_mnist_cppn "${cppn[@]}" --title "CPPN images, generation $generations; a row is a run"
mapfile -t all < <(find "$runs/mnist-cppn" -mindepth 1 -maxdepth 1 -name 'seed*' | sort -V)
grid figS2_mnist_cppn_runs "${all[@]}" --tile 56 --title "CPPN images of ${#all[@]} runs"
for encoding in direct cppn; do
  grid "mnist_${encoding}_growth" "$runs/mnist-$encoding/seed1" "--generations=-1,0,5,20,$generations" \
    --title "From the initial population to the last generation, one $encoding run"
  figure "mnist_${encoding}_classes" class_heat_map "$runs/mnist-$encoding" --nines --title "MNIST, $encoding: every digit over the generations"
done
figure mnist_generations generations "direct=$runs/mnist-direct" "CPPN=$runs/mnist-cppn" --mark 50 --title "MNIST: how soon"
figure mnist_first_last first_last "direct=$runs/mnist-direct" "CPPN=$runs/mnist-cppn" --title "MNIST: first generation and last"
