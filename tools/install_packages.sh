#!/usr/bin/env bash
# Installs the Debian packages of tools/packages.txt that are missing; quick and silent when all are there.
# Usage: tools/install_packages.sh [--tests] [--torch2] [--bench] [--fuzz] [--oracles]     (each adds the section of that name)
# ARCUATE_NO_INSTALL=1 installs nothing, for machines whose libraries come from elsewhere.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

log=build/install.log

say() { echo "install: $*"; }
fail() { echo "install: error: $*" >&2; exit 1; }

wanted_packages() {
  local section=build line
  while IFS= read -r line || [ -n "$line" ]; do
    line=${line%%#*}
    line=${line//[[:space:]]/}
    case $line in
      '') ;;
      '['*']') section=${line//[\[\]]/} ;;
      *) case " build $* " in *" $section "*) echo "$line" ;; esac ;;
    esac
  done < tools/packages.txt
}

missing_packages() {
  local installed
  installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null | sort -u) || true
  local package
  for package in "$@"; do
    grep -qxF "installed $package" <<< "$installed" || echo "$package"
  done
}

# Decides how to become root: fills `as_root`.
find_root() {
  as_root=(env)
  [ "$(id -u)" -eq 0 ] && return
  command -v sudo > /dev/null || fail "needs root to install ${#missing[@]} packages and there is no sudo; as root run: apt-get install ${missing[*]}"
  sudo -n true 2> /dev/null || sudo -v || fail "sudo was refused; as root run: apt-get install ${missing[*]}"
  as_root=(sudo env)
}

apt() { "${as_root[@]}" DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 "$@" >> "$log" 2>&1 < /dev/null; }

explain_apt_failure() {
  local last unreachable network
  network='Could not resolve|Temporary failure resolving|Could not connect|Network is unreachable|Connection (refused|timed out|failed)'
  last=$(grep -E '^(E|Err|W):' "$log" | tail -n 1) || last=$(tail -n 1 "$log")
  unreachable=$(grep -E "$network" "$log" | tail -n 1) || fail "apt-get failed: ${last:-no message}; its log is $PWD/$log"
  fail "apt-get cannot reach the package mirror (no network?): ${unreachable#"${unreachable%%[![:space:]]*}"}; its log is $PWD/$log"
}

install_packages() {
  command -v apt-get > /dev/null ||
    fail "apt-get is missing (not Debian or Ubuntu?); install what tools/packages.txt lists yourself and set ARCUATE_NO_INSTALL=1"
  find_root
  mkdir -p build
  : > "$log"
  say "installing ${#missing[@]} packages (log: $log): ${missing[*]}"
  apt update || true  # A mirror that fails does not matter as long as the packages can be had.
  apt install --yes --no-install-recommends "${missing[@]}" || explain_apt_failure
  say "done"
}

check_compiler() {
  local compiler=${CXX:-c++}
  command -v "${compiler%% *}" > /dev/null ||
    fail "no C++ compiler: '$compiler' is not in PATH; install g++ 12 or newer, or set CXX"
  # CXX may carry options, so it is split into words.
  # shellcheck disable=SC2086
  echo '#include <span>' | $compiler -std=c++20 -fsyntax-only -x c++ - > /dev/null 2>&1 ||
    fail "the C++ compiler '$compiler' cannot compile C++20; install g++ 12 or newer, or set CXX"
}

for option in "$@"; do
  case $option in
    --tests | --torch2 | --bench | --fuzz | --oracles) ;;
    *) fail "unknown option '$option'; known: --tests, --torch2, --bench, --fuzz, --oracles" ;;
  esac
done
if [ -z "${ARCUATE_NO_INSTALL:-}" ]; then
  mapfile -t wanted < <(wanted_packages "${@#--}")
  mapfile -t missing < <(missing_packages "${wanted[@]}")
  [ ${#missing[@]} -eq 0 ] || install_packages
fi
check_compiler
