/* mesh.h - convolution on a grid: charges at its nodes in, forces there out. */
#ifndef SL_EXPLAIN_MESH_H
#define SL_EXPLAIN_MESH_H

#include "kernels/team.h"
#include <shortlist/error.h>
#include <stddef.h>

/* nodes x nodes of spacing h.  Charges, and the two components of the forces, lie in rows of `pitch` floats.
 */
struct sl_mesh {
    size_t nodes, pitch;
    double h;
    float *charge; /* (nodes, pitch): the caller fills the first `nodes` of a row, and leaves the others 0 */
    float *fx, *fy;
    struct sl_mesh_fft *fft;
};

/* For a number of threads at most.  The grid has the nodes asked for or more.  SL_ENOMEM, SL_EINTERNAL; then,
 * too, release it. */
int sl_mesh_init(struct sl_mesh *grid, size_t nodes, double h, int threads, struct sl_error *err);
void sl_mesh_release(struct sl_mesh *grid);

/* Forces of charges c on a unit charge at each node, the sum of c w^2 (difference of places), w = 1 / (1 +
 * distance^2), and *z, the sum of c c' w over all pairs of nodes, each with itself, too.  Charges and forces
 * are those of cubic B-splines: what is spread with them, and read with them, is the convolution's
 * interpolation. */
void sl_mesh_convolve(struct sl_mesh *grid, struct sl_team *team, double *z);

#endif
