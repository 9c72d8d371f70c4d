# For the scripts beside it, each of which is one experiment of the paper and can be run by itself:
#   SCALE=smoke OUT=runs/reproduce-smoke scripts/experiments/paper/mnist.sh
# OUT gets runs/, tables/ and figures/. What is finished there is not done again.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."
SCALE=${SCALE:-smoke}
OUT=${OUT:-runs/reproduce-$SCALE}
FOOL=${FOOL:-build/release/fool}
runs=$OUT/runs
tables=$OUT/tables
figures=$OUT/figures
mkdir -p "$runs" "$tables" "$figures"

# by_scale SMOKE HOUR PAPER: the one of the present scale
by_scale() {
  case $SCALE in
    smoke) echo "$1" ;;
    hour) echo "$2" ;;
    paper) echo "$3" ;;
    *)
      echo "expected SCALE=smoke, hour or paper, found $SCALE" >&2
      exit 2
      ;;
  esac
}

say() { echo "-- $*" >&2; }

# left_out WHAT WHY: noted, and said again at the end of reproduce.sh
left_out() {
  say "left out: $1: $2"
  echo "$1: $2" >>"$OUT/left_out.txt"
}

# evolve RUN FLAG...: a run that was finished earlier, is interrupted, or is new
evolve() {
  local run=$1 quiet=(--progress plain --set report.console.summary=off)
  shift
  if grep -q '"ended": true' "$run/run.json" 2>/dev/null; then
    return
  elif [ -e "$run/run.json" ]; then
    say "$run goes on"
    "$FOOL" evolve --resume "$run" "${quiet[@]}"
  else
    say "$run"
    "$FOOL" evolve "$@" --out "$run" "${quiet[@]}"
  fi
}

# once FILE COMMAND...: unless the file, the last one that the command writes, is there
once() {
  local file=$1
  shift
  [ -e "$file" ] || { say "$file" && "$@"; }
}

# grid NAME FLAG...: figures/NAME.png by fool grid
grid() {
  local name=$1
  shift
  "$FOOL" grid "$@" --force --out "$figures/$name.png"
}

# figure NAME SCRIPT ARGUMENT...: figures/NAME.{pdf,svg,png} by a script of scripts/figures
figure() {
  local name=$1 script=$2
  shift 2
  python_of_figures >/dev/null  # not in a subshell, so that it is remembered
  if [ -z "$FIGURES_PYTHON" ]; then
    left_out "figure $name" "no Python with matplotlib, pandas and scipy (scripts/install_deps.sh --figures)"
    return
  fi
  "$FIGURES_PYTHON" "scripts/figures/$script.py" "$@" --out "$figures/$name"
}

# The first Python that has what the figures need; nothing if none has. Looked for once, reproduce.sh telling its experiments.
python_of_figures() {
  local one
  if [ -z "${FIGURES_PYTHON+known}" ]; then
    export FIGURES_PYTHON=
    for one in ${PYTHON:-python3 /usr/bin/python3}; do
      "$one" -c 'import matplotlib, pandas, scipy, PIL' 2>/dev/null && FIGURES_PYTHON=$one && break
    done
  fi
  echo "$FIGURES_PYTHON"
}

# The ImageNet networks whose weights are here, the fast ones first.
imagenet_networks() {
  local present name
  present=$("$FOOL" models list 2>/dev/null | awk '$2 == 1000 && / there /{print $1}')
  [ -n "$present" ] || return 0
  for name in squeezenet1_1 mobilenet_v2 tiny_darknet mobilenet_v1_050_160 squeezenet1_0 caffenet alexnet googlenet; do
    # Who asks may have read enough before the end.
    grep -x "$name" <<<"$present" 2>/dev/null || true
  done
  grep -vxE 'squeezenet1_1|mobilenet_v2|tiny_darknet|mobilenet_v1_050_160|squeezenet1_0|caffenet|alexnet|googlenet' <<<"$present" 2>/dev/null || true
}

# cppn: the flags of a CPPN run on an ImageNet network, but for model and seed
if [ "$SCALE" = paper ]; then
  cppn=(--config configs/imagenet_cppn_paper.json)  # 256 pixels, ten crops, 5000 generations
else
  cppn=(--dataset imagenet --encoding cppn --preset paper --generations "$(by_scale 15 150 -)"
    --init-size "$(by_scale 200 400 -)" --batch-size "$(by_scale 200 400 -)")
fi

# has_images MODEL: whether the labelled images are here that the model can be tested on
has_images() {
  local probe
  probe=$(mktemp -d)
  # Exit code 1: another accuracy than the card's.
  "$FOOL" models check "$1" --limit 5 --csv "$probe/images.csv" --progress off >/dev/null 2>&1 || true
  [ -e "$probe/images.csv" ]
}
