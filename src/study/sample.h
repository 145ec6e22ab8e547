/* sample.h - a unit of work on some of its rows: what it costs there. */
#ifndef SL_STUDY_SAMPLE_H
#define SL_STUDY_SAMPLE_H

#include "study/work.h"
#include <signal.h>

struct sl_sample {
    size_t n_fit, n_score; /* rows of the first trial */
    double fit, score;     /* seconds; of a group the sum of its members' */
    double bytes;          /* peak above the start */
    double n_iter;         /* of a trial alone; NaN: does not apply */
    double took;           /* seconds of the whole process */
    char reason[256];      /* "", or why it came to nothing */
};

/* Rows of the unit's first trial. */
int sl_sample_whole(const struct sl_site *site, const struct sl_unit *unit, size_t *n_fit, size_t *n_score,
                    struct sl_error *err);

/* Runs the unit in a process of its own, fitted on n_fit rows (stratified, the smaller among the larger), of
 * a unit of one trial by config in the place of its own (NULL: by its own), and scored on at most n_score, as
 * far as a test file is scored: training rows stand for its rows.  Ends what takes longer than time_limit
 * seconds, or when cancel is raised: SL_ECANCELLED. */
int sl_sample_run(const struct sl_site *site, const struct sl_unit *unit, const void *config, size_t n_fit,
                  size_t n_score, double time_limit, const volatile sig_atomic_t *cancel,
                  struct sl_sample *sample, struct sl_error *err);

#endif
