#!/usr/bin/env bash
# A file is read in one go: none of src has more than 400 lines.
# Run with SOURCE set to the source tree (ctest does), or from anywhere inside it.
set -euo pipefail

most=400

# check TREE: prints every file that is too long; false if there is one.
check() {
    find "$1/src" -name '*.[ch]' -exec awk -v most=$most '
        FNR == most + 1 { print FILENAME ": more than " most " lines: cut it where its meaning parts" }' {} + |
        sort >"$scratch/long"
    cat "$scratch/long" >&2
    [[ ! -s $scratch/long ]]
}

# The check itself must be able to fail.
self_test() {
    mkdir "$scratch/src"
    seq $most >"$scratch/src/a.c"
    check "$scratch" || { echo "self-test: $most lines were too many" >&2; return 1; }
    echo y >>"$scratch/src/a.c"
    if check "$scratch" 2>/dev/null; then
        echo "self-test: $((most + 1)) lines were not too many" >&2
        return 1
    fi
}

source=${SOURCE:-$(cd "$(dirname "$0")/../../.." && pwd)}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
self_test
check "$source"
echo "at most $most lines in each of $(find "$source/src" -name '*.[ch]' | wc -l) files"
