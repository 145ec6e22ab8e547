# shellcheck shell=bash
# lib.sh - for tests/faults/test_*.sh: what tests/cli/lib.sh gives, and small data.

# Limits of address space and preloaded allocators do not go with the sanitizers.
skip_under_sanitizers() {
  grep -q '^CMAKE_C_FLAGS:.*fsanitize' "$BUILD/CMakeCache.txt" || return 0
  echo "skipped under the sanitizers: $1"
  exit 0
}

. "$SOURCE/tests/cli/lib.sh" || exit 1

# 60 images of 6 x 6 pixels in three classes that are easily told apart.
make_data() {
  awk -v OFS= 'BEGIN {
    srand(3)
    for (j = 0; j < 36; j++) printf "pixel%d,", j
    print "label"
    for (i = 0; i < 60; i++) {
      for (j = 0; j < 36; j++) printf "%d,", j % 3 == i % 3 ? 200 + int(50 * rand()) : int(30 * rand())
      print "abc" i % 3
    }
  }' >data.csv
  cat >rows.yaml <<'YAML'
data: data.csv
rows:
  - {knn: {}, name: knn}
  - {tree: {}, name: tree}
  - {logreg: {}, name: logreg}
  - {svm: {}, name: svm}
  - {svm: {solver: libsvm}, name: libsvm}
  - {linear_svm: {}, name: linear_svm}
  - {linear_svm: {loss: hinge}, name: hinge}
  - {linear_svm: {solver: liblinear}, name: liblinear}
  - {sgd: {}, name: sgd}
  - {mlp: {hidden_layer_sizes: [[4]], max_iter: 3}, name: mlp}
  - {cnn: {net: 'conv 2 3x3, relu, maxpool 2, flatten, dense classes', epochs: 1}, name: cnn}
YAML
}

# Name, status and accuracy of each row of a table in CSV; texts in quotes are left out.
outcomes() {
  tr -d '\r' <"$1" | sed 's/"[^"]*"//g' | awk -F, '
    NR == 1 { for (c = 1; c <= NF; c++) column[$c] = c; next }
    { print $column["name"], $column["status"], $column["accuracy"] }'
}
