/* pass.c - the workspace of a net: how a batch is cut in tiles, and the buffers that takes.
 *
 * Nets with convolutions run depth first: a thread takes a few images through all layers and back while
 * they are in its cache.  Nets of dense layers with more weights than a core's cache holds run layer by
 * layer, each cut into tiles of rows and columns, so that a core keeps its share of the weights there;
 * with fewer weights a thread takes some rows through all layers and back, and need not wait for others in
 * between.  Nets with batch normalisation run depth first from one of these to the next (step.c).
 * In all, the rows of a tile are padded with zeros to one size, so that a row's numbers do not
 * depend on how many rows come with it.
 * Memory: activations and their gradients of one batch (depth first: of one tile a thread, and of the
 * batch only around dense layers), and one gradient block. */
#include "nn/pass.h"
#include "core/memory.h"
#include "nn/batchnorm.h"
#include "nn/pass_private.h"
#include <string.h>

enum {
    IMAGES = 16,       /* rows of a tile of images */
    PREDICT_ROWS = 64, /* rows of a tile of flat rows in prediction */
    LEAST_ROWS = 8,    /* rows of a tile of flat rows that need statistics of the batch */
    WHOLE_BATCH = 64,  /* a batch up to this size is not cut into tiles of rows */
    NARROW = 128,      /* columns of a tile then */
    WIDE = 512,        /* columns of a tile else */
    CACHED = 1 << 18,  /* weights that a core's cache holds beside activations: 1 MB */
};

size_t sl_tiles_of(size_t n, size_t tile)
{
    return (n + tile - 1) / tile;
}

/* How rows and columns are cut.  By the sizes alone, never by the number of threads. */
static void choose_tiles(struct sl_pass *pass, size_t batch)
{
    size_t pairs = sl_tiles_of(batch, 2 * WHOLE_BATCH); /* an even number of tiles serves two cores */
    pass->depth_first = pass->net->spatial || pass->net->over_batch || !pass->training;
    if (pass->depth_first)
        pass->row_tile = pass->net->spatial ? IMAGES : PREDICT_ROWS;
    if (pass->depth_first && !pass->net->spatial && pass->training) {
        size_t share = sl_tiles_of(batch, SL_LANES_MAX);
        pass->row_tile = share < LEAST_ROWS ? LEAST_ROWS : share < PREDICT_ROWS ? share : PREDICT_ROWS;
    }
    if (!pass->depth_first)
        pass->row_tile = batch <= WHOLE_BATCH ? batch : sl_tiles_of(batch, 2 * pairs);
    pass->chained = !pass->depth_first && batch > WHOLE_BATCH && pass->net->n_params <= CACHED;
    pass->col_tile = !pass->depth_first && batch <= WHOLE_BATCH ? NARROW : WIDE;
    pass->batch = pass->training ? sl_tiles_of(batch, pass->row_tile) * pass->row_tile : pass->row_tile;
    pass->n_row_tiles = pass->batch / pass->row_tile;
    pass->lanes = pass->n_row_tiles < SL_LANES_MAX ? pass->n_row_tiles : SL_LANES_MAX;
}

static int by_columns(const struct sl_stage *stage)
{
    return stage->main && (stage->main->type->flags & SL_BY_COLUMNS);
}

static float *new_rows(const struct sl_pass *pass, int whole, size_t width)
{
    size_t rows = whole ? pass->batch : pass->row_tile * (size_t)pass->threads;
    size_t count;
    if (__builtin_mul_overflow(rows, width, &count))
        return NULL;
    return sl_alloc_zero(count, sizeof(float));
}

static int keeps_aux(const struct sl_pass *pass, const struct sl_stage *stage)
{
    return pass->training && stage->main && (stage->main->type->flags & SL_KEEPS_AUX);
}

static int32_t *new_aux(const struct sl_pass *pass, const struct sl_stage *stage, int whole)
{
    size_t rows = whole ? pass->batch : pass->row_tile * (size_t)pass->threads;
    return keeps_aux(pass, stage) ? sl_alloc(rows, stage->out * sizeof(int32_t)) : NULL;
}

/* Whether a dense layer takes the stage's output. */
static int feeds_dense(const struct sl_net *net, size_t s)
{
    for (size_t t = s + 1; t < net->n_stages; t++)
        if (net->stages[t].from == s && by_columns(&net->stages[t]))
            return 1;
    return 0;
}

/* Cuts from stage a up to stage b, which is not counted. */
static size_t cuts_between(const struct sl_pass *pass, size_t a, size_t b)
{
    size_t n = 0;
    for (size_t i = 0; i < pass->n_cuts; i++)
        n += pass->cuts[i] >= a && pass->cuts[i] < b;
    return n;
}

