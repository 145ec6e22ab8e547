/* step.c - steps of training: forward, loss, backward, gradient and update.
 *
 * Each thread goes through all steps, and waits for the others where it needs what they computed: twice a
 * step where the weights are so few that a thread can take its rows through all layers and back (pass.c).
 * Gradients that need all rows (dense layers) are computed tile by tile of the weight matrix when all rows
 * have passed, and the tile is updated while it is in cache.  Those that come row by row (convolutions) are
 * added up in a fixed number of lanes, each the work of one thread, and the lanes are added in order.
 * Batch normalisation cuts a step in segments, each depth first: before it and, on the way back, behind it all
 * threads meet, and the statistics of tiles are put together (norm.c).
 * All sums have a fixed order, so the step gives the same bits on any number of threads.
 * Cost: about three times the forward pass. */
#include "kernels/convert.h"
#include "kernels/denormals.h"
#include "kernels/dispatch.h"
#include "kernels/gemm.h"
#include "nn/pass_private.h"
#include <omp.h>
#include <string.h>

/* One step, as one thread sees it. */
struct job {
    struct sl_pass *pass;
    const struct sl_step *step;
    float *params;
    size_t n_row_tiles; /* that hold rows of this batch */
    int thread, threads;
    const volatile sig_atomic_t *cancel;
};

/* The first of this thread's share of n tiles; that of the next thread is where the share ends. */
static size_t share_start(const struct job *job, size_t n)
{
    return n * (size_t)job->thread / (size_t)job->threads;
}

static size_t share_end(const struct job *job, size_t n)
{
    return n * (size_t)(job->thread + 1) / (size_t)job->threads;
}

/* Waits until all threads are here. */
static void meet(const struct job *job)
{
    sl_barrier_wait(&job->pass->barrier, job->threads);
}

/* Rows of the batch in the tile that begins here, without padding. */
static size_t rows_in(const struct job *job, size_t row0)
{
    size_t left = job->step->n - row0;
    return left < job->pass->row_tile ? left : job->pass->row_tile;
}

static struct sl_at at_rows(const struct job *job, size_t row_tile)
{
    const struct sl_pass *pass = job->pass;
    struct sl_at at = {.thread = job->thread, .key = job->step->key};
    at.tile.row0 = row_tile * pass->row_tile;
    at.tile.rows = pass->row_tile;
    at.valid = rows_in(job, at.tile.row0);
    return at;
}

static void all_columns(struct sl_at *at, size_t width)
{
    at->tile.col0 = 0;
    at->tile.cols = width;
}

static void read_rows(const struct job *job, struct sl_at *at)
{
    size_t n = at->valid, d = job->pass->net->stages[0].out;
    float *x = sl_stage_out(job->pass, 0, at);
    sl_view_gather(job->step->view, job->step->rows + at->tile.row0, n, x);
    if (job->pass->augmenter)
        sl_augment_rows(job->pass->augmenter, job->step->key, at->tile.row0, n, job->thread, x);
    memset(x + n * d, 0, (at->tile.rows - n) * d * sizeof *x);
    all_columns(at, d);
    sl_stage_followers(job->pass, 0, at);
}

/* Scores to probabilities, loss, and the gradient with regard to the scores. */
static void end_rows(const struct job *job, struct sl_at *at)
{
    struct sl_pass *pass = job->pass;
    const struct sl_step *step = job->step;
    size_t last = pass->net->n_stages - 1, k = pass->net->classes, n = at->valid;
    float *p = sl_stage_out(pass, last, at), *d = sl_stage_d(pass, last, at);
    struct sl_loss_sum *sum = &pass->sums[at->tile.row0 / pass->row_tile];
    int32_t labels[64];
    memcpy(d, p, n * k * sizeof *d); /* derive wants the scores, so the probabilities go to d */
    memset(d + n * k, 0, (at->tile.rows - n) * k * sizeof *d);
    sl_softmax(d, n, k, step->present);
    for (size_t i = 0; i < n; i += 64) {
        size_t m = n - i < 64 ? n - i : 64;
        for (size_t j = 0; j < m; j++)
            labels[j] = step->view->y[step->rows[at->tile.row0 + i + j]];
        const struct sl_targets targets = {labels, step->present, step->smoothing};
        sl_loss_add(d + i * k, &targets, m, k, sum);
        sl_loss_gradient(d + i * k, &targets, m, k, 1 / (float)step->n, d + i * k);
    }
    all_columns(at, k);
    sl_stage_derive(pass, last, at);
}

