#!/usr/bin/env bash
# Feeds the readers of files that users bring with libFuzzer's inventions: scripts/fuzz.sh [SECONDS EACH, 60] [TARGET...]
# Needs clang with libFuzzer (Debian: clang and libclang-rt-14-dev). What is found lies in build/fuzz/found; a file that
# led to a fix belongs into tests/fuzz/found/TARGET, where the test suite replays it.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-60}
shift || true
[ $# -gt 0 ] || set -- safetensors pth caffe card

program='extern "C" int LLVMFuzzerTestOneInput(const char*, unsigned long) { return 0; }'
if ! clang++ -fsanitize=fuzzer -x c++ - -o /dev/null <<<"$program" 2>/dev/null; then
  echo "fuzz.sh: needs clang with libFuzzer; on Debian 12: apt-get install clang libclang-rt-14-dev" >&2
  exit 1
fi

scripts/build.sh fuzz fuzz_seeds "${@/%/_fuzz}"
mkdir -p build/fuzz/found
build/fuzz/fuzz_seeds build/fuzz/seeds
status=0
for target in "$@"; do
  echo "fuzz.sh: $target for $seconds s" >&2
  mkdir -p "build/fuzz/corpus/$target"
  found=()
  [ ! -d "tests/fuzz/found/$target" ] || found=("tests/fuzz/found/$target")
  "build/fuzz/${target}_fuzz" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len=20000 \
    -print_final_stats=1 -verbosity=1 -artifact_prefix="build/fuzz/found/$target-" \
    "build/fuzz/corpus/$target" "build/fuzz/seeds/$target" "${found[@]}" </dev/null >"build/fuzz/$target.log" 2>&1 || status=1
  grep -E '^(stat::|SUMMARY|==.*ERROR|terminate|  what)' "build/fuzz/$target.log" || true
done
exit $status
