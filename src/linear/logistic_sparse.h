/* logistic_sparse.h - products and sums of sparse rows for logistic_loss.c.
 *
 * Weights of one feature stand side by side, W and G (d, k), so that an entry of a row finds those of all
 * classes in a line or two of the cache. */
#ifndef SL_LINEAR_LOGISTIC_SPARSE_H
#define SL_LINEAR_LOGISTIC_SPARSE_H

#include <shortlist/view.h>

/* W (d, k) from x (k, d). */
void sl_sparse_turn(const double *x, size_t k, size_t d, float *W);

/* Z[c * ldz + i]: products of rows first ... first + n - 1 with all k vectors; z (k) is scratch. */
void sl_sparse_products(const struct sl_view *view, size_t first, size_t n, const float *W, size_t k,
                        float *Z, size_t ldz, float *z);

/* G (d, k) += the same rows, each times its Z; z (k) is scratch. */
void sl_sparse_sums(const struct sl_view *view, size_t first, size_t n, const float *Z, size_t ldz, size_t k,
                    float *z, float *G);

/* g (k, d) += features first ... end - 1 of all of G (chunks, d, k), in the order of the chunks. */
void sl_sparse_add_up(const float *G, size_t chunks, size_t k, size_t d, size_t first, size_t end, double *g);

#endif
