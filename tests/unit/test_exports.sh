#!/usr/bin/env bash
# A shared library exports what the public headers declare, and nothing else: of the library's functions those are
# visible by default, all others hidden.  (What gcc dispatches by processor it makes visible itself: IFUNC.)
# Run with BUILD set to a build tree, and SOURCE to the source tree (ctest does).
set -euo pipefail
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# What is visible in the object files of sources that exist.
for source in "$SOURCE"/src/*/*.c "$SOURCE"/src/*/*/*.c; do
    [[ $source == */cli/* ]] && continue
    readelf -sW "${BUILD:?names the build tree}/CMakeFiles/shortlist.dir/${source#"$SOURCE"/}.o"
done | awk '$4 != "IFUNC" && $5 == "GLOBAL" && $7 != "UND" && $6 == "DEFAULT" && $8 ~ /^sl_[a-z0-9_]*$/ { print $8 }' |
    sort -u >"$scratch/visible"

# Names before a parenthesis, or of an array or struct declared extern or const, outside comments and macros.
cat "$SOURCE"/include/shortlist/*.h | tr '\n' ' ' | sed 's|/\*[^*]*\*\+\([^/*][^*]*\*\+\)*/| |g' |
    grep -oE 'sl_[a-z0-9_]+ *(\(|\[[A-Z_a-z0-9]*\];)' | sed 's/ *[([].*//' | sort -u >"$scratch/declared"

[[ $(wc -l <"$scratch/visible") -gt 100 ]]
if comm -23 "$scratch/visible" "$scratch/declared" | grep .; then
    echo "these are exported, and no public header declares them" >&2
    exit 1
fi
echo "$(wc -l <"$scratch/visible") functions are exported, each declared in a public header"
