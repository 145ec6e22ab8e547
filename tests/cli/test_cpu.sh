#!/usr/bin/env bash
# test_cpu.sh - SHORTLIST_CPU: every kind of processor that the machine has gives the same table, others are refused.
. "$SOURCE/tests/cli/lib.sh" || exit 1

export SHORTLIST_CPU=sse
run 2 list classifiers
err_has "there is no kind of processor for SHORTLIST_CPU 'sse'"
err_has "plain, avx2, avx512"

# What is counted, and not summed in floats, is the same whatever the loops.
table() { # KIND
  export SHORTLIST_CPU=$1
  run 0 run --data synthetic --models knn,tree,majority --out "$1" --quiet --show-columns accuracy
  awk '/^---/ { rules++ } rules == 1' out >"$1.rows" # what is said below of times is theirs
}
table plain
[ "$(wc -l <plain.rows)" = 4 ] || fail "rows of the table: $(cat plain.rows)"
for kind in avx2 avx512; do
  export SHORTLIST_CPU=$kind
  if "$SHORTLIST" list classifiers >/dev/null 2>err; then
    table "$kind"
    cmp plain.rows "$kind.rows" || fail "$kind has another table than plain"
  else
    grep -qF "SHORTLIST_CPU=$kind: this processor has no such instructions" err || fail "$(cat err)"
  fi
done

# Empty is as good as not set.
export SHORTLIST_CPU=
run 0 list classifiers
finish
