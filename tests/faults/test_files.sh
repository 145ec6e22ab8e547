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

# The beginning of an array of NumPy with this dictionary.
array() { printf "\\223NUMPY\\1\\0\\$(printf %03o ${#1})\\0%s" "$1"; }

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
mkdir -p piped/a
mkfifo piped/a/1.png labels.npy
refuses 1 "piped/a/1.png: is a pipe" audit piped
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
printf '1 1:2\n' >large.svm
truncate -s 20G large.svm
refuses 1 "large.svm:2: the line is longer than 16777216 bytes" audit large.svm
printf '@relation r\n@attribute a real\n@attribute c {p}\n@data\n1,p\n' >large.arff
truncate -s 20G large.arff
refuses 1 "large.arff:6:1: a NUL byte" audit large.arff
printf '@relation r\n@attribute a real\n' >larger.arff
truncate -s 20G larger.arff
refuses 1 "no line @data" audit larger.arff
head="{'descr': '|u1', 'fortran_order': False, 'shape': (2000000000, 10), }"
array "$head" >large.npy
truncate -s 20G large.npy
refuses 1 "large.npy: the header announces 20000000000 values of 1 bytes; at most" audit large.npy --labels large.npy
mkdir -p pictures/a
truncate -s 20G pictures/a/large.png
refuses 1 "a/large.png: larger than" audit pictures

# A few bytes that ask for much: rows of two thousand million features, and a header of as many rows.
printf '1 1:1\n2 2000000000:1\n' >wide.svm
refuses 1 "a file of 2 values may have 33554464 features" audit wide.svm
head="{'descr': '|u1', 'fortran_order': False, 'shape': (2000000000, 4), }"
array "$head" >tall.npy
refuses 1 "more than the file can hold" audit tall.npy --labels tall.npy

finish
