#!/usr/bin/env bash
# Figure 10: copies of what images repeat are removed, and what is left is scored.
. "$(dirname "$0")/common.sh"

made=
for name in mnist-cppn imagenet-cppn; do
  run=$runs/$name/seed1
  [ -e "$run/run.json" ] || continue
  made=yes
  least=$([[ $name == mnist-* ]] && echo .9 || by_scale 0 .5 .9)
  once "$tables/ablation_$name/ablation.csv" "$FOOL" ablate "$run" --least-confidence "$least" --out "$tables/ablation_$name" \
    --progress plain
  if [ -e "$tables/ablation_$name/ablation.png" ]; then
    cp "$tables/ablation_$name/ablation.png" "$figures/fig10_images_$name.png"
    figure "fig10_ablation_$name" ablation "$tables/ablation_$name/ablation.csv" --title "Copies of a repeated element removed"
  fi
done
[ -n "$made" ] || left_out ablation "there are no CPPN runs yet; the experiments mnist and imagenet make them"
