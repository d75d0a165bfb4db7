#!/usr/bin/env bash
# Installs a build to a scratch prefix, builds the consumer program against it, and checks what the program prints.
# Usage: tests/consumer/run.sh BUILD_DIR
set -euo pipefail
source=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
build=$(cd "$1" && pwd)
scratch=$build/consumer

cached() { sed -n "s/^$1:[A-Z]*=//p" "$build/CMakeCache.txt"; }
quietly() { "$@" > "$scratch/log" 2>&1 || { cat "$scratch/log"; echo "consumer: failed: $*"; exit 1; }; }

rm -rf "$scratch"
mkdir -p "$scratch"
flags=$(cached CMAKE_CXX_FLAGS)
if [ "$(cached ARCUATE_SANITIZE)" = ON ]; then flags="$flags -fsanitize=address,undefined"; fi

quietly cmake --install "$build" --prefix "$scratch/prefix"
quietly cmake -S "$source" -B "$scratch/build" -G "$(cached CMAKE_GENERATOR)" \
  -DCMAKE_BUILD_TYPE="$(cached CMAKE_BUILD_TYPE)" -DCMAKE_CXX_FLAGS="$flags" \
  -DCMAKE_PREFIX_PATH="$scratch/prefix;$(cached CMAKE_PREFIX_PATH)"
quietly cmake --build "$scratch/build"

"$scratch/build/consumer" > "$scratch/printed"
# SHA-256 of "abc" (FIPS 180-4, appendix) and the first splitmix64 number of seed 1.
diff "$scratch/printed" - << EXPECTED
version 0.1.0
sha256 ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad
random 10451216379200822465
error expected 1, found 2
EXPECTED
"$scratch/prefix/bin/arcuate" --version > /dev/null || { echo "consumer: the installed program does not start"; exit 1; }
echo "consumer: ok"
