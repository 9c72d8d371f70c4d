#!/usr/bin/env bash
# Runs the tests under sanitizers: scripts/sanitize.sh [asan|tsan]
# asan: AddressSanitizer and UndefinedBehaviorSanitizer, the whole suite. tsan: ThreadSanitizer on everything that
# uses threads of our own, with the fake classifier (LibTorch itself is not built for it).
# CXX=clang++ builds with clang (Debian: clang and libclang-rt-14-dev), as the sanitize workflow does.
set -euo pipefail
case ${1:-} in
  -h | --help)
    sed -n '2,/^set/{/^#/s/^# //p}' "$0"
    exit
    ;;
esac
cd "$(dirname "$0")/.."
preset=${1:-asan}
case $preset in
  asan)
    # LibTorch keeps its registries to the end of the process, which is no leak of ours.
    export ASAN_OPTIONS=detect_leaks=0:${ASAN_OPTIONS:-}
    exec scripts/test.sh asan
    ;;
  tsan)
    scripts/install_deps.sh
    scripts/build.sh tsan core_test archive_test search_test eval_test render_test
    cd build/tsan
    for program in core archive search eval render; do
      "./${program}_test" --gtest_brief=1
    done
    ;;
  *)
    echo "sanitize.sh: unknown preset $preset; known: asan, tsan" >&2
    exit 2
    ;;
esac
