/* member_calls.h - which members of a group are fitted by one call. */
#ifndef SL_LINEAR_MEMBER_CALLS_H
#define SL_LINEAR_MEMBER_CALLS_H

#include "linear/members_way.h"

/* Call c fits member[first[c]] ... member[first[c + 1] - 1]. */
struct sl_member_calls {
    size_t *member; /* (n_members) */
    size_t *first;  /* (n + 1) */
    size_t n;
};

/* For so many threads.  0 when out of memory. */
int sl_member_calls_make(struct sl_member_calls *calls, const struct sl_group *group,
                         const struct sl_members_way *way, int threads);
void sl_member_calls_release(struct sl_member_calls *calls);

#endif
