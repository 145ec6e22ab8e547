#!/usr/bin/env bash
# test_warnings.sh - what makes a table misleading is said below it, with a code that --no-warn takes.
. "$SOURCE/tests/cli/lib.sh" || exit 1

# table FILE SEED: 240 rows of classes x, y, z; a: noise, b: made from the class, c: always 7
table() {
  awk -v OFS=, -v seed="$2" 'BEGIN { srand(seed); print "a,b,c,label"
    for (i = 0; i < 240; i++) { y = int(rand() * 3); print rand(), y + rand() / 2, 7, substr("xyz", y + 1, 1) } }' >"$1"
}
warns() { # CODE [PART OF ITS TEXT]: the table in out has it
  grep -qE "^$1 .*${2:-}" out || fail "no $1 '${2:-}' in: $(grep -E '^W[0-9]' out)"
}
silent() { # CODE
  ! grep -qE "^$1 " out || fail "$1 should not be there: $(grep -E "^$1 " out)"
}

# Columns of the data.
table give.csv 1
run 0 run --data give.csv -m tree --out data --quiet
warns W04 'column "b" tells the classes apart alone'
warns W07 'column "c" has the same value'
silent W03
run 0 audit give.csv
out_has 'W04: column "b"'
awk -F, 'NR == 1 { print "id," $0 } NR > 1 { print NR - 2 "," $0 }' give.csv >numbered.csv
run 0 run --data numbered.csv -m tree --out data --quiet
warns W03 '"id" numbers the rows'
(cat give.csv && tail -n +2 give.csv) >twice.csv
run 0 run --data twice.csv -m tree --out data --quiet
warns W05 'equal an earlier one'
(cat give.csv && echo '1,2,3,Q') >single.csv
run 0 run --data single.csv -m tree --out data --quiet
warns W06 'class of one row: "Q"'
sed 's/,z$/,X /' give.csv >alike.csv
run 0 run --data alike.csv -m tree --out data --quiet
warns W16 '"X"'
awk 'BEGIN { srand(3); print "a,label"; for (i = 0; i < 250; i++) print rand() "," i % 25 }' >amounts.csv
run 0 run --data amounts.csv -m tree --out data --quiet
warns W15 '25 classes are numbers'

# Rows of the table: a feature that says nothing, and one class in ten.
awk 'BEGIN { srand(2); print "a,label"; for (i = 0; i < 400; i++) print rand() "," (i % 10 ? "usual" : "rare") }' >noise.csv
run 0 run --data noise.csv -m tree,knn,majority --scale none --out rows --quiet
warns W02 'k-NN'
! grep -E '^W02 .*majority' out || fail "the majority class is compared with itself"
warns W08 'k-NN'
! grep -E '^W08 .*tree' out || fail "trees want no scaling"

! grep -qE '^= +majority' out || fail "the majority class is tied with the best of imbalanced data"
run 0 show --out rows
grep -qE 'bal\. acc\. +F1' out || fail "balanced accuracy and F1 do not stand beside the accuracy: $(grep classifier out)"
run 0 run --data noise.csv -m tree,knn,majority --out rows --quiet --format json
python3 -c 'import json
assert any(w["code"] == "W02" and w["name"] == "majority" and "k-NN" in w["rows"] for w in json.load(open("out"))["warnings"])' ||
  fail "JSON lacks W02"
run 0 show --out rows --format markdown
grep -qE '^- W02 ' out || fail "Markdown lacks W02"
run 0 run --data synthetic:60 -m tree --out few --quiet
warns W14 'rows were scored'
run 0 run --data synthetic --models logreg --set logreg.max_iter=2 --out few --quiet
warns W01 'logistic regression'
run 0 run --data synthetic --models logreg,mlp --set mlp.max_iter=400 --out few --quiet --threads 1
warns W10 MLP
silent W09

# Sweeps: the best at the edge, but not where the hyperparameter has no values beyond.
run 0 sweep tree max_depth=1,2,3 --data synthetic --out sweep --quiet
warns W09 'tree: the best max_depth, 3, stands at the edge'
run 0 sweep tree max_depth=1,2 --data synthetic --out sweep --quiet
silent W09
run 0 sweep knn n_neighbors=1,30,60 --data synthetic --out sweep --quiet
silent W09

# Leaving warnings out, by code or by name.
run 0 show --out rows --no-warn W02,unscaled
silent W02
silent W08
run 0 show --out rows --no-warn W02 --no-warn unscaled # each of them counts
silent W02
silent W08
run 2 show --out rows --no-warn W2 --no-warn W08
err_has "--no-warn: there is no warning 'W2'"
run 2 show --out rows --no-warn W2
err_has "--no-warn: there is no warning 'W2'"
err_has "did you mean W02?"
run 2 run --data noise.csv -m tree --out never --no-warn nothing
err_has "there is no warning 'nothing'"
[ ! -e never ] || fail "a wrong --no-warn is found out before anything runs"
run 0 list warnings
for code in W01 W12 W17 W18; do grep -qE "^$code  [a-z_]+ +[a-z]" out || fail "list warnings lacks $code"; done
run 0 list warnings --format json
[ "$(python3 -c 'import json; print(len(json.load(open("out"))["warnings"]))')" = 18 ] || fail "not 18 warnings as JSON"
finish
