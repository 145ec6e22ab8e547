#!/bin/bash
# data/fetch, with file:// URLs: no network.
set -u
fetch=$SOURCE/data/fetch
package=/usr/share/datasets/fashion-mnist
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
failed=0

# expect STATUS PATTERN COMMAND...: the exit status, and a line on stderr or stdout.
expect() {
  local status=$1 pattern=$2
  shift 2
  "$@" >"$work/said" 2>&1
  local got=$?
  if [ $got != "$status" ] || ! grep -q -e "$pattern" "$work/said"; then
    echo "FAILED: $* gave status $got (expected $status, and \"$pattern\"):"
    cat "$work/said"
    failed=1
  fi
}

check() {
  local what=$1
  shift
  "$@" || { echo "FAILED: $what"; failed=1; }
}

no_leftovers() {
  [ -z "$(find "$1" -name '.fetch-*')" ]
}

expect 0 'Usage: data/fetch' "$fetch" --help
expect 2 'unknown option --frob' "$fetch" --frob
expect 2 '--to needs a folder' "$fetch" --to
expect 2 'expected a URL' "$fetch" --to "$work/to" ftp://example.org
expect 2 'one URL, not two' "$fetch" --to "$work/to" file:///a file:///b

# A source without the files.
mkdir "$work/empty"
expect 1 'cannot download' "$fetch" --to "$work/to" "file://$work/empty"
check "leftovers of a failed download" no_leftovers "$work/to"

# A source with something else under the right name: not gzip, and gzip of other content.
mkdir "$work/other"
echo '<html>Not found</html>' >"$work/other/train-images-idx3-ubyte.gz"
expect 1 'not a whole gzip file' "$fetch" --to "$work/to" "file://$work/other"
echo 'something else' | gzip >"$work/other/train-images-idx3-ubyte.gz"
expect 1 'its content has MD5' "$fetch" --to "$work/to" "file://$work/other"
check "a wrong file was kept" test ! -e "$work/to/train-images-idx3-ubyte.gz"
check "leftovers of a wrong file" no_leftovers "$work/to"

if [ ! -d $package ]; then
  echo "the package dataset-fashion-mnist is not installed: the rest is skipped"
  exit $failed
fi

expect 0 'train-images-idx3-ubyte.gz: downloading' "$fetch" --to "$work/good" "file://$package"
for file in train-images-idx3 train-labels-idx1 t10k-images-idx3 t10k-labels-idx1; do
  check "$file" cmp -s "$package/$file-ubyte.gz" "$work/good/$file-ubyte.gz"
done
check "leftovers" no_leftovers "$work/good"
# Again: nothing to do, even without a source.
expect 0 'train-images-idx3-ubyte.gz: already there' "$fetch" --to "$work/good" "file://$work/empty"
# A file that was cut off is replaced, the others stay.
head -c 1000 "$package/t10k-labels-idx1-ubyte.gz" >"$work/good/t10k-labels-idx1-ubyte.gz"
expect 0 't10k-labels-idx1-ubyte.gz: downloading' "$fetch" --to "$work/good" "file://$package"
check "the cut file was not replaced" cmp -s "$package/t10k-labels-idx1-ubyte.gz" \
  "$work/good/t10k-labels-idx1-ubyte.gz"
# The source and the place from the environment.
expect 0 "Fashion-MNIST is in $work/env/fashion-mnist" env SHORTLIST_FETCH_URL="file://$package" \
  SHORTLIST_DATA="$work/env" "$fetch"
expect 0 "Fashion-MNIST is in $work/xdg/shortlist/fashion-mnist" env -u SHORTLIST_DATA \
  XDG_DATA_HOME="$work/xdg" "$fetch" "file://$package"
exit $failed
