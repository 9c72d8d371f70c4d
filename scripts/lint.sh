#!/usr/bin/env bash
# Formatting and static analysis: scripts/lint.sh [--fix]
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/install_deps.sh --lint

mapfile -t files < <(git ls-files 'src/*.cc' 'src/*.cu' 'src/*.h' 'include/*.h' 'tests/*.cc' 'tests/*.h')
if [ "${1:-}" = --fix ]; then
  clang-format -i "${files[@]}"
else
  clang-format --dry-run --Werror "${files[@]}"
fi

if git grep -nE '#include [<"](torch|ATen|c10|opencv2|mpi|CLI|cuda)' -- include; then
  echo "lint.sh: headers in include/ must not include the libraries named above" >&2
  exit 1
fi

scripts/build.sh dev fool
# LibTorch's headers take clang-tidy minutes a file; the files that include them are left to the compiler.
mapfile -t light < <(git ls-files 'src/*.cc' | grep -vE '^src/(classify|train)/')
printf '%s\n' "${light[@]}" | xargs -P "$(nproc)" -n 4 clang-tidy -p build/dev --quiet
