/* sgd_pass.c - one epoch of stochastic gradient descent for a group of classes; see sgd.c.
 *
 * A step needs the row's score with the weights that the step before has left, so that each row would have
 * to pass all weights alone.  But a step adds a multiple of its row x_s to w, which changes the score of a
 * later row x_r by that multiple of x_s . x_r: so the scores of a few rows are computed together, with the
 * weights before the first, each step corrects those after it, and the rows are added to the weights at the
 * end.  The steps are those of one row at a time, but for rounding.  The products of rows are the same for
 * all classes, and needed only where a class does step: most rows lie outside most margins. */
#include "linear/sgd_pass.h"
#include "kernels/convert.h"
#include "kernels/dispatch.h"
#include "kernels/skinny.h"
#include "linear/sgd_step.h"
#include <string.h>

/* A few rows in the order of their steps.  Scores are those of v and the row as it lies in memory. */
struct block {
    const void *x[SL_ROWS_STEP];
    int32_t number[SL_ROWS_STEP];
    double weight[SL_ROWS_STEP];                   /* of the rows */
    double eta[SL_ROWS_STEP], decay[SL_ROWS_STEP]; /* learning rates, and what they multiply the weights by */
    double product[SL_ROWS_STEP][SL_ROWS_STEP];
    unsigned known;  /* bit s: the products of row s with later ones are there */
    unsigned normed; /* bit s: so is product[s][s] */
    int size, bytes;
    double unit; /* what a row's values are multiplied by */
    float z[SL_SGD_GROUP * SL_ROWS_STEP];
};

double sl_sgd_rate(const struct sl_sgd_rows *rows, double t)
{
    const struct sl_sgd_options *options = rows->options;
    switch (options->learning_rate) {
    case SL_SGD_OPTIMAL:
        return 1 / (options->alpha * (rows->t0 + t));
    case SL_SGD_INVSCALING:
        return options->eta0 / pow(t + 1, options->power_t);
    default:
        return options->eta0;
    }
}

/* Draws each weight towards 0 by the penalty that it has not received yet, and not beyond. */
SL_CLONED_VOID(static, apply_l1, (float *restrict v, float *restrict q, float u, float scale, size_t d),
               (v, q, u, scale, d))
{
    for (size_t j = 0; j < d; j++) {
        float before = v[j], less = before - (u + q[j]) / scale, more = before + (u - q[j]) / scale;
        float after = before > 0 ? (less > 0 ? less : 0) : before < 0 ? (more < 0 ? more : 0) : before;
        q[j] += scale * (after - before);
        v[j] = after;
    }
}

/* Blocks ------------------------------------------------------------------------------------------- */

/* Bytes that are multiplied by a scale and fill whole registers need no copy as floats: the scale is
 * applied to the product. */
static int stays_bytes(const struct sl_view *view)
{
    return view->dtype == SL_U8 && view->offset == 0 && view->d % SL_LANES == 0;
}

static size_t place(const struct sl_sgd_rows *rows, uint32_t row)
{
    return rows->list ? rows->list[row] : row;
}

static void prefetch_row(const struct sl_sgd_rows *rows, uint32_t row)
{
    const struct sl_view *view = rows->view;
    size_t size = view->d * (view->dtype == SL_U8 ? 1 : sizeof(float));
    const char *bytes = (const char *)view->x + place(rows, row) * size;
    for (size_t at = 0; at < size; at += 64)
        __builtin_prefetch(bytes + at);
}

