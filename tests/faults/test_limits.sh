#!/usr/bin/env bash
# test_limits.sh - little address space, small stacks, small files: every command ends by itself, with the right
# result or one clear line.
. "$SOURCE/tests/faults/lib.sh" || exit 1

# The program maps no BLAS before a trial needs LIBLINEAR's: OpenBLAS would start threads in it.
blas='libblas|libopenblas|liblinear|libmkl|libblis'
if ldd "$SHORTLIST" | grep -qE "$blas"; then fail "the program is linked with a BLAS: $(ldd "$SHORTLIST" | grep -E "$blas")"; fi

skip_under_sanitizers "limits of memory and stack"
make_data
run 0 run rows.yaml --save-models --format csv --quiet
outcomes out >expected
[ "$(grep -c ' ok ' expected)" = 11 ] || fail "without limits: $(cat expected)"
for command in "--version" "list classifiers" "audit data.csv" "predict results/rows/models/cnn.slm data.csv" \
  "predict results/rows/models/linear_svm.slm data.csv"; do
  run 0 $command
  cp out "expected-${command//[^a-z]/-}"
done

# limited LIMIT ARGUMENT...: like run, but under `ulimit LIMIT`; a command that hangs is a failure.
limited() {
  local limit=$1
  shift
  status=0
  (ulimit $limit; exec timeout 60 "$SHORTLIST" "$@") >out 2>err </dev/null || status=$?
  # 127: the loader's, where not even the libraries fit.
  [ $status -lt 124 ] || [ $status = 127 ] || fail "ulimit $limit, shortlist $*: exit status $status: $(cat err)"
}

# A refusal is a line that says of what there was too little; the loader's own stands for the program's below its size.
refused() {
  [ $status = 1 ] || [ $status = 127 ] || fail "$1: exit status $status"
  grep -qE 'out of memory|cannot allocate memory|failed to map segment|Cannot allocate memory' err ||
    fail "$1: stderr is: $(cat err)"
  [ "$(grep -c '^shortlist: ' err)" -le 1 ] || fail "$1: more than one line: $(cat err)"
}

# Rows are right, or say that memory ran out.
check_rows() {
  local name state accuracy
  while read -r name state accuracy; do
    if [ "$state" = ok ]; then
      grep -qx "$name $state $accuracy" expected || fail "$1: row $name is $accuracy"
    else
      grep "^$name," out | grep -qE 'out of memory|libgomp: Thread creation failed' ||
        fail "$1: row $name is $state: $(grep "^$name," out)"
    fi
  done < <(outcomes out)
}

address_space() {
  local command
  for command in "--version" "--help" "list classifiers" "audit data.csv" "show" \
    "predict results/rows/models/cnn.slm data.csv" "predict results/rows/models/linear_svm.slm data.csv"; do
    limited "-v $1" $command
    if [ $status != 0 ]; then
      refused "ulimit -v $1, $command"
    elif [ -e "expected-${command//[^a-z]/-}" ]; then
      cmp -s out "expected-${command//[^a-z]/-}" || fail "ulimit -v $1, $command: another result"
    fi
  done
  rm -rf small
  limited "-v $1" run rows.yaml --format csv --quiet --out small
  if [ $status = 0 ] || [ $status = 3 ]; then check_rows "ulimit -v $1"; else refused "ulimit -v $1, run"; fi
  limited "-v $1" sweep knn n_neighbors=1,3 --data data.csv --quiet --out small
  [ $status = 0 ] || [ $status = 3 ] || refused "ulimit -v $1, sweep"
}

for limit in 40000 60000 100000 200000 400000; do address_space $limit; done
limited "-v 400000" --version
[ $status = 0 ] || fail "400,000 KiB are too few for --version"
limited "-v 100000" plot
[ $status = 0 ] || err_is_one_line

# The same with OpenBLAS in the place of the system's BLAS.
openblas=$(ls -d /usr/lib/*/openblas-pthread "${SHORTLIST_OPENBLAS:-/nowhere}" 2>/dev/null | tail -n 1)
if [ -e "$openblas/libblas.so.3" ]; then
  export LD_LIBRARY_PATH=$openblas${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
  for limit in 60000 100000 400000; do address_space $limit; done
  unset LD_LIBRARY_PATH
else
  echo "without OpenBLAS, which is not installed (Debian: libopenblas0-pthread)"
fi

# A small stack is no reason to crash.
rm -rf small
limited "-s 64" run rows.yaml --format csv --quiet --threads 2 --out small
[ $status = 0 ] || fail "ulimit -s 64: exit status $status: $(cat err)"
outcomes out | cmp -s - expected || fail "ulimit -s 64: $(outcomes out)"
limited "-s 64" predict results/rows/models/cnn.slm data.csv --threads 2
cmp -s out expected-predict-results-rows-models-cnn-slm-data-csv || fail "ulimit -s 64, predict: $(cat err)"

# Files that may not grow: one line, and nothing half-written.
for size in 1 16 64; do
  rm -rf small
  limited "-f $size" run rows.yaml --quiet --out small
  [ $status = 1 ] || fail "ulimit -f $size: exit status $status"
  err_is_one_line
  err_has "File too large"
  run 2 show --out small
  err_has "there is no store yet"
done
limited "-f 1" show --format json
[ $status = 1 ] || fail "ulimit -f 1, show: exit status $status"
err_is_one_line
err_has "File too large"
limited "-f 1" plot
[ $status = 1 ] || fail "ulimit -f 1, plot: exit status $status"
err_is_one_line
[ -z "$(find . -name '*.tmp-*')" ] || fail "left behind: $(find . -name '*.tmp-*')"

finish
