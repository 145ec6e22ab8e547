/* greedy.h - ensembles of classifiers that have predicted already. */
#ifndef SL_MEASURE_GREEDY_H
#define SL_MEASURE_GREEDY_H

#include <stddef.h>
#include <stdint.h>

/* m classifiers' probabilities of the same n rows. */
struct sl_greedy {
    const float *const *probabilities; /* (m), each (n, k) */
    size_t m;
    const int32_t *truth; /* (n) */
    size_t n;
    int k;
};

/* Greedy selection with replacement: of `rounds` steps, each adds the classifier whose share makes the mean
 * of probabilities right in most of the rows (n_rows), of these the one with the least log loss, then the
 * earliest; the best step ends it, the first one of equals.  count (m): how often each was taken.  SL_ENOMEM.
 */
int sl_greedy_select(const struct sl_greedy *of, const uint32_t *rows, size_t n_rows, int rounds, int *count);

/* The class that the mean holds most likely in row i; the lower one of equals. */
int sl_greedy_predict(const struct sl_greedy *of, const int *count, size_t i);

#endif
