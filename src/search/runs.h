/* runs.h - what takes several runs, one after the other. */
#ifndef SL_SEARCH_RUNS_H
#define SL_SEARCH_RUNS_H

#include <shortlist/error.h>
#include <shortlist/run.h>

/* SL_EUSAGE under mpirun, whose ranks serve one run, and for a shard, which sees a part of the outcomes. */
int sl_search_alone(const char *what, const struct sl_run_options *options, struct sl_error *err);

/* Adds what one run came to. */
void sl_search_add(struct sl_run_summary *sum, const struct sl_run_summary *one);

#endif
