#!/usr/bin/env bash
# test_plots.sh - what becomes of pictures when gnuplot is missing, fails, hangs or meets a full disk: no half of a
# picture is ever left or told of, data and scripts are there, the other pictures are drawn, the error is one line.
. "$SOURCE/tests/cli/lib.sh" || exit 1
plots=results/own/plots
real=$(command -v gnuplot)

awk 'BEGIN { srand(1); print "a,b,kind"
  for (i = 0; i < 60; i++) printf "%.2f,%.2f,%s\n", i % 2 + rand(), rand(), i % 2 ? "\x27s-Gravenhage" : "50%" }' >own.csv
run 0 run --data own.csv --models tree,majority --name own --quiet
# On a terminal a bar stands beside each score, the best row's the longest; elsewhere, and with NO_COLOR, none does.
on_terminal() { # on_terminal [NAME=VALUE...]: the table as a terminal gets it, in `seen`
  env TERM=xterm "$@" python3 -c 'import pty, sys; pty.spawn(sys.argv[1:])' "$SHORTLIST" show own --width 80 >seen </dev/null
}
on_terminal
[ "$(grep -c $'\u2588\u2588\u2588\u2588\u2588\u2588\u2588\u2588' seen)" = 1 ] || fail "bars: $(cat seen)"
on_terminal NO_COLOR=1
grep -q $'\u2588' seen && fail "there are bars with NO_COLOR"
run 0 show own --width 120
grep -q $'\u2588' out && fail "there are bars in a file"

# What is drawn by default, in that order; the scripts are there without gnuplot, too.
PATH=/nowhere "$SHORTLIST" plot own >/dev/null 2>&1 </dev/null
pictures=$(cd $plots && echo *.gp | sed 's/\.gp//g')
count=$(wc -w <<<"$pictures")
[ "$count" -ge 3 ] || fail "by default there are $count pictures"
for picture in accuracy-time accuracy-score-time confusion-decision-tree; do
  [ -s $plots/$picture.gp ] || fail "$picture is not drawn by default"
done

fake() { # fake LINE...: a gnuplot of these lines; the scripts' names are "${@:4}"
  mkdir -p bin
  printf '%s\n' '#!/usr/bin/env bash' "$@" >bin/gnuplot
  chmod +x bin/gnuplot
}
plot_with_fake() { # plot_with_fake STATUS: of a fresh folder
  rm -rf "$plots"
  PATH=$PWD/bin:$PATH run "$1" plot own
  [ "$1" = 0 ] || err_is_one_line
  for picture in $pictures; do
    [ -s "$plots/$picture.csv" ] && [ -s "$plots/$picture.gp" ] || fail "$picture: no data or script"
  done
  [ -z "$(find "$plots" -name '*tmp*')" ] || fail "temporary files are left: $(ls "$plots")"
}
no_pictures() {
  out_is_empty
  [ -z "$(find "$plots" -name '*.svg' -o -name '*.png' -o -name '*.pdf')" ] || fail "there are pictures: $(ls "$plots")"
}

# Not installed: one line, in which the missing package is named.
rm -rf "$plots"
PATH=/nowhere "$SHORTLIST" plot own >out 2>err </dev/null
status=$?
[ $status = 1 ] || fail "without gnuplot: status $status"
err_is_one_line
err_has "apt install gnuplot-nox"
err_has "$count pictures are not drawn; data and scripts are in $plots"
no_pictures
for picture in $pictures; do [ -s "$plots/$picture.gp" ] || fail "$picture: no script without gnuplot"; done

# It fails: what it says is passed on, without what would act on a terminal.
fake 'printf "\n  \033[31mout of ink\nmore\n" >&2' 'exit 3'
plot_with_fake 1
err_has "gnuplot failed on $plots/accuracy-time.gp: \\x1b[31mout of ink; $((count - 1)) more pictures are not drawn"
no_pictures
fake 'exit 3'
plot_with_fake 1
err_has "exit status 3"
fake 'kill -SEGV $$'
plot_with_fake 1
err_has "signal 11"
no_pictures

