/* team.h - threads that stay together while one of them leads: for work that comes in many short pieces with
 * something in between that one thread does.
 *
 * A parallel region for each piece would leave the others spinning for milliseconds in between; here they
 * wait at a barrier that soon lets them sleep (core/barrier.h). */
#ifndef SL_KERNELS_TEAM_H
#define SL_KERNELS_TEAM_H

#include "core/barrier.h"

struct sl_team {
    int threads;               /* >= 1, the leader among them */
    struct sl_barrier barrier; /* the rest is the team's own */
    void (*work)(void *arg, int thread);
    void *arg;
};

/* Calls lead on this thread, with a team of at most so many. */
void sl_team_lead(int threads, void (*lead)(struct sl_team *team, void *arg), void *arg);

/* For the leader: every thread of the team, 0 ... threads - 1, calls work.  Returns when all are done; what
 * each wrote before, all see after. */
void sl_team_all(struct sl_team *team, void (*work)(void *arg, int thread), void *arg);

#endif
