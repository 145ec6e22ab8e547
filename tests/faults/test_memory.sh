#!/usr/bin/env bash
# test_memory.sh [STEP [FIRST]] - memory that runs out: the n-th allocation of a command fails, for n = 1, 1 + STEP, ...  Each
# time the command ends by itself: with the right result, or with status 1 and "out of memory", or, where only a trial's
# process was met, with that row's reason.  Without STEP each command has its own, for a test of some seconds; with
# STEP 1 every allocation fails once, which takes hours.  FIRST (default 1): the walks begin there, so that STEP runs, with
# FIRST from 1 to STEP, come to the same as one with STEP 1, on as many cores or nights.
SOURCE=${SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)} # else ctest sets these
BUILD=${BUILD:-$SOURCE/build/release}
SHORTLIST=${SHORTLIST:-$BUILD/shortlist}
FAILING_MALLOC=${FAILING_MALLOC:-$BUILD/tests/libfailing_malloc.so}
export SHORTLIST_HOME=${SHORTLIST_HOME:-$SOURCE}
. "$SOURCE/tests/faults/lib.sh" || exit 1
skip_under_sanitizers "an allocator of its own"
only_step=${1:-} only_first=${2:-1}
make_data
run 0 run rows.yaml --save-models --format csv --quiet
outcomes out >expected

# The same rows in other formats, and packed.
awk -F, 'NR > 1 { printf "%s", $NF; for (i = 1; i < NF; i++) printf " %d:%s", i, $i; print "" }' data.csv >data.svm
awk -F, 'NR == 1 { print "@relation r"; for (i = 1; i < NF; i++) print "@attribute", $i, "real"; print "@attribute label {abc0,abc1,abc2}\n@data" }
  NR > 1' data.csv >data.arff
awk -F, 'NR > 1 { print $1 ",5;" $2 ";" $NF }' data.csv >comma.txt
# A table of words, with gaps, names of rows and groups, and a model of it.
awk -v OFS=, 'BEGIN { srand(4); print "who,patient,weight,colour,member,size,kind"
  for (i = 0; i < 40; i++) print "w" i, int(i / 4), 1 + i % 3, i % 7 ? "c" i % 3 : "", i % 2 ? "yes" : "no", i % 9 ? rand() : "NA", "k" i % 2 }' >mixed.csv
mixed=(--id who --missing median --missing-indicators --categories onehot --min-frequency 2)
run 0 run --data mixed.csv --models knn --name mixed --save-models --quiet "${mixed[@]}" --groups patient --drop weight
mkdir -p pictures/a pictures/b
printf 'P2 2 2 255 1 0 0 9\n' | tee pictures/a/1.pgm >pictures/b/1.pgm
python3 - <<'PYTHON'
import bz2, lzma, struct, zipfile, zlib
text = open('data.csv', 'rb').read()
open('data.csv.xz', 'wb').write(lzma.compress(text, preset=0))
open('data.csv.bz2', 'wb').write(bz2.compress(text, 1))
open('data.csv.zst', 'wb').write(b'\x28\xb5\x2f\xfd\xa0' + struct.pack('<I', len(text)) +
                                 struct.pack('<I', len(text) << 3 | 1)[:3] + text)
with zipfile.ZipFile('data.zip', 'w', zipfile.ZIP_DEFLATED) as z:
    z.write('data.csv')
def save(path, kind, shape, values):
    head = "{'descr': '%s', 'fortran_order': False, 'shape': %s, }" % (kind, shape)
    open(path, 'wb').write(b'\x93NUMPY\x01\x00' + struct.pack('<H', len(head)) + head.encode() + values)
save('x.npy', '<f8', '(40, 3)', struct.pack('<120d', *range(120)))
save('y.npy', '<i4', '(40,)', struct.pack('<40i', *[i % 2 for i in range(40)]))
with zipfile.ZipFile('data.npz', 'w') as z:
    z.write('x.npy')
    z.write('y.npy')
def chunk(kind, body):
    return struct.pack('>I', len(body)) + kind + body + struct.pack('>I', zlib.crc32(kind + body))
