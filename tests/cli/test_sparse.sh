#!/usr/bin/env bash
# test_sparse.sh - sparse rows from the command line: runs, folds, a test file, models, audit, and what dense rows
# would take.
. "$SOURCE/tests/cli/lib.sh"

# Two classes, told apart by which of two features is there.
rows() { # FIRST LAST
  awk -v first="$1" -v last="$2" 'BEGIN {
    for (i = first; i <= last; i++) {
      class = i * 7 % 3 == 0
      printf "%s", class ? "yes" : "no"
      printf " %d:%.2f", class ? 1 : 2, 0.5 + i % 5 / 10
      for (e = 1; e <= 5; e++) printf " %d:%.3f", e * 400 + i * e * 37 % 399, (i * e % 17 + 1) / 10
      print ""
    }
  }'
}
rows 1 240 >rows.svm
rows 241 300 >test.svm
native=majority,sgd,logreg,linear_svm,knn,naive_bayes

# The same rows dense: as good, and told so.
for storage in dense sparse; do
  run 0 run --data rows.svm --storage $storage --models $native,tree --train 180 --validation 60 --name $storage --format csv --quiet
  cut -d, -f1 out >names.$storage
done
cmp -s names.dense names.sparse || fail "other rows: $(diff names.dense names.sparse)"
run 2 run --data rows.svm --storage sparse --models linear_svm --set linear_svm.penalty=l1 --quiet
err_has 'penalty=l1 by solver=own takes no sparse rows; solver=liblinear does'
run 2 run --data rows.svm --storage sparse --models logreg --set logreg.penalty=l1 --set logreg.solver=own --quiet
err_has 'penalty=l1 by solver=own takes no sparse rows; solver=liblinear does'
run 0 show sparse
out_has "sparse: 240 x "
out_has "scaling divides, and never shifts"
run 0 show dense
! grep -q "sparse:" out || fail "dense rows are called sparse"

# Folds and repeats; groups of trials (one search for all neighbours) are for dense rows.
run 0 sweep knn n_neighbors=1,3,5 --data rows.svm --storage sparse --folds 3 --name folds --format csv --quiet
grep -c . out >lines
[ "$(cat lines)" = 4 ] || fail "expected three rows: $(cat out)"
run 0 sweep tree max_depth=1,2 --data rows.svm --storage sparse --folds 3 --name tree-folds --quiet

# A test file is read like the training file, and scored by models of either.
run 0 run --data rows.svm --storage sparse --test test.svm --models $native --name final --format csv --quiet
run 0 run --data rows.svm --storage sparse --train all --validation 0 --save-models --models $native,tree --name saved --quiet
for name in ${native//,/ } tree; do
  model=$(grep -laF "$name" results/saved/models/*.slm | head -n 1)
  for storage in dense sparse; do
    run 0 predict "$model" test.svm --storage $storage --scores --format csv
    mv out "$name.$storage"
  done
  cmp -s "$name.dense" "$name.sparse" || fail "$name: predictions of dense and sparse rows differ"
done

run 0 audit rows.svm --storage sparse --test test.svm
out_has "(sparse floats)"
head -n 20 rows.svm >>rows.svm
run 0 audit rows.svm --storage sparse
out_has "      20  training rows equal to an earlier training row"
out_has "W05: 20 of 260 rows equal an earlier one"
run 2 audit rows.svm --storage sprase
err_has "storage: 'sprase' is not allowed: it takes auto, dense or sparse (did you mean sparse?)"
err_is_one_line

# What dense rows would take is said before anything is fitted: 2,400 rows of 1.2 million features.
{ rows 1 2399; echo "yes 1200000:1"; } >wide.svm
run 2 run --data wide.svm --models tree --train 2300 --validation 100 --name wide
err_has "tree takes dense rows only: 2300 of 1200000 features would take 10.3 GiB"
err_has "majority, sgd, perceptron, passive_aggressive, logreg, linear_svm, knn and naive_bayes take sparse rows"
err_is_one_line
run 0 run --data wide.svm --models majority,knn,tree --train 100 --validation 100 --name narrow --quiet

# A file of two values may claim many features: they have no names, and what counts them fits in little memory.
printf '1 33000000:1\n0 1:1\n' >claims.svm
(
  grep -q "^CMAKE_C_FLAGS:.*fsanitize" "$BUILD/CMakeCache.txt" || ulimit -v 1258291
  run 0 audit claims.svm
  exit $failures
) || fail "an index takes memory by what it claims"
printf '1 122222222:1\n0 1:1\n' >claims.svm
run 1 audit claims.svm
err_has "claims.svm: an index is 122222222: a file of 2 values may have 33554464 features"
err_is_one_line

# These within 2 GiB, on rows that take more as dense floats.
{ rows 1 5999; echo "yes 100000:1"; } >large.svm
(
  grep -q "^CMAKE_C_FLAGS:.*fsanitize" "$BUILD/CMakeCache.txt" || ulimit -v 2097152
  run 0 run --data large.svm --models $native --train 5500 --validation 500 --name within --quiet
  exit $failures
) || fail "not within 2 GiB"

finish
