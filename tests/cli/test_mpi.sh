#!/usr/bin/env bash
# test_mpi.sh - runs that mpirun starts: the same scores from any number of ranks, resuming, ranks that do not agree, a
# unit that crashes, a rank that dies, an interrupt.  Where MPI is not installed, what is said of it.
. "$SOURCE/tests/cli/lib.sh" || exit 1

# As one of two ranks without a module beside the program: a copy of it elsewhere.
cp "$SHORTLIST" ./alone
status=0
OMPI_COMM_WORLD_SIZE=2 OMPI_COMM_WORLD_RANK=0 ./alone run --data synthetic:60 --models majority 2>err >out || status=$?
[ $status = 2 ] || fail "without the module: exit status $status"
err_has "this build has no MPI"
err_is_one_line
[ -f "$BUILD/shortlist_mpi.so" ] && command -v mpirun >/dev/null || {
  echo "no MPI here: the rest is skipped"
  finish
}
# As root in a container, with more ranks than cores; Open MPI 4 and 5 name that differently.
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 PRTE_ALLOW_RUN_AS_ROOT=1 PRTE_ALLOW_RUN_AS_ROOT_CONFIRM=1
export OMPI_MCA_rmaps_base_oversubscribe=1 PRTE_MCA_rmaps_default_mapping_policy=:oversubscribe
export OMPI_MCA_btl_vader_single_copy_mechanism=none
# The sanitizers see what MPI keeps until its end.
export ASAN_OPTIONS=${ASAN_OPTIONS:-}:detect_leaks=0

# ranks N STATUS ARGUMENT...
ranks() {
  local n=$1 expected=$2 status=0
  shift 2
  mpirun -n "$n" "$SHORTLIST" "$@" >out 2>err </dev/null || status=$?
  [ "$status" = "$expected" ] || fail "mpirun -n $n shortlist $*: exit status $status, expected $expected: $(cat err)"
}

