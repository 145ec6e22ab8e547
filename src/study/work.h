/* work.h - a unit of work with all that it needs to run. */
#ifndef SL_STUDY_WORK_H
#define SL_STUDY_WORK_H

#include "study/rows.h"
#include "study/unit.h"
#include <shortlist/scores.h>

/* Owns its arrays; inherited by fork. */
struct sl_work {
    size_t n;
    size_t *numbers;                /* (n) of the trials in the plan */
    const struct sl_trial **trials; /* (n) */
    struct sl_rows **rows;          /* (n): one for all members of the same fold */
    uint32_t *all; /* (n_all) rows of the data set that those are among, in their order; n > 1 only */
    size_t n_all;
    /* The rest is the caller's. */
    const struct sl_dataset *data;
    const struct sl_dataset *test; /* NULL unless the trials are final */
    int threads;
    int timing_runs;                 /* of a trial alone; 0: as many as its brevity wants */
    int evaluate_train;              /* of a trial alone: the model predicts its training rows, too */
    int calibrate;                   /* the saved model keeps a temperature, fitted on the rows to score */
    double time_limit;               /* seconds a trial; 0: none */
    int64_t memory_limit;            /* bytes; 0: none */
    enum sl_keep_scores keep_scores; /* not SL_KEEP_AUTO */
    char *model_path;                /* where to save the model of a trial alone, or NULL; owned */
    /* Of a trial alone whose fit goes on from one of fewer epochs, or will be gone on from: files, or NULL;
     * owned. */
    char *state_from, *state_to;
};

/* What all units of a run have in common; everything is the caller's. */
struct sl_site {
    const struct sl_plan *plan;
    struct sl_partition *partition;
    const struct sl_dataset *data, *test; /* as in struct sl_work, and the rest, too */
    int threads, timing_runs, evaluate_train, calibrate;
    double time_limit;
    int64_t memory_limit;
    enum sl_keep_scores keep_scores;
    char hash[33]; /* of all trials' keys: of what is run, and on which data */
};

/* Without a model's path. */
int sl_work_make(const struct sl_site *site, const struct sl_unit *unit, struct sl_work **out,
                 struct sl_error *err);
/* Leaves only n_score of each member's rows to score, evenly chosen, or all where there are fewer; of a test
 * file none: rows that are fitted stand for them.  n_data: rows of the data set.  SL_ENOMEM. */
int sl_work_thin(struct sl_work *work, size_t n_score, size_t n_data, struct sl_error *err);
void sl_work_free(struct sl_work *work);

#endif