/* The first layer by features ----------------------------------------------------------------------
 *
 * A tile of the first layer's weights, the features they meet, and their moments are one thread's: it
 * multiplies the tile with all rows, and later computes its gradient and updates it, so that nothing of the
 * three ever changes core.  What changes is the product, one for each tile, from which each row's sum is
 * made in order.  The tile's features lie together, as rows of the tile's width. */

static float *features_of(const struct sl_pass *pass, const struct sl_tile *tile)
{
    return pass->work[0].out + tile->row0 * pass->batch;
}

static struct sl_tile weights_tile(const struct sl_pass *pass, size_t s, size_t t)
{
    const struct sl_stage *stage = &pass->net->stages[s];
    const struct sl_stage_work *work = &pass->work[s];
    size_t across = sl_tiles_of(stage->out, work->w_cols);
    struct sl_tile tile = {.row0 = t / across * work->w_rows, .col0 = t % across * work->w_cols};
    tile.rows = stage->in - tile.row0 < work->w_rows ? stage->in - tile.row0 : work->w_rows;
    tile.cols = stage->out - tile.col0 < work->w_cols ? stage->out - tile.col0 : work->w_cols;
    return tile;
}

static int multiply_features(const struct job *job)
{
    struct sl_pass *pass = job->pass;
    const struct sl_step *step = job->step;
    size_t out = pass->net->stages[1].out, rows = job->n_row_tiles * pass->row_tile, n_tiles = pass->work[1].n_tiles;
    const float *w = job->params + pass->net->stages[1].main->params_at;
    int code = SL_OK;
    for (size_t t = share_start(job, n_tiles); t < share_end(job, n_tiles); t++) {
        struct sl_tile tile = weights_tile(pass, 1, t);
        float *x = features_of(pass, &tile);
        sl_view_gather_part(step->view, step->rows, step->n, tile.row0, tile.rows, x);
        memset(x + step->n * tile.rows, 0, (rows - step->n) * tile.rows * sizeof *x);
        code |= sl_gemm_one(0, 0, rows, out, tile.rows, 1, x, tile.rows, w + tile.row0 * out, out, 0,
                            pass->partial + t * pass->batch * out, out);
    }
    return code;
}

SL_CLONES
static void add_to(float *restrict sum, const float *restrict a, size_t n)
{
    for (size_t i = 0; i < n; i++)
        sum[i] += a[i];
}

static void add_products(const struct job *job, struct sl_at *at)
{
    const struct sl_pass *pass = job->pass;
    const struct sl_layer *layer = pass->net->stages[1].main;
    size_t out = pass->net->stages[1].out;
    const float *part = pass->partial + at->tile.row0 * out;
    float *y = sl_stage_out(pass, 1, at);
    for (size_t i = 0; i < at->tile.rows; i++)
        memcpy(y + i * out, job->params + layer->params_at + layer->weights, out * sizeof *y);
    for (size_t t = 0; t < pass->work[1].n_tiles; t++)
        add_to(y, part + t * pass->batch * out, at->tile.rows * out);
    all_columns(at, out);
    sl_stage_followers(pass, 1, at);
}

/* Through all layers and back ---------------------------------------------------------------------- */

/* Stages between cuts: segment 0 ends before the first stage that needs the whole batch, segment n_cuts with
 * the last stage. */
static size_t segment_begin(const struct sl_pass *pass, size_t segment)
{
    return segment ? pass->cuts[segment - 1] : pass->split ? 2 : 1;
}

static size_t segment_end(const struct sl_pass *pass, size_t segment)
{
    return segment < pass->n_cuts ? pass->cuts[segment] : pass->net->n_stages;
}

static int forward_tile(const struct job *job, size_t segment, struct sl_at *at)
{
    const struct sl_pass *pass = job->pass;
    size_t end = segment_end(pass, segment);
    int code = SL_OK;
    if (segment == 0 && pass->split)
        add_products(job, at);
    else if (segment == 0)
        read_rows(job, at);
    for (size_t s = segment_begin(pass, segment); s < end; s++) {
        all_columns(at, pass->net->stages[s].out);
        code |= sl_stage_forward(pass, s, job->params, at);
    }
    if (segment < pass->n_cuts)
        sl_norm_gather(pass, end, at);
    return code;
}

/* From the segment's last stage, whose gradient is there, to the next cut below: the cut before a segment is
 * crossed by its first stage. */
