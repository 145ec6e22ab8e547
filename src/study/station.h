/* station.h - a process that runs units for a pool elsewhere.
 *
 * A program that uses MPI has threads, and can not fork; a station is forked before MPI begins, from a
 * process that has data and plan, and forks a process for each unit.  A unit that crashes costs its row, and
 * neither station nor rank.  Records go both ways over pipes (channel.h):
 *
 *     to it    UNIT      u64 unit, u64 n, u64 trials (n), text path of the model ("": none)
 *              STOP      empty: stop all
 *     from it  PROGRESS  u64 unit, f64 seconds since its start, struct sl_epoch
 *
 *              MEMBER    u64 unit, u64 member, u8 enum sl_ending, u64 n, struct sl_epoch (n),
 *                        struct sl_outcome
 *
 *              LOST      u64 unit, u64 member
 *
 *              ENDED     text: after STOP, nothing runs any more (""); or why the station can not go on
 */
#ifndef SL_STUDY_STATION_H
#define SL_STUDY_STATION_H

#include "study/channel.h"
#include "study/pool.h"
#include <sys/types.h>

/* What is said of a station that ends by itself. */
#define SL_STATION_DIED "the process that runs its trials has died"

struct sl_station {
    pid_t pid;
    struct sl_channel from; /* its records */
    int to;                 /* takes records without end: writing waits */
    void (*at_pipe)(int);   /* what SIGPIPE did before: now writing to a station that has died is an error */
};

/* Forks, so before this process has threads.  slots: units at once; more wait there. */
int sl_station_start(const struct sl_site *site, int slots, struct sl_station *station, struct sl_error *err);
/* Lets it go, and waits until it has gone. */
void sl_station_end(struct sl_station *station);

/* The body of a UNIT record. */
void sl_station_write_unit(struct sl_writer *w, uint64_t unit, const struct sl_work *work);

/* Tells the pool's events of a record of the unit's.  *done: it was a member's last one.  An error of a
 * receiver; or SL_EIO for a record that can not be. */
int sl_station_tell(int kind, struct sl_reader *body, const struct sl_work *work,
                    const struct sl_pool_events *events, int *done, struct sl_error *err);

#endif
