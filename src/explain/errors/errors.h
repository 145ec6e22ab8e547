/* errors.h - the parts of an error analysis, a file each: what they fill of struct sl_errors. */
#ifndef SL_EXPLAIN_ERRORS_ERRORS_H
#define SL_EXPLAIN_ERRORS_ERRORS_H

#include <shortlist/errors.h>

static inline int sl_is_wrong(const struct sl_scored_rows *scored, size_t i)
{
    return scored->truth[i] != scored->predicted[i];
}

/* margin from scores, the n scored rows being there; k and width are set. */
int sl_scored_margins(struct sl_scored_rows *scored, struct sl_error *err);

int sl_errors_margins(struct sl_errors *errors, double near, struct sl_error *err);
/* brightness and size, of images. */
int sl_errors_looks(struct sl_errors *errors, struct sl_error *err);
int sl_errors_clusters(struct sl_errors *errors, const struct sl_errors_options *options,
                       struct sl_error *err);
/* After looks and clusters. */
int sl_errors_subsets(struct sl_errors *errors, struct sl_error *err);
int sl_errors_suspects(struct sl_errors *errors, const struct sl_errors_options *options,
                       struct sl_error *err);

/* Of rows (n, d): which of k clusters each belongs to, 0 the largest, and how much of the variance lies
 * between them.  The best of several beginnings (Lloyd 1982; Arthur and Vassilvitskii 2007).  SL_ENOMEM. */
int sl_k_means(const float *x, size_t n, size_t d, int k, uint64_t seed, int32_t *cluster, double *explained,
               struct sl_error *err);

#endif
