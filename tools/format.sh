#!/usr/bin/env bash
# Formats the C++ sources with clang-format 19 by .clang-format.
# Usage: tools/format.sh [--check]     (--check: changes nothing and fails where something would change)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

tool=${CLANG_FORMAT:-clang-format-19}
command -v "$tool" > /dev/null || { echo "format: error: '$tool' is missing (on Debian: apt-get install clang-format-19)" >&2; exit 1; }
case ${1:-} in
  '') mode=(-i) ;;
  --check) mode=(--dry-run -Werror) ;;
  *) echo "format: error: unknown option '$1'; the only one is --check" >&2; exit 2 ;;
esac
mapfile -d '' -t files < <(find src tests bench \( -name '*.h' -o -name '*.cpp' \) -print0 2> /dev/null)
"$tool" "${mode[@]}" "${files[@]}" || { echo "format: error: run tools/format.sh to mend the above" >&2; exit 1; }
