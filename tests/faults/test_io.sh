#!/usr/bin/env bash
# test_io.sh [STEP [FIRST]] - disks that fail: the n-th write, fsync, rename, open for writing, ftruncate or close of a command
# fails, once or from then on, for n = 1, 1 + STEP, ...  Each time the command ends by itself, with the right result or
# with one line that says what failed; no half file is left in the place of a whole one, and the same command run again
# comes to what it comes to without faults.  Without STEP each command has its own, for a test of some seconds; with STEP
# 1 every call fails, which takes long.  FIRST (default 1): the walks begin there, so that STEP runs, with FIRST from 1 to
# STEP, come to the same as one with STEP 1.  The faults are strace's, which the system calls of all libraries pass.
SOURCE=${SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)} # else ctest sets these
BUILD=${BUILD:-$SOURCE/build/release}
SHORTLIST=${SHORTLIST:-$BUILD/shortlist}
export SHORTLIST_HOME=${SHORTLIST_HOME:-$SOURCE}
. "$SOURCE/tests/faults/lib.sh" || exit 1
skip_under_sanitizers "a leak checker cannot trace a traced process"
strace -f -o /dev/null true 2>/dev/null || { echo "skipped: strace cannot trace here"; exit 77; }
only_step=${1:-} first=${2:-1}
faults=0
follow= # -f: the program's processes, too
make_data

# Calls by which data gets lost.  Those of a process count from its start, for each call by itself.
calls=write,pwrite64,writev,fsync,fdatasync,rename,renameat,renameat2,ftruncate,openat,close,unlink,mkdir

# failing CALL WHEN ERROR ARGUMENT...: the program with that fault; false where no call was met.
failing() {
  local call=$1 when=$2 error=$3
  shift 3
  status=0
  timeout 120 strace $follow -qq -o trace -e trace="$call" -e inject="$call:error=$error:when=$when" "$SHORTLIST" "$@" \
    >out 2>err </dev/null || status=$?
  grep -q INJECTED trace || return 1
  faults=$((faults + 1))
}

# What was met: of standard output and error, only what the command says of itself can be asked.
met_stderr() { grep INJECTED trace | grep -qE '(write|writev|close)\(2[,)]'; }

# check WHAT [RESULT]: the status is one that the command may end with, and an error has its line.
check() {
  case $status in
  0) ;;
  1 | 2) met_stderr || [ "$(grep -c . err)" -ge 1 ] || fail "$1: status $status without a word: $(grep INJECTED trace)" ;;
  127) grep -q 'loading shared libraries' err || fail "$1: status 127: $(cat err)" ;;
  3) [ "${2:-}" = run ] || fail "$1: status 3: $(cat err)" ;;
  *) fail "$1: exit status $status: $(cat err; grep INJECTED trace)" ;;
  esac
}

