#!/usr/bin/env bash
# Figures 1, 6, 7, 8 and 9: images of both encodings for 1000 classes, from independent runs.
. "$(dirname "$0")/common.sh"
model=${MODEL:-$(imagenet_networks | head -n 1)}
if [ -z "$model" ]; then
  left_out imagenet "no ImageNet network is here (FOOL_MODEL_PATH, or fool models fetch squeezenet1_1)"
  exit
fi
seeds=$(by_scale 2 5 5)
direct_seeds=$(by_scale 2 3 5)
if [ "$SCALE" = paper ]; then
  direct=(--config configs/imagenet_direct_paper.json)  # 20,000 generations
else
  direct=(--dataset imagenet --encoding direct --preset paper --generations "$(by_scale 15 50 -)"
    --init-size "$(by_scale 200 400 -)" --batch-size "$(by_scale 200 400 -)")
fi

for ((seed = 1; seed <= seeds; ++seed)); do
  evolve "$runs/imagenet-cppn/seed$seed" "${cppn[@]}" --model "$model" --seed "$seed"
done
for ((seed = 1; seed <= direct_seeds; ++seed)); do
  evolve "$runs/imagenet-direct/seed$seed" "${direct[@]}" --model "$model" --seed "$seed"
done

mapfile -t all < <(find "$runs/imagenet-cppn" -mindepth 1 -maxdepth 1 -name 'seed*' | sort -V)
grid fig01_both_encodings "$runs/imagenet-direct/seed1" "$runs/imagenet-cppn/seed1" --top 8 --names "direct,CPPN" \
  --title "$model: its surest classes of both encodings"
grid fig08_gallery "${all[@]}" --top 24 --wrap 12 --tile 96 --title "$model: the surest CPPN images of ${#all[@]} runs"
grid fig09_lizards_and_dogs "${all[@]}" --classes 38-40,151-153 --title "Three lizards, three toy dogs; a row is a run"
grid imagenet_growth "$runs/imagenet-cppn/seed1" --top 10 "--generations=-1,0,5,$(by_scale 15 50,150 500,5000)" \
  --title "From the initial population to the last generation, one CPPN run"
figure fig06_imagenet_direct class_heat_map "$runs/imagenet-direct" --title "$model, direct encoding: every class over the generations"
figure fig07_imagenet_cppn class_heat_map "$runs/imagenet-cppn" --title "$model, CPPN: every class over the generations"
figure imagenet_generations generations "direct=$runs/imagenet-direct" "CPPN=$runs/imagenet-cppn" --title "$model: how soon"
figure imagenet_first_last first_last "direct=$runs/imagenet-direct" "CPPN=$runs/imagenet-cppn" \
  --title "$model: first generation and last"