/* The scores of `size` rows with all vectors of the group. */
static void score_block(const struct sl_sgd_rows *rows, const struct sl_sgd_group *group,
                        const uint32_t *order, int size, struct block *block)
{
    const struct sl_view *view = rows->view;
    block->size = size;
    block->known = block->normed = 0;
    block->bytes = stays_bytes(view);
    block->unit = block->bytes ? (double)view->scale : 1;
    for (int r = 0; r < SL_ROWS_STEP; r++) {
        const uint32_t row = order[r < size ? r : size - 1]; /* repeated: its scores are not used */
        const size_t at = place(rows, row);
        float *x = group->x + (size_t)r * rows->ld;
        block->number[r] = rows->number[row];
        block->weight[r] = view->weight ? view->weight[row] : 1;
        block->x[r] = block->bytes ? (const void *)((const uint8_t *)view->x + at * view->d) : x;
        if (!block->bytes && r < size)
            sl_view_block(view, at, 1, x); /* the padding stays zero */
    }
    if (size > 1) {
        sl_skinny_block_dot(block->x, block->bytes, group->v, (size_t)group->size, rows->ld, block->z);
        return;
    }
    float z[SL_SGD_GROUP];
    if (block->bytes)
        sl_skinny_row_dot_bytes(block->x[0], group->v, (size_t)group->size, rows->ld, z);
    else
        sl_skinny_row_dot(block->x[0], group->v, (size_t)group->size, rows->ld, z);
    for (int g = 0; g < group->size; g++)
        block->z[g * SL_ROWS_STEP] = z[g];
}

/* The products of row s with those after it, in the units of scores. */
static const double *products(const struct sl_sgd_rows *rows, struct block *block, int s)
{
    if (!(block->known & 1u << s))
        for (int r = s + 1; r < block->size; r++)
            block->product[s][r] =
                block->unit * sl_skinny_product(block->x[s], block->x[r], block->bytes, rows->ld);
    block->known |= 1u << s;
    return block->product[s];
}

static double squared_norm(const struct sl_sgd_rows *rows, struct block *block, int r)
{
    if (!(block->normed & 1u << r))
        block->product[r][r] =
            block->unit * block->unit * sl_skinny_product(block->x[r], block->x[r], block->bytes, rows->ld);
    block->normed |= 1u << r;
    return block->product[r][r];
}

/* Steps -------------------------------------------------------------------------------------------- */

/* The vector and what it still has to receive, before row r, when its scale has become too small. */
static void renew_scale(const struct sl_sgd_rows *rows, struct sl_sgd_learner *learner,
                        const struct block *block, double *z, float *a, int r)
{
    sl_skinny_block_add(learner->v, a, block->x, block->bytes, rows->ld);
    memset(a, 0, SL_ROWS_STEP * sizeof *a);
    for (int s = r; s < block->size; s++)
        z[s] *= learner->scale;
    sl_sgd_fold_scale(learner, rows->ld);
}

/* Row r, whose score has the derivative dloss: adds to the intercept and to the scores to come, and keeps in
 * a what the vector is to receive. */
static void step(const struct sl_sgd_rows *rows, struct sl_sgd_learner *learner, struct block *block,
                 double *z, float *a, int r, double eta, double dloss)
{
    double weight = block->number[r] == learner->class_number ? learner->weight_own : learner->weight_rest;
    double update = -eta * sl_sgd_bound(dloss) * weight * block->weight[r];
    const double *product = products(rows, block, r);
    a[r] = (float)(update / learner->scale * block->unit);
    for (int s = r + 1; s < block->size; s++)
        z[s] += (double)a[r] * product[s];
    if (rows->options->fit_intercept)
        learner->b += update;
}

/* The steps of one class for the rows of a block; dots (SL_ROWS_STEP): their products with its vector. */
SL_INLINE void steps(const struct sl_sgd_rows *rows, struct sl_sgd_learner *learner, struct block *block,
                     const float *dots, const enum sl_sgd_loss loss)
{
    const double *eta = block->eta, *decay = block->decay;
    double own_eta[SL_ROWS_STEP], own_decay[SL_ROWS_STEP], z[SL_ROWS_STEP];
    float a[SL_ROWS_STEP] = {0};
    const int passive = sl_sgd_is_passive(rows->options);
    int stepped = 0;
    if (rows->options->learning_rate == SL_SGD_ADAPTIVE) {
        for (int r = 0; r < block->size; r++)
            sl_sgd_set_rate(rows, learner->eta, &own_eta[r], &own_decay[r]);
        eta = own_eta;
        decay = own_decay;
    }
    for (int r = 0; r < block->size; r++)
        z[r] = block->unit * (double)dots[r];
    for (int r = 0; r < block->size; r++) {
        double y = block->number[r] == learner->class_number ? 1 : -1, p = learner->scale * z[r] + learner->b;
        double dloss = sl_sgd_dloss(loss, p, y);
        const double row_loss = sl_sgd_loss(loss, p, y);
        learner->sum_loss += row_loss;
        if (passive && row_loss > 0)
            dloss = sl_sgd_passive(rows->options, row_loss, y, squared_norm(rows, block, r));
        learner->scale *= decay[r];
        if (learner->scale < SL_SGD_SCALE_MIN)
            renew_scale(rows, learner, block, z, a, r);
        if (dloss != 0) {
            step(rows, learner, block, z, a, r, eta[r], dloss);
            stepped = 1;
        }
        if (learner->q)
            learner->u += rows->l1_ratio * eta[r] * rows->options->alpha;
    }
    if (stepped)
        sl_skinny_block_add(learner->v, a, block->x, block->bytes, rows->ld);
    if (learner->q) /* blocks have one row */
        apply_l1(learner->v, learner->q, (float)learner->u, (float)learner->scale, rows->view->d);
}

