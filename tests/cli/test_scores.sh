#!/usr/bin/env bash
# test_scores.sh - every classifier on tables that are made here, with scikit-learn's scores beside ours: the short form
# of bench/tables, without scikit-learn.  Its version 1.2.1 had the numbers below, on the same training and test rows,
# with SimpleImputer, OneHotEncoder or OrdinalEncoder, MissingIndicator, StandardScaler and each class's defaults (LinearSVC
# with dual=False); of random methods (SGD, the tree's ties, the MLP) the mean over ten seeds.
. "$SOURCE/tests/cli/lib.sh" || exit 1

# The generator of Park and Miller, which every awk computes exactly: u() is uniform, z() nearly normal.
draw() { # SEED ROWS PROGRAM OF A ROW: lines of class y, which the program draws
  awk -v OFS=, -v n="$2" 'function u() { seed = seed * 16807 % 2147483647; return seed / 2147483647 }
    function z(  i, s) { for (i = 0; i < 12; i++) s += u(); return s - 6 }
    function r(x) { return sprintf("%.3f", x) }
    function gap(x, share) { return u() < share ? "NA" : x }
    BEGIN { seed = '"$1"'; for (i = 0; i < n; i++) { '"$3"' } }'
}
make() { # NAME HEADER PROGRAM: a training and a test file
  mkdir -p "$1"
  for part in 1:train 2:test; do
    { echo "$2"; draw "71${part%:*}" 400 "$3"; } >"$1/${part#*:}.csv"
  done
}

make mixed age,plan,member,income,kind 'y = int(3 * u()); p = u() < .5 ? y : int(3 * u())
  print gap(int(30 + 8 * y + 10 * z()), .1), gap(substr("basicextrasuper", 5 * p + 1, 5), .08), u() < .3 + .2 * y ? "yes" : "no",
    r(exp(3 + .3 * y + .8 * z())), "k" y'
make codes grade,step,zip,a,kind 'y = int(2 * u())
  print gap("g" int(5 * (.2 + .3 * y + .5 * u())), .15), gap("s" int(4 * (.3 * y + .7 * u())), .15), 100 + int(9 * (.2 * y + .8 * u())),
    r(.4 * y + z()), "k" y'
make rare a,b,c,kind 'y = u() < .05; print r(z() + 1.8 * y), r(z() + 1.2 * y), r(z()), y ? "rare" : "usual"'
make many a,b,c,d,e,kind 'y = i % 12; print r(z() + 2 * (y % 3)), r(z() + 2 * (y % 4)), r(z() + y / 3), r(z()), r(9 * z()), "class " y'

# check NAME OPTION... -- SCORE...: accuracies of the nine rows below; SCORE~MOST: of random methods, within three standard
# deviations of a seed, or two points.
check() {
  local name=$1 options=() i=0
  shift
  while [ "$1" != -- ]; do
    options+=("$1")
    shift
  done
  shift
  cat >rows.yaml <<EOF
data: $name
final: true
scale: standard
rows:
  - majority: {}
  - logreg: {}
  - knn: {}
  - svm: {kernel: linear}
  - svm: {kernel: rbf}
  - linear_svm: {}
  - tree: {}
  - sgd: {}
  - mlp: {}
EOF
  run 0 run rows.yaml --name "$name" --quiet --format json "${options[@]}"
  for score in $(sed -n 's/.*"accuracy": \([0-9.]*\).*/\1/p' out); do
    i=$((i + 1))
    awk -v ours="$score" -v theirs="${!i}" 'BEGIN {
      most = split(theirs, part, "~") > 1 ? part[2] : 1e-6
      exit !(ours - part[1] <= most && part[1] - ours <= most) }' || fail "$name, row $i: $score, scikit-learn has ${!i}"
  done
  [ $i = $# ] || fail "$name: $i rows, not $#"
}
check mixed --missing mean --categories onehot --missing-indicators -- 0.32 0.71 0.685 0.7125 0.705 0.73 0.584~0.027 0.651~0.171 0.708~0.02
check codes --missing mode --categories ordinal --categorical zip --missing-indicators -- 0.465 0.8775 0.865 0.875 0.8975 0.88 0.856~0.02 0.828~0.093 0.885~0.02
check rare -- 0.9525 0.975 0.965 0.9525 0.965 0.9675 0.943~0.021 0.956~0.051 0.975~0.02
check many -- 0.085 0.65 0.5925 0.645 0.63 0.595 0.564~0.024 0.471~0.087 0.639~0.02

finish
