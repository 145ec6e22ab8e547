/* tsne.h - the optimisation of a t-SNE, apart from where its rows come from. */
#ifndef SL_EXPLAIN_TSNE_H
#define SL_EXPLAIN_TSNE_H

#include "explain/affinities.h"
#include "explain/repulsion.h"
#include <shortlist/embed.h>

/* Of a gradient, apart for tests: gradient (n, 2) = exaggeration * what pulls - what pushes; the divergence's
 * is 4 times that. */
int sl_tsne_gradient(const struct sl_affinities *a, const struct sl_repulsion_way *way, const float *y,
                     double exaggeration, int threads, float *gradient, struct sl_error *err);

/* y (n, 2) from where it stands; way NULL: the one for so many points.  *divergence at the end. SL_EDIVERGED,
 * SL_ENOMEM, SL_ECANCELLED. */
int sl_tsne_optimise(const struct sl_affinities *a, const struct sl_repulsion_way *way,
                     const struct sl_tsne_options *options, float *y, double *divergence,
                     struct sl_error *err);

#endif
