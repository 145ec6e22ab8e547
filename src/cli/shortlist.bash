# shortlist.bash - completion for bash.  A test compares its options with those of --help.

_shortlist_out() {
  local i
  for ((i = 1; i < ${#COMP_WORDS[@]} - 1; i++)); do
    case ${COMP_WORDS[i]} in --out | -o) printf '%s' "${COMP_WORDS[i + 1]}" && return ;; esac
  done
  printf results
}

_shortlist_list() { "${COMP_WORDS[0]}" list "$@" 2>/dev/null; }

_shortlist_names() { # classifiers, nets, experiments, studies, warnings or plots: the first word of each line
  _shortlist_list "$@" | awk '$1 != "study" { print $1 }'
}

_shortlist_params() { # names of a classifier's hyperparameters
  _shortlist_list classifiers "$1" | sed -n 's/^  \([A-Za-z0-9_]*\)=.*/\1/p'
}

_shortlist_choices() { # CLASSIFIER HYPERPARAMETER: the words that it takes
  _shortlist_list classifiers "$1" | awk -v name="$2" '
    index($0, "  " name "=") == 1 { found = 1; next }
    found && sub(/^      takes /, "") {
      if (/^a /) { if (!sub(/^.*, or /, "")) exit }
      gsub(/ \| /, " ")
      print
      exit
    }'
}

_shortlist_classifier() { # the word of the command line that names one
  local i names
  names=" $(_shortlist_names classifiers | tr '\n' ' ')"
  for ((i = 2; i < COMP_CWORD; i++)); do
    case $names in *" ${COMP_WORDS[i]} "*) printf '%s' "${COMP_WORDS[i]}" && return ;; esac
  done
}

# What follows is called by _shortlist and sees its word, before and name.

_shortlist_reply() { # WORDS: those that begin as the word does
  mapfile -t COMPREPLY < <(compgen -P "$before" -W "$1" -- "$word")
}

_shortlist_open() { # the reply is to be gone on with: no blank behind it
  compopt -o nospace 2>/dev/null
}

_shortlist_files() { # WORDS [compgen's option]: or a file
  compopt -o filenames 2>/dev/null
  mapfile -t COMPREPLY < <(compgen -W "$1" "${2:--f}" -- "$word")
}

_shortlist_part() { # WORDS: for the last part of a list with commas
  case $word in *,*) before+=${word%,*},; word=${word##*,} ;; esac
  _shortlist_reply "$1"
}

_shortlist_assignment() { # CLASSIFIER PREFIX: a hyperparameter, or the value of the one that is named
  if [ -n "$name" ]; then
    _shortlist_part "$(_shortlist_choices "$1" "${name#"$2"}")"
  else
    _shortlist_reply "$(_shortlist_params "$1" | sed "s/^/$2/; s/\$/=/")"
    _shortlist_open
  fi
}

_shortlist() {
  local word=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]} at=$COMP_CWORD before='' name='' previous
  local commands='run sweep estimate show diff plot report predict explain errors embed calibrate robustness list audit delete merge reproduce ensemble'
  local trial_options='--data --train --validation --folds --repeats --seed --scale --metric --search --trials --train-sizes --final --label --drop --columns --id --label-numeric --header
    --delimiter --decimal --labels --data-format --storage --test --groups --weights --missing --missing-indicators --categories --categorical --min-frequency --jobs --threads --evaluate-train --timing-runs --time-limit --memory-limit --name --save-models --calibrate --separate --retry --out --format --help'
  local study_options="$trial_options --keep-scores --shard --budget --estimates --show-columns --no-warn --plots --quiet"
  local options='' words=''
  COMPREPLY=()
  if [ "$COMP_CWORD" = 1 ]; then
    _shortlist_reply "$commands help --help --version"
    return
  fi
  # bash takes NAME=VALUE apart at the =, unless the user has told it not to.
  if [ "$word" = = ]; then
    at=$((at - 1)) word='' name=${COMP_WORDS[at]}
  elif [ "${COMP_WORDS[at - 1]}" = = ]; then
    at=$((at - 2)) name=${COMP_WORDS[at]}
  elif [[ $word == *=* ]]; then
    name=${word%%=*} before=${word%%=*}= word=${word#*=}
  fi
  previous=${COMP_WORDS[at - 1]}
  case $name in --*) previous=$name ;; esac

  case $command$previous in
  explain--method | explain-m) _shortlist_reply "$(_shortlist_list methods | grep -o '^[a-z-]*')" && return ;;
  explain--rows | explain-r) _shortlist_reply 'all' && return ;;
  embed--method | embed-m) _shortlist_reply 'tsne pca' && return ;;
  embed--init) _shortlist_reply 'pca random' && return ;;
  embed--model) _shortlist_files '' && return ;;
  embed--plots | errors--plots) _shortlist_files '' -d && return ;;
  embed--beside) _shortlist_reply 'input' && return ;;
  embed--zoom | embed--layer | embed--components | embed--perplexity | embed--iterations | embed--exaggeration | embed--learning-rate | embed--seed | embed--rows | embed-r) return ;;
  errors--known) _shortlist_files '' && return ;;
  errors--near | errors--clusters | errors--list | errors--seed | errors--repeat) return ;;
  explain--target) _shortlist_reply 'predicted true both all' && return ;;
  explain--background) _shortlist_reply 'zero' && return ;;
  explain--segments) _shortlist_reply 'slic grid' && return ;;
  explain--values) _shortlist_reply 'npy csv' && return ;;
  explain--class | explain--pair | explain--limit | explain--layer | explain--regions | explain--window | explain--samples | explain--noise | explain--seed) return ;;
  esac

  case $previous in
  --out | -o)
    if [ "$command" = embed ]; then _shortlist_files '' && return; fi
    _shortlist_files '' -d && return ;;
  --format | -f)
    words='text markdown csv json latex html cv_results'
    case $command in predict) words='text csv json' ;; report) words='html markdown latex' ;; diff | errors) words='text markdown csv json latex html' ;; list | audit | embed) words='text json' ;; esac
    case " ${COMP_WORDS[*]} " in *' --predictions '*) words='csv json' ;; esac
    _shortlist_reply "$words" && return
    ;;
  --show-columns)
    _shortlist_part 'accuracy bar interval sd rank p_best published difference train_accuracy epoch_accuracy oob_accuracy published_train_accuracy
      balanced_accuracy precision recall f1 f1_weighted mcc kappa log_loss roc_auc average_precision rank_low rank_high train_loss fit_time score_time fit_time_std score_time_std fit_time_mean fit_time_min fit_time_max score_time_mean score_time_min
      score_time_max fit_runs score_runs latency cpu_time threads group peak_memory
      model_bytes n_iter converged estimated_fit_time estimated_score_time estimated_memory growth
      published_fit_time published_score_time' && return
    ;;
  --no-warn) _shortlist_part "$(_shortlist_names warnings)" && return ;;
  --metric)
    _shortlist_reply 'accuracy balanced_accuracy f1_macro f1_weighted mcc kappa log_loss roc_auc average_precision none' && return
    ;;
  --search) _shortlist_reply 'grid random halving hyperband' && return ;;
  --keep-scores) _shortlist_reply 'all top none' && return ;;
  --scale) _shortlist_reply 'none minmax standard' && return ;;
  --header) _shortlist_reply 'yes no auto' && return ;;
  --delimiter) _shortlist_reply 'comma semicolon tab pipe blanks' && return ;;
  --decimal) _shortlist_reply 'point comma' && return ;;
  --missing) _shortlist_reply 'error drop median mean mode constant= keep' && return ;;
  --categories) _shortlist_reply 'error onehot ordinal drop' && return ;;
  --data-format) _shortlist_reply 'csv svmlight arff idx npy npz' && return ;;
  --storage) _shortlist_reply 'auto dense sparse' && return ;;
  --invert) _shortlist_reply 'auto yes no' && return ;;
  --labels | --show-input | --test | --to | --estimates | --baselines | --pca | --save) _shortlist_files '' && return ;;
  --part | -p) _shortlist_reply 'train test' && return ;;
  --train) _shortlist_reply 'all' && return ;;
  --seed) _shortlist_reply 'random' && return ;;
  --timing-runs) _shortlist_reply 'auto' && return ;;
  --models | -m) _shortlist_part "$(_shortlist_names classifiers)" && return ;;
  --set | -s)
    local set=${name:-$word}
    if [ "$command" = sweep ]; then _shortlist_assignment "$(_shortlist_classifier)" '' && return; fi
    case $set in
    *.*) _shortlist_assignment "${set%%.*}" "${set%%.*}." ;;
    *) _shortlist_reply "$(_shortlist_names classifiers | sed 's/$/./')" && _shortlist_open ;;
    esac
    return
    ;;
  --data | -d) _shortlist_files 'fashion-mnist synthetic' && return ;;
  --validation | --folds | -k | --repeats | --trials | --train-sizes | --nested | --label | --drop | --columns | --id | --groups | --weights | --categorical | --min-frequency | --jobs | -j | --shard | --slurm | --extrapolate | --threads | -t | --time-limit | --budget | --memory-limit | \
    --name | -n | --row | -r | --against | --true | --predicted | --width | -w | --tolerance | --time-tolerance | --shape | --classes) return ;;
  esac

  case $command in
  run) options="--set --models --quick --baselines --extrapolate $study_options" ;;
  sweep) options="--set --refit --nested $study_options" ;;
  estimate) options="--set --models --quick --baselines --store --slurm $trial_options" ;;
  show) options='--format --show-columns --no-warn --metric --predictions --out --width --help' ;;
  diff) options='--tolerance --time-tolerance --metric --format --out --width --help' ;;
  delete) options='--out --help' ;;
  merge) options='--out --lean --help' ;;
  ensemble) options='--format --out --help' ;;
  reproduce) options='--quick --full --threads --out --quiet --help' ;;
  plot) options='--row --against --true --predicted --data --metric --out --help' ;;
  report) options='--row --format --metric --no-warn --to --out --help' ;;
  embed) options='--label --drop --columns --id --label-numeric --header --delimiter --decimal --labels --data-format --storage
    --missing --missing-indicators --categories --categorical --min-frequency --method --model --layer --components --perplexity --iterations --exaggeration --learning-rate --init --seed --part --rows --scale --save --pca --out --plots --zoom --beside --threads --format --help' ;;
  errors) options='--near --clusters --list --known --seed --repeat --plots --data --out --part --label --drop --columns --id --label-numeric --header --delimiter --decimal --labels --data-format --storage --threads --format --width --help' ;;
  predict) options='--label --drop --columns --id --label-numeric --header --delimiter --decimal --labels --data-format --storage --invert --show-input --no-label --no-warn --part --scores --threads --format --help' ;;
  explain) options='--method --rows --class --wrong --pair --limit --target --layer --samples --segments --regions --window --agreement --noise --background --seed --label --drop --columns --id --label-numeric --header --delimiter --decimal --labels --data-format --storage --invert --show-input --no-label --part --values --faithfulness --randomise --no-pictures --threads --out --help' ;;
  calibrate) options='--label --drop --columns --id --label-numeric --header --delimiter --decimal --labels --data-format --storage --invert --show-input --part --plots --threads --format --out --help' ;;
  robustness) options='--label --drop --columns --id --label-numeric --header --delimiter --decimal --labels --data-format --storage --part --rows --seed --threads --plots --format --help' ;;
  list) options='--out --format --shape --classes --help' ;;
  audit) options='--label --drop --columns --id --label-numeric --header --delimiter --decimal --labels --data-format --storage
    --test --groups --weights --missing --missing-indicators --categories --categorical --min-frequency --format --help' ;;
  esac
  case $word in -*) _shortlist_reply "$options" && return ;; esac

  case $command in
  run) _shortlist_files "$(_shortlist_names experiments)" ;;
  estimate) _shortlist_files "run sweep $(_shortlist_names experiments) $(_shortlist_names classifiers)" ;;
  sweep)
    words=$(_shortlist_classifier)
    if [ -n "$words" ]; then _shortlist_assignment "$words" ''; else _shortlist_reply "$(_shortlist_names classifiers)"; fi
    ;;
  show | diff | report | delete | ensemble) _shortlist_reply "$(_shortlist_names studies --out "$(_shortlist_out)")" ;;
  plot)
    _shortlist_reply "$(_shortlist_names studies --out "$(_shortlist_out)") $(_shortlist_names plots)"
    ;;
  errors) _shortlist_files "fashion-mnist synthetic $(_shortlist_names studies --out "$(_shortlist_out)")" ;;
  predict | explain | embed | calibrate | robustness) _shortlist_files 'fashion-mnist synthetic' ;;
  list)
    words='classifiers nets experiments studies warnings methods plots'
    case $previous in classifiers | nets) words=$(_shortlist_names "$previous") ;; esac
    _shortlist_reply "$words"
    ;;
  audit) _shortlist_files 'fashion-mnist synthetic' ;;
  merge) _shortlist_files '' -d ;;
  reproduce) _shortlist_reply 'dei-rossi papoutsis slides model-analysis ghadiyaram' ;;
  help) _shortlist_reply "$commands" ;;
  esac
}
complete -F _shortlist shortlist
