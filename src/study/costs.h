/* costs.h - what a unit of work costs on any number of rows, from what it costs on a few small ones. */
#ifndef SL_STUDY_COSTS_H
#define SL_STUDY_COSTS_H

#include "measure/power_law.h"
#include "study/sample.h"

struct sl_costs {
    size_t members;                                     /* trials of the unit */
    size_t n_fit, n_score;                              /* of its first trial, whole */
    double overhead;                                    /* seconds of a process beside fit and score */
    double cap;                                         /* iterations, at most; NaN: no such limit */
    size_t count;                                       /* sizes that follow */
    double size[SL_LAW_MOST];                           /* rows fitted, ascending */
    double fit[SL_LAW_MOST], score[SL_LAW_MOST];        /* seconds; score: a row's, of a group all */
    double bytes[SL_LAW_MOST], iterations[SL_LAW_MOST]; /* iterations: NaN where there are none */
    char reason[256];                                   /* "", or why there are too few sizes */
};

/* Runs the unit on samples of doubled size: three, and more of them within so many seconds,
 * none for longer than limit.  What fails
 * there is told by reason; an error is the system's, or SL_ECANCELLED. */
int sl_costs_measure(const struct sl_site *site, const struct sl_unit *unit, double seconds, double limit,
                     const volatile sig_atomic_t *cancel, struct sl_costs *costs, struct sl_error *err);

/* Adds what was measured whole, where it is larger than all sizes before it. */
void sl_costs_add_whole(struct sl_costs *costs, const struct sl_sample *sample);

/* Seconds for the samples of each of so many kinds of units. */
double sl_costs_share(double patience, size_t kinds);

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