# walk STEP CALLS ARGUMENT...: a command that only reads and prints: what it prints is right, or its status says so.
walk() {
  local step=${only_step:-$1} list=$2 call n on
  shift 2
  run 0 "$@"
  cp out expected-out
  for call in ${list//,/ }; do
    for on in "" +; do
      for ((n = first; ; n += step)); do
        failing "$call" "$n$on" EIO "$@" || break
        check "$call $n$on of $*"
        [ $status != 0 ] || cmp -s out expected-out || fail "$call $n$on of $*: status 0, and another result: $(grep INJECTED trace)"
      done
    done
  done
}

# walk_files STEP CALLS FOLDER ARGUMENT...: a command that writes into FOLDER: afterwards a file there is whole, or is not
# there; run again, all of them are there as without faults.  Times differ from run to run: `sums` says what is compared.
walk_files() {
  local step=${only_step:-$1} list=$2 folder=$3 call n on error
  shift 3
  rm -rf "$folder"
  run 0 "$@"
  cp err expected-err
  sums "$folder" >expected-sums
  for call in ${list//,/ }; do
    for on in "" +; do
      for ((n = first; ; n += step)); do
        error=$([ $((n % 2)) = 1 ] && echo ENOSPC || echo EIO)
        rm -rf "$folder"
        failing "$call" "$n$on" "$error" "$@" || break
        check "$call $n$on of $*"
        # shellcheck disable=SC2094
        sums "$folder" >sums
        if [ $status != 0 ] || cmp -s err expected-err; then # a report is made without pictures that fail, which it says
          [ -z "$(comm -23 sums expected-sums)" ] || fail "$call $n$on of $*: half a file: $(comm -23 sums expected-sums; grep INJECTED trace; cat err)"
          [ $status != 0 ] || cmp -s sums expected-sums || fail "$call $n$on of $*: status 0, and files are missing: $(comm -13 sums expected-sums; grep INJECTED trace)"
        fi
        run 0 "$@"
        sums "$folder" >sums
        cmp -s sums expected-sums || fail "$call $n$on of $*: run again: $(diff sums expected-sums)"
      done
    done
  done
}

# Names and checksums of finished files, but of PDF, which holds its date; those of a write that was cut off carry the writer's number, and go with the next
# command.
sums() {
  [ -d "$1" ] || return 0
  (cd "$1" && find . -type f ! -name '*.pdf' ! -name '*.tmp-*' ! -name '*-journal' -print0 | sort -z | xargs -0r sha256sum) | sort
}

# walk_fresh STEP CALLS COMMAND...: run or sweep into a fresh store, small; the same command again makes it whole.
walk_fresh() {
  local step=${only_step:-$1} list=$2 call n on model
  shift 2
  rm -rf small
  run 0 "$@"
  outcomes out >expected-rows
  for call in ${list//,/ }; do
    for on in "" +; do
      for ((n = first; ; n += step)); do
        rm -rf small
        failing "$call" "$n$on" EIO "$@" || break
        check "$call $n$on of $*" run
        if [ $status = 0 ]; then
          outcomes out | cmp -s - expected-rows || fail "$call $n$on of $*: status 0, and another result: $(outcomes out; grep INJECTED trace)"
        fi
        run 0 "$@" --retry
        outcomes out | cmp -s - expected-rows || fail "$call $n$on of $*: run again: $(outcomes out; grep INJECTED trace)"
        for model in small/*/models/*.slm; do
          [ ! -e "$model" ] || "$SHORTLIST" predict "$model" data.csv >/dev/null 2>err || fail "$call $n$on of $*: $model: $(cat err)"
        done
      done
    done
  done
}

# walk_store STEP CALLS: merge and delete, each of a store in changed: a study is whole there, or is not there.
walk_store() {
  local step=${only_step:-$1} list=$2 call n on command
  for call in ${list//,/ }; do
    for command in "merge results" "delete rows"; do
      for on in "" +; do
        for ((n = first; ; n += step)); do
          rm -rf changed
          [ "$command" = "merge results" ] || cp -r results changed
          # shellcheck disable=SC2086
          failing "$call" "$n$on" EIO $command --out changed || break
          check "$call $n$on of $command"
          "$SHORTLIST" show rows --format csv --out changed >out 2>err
          case $? in
          0) outcomes out | cmp -s - expected || fail "$call $n$on of $command: another result: $(outcomes out; grep INJECTED trace)" ;;
          *) grep -q 'no study\|no store' err || fail "$call $n$on of $command: $(cat err; grep INJECTED trace)" ;;
          esac
          # shellcheck disable=SC2086
          "$SHORTLIST" $command --out changed >out 2>err || grep -q 'no study' err || fail "$call $n$on of $command: again: $(cat err; grep INJECTED trace)"
          run 0 show other --format csv --out changed
        done
      done
    done
  done
}

sed -i '/libsvm\|hinge\|liblinear\|cnn/d' rows.yaml # their libraries open hundreds of files
run 0 run rows.yaml --save-models --format csv --quiet
outcomes out >expected
run 0 run --data data.csv --models tree --name other --quiet
fresh=(--quiet --format csv --threads 1 --out small)

for command in "--version" "list classifiers" "audit data.csv" "show" "show --format json" "predict results/rows/models/knn.slm data.csv"; do
  # shellcheck disable=SC2086
  walk 5 write $command
done
walk 97 openat,close show
walk_files 5 write,fsync,rename results/rows/plots plot rows scores --out results
walk_files 9 write,fsync,rename embedded embed data.csv --method pca --out embedded
walk_files 9 write,fsync,rename explained explain results/rows/models/logreg.slm data.csv --method linear-shap --rows 0 --out explained
walk 5 write errors rows knn
walk 5 write ensemble rows
walk 5 write diff rows rows
walk 9 write robustness results/rows/models/knn.slm data.csv --threads 1
walk 5 write,fsync,rename calibrate results/rows/models/logreg.slm data.csv --out warm.slm
run 0 predict warm.slm data.csv # whole, whichever call failed last
cp -r results reports
walk_files 5 write,fsync,rename reports/rows report rows --out reports
walk_files 29 write,fsync,rename reproduced reproduce model-analysis --out reproduced
walk_store 29 write,pwrite64,fsync,fdatasync,ftruncate,unlink,rename
follow=-f
walk_fresh 29 write,pwrite64,fsync,fdatasync,ftruncate,unlink,rename run rows.yaml --save-models "${fresh[@]}"
walk_fresh 401 openat,close run rows.yaml --save-models "${fresh[@]}"
walk_fresh 29 write,pwrite64,fsync,fdatasync,ftruncate,unlink,rename sweep tree max_depth=1,2 --data data.csv --folds 2 "${fresh[@]}"
echo "$faults faults"
[ $faults -gt 50 ] || [ -n "$only_step" ] || fail "only $faults faults were met"
finish
