/* repulsion.h - how points of a t-SNE push each other away, in three ways: exactly, by a tree, on a grid.
 *
 * For points y (n, 2), and w(i, j) = 1 / (1 + |y_i - y_j|^2),
 *     force_i = sum over j of w(i, j)^2 (y_i - y_j)      and      z = sum over all i != j of w(i, j);
 * the gradient is what pulls minus force / z (van der Maaten and Hinton, Visualizing data using t-SNE, JMLR
 * 9, 2008). */
#ifndef SL_EXPLAIN_REPULSION_H
#define SL_EXPLAIN_REPULSION_H

#include "kernels/team.h"
#include <shortlist/error.h>
#include <stddef.h>

/* Works on a team of threads; the results depend on the points alone. */
struct sl_repulsion_way {
    const char *name;
    int (*init)(void **state, size_t n, struct sl_error *err);
    /* force (n, 2), *z; SL_ENOMEM, or SL_EDIVERGED where points are not finite. */
    int (*apply)(void *state, struct sl_team *team, const float *y, float *force, double *z,
                 struct sl_error *err);
    void (*free)(void *state);
};

extern const struct sl_repulsion_way sl_repulsion_exact; /* O(n^2) */
extern const struct sl_repulsion_way sl_repulsion_tree;  /* O(n log n), of theta = 0.5 */
extern const struct sl_repulsion_way sl_repulsion_grid;  /* O(n + grid log grid) */

/* The way for so many points. */
const struct sl_repulsion_way *sl_repulsion_for(size_t n);

#endif