static int backward_tile(const struct job *job, size_t segment, struct sl_at *at, float *lane)
{
    const struct sl_pass *pass = job->pass;
    const struct sl_stage *stages = pass->net->stages;
    size_t last = segment < pass->n_cuts ? pass->cuts[segment] : pass->net->n_stages - 1;
    size_t end = segment ? pass->cuts[segment - 1] : 0;
    int code = SL_OK;
    for (size_t s = last; s > end; s--) {
        code |= sl_stage_gradient(pass, s, at, lane);
        all_columns(at, stages[s].in);
        code |= sl_stage_backward(pass, s, job->params, at);
    }
    if (segment > 0)
        sl_norm_gather_back(pass, end, at);
    return code;
}

/* Through the last segment, and back. */
static int run_tile(const struct job *job, size_t row_tile, float *lane)
{
    struct sl_at at = at_rows(job, row_tile);
    int code = forward_tile(job, job->pass->n_cuts, &at);
    end_rows(job, &at);
    return code | backward_tile(job, job->pass->n_cuts, &at, lane);
}

enum way { FORWARD, TURN, BACKWARD };

/* A segment on all tiles of the thread's lanes. */
static int run_segment(const struct job *job, size_t segment, enum way way)
{
    const struct sl_pass *pass = job->pass;
    int code = SL_OK;
    for (size_t l = share_start(job, pass->lanes); l < share_end(job, pass->lanes); l++) {
        float *lane = pass->lane_grads + l * pass->lane_size;
        if (way == TURN)
            memset(lane, 0, pass->lane_size * sizeof *lane);
        for (size_t t = job->n_row_tiles * l / pass->lanes; t < job->n_row_tiles * (l + 1) / pass->lanes; t++) {
            struct sl_at at = at_rows(job, t);
            if (way == FORWARD)
                code |= forward_tile(job, segment, &at);
            else if (way == TURN)
                code |= run_tile(job, t, lane);
            else
                code |= backward_tile(job, segment, &at, lane);
        }
    }
    return code;
}

/* Forward and back, with a meeting of all threads at each cut, both times. */
static int run_lanes(const struct job *job)
{
    struct sl_pass *pass = job->pass;
    int code = SL_OK;
    for (size_t i = 0; i < pass->n_cuts; i++) {
        code |= run_segment(job, i, FORWARD);
        meet(job);
        sl_norm_combine(pass, pass->cuts[i], job->step->n, job->params, job->thread);
    }
    code |= run_segment(job, pass->n_cuts, TURN);
    for (size_t i = pass->n_cuts; i-- > 0;) {
        meet(job);
        sl_norm_combine_back(pass, pass->cuts[i], job->step->n, job->thread);
        code |= run_segment(job, i, BACKWARD);
    }
    return code;
}

/* The same without gradients that come row by row. */
static int run_chains(const struct job *job)
{
    int code = SL_OK;
    for (size_t t = share_start(job, job->n_row_tiles); t < share_end(job, job->n_row_tiles); t++)
        code |= run_tile(job, t, NULL);
    return code;
}

/* Layer by layer ----------------------------------------------------------------------------------- */

static int forward_layer(const struct job *job, size_t s)
{
    const struct sl_pass *pass = job->pass;
    int last = s + 1 == pass->net->n_stages, code = SL_OK;
    size_t out = pass->net->stages[s].out, width = last ? out : pass->col_tile, across = sl_tiles_of(out, width);
    size_t n_tiles = job->n_row_tiles * across;
    for (size_t t = share_start(job, n_tiles); t < share_end(job, n_tiles); t++) {
        struct sl_at at = at_rows(job, t / across);
        at.tile.col0 = t % across * width;
        at.tile.cols = out - at.tile.col0 < width ? out - at.tile.col0 : width;
        code |= sl_stage_forward(pass, s, job->params, &at);
        if (last)
            end_rows(job, &at);
    }
    meet(job);
    return code;
}

static int backward_layer(const struct job *job, size_t s)
{
    const struct sl_pass *pass = job->pass;
    size_t in = pass->net->stages[s].in, width = pass->col_tile, across = sl_tiles_of(in, width);
    size_t n_tiles = job->n_row_tiles * across;
    int code = SL_OK;
    for (size_t t = share_start(job, n_tiles); t < share_end(job, n_tiles); t++) {
        struct sl_at at = at_rows(job, t / across);
        at.tile.col0 = t % across * width;
        at.tile.cols = in - at.tile.col0 < width ? in - at.tile.col0 : width;
        code |= sl_stage_backward(pass, s, job->params, &at);
    }
    if (s > 2) /* after the last one the gradients wait in any case */
        meet(job);
    return code;
}

