#!/usr/bin/env bash
# What `cmake --install` puts in place works from there: the program finds its experiments and plot
# templates, and a user's program builds against the library through pkg-config and through CMake.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
prefix=$work/prefix

grep -q 'fsanitize' "$BUILD/CMakeCache.txt" && flags=$(sed -n 's/^CMAKE_C_FLAGS:[A-Z]*=//p' "$BUILD/CMakeCache.txt") || flags=
cmake --install "$BUILD" --prefix "$prefix" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }

unset SHORTLIST_HOME
(cd "$work" && "$prefix/bin/shortlist" list experiments) | grep -q '^shortlist'
test -f "$prefix/share/shortlist/plots/sweep.gp"
test -f "$prefix/share/man/man1/shortlist.1"
test -f "$prefix/share/bash-completion/completions/shortlist"

mkdir "$work/user"
cat >"$work/user/user.c" <<'C'
#include <shortlist/shortlist.h>
#include <stdio.h>

int main(void)
{
    struct sl_error err;
    struct sl_dataset *data;
    struct sl_model *model;
    struct sl_fit_options options = {.scaling = SL_SCALE_MINMAX, .seed = 1, .threads = 1};
    const struct sl_classifier_type *type = sl_classifier_find("majority", &err);
    if (!type || sl_dataset_open("synthetic:50", SL_PART_TRAIN, NULL, &data, &err) ||
        sl_model_fit(type, NULL, data, NULL, &options, NULL, &model, &err)) {
        fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    printf("%s %s\n", sl_version(), sl_classifier_find("majorty", &err) ? "" : err.text);
    sl_model_free(model);
    sl_dataset_free(data);
    return 0;
}
C
cat >"$work/user/CMakeLists.txt" <<'C'
cmake_minimum_required(VERSION 3.25)
project(user C)
find_package(shortlist 0.1 REQUIRED)
add_executable(user user.c)
target_link_libraries(user shortlist::shortlist)
C

pc=$(dirname "$(find "$prefix" -name shortlist.pc)")
read -ra config < <(PKG_CONFIG_PATH=$pc pkg-config --cflags --libs shortlist)
read -ra extra <<<"$flags"
"${CC:-cc}" ${extra[@]+"${extra[@]}"} "$work/user/user.c" -o "$work/by-pkg-config" "${config[@]}"
"$work/by-pkg-config" | grep -q 'did you mean majority'

cmake -S "$work/user" -B "$work/user/build" -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_C_FLAGS="$flags" >"$work/log" 2>&1 ||
  { cat "$work/log"; exit 1; }
cmake --build "$work/user/build" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
"$work/user/build/user" | grep -q '^0\.1\.0 '
echo "installed, found and linked"
