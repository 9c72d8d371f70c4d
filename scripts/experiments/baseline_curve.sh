#!/usr/bin/env bash
# Search efficiency: confidence against evaluations, for 100,000 evaluations of CPPN MAP-Elites on SqueezeNet 1.1 per seed, as
# CSV and as a figure: the curve that another search or encoding must beat.
#   scripts/experiments/baseline_curve.sh [OUT] [FLAG OF fool evolve...]
# OUT (runs/baseline_curve) gets a folder per seed with its curve.csv, curves.csv with all of them, and curves.png and .svg.
# Finished runs are kept and unfinished ones resumed. A second curve joins the figure under another LABEL:
#   LABEL=direct scripts/experiments/baseline_curve.sh runs/baseline_curve --encoding direct
# SEEDS="1 2 3", MODEL=squeezenet1_1 and GENERATIONS=248 can be set too: 400 random images and 249 x 400 children are 100,000.
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
label=${LABEL:-map-elites}
out=runs/baseline_curve
if [ $# -gt 0 ] && [[ $1 != -* ]]; then
  out=$1
  shift
fi
if [[ ! $label =~ ^[A-Za-z0-9._-]+$ ]]; then
  echo "baseline_curve.sh: LABEL: expected letters, digits, dots and dashes, found \"$label\"" >&2
  exit 2
fi
mkdir -p "$out"

for seed in ${SEEDS:-1 2 3}; do
  run=$out/$label-seed$seed
  if [ -e "$run/run.json" ]; then
    "$fool" evolve --resume "$run"
  else
    "$fool" evolve --dataset imagenet --model "${MODEL:-squeezenet1_1}" --encoding cppn --search map-elites --seed "$seed" \
      --init-size 400 --batch-size 400 --generations "${GENERATIONS:-248}" "$@" --out "$run"
  fi
done

for python in ${PYTHON:-python3 /usr/bin/python3}; do
  if "$python" -c 'import matplotlib' 2>/dev/null; then
    exec "$python" scripts/experiments/curves.py "$out"
  fi
done
exec "${PYTHON:-python3}" scripts/experiments/curves.py "$out"