open('pictures/b/2.png', 'wb').write(b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', 2, 2, 8, 0, 0, 0, 0)) +
                                     chunk(b'IDAT', zlib.compress(b'\0\1\2\0\3\4')) + chunk(b'IEND', b''))
PYTHON

# A table whose features are ranks and bits to a tree (300 values, and two).
awk 'BEGIN { srand(6); print "x,flag,label"; for (i = 0; i < 300; i++) print i + rand() "," i % 3 % 2 "," (rand() < i / 300 ? "a" : "b") }' >ranks.csv
cat >forest.yaml <<'YAML'
data: ranks.csv
rows:
  - {forest: {n_estimators: 2, max_depth: 4}, name: forest}
YAML

# A row of a study each, and one of a classifier whose trial takes few allocations.
for row in $(sed -n 's/.*name: \(.*\)}/\1/p' rows.yaml); do
  grep "^data\|^rows\|name: $row}" rows.yaml >"$row.yaml"
done
mkdir -p tiny/fashion-mnist # where the package has 60,000 images
python3 - <<'PYTHON'
import gzip, struct
for part, n in ('train', 60), ('t10k', 20):
    def save(what, *numbers):
        head = struct.pack('>%dI' % (len(numbers) - 1), *numbers[:-1])
        gzip.open('tiny/fashion-mnist/%s-%s-ubyte.gz' % (part, what), 'wb', 1).write(head + numbers[-1])
    save('images-idx3', 0x803, n, 28, 28, bytes(7 * i % 251 for i in range(784 * n)))
    save('labels-idx1', 0x801, n, bytes(i % 10 for i in range(n)))
PYTHON

# failing N COMMAND...: the N-th allocation fails; false where the command makes fewer.
failing() {
  local n=$1
  shift
  rm -f mark
  status=0
  timeout 60 env FAIL_AT="$n" FAIL_MARK="$PWD/mark" LD_PRELOAD="$FAILING_MALLOC" "$SHORTLIST" "$@" >out 2>err \
    </dev/null || status=$?
  [ -e mark ]
}

# The same many times, counted from main on: serve COMMAND..., then served N as often as one likes, then served_all.
serve() {
  coproc server { exec env FAIL_SERVE=1 FAIL_MARK="$PWD/mark" LD_PRELOAD="$FAILING_MALLOC" "$SHORTLIST" "$@"; }
  runs=0
}

served() {
  echo "$1" >&"${server[1]}"
  read -r status met <&"${server[0]}" || { fail "allocation $1: no answer"; return 1; }
  runs=$((runs + 1))
  [ "$met" = 1 ]
}

served_all() {
  local pid=$server_PID
  exec {server[1]}>&-
  wait "$pid" 2>/dev/null || fail "$*: the server's exit status is $?"
  [ $runs -gt 1 ] || fail "$*: no allocation failed"
  [ "$met" = 1 ] || [ "$status" = 0 ] || fail "$*: exit status $status, and no allocation failed"
  echo "$runs runs, $SECONDS s: $*"
}

says_memory() { grep -qi 'out of memory' "$1"; }

# Where libgomp or glibc ends the process, its own line stands before the program's, and so does what was read from the data.
# No other program is started for it: this is what most of a walk's runs end with.
check_refusal() {
  local line lines=0 said=
  [ $status = 1 ] || fail "$1: exit status $status: $(<err)"
  while IFS= read -r line; do
    case $line in
    "libgomp: "* | "libgcc_s.so.1 must be installed"* | "label: "* | *"tables and figures are not there: the page says why" | "names of rows: "* | "groups of the training rows: "* | "weights: "* | "left out: "* | \
      "missing values: "* | "Estimated in "* | "") continue ;;
    *[oO]"ut of memory"*) said=1 ;;
    esac
    lines=$((lines + 1))
  done <err
  [ "$said" ] || fail "$1: stderr does not say so: $(<err)"
  [ $lines = 1 ] || fail "$1: more than one line: $(<err)"
}

check_result() {
  if [ $status != 0 ]; then check_refusal "$1"; else cmp -s out expected-out || fail "$1: another result: $(<out)"; fi
}

