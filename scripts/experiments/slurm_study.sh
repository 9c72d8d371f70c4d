#!/usr/bin/env bash
# A study under SLURM: an array with a job for each run, and a job that makes the tables when all have ended.
#   scripts/experiments/slurm_study.sh configs/studies/networks.json runs/networks [sbatch's flags, such as --time 12:00:00]
# Sent again after time limits or failures, it goes on with what is unfinished. Copy it and set what your cluster wants: a
# partition, an account, modules to load.
#SBATCH --job-name=fool-study
#SBATCH --cpus-per-task=8
#SBATCH --mem=8G
#SBATCH --time=04:00:00
#SBATCH --signal=B:TERM@120
set -euo pipefail
case ${1:-} in
  -h | --help)
    sed -n '2,/^set/{/^#/s/^# //p}' "$0"
    exit
    ;;
esac
study=${1:?a study, such as configs/studies/networks.json}
out=${2:?a folder that all machines see}
fool=${FOOL:-build/release/fool}

if [ -z "${SLURM_ARRAY_TASK_ID:-}" ]; then  # at the shell: send the array, then the tables
  count=$("$fool" study "$study" --count)
  array=$(sbatch --parsable --array=0-$((count - 1)) "${@:3}" "$0" "$study" "$out")
  sbatch --dependency="afterany:${array%%;*}" --job-name=fool-tables --ntasks=1 --time=00:10:00 \
    --wrap "'$fool' study '$study' --out '$out' --collect"
  exit
fi

# In the array. --signal sends SIGTERM to this shell two minutes before the time is up: exec makes it the program, which ends with
# a checkpoint.
exec "$fool" study "$study" --out "$out" --index "$SLURM_ARRAY_TASK_ID" --progress plain
