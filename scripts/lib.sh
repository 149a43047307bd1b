# shellcheck shell=bash
# Shared by the scripts beside it: where things are kept, how to speak, what must be there.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
HOME=${HOME:-$(getent passwd "$(id -u)" | cut -d: -f6)}
cache=${XDG_CACHE_HOME:-$HOME/.cache}/tandem
# One build, shared by every command here and kept when the checkout is thrown away.
export HOME CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$cache/target}
cd "$root"

say() { printf '%s\n' "$*" >&2; }
die() { say "$(basename "$0"): $*"; exit 1; }

# at_least HAVE WANT: whether version HAVE is WANT or later.
at_least() { [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]; }

# Ends with one line naming whatever of cargo, node, npm and python3 is missing or too old.
need_tools() {
  local lacking=() tool have want
  while read -r tool want; do
    if ! command -v "$tool" >/dev/null; then
      lacking+=("$tool $want or later")
      continue
    fi
    have=$("$tool" --version 2>/dev/null | grep -oE '[0-9]+\.[0-9]+(\.[0-9]+)?' | head -n 1 || true)
    at_least "${have:-0}" "$want" || lacking+=("$tool $want or later (here is ${have:-an unknown version})")
  done <<'TOOLS'
cargo 1.95
node 20.19
npm 10
python3 3.11
TOOLS
  [ ${#lacking[@]} -eq 0 ] || die "missing: $(printf '%s, ' "${lacking[@]}" | sed 's/, $//'); install it and run the command again"
}

# as_root COMMAND…: through sudo where we are not root.
as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; elif command -v sudo >/dev/null; then sudo "$@"; else
    die "missing: sudo, or run as root, to install: $*"
  fi
}

# need_packages PACKAGE…: installs those of Debian's packages that are not there.
need_packages() {
  local lacking=() package
  command -v dpkg-query >/dev/null || { say "not Debian: trusting that these are installed: $*"; return 0; }
  for package; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || lacking+=("$package")
  done
  [ ${#lacking[@]} -gt 0 ] || return 0
  say "installing ${lacking[*]}"
  # Database packages start a server of their own when they are installed; nobody asked for one.
  local policy=/usr/sbin/policy-rc.d held=0 status=0 log
  log=$(mktemp)
  if [ ! -e $policy ]; then
    printf '#!/bin/sh\nexit 101\n' | as_root tee $policy >/dev/null && as_root chmod 755 $policy && held=1
  fi
  { as_root apt-get update -qq &&
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${lacking[@]}"
  } >"$log" 2>&1 || status=$?
  [ $held -eq 0 ] || as_root rm -f $policy
  [ $status -eq 0 ] || tail -n 20 "$log" >&2
  rm -f "$log"
  [ $status -eq 0 ] || die "could not install ${lacking[*]}: see the messages above"
}

# clock SECONDS: 75 → 1m15s.
clock() { if [ "$1" -ge 60 ]; then printf '%dm%02ds' $(($1 / 60)) $(($1 % 60)); else printf '%ds' "$1"; fi; }

# rust_build ARGUMENT…: cargo build with clippy standing in for the compiler of our own crates (never of what they
# depend on), so that one build both lints and makes what the tests run: docs/adr/0002. Warnings go to $warnings too.
use_clippy() {
  if command -v clippy-driver >/dev/null; then
    export RUSTC_WORKSPACE_WRAPPER=clippy-driver
  else
    say "clippy is not installed: building without its lints"
  fi
}
rust_build() {
  # The server's build looks for the folder of the pages, whatever became of them.
  mkdir -p web/dist
  cargo build --workspace --bins --tests "$@" 2> >(tee "$warnings" >&2)
}

# no_warnings: whether the last rust_build gave none.
no_warnings() {
  ! grep -E '^warning: .* generated [0-9]+ warnings?' "$warnings" ||
    { say "put these right (they are above, and \`make lint\` shows them again)"; return 1; }
}
