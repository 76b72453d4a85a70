#!/usr/bin/env bash
# What a GPU is worth here, in one command on a bare machine: bash benchmarks/training/gpu.sh
#
# The machine needs Python 3.12, torch with CUDA, numpy, scipy, scikit-learn and Pillow, and no
# network: what else is missing lies as wheels in benchmarks/training/wheels, which
# `bash benchmarks/training/gpu.sh --pack` fills on a machine that has a network.
# It ends within eight minutes. Without CUDA it says what it skips.
set -euo pipefail
cd "$(dirname "$0")/../.."
wheels=benchmarks/training/wheels
if [[ "${1:-}" == --pack ]]; then
  rm -rf "$wheels"
  python3 -m pip download --quiet --no-deps --only-binary :all: --python-version 3.12 \
    --platform manylinux2014_x86_64 --platform any --dest "$wheels" \
    hypothesis iniconfig packaging param pluggy psutil pygments pytest sortedcontainers \
    threadpoolctl tqdm
  exit
fi
unpacked="$(mktemp -d)"
trap 'rm -rf "$unpacked"' EXIT
for wheel in "$wheels"/*.whl; do
  [[ -e "$wheel" ]] && python3 -m zipfile -e "$wheel" "$unpacked"
done
# what the machine has comes first: a wheel stands in only for what is missing
export PYTHONPATH="$PWD:${PYTHONPATH:-}" WORKBENCH_WHEELS="$unpacked" WORKBENCH_STORE=off
export OMP_NUM_THREADS=1
python3 benchmarks/training/gpu.py "$@"
