#!/usr/bin/env bash
# Installs what fool needs to build and run, on Debian 12 or later and Ubuntu 24.04 or later. Asks for nothing.
#   scripts/install_deps.sh          what the build and the tests need
#   scripts/install_deps.sh --lint   also clang, clang-format and clang-tidy
#   scripts/install_deps.sh --figures   also what scripts/figures and scripts/reproduce.sh draw and count with
set -euo pipefail

packages=(
  g++ cmake ninja-build ccache git ca-certificates
  libtorch-dev libdnnl-dev libopenblas0-pthread libopencv-dev libcli11-dev libfmt-dev libspdlog-dev nlohmann-json3-dev
  libmsgsl-dev libssl-dev libcurl4-openssl-dev libpng-dev zlib1g-dev libgtest-dev libgmock-dev
  libopenmpi-dev openmpi-bin
)
[ "${1:-}" = --lint ] && packages+=(clang clang-format clang-tidy)
[ "${1:-}" = --figures ] && packages+=(python3-matplotlib python3-pandas python3-scipy python3-pil)

if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
  cat >&2 <<'EOF'
install_deps.sh: this is not a Debian system. Install by hand, then configure with CMake as the README says:
  a C++17 compiler, CMake >= 3.22, Ninja, OpenCV >= 4.5, CLI11, fmt, spdlog, nlohmann_json, Microsoft GSL, OpenSSL,
  libcurl >= 7.85, libpng, zlib, GoogleTest, optionally oneDNN 2.6 or a later 2.x, and LibTorch >= 1.13: unpack its zip (C++11 ABI) from pytorch.org and pass
  -DCMAKE_PREFIX_PATH=/path/to/libtorch. For runs of several processes, an MPI library too.
EOF
  exit 1
fi

missing=()
for package in "${packages[@]}"; do
  status=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)
  [ "$status" = installed ] || missing+=("$package")
done
if [ ${#missing[@]} -eq 0 ]; then
  echo "install_deps.sh: everything is installed" >&2
  exit 0
fi

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null; then
    echo "install_deps.sh: as root, run: apt-get install -y --no-install-recommends ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi
echo "install_deps.sh: installing ${missing[*]}" >&2
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
