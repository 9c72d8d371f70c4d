#!/usr/bin/env bash
# Innovation: goal switching between classes, a champion's line of ancestors, the phylogeny of all champions.
. "$(dirname "$0")/common.sh"

groups=()
for name in mnist-direct mnist-cppn imagenet-direct imagenet-cppn; do
  [ -d "$runs/$name" ] || continue
  groups+=("$name=$runs/$name")
  "$FOOL" lineage "$runs/$name/seed1" --csv "$tables/lineage_$name.csv" --force | tail -n 1
done
if [ ${#groups[@]} -eq 0 ]; then
  left_out lineage "there are no runs yet; the experiments mnist and imagenet make them"
  exit
fi
figure innovation innovation "${groups[@]}" --title "Whose children take the cells"
for name in mnist-direct mnist-cppn imagenet-direct imagenet-cppn; do
  [ -d "$runs/$name" ] || continue
  class=3
  [[ $name == mnist-* ]] || class=40
  "$FOOL" lineage "$runs/$name/seed1" --class $class --force --out "$figures/lineage_$name.png"
  figure "phylogeny_$name" phylogeny "$runs/$name/seed1" --title "Champions of one run and their ancestors"
done
