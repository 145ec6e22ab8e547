/* logistic_sparse.c - products and sums of sparse rows: O(entries k), and O(d k) to turn the weights and to
 * add up. */
#include "linear/logistic_sparse.h"
#include "kernels/dispatch.h"
#include "kernels/sparse_row.h"

void sl_sparse_turn(const double *x, size_t k, size_t d, float *W)
{
    for (size_t c = 0; c < k; c++)
        for (size_t j = 0; j < d; j++)
            W[j * k + c] = (float)x[c * d + j];
}

SL_CLONED_VOID(static, dot_row, (const struct sl_sparse_row *x, const float *W, size_t k, float *restrict z),
               (x, W, k, z))
{
    for (size_t c = 0; c < k; c++)
        z[c] = 0;
    for (size_t e = 0; e < x->n; e++) {
        const float value = x->value[e], *w = W + x->column[e] * k;
        for (size_t c = 0; c < k; c++)
            z[c] += value * w[c];
    }
}

SL_CLONED_VOID(static, add_row,
               (const struct sl_sparse_row *x, const float *restrict z, size_t k, float *restrict G),
               (x, z, k, G))
{
    for (size_t e = 0; e < x->n; e++) {
        const float value = x->value[e];
        float *g = G + x->column[e] * k;
        for (size_t c = 0; c < k; c++)
            g[c] += value * z[c];
    }
}

void sl_sparse_products(const struct sl_view *view, size_t first, size_t n, const float *W, size_t k,
                        float *Z, size_t ldz, float *z)
{
    for (size_t i = 0; i < n; i++) {
        const struct sl_sparse_row x = sl_view_row(view, first + i);
        if (k == 1) {
            Z[i] = (float)sl_srow_dot(&x, W);
            continue;
        }
        dot_row(&x, W, k, z);
        for (size_t c = 0; c < k; c++)
            Z[c * ldz + i] = z[c];
    }
}

void sl_sparse_sums(const struct sl_view *view, size_t first, size_t n, const float *Z, size_t ldz, size_t k,
                    float *z, float *G)
{
    for (size_t i = 0; i < n; i++) {
        const struct sl_sparse_row x = sl_view_row(view, first + i);
        if (k == 1) {
            sl_srow_add(G, Z[i], &x);
            continue;
        }
        for (size_t c = 0; c < k; c++)
            z[c] = Z[c * ldz + i];
        add_row(&x, z, k, G);
    }
}

void sl_sparse_add_up(const float *G, size_t chunks, size_t k, size_t d, size_t first, size_t end, double *g)
{
    enum { BLOCK = 64 }; /* features of which all chunks' sums and all classes' gradients stay in cache */
    for (size_t from = first; from < end; from += BLOCK) {
        const size_t to = end - from < BLOCK ? end : from + BLOCK;
        for (size_t chunk = 0; chunk < chunks; chunk++)
            for (size_t j = from; j < to; j++)
                for (size_t c = 0; c < k; c++)
                    g[c * d + j] += (double)G[(chunk * d + j) * k + c];
    }
}
