#!/usr/bin/env bash
# Files that call each other in a circle can not be read one after the other.  The symbols that an object file
# defines and takes from others make a graph over the source files; tsort finds its circles.
# Run with BUILD set to a build tree and SOURCE to the source tree (ctest does).  The programs of bench/ count where
# they are built.
set -euo pipefail

# symbols TYPES: "SYMBOL FILE" of each strong global symbol of the types that the object files in $scratch/objects
# (lines "OBJECT SOURCE") have.  Weak ones are the compiler's: each object file has its own.
symbols() {
    cut -d' ' -f1 "$scratch/objects" | xargs nm -A -g -P | awk -v types="$1" '
        FNR == NR { source[$1] = $2; next }
        { sub(/:$/, "", $1) }
        index(types, $3) { print $2, source[$1] }' "$scratch/objects" - | LC_ALL=C sort -u -k1,1 -k2,2
}

# check: prints the circles among the sources in $scratch/objects, with the symbols that make them; false if there is
# one.
check() {
    symbols TDBRCi >"$scratch/defined"
    symbols Uw >"$scratch/taken"
    LC_ALL=C join -o 1.2,2.2,0 "$scratch/taken" "$scratch/defined" | awk '$1 != $2' >"$scratch/calls"
    cut -d' ' -f1,2 "$scratch/calls" | sort -u | LC_ALL=C tsort >/dev/null 2>"$scratch/loops" && return 0
    awk 'FNR == NR { if (/input contains a loop/) { print "a circle:"; next } within[$2] = 1; print "  " $2; next }
         within[$1] && within[$2] && !printed++ { print "calls among them:" }
         within[$1] && within[$2] { print "  " $1 " calls " $3 " of " $2 }' "$scratch/loops" "$scratch/calls" >&2
    return 1
}

# list: fills $scratch/objects from the build tree.  An object file whose source is gone, or newer, is left over.
list() {
    local object source
    find "$BUILD" -path '*/CMakeFiles/*' -name '*.c.o' | while IFS= read -r object; do
        source=${object#"$BUILD"/}
        source=$(sed -E 's|CMakeFiles/[^/]*\.dir/||; s|\.o$||' <<<"$source")
        [[ $source =~ ^(src|bench)/ && -f $SOURCE/$source && ! $SOURCE/$source -nt $object ]] || continue
        echo "$object $source"
    done >"$scratch/objects"
}

# compile NAME TEXT: an object file of that C text, and its line in $scratch/objects.
compile() {
    echo "$2" >"$scratch/$1.c"
    "${CC:-cc}" -c -o "$scratch/$1.o" "$scratch/$1.c"
    echo "$scratch/$1.o $1.c" >>"$scratch/objects"
}

# The check itself must be able to fail, and only of a circle.
self_test() {
    local fails=0
    compile one 'int b(void); static int s(void) { return b(); } int a(void) { return s(); } int c(void) { return 0; }'
    compile two '__attribute__((weak)) int w(void) { return 1; } int w2(void); int b(void) { return w2(); }'
    compile three 'int w(void); int w2(void) { return w(); } static int b(void) { return 2; } int d(void) { return b(); }'
    check || { echo "self-test: a weak or a static function was taken for a circle" >&2; fails=1; }
    compile four 'int a(void); int w(void) { return a(); }'
    if check 2>"$scratch/said"; then
        echo "self-test: a circle was not found" >&2
        fails=1
    fi
    grep -q 'four.c calls a of one.c' "$scratch/said" || { cat "$scratch/said" >&2; fails=1; }
    return $fails
}

BUILD=${BUILD:?names the build tree}
SOURCE=${SOURCE:-$(cd "$(dirname "$0")/../../.." && pwd)}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
self_test
list
# What is not seen can not be found to be in a circle.
(cd "$SOURCE" && find src -name '*.c') | LC_ALL=C sort >"$scratch/sources"
cut -d' ' -f2 "$scratch/objects" | LC_ALL=C sort -u | LC_ALL=C comm -13 - "$scratch/sources" >"$scratch/unseen"
if [[ -s $scratch/unseen ]]; then
    echo "not built since they were changed: $(tr '\n' ' ' <"$scratch/unseen")" >&2
    exit 1
fi
check
echo "no circle among $(cut -d' ' -f2 "$scratch/objects" | sort -u | wc -l) files"