/* The loss is a constant in each call: its branches leave the loop. */
static void block_steps(const struct sl_sgd_rows *rows, struct sl_sgd_learner *learner, struct block *block,
                        const float *z)
{
    switch (rows->options->loss) {
    case SL_LOSS_HINGE:
        steps(rows, learner, block, z, SL_LOSS_HINGE);
        break;
    case SL_LOSS_PERCEPTRON:
        steps(rows, learner, block, z, SL_LOSS_PERCEPTRON);
        break;
    case SL_LOSS_SQUARED_HINGE:
        steps(rows, learner, block, z, SL_LOSS_SQUARED_HINGE);
        break;
    case SL_LOSS_MODIFIED_HUBER:
        steps(rows, learner, block, z, SL_LOSS_MODIFIED_HUBER);
        break;
    default:
        steps(rows, learner, block, z, SL_LOSS_LOG);
        break;
    }
}

void sl_sgd_train_group(const struct sl_sgd_rows *rows, const struct sl_sgd_group *group,
                        const uint32_t *order, size_t n, double t)
{
    /* The L1 penalty changes the weights in another way than by a row. */
    size_t most = rows->l1_ratio > 0 ? 1 : SL_ROWS_STEP;
    struct block block;
    for (size_t i = 0; i < n; i += most) {
        size_t size = n - i < most ? n - i : most, ahead = i + most,
               end = n - i < 2 * most ? n : i + 2 * most;
        for (size_t r = 0; r < size; r++)
            sl_sgd_set_rate(rows, sl_sgd_rate(rows, t + (double)(i + r)), &block.eta[r], &block.decay[r]);
        score_block(rows, group, order + i, (int)size, &block);
        for (int g = 0; g < group->size; g++) {
            if (ahead < end) /* a row at a time: memory takes few requests at once */
                prefetch_row(rows, order[ahead++]);
            block_steps(rows, group->learners[g], &block, block.z + g * SL_ROWS_STEP);
        }
        while (ahead < end)
            prefetch_row(rows, order[ahead++]);
    }
}

void sl_sgd_validate_group(const struct sl_sgd_rows *rows, const struct sl_sgd_group *group,
                           const uint32_t *order, size_t n, double *accuracy)
{
    double right[SL_SGD_GROUP] = {0}, all = 0;
    struct block block;
    for (size_t i = 0; i < n; i += SL_ROWS_STEP) {
        score_block(rows, group, order + i, (int)(n - i < SL_ROWS_STEP ? n - i : SL_ROWS_STEP), &block);
        for (int g = 0; g < group->size; g++)
            for (int r = 0; r < block.size; r++) {
                const struct sl_sgd_learner *learner = group->learners[g];
                double p = learner->scale * block.unit * (double)block.z[g * SL_ROWS_STEP + r] + learner->b;
                if ((p > 0) == (block.number[r] == learner->class_number))
                    right[g] += block.weight[r];
            }
        for (int r = 0; r < block.size; r++)
            all += block.weight[r];
    }
    for (int g = 0; g < group->size; g++)
        accuracy[g] = n ? right[g] / all : 0;
}
