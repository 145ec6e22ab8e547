/* costs.h - what a unit of work costs on any number of rows, from what it costs on a few small ones. */
#ifndef SL_STUDY_COSTS_H
#define SL_STUDY_COSTS_H

#include "measure/power_law.h"
#include "study/sample.h"

struct sl_costs {
    const struct sl_unit *unit;                         /* the caller's */
    size_t members;                                     /* trials of the unit */
    size_t n_fit, n_score;                              /* of its first trial, whole */
    double overhead;                                    /* seconds of a process beside fit and score */
    double cap;                                         /* iterations, at most; NaN: there are none */
    double last;                                        /* seconds of the last sample */
    size_t next;                                        /* rows of the next one; 0: there is none */
    size_t count;                                       /* sizes that follow */
    double size[SL_LAW_MOST];                           /* rows fitted, ascending */
    double fit[SL_LAW_MOST], score[SL_LAW_MOST];        /* seconds; score: a row's, of a group all */
    double bytes[SL_LAW_MOST], iterations[SL_LAW_MOST]; /* iterations: NaN where there are none */
    char reason[256];                                   /* "", or why there are too few sizes */
};

/* Runs each unit on samples of growing sizes: three of each, and more within so many seconds in all
 * (costs_sample.c).  strict: takes no longer than twice that, and a unit that no time is left for has none.
 * costs (n): unit is set.  What fails there is told by reason; an error is the system's, or SL_ECANCELLED. */
int sl_costs_measure(const struct sl_site *site, struct sl_costs *costs, size_t n, double patience,
                     int strict, const volatile sig_atomic_t *cancel, struct sl_error *err);

/* Adds what was measured, where it is of more rows than all sizes before it. */
void sl_costs_add(struct sl_costs *costs, const struct sl_sample *sample);

/* Iterations of a fit of n rows, as far as the sizes tell; NaN where there are none. */
double sl_costs_iterations(const struct sl_costs *costs, double n);
/* Of the unit with n rows to fit: a trial's times, in a group its share.  NaN where reason is not "". */
double sl_costs_fit(const struct sl_costs *costs, double n);
double sl_costs_score(const struct sl_costs *costs, double n, double n_score);
double sl_costs_bytes(const struct sl_costs *costs, double n);
/* The factors by which they may be wrong, either way; of the sum of both times. */
double sl_costs_fit_error(const struct sl_costs *costs, double n);
double sl_costs_score_error(const struct sl_costs *costs, double n);
double sl_costs_error(const struct sl_costs *costs, double n);
double sl_costs_bytes_error(const struct sl_costs *costs, double n);

#endif
