/* halving.h - candidates that run on rungs, of which only the promising ones go on. */
#ifndef SL_SEARCH_HALVING_H
#define SL_SEARCH_HALVING_H

#include "study/experiment.h"
#include <shortlist/search.h>

/* candidates: one row each, and the search is halving or hyperband.  The rest as sl_search. */
int sl_halving_run(const struct sl_experiment *candidates, const struct sl_run_options *options,
                   struct sl_experiment **ran, struct sl_run_summary *summary,
                   struct sl_search_report *report, struct sl_error *err);

#endif
