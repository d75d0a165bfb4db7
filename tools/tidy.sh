#!/usr/bin/env bash
# Runs clang-tidy 19 by .clang-tidy over the C++ sources, with the compile commands of preset dev.
# Usage: tools/tidy.sh [--all | FILE.cpp ...]     (neither: the files that differ from the last commit)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

tool=${CLANG_TIDY:-clang-tidy-19}
command -v "$tool" > /dev/null || { echo "tidy: error: '$tool' is missing (on Debian: apt-get install clang-tidy-19)" >&2; exit 1; }

sources=('src/*.cpp' 'tests/*.cpp' 'bench/*.cpp' ':!tests/consumer' ':!tests/fuzz')
all_files() { git ls-files --cached --others --exclude-standard --deduplicate -- "${sources[@]}"; }
changed_files() {
  git diff --name-only --diff-filter=d HEAD -- "${sources[@]}" 2> /dev/null || all_files  # No commit yet: all.
  git ls-files --others --exclude-standard -- "${sources[@]}"
}

case ${1:-} in
  '') mapfile -t files < <(changed_files | sort -u) ;;
  --all) mapfile -t files < <(all_files) ;;
  -*) echo "tidy: error: unknown option '$1'; the only one is --all" >&2; exit 2 ;;
  *) files=("$@") ;;
esac
[ ${#files[@]} -gt 0 ] || { echo "tidy: nothing has changed"; exit 0; }

# Clang cannot read GCC's precompiled header, so the commands must not name one: a folder of its own.
cmake --preset dev -B build/tidy -DARCUATE_PCH=OFF > /dev/null
echo "tidy: ${#files[@]} files"
printf '%s\0' "${files[@]}" | xargs -0 -n 1 -P "$(nproc)" "$tool" --quiet -p build/tidy 2> >(grep -v ' warnings generated' >&2) ||
  { echo "tidy: error: see above" >&2; exit 1; }
echo "tidy: clean"
