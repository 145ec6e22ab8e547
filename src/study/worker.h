/* worker.h - a unit's process as its parent sees it. */
#ifndef SL_STUDY_WORKER_H
#define SL_STUDY_WORKER_H

#include "study/channel.h"
#include "study/child.h"
#include "study/pool.h"

struct sl_worker {
    struct sl_work *work; /* owned */
    pid_t pid;
    struct sl_channel channel;
    int log; /* what the child writes to standard error; -1: nothing */
    double started;
    double heard;            /* when the last outcome came, or it started */
    double grace;            /* seconds between asking it to stop and killing it */
    double stopped;          /* when it was asked to stop; 0: it was not */
    int64_t resident;        /* at the start of the unit's own work; -1: not yet */
    unsigned char *reported; /* (trials of the unit): its outcome came; owned */
    size_t n_reported;
    int no_memory;             /* a record said that memory ran out */
    int lost;                  /* memory ran out in this process: records could not be read */
    int cut;                   /* the cancel flag ended the fit, of which nothing is kept */
    int code;                  /* the first error of an event's receiver */
    struct sl_outcome outcome; /* of a trial alone: epochs as they come, the rest at the end; of a group: why
                                  it was ended */
};

/* Forks; the work passes to the worker, also where it fails.  SL_EIO when the system refuses, SL_ENOMEM. */
int sl_worker_start(struct sl_worker *worker, struct sl_work *work, struct sl_error *err);

/* Takes the records that have come.  1 while the child works, 0 when it is done, dead or not to be believed.
 */
int sl_worker_pump(struct sl_worker *worker, const struct sl_pool_events *events);

/* Kills the child when it has gone beyond a limit. */
void sl_worker_check_limits(struct sl_worker *worker);

/* Asks the child to stop; asked again, kills it after the grace period. */
void sl_worker_stop(struct sl_worker *worker);

/* Reaps the child and tells what became of the trials that were not yet told of.  Frees what the worker has;
 * returns the first error that an event's receiver returned. */
int sl_worker_finish(struct sl_worker *worker, const struct sl_pool_events *events);

#endif
