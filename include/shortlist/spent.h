/* spent.h - time that a stretch of work took. */
#ifndef SHORTLIST_SPENT_H
#define SHORTLIST_SPENT_H

#include <shortlist/api.h>

SL_API_BEGIN

struct sl_spent {
    double seconds; /* of a monotonic wall clock */
    double cpu;     /* seconds of CPU time: all threads of the process, user and system */
};

/* The clocks as they stand. */
struct sl_spent sl_spent_now(void);
/* What has passed since then. */
struct sl_spent sl_spent_since(struct sl_spent start);
/* Work that n share alike: each one's part of it, on top of own. */
struct sl_spent sl_spent_add(struct sl_spent own, struct sl_spent shared, double n);

SL_API_END
#endif
