/* shares.h - a team's threads take pieces of work off one list; which thread computes a piece changes
 * nothing. */
#ifndef SL_EXPLAIN_SHARES_H
#define SL_EXPLAIN_SHARES_H

#include "kernels/team.h"
#include <stdatomic.h>
#include <stddef.h>

struct sl_shares {
    size_t n; /* pieces */
    void (*piece)(void *arg, size_t i, int thread);
    void *arg;
    atomic_size_t next;
};

static inline void sl_shares_work(void *arg, int thread)
{
    struct sl_shares *s = arg;
    for (;;) {
        const size_t i = atomic_fetch_add_explicit(&s->next, 1, memory_order_relaxed);
        if (i >= s->n)
            return;
        s->piece(s->arg, i, thread);
    }
}

/* Has the team do pieces 0 ... n - 1. */
static inline void sl_share_out(struct sl_team *team, size_t n,
                                void (*piece)(void *arg, size_t i, int thread), void *arg)
{
    struct sl_shares s = {.n = n, .piece = piece, .arg = arg};
    atomic_init(&s.next, 0);
    if (team->threads > 1 && n > 1)
        sl_team_all(team, sl_shares_work, &s);
    else
        sl_shares_work(&s, 0);
}

#endif
