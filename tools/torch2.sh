#!/usr/bin/env bash
# Prints the folder of an official libtorch 2.x, for TORCH_ROOT of preset torch2 (./test.sh --torch2 calls this).
# An existing TORCH_ROOT is taken as it is; otherwise the CPU wheel of PyTorch is unpacked into build/torch2-venv.
# Only its headers, libraries and CMake files are used: no Python package it depends on is installed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

version=2.13.0
venv=build/torch2-venv
log=build/torch2-install.log

fail() { echo "torch2: error: $*" >&2; exit 1; }
installed_root() { ls -d "$PWD/$venv"/lib/python3.*/site-packages/torch 2> /dev/null; }
has_version() { [ -f "$1/version.py" ] && grep -q "__version__ = '$version" "$1/version.py"; }

# The wheel of the default index may be the CUDA build, whose CMake files ask for the CUDA toolkit: insist on "+cpu".
fetch() {
  mkdir -p build
  echo "torch2: fetching torch $version (CPU) into $venv" >&2
  python3 -m venv --clear "$venv" > "$log" 2>&1 ||
    fail "python3 cannot make a virtual environment (on Debian: apt-get install python3-venv); see $PWD/$log"
  local pip=("$venv/bin/python" -m pip install --no-deps --disable-pip-version-check)
  "${pip[@]}" "torch==$version+cpu" >> "$log" 2>&1 ||
    "${pip[@]}" --index-url https://download.pytorch.org/whl/cpu "torch==$version+cpu" >> "$log" 2>&1 ||
    fail "cannot fetch torch $version (no network?): $(tail -n 1 "$log"); the log is $PWD/$log"
}

if [ -z "${TORCH_ROOT:-}" ]; then
  has_version "$(installed_root)" || fetch
  TORCH_ROOT=$(installed_root) || fail "the wheel of torch $version left no folder 'torch' in $venv"
fi
[ -f "$TORCH_ROOT/share/cmake/Torch/TorchConfig.cmake" ] ||
  fail "TORCH_ROOT=$TORCH_ROOT has no share/cmake/Torch/TorchConfig.cmake; give the folder of an unpacked libtorch"
echo "$TORCH_ROOT"
