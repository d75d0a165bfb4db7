#!/usr/bin/env bash
# From a fresh clone to brain scores: installs what is missing, builds the program, runs the built-in study.
# Usage: ./demo.sh [options of `arcuate demo`]     (relative paths start from this folder)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

# The folder that --output names among the arguments, or the default.
output=demo given=no previous=
for argument in "$@"; do
  case $argument in --output=*) output=${argument#*=} given=yes ;; esac
  if [ "$previous" = --output ]; then output=$argument given=yes; fi
  previous=$argument
done
[ $given = yes ] || set -- --output "$output" "$@"

tools/install_packages.sh
# The program needs no test library; a folder that already builds tests keeps them.
tests=OFF
if grep -qs '^ARCUATE_TESTS:BOOL=ON' build/release/CMakeCache.txt; then tests=ON; fi
tools/build.sh release -DARCUATE_TESTS=$tests arcuate_program

echo "demo: build/release/arcuate demo $*"
build/release/arcuate demo "$@"
echo "demo: made $(realpath "$output")"
