/* execution.h - a run of a plan: what the executor works on. */
#ifndef SL_STUDY_EXECUTION_H
#define SL_STUDY_EXECUTION_H

#include "study/batch.h"
#include "study/budget.h"
#include "study/eta.h"
#include "study/pool.h"
#include "study/store.h"
#include <shortlist/run.h>

/* Everything is owned but experiment, options, out and err. */
struct sl_execution {
    const struct sl_experiment *experiment;
    const struct sl_run_options *options;
    const char *out;
    int jobs, threads;
    struct sl_dataset *data, *test;
    struct sl_plan *plan;
    struct sl_partition *partition;
    char (*keys)[33];            /* (trials) in the store */
    char **files;                /* (table rows) names of model files, or NULL */
    enum sl_trial_status *state; /* (trials) */
    unsigned char *mine;         /* (trials) 1: it is this shard's to run */
    struct sl_budget *budget;    /* or NULL */
    double *seconds;             /* (trials) estimated, or NULL */
    size_t total;                /* trials that are */
    enum sl_keep_scores keep_scores;
    char scores[256]; /* as in the summary */
    struct sl_db *db;
    struct sl_batch batch;
    struct sl_site site; /* of the same */
    const struct sl_pool_type *pool_type;
    void *pool;
    struct sl_units units;
    size_t next; /* unit */
    size_t
        *again; /* (trials) of groups that ended before their outcomes were sent: each to be run by itself */
    size_t n_again;
    size_t done, held, ran; /* trials */
    double began;
    struct sl_eta eta; /* where there are estimates */
    struct sl_error *err;
};

/* Sets what follows from the options; nothing is opened. */
void sl_execution_begin(struct sl_execution *run, const struct sl_experiment *experiment,
                        const struct sl_run_options *options, struct sl_error *err);
/* Opens data and plan; also store and pool.  sl_execution_release either way. */
int sl_execution_plan(struct sl_execution *run);
int sl_execution_prepare(struct sl_execution *run);
void sl_execution_release(struct sl_execution *run);

/* Sets wish (trials): what is to become of a trial that is missing. */
enum sl_unit_wish sl_execution_wish(const struct sl_execution *run, size_t trial);

/* Asks the store for the trial; state tells MISSING where it is to be run. */
int sl_execution_look(struct sl_execution *run, size_t trial);

/* Name of the file that keeps the trial's model; NULL where none is wanted. */
const char *sl_execution_model_file(const struct sl_execution *run, size_t trial);
/* OUT/STUDY/models/FILE, fresh; NULL without memory. */
char *sl_execution_model_path(const struct sl_execution *run, const char *file);
/* Sets *has: is there nothing to keep, or does the file exist as it is asked for, and is it this trial's? */
int sl_execution_look_for_model(struct sl_execution *run, size_t trial, int *has);

#endif
