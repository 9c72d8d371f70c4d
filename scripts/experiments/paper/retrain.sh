#!/usr/bin/env bash
# Figures 11 and 12 (MNIST): networks retrained with a class of fooling images, round after round, and evolution against each.
. "$(dirname "$0")/common.sh"

if ! has_images lenet-mnist; then
  left_out retrain "the MNIST files are not here, which the networks are trained on (fool data fetch mnist)"
  exit
fi
folder=$tables/retrain
if [ -e "$folder/run.json" ]; then
  "$FOOL" retrain --resume "$folder" --progress plain
else
  "$FOOL" retrain --dataset mnist --scale "$SCALE" --out "$folder" --progress plain
fi
figure fig11_retraining retraining "$folder" --title "Champions of one run against each network"
groups=()
while read -r round; do
  groups+=("DNN_$round=$folder/confidences.csv#confidence@round=$round")
done < <(tail -n +2 "$folder/rounds.csv" | cut -d, -f1)
figure fig12_retraining_mnist distributions "${groups[@]}" --title "Confidences of evolved digits, all runs against each network"
