#!/usr/bin/env bash
# The direction of includes: a room includes itself and the rooms above it, never those below; engines do not know
# each other; the command line knows the public headers only; oneDNN and OpenMP stay where a forked child calls them.
# Every header has a room.  Nor do files include each other in a circle, a header counted with its source.
# Run with SOURCE set to the source tree (ctest does), or from anywhere inside it.
set -euo pipefail

rooms=(core input kernels data readers measure linear neighbours densities trees boosting svm nn classifiers model explain study mpi show search cli)
engine='^(linear|neighbours|densities|trees|boosting|svm|nn)$'
threads='^(kernels|linear|neighbours|densities|trees|boosting|svm|nn|classifiers|model|explain)$' # rooms that only a child calls
declare -A rank=() home=(
    [api.h]=core [cpu.h]=core [error.h]=core [pack.h]=core [param.h]=core [rng.h]=core [spent.h]=core [text.h]=core [version.h]=core [warnings.h]=core
    [audit.h]=data [dataset.h]=data [encoding.h]=data [pictures.h]=data [scaling.h]=data [split.h]=data [view.h]=data
    [calibration.h]=measure [measures.h]=measure [metrics.h]=measure [outcome.h]=measure [scores.h]=measure
    [network.h]=nn [classifier.h]=classifiers [model.h]=model [embed.h]=explain [explain.h]=explain [errors.h]=explain [robustness.h]=explain
    [estimate.h]=study [experiment.h]=study [plan.h]=study [run.h]=study [study.h]=study [figures.h]=show [show.h]=show [plot.h]=show [report.h]=show [diff.h]=show [ensemble.h]=show [search.h]=search [shortlist.h]=cli)
for i in "${!rooms[@]}"; do rank[${rooms[i]}]=$i; done
# Views and the contract of a classifier are plain structs, which rooms further up may know.
contract='^(kernels/view|(linear|neighbours|densities|trees|boosting|svm|nn)/classifier)\.h$'

# check TREE: prints every include that points the wrong way; false if there is one.
check() {
    local wrong=0 file room line target to
    complain() { echo "$1" >&2; wrong=1; }
    while IFS= read -r file; do
        room=${file#"$1"/src/}
        room=${room%%/*}
        [[ -n ${rank[$room]:-} ]] || { complain "$file: '$room' is no room"; continue; }
        while IFS= read -r line; do
            [[ $line =~ [\<\"]([^\>\"]*)[\>\"] ]] || continue
            target=${BASH_REMATCH[1]}
            case $line in
            *'"'*)
                to=${target%%/*}
                if [[ $target != */* ]]; then
                    [[ $room == cli ]] || complain "$file: \"$target\" should name its room"
                elif [[ $room == cli && $to != cli ]]; then
                    complain "$file: cli includes \"$target\", but only <shortlist/...> is open to it"
                elif [[ -z ${rank[$to]:-} ]]; then
                    complain "$file: \"$target\": '$to' is no room"
                elif ((${rank[$to]} > ${rank[$room]})); then
                    complain "$file: $room includes \"$target\", which is below it"
                elif [[ $room =~ $engine && $to =~ $engine && $room != "$to" ]]; then
                    complain "$file: the engine $room includes \"$target\", another engine's"
                fi ;;
            *'<shortlist/'*)
                target=${target#shortlist/}
                to=${home[$target]:-}
                if [[ -z $to ]]; then
                    complain "$file: <shortlist/$target> has no room: name it in home"
                elif ((${rank[$to]} > ${rank[$room]})) && ! [[ $room/$target =~ $contract ]]; then
                    complain "$file: $room includes <shortlist/$target>, which belongs to $to, below it"
                fi ;;
            *'<dnnl.h>'* | *'<dnnl_types.h>'* | *'<dnnl.hpp>'*)
                [[ $room == kernels ]] || complain "$file: oneDNN belongs to kernels" ;;
            *'<omp.h>'*)
                [[ $room =~ $threads ]] ||
                    complain "$file: $room runs in the parent process, which must not start OpenMP" ;;
            esac
        done < <(grep -E '^[[:space:]]*#[[:space:]]*include' "$file" || true)
        if [[ ! $room =~ $threads ]] &&
            grep -qE '^[[:space:]]*#[[:space:]]*pragma[[:space:]]+omp' "$file"; then
            complain "$file: $room runs in the parent process, which must not start OpenMP"
        fi
    done < <(find "$1/src" -name '*.[ch]' | sort)
    return $wrong
}