# check_run WHAT EXPECTED COMMAND...: rows are as without faults, or out of memory; the next run makes them whole.
check_run() {
  local what=$1 expected=$2 line accuracy state name
  shift 2
  if [ $status = 1 ]; then
    check_refusal "$what"
  elif [ $status = 0 ] || [ $status = 3 ]; then
    while IFS= read -r line; do
      accuracy=${line##* } line=${line% *}
      state=${line##* } name=${line% *}
      [ "$state" = ok ] && { grep -qx "$name ok $accuracy" "$expected" || fail "$what: row $name is $accuracy"; }
      [ "$state" = ok ] || { [ "$state" = memory ] && grep "^$name," out | grep -qi 'out of memory'; } ||
        fail "$what: row $name is $state: $(grep "^$name," out)"
    done < <(outcomes out)
  else
    fail "$what: exit status $status: $(<err)"
  fi
  run 0 "$@" --retry
  [ "$(outcomes out)" = "$(<"$expected")" ] || fail "$what: run again: $(outcomes out)"
}

# walk STEP FIRST COMMAND...
walk() {
  local step=${only_step:-$1} n=${only_step:+$only_first}
  n=${n:-$2}
  shift 2
  run 0 "$@"
  cp out expected-out
  serve "$@"
  for (( ; ; n += step)); do
    served "$n" || break
    check_result "allocation $n of $*"
  done
  served_all "$*"
}

# walk_apart STEP FIRST COMMAND...: of a command whose result has times in it, or writes files that are there the
# second time: how it ends, not what it prints.
walk_apart() {
  local step=${only_step:-$1} n=${only_step:+$only_first}
  n=${n:-$2}
  shift 2
  run 0 "$@"
  serve "$@"
  for (( ; ; n += step)); do
    served "$n" || break
    [ $status = 0 ] || check_refusal "allocation $n of $*"
  done
  served_all "$*"
}

# walk_fresh STEP FIRST COMMAND...: of run and sweep into a fresh store, small; with FAIL_FORKED of each trial's allocations.
walk_fresh() {
  local step=${only_step:-$1} n=${only_step:+$only_first}
  n=${n:-$2}
  shift 2
  rm -rf small
  run 0 "$@"
  outcomes out >expected-rows
  rm -rf small
  serve "$@"
  for (( ; ; n += step)); do
    served "$n" || break
    check_run "allocation $n of $*" expected-rows "$@"
    rm -rf small
  done
  served_all "$*${FAIL_FORKED:+, its trials}"
}

# walk_delete STEP FIRST: a study is there or is not, and another one stays.
walk_delete() {
  local step=${only_step:-$1} n=${only_step:+$only_first}
  serve delete rows --out gone
  for ((n = ${n:-$2}; ; n += step)); do
    rm -rf gone
    cp -r results gone
    served "$n" || break
    [ $status = 0 ] || check_refusal "allocation $n of delete"
    if "$SHORTLIST" show rows --format csv --out gone >out 2>err; then
      [ "$(outcomes out)" = "$(<expected)" ] || fail "allocation $n of delete: half a study: $(outcomes out)"
    else
      grep -q 'no study' err || fail "allocation $n of delete: $(<err)"
    fi
    "$SHORTLIST" delete rows --out gone >out 2>err || grep -q 'no study' err || fail "allocation $n of delete: $(<err)"
    run 0 show mixed --format csv --out gone
  done
  served_all delete
}

run 0 --version
cp out expected-out
# What libraries take before main: some calls, as one of them may make tens of thousands.
for n in 1 2 3 5 8 13 21 34 55 89 144 233 377; do
  failing $n --version || break
  check_result "allocation $n of --version"
done
walk 9 2 audit data.csv
walk 7 3 audit data.svm
walk 7 5 audit data.arff
walk 5 2 audit data.npz
walk 5 3 audit x.npy
walk 7 4 audit pictures
export SHORTLIST_DATA=$PWD/tiny
walk 7 4 audit fashion-mnist
for packed in data.csv.xz data.csv.bz2 data.csv.zst data.zip comma.txt; do
  walk 9 4 audit $packed
done
walk 7 6 audit mixed.csv "${mixed[@]}" --groups patient --weights weight --test mixed.csv
walk 7 4 predict results/mixed/models/k-nn.slm mixed.csv --id who --label kind
walk 131 100 show
walk 331 103 show --format json
walk 331 107 show rows knn --format json
walk 331 109 show rows knn --predictions
walk 211 101 list experiments
walk 61 41 list classifiers knn --format json
walk 61 47 audit data.csv --format json
walk 11 101 predict results/rows/models/knn.slm data.csv --scores
walk 61 103 predict results/rows/models/knn.slm data.csv --scores --format json
walk 19 102 predict results/rows/models/svm.slm data.csv
walk 1999 110 predict results/rows/models/cnn.slm data.csv
walk 997 113 errors rows knn
walk 997 127 errors results/rows/models/knn.slm data.csv --format json
walk 397 131 ensemble rows
walk 397 137 diff rows rows
walk 397 139 robustness results/rows/models/knn.slm data.csv --threads 1
walk 197 149 calibrate results/rows/models/logreg.slm data.csv --out warm.slm
walk 197 151 embed data.csv --method pca --out embedded
walk 197 157 explain results/rows/models/logreg.slm data.csv --method linear-shap --rows 0 --out explained
walk_apart 397 163 estimate rows.yaml
walk_apart 1997 167 report rows --out results
walk_apart 997 173 plot rows scores --out results
walk_apart 997 179 merge results --out merged
walk_apart 997 181 reproduce model-analysis --out results
walk_delete 1201 187
fresh=(--quiet --format csv --threads 2 --out small)
walk_fresh 2999 191 sweep tree max_depth=1,2 --data data.csv --folds 2 "${fresh[@]}"
if [ -z "$only_step" ]; then walk_fresh 1801 105 run rows.yaml --save-models "${fresh[@]}"; else walk_fresh 1 1 run tree.yaml --save-models "${fresh[@]}"; fi

# A store of version 1: its upgrade is whole or is not at all, and the next command reads it.
mkdir old
cp "$SOURCE/tests/samples/store1/folded.csv" expected-out
n=${only_step:+$only_first}
serve show folded --format csv --out old
for ((n = ${n:-101}; ; n += ${only_step:-613})); do
  cp "$SOURCE/tests/samples/store1/shortlist.db" old/
  served "$n" || break
  check_result "allocation $n of an upgrade"
  run 0 show folded --format csv --out old
  cmp -s out expected-out || fail "allocation $n of an upgrade: shown again: $(<out)"
done
served_all "an upgrade"
export FAIL_FORKED=1
if [ -z "$only_step" ]; then
  rm -rf small
  serve run rows.yaml --save-models "${fresh[@]}"
  for n in 1 2 3 5 8 13 21 34 55 89 144 233 377 610 987; do
    served $n || break
    check_run "allocation $n of each trial" expected run rows.yaml --save-models "${fresh[@]}"
    rm -rf small
  done
  served_all "run rows.yaml, its trials"
fi
walk_fresh 101 1 run forest.yaml --save-models "${fresh[@]}"
# A classifier whose library takes tens of thousands of allocations while it writes its code is walked in longer steps.
for row in ${only_step:+tree logreg linear_svm hinge liblinear sgd mlp knn svm libsvm cnn}; do
  case $row in knn | svm | libsvm) long=7 ;; cnn) long=31 ;; *) long=1 ;; esac
  only_step=$((long * only_step)) walk_fresh 1 1 run "$row.yaml" --save-models "${fresh[@]}"
done
unset FAIL_FORKED

# The first failure is not the last: all allocations after it fail, too.
export FAIL_ON=1 FAIL_MAIN=1
# lasting COMMAND...: without memory from the first allocation on, from the second, ...
lasting() {
  local n met=0
  for n in 1 2 5 20 50 104 140 180 300 1000 2000; do
    failing $n "$@" || break
    met=1
    check_refusal "$*, no memory from $n on"
  done
  [ $met = 1 ] || fail "$*: no allocation failed"
}
lasting list classifiers
lasting audit data.csv
lasting predict results/rows/models/knn.slm data.csv
lasting show

finish