# Scores, digit for digit, whatever the number of ranks; threads and times are their own.
sweep="sweep tree min_samples_leaf=1,2,5 max_depth=2,none --data synthetic:300:3 --train 200 --validation 100 --folds 4 --quiet --format csv"
scores() { python3 -c '
import csv, sys
own = {"fit_time", "score_time", "cpu_time", "threads", "peak_memory", "group"}
for row in csv.DictReader(open(sys.argv[1])):
    print([(k, v) for k, v in row.items() if k not in own and not k.startswith(("fit_", "score_"))])' "$1"; }
# shellcheck disable=SC2086
run 0 $sweep --out one
scores out >one.txt
for n in 1 2 4; do
  # shellcheck disable=SC2086
  ranks $n 0 $sweep --out "ranks-$n"
  scores out >"ranks-$n.txt"
  cmp -s one.txt "ranks-$n.txt" || fail "$n ranks: other scores than one process"
done
# Nothing is fitted twice: ranks go on from another run's store.
ranks 3 0 sweep tree min_samples_leaf=1,2,5 max_depth=2,none --data synthetic:300:3 --train 200 --validation 100 --folds 4 --out one
err_has "24 trials: 0 run now, 24 taken from the store"

# Curves come along, and models are written where rank 0 says.
printf 'data: synthetic:120:7\ntrain: 80\nvalidation: 40\nrows:\n  - mlp: {max_iter: 3}\n  - tree: {}\n' >curves.yaml
ranks 2 0 run curves.yaml --save-models --quiet --out curves
[ "$(find curves -name '*.slm' | wc -l)" = 2 ] || fail "no models"
[ "$(python3 -c 'import sqlite3; print(*sqlite3.connect("curves/shortlist.db").execute("SELECT count(*) FROM curve").fetchone())')" = 3 ] ||
  fail "the learning curve did not come along"

# Ranks that see other data are told of, and nothing is stored.
awk 'BEGIN { for (i = 0; i < 60; i++) print i % 7 "," i % 3 "," (i % 2 ? "a" : "b") }' >a.csv
awk 'BEGIN { for (i = 0; i < 60; i++) print i % 5 "," i % 3 "," (i % 2 ? "a" : "b") }' >b.csv
# shellcheck disable=SC2016 # for the ranks' shells
by_rank='"$0" run --data "$([ "$OMPI_COMM_WORLD_RANK" = 0 ] && echo "$1" || echo "$2")" --models majority --name x'
status=0
mpirun -n 2 sh -c "$by_rank" "$SHORTLIST" a.csv b.csv >out 2>err || status=$?
[ $status = 1 ] || fail "ranks with other data: exit status $status"
err_has "rank 1 on"
err_has "has other data or another plan than rank 0"
status=0
mpirun -n 2 sh -c "$by_rank" "$SHORTLIST" a.csv nowhere.csv >out 2>err || status=$?
[ $status = 1 ] || fail "a rank without data: exit status $status"
err_has "nowhere.csv"

# A rank that dies ends the job, and so does the process that runs a rank's trials (its station); what was finished
# stands in the store, and the same command goes on.
slow="sweep mlp alpha=0.1,0.01 hidden_layer_sizes=300 $endless --data synthetic:2000:3 --train 1000 --validation 500 --out dies --name dies"
quick="run --data synthetic:2000:3 --train 1000 --validation 500 --models majority,tree --out dies --name dies"

# child_of PID [RANK]: a child of the process; of several, that of the rank.  Numbers of processes begin again, so
# their order says nothing.
child_of() {
  local pid
  for pid in $(pgrep -P "$1"); do
    tr '\0' '\n' <"/proc/$pid/environ" 2>/dev/null | grep -qx "OMPI_COMM_WORLD_RANK=${2:-[01]}" && echo "$pid" && return
  done
  return 1
}

# victim_of JOB RANK rank|station: once a trial is at work
victim_of() {
  local pid
  grep -q epoch err && pid=$(child_of "$1" "$2") || return 1
  if [ "$3" = rank ]; then echo "$pid"; else child_of "$pid"; fi
}

# loses RANK rank|station: starts the job and kills that process; leaves the job's status
loses() {
  local job victim
  # shellcheck disable=SC2086
  mpirun -n 2 "$SHORTLIST" $slow >out 2>err </dev/null &
  job=$!
  until victim=$(victim_of $job "$1" "$2") || ! kill -0 $job 2>/dev/null; do
    sleep 0.1
  done
  kill -9 "$victim" 2>/dev/null || fail "the $2 of rank $1 was not found"
  status=0
  wait $job || status=$?
}
# Before the ranks have greeted: the last one is held.
# shellcheck disable=SC2016 # for the ranks' shells
held='[ "$OMPI_COMM_WORLD_RANK" != 5 ] || until [ -e go ]; do sleep 0.1; done; exec "$0" "$@"'
for rank in 1 0; do
  rm -f go
  # shellcheck disable=SC2086
  mpirun -n 6 sh -c "$held" "$SHORTLIST" $sweep --out early >out 2>err </dev/null &
  job=$!
  until victim=$(child_of $job $rank) && victim=$(child_of "$victim") || ! kill -0 $job 2>/dev/null; do
    sleep 0.1
  done
  kill -9 "$victim" 2>/dev/null || fail "the station of rank $rank was not found"
  touch go
  status=0
  wait $job || status=$?
  [ $status = 1 ] || fail "the station of rank $rank died early: exit status $status, expected 1"
  err_has "rank $rank can not run trials: the process that runs its trials has died"
done
# shellcheck disable=SC2086
run 0 $quick --quiet
for rank in 1 0; do
  for what in rank station; do
    loses $rank $what
    if [ $what = station ]; then
      [ $status = 1 ] || fail "the station of rank $rank died: exit status $status, expected 1"
      err_has "rank $rank can not run trials: the process that runs its trials has died"
    else
      [ $status != 0 ] || fail "rank $rank died, and the job ended well"
    fi
    # shellcheck disable=SC2086
    run 0 $quick
    err_has "2 trials: 0 run now, 2 taken from the store"
  done
done

finish
