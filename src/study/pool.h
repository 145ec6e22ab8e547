/* pool.h - where units of work run.
 *
 * A pool is a table of functions, so that the executor does not know whether units run in processes of this
 * machine (sl_pool_processes) or elsewhere. */
#ifndef SL_STUDY_POOL_H
#define SL_STUDY_POOL_H

#include "study/work.h"
#include <shortlist/outcome.h>

enum sl_ending {
    SL_ENDED,   /* the outcome is the trial's */
    SL_KILLED,  /* something outside ended it, or it was stopped and kept its model so far: the outcome says
                   so,  but the trial deserves another run */
    SL_STOPPED, /* stopped before it was done, on demand: the outcome tells nothing */
};

/* What a pool tells while it waits.  Outcomes stay the pool's; a code other than SL_OK is what wait returns.
 */
struct sl_pool_events {
    void *arg;
    void (*epoch)(void *arg, const struct sl_work *work, const struct sl_epoch *epoch, double since_start);
    /* Once for each trial of a unit; the receiver may take what the outcome owns, and leave it without; */
    int (*outcome)(void *arg, const struct sl_work *work, size_t member, struct sl_outcome *outcome,
                   enum sl_ending ending);
    /* unless the unit is a group that came to its end before the member's outcome was sent. */
    int (*lost)(void *arg, const struct sl_work *work, size_t member);
};

struct sl_pool_type {
    const char *name;
    /* slots: how many units at once, in each place where they run.  The site must outlive the pool. */
    int (*open)(const struct sl_site *site, int slots, void **pool, struct sl_error *err);
    /* May another unit be started? */
    int (*has_room)(const void *pool);
    int (*is_idle)(const void *pool);
    /* Starts a unit, which passes to the pool, also where that fails. */
    int (*start)(void *pool, struct sl_work *work, struct sl_error *err);
    /* Waits a little for records and tells of them; watches limits. */
    int (*wait)(void *pool, const struct sl_pool_events *events, struct sl_error *err);
    /* How many units can be at work at once. */
    int (*width)(const void *pool);
    /* Asks all units to stop; called again and again it ends those that do not. */
    void (*stop)(void *pool);
    void (*close)(void *pool); /* an idle one */
};

extern const struct sl_pool_type sl_pool_processes; /* on this machine */
extern const struct sl_pool_type sl_pool_mpi;       /* and on those of all MPI ranks */

#endif
