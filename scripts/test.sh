#!/usr/bin/env bash
# Installs the dependencies, builds a preset and runs its tests: scripts/test.sh [PRESET] [CTEST ARGUMENT...]
# Tests that need ImageNet weights or data look in FOOL_MODEL_PATH and FOOL_DATA_PATH, and skip without them.
set -euo pipefail
case ${1:-} in
  -h | --help)
    sed -n '2,/^set/{/^#/s/^# //p}' "$0"
    exit
    ;;
esac
cd "$(dirname "$0")/.."
preset=${1:-release}
shift || true

scripts/install_deps.sh
scripts/build.sh "$preset"
ctest --preset "$preset" -j "$(nproc)" "$@"
