#!/usr/bin/env bash
# test_files.sh - what is no file, or a very large one, is refused before it is read: nothing waits for a pipe, and
# nothing takes memory for what a device would go on to give.
. "$SOURCE/tests/faults/lib.sh" || exit 1
make_data
run 0 run rows.yaml --models knn --save-models --quiet
model=results/rows/models/knn.slm

# refuses STATUS TEXT ARGUMENT...: one line with TEXT, at once; a command that waits is a failure.
refuses() {
  local expected=$1 text=$2 status=0
  shift 2
  timeout 60 "$SHORTLIST" "$@" >out 2>err </dev/null || status=$?
  [ $status = "$expected" ] || fail "shortlist $*: exit status $status, expected $expected: $(cat err)"
  err_has "$text"
  err_is_one_line
}

mkfifo pipe
ln -s /dev/zero zero
mkdir folder store zeros
mkfifo folder/train.csv store/shortlist.db
ln -s /dev/zero zeros/shortlist.db
for what in pipe zero; do
  case $what in pipe) kind="a pipe" ;; *) kind="a device" ;; esac
  refuses 1 "$what: is $kind, not a file: write what it holds to a file first" audit $what
  refuses 1 "$what: is $kind, not a file" run --data $what
  refuses 1 "$what: is $kind, not a file" run ./$what
  refuses 1 "$what: is $kind, not a file" predict $what data.csv
  refuses 1 "$what: is $kind, not a file" predict $model $what
done
refuses 1 "folder/train.csv: is a pipe" audit folder
refuses 1 "store/shortlist.db: is a pipe, not a store" show --out store
refuses 1 "store/shortlist.db: is a pipe, not a store" run rows.yaml --out store
refuses 1 "zeros/shortlist.db: is a device, not a store" list studies --out zeros
refuses 1 "is a folder, not a file" predict folder data.csv
refuses 1 "is a folder, not a file" run ./folder

# Twenty gigabytes that take no room on the disk.  The limit of memory is below them (the sanitizers go without it).
grep -q '^CMAKE_C_FLAGS:.*fsanitize' "$BUILD/CMakeCache.txt" || ulimit -v 4000000
truncate -s 20G large
refuses 1 "large: not a model file" predict large data.csv
head -c 24 $model >larger # a true head, which tells the size
truncate -s 20G larger
refuses 1 "larger: the model file is cut off, or something follows it" predict larger data.csv
refuses 2 "larger than 256 KiB: not an experiment file" run ./large
printf 'a,b\n1,x\n' >large.csv
truncate -s 20G large.csv
refuses 1 "large.csv:3:1: a NUL byte" audit large.csv

finish
