#!/usr/bin/env bash
# Figures 13 and S3 to S7: gradient ascent on an ImageNet network, without regularisation and with the paper's three kinds.
. "$(dirname "$0")/common.sh"
model=${MODEL:-$(imagenet_networks | head -n 1)}
if [ -z "$model" ]; then
  left_out ascent_imagenet "no ImageNet network is here (FOOL_MODEL_PATH, or fool models fetch squeezenet1_1)"
  exit
fi
folder=$runs/ascent-imagenet
case $SCALE in  # the paper: 20 classes, five starts, 500 to 1500 iterations
  smoke) amount=(--classes 207,366,390,445,805,906 --iterations 60) ;;
  hour) amount=(--classes published --iterations 250) ;;
  paper) amount=(--classes published --starts 5) ;;
esac
if ! grep -q '"ended": true' "$folder/run.json" 2>/dev/null; then
  if [ -e "$folder/run.json" ]; then
    "$FOOL" ascend --resume "$folder" --progress plain
  else
    "$FOOL" ascend --dataset imagenet --model "$model" --setting none,l2,blur,clip "${amount[@]}" --out "$folder" --progress plain
  fi
fi
figure fig13_gradient gradients "$folder" --setting none --title "Gradient ascent without regularisation, less the mean colour"
for setting in none l2 blur clip; do
  figure "figS3_S7_gradient_$setting" gradients "$folder" --setting $setting --title "Gradient ascent, $setting, less the mean colour"
done
figure figS3_S7_ascents ascents "$folder/results.csv" --title "$model: gradient ascent with the paper's settings"
