#!/usr/bin/env bash
# test_locale.sh - in a country that writes 1,5 the program reads and writes what it does elsewhere, byte for byte: commas
# would shift columns, and an experiment's 0.1 would be none.
. "$SOURCE/tests/cli/lib.sh" || exit 1
localedef -i de_DE -f UTF-8 ./de_DE.UTF-8 2>/dev/null
export LOCPATH=$PWD
[ "$(LC_ALL=de_DE.UTF-8 bash -c 'printf %.1f 1,5' 2>/dev/null)" = 1,5 ] || { echo "skipped: no German locale to be had (package locales)"; exit 77; }

awk 'BEGIN { srand(1); print "a,b,label"; for (i = 0; i < 60; i++) printf "%.4f,%.3f,k%d\n", rand() + i % 3, i / 2, i % 3 }' >data.csv
cat >rows.yaml <<'YAML'
data: data.csv
rows:
  - knn: {}
    published: {accuracy: 0.85}
  - logreg: {C: 0.01:1:log3}
YAML

# in_german ARGUMENT...: out and err are those of the C locale, and the status is.
in_german() {
  local status=0 german=0
  LC_ALL=C.UTF-8 "$SHORTLIST" "$@" >out 2>err </dev/null || status=$?
  LC_ALL=de_DE.UTF-8 "$SHORTLIST" "$@" >german-out 2>german-err </dev/null || german=$?
  [ $status = $german ] || fail "shortlist $*: exit status $german, elsewhere $status"
  cmp -s out german-out || fail "shortlist $*: $(diff out german-out | head -n 6)"
  cmp -s err german-err || fail "shortlist $*: $(diff err german-err | head -n 6)"
}

# What is made there is what is made here, but for times.
labels() { "$SHORTLIST" show rows "$1" --predictions --format csv --out "$2"; }
LC_ALL=de_DE.UTF-8 run 0 run rows.yaml --quiet --save-models --out german
run 0 run rows.yaml --quiet --save-models --out results
for row in knn "logreg C=0.01" "logreg C=1"; do
  [ "$(labels "$row" german)" = "$(labels "$row" results)" ] || fail "$row predicts otherwise"
done
ls german/rows/models | cmp -s - <(ls results/rows/models) || fail "models have other names: $(ls german/rows/models)"
for model in results/rows/models/*.slm; do
  cmp "$model" "german/rows/models/${model##*/}" || fail "another model"
done

for format in text csv json markdown latex html cv_results; do
  in_german show --format $format
done
in_german audit data.csv
in_german audit data.csv --format json
in_german predict results/rows/models/logreg-c-1.slm data.csv --scores
in_german show rows knn --format json
in_german show rows knn --predictions
in_german errors rows knn
in_german diff rows rows --format csv
in_german ensemble rows
in_german list classifiers svm
in_german plot rows scores --out results
in_german run rows.yaml --set 'C=0,1,x'
in_german calibrate none.slm data.csv --out w.slm
finish
