/* child.h - what runs in a trial's own process. */
#ifndef SL_STUDY_CHILD_H
#define SL_STUDY_CHILD_H

#include "study/rows.h"
#include <sys/types.h>

/* One trial, with all that it needs; inherited by fork. */
struct sl_job {
    const struct sl_trial *trial;
    struct sl_rows *rows; /* the executor frees them */
    const struct sl_dataset *data;
    const struct sl_dataset *test; /* NULL unless the trial is final */
    int threads;
    int64_t memory_limit;   /* 0: none */
    enum sl_keep_scores keep_scores; /* not SL_KEEP_AUTO */
    const char *model_path; /* where to save the model, or NULL */
};

/* Runs the job in a process just forked from parent, sends its records to channel, and ends the process.
 * What the trial prints goes nowhere, or to log when it is standard error. */
_Noreturn void sl_child_run(const struct sl_job *job, pid_t parent, int channel, int log);

#endif