static int run_layers(const struct job *job)
{
    int code = SL_OK;
    for (size_t t = share_start(job, job->n_row_tiles); t < share_end(job, job->n_row_tiles); t++) {
        struct sl_at at = at_rows(job, t);
        read_rows(job, &at);
    }
    meet(job);
    for (size_t s = 1; s < job->pass->net->n_stages; s++)
        code |= forward_layer(job, s);
    for (size_t s = job->pass->net->n_stages - 1; s > 1; s--)
        code |= backward_layer(job, s);
    return code;
}

/* Gradient and update ------------------------------------------------------------------------------ */

static double update(const struct job *job, size_t at, size_t n, float decay)
{
    return sl_optimiser_update(job->step->optimiser, job->params + at, job->pass->grads + at, at, n, decay);
}

/* A tile of a dense layer's weights, and its biases. */
static int update_dense_tile(const struct job *job, size_t s, size_t t)
{
    struct sl_pass *pass = job->pass;
    const struct sl_stage *stage = &pass->net->stages[s];
    const struct sl_layer *layer = stage->main;
    const struct sl_stage_work *work = &pass->work[s];
    const struct sl_optimiser *opt = job->step->optimiser;
    const float *x = pass->work[stage->from].out, *dy = work->d;
    struct sl_tile tile = weights_tile(pass, s, t);
    size_t ldx = stage->in;
    size_t corner = layer->params_at + tile.row0 * stage->out + tile.col0;
    size_t bias = layer->params_at + layer->weights + tile.col0;
    float decay = job->step->decay;
    double *squares = &pass->squares[work->first_tile + t];
    if (pass->split && s == 1) {
        ldx = tile.rows;
        x = features_of(pass, &tile) - tile.row0; /* gradient_tile adds row0; still inside, as batch >= 1 */
    }
    if (sl_optimiser_is_plain(opt)) { /* w = (1 - rate decay) w - rate x' dy, in the product itself */
        for (size_t i = 0; decay != 0 && i < tile.rows; i++)
            *squares += sl_sum_of_squares(job->params + corner + i * stage->out, tile.cols);
        return layer->type->gradient_tile(layer, x, ldx, dy, job->step->n, -opt->rate, 1 - opt->rate * decay,
                                          job->params + layer->params_at, tile);
    }
    int code = layer->type->gradient_tile(layer, x, ldx, dy, job->step->n, 1, 0, pass->grads + layer->params_at,
                                          tile);
    if (tile.cols == stage->out)
        *squares += update(job, corner, tile.rows * tile.cols, decay);
    else
        for (size_t i = 0; i < tile.rows; i++)
            *squares += update(job, corner + i * stage->out, tile.cols, decay);
    if (tile.row0 == 0)
        update(job, bias, tile.cols, 0);
    return code;
}

/* Some weights of a layer whose gradient is ready; the last tile: its biases. */
static void update_tile(const struct job *job, size_t s, size_t t)
{
    struct sl_pass *pass = job->pass;
    const struct sl_layer *layer = pass->net->stages[s].main;
    const struct sl_stage_work *work = &pass->work[s];
    size_t at = t * SL_WEIGHTS_TILE, left = layer->weights - at;
    if (t + 1 == work->n_tiles)
        update(job, layer->params_at + layer->weights, layer->biases, 0);
    else
        pass->squares[work->first_tile + t] +=
            update(job, layer->params_at + at, left < SL_WEIGHTS_TILE ? left : SL_WEIGHTS_TILE, job->step->decay);
}

/* Adds all lanes to the first, in order, and arranges the sums as the parameters are. */
static int add_lanes(const struct job *job)
{
    struct sl_pass *pass = job->pass;
    size_t n_blocks = sl_tiles_of(pass->lane_size, SL_WEIGHTS_TILE), n_stages = pass->net->n_stages;
    int code = SL_OK;
    for (size_t b = share_start(job, n_blocks); b < share_end(job, n_blocks); b++) {
        size_t at = b * SL_WEIGHTS_TILE, left = pass->lane_size - at;
        size_t end = left < SL_WEIGHTS_TILE ? pass->lane_size : at + SL_WEIGHTS_TILE;
        for (size_t l = 1; l < pass->lanes; l++)
            for (size_t i = at; i < end; i++)
                pass->lane_grads[i] += pass->lane_grads[l * pass->lane_size + i];
    }
    meet(job);
    for (size_t s = 1 + (size_t)job->thread; s < n_stages; s += (size_t)job->threads)
        code |= sl_stage_unpack(pass, s, job->thread);
    meet(job);
    return code;
}

