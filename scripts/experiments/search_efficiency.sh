#!/usr/bin/env bash
# Which search finds fooling images for the least cost: map-elites, memetic, gradient-mutation, gradient-cppn and cma on SqueezeNet
# 1.1, all classes, as curves against evaluation equivalents (a gradient counts for three) and against seconds.
#   scripts/experiments/search_efficiency.sh [OUT]
# OUT (runs/search_efficiency) gets a folder LABEL-seedN per run, curves.csv, curves.png and curves.svg. Finished runs are kept and
# unfinished ones resumed. SEEDS="1 2 3", MODEL=squeezenet1_1, BUDGET=50000 and SEARCHES="..." can be set.
# The figure needs matplotlib (Debian: python3-matplotlib); PYTHON=... chooses a Python.
set -euo pipefail
case ${1:-} in
  -h | --help)
    sed -n '2,/^set/{/^#/s/^# //p}' "$0"
    exit
    ;;
esac
cd "$(dirname "$0")/../.."
fool=${FOOL:-build/release/fool}
out=${1:-runs/search_efficiency}
budget=${BUDGET:-50000}
mkdir -p "$out"

# run LABEL FLAG...: all seeds of one search
run() {
  local label=$1 seed folder
  shift
  for seed in ${SEEDS:-1 2 3}; do
    folder=$out/$label-seed$seed
    if [ -e "$folder/run.json" ]; then
      "$fool" evolve --resume "$folder"
    else
      "$fool" evolve --dataset imagenet --model "${MODEL:-squeezenet1_1}" --seed "$seed" --budget-evaluations "$budget" "$@" \
        --out "$folder"
    fi
  done
}

for search in ${SEARCHES:-map-elites memetic gradient-mutation gradient-cppn cma}; do
  case $search in
    map-elites) run map-elites --search map-elites --encoding cppn --init-size 400 --batch-size 400 ;;
    memetic) run memetic --search memetic --encoding cppn ;;
    gradient-mutation) run gradient-mutation --search gradient-mutation --encoding dense-cppn ;;
    gradient-cppn) run gradient-cppn --config configs/fast.json ;;
    cma) run cma --search cma --encoding dense-cppn ;;
    *)
      echo "search_efficiency.sh: SEARCHES: there is no \"$search\"" >&2
      exit 2
      ;;
  esac
done

for python in ${PYTHON:-python3 /usr/bin/python3}; do
  if "$python" -c 'import matplotlib' 2>/dev/null; then
    exec "$python" scripts/experiments/curves.py "$out"
  fi
done
exec "${PYTHON:-python3}" scripts/experiments/curves.py "$out"