/* Buffers of one stage.  Its output and the gradient are kept for the whole batch where a dense layer's
 * weights will want them after all rows have passed, and where threads meet between making and using them. */
static int stage_buffers(struct sl_pass *pass, size_t s)
{
    const struct sl_stage *stage = &pass->net->stages[s];
    struct sl_stage_work *work = &pass->work[s];
    const struct sl_stage *from = &pass->net->stages[stage->from];
    size_t n_stages = pass->net->n_stages;
    work->whole_out = pass->training && (!pass->depth_first || feeds_dense(pass->net, s) ||
                                         cuts_between(pass, s + 1, n_stages) > 0);
    work->whole_d = pass->training && (!pass->depth_first || by_columns(stage) || sl_over_batch(stage) ||
                                       cuts_between(pass, s, (stage->max_use + 1) / 2) > 0);
    work->alias = !pass->training && sl_over_batch(stage) && from->min_use == from->max_use;
    if (work->pool)
        return SL_OK;
    work->out = work->alias ? pass->work[stage->from].out : new_rows(pass, work->whole_out, stage->out);
    work->aux = new_aux(pass, stage, work->whole_out);
    work->d = s && pass->training ? new_rows(pass, work->whole_d, stage->out) : NULL;
    return work->out && (work->aux || !keeps_aux(pass, stage)) && (work->d || !s || !pass->training) ? SL_OK
                                                                                               : SL_ENOMEM;
}

/* What statistics of the batch take. */
static int allocate_norms(struct sl_pass *pass)
{
    const struct sl_net *net = pass->net;
    if (!pass->training)
        return SL_OK;
    pass->cuts = sl_alloc_zero(net->n_stages, sizeof *pass->cuts);
    for (size_t s = 0; s < net->n_stages; s++) {
        const struct sl_stage *stage = &net->stages[s];
        struct sl_stage_work *work = &pass->work[s];
        if (stage->min_use != stage->max_use && stage->out > pass->spare_size)
            pass->spare_size = stage->out;
        if (!sl_over_batch(stage) || !pass->cuts)
            continue;
        size_t channels = (size_t)stage->main->in.c;
        pass->cuts[pass->n_cuts++] = s;
        work->parts = sl_alloc_zero(pass->n_row_tiles * 4 * channels, sizeof *work->parts);
        work->norm = sl_alloc_zero((size_t)pass->threads * SL_NORM_ROWS * channels, sizeof *work->norm);
        if (!work->parts || !work->norm)
            return SL_ENOMEM;
    }
    if (pass->spare_size > 0)
        pass->spare = new_rows(pass, 0, pass->spare_size);
    return pass->cuts && (pass->spare || pass->spare_size == 0) ? SL_OK : SL_ENOMEM;
}

/* The pooling that stage s, of grey images, is computed with. */
static size_t pool_behind(const struct sl_pass *pass, size_t s)
{
    const struct sl_stage *stage = &pass->net->stages[s], *next = stage + 1;
    if (stage->from != 0 || !stage->main->type->pools || s + 1 == pass->net->n_stages || next->from != s ||
        next->main->type != &sl_layer_maxpool || stage->min_use != stage->max_use || stage->first != stage->end)
        return 0;
    return stage->main->type->pools(stage->main, next->main, pass->work[s].plan) ? s + 1 : 0;
}

static int stage_plan(struct sl_pass *pass, size_t s, struct sl_error *err)
{
    const struct sl_layer *layer = pass->net->stages[s].main;
    struct sl_stage_work *work = &pass->work[s];
    struct sl_plan_sizes sizes = {0};
    if (!layer || !layer->type->plan)
        return SL_OK;
    int code = layer->type->plan(layer, pass->row_tile, pass->training, &work->plan, &sizes, err);
    if (code)
        return code;
    work->pool = pool_behind(pass, s);
    work->lane_at = pass->lane_size;
    pass->lane_size += sizes.sum;
    if (sizes.scratch > pass->scratch_size)
        pass->scratch_size = sizes.scratch;
    work->packed = sl_alloc_zero(sizes.packed, sizeof *work->packed);
    return work->packed ? SL_OK : sl_fail_memory(err);
}

/* How a dense layer's weight matrix is cut for its gradient and update: narrow tiles of columns, which a
 * thread also computes forward, or tiles of rows where there are few columns. */
static void cut_weights(const struct sl_pass *pass, size_t s)
{
    enum { ROWS = 256 };
    const struct sl_stage *stage = &pass->net->stages[s];
    struct sl_stage_work *work = &pass->work[s];
    if (stage->out >= 2 * NARROW) {
        work->w_rows = stage->in;
        work->w_cols = NARROW;
    } else {
        size_t parts = stage->in < ROWS ? 1 : 2 * sl_tiles_of(stage->in, 2 * ROWS);
        work->w_rows = sl_tiles_of(stage->in, parts);
        work->w_cols = stage->out;
    }
}

