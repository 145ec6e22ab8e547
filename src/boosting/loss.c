/* loss.c - log loss: of the logistic function for one output, of the softmax for several.
 *
 * Derivatives by an output: p - [y is its class], and p (1 - p).  O(n outputs), a block of rows at a time,
 * which are put side by side for it. */
#include "boosting/loss.h"
#include "core/threads.h"
#include "kernels/exp.h"
#include <math.h>
#include <stdlib.h>

enum { BLOCK = 1024, BATCH = 256 }; /* rows: of a thread's turn, and that are put side by side */

struct totals {
    double loss, right, weight;
};

/* Some rows of several outputs. */
struct batch {
    size_t n;
    float raw[BATCH], most[BATCH], all[BATCH]; /* of one output; the highest; the sum of exp(raw - most) */
    float weight[BATCH], gradient[BATCH], curvature[BATCH];
    int32_t y[BATCH], best[BATCH];
};

SL_CLONED_VOID(static, take_most, (struct batch * b, int output), (b, output))
{
    for (size_t i = 0; i < b->n; i++) {
        const int higher = output == 0 || b->raw[i] > b->most[i];
        b->most[i] = higher ? b->raw[i] : b->most[i];
        b->best[i] = higher ? output : b->best[i];
    }
}

SL_CLONED_VOID(static, add_powers, (struct batch * b), (b))
{
    for (size_t i = 0; i < b->n; i++)
        b->all[i] += sl_exp_cut(b->raw[i] - b->most[i]);
}

SL_CLONED_VOID(static, derive, (struct batch * b, int output), (b, output))
{
    for (size_t i = 0; i < b->n; i++) {
        const float p = sl_exp_cut(b->raw[i] - b->most[i]) / b->all[i];
        b->gradient[i] = b->weight[i] * (p - (float)(b->y[i] == output));
        b->curvature[i] = b->weight[i] * p * (1 - p);
    }
}

static void gather(const float *from, const uint32_t *rows, struct batch *b)
{
    for (size_t i = 0; i < b->n; i++)
        b->raw[i] = from[rows[i]];
}

static void take_rows(const struct sl_boost_loss *l, const uint32_t *rows, struct batch *b)
{
    for (size_t i = 0; i < b->n; i++) {
        b->all[i] = 0;
        b->weight[i] = l->weight ? (float)l->weight[rows[i]] : 1;
        b->y[i] = l->y[rows[i]];
    }
}

/* At most BATCH rows of several outputs. */
static void add_classes(const struct sl_boost_loss *l, const float *raw, const uint32_t *rows, size_t n,
                        float *gradient, float *curvature, struct totals *sum)
{
    struct batch b = {.n = n};
    take_rows(l, rows, &b);
    for (int o = 0; o < l->n_outputs; o++) {
        gather(raw + (size_t)o * l->stride, rows, &b);
        take_most(&b, o);
    }
    for (int o = 0; o < l->n_outputs; o++) {
        gather(raw + (size_t)o * l->stride, rows, &b);
        add_powers(&b);
    }
    for (size_t i = 0; i < n; i++) {
        const float own = raw[(size_t)b.y[i] * l->stride + rows[i]];
        sum->loss += (double)b.weight[i] * (log((double)b.all[i]) + (double)(b.most[i] - own));
        sum->right += b.best[i] == b.y[i] ? (double)b.weight[i] : 0;
        sum->weight += (double)b.weight[i];
    }
    for (int o = 0; o < l->n_outputs && gradient; o++) {
        gather(raw + (size_t)o * l->stride, rows, &b);
        derive(&b, o);
        for (size_t i = 0; i < n; i++) {
            gradient[(size_t)o * l->stride + rows[i]] = b.gradient[i];
            curvature[(size_t)o * l->stride + rows[i]] = b.curvature[i];
        }
    }
}

/* One row of two classes. */
static void add_row(const struct sl_boost_loss *l, const float *raw, size_t row, float *gradient,
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
        for (size_t i = b * BLOCK; i < end && l->n_outputs > 1; i += BATCH)
            add_classes(l, raw, l->rows + i, end - i < BATCH ? end - i : BATCH, gradient, curvature, &mine);
        for (size_t i = b * BLOCK; i < end && l->n_outputs == 1; i++)
            add_row(l, raw, l->rows[i], gradient, curvature, &mine);
#pragma omp ordered
        {
            all.loss += mine.loss;
            all.right += mine.right;
            all.weight += mine.weight;
        }
    }
    return (struct sl_boost_fitness){all.loss / all.weight, all.right / all.weight};
}
