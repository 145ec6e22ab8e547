/* sgd_pass.c - one epoch of stochastic gradient descent for a set of vectors; see sgd.c.
 *
 * A step needs the row's score with the weights that the step before has left, so that each row would have
 * to pass all weights alone.  But a step adds a multiple of its row x_s to w, which changes the score of a
 * later row x_r by that multiple of x_s . x_r: so the scores of a few rows, a block, are computed together,
 * with the weights before the first, each step corrects those after it, and the rows are added to the weights
 * at the end.  The steps are those of one row at a time, but for rounding.  The products of rows are the same
 * for all vectors, and needed only where one does step: most rows lie outside most margins.
 *
 * A chunk of rows meets the vectors a group at a time: as many as one pass over a row multiplies at full
 * speed. Its bytes are converted on the way, but once for all where there are many groups: the same floats. A
 * vector's steps are the same to the last bit in any group and chunk. */
#include "linear/sgd_pass.h"
#include "core/memory.h"
#include "kernels/convert.h"
#include "kernels/dispatch.h"
#include "kernels/skinny.h"
#include <string.h>

enum {
    GROUP = 5,
    CHUNK = 16,    /* rows, at most */
    SHORT = 512,   /* bytes of a row: so few are done with before the next ones have come from memory */
    CONVERTED = 20 /* vectors that more of are worth a copy of bytes as floats */
};

/* A few rows in the order of their steps.  Scores are those of v and the row as it lies in memory. */
struct block {
    const void *x[SL_ROWS_STEP];        /* floats, or bytes */
    const uint8_t *bytes[SL_ROWS_STEP]; /* as they lie in memory, where rows->bytes */
    int32_t number[SL_ROWS_STEP];
    double weight[SL_ROWS_STEP]; /* of the rows */
    double product[SL_ROWS_STEP][SL_ROWS_STEP];
    unsigned known;     /* bit s: the products of row s with later ones are there */
    unsigned normed;    /* bit s: so is product[s][s] */
    int size, as_bytes; /* x is bytes */
};

/* Learning rates, and what they multiply the weights by. */
struct rates {
    double eta[CHUNK], decay[CHUNK];
};

struct sl_sgd_chunk {
    float *x; /* (CHUNK, ld) */
    size_t n;
    struct block blocks[CHUNK];
    struct rates *rates; /* of each setting */
};

struct sl_sgd_chunk *sl_sgd_chunk_new(size_t ld, size_t settings)
{
    struct sl_sgd_chunk *chunk = sl_alloc(1, sizeof *chunk);
    if (!chunk)
        return NULL;
    chunk->x = sl_alloc_zero(CHUNK * ld, sizeof *chunk->x); /* the padding stays zero */
    chunk->rates = sl_alloc(settings, sizeof *chunk->rates);
    if (chunk->x && chunk->rates)
        return chunk;
    sl_sgd_chunk_free(chunk);
    return NULL;
}

