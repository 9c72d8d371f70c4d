#!/usr/bin/env bash
# One run on several machines under SLURM, one rank per machine with all of its cores; arguments are those of fool evolve:
#   sbatch --nodes 8 scripts/experiments/slurm_ranks.sh --dataset imagenet --out runs/imagenet
# Sent again after the time limit, a node failure or scancel, it continues the run.
#SBATCH --job-name=fool
#SBATCH --nodes=2
#SBATCH --ntasks-per-node=1
#SBATCH --exclusive
#SBATCH --time=24:00:00
#SBATCH --signal=TERM@120
set -euo pipefail
case ${1:-} in
  -h | --help)
    sed -n '2,/^set/{/^#/s/^# //p}' "$0"
    exit
    ;;
esac
fool=${FOOL:-build/release/fool}

arguments=("$@")
for ((i = 0; i + 1 < $#; ++i)); do
  if [ "${arguments[i]}" = --out ] && [ -e "${arguments[i + 1]}/run.json" ]; then
    arguments=(--resume "${arguments[i + 1]}")
    break
  fi
done
# --signal sends SIGTERM to the ranks two minutes before the time is up: the run ends with a checkpoint.
exec srun --mpi=pmix --kill-on-bad-exit=1 --cpu-bind=none "$fool" evolve "${arguments[@]}"
