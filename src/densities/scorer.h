/* scorer.h - labels and scores of rows from what each class says of a row. */
#ifndef SL_DENSITIES_SCORER_H
#define SL_DENSITIES_SCORER_H

#include <shortlist/error.h>
#include <shortlist/view.h>

enum { SL_SCORER_ROWS = 64 }; /* at most so many a call */

struct sl_scorer {
    int k, m;                /* classes of the data set, and those that had training rows */
    const int32_t *label_of; /* (m), ascending */
    const void *model;
    /* out (n, m): the log densities of rows x (n, d) in each class, its prior within, or other scores of
     * which the largest wins; scratch is the thread's own. */
    void (*joint)(const void *model, const float *x, size_t n, double *scratch, double *out);
    size_t scratch;    /* doubles */
    double operations; /* of a row, as sl_threads_for counts them */
    int margins;       /* scores are what joint gives, no probabilities */
};

/* labels (n) or scores (n, k); the other is NULL.  Sparse rows are spread.  Ties go to the lowest label.
 * SL_ENOMEM; SL_EDATA where a row is so far from every class that none has a finite score. */
int sl_scorer_run(const struct sl_scorer *scorer, const struct sl_view *x, int threads, int32_t *labels,
                  float *scores, struct sl_error *err);

#endif
