# shortlist.bash - completion for bash.  A test compares its options with those of --help.

_shortlist_out() {
  local i
  for ((i = 1; i < ${#COMP_WORDS[@]} - 1; i++)); do
    case ${COMP_WORDS[i]} in --out | -o) printf '%s' "${COMP_WORDS[i + 1]}" && return ;; esac
  done
  printf results
}

_shortlist_names() { # classifiers, nets, experiments or studies: the first word of each line
  "${COMP_WORDS[0]}" list "$1" "${@:2}" 2>/dev/null | awk '$1 != "study" { print $1 }'
}

_shortlist() {
  local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[1]}
  local study_options='--data --train --validation --folds --repeats --seed --scale --final --label --label-numeric
    --header --jobs --threads --time-limit --memory-limit --out --name --save-models --retry --format --plots --quiet --help'
  local options='' words=''
  COMPREPLY=()
  if [ "$COMP_CWORD" = 1 ]; then
    mapfile -t COMPREPLY < <(compgen -W 'run sweep show plot predict list audit help --help --version' -- "$word")
    return
  fi
  case $previous in
  --out | -o) mapfile -t COMPREPLY < <(compgen -d -- "$word") && return ;;
  --format | -f)
    words='text markdown csv json latex'
    case $command in predict) words='text csv json' ;; list | audit) words='text json' ;; esac
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word") && return
    ;;
  --scale) mapfile -t COMPREPLY < <(compgen -W 'none minmax standard' -- "$word") && return ;;
  --header) mapfile -t COMPREPLY < <(compgen -W 'yes no auto' -- "$word") && return ;;
  --part | -p) mapfile -t COMPREPLY < <(compgen -W 'train test' -- "$word") && return ;;
  --models | -m) mapfile -t COMPREPLY < <(compgen -W "$(_shortlist_names classifiers)" -- "$word") && return ;;
  --data | -d) mapfile -t COMPREPLY < <(compgen -W 'fashion-mnist synthetic' -f -- "$word") && return ;;
  esac
  case $command in
  run)
    options="--set --models --quick $study_options"
    words=$(_shortlist_names experiments)
    ;;
  sweep)
    options=$study_options
    [ "$COMP_CWORD" != 2 ] || words=$(_shortlist_names classifiers)
    ;;
  show)
    options='--format --out --width --help'
    words=$(_shortlist_names studies --out "$(_shortlist_out)")
    ;;
  plot)
    options='--row --out --help'
    words="$(_shortlist_names studies --out "$(_shortlist_out)") accuracy-time sweep curves confusion"
    ;;
  predict) options='--label --label-numeric --header --no-label --part --scores --threads --format --help' ;;
  list)
    options='--out --format --shape --classes --help'
    words='classifiers nets experiments studies'
    case $previous in classifiers | nets) words=$(_shortlist_names "$previous") ;; esac
    ;;
  audit)
    options='--label --label-numeric --header --format --help'
    words='fashion-mnist synthetic'
    ;;
  help) words='run sweep show plot predict list audit' ;;
  esac
  case $word in
  -*) mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word") ;;
  *) mapfile -t COMPREPLY < <(compgen -W "$words" -f -- "$word") ;;
  esac
}
complete -o filenames -F _shortlist shortlist