# check_circles TREE: prints the files of each circle of includes; false if there is one.
check_circles() {
    (cd "$1/src" && grep -rE '^[[:space:]]*#[[:space:]]*include[[:space:]]*"' --include='*.[ch]' .) |
        sed -E 's|^\./||; s|\.[ch]:[^"]*"| |; s|(\.h)?".*||' |
        awk '$2 !~ "/" { $2 = substr($1, 1, match($1, "/[^/]*$")) $2 } $1 != $2' |
        LC_ALL=C tsort 2>&1 >/dev/null | sed 's|^tsort: -: input contains a loop:|a circle of includes:|; s|^tsort: |  |' >&2
    return "${PIPESTATUS[3]}"
}

# The check itself must be able to fail: one wrong line at a time in an otherwise empty tree.
self_test() {
    local tree text file expected
    tree=$(mktemp -d)
    trap 'rm -rf "$tree"' RETURN
    while IFS='|' read -r expected file text; do
        rm -rf "$tree/src"
        mkdir -p "$tree/src/$(dirname "$file")"
        printf '%s\n' "$text" >"$tree/src/$file"
        if check "$tree" 2>/dev/null; then actual=good; else actual=bad; fi
        if [[ $actual != "$expected" ]]; then
            echo "self-test: $file with '$text' was found $actual" >&2
            return 1
        fi
    done <<'CASES'
good|data/a.c|#include "core/text.h"
good|data/a.c|#include <shortlist/dataset.h>
good|kernels/a.c|#include <dnnl.h>
good|cli/a.c|#include <shortlist/shortlist.h>
good|cli/a.c|#include "cli.h"
good|kernels/a.c|#include <shortlist/view.h>
good|nn/a.c|#include <shortlist/classifier.h>
good|nn/a.c|#include <shortlist/network.h>
good|nn/layers/a.c|#include "nn/net/net.h"
bad|core/a.c|#include <shortlist/network.h>
bad|data/a.c|#include <shortlist/unheard_of.h>
bad|kernels/a.c|#include <shortlist/dataset.h>
bad|trees/a.c|#include "svm/cache.h"
bad|core/a.c|#include "data/csv.h"
bad|core/a.c|  #  include "kernels/gemm.h"
bad|data/a.h|#include <shortlist/study.h>
bad|cli/a.c|#include "core/text.h"
bad|nn/a.c|#include <dnnl.h>
bad|study/a.c|#include <omp.h>
bad|data/a.c|#pragma omp parallel for
bad|core/a.c|#include "text.h"
bad|core/a.c|#include "attic/text.h"
bad|attic/a.c|int x;
CASES
    rm -rf "$tree/src"
    mkdir -p "$tree/src/data"
    echo '#include "data/b.h"' | tee "$tree/src/data/a.h" >"$tree/src/data/a.c"
    echo '#include "data/b.h"' >"$tree/src/data/b.c"
    check_circles "$tree" || { echo "self-test: a header and its source were taken for a circle" >&2; return 1; }
    echo '#include "data/a.h"' >"$tree/src/data/c.h"
    echo '#include "data/c.h"' >>"$tree/src/data/b.c"
    if check_circles "$tree" 2>/dev/null; then
        echo "self-test: a circle of includes was not found" >&2
        return 1
    fi
}

source=${SOURCE:-$(cd "$(dirname "$0")/../../.." && pwd)}
self_test
check "$source"
check_circles "$source"
echo "includes point upwards in $(find "$source/src" -name '*.[ch]' | wc -l) files"