# It hangs: it is ended at the limit, which the message names; after two such pictures the rest is not tried.
fake 'echo x >>tries' 'exec sleep 1000'
export SHORTLIST_PLOT_LIMIT=0.2
plot_with_fake 1
err_has "gnuplot did not end within 0.2 s on $plots/accuracy-time.gp"
err_has "SHORTLIST_PLOT_LIMIT"
[ "$(wc -l <$plots/tries)" = 2 ] || fail "a gnuplot that hangs was started $(wc -l <$plots/tries) times"
no_pictures
fake 'exec >/dev/null 2>&1' 'exec sleep 1000' # also where it says no more
plot_with_fake 1
err_has "did not end within 0.2 s"
SHORTLIST_PLOT_LIMIT=soon run 2 plot own
err_has "SHORTLIST_PLOT_LIMIT is 'soon'"
unset SHORTLIST_PLOT_LIMIT

# One that hangs behind pictures that were drawn: the limit is a picture's.
fake 'for i in 1 2 3 4 5 6; do echo "drawn $i" >&2; sleep 0.1; done' 'exit 0'
export SHORTLIST_PLOT_LIMIT=0.4
plot_with_fake 1
err_has "did not write all of"
unset SHORTLIST_PLOT_LIMIT

# It says much: it is read to its end.
fake 'yes warning | head -n 100000 >&2' 'exit 1'
plot_with_fake 1
err_has "warning"

# It says that all is well, and wrote nothing, or half.
fake 'exit 0'
plot_with_fake 1
err_has "gnuplot did not write all of $plots/accuracy-time.svg (is the disk full?)"
no_pictures

# A run that is interrupted says so by its exit status, whatever becomes of its pictures: by a signal while one is
# drawn, and by one before them all.
fake '[ -e sent ] || { : >sent; kill -TERM $PPID; }' 'exit 3'
PATH=$PWD/bin:$PATH run 130 run --data own.csv --models tree,majority --name own --quiet --plots
out_has "decision tree"
err_has "gnuplot failed"
: >err
PATH=/nowhere "$SHORTLIST" run --data own.csv --models majority,mlp $endless --name cut --plots >out 2>>err </dev/null &
pid=$!
until grep -q 'epoch [0-9]*/1000000, loss .* left' err || ! kill -0 $pid 2>/dev/null; do sleep 0.1; done
kill -TERM $pid
wait $pid
status=$?
[ $status = 130 ] || fail "interrupted, without gnuplot: status $status"
err_has "apt install gnuplot-nox"

# Kinds that say why they have nothing.
run 2 plot own reliability --row 'no such row'
err_has "has no row"
run 2 plot own critical-difference
err_has "1 different data sets judged by one metric were given; it needs 5 and more"
run 2 plot own folds
err_has "it needs rows of several folds or repeats"
run 2 plot own samples
err_has "its data are no images"
run 2 plot own class-counts --data nowhere.csv
err_has "its data can not be read (nowhere.csv: "
err_has "--data says where they are now"
sed '2d' own.csv >other.csv
run 2 plot own class-counts --data other.csv
err_has "are others now at other.csv"
# Data are read again as the study read them: with its label column, and its groups kept together.
awk 'BEGIN { srand(1); print "shape,a,b,who"
  for (i = 0; i < 90; i++) printf "%s,%.2f,%.2f,p%d\n", i % 3 ? "ring" : "disc", i % 3 + rand(), rand(), i / 5 }' >grouped.csv
run 0 run --data grouped.csv --label shape --groups who --train 60 --validation 20 --models tree --name grouped --quiet
PATH=/nowhere "$SHORTLIST" plot grouped class-counts >/dev/null 2>err </dev/null
awk -F, 'NR > 1 { n += $2 + $3 } END { exit n != 80 }' results/grouped/plots/class-counts.csv || fail "settings are not a study's own: $(cat err)"
# All rows of a study's folds were scored, each once.
run 0 run --data own.csv --folds 3 --train 48 --validation 12 --models tree --name folded --quiet
PATH=/nowhere "$SHORTLIST" plot folded class-counts >/dev/null 2>err </dev/null
awk -F, 'NR > 1 { n += $3 } END { exit n != 48 }' results/folded/plots/class-counts.csv || fail "rows of folds: $(cat err)"
run 2 plot own roc accuracy-time
err_has "there is no study 'roc'"

