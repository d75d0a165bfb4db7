#!/usr/bin/env bash
# Configures and builds one preset of CMakePresets.json; quiet unless something fails.
# Usage: tools/build.sh PRESET [-DNAME=VALUE ...] [TARGET ...]     (no target: everything)
# On a terminal ninja shows its one line of progress; elsewhere all goes to build/PRESET/build.log.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

preset=$1
shift
definitions=() targets=()
for argument in "$@"; do
  case $argument in
    -D*) definitions+=("$argument") ;;
    *) targets+=("$argument") ;;
  esac
done
folder=build/$preset
log=$folder/build.log
mkdir -p "$folder"

fail() {
  tail -n "${2:-40}" "$log" >&2
  echo "build: error: $1; the whole log is $PWD/$log" >&2
  exit 1
}

# One compiler a processor, but no more than memory allows: a file that includes libtorch takes about 1 GB.
compile_jobs() {
  local processors memory
  processors=$(nproc)
  memory=$(awk '/^MemAvailable/ {print int($2 / 1200000)}' /proc/meminfo)
  [ "$memory" -ge 1 ] || memory=1
  echo $((processors < memory ? processors : memory))
}

build() { cmake --build "$folder" --parallel "$(compile_jobs)" ${targets[@]+--target "${targets[@]}"}; }

start=$SECONDS
echo "build: configuring preset $preset in $folder"
cmake --preset "$preset" ${definitions[@]+"${definitions[@]}"} > "$log" 2>&1 || fail "CMake could not configure preset $preset"
echo "build: compiling ${targets[*]:-everything} (log: $log)"
if [ -t 1 ]; then
  NINJA_STATUS='[%f/%t, %e s] ' build || { echo "build: error: compiling failed; the errors are above" >&2; exit 1; }
else
  build >> "$log" 2>&1 || fail "compiling failed" 60
fi
echo "build: done in $((SECONDS - start)) s"
