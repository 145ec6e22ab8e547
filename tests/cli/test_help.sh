#!/usr/bin/env bash
# test_help.sh - help, version, and that manual page and completion know every option and command.
. "$SOURCE/tests/cli/lib.sh" || exit 1
page=$SOURCE/src/cli/shortlist.1
completion=$SOURCE/src/cli/shortlist.bash

run 0 --version
grep -qE '^shortlist [0-9]+\.[0-9]+\.[0-9]+$' out || fail "--version prints $(cat out)"
grep -qF "shortlist $(cut -d' ' -f2 out)" "$page" || fail "the manual page is of another version"

run 0 --help
err_is_empty
commands=$(sed -n '/^commands:/,/^$/s/^  \([a-z]*\) .*/\1/p' out)
[ "$(echo "$commands" | wc -l)" -ge 19 ] || fail "--help names few commands: $commands"
cp out whole
for same in "-h" "help"; do
  run 0 $same
  cmp -s out whole || fail "$same differs from --help"
done

for command in $commands; do
  run 0 "$command" --help
  err_is_empty
  out_has "usage: shortlist $command"
  out_has "examples:"
  grep -q "^  shortlist $command" out || fail "$command --help has no example of itself"
  awk 'length > 110 { bad = 1 } END { exit bad }' out || fail "$command --help has lines over 110 columns"
  cp out of_command
  run 0 help "$command"
  cmp -s out of_command || fail "help $command differs from $command --help"
  run 0 "$command" -h
  cmp -s out of_command || fail "$command -h differs from --help"
  for option in $(grep -oE '^  (-., |    )--[a-z-]+' of_command | grep -oE -- '--[a-z-]+'); do
    grep -qF -- "$(printf '%s' "$option" | sed 's/-/\\-/g')" "$page" || fail "the manual page lacks $option ($command)"
    grep -qE -- "(^|[ '\"])$option([ '\"]|\$)" "$completion" || fail "the completion lacks $option ($command)"
  done
  grep -qF "SS shortlist $command" "$page" || fail "the manual page lacks $command"
done

# Its sections CLASSIFIERS and the nets in it name all that there are.
sed -n '/^\.SH CLASSIFIERS/,/^\.SH DATA SETS/p' "$page" | sed 's/\\-/-/g' >named
for of in classifiers nets; do
  run 0 list $of
  sed -n '/^Layers/q; s/^  \([^ ]*\)  .*/\1/p; s/^\([^ ]*\)  *[A-Za-z].*/\1/p' out | grep -vx 'Nets' >names
  [ -s names ] || fail "list $of names none"
  for name in $(cat names); do
    grep -E '^\.BR? ' named | grep -qE "(^|[ \"])$name([ \"]|\$)" || fail "the manual page does not name $name of list $of"
  done
done

if command -v man >/dev/null && command -v groff >/dev/null; then
  LC_ALL=C.UTF-8 MANWIDTH=100 man --warnings -l "$page" >page.txt 2>warnings
  [ ! -s warnings ] || fail "the manual page: $(cat warnings)"
  grep -q 'EXIT STATUS' page.txt || fail "the manual page does not render"
fi

# The completion, asked as bash asks it.
complete_line() { # complete_line WORD...: the suggestions for the last word
  bash -c 'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _shortlist; printf "%s\n" "${COMPREPLY[@]}"' \
    - "$completion" "$SHORTLIST" "$@"
}
complete_line '' >first
complete_line help '' >second
for command in $commands; do
  grep -qx "$command" first || fail "the completion lacks the command $command"
  grep -qx "$command" second || fail "the completion of 'help' lacks $command"
done
[ "$(complete_line sw)" = sweep ] || fail "completion of 'sw': $(complete_line sw)"
[ "$(complete_line run --vali)" = --validation ] || fail "completion of 'run --vali'"
[ "$(complete_line sweep logr)" = logreg ] || fail "completion of 'sweep logr': $(complete_line sweep logr)"
[ "$(complete_line show --format mark)" = markdown ] || fail "completion of 'show --format mark'"
completes() { # completes SUGGESTIONS WORD...: one a blank
  local expected=$1
  shift
  [ "$(complete_line "$@" | tr '\n' ' ')" = "$expected " ] || fail "completion of '$*': $(complete_line "$@" | tr '\n' ' ')"
}
# A hyperparameter's names and words, never files; bash takes NAME=VALUE apart at the =.
touch kernel-file C-file linear-file x.csv
completes "kernel=" sweep svm ker
complete_line sweep svm '' >names
grep -qx 'C=' names && grep -qx 'gamma=' names || fail "completion of 'sweep svm': $(cat names)"
grep -q file names && fail "completion of 'sweep svm' offers files"
completes "" sweep svm C =
completes "" sweep svm C = 1
completes "linear" sweep svm kernel = lin
completes "kernel=linear" sweep svm kernel=lin
completes "linear poly rbf sigmoid" sweep svm kernel =
completes "linear,rbf" sweep svm --folds 5 kernel = linear,r
completes "scale" sweep svm gamma = sc
completes "logreg" sweep --folds 5 logr
completes "svm." run --set sv
completes "svm.kernel=" run --set svm.ker
completes "linear" run --models svm --set svm.kernel = lin
completes "svm,knn" run --models svm,kn
completes "markdown" show --format = mark
completes "" run --train 1
completes "" run --name x
completes "" show x.c
completes "x.csv" audit x.c
completes "x.csv" run --data x.
completes "all" run --train a
completes "all top none" run --keep-scores ''
completes "top" sweep knn n_neighbors --keep-scores = t
completes "csv json" show study row --predictions --format ''
completes "delete" de
completes "diff" di
completes "--tolerance" diff --to
[ "$(complete_line list classifiers tre)" = tree ] || fail "completion of 'list classifiers tre'"

[ "$(complete_line show --show-columns accuracy,cpu)" = accuracy,cpu_time ] || fail "completion of --show-columns"

# The columns that an error names are those of help, manual page and completion.
run 2 show --show-columns nonsense
for column in $(sed 's/.*there are \([^;]*\);.*/\1/; s/,//g' err); do
  grep -qw "$column" "$page" || fail "the manual page lacks column $column"
  grep -qw "$column" "$completion" || fail "the completion lacks column $column"
  for command in run sweep show; do
    "$SHORTLIST" $command --help | grep -qw "$column" || fail "$command --help lacks column $column"
  done
done

# A full disk is an error, not silence.
if [ -w /dev/full ]; then
  status=0
  "$SHORTLIST" --help >/dev/full 2>err || status=$?
  [ $status = 1 ] || fail "--help to a full disk: status $status"
  err_has "standard output could not be written"
fi

finish
