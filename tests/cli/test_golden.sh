#!/usr/bin/env bash
# test_golden.sh - exact output: each line of golden/commands is a command line; its stdout, stderr and exit
# status stand in golden/NAME.out, .err and .status.  UPDATE=1 rewrites them (tests/cli/update).
. "$SOURCE/tests/cli/lib.sh" || exit 1
golden=$SOURCE/tests/cli/golden

compare() { # compare KIND FILE
  if [ -n "${UPDATE:-}" ]; then
    if [ -s "$2" ]; then cp "$2" "$golden/$name.$1"; else rm -f "$golden/$name.$1"; fi
    return
  fi
  [ -e "$golden/$name.$1" ] || { [ ! -s "$2" ] || fail "$name: unexpected $1: $(cat "$2")"; return; }
  diff -u "$golden/$name.$1" "$2" >&2 || fail "$name: $1 differs"
}

while read -r name arguments; do
  case $name in '' | '#'*) continue ;; esac
  status=0
  eval "\"\$SHORTLIST\" $arguments" >out 2>err </dev/null || status=$?
  echo $status >status
  compare out out
  compare err err
  compare status status
done <"$golden/commands"
finish