static int update_weights(const struct job *job)
{
    const struct sl_pass *pass = job->pass;
    int code = SL_OK;
    for (size_t s = 1; s < pass->net->n_stages; s++) {
        const struct sl_layer_type *type = pass->net->stages[s].main->type;
        size_t n_tiles = pass->work[s].n_tiles;
        if (!type->gradient && !type->gradient_tile && !(type->flags & SL_OVER_BATCH))
            continue;
        for (size_t t = share_start(job, n_tiles); t < share_end(job, n_tiles); t++) {
            if (type->gradient_tile)
                code |= update_dense_tile(job, s, t);
            else
                update_tile(job, s, t);
        }
    }
    return code;
}

/* average += (1 - decay) (w - average) */
SL_CLONES
static void average_block(float *restrict average, const float *restrict w, size_t n, float decay)
{
    for (size_t i = 0; i < n; i++)
        average[i] += (1 - decay) * (w[i] - average[i]);
}

/* After the step; the next one changes parameters only when all threads have met again. */
static void average_weights(const struct job *job)
{
    size_t n = job->pass->net->n_params, n_blocks = sl_tiles_of(n, SL_WEIGHTS_TILE);
    size_t at = share_start(job, n_blocks) * SL_WEIGHTS_TILE, end = share_end(job, n_blocks) * SL_WEIGHTS_TILE;
    end = end < n ? end : n;
    if (at < end)
        average_block(job->step->average + at, job->params + at, end - at, job->step->average_decay);
}

/* Steps -------------------------------------------------------------------------------------------- */

static int run_step(const struct job *job)
{
    struct sl_pass *pass = job->pass;
    int code = SL_OK;
    if (pass->net->spatial) { /* else no layer rearranges its weights */
        for (size_t s = 1 + (size_t)job->thread; s < pass->net->n_stages; s += (size_t)job->threads)
            code |= sl_stage_pack(pass, s, job->params, job->thread);
        meet(job);
    }
    if (pass->split) {
        code |= multiply_features(job);
        meet(job);
    }
    if (pass->chained)
        code |= run_chains(job);
    else
        code |= pass->depth_first ? run_lanes(job) : run_layers(job);
    if (job->thread == 0 && job->cancel && *job->cancel)
        atomic_store(&pass->stop, 1); /* all have begun this step, and see it before the next */
    meet(job);
    if (pass->lane_size > 0)
        code |= add_lanes(job);
    code |= update_weights(job);
    if (!pass->split || job->step->average) /* else the next step begins with what this thread has updated */
        meet(job);
    if (job->step->average)
        average_weights(job);
    return code;
}

static int run_steps(struct sl_pass *pass, const struct sl_step *steps, size_t n, float *params,
                     const volatile sig_atomic_t *cancel)
{
    struct job job = {.pass = pass, .params = params, .cancel = cancel};
    job.thread = omp_get_thread_num();
    job.threads = omp_get_num_threads();
    unsigned denormals = sl_flush_denormals();
    int code = SL_OK;
    omp_set_num_threads(1); /* for what is called from here */
    for (size_t i = 0; i < n && !atomic_load(&pass->stop); i++) {
        job.step = &steps[i];
        job.n_row_tiles = sl_tiles_of(steps[i].n, pass->row_tile);
        code |= run_step(&job);
    }
    sl_restore_denormals(denormals);
    return code;
}

int sl_pass_steps(struct sl_pass *pass, const struct sl_step *steps, size_t n, float *params,
                  const volatile sig_atomic_t *cancel, struct sl_loss_sum *sum, double *squares,
                  struct sl_error *err)
{
    int refused = 0;
    memset(pass->sums, 0, pass->n_row_tiles * sizeof *pass->sums);
    memset(pass->squares, 0, pass->n_weight_tiles * sizeof *pass->squares);
    atomic_store(&pass->stop, 0);
#pragma omp parallel num_threads(pass->threads) reduction(| : refused)
    refused |= run_steps(pass, steps, n, params, cancel);
    for (size_t t = 0; t < pass->n_row_tiles; t++) {
        sum->loss += pass->sums[t].loss;
        sum->correct += pass->sums[t].correct;
    }
    for (size_t t = 0; t < pass->n_weight_tiles; t++)
        *squares += pass->squares[t];
    return refused ? sl_fail(err, SL_EINTERNAL, "oneDNN refused to compute a layer") : SL_OK;
}

int sl_pass_step(struct sl_pass *pass, const struct sl_step *step, float *params, struct sl_loss_sum *sum,
                 double *squares, struct sl_error *err)
{
    return sl_pass_steps(pass, step, 1, params, NULL, sum, squares, err);
}
