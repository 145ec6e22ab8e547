#!/usr/bin/env bash
# test_order.sh - what is fitted, printed, drawn and written does not depend on how qsort orders elements that compare
# equal: each command runs with the C library's, and with one that turns their order round (other_sort.c), on data
# and studies full of ties.  All that is printed and written is compared; of runs, which take times, what they predict.
SOURCE=${SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)} # else ctest sets these
BUILD=${BUILD:-$SOURCE/build/release}
SHORTLIST=${SHORTLIST:-$BUILD/shortlist}
OTHER_SORT=${OTHER_SORT:-$BUILD/tests/libother_sort.so}
export SHORTLIST_HOME=${SHORTLIST_HOME:-$SOURCE}
. "$SOURCE/tests/faults/lib.sh" || exit 1
skip_under_sanitizers "a preloaded library"

# gnuplot is out of reach, which takes most of a picture's time: a picture's table and script say all that it shows.
plainly() { PATH=$PWD/none "$SHORTLIST" "$@" >out 2>err </dev/null; }
otherwise() { LD_PRELOAD=$OTHER_SORT SORT_MARK=$PWD/mark plainly "$@"; }

# Names and checksums of the files in a folder.
sums() {
  [ ! -d "$1" ] || (cd "$1" && find . -type f ! -name '*.db*' -print0 | sort -z | xargs -0r sha256sum)
}

compare() {
  cmp -s plainly.text otherwise.text || fail "shortlist $*: $(diff plainly.text otherwise.text | head -n 12)"
}

# same FOLDER ARGUMENT...: the status, what is printed, and the files that come into the folder.
same() {
  local folder=$1 way status
  shift
  for way in plainly otherwise; do
    rm -rf "$folder"
    mkdir -p "$folder"
    status=0
    $way "$@" || status=$?
    [ $status = 0 ] || grep -q 'gnuplot is not installed' err || fail "$way: shortlist $*: exit status $status: $(tail -n 1 err)"
    { cat out err && sums "$folder"; } >"$way.text"
  done
  compare "$@"
}

# same_study NAME ARGUMENT...: of run or sweep, what each row predicted, and its model.
same_study() {
  local name=$1 way row
  shift
  set -- "$@" --name "$name" --quiet --threads 1 --timing-runs 1 --format csv
  for way in plainly otherwise; do
    $way "$@" --out $way || fail "$way: shortlist $*: exit status $?: $(tail -n 1 err)"
    outcomes out >$way.text
    while IFS= read -r row; do
      plainly show "$name" "$row" --predictions --out $way || fail "$way: show $name $row: $(cat err)"
      cat out
    done < <(python3 -c 'import csv; print(*(row["name"] for row in csv.DictReader(open("out"))), sep="\n")') >>$way.text
    sums "$way/$name" >>$way.text
  done
  compare "$@"
}

make_data
# A table of few values, with gaps, zeros of both signs, and classes that are not told apart.
awk -v OFS=, 'BEGIN { srand(5); print "who,patient,colour,size,length,width,kind"
  for (i = 0; i < 120; i++) print "w" i, int(i / 4), i % 7 ? "c" i % 3 : "", int(3 * rand()) + i % 3,
    rand() < .3 ? "-0.0" : int(4 * rand()), rand() < .1 ? "" : i % 3 - 1, "k" (rand() < .2 ? (i + 1) % 3 : i % 3) }' >mixed.csv
mixed=(--id who --missing median --categories onehot --groups patient)
# A value of two rows, of which either class is as frequent, decides whether the column gives the class away.
awk 'BEGIN { print "value,kind"
  for (i = 0; i < 312; i++) print i < 150 ? "0,a" : i == 150 ? "1,a" : i == 151 ? "1,b" : i < 162 ? "2,a" : "3,b" }' >told.csv

same_study rows run rows.yaml --save-models
same_study all run --models "$("$SHORTLIST" list classifiers | awk '$1 != "cnn" { printf "%s%s", n++ ? "," : "", $1 }')" \
  --data mixed.csv "${mixed[@]}" --folds 3 --set forest.n_estimators=5 --set extra_trees.n_estimators=5 --set boosting.max_iter=5 \
  --set mlp.max_iter=3 --set qda.reg_param=0.1
same_study sweep sweep svm gamma=1,scale,0.1,auto --data mixed.csv "${mixed[@]}" --folds 3
same_study halved sweep tree max_depth=1,2,3,4 --data mixed.csv "${mixed[@]}" --folds 3 --search halving
same_study edges run --models logreg,svm --data mixed.csv "${mixed[@]}" --set logreg.C=1,10,100 --set svm.C=1,10,100
same_study sizes run --models knn,tree --data data.csv --train-sizes 20,40
for seed in 1 2 3 4 5; do
  sed "$((seed + 1))d" data.csv >"data$seed.csv"
  plainly run --models knn,tree,nearest_centroid --data "data$seed.csv" --seed $seed --train-sizes 20 --name "seed$seed" --out plainly || fail "seed $seed: $(cat err)"
done
mv plainly results

for data in data.csv told.csv mixed.csv; do
  same made audit $data
done
for format in text markdown csv json latex html cv_results; do same made show all --format $format; done
for study in all rows edges sweep; do
  for metric in accuracy f1_macro log_loss; do same made show $study --metric $metric; done
done
for row in k-NN 'decision tree'; do
  same made show all "$row"
  same made errors all "$row"
done
models=results/rows/models
same made errors $models/knn.slm data.csv --format json --plots made
same made ensemble all
same made diff all edges
same made explain $models/logreg.slm data.csv --method linear-shap --faithfulness --rows 0 --out made
same made explain $models/tree.slm data.csv --method tree-shap --faithfulness --rows 0 --out made
same made explain $models/svm.slm data.csv --method lime --rows 0 --out made
same made embed data.csv --method pca --out made/points --plots made
same made embed data.csv --iterations 300 --out made/points --plots made
same made robustness $models/knn.slm $models/tree.slm data.csv --format csv --plots made
same made calibrate $models/logreg.slm data.csv --out made/model.slm --plots made
for kind in $("$SHORTLIST" list plots | awk '{ print $1 }'); do
  case $kind in
  folds | sweep | class-counts) study=(sweep) ;;
  training-size) study=(sizes seed1 seed2) ;;
  critical-difference) study=(seed1 seed2 seed3 seed4 seed5) ;;
  *) study=(rows) ;;
  esac
  same "results/${study[0]}/plots" plot "${study[@]}" "$kind"
done
same results/all/plots plot all accuracy-time --metric log_loss
same made report all rows --to made/report.html
same made reproduce model-analysis --out made
[ -e mark ] || fail "no equal elements that differ were sorted"
finish
