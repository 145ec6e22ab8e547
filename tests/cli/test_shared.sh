#!/usr/bin/env bash
# test_shared.sh - values and folds of SGD on images, whose bytes are converted once for many vectors and on the way for
# a few, and of linear SVMs: scores, iterations and losses are those of separate fits.
. "$SOURCE/tests/cli/lib.sh" || exit 1

# measured FILE: of a table in CSV what does not depend on the clock, a row a line.
measured() {
  tr -d '\r' <"$1" | awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i }
    { print $at["name"], $at["accuracies"], $at["n_iter"], $at["train_loss"], $at["converged"] }'
}

sweep="sweep sgd alpha=0.000001,0.0001,0.01,0.1 max_iter=5,30,1000 loss=hinge,log_loss
  --data synthetic:400 --validation 0 --folds 3 --format csv --quiet"
run 0 $sweep --out together
measured out >together.txt
run 0 $sweep --separate --out apart
measured out >apart.txt
[ "$(wc -l <apart.txt)" = 25 ] || fail "there are not 24 rows"
cmp together.txt apart.txt || fail "fits that share work come out as others than separate ones"

# Linear SVMs share the rows alone, with either norm of the weights.
sweep="sweep linear_svm penalty=l1 C=0.01,1,30 --data synthetic:400 --validation 0 --folds 3 --format csv --quiet"
run 0 $sweep --out together-l1
measured out >together.txt
run 0 $sweep --separate --out apart-l1
measured out >apart.txt
[ "$(wc -l <apart.txt)" = 4 ] || fail "there are not 3 rows"
cmp together.txt apart.txt || fail "penalty=l1: fits that share work come out as others than separate ones"

finish