if [ -n "$real" ]; then
  # Kinds that are drawn where they are asked for: images by their classes, studies side by side.
  for n in 1 2 3 4 5 6; do
    run 0 run --data synthetic:$((200 + n)):$n --train $((60 + 10 * n)) --validation 40 --models tree,majority --name s$n --quiet
  done
  run 0 plot s1 samples
  run 0 plot s1 class-counts
  awk -F, 'NR > 1 { n += $3 } END { exit n != 40 }' results/s1/plots/class-counts.csv || fail "40 rows were scored"
  run 0 plot s1 images-wrong --row 'decision tree' --true ring
  awk -F, 'NR > 1 && ($4 != "ring" || $5 == "ring") { bad = 1 } END { exit bad || NR < 2 }' results/s1/plots/images-wrong-decision-tree.csv ||
    fail "images are filtered by class"
  run 2 plot s1 images-wrong --true rign
  err_has "did you mean ring"
  run 0 plot s1 s2 s3 s4 s5 s6 critical-difference
  run 0 plot s1 s2 s3 training-size
  run 0 plot s1 confusion-difference
  for picture in samples class-counts images-wrong-decision-tree critical-difference training-size confusion-difference-decision-tree; do
    [ -s results/s1/plots/$picture.svg ] && [ -s results/s1/plots/$picture.pdf ] || fail "$picture is not drawn"
  done
  # One picture fails: the others are drawn, and only they are told.
  fake "for s in \"\${@:4}\"; do case \$s in *confusion-decision*) echo 'no decision' >&2; exit 1 ;; esac" \
    "$real -d -e \"\$3\" \"\$s\" 2>/dev/null || exit 1; done"
  plot_with_fake 1
  err_has "gnuplot failed on $plots/confusion-decision-tree.gp: no decision"
  for picture in accuracy-time accuracy-score-time; do
    [ -s "$plots/$picture.png" ] && [ -s "$plots/$picture.svg" ] && [ -s "$plots/$picture.pdf" ] || fail "$picture is not drawn"
  done
  [ "$(wc -l <out)" = $((count - 1)) ] || fail "told are: $(cat out)"
  [ ! -e $plots/confusion-decision-tree.png ] || fail "a picture that failed is there"

  # All of them by one process.
  fake 'echo x >>../../../starts' "exec $real \"\$@\""
  rm -f starts
  plot_with_fake 0
  [ "$(wc -l <starts)" = 1 ] || fail "gnuplot was started $(wc -l <starts) times"

  # A full disk: gnuplot itself ends with status 0.
  fake "trap '' XFSZ" 'ulimit -f 2' "exec $real \"\$@\""
  plot_with_fake 1
  err_has "is the disk full?"
  no_pictures

  # Only the end of the PNG is missing; the picture of before stays whole.
  rm -rf "$plots"
  run 0 plot own
  run 0 plot own confusion --row 'majority class'
  cp $plots/confusion-majority-class.png before.png
  fake "$real \"\$@\" || exit 1" 'for f in *.png.tmp-*; do truncate -s -1 "$f"; done'
  PATH=$PWD/bin:$PATH run 1 plot own confusion --row 'majority class'
  err_has "did not write all of $plots/confusion-majority-class.png"
  cmp -s before.png $plots/confusion-majority-class.png || fail "the picture of before was overwritten"

  # An error in a script: gnuplot's own line with the place of it.
  home=$PWD/home
  mkdir -p "$home"
  cp -r "$SOURCE/plots" "$home/"
  echo 'no_such_command 1' >>"$home/plots/style.gp"
  SHORTLIST_HOME=$home run 1 plot own
  err_has '"accuracy-time.gp" line '
  err_is_one_line
  out_is_empty

  # With run, too; the table is printed all the same.
  fake 'echo "no display" >&2' 'exit 1'
  PATH=$PWD/bin:$PATH run 1 run --data own.csv --models tree,majority --name own --quiet --plots
  out_has "decision tree"
  err_has "no display"

  # A row that failed is missing, and that is said.
  run 3 run --data synthetic:200 --models tree,majority,qda --name lacks --quiet
  run 0 plot lacks scores
  grep -q "without 1 row of no score" results/lacks/plots/scores.svg || fail "a row is missing, and nothing is said of it"

  # Names that were taken for code, a format, or the end of a text.
  run 0 plot own
  grep -q "'s-Gravenhage" $plots/confusion-decision-tree.svg || fail "a class is not named"
  grep -q "50%" $plots/confusion-decision-tree.svg || fail "a class is not named"
fi

finish
