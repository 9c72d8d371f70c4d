#!/usr/bin/env bash
# Bare forward rates of fool, PyTorch (NCHW, channels_last, jit-frozen) and OpenCV DNN on the same networks with the same
# weights, in turns, as a table: scripts/bench_peers.sh [--networks A,B] [--rounds N] [--seconds S] [--csv FILE] [--help]
# Needs Debian's python3-torch, python3-torchvision and python3-opencv, and build/release/fool. PYTHON=... chooses a Python.
set -euo pipefail
cd "$(dirname "$0")/.."

for python in ${PYTHON:-python3 /usr/bin/python3}; do
  if "$python" -c 'import cv2, numpy, torch, torchvision' 2>/dev/null; then
    exec "$python" -W ignore scripts/bench_peers.py "$@"
  fi
done
echo "bench_peers.sh: needs a Python with torch, torchvision and cv2; on Debian 12:" >&2
echo "  apt-get install python3-torch python3-torchvision python3-opencv" >&2
exit 1
