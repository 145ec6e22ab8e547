/* scorer.h - labels and scores of rows from what each class says of a row. */
#ifndef SL_DENSITIES_SCORER_H
#define SL_DENSITIES_SCORER_H

#include "kernels/sparse_row.h"
#include <shortlist/error.h>
#include <shortlist/view.h>

struct sl_scorer {
    int k, m;                /* classes of the data set, and those that had training rows */
    const int32_t *label_of; /* (m), ascending */
    const void *model;
    /* out (m): a row's log density in each class, its prior within, or another score of which the largest
     * wins. x (d), or NULL and sparse; scratch is the thread's own. */
    void (*joint)(const void *model, const float *x, const struct sl_sparse_row *sparse, double *scratch,
                  double *out);
    size_t scratch;    /* doubles */
    double operations; /* of a row, as sl_threads_for counts them */
    int margins;       /* scores are what joint gives, no probabilities */
};

/* labels (n) or scores (n, k); the other is NULL.  Ties go to the lowest label.  SL_ENOMEM; SL_EDATA where a
 * row is so far from every class that none has a finite score. */
int sl_scorer_run(const struct sl_scorer *scorer, const struct sl_view *x, int threads, int32_t *labels,
                  float *scores, struct sl_error *err);

#endif
