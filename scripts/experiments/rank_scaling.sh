#!/usr/bin/env bash
# How much faster two ranks are than one, each with one worker: evaluations per second of fool evolve on SqueezeNet 1.1 (MODEL=name for
# another), in turns, with the archives compared. Usage: rank_scaling.sh [ROUNDS [GENERATIONS]]; needs mpirun and two cores.
set -euo pipefail
case ${1:-} in
  -h | --help)
    sed -n '2,/^set/{/^#/s/^# //p}' "$0"
    exit
    ;;
esac
cd "$(dirname "$0")/../.."
fool=${FOOL:-build/release/fool}
model=${MODEL:-squeezenet1_1}
rounds=${1:-5}
generations=${2:-3}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1  # in a container

# rate RANKS: evaluations per second, without the start of the program
rate() {
  local out=$scratch/ranks$1
  rm -rf "$out"
  mpirun -n "$1" "$fool" evolve --dataset imagenet --model "$model" --workers 1 --generations "$generations" --init-size 200 \
    --batch-size 200 --out "$out" --progress off --json >"$scratch/summary$1.json"
  python3 - "$scratch/summary$1.json" "$1" <<'EOF'
import json, sys
summary = json.load(open(sys.argv[1]))
print(summary["evaluations"] / summary["seconds"])
print(f'{sys.argv[2]} ranks: archive {summary["archive"][:16]}', file=sys.stderr)
EOF
}

for ((round = 0; round < rounds; ++round)); do
  echo "$(rate 1) $(rate 2)"
done | tee /dev/stderr | python3 -c '
import statistics, sys
pairs = [tuple(map(float, line.split())) for line in sys.stdin]
one, two = (statistics.median(side) for side in zip(*pairs))
print(f"1 rank {one:.1f}/s, 2 ranks {two:.1f}/s: ratio of medians {two / one:.3f}, ", end="")
print("by rounds " + " ".join(f"{b / a:.3f}" for a, b in pairs))'
