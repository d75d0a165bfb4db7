#!/usr/bin/env bash
# Writes the page of every command from the program itself: tools/make_docs.sh [BUILD_DIR [OUT_DIR]]
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
program=${1:-$root/build/release}/arcuate
out=${2:-$root/docs/commands}
[[ -x $program ]] || { echo "make_docs.sh: no program at $program; build it first" >&2; exit 1; }
mkdir -p "$out"
for name in $("$program" help --names); do
  "$program" help --markdown "$name" > "$out/$name.md"
done
