#!/usr/bin/env bash
# Figure 12: an ImageNet network that has learned what fooled it as one class more, and evolution against it.
. "$(dirname "$0")/common.sh"
model=${MODEL:-$(imagenet_networks | head -n 1)}
if [ -z "$model" ] || ! has_images "$model"; then
  left_out retrain_imagenet "no ImageNet network with a folder \"photos\" to learn from is here (FOOL_MODEL_PATH, FOOL_DATA_PATH)"
  exit
fi
if [ ! -d "$runs/imagenet-cppn/seed1" ]; then
  left_out retrain_imagenet "there are no images that fool $model yet; the experiment imagenet makes them"
  exit
fi
tuned=$tables/retrain_imagenet
once "$tuned/$model-fooling.json" "$FOOL" retrain --dataset photos --model "$model" --fooling "$runs/imagenet-cppn/seed1" \
  --layers last --out "$tuned" --progress plain
for ((seed = 1; seed <= $(by_scale 1 3 5); ++seed)); do
  evolve "$runs/imagenet-retrained/seed$seed" "${cppn[@]}" --model "$tuned/$model-fooling.json" --seed "$seed"
done
figure fig12_imagenet distributions "DNN_1, CPPN=$runs/imagenet-cppn" "DNN_2, CPPN=$runs/imagenet-retrained" \
  "DNN_1, direct=$runs/imagenet-direct" --title "$model before and after it learned what fooled it: champions of all runs"
grid fig12_images "$runs/imagenet-cppn/seed1" "$runs/imagenet-retrained/seed1" --top 8 --names "DNN_1,DNN_2" \
  --title "The surest classes, before and after"
