#!/usr/bin/env bash
# A shared library exports what the public headers declare, and nothing else: one is built here, in haste.
# Run with BUILD set to a build tree, and SOURCE to the source tree (ctest does).
set -euo pipefail
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# Names before a parenthesis, or of an array, outside comments and macros.
cat "$SOURCE"/include/shortlist/*.h | tr '\n' ' ' | sed 's|/\*[^*]*\*\+\([^/*][^*]*\*\+\)*/| |g' |
    grep -oE 'sl_[a-z0-9_]+ *(\(|\[[A-Z_a-z0-9]*\];)' | sed 's/ *[([].*//' | LC_ALL=C sort -u >"$scratch/declared"

compiler=$(sed -n 's/^CMAKE_C_COMPILER:[A-Z]*=//p' "$BUILD/CMakeCache.txt")
cmake -S "$SOURCE" -B "$scratch/build" -DCMAKE_C_COMPILER="$compiler" -DCMAKE_C_FLAGS=-O0 -DCMAKE_BUILD_TYPE=None \
    -DBUILD_SHARED_LIBS=ON -DSHORTLIST_TESTS=OFF >"$scratch/log" 2>&1 || { cat "$scratch/log" >&2; exit 1; }
cmake --build "$scratch/build" --target shortlist --parallel 2 >"$scratch/log" 2>&1 ||
    { tail -n 20 "$scratch/log" >&2; exit 1; }
nm -D --defined-only "$scratch/build/libshortlist.so" | awk '{ sub(/@.*/, "", $3); print $3 }' |
    LC_ALL=C sort -u >"$scratch/exported"

[[ $(wc -l <"$scratch/exported") -gt 100 ]]
if ! LC_ALL=C comm -3 "$scratch/declared" "$scratch/exported" >"$scratch/differ" || [[ -s $scratch/differ ]]; then
    echo "declared in a public header and not exported, or (indented) exported and not declared:" >&2
    cat "$scratch/differ" >&2
    exit 1
fi
echo "$(wc -l <"$scratch/exported") names are exported, each declared in a public header"
