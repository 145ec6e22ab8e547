/* store.h - what the executor writes: the study's definition, and each outcome as it comes. */
#ifndef SL_STUDY_STORE_H
#define SL_STUDY_STORE_H

#include "study/db.h"
#include "study/experiment.h"
#include "study/rows.h"
#include <shortlist/outcome.h>
#include <shortlist/warnings.h>

/* A plan with what it was made from. */
struct sl_definition {
    const struct sl_experiment *experiment;
    const struct sl_dataset *data, *test; /* test NULL unless final */
    const struct sl_plan *plan;
    struct sl_partition *partition;
    char (*keys)[33];  /* (plan->n_trials) of the outcomes */
    const char *shard; /* a note that this run does a part of the trials; "": it does all */
};

/* Writes the study's settings, rows and trials, in place of those of an earlier run.  One transaction. */
int sl_store_define(struct sl_db *db, const struct sl_definition *definition, struct sl_error *err);

/* Adds a warning to the study's notes, which the next definition of it replaces. */
int sl_store_warn(struct sl_db *db, const char *study, enum sl_warning_id id, const char *text,
                  struct sl_error *err);

struct sl_held {
    int found;
    enum sl_trial_status status;
    int again;     /* something outside ended it: it deserves another run */
    int fit_runs;  /* timing runs; 1 where an older version wrote it */
    int evaluated; /* its training rows were predicted, too */
};

int sl_store_look(struct sl_db *db, const char *key, struct sl_held *held, struct sl_error *err);

/* Does the store know this model file of the study as the trial's? */
int sl_store_has_model(struct sl_db *db, const char *study, const char *file, const char *key, int *has,
                       struct sl_error *err);

/* Takes an outcome away. */
int sl_store_forget(struct sl_db *db, const char *key, struct sl_error *err);
/* Writes an outcome, and that file holds its model (file NULL: none), inside the caller's transaction. */
int sl_store_put(struct sl_db *db, const char *key, const char *split, const struct sl_outcome *outcome,
                 int again, const char *study, const char *file, struct sl_error *err);

#endif
