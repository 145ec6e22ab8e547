/* weights.c - working sets of the linear kernel, without kernel rows.
 *
 * Where K is a dot product, sum_t delta_t K(x_t, x_i) = x_i . sum_t delta_t x_t: one weight vector, and one
 * product with it for each row of the pair, in place of kernel rows of all rows that enter the set.  Between
 * each other the set's rows still need kernel values: those of the rows that enter.
 * Weights are summed in double; the products of a row are single precision, PIECE of them at a time.
 * Cost of a set: n d for f, entering * set * d for the kernel values. */
#include "svm/weights.h"
#include "core/memory.h"
#include "core/threads.h"
#include "kernels/dispatch.h"
#include "kernels/eight.h"
#include <string.h>

enum { PIECE = 256 };

int sl_svm_weights_init(struct sl_svm_weights *weights, const struct sl_svm_rows *rows, size_t room,
                        size_t entering)
{
    *weights = (struct sl_svm_weights){0};
    int failed =
        sl_svm_rows_room(&weights->set, rows, room) || sl_svm_left_init(&weights->left, rows, entering);
    weights->products = sl_alloc(entering * room, sizeof *weights->products);
    weights->sum = sl_alloc(rows->d, sizeof *weights->sum);
    weights->change = sl_alloc(rows->d, sizeof *weights->change);
    failed |= !weights->products || !weights->sum || !weights->change;
    if (failed)
        sl_svm_weights_release(weights);
    return failed ? SL_ENOMEM : SL_OK;
}

void sl_svm_weights_release(struct sl_svm_weights *weights)
{
    sl_svm_rows_release(&weights->set);
    sl_svm_left_release(&weights->left);
    free(weights->products);
    free(weights->sum);
    free(weights->change);
    *weights = (struct sl_svm_weights){0};
}

void sl_svm_weights_enter(struct sl_svm_weights *weights, const struct sl_svm_rows *rows, size_t place,
                          size_t row)
{
    sl_svm_rows_put(&weights->set, place, rows, row);
}

int sl_svm_weights_products(struct sl_svm_weights *weights, const uint32_t *place, size_t m, size_t n)
{
    if (m == 0)
        return SL_OK;
    sl_svm_left_take(&weights->left, &weights->set, place, m);
    return sl_svm_block(&weights->set, &weights->left, 0, n, weights->products, n);
}

SL_CLONED_VOID(static, add_bytes, (double *restrict sum, double a, const int8_t *restrict x, size_t d),
               (sum, a, x, d))
{
    for (size_t t = 0; t < d; t++)
        sum[t] += a * (double)(x[t] + 128);
}

SL_CLONED_VOID(static, add_floats, (double *restrict sum, double a, const float *restrict x, size_t d),
               (sum, a, x, d))
{
    for (size_t t = 0; t < d; t++)
        sum[t] += a * (double)x[t];
}

SL_INLINE float dot(const float *x, const float *y, size_t d)
{
    sl_eight a = {0}, b = {0};
    size_t t = 0;
    for (; t + 16 <= d; t += 16) {
        a += SL_EIGHT(x + t) * SL_EIGHT(y + t);
        b += SL_EIGHT(x + t + 8) * SL_EIGHT(y + t + 8);
    }
    a += b;
    float sum = ((a[0] + a[4]) + (a[1] + a[5])) + ((a[2] + a[6]) + (a[3] + a[7]));
    for (; t < d; t++)
        sum += x[t] * y[t];
    return sum;
}

SL_CLONED(static, double, dot_bytes, (const int8_t *x, const float *w, size_t d), (x, w, d))
{
    float piece[PIECE];
    double sum = 0;
    for (size_t at = 0; at < d; at += PIECE) {
        const size_t n = d - at < PIECE ? d - at : PIECE;
        for (size_t t = 0; t < n; t++)
            piece[t] = (float)(x[at + t] + 128);
        sum += (double)dot(piece, w + at, n);
    }
    return sum;
}

SL_CLONED(static, double, dot_floats, (const float *x, const float *w, size_t d), (x, w, d))
{
    double sum = 0;
    for (size_t at = 0; at < d; at += PIECE)
        sum += (double)dot(x + at, w + at, d - at < PIECE ? d - at : PIECE);
    return sum;
}

/* change = sum_t delta[t] * row in place[t], as real values; returns the sum of its entries. */
static double add_up(struct sl_svm_weights *weights, const double *delta, const uint32_t *place, size_t m)
{
    const struct sl_svm_rows *set = &weights->set;
    const size_t d = set->d;
    double shift = 0, total = 0;
    memset(weights->sum, 0, d * sizeof *weights->sum);
    for (size_t t = 0; t < m; t++) {
        if (set->bytes)
            add_bytes(weights->sum, delta[t], set->bytes + place[t] * d, d);
        else
            add_floats(weights->sum, delta[t], set->floats + place[t] * d, d);
        shift += delta[t];
    }
    for (size_t t = 0; t < d; t++) {
        weights->change[t] = (float)(set->scale * weights->sum[t] + set->offset * shift);
        total += (double)weights->change[t];
    }
    return total;
}

void sl_svm_weights_update(struct sl_svm_weights *weights, const struct sl_svm_rows *rows,
                           const struct sl_svm_pair *pair, int threads, const double *delta,
                           const uint32_t *place, size_t m, double *f)
{
    const size_t d = rows->d, n = pair->n[0] + pair->n[1];
    const double bias = rows->offset * add_up(weights, delta, place, m);
    threads = sl_threads_for((double)n * (double)d, threads);
#pragma omp parallel for num_threads(threads)
    for (size_t i = 0; i < n; i++) {
        const size_t at = sl_svm_pair_row(pair, i) * d;
        f[i] -= bias + rows->scale * (rows->bytes ? dot_bytes(rows->bytes + at, weights->change, d)
                                                  : dot_floats(rows->floats + at, weights->change, d));
    }
}
