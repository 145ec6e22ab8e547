/* loss.c - log loss: of the logistic function for one output, of the softmax for several.
 *
 * Derivatives by an output: p - [y is its class], and p (1 - p).  O(n outputs), a block of rows at a time. */
#include "boosting/loss.h"
#include "core/threads.h"
#include "kernels/exp.h"
#include <math.h>
#include <stdlib.h>

enum { BLOCK = 1024 };

struct totals {
    double loss, right, weight;
};

/* One row of several outputs. */
static void add_row(const struct sl_boost_loss *l, const float *raw, size_t row, float *gradient,
                    float *curvature, struct totals *sum)
{
    const size_t at = l->stride;
    const float weight = l->weight ? (float)l->weight[row] : 1;
    const int y = l->y[row];
    float most = raw[row], all = 0;
    int best = 0;
    for (int o = 1; o < l->n_outputs; o++)
        if (raw[(size_t)o * at + row] > most) {
            most = raw[(size_t)o * at + row];
            best = o;
        }
    for (int o = 0; o < l->n_outputs; o++)
        all += sl_exp_cut(raw[(size_t)o * at + row] - most);
    sum->loss += (double)weight * (log((double)all) + (double)(most - raw[(size_t)y * at + row]));
    sum->right += best == y ? (double)weight : 0;
    sum->weight += (double)weight;
    for (int o = 0; o < l->n_outputs && gradient; o++) {
        const float p = sl_exp_cut(raw[(size_t)o * at + row] - most) / all;
        gradient[(size_t)o * at + row] = weight * (p - (float)(o == y));
        curvature[(size_t)o * at + row] = weight * p * (1 - p);
    }
}

static void add_two_classes(const struct sl_boost_loss *l, const float *raw, size_t row, float *gradient,
                            float *curvature, struct totals *sum)
{
    const float weight = l->weight ? (float)l->weight[row] : 1, p = sl_logistic(raw[row]);
    const double margin = l->y[row] ? (double)raw[row] : -(double)raw[row];
    sum->loss += (double)weight * (margin > 0 ? log1p(exp(-margin)) : -margin + log1p(exp(margin)));
    sum->right += (raw[row] > 0) == l->y[row] ? (double)weight : 0;
    sum->weight += (double)weight;
    if (!gradient)
        return;
    gradient[row] = weight * (p - (float)l->y[row]);
    curvature[row] = weight * p * (1 - p);
}

struct sl_boost_fitness sl_boost_measure(const struct sl_boost_loss *l, const float *raw, float *gradient,
                                         float *curvature)
{
    enum { VALUE = 32 };
    const size_t n_blocks = (l->n + BLOCK - 1) / BLOCK;
    const int threads = sl_threads_for(VALUE * (double)l->n * l->n_outputs, l->threads);
    struct totals all = {0, 0, 0};
    /* Blocks are added in order: `ordered` hands their sums on one after the other. */
#pragma omp parallel for num_threads(threads) schedule(static, 1) ordered
    for (size_t b = 0; b < n_blocks; b++) {
        const size_t end = (b + 1) * BLOCK < l->n ? (b + 1) * BLOCK : l->n;
        struct totals mine = {0, 0, 0};
        for (size_t i = b * BLOCK; i < end; i++)
            (l->n_outputs > 1 ? add_row : add_two_classes)(l, raw, l->rows[i], gradient, curvature, &mine);
#pragma omp ordered
        {
            all.loss += mine.loss;
            all.right += mine.right;
            all.weight += mine.weight;
        }
    }
    return (struct sl_boost_fitness){all.loss / all.weight, all.right / all.weight};
}
