#!/usr/bin/env bash
# Supplement F: how sure networks are of real photos.
. "$(dirname "$0")/common.sh"
mapfile -t networks < <(imagenet_networks | head -n 3)
if [ ${#networks[@]} -eq 0 ]; then
  left_out photos "no ImageNet network is here (FOOL_MODEL_PATH, or fool models fetch squeezenet1_1)"
  exit
fi
mkdir -p "$tables/photos"
found=()
for network in "${networks[@]}"; do
  table=$tables/photos/$network.csv
  if [ ! -e "$table" ]; then
    # Exit code 1: another accuracy than the card's, as on other photos.
    "$FOOL" models check "$network" --limit "$(by_scale 200 0 0)" --csv "$table" --progress off >/dev/null 2>&1 || true
  fi
  [ ! -e "$table" ] || found+=("$table")
done
if [ ${#found[@]} -eq 0 ]; then
  left_out photos "no folder \"photos\" of labelled photos is in FOOL_DATA_PATH"
  exit
fi
figure suppF_photos photos "${found[@]}" --title "How sure networks are of real photos"
