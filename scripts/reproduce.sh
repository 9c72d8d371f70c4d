#!/usr/bin/env bash
# The paper in a box: runs its experiments, draws its figures, and ends with a table that puts our numbers beside the paper's.
#   scripts/reproduce.sh [--scale smoke|hour|paper] [--out DIR] [--only NAME]... [--list]
#   --scale   smoke: everything small, within 15 minutes on two cores (the default); hour: meant for an hour; paper: the original
#             numbers, which take days without an NVIDIA device
#   --out     gets runs/, tables/, figures/, paper_vs_ours.md and .csv [runs/reproduce-SCALE]
#   --only    this experiment alone (and the table); may be given more than once
#   --list    the experiments, and nothing else
# What is finished in DIR is not done again, and an interrupted run goes on. ImageNet networks are looked for as fool does it
# (FOOL_MODEL_PATH, the cache), MNIST and photos in FOOL_DATA_PATH; what is left out for want of them is said at the end.
# Each experiment is a script of its own in scripts/experiments/paper, and each figure one in scripts/figures.
set -euo pipefail
cd "$(dirname "$0")/.."

experiments=(mnist transfer_mnist retrain ascent_mnist imagenet retrain_imagenet transfer_imagenet ensemble ascent_imagenet photos ablation lineage)
scale=smoke
out=
list=
chosen=()

usage_error() {
  echo "reproduce.sh: $1; see scripts/reproduce.sh --help" >&2
  exit 2
}
value() { [ $# -ge 2 ] && [ -n "$2" ] || usage_error "$1 wants a value"; }

while [ $# -gt 0 ]; do
  case $1 in
    -h | --help)
      sed -n '2,/^set/{/^#/s/^# //p}' "$0"
      exit
      ;;
    --list) list=yes && shift ;;
    --scale) value "$@" && scale=$2 && shift 2 ;;
    --out) value "$@" && out=$2 && shift 2 ;;
    --only)
      value "$@"
      [[ " ${experiments[*]} " == *" $2 "* ]] || usage_error "--only: there is no experiment \"$2\"; --list shows them"
      chosen+=("$2")
      shift 2
      ;;
    *) usage_error "there is no option $1" ;;
  esac
done
[[ " smoke hour paper " == *" $scale "* ]] || usage_error "--scale: expected smoke, hour or paper, found $scale"
if [ -n "$list" ]; then
  for name in "${experiments[@]}"; do
    printf '%-18s %s\n' "$name" "$(sed -n '2s/^# //p' "scripts/experiments/paper/$name.sh")"
  done
  exit
fi
out=${out:-runs/reproduce-$scale}
[ ${#chosen[@]} -gt 0 ] || chosen=("${experiments[@]}")

export SCALE=$scale OUT=$out FOOL=${FOOL:-build/release/fool}
if [ ! -x "$FOOL" ]; then
  scripts/install_deps.sh --figures
  scripts/build.sh release fool
fi
mkdir -p "$out"
if [ -e "$out/scale" ] && [ "$(<"$out/scale")" != "$scale" ]; then
  usage_error "--out $out holds results of the scale $(<"$out/scale"); choose another folder"
fi
echo "$scale" >"$out/scale"
rm -f "$out/left_out.txt"
. scripts/experiments/paper/common.sh
python_of_figures >/dev/null

failed=()
begin=$SECONDS
for name in "${chosen[@]}"; do
  start=$SECONDS
  echo "== $name: $(sed -n '2s/^# //p' "scripts/experiments/paper/$name.sh")" >&2
  code=0
  bash "scripts/experiments/paper/$name.sh" || code=$?
  [ $code -lt 129 ] || exit $code  # interrupted: the same command goes on
  [ $code -eq 0 ] || failed+=("$name")
  printf '%s %d\n' "$name" $((SECONDS - start)) >>"$out/seconds.txt"
  echo "== $name: $((SECONDS - start)) s" >&2
done

if [ -n "$FIGURES_PYTHON" ]; then
  "$FIGURES_PYTHON" scripts/figures/paper_table.py "$out"
else
  left_out "the table" "no Python with matplotlib, pandas and scipy (scripts/install_deps.sh --figures)"
fi
echo
echo "$((SECONDS - begin)) s at the scale $scale; figures in $out/figures"
[ ! -e "$out/paper_vs_ours.md" ] || echo "The table is in $out/paper_vs_ours.md and .csv"
if [ -e "$out/left_out.txt" ]; then
  echo "Left out:"
  sed 's/^/  /' "$out/left_out.txt"
fi
if [ ${#failed[@]} -gt 0 ]; then
  echo "reproduce.sh: failed: ${failed[*]}; what went wrong stands above" >&2
  exit 1
fi
