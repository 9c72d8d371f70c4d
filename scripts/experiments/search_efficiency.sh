#!/usr/bin/env bash
# Which search finds fooling images for the least cost: map-elites, memetic, gradient-mutation, gradient-cppn and cma on SqueezeNet
# 1.1, all classes, three seeds, as tables and as curves against evaluation equivalents (a gradient counts for three) and seconds.
#   scripts/experiments/search_efficiency.sh [OUT=runs/search_efficiency] [flags of fool study]
# OUT gets a folder per run, the tables of fool study, curves.csv, curves.png and curves.svg. Finished runs are kept and unfinished
# ones resumed. STUDY=file.json is another study than configs/studies/searches.json, such as a copy with another network.
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

"$fool" study "${STUDY:-configs/studies/searches.json}" --out "$out" "${@:2}"

for python in ${PYTHON:-python3 /usr/bin/python3}; do
  if "$python" -c 'import matplotlib' 2>/dev/null; then
    exec "$python" scripts/experiments/curves.py "$out"
  fi
done
exec "${PYTHON:-python3}" scripts/experiments/curves.py "$out"
