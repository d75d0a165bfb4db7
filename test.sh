#!/usr/bin/env bash
# Installs what is missing, builds everything, runs the tests and ends with "N passed, N failed, N skipped".
# Usage: ./test.sh [--slow] [--asan | --torch2]
#   --slow    the slow tier as well as the fast one
#   --asan    a build of its own (build/asan) with address and undefined-behaviour sanitizers
#   --torch2  a build of its own (build/torch2) against an official libtorch 2.x (TORCH_ROOT, or fetched)
# ARCUATE_TEST_DATA names the folder of recorded data; with CI=true a test whose data are absent fails.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

preset=release
tier=(--label-exclude '^slow$')
for argument in "$@"; do
  case $argument in
    --slow) tier=() ;;
    --asan | --torch2)
      [ "$preset" = release ] || { echo "test: error: --asan and --torch2 exclude each other" >&2; exit 2; }
      preset=${argument#--} ;;
    *) echo "test: error: unknown option '$argument'; known: --slow, --asan, --torch2" >&2; exit 2 ;;
  esac
done
export ARCUATE_TEST_DATA=${ARCUATE_TEST_DATA:-$(realpath -m ../shared/data)}
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=1}
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1}

if [ "$preset" != torch2 ]; then
  tools/install_packages.sh --tests
else
  tools/install_packages.sh --tests --torch2
  TORCH_ROOT=$(tools/torch2.sh)
  export TORCH_ROOT
fi
tools/build.sh "$preset" -DARCUATE_TESTS=ON

results=$PWD/build/$preset/test-results
rm -rf "$results"
mkdir -p "$results"
echo "test: running (recorded data: $ARCUATE_TEST_DATA)"
code=0
ctest --test-dir "build/$preset" --parallel 2 --output-on-failure --no-tests=error --output-junit "$results/ctest.xml" \
  ${tier[@]+"${tier[@]}"} || code=$?
python3 tools/count_tests.py "$results" --ctest-code "$code"
