/* child_timing.h - the timing runs of a trial that has been fitted and scored once. */
#ifndef SL_STUDY_CHILD_TIMING_H
#define SL_STUDY_CHILD_TIMING_H

#include "study/work.h"
#include <shortlist/model.h>
#include <shortlist/outcome.h>

/* Everything is the caller's. */
struct sl_timed {
    const struct sl_work *work;
    int channel;
    const volatile sig_atomic_t *cancel;
    const struct sl_dataset *train, *validation; /* as in sl_model_fit */
    struct sl_view rows;                         /* that are scored; n 0: none */
    struct sl_spent fit, score;                  /* of the first run */
    struct sl_outcome *outcome;                  /* of the first run: its times become those of all */
    struct sl_error *err;
};

/* The options of every fit of the trial but on_epoch. */
struct sl_fit_options sl_child_fit_options(const struct sl_work *work, const volatile sig_atomic_t *cancel);

/* Scores again with the first run's model, and row by row. */
int sl_child_time_score(struct sl_timed *timed, const struct sl_model *model);
/* Fits again: one model at a time, so the first one is gone by then. */
int sl_child_time_fit(struct sl_timed *timed);

#endif
