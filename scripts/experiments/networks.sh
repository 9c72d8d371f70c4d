#!/usr/bin/env bash
# How easily are networks fooled? The same search on each of them, three seeds, for the same number of evaluations.
#   scripts/experiments/networks.sh [MODEL...]
# A MODEL is what --model takes: a name of `fool models list`, a card, a file of weights. Without one, the networks of
# configs/studies/networks.json. OUT=runs/networks, BUDGET=20000 (evaluations) and SEEDS=3 can be set; a larger BUDGET, more SEEDS
# or another MODEL later go on with what is there.
set -euo pipefail
case ${1:-} in
  -h | --help)
    sed -n '2,/^set/{/^#/s/^# //p}' "$0"
    exit
    ;;
esac
cd "$(dirname "$0")/../.."
fool=${FOOL:-build/release/fool}
out=${OUT:-runs/networks}
study=configs/studies/networks.json

if [ $# -gt 0 ]; then
  settings=
  for model in "$@"; do
    name=$(basename "$model")
    settings+="${settings:+, }\"${name%.*}\": {\"model\": \"$model\"}"
  done
  mkdir -p "$out"
  study=$out/networks.json
  cat >"$study" <<JSON
{
  "base": {"dataset": "imagenet", "encoding": {"type": "cppn", "preset": "paper"}, "budget_evaluations": ${BUDGET:-20000}},
  "settings": {$settings},
  "seeds": {"first": 1, "count": ${SEEDS:-3}},
  "metrics": ["median", "mean", "classes_at_99", "classes_at_9999", "equivalents", "seconds"]
}
JSON
fi
"$fool" study "$study" --out "$out" --processes "${PROCESSES:-1}"
