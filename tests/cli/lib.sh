# shellcheck shell=bash
# lib.sh - for tests/cli/test_*.sh: runs the program in a folder of its own and compares.
set -u
# Arguments for an MLP that trains until a limit ends it: no loss, even one that stays at zero, ends it before.
endless="--set mlp.max_iter=1000000 --set mlp.n_iter_no_change=1000000 --set mlp.tol=0"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1
failures=0

fail() {
  echo "FAILED: $*" >&2
  failures=$((failures + 1))
}

# run STATUS ARGUMENT...: stdout in out, stderr in err
run() {
  local expected=$1 status=0
  shift
  "$SHORTLIST" "$@" >out 2>err </dev/null || status=$?
  if [ "$status" != "$expected" ]; then
    fail "shortlist $*: exit status $status, expected $expected"
    cat err >&2
  fi
}

out_has() { grep -qF -- "$1" out || fail "stdout lacks '$1'; it is: $(head -c 600 out)"; }
err_has() { grep -qF -- "$1" err || fail "stderr lacks '$1'; it is: $(head -c 600 err)"; }
out_is_empty() { [ ! -s out ] || fail "stdout should be empty, it is: $(head -c 300 out)"; }
err_is_empty() { [ ! -s err ] || fail "stderr should be empty, it is: $(head -c 300 err)"; }
err_is_one_line() { [ "$(wc -l <err)" = 1 ] || fail "stderr should be one line, it is: $(cat err)"; }

finish() {
  [ $failures = 0 ] && echo "all passed"
  exit $((failures > 0))
}