int sl_input_is_plain(const struct sl_net *net)
{
    for (size_t i = net->stages[0].first; i < net->stages[0].end; i++)
        if (net->order[i].type->apply)
            return 0;
    return 1;
}

/* Threads share the first layer by its features where it is most of a chained net and nothing changes the
 * rows before it. */
static int allocate_split(struct sl_pass *pass)
{
    enum { WORTH = 1 << 14 }; /* weights */
    const struct sl_stage *first = &pass->net->stages[1];
    pass->split = pass->chained && by_columns(first) && first->main->weights >= WORTH &&
                  sl_input_is_plain(pass->net) && pass->work[1].w_cols == first->out &&
                  pass->work[1].n_tiles > 1;
    if (!pass->split)
        return SL_OK;
    pass->partial = sl_alloc_zero(pass->work[1].n_tiles * pass->batch, first->out * sizeof *pass->partial);
    return pass->partial ? SL_OK : SL_ENOMEM;
}

static int allocate(struct sl_pass *pass, struct sl_error *err)
{
    const struct sl_net *net = pass->net;
    pass->work = sl_alloc_zero(net->n_stages, sizeof *pass->work);
    if (!pass->work || allocate_norms(pass))
        return sl_fail_memory(err);
    for (size_t s = 0; s < net->n_stages; s++) {
        int code = stage_plan(pass, s, err);
        if (code)
            return code;
        if (stage_buffers(pass, s))
            return sl_fail_memory(err);
        struct sl_stage_work *work = &pass->work[s];
        work->first_tile = pass->n_weight_tiles;
        if (by_columns(&net->stages[s])) {
            cut_weights(pass, s);
            work->n_tiles =
                sl_tiles_of(net->stages[s].in, work->w_rows) * sl_tiles_of(net->stages[s].out, work->w_cols);
        } else if (net->stages[s].main)
            work->n_tiles = sl_tiles_of(net->stages[s].main->weights, SL_WEIGHTS_TILE) + 1;
        pass->n_weight_tiles += work->n_tiles;
    }
    pass->scratch_size = sl_tiles_of(pass->scratch_size, 64) * 64;
    pass->scratch = sl_alloc_zero(pass->scratch_size * (size_t)pass->threads, sizeof *pass->scratch);
    pass->squares = sl_alloc_zero(pass->n_weight_tiles, sizeof *pass->squares);
    pass->sums = sl_alloc_zero(pass->n_row_tiles, sizeof *pass->sums);
    if (allocate_split(pass) || !pass->scratch || !pass->squares || !pass->sums)
        return sl_fail_memory(err);
    if (!pass->training)
        return SL_OK;
    pass->grads = sl_alloc_zero(net->n_params, sizeof *pass->grads);
    pass->lane_grads = sl_alloc_zero(pass->lane_size * pass->lanes, sizeof *pass->lane_grads);
    return pass->grads && pass->lane_grads ? SL_OK : sl_fail_memory(err);
}

int sl_pass_new(const struct sl_net *net, size_t batch, int training, int threads, struct sl_pass **out,
                struct sl_error *err)
{
    struct sl_pass *pass = sl_alloc_zero(1, sizeof *pass);
    *out = NULL;
    if (!pass)
        return sl_fail_memory(err);
    pass->net = net;
    pass->training = training;
    pass->threads = threads;
    choose_tiles(pass, batch);
    int code = allocate(pass, err);
    if (code) {
        sl_pass_free(pass);
        return code;
    }
    *out = pass;
    return SL_OK;
}

void sl_pass_augment(struct sl_pass *pass, const struct sl_augmenter *augmenter)
{
    pass->augmenter = augmenter;
    pass->split = 0; /* an image is changed as a whole */
}

void sl_pass_free(struct sl_pass *pass)
{
    if (!pass)
        return;
    for (size_t s = 0; pass->work && s < pass->net->n_stages; s++) {
        struct sl_stage_work *work = &pass->work[s];
        if (!work->alias)
            free(work->out);
        free(work->d);
        free(work->parts);
        free(work->norm);
        free(work->aux);
        free(work->packed);
        if (work->plan)
            pass->net->stages[s].main->type->plan_free(work->plan);
    }
    free(pass->work);
    sl_augmenter_release(&pass->mover);
    free(pass->cuts);
    free(pass->spare);
    free(pass->scratch);
    free(pass->partial);
    sl_first_free(pass);
    free(pass->squares);
    free(pass->sums);
    free(pass->grads);
    free(pass->lane_grads);
    free(pass);
}