void sl_sgd_chunk_free(struct sl_sgd_chunk *chunk)
{
    if (!chunk)
        return;
    free(chunk->x);
    free(chunk->rates);
    free(chunk);
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

/* Chunks ------------------------------------------------------------------------------------------- */

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t place(const struct sl_sgd_rows *rows, uint32_t row)
{
    return rows->list ? rows->list[row] : row;
}

static size_t row_size(const struct sl_view *view)
{
    return view->d * (view->dtype == SL_U8 ? 1 : sizeof(float));
}

static void prefetch_row(const struct sl_sgd_rows *rows, uint32_t row)
{
    const struct sl_view *view = rows->view;
    const size_t size = row_size(view);
    const char *bytes = (const char *)view->x + place(rows, row) * size;
    for (size_t at = 0; at < size; at += 64)
        __builtin_prefetch(bytes + at);
}

/* Row `row` becomes row r of a block; what is converted goes to x. */
static void load_row(const struct sl_sgd_rows *rows, struct block *block, int r, uint32_t row, float *x)
{
    const struct sl_view *view = rows->view;
    const size_t at = place(rows, row);
    block->x[r] = x;
    block->number[r] = rows->number[row];
    block->weight[r] = view->weight ? view->weight[row] : 1;
    if (rows->bytes) {
        block->bytes[r] = (const uint8_t *)view->x + at * view->d;
        if (block->as_bytes)
            block->x[r] = block->bytes[r];
        else
            sl_bytes_to_floats(block->bytes[r], view->d, 1, 0, x);
    } else
        sl_view_block(view, at, 1, x);
}

/* The next n rows of an order, in blocks of rows->step, for so many vectors. */
static void load_chunk(const struct sl_sgd_rows *rows, struct sl_sgd_chunk *chunk, const uint32_t *order,
                       size_t n, size_t n_learners)
{
    chunk->n = n;
    for (size_t i = 0; i < n; i += rows->step) {
        struct block *block = &chunk->blocks[i / rows->step];
        block->size = (int)(n - i < rows->step ? n - i : rows->step);
        block->known = block->normed = 0;
        block->as_bytes = rows->bytes && n_learners <= CONVERTED;
        for (int r = 0; r < block->size; r++)
            load_row(rows, block, r, order[i + (size_t)r], chunk->x + (i + (size_t)r) * rows->ld);
        for (int r = block->size; r < SL_ROWS_STEP; r++) /* repeated: its scores are not used */
            block->x[r] = block->x[block->size - 1];
    }
}

/* The products of a block's rows with a few vectors, z (n_learners, SL_ROWS_STEP). */
static void score_block(const struct sl_sgd_rows *rows, const struct block *block,
                        struct sl_sgd_learner *const *learners, size_t n_learners, float *z)
{
    const float *v[GROUP];
    for (size_t g = 0; g < n_learners; g++)
        v[g] = learners[g]->v;
    if (block->size > 1) {
        sl_skinny_block_dot(block->x, block->as_bytes, v, n_learners, rows->ld, z);
        return;
    }
    float one[GROUP];
    if (block->as_bytes)
        sl_skinny_row_dot_bytes(block->x[0], v, n_learners, rows->ld, one);
    else
        sl_skinny_row_dot(block->x[0], v, n_learners, rows->ld, one);
    for (size_t g = 0; g < n_learners; g++)
        z[g * SL_ROWS_STEP] = one[g];
}

static double product(const struct sl_sgd_rows *rows, const struct block *block, int s, int r)
{
    if (rows->bytes)
        return sl_skinny_product(block->bytes[s], block->bytes[r], 1, rows->ld);
    return sl_skinny_product(block->x[s], block->x[r], 0, rows->ld);
}

/* The products of row s with those after it, in the units of scores. */
static const double *products(const struct sl_sgd_rows *rows, struct block *block, int s)
{
    if (!(block->known & 1u << s))
        for (int r = s + 1; r < block->size; r++)
            block->product[s][r] = rows->unit * product(rows, block, s, r);
    block->known |= 1u << s;
    return block->product[s];
}

static double squared_norm(const struct sl_sgd_rows *rows, struct block *block, int r)
{
    if (!(block->normed & 1u << r))
        block->product[r][r] = rows->unit * rows->unit * product(rows, block, r, r);
    block->normed |= 1u << r;
    return block->product[r][r];
}

/* Steps -------------------------------------------------------------------------------------------- */

/* The vector and what it still has to receive, before row r, when its scale has become too small. */
static void renew_scale(const struct sl_sgd_rows *rows, struct sl_sgd_learner *learner,
                        const struct block *block, double *z, float *a, int r)
{
    sl_skinny_block_add(learner->v, a, block->x, block->as_bytes, rows->ld);
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
    const struct sl_sgd_options *options = learner->rule->options;
    double weight = block->number[r] == learner->class_number ? learner->weight_own : learner->weight_rest;
    double update = -eta * sl_sgd_bound(dloss) * weight * block->weight[r];
    const double *product = products(rows, block, r);
    a[r] = (float)(update / learner->scale * rows->unit);
    for (int s = r + 1; s < block->size; s++)
        z[s] += (double)a[r] * product[s];
    if (options->fit_intercept)
        learner->b += update;
}

/* The steps of one vector for the rows of a block; dots (SL_ROWS_STEP): their products with it. */
SL_INLINE void steps(const struct sl_sgd_rows *rows, struct sl_sgd_learner *learner, struct block *block,
                     const double *eta, const double *decay, const float *dots, const enum sl_sgd_loss loss)
{
    const struct sl_sgd_options *options = learner->rule->options;
    double own_eta[SL_ROWS_STEP], own_decay[SL_ROWS_STEP], z[SL_ROWS_STEP];
    float a[SL_ROWS_STEP] = {0};
    const int passive = sl_sgd_is_passive(options);
    int stepped = 0;
    if (options->learning_rate == SL_SGD_ADAPTIVE) {
        for (int r = 0; r < block->size; r++)
            sl_sgd_set_rate(learner->rule, learner->eta, &own_eta[r], &own_decay[r]);
        eta = own_eta;
        decay = own_decay;
    }
    for (int r = 0; r < block->size; r++)
        z[r] = rows->unit * (double)dots[r];
    for (int r = 0; r < block->size; r++) {
        double y = block->number[r] == learner->class_number ? 1 : -1, p = learner->scale * z[r] + learner->b;
        double dloss = sl_sgd_dloss(loss, p, y);
        const double row_loss = sl_sgd_loss(loss, p, y);
        learner->sum_loss += row_loss;
        if (passive && row_loss > 0)
            dloss = sl_sgd_passive(options, row_loss, y, squared_norm(rows, block, r));
        learner->scale *= decay[r];
        if (learner->scale < SL_SGD_SCALE_MIN)
            renew_scale(rows, learner, block, z, a, r);
        if (dloss != 0) {
            step(rows, learner, block, z, a, r, eta[r], dloss);
            stepped = 1;
        }
        if (learner->q)
            learner->u += learner->rule->l1_ratio * eta[r] * options->alpha;
    }
    if (stepped)
        sl_skinny_block_add(learner->v, a, block->x, block->as_bytes, rows->ld);
    if (learner->q) /* blocks have one row */
        apply_l1(learner->v, learner->q, (float)learner->u, (float)learner->scale, rows->view->d);
}

/* The loss is a constant in each call: its branches leave the loop. */
static void block_steps(const struct sl_sgd_rows *rows, struct sl_sgd_learner *learner, struct block *block,
                        const double *eta, const double *decay, const float *z)
{
    switch (learner->rule->options->loss) {
    case SL_LOSS_HINGE:
        steps(rows, learner, block, eta, decay, z, SL_LOSS_HINGE);
        break;
    case SL_LOSS_PERCEPTRON:
        steps(rows, learner, block, eta, decay, z, SL_LOSS_PERCEPTRON);
        break;
    case SL_LOSS_SQUARED_HINGE:
        steps(rows, learner, block, eta, decay, z, SL_LOSS_SQUARED_HINGE);
        break;
    case SL_LOSS_MODIFIED_HUBER:
        steps(rows, learner, block, eta, decay, z, SL_LOSS_MODIFIED_HUBER);
        break;
    default:
        steps(rows, learner, block, eta, decay, z, SL_LOSS_LOG);
        break;
    }
}

/* Epochs ------------------------------------------------------------------------------------------- */

/* The rates of the chunk's rows, the first of them step t, for every setting that has vectors here. */
static void set_rates(struct sl_sgd_chunk *chunk, struct sl_sgd_learner *const *learners, size_t n_learners,
                      double t)
{
    for (size_t v = 0; v < n_learners; v++) {
        const struct sl_sgd_rule *rule = learners[v]->rule;
        struct rates *rates = &chunk->rates[rule->number];
        if (v > 0 && learners[v - 1]->rule == rule)
            continue;
        for (size_t i = 0; i < chunk->n; i++)
            sl_sgd_set_rate(rule, sl_sgd_rate(rule, t + (double)i), &rates->eta[i], &rates->decay[i]);
    }
}

/* A group's steps for the rows of a chunk; meanwhile some of the next one's, (n_next) of `next`, come near.
 */
static void train_group(const struct sl_sgd_rows *rows, struct sl_sgd_learner **learners, size_t size,
                        struct sl_sgd_chunk *chunk, const uint32_t *next, size_t n_next)
{
    float z[GROUP * SL_ROWS_STEP];
    size_t ahead = 0;
    for (size_t i = 0; i < chunk->n; i += rows->step) {
        struct block *block = &chunk->blocks[i / rows->step];
        const size_t near = n_next * (i + (size_t)block->size) / chunk->n;
        score_block(rows, block, learners, size, z);
        for (size_t g = 0; g < size; g++) {
            const struct rates *rates = &chunk->rates[learners[g]->rule->number];
            if (ahead < near) /* a row at a time: memory takes few requests at once */
                prefetch_row(rows, next[ahead++]);
            block_steps(rows, learners[g], block, rates->eta + i, rates->decay + i, z + g * SL_ROWS_STEP);
        }
        while (ahead < near)
            prefetch_row(rows, next[ahead++]);
    }
}

void sl_sgd_train_rows(const struct sl_sgd_rows *rows, struct sl_sgd_learner **learners, size_t n_learners,
                       const uint32_t *order, size_t n, double t, struct sl_sgd_chunk *chunk)
{
    const size_t most = n_learners > GROUP || row_size(rows->view) <= SHORT ? CHUNK : SL_ROWS_STEP;
    for (size_t i = 0; i < n; i += most) {
        const uint32_t *next = order + least(i + most, n);
        const size_t n_next = least((size_t)(order + n - next), most);
        load_chunk(rows, chunk, order + i, least(n - i, most), n_learners);
        set_rates(chunk, learners, n_learners, t + (double)i);
        for (size_t v = 0; v < n_learners; v += GROUP) {
            const size_t size = least(n_learners - v, GROUP), from = n_next * v / n_learners;
            train_group(rows, learners + v, size, chunk, next + from,
                        n_next * (v + size) / n_learners - from);
        }
    }
}

static void validate_group(const struct sl_sgd_rows *rows, struct sl_sgd_learner **learners, size_t size,
                           struct sl_sgd_chunk *chunk)
{
    float z[GROUP * SL_ROWS_STEP];
    for (size_t i = 0; i < chunk->n; i += rows->step) {
        const struct block *block = &chunk->blocks[i / rows->step];
        score_block(rows, block, learners, size, z);
        for (size_t g = 0; g < size; g++)
            for (int r = 0; r < block->size; r++) {
                struct sl_sgd_learner *learner = learners[g];
                double p = learner->scale * rows->unit * (double)z[g * SL_ROWS_STEP + (size_t)r] + learner->b;
                if ((p > 0) == (block->number[r] == learner->class_number))
                    learner->accuracy += block->weight[r];
            }
    }
}

void sl_sgd_validate_rows(const struct sl_sgd_rows *rows, struct sl_sgd_learner **learners, size_t n_learners,
                          const uint32_t *order, size_t n, struct sl_sgd_chunk *chunk)
{
    double all = 0;
    for (size_t v = 0; v < n_learners; v++)
        learners[v]->accuracy = 0;
    for (size_t i = 0; i < n; i += CHUNK) {
        load_chunk(rows, chunk, order + i, least(n - i, CHUNK), n_learners);
        for (size_t v = 0; v < n_learners; v += GROUP)
            validate_group(rows, learners + v, least(n_learners - v, GROUP), chunk);
    }
    for (size_t i = 0; i < n; i++)
        all += rows->view->weight ? rows->view->weight[order[i]] : 1;
    for (size_t v = 0; v < n_learners; v++)
        learners[v]->accuracy = n ? learners[v]->accuracy / all : 0;
}
