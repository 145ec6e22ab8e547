/* worker.h - a trial's process as its parent sees it. */
#ifndef SL_STUDY_WORKER_H
#define SL_STUDY_WORKER_H

#include "study/channel.h"
#include "study/child.h"

struct sl_worker {
    size_t trial; /* index in the plan */
    struct sl_job job;
    double time_limit; /* seconds; 0: none */
    pid_t pid;
    struct sl_channel channel;
    int log; /* what the child writes to standard error; -1: nothing */
    double started;
    double grace;              /* seconds between asking it to stop and killing it */
    double stopped;            /* when it was asked to stop; 0: it was not */
    int64_t resident;          /* at the start of the trial's own work; -1: not yet */
    int reported;              /* the outcome's record came */
    int no_memory;             /* or another, which says that memory ran out */
    int lost;                  /* memory ran out in this process: records could not be read */
    int cut;                   /* and the cancel flag ended the fit, of which nothing is kept */
    struct sl_outcome outcome; /* epochs as they come, the rest at the end */
};

/* Forks; trial, job and time_limit are set.  SL_EIO when the system refuses. */
int sl_worker_start(struct sl_worker *worker, struct sl_error *err);

/* Takes the records that have come; on_epoch is called with each curve point.  0 when the child is done,
 * dead or mad, 1 while it works. */
int sl_worker_pump(struct sl_worker *worker, void (*on_epoch)(void *arg, const struct sl_worker *worker),
                   void *arg);

/* Kills the child when it has gone beyond a limit, with the status and the reason in the outcome. */
void sl_worker_check_limits(struct sl_worker *worker);

/* Asks the child to stop; asked again, kills it after the grace period. */
void sl_worker_stop(struct sl_worker *worker);

enum sl_ending {
    SL_ENDED,   /* the outcome is the trial's */
    SL_KILLED,  /* something outside ended it, or it was stopped and kept its model so far: the outcome says so,
                   but the trial deserves another run */
    SL_STOPPED, /* stopped before it was done, on demand: no outcome */
};

/* Reaps the child and completes the outcome, which is the caller's then. */
enum sl_ending sl_worker_finish(struct sl_worker *worker, struct sl_outcome *outcome);

#endif
