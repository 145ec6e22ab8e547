/* coalitions.h - which coalitions of players Kernel SHAP asks for, and their weights. */
#ifndef SL_EXPLAIN_COALITIONS_H
#define SL_EXPLAIN_COALITIONS_H

#include <shortlist/rng.h>
#include <stddef.h>
#include <stdint.h>

struct sl_coalitions {
    size_t p, n;    /* players, coalitions */
    size_t drawn;   /* from this one on they are drawn, each with its complement behind it */
    uint8_t *kept;  /* (n, p), owned */
    double *weight; /* (n), owned */
};

/* At most `budget` (at least 2) of p >= 2 players, none of them empty or whole: all of as many sizes, the
 * smallest and the largest first, as the budget allows, the others drawn, by Shapley's kernel.  SL_ENOMEM. */
int sl_coalitions_make(size_t p, size_t budget, struct sl_rng *rng, struct sl_coalitions *out);
void sl_coalitions_release(struct sl_coalitions *coalitions);

#endif
