#!/usr/bin/env bash
# What `cmake --install` puts in place works from there: the program finds its experiments and plot
# templates, and a user's program builds against the library through pkg-config and through CMake.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
prefix=$work/prefix

grep -q 'fsanitize' "$BUILD/CMakeCache.txt" && flags=$(sed -n 's/^CMAKE_C_FLAGS:[A-Z]*=//p' "$BUILD/CMakeCache.txt") || flags=
compiler=$(sed -n 's/^CMAKE_C_COMPILER:[A-Z]*=//p' "$BUILD/CMakeCache.txt") # OpenMP's library is this one's
cmake --install "$BUILD" --prefix "$prefix" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }

unset SHORTLIST_HOME
(cd "$work" && "$prefix/bin/shortlist" list experiments) | grep -q '^shortlist'
test -f "$prefix/share/shortlist/plots/style.gp"
test -f "$prefix/share/man/man1/shortlist.1"
test -f "$prefix/share/bash-completion/completions/shortlist"

# Each header stands by itself, in C and in C++ where there is a compiler of it.
for header in "$prefix"/include/shortlist/*.h; do
  echo "#include <shortlist/$(basename "$header")>" >"$work/header.c"
  "$compiler" -std=c11 -Wall -Werror -fsyntax-only -I"$prefix/include" "$work/header.c" || { echo "FAILED: $header"; exit 1; }
  command -v c++ >/dev/null || continue
  c++ -Wall -Werror -fsyntax-only -x c++ -I"$prefix/include" "$work/header.c" || { echo "FAILED: $header in C++"; exit 1; }
done

# The program and the target are those of the README, to the letter.
block() { # block LANGUAGE: the README's block of it
  sed -n "/^\`\`\`$1\$/,/^\`\`\`\$/p" "$SOURCE/README.md" | grep -v '^```'
}
mkdir "$work/user"
block c >"$work/user/wine.c"
{
  printf 'cmake_minimum_required(VERSION 3.25)\nproject(user C)\n'
  block cmake
} >"$work/user/CMakeLists.txt"
awk -v OFS=, 'BEGIN { print "alcohol,acidity,quality"; for (i = 0; i < 40; i++) print i % 7, i % 11, i % 2 ? "good" : "poor" }' \
  >"$work/wine.csv"

fits() { # fits PROGRAM: it fits a model, which the installed program can use, and says what is wrong
  cd "$work"
  rm -f wine.slm
  "$1" || { echo "FAILED: $1"; exit 1; }
  [ "$("$prefix/bin/shortlist" predict wine.slm wine.csv 2>/dev/null | wc -l)" = 40 ] || { echo "FAILED: $1: no model"; exit 1; }
  mkdir -p elsewhere
  cd elsewhere
  if "$1" 2>err; then echo "FAILED: $1 without data"; exit 1; fi
  grep -q 'wine.csv: No such file' err
}

pc=$(dirname "$(find "$prefix" -name shortlist.pc)")
read -ra config < <(PKG_CONFIG_PATH=$pc pkg-config --cflags --libs shortlist)
read -ra extra <<<"$flags"
"$compiler" ${extra[@]+"${extra[@]}"} "$work/user/wine.c" -o "$work/by-pkg-config" "${config[@]}"
fits "$work/by-pkg-config"

cmake -S "$work/user" -B "$work/user/build" -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_C_FLAGS="$flags" \
  -DCMAKE_C_COMPILER="$compiler" >"$work/log" 2>&1 ||
  { cat "$work/log"; exit 1; }
cmake --build "$work/user/build" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
fits "$work/user/build/wine"
echo "installed, found and linked"
