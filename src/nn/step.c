/* step.c - steps of training: forward, loss, backward, gradient and update.
 *
 * Each thread goes through all steps, and waits for the others where it needs what they computed: twice a
 * step where the weights are so few that a thread can take its rows through all layers and back (pass.c).
 * Gradients that need all rows (dense layers) are computed tile by tile of the weight matrix when all rows
 * have passed, and the tile is updated while it is in cache.  Those that come row by row (convolutions) are
 * added up in a fixed number of lanes, each the work of one thread, and the lanes are added in order.
 * Batch normalisation cuts a step in segments, each depth first: before it and, on the way back, behind it
 * all threads meet, and the statistics of tiles are put together (norm.c). All sums have a fixed order, so
 * the step gives the same bits on any number of threads. Cost: about three times the forward pass. */
#include "kernels/convert.h"
#include "kernels/denormals.h"
#include "nn/step_private.h"
#include <omp.h>
#include <string.h>

enum { ROWS = 64 }; /* whose loss is taken together */

/* Rows of the batch in the tile that begins here, without padding. */
static size_t rows_in(const struct sl_job *job, size_t row0)
{
    size_t left = job->step->n - row0;
    return left < job->pass->row_tile ? left : job->pass->row_tile;
}

static struct sl_at at_rows(const struct sl_job *job, size_t row_tile)
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

static void read_rows(const struct sl_job *job, struct sl_at *at)
{
    size_t n = at->valid, d = job->pass->net->stages[0].out;
    float *x = sl_stage_out(job->pass, 0, at);
    if (job->pass->bytes) {
        sl_first_read(job, at);
        return;
    }
    sl_view_gather(job->step->view, job->step->rows + at->tile.row0, n, x);
    if (job->pass->augmenter)
        sl_augment_rows(job->pass->augmenter, job->step->key, at->tile.row0, n, job->thread, x);
    memset(x + n * d, 0, (at->tile.rows - n) * d * sizeof *x);
    all_columns(at, d);
    sl_stage_followers(job->pass, 0, at);
}

/* d = the gradient with regard to the scores of m <= ROWS rows, d (m, outputs): scores before.  Adds their
 * losses. */
static void derive_loss(const struct sl_net *net, const struct sl_targets *targets, size_t m, float weight, float *d,
                        struct sl_loss_sum *sum)
{
    float pair[2 * ROWS];
    if (!net->logistic) {
        sl_softmax(d, m, net->classes, targets->present);
        sl_loss_add(d, targets, m, net->classes, sum);
        sl_loss_gradient(d, targets, m, net->classes, weight, d);
        return;
    }
    sl_logistic(d, m, targets->present, pair);
    sl_loss_add(pair, targets, m, 2, sum);
    sl_loss_gradient(pair, targets, m, 2, weight, pair);
    for (size_t i = 0; i < m; i++)
        d[i] = pair[2 * i + 1];
}

/* Scores to probabilities, loss, and the gradient with regard to the scores. */
static void end_rows(const struct sl_job *job, struct sl_at *at)
{
    struct sl_pass *pass = job->pass;
    const struct sl_step *step = job->step;
    size_t last = pass->net->n_stages - 1, k = pass->net->outputs, n = at->valid;
    float *p = sl_stage_out(pass, last, at), *d = sl_stage_d(pass, last, at);
    struct sl_loss_sum *sum = &pass->sums[at->tile.row0 / pass->row_tile];
    int32_t labels[ROWS];
    memcpy(d, p, n * k * sizeof *d); /* derive wants the scores */
    memset(d + n * k, 0, (at->tile.rows - n) * k * sizeof *d);
    for (size_t i = 0; i < n; i += ROWS) {
        size_t m = n - i < ROWS ? n - i : ROWS;
        for (size_t j = 0; j < m; j++)
            labels[j] = step->view->y[step->rows[at->tile.row0 + i + j]];
        const struct sl_targets targets = {labels, step->present, step->smoothing};
        derive_loss(pass->net, &targets, m, 1 / (float)step->n, d + i * k, sum);
    }
    all_columns(at, k);
    sl_stage_derive(pass, last, at);
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

static int forward_tile(const struct sl_job *job, size_t segment, struct sl_at *at)
{
    const struct sl_pass *pass = job->pass;
    size_t end = segment_end(pass, segment);
    int code = SL_OK;
    if (segment == 0 && pass->split)
        sl_first_add(job, at);
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
static int backward_tile(const struct sl_job *job, size_t segment, struct sl_at *at, float *lane)
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
static int run_tile(const struct sl_job *job, size_t row_tile, float *lane)
{
    struct sl_at at = at_rows(job, row_tile);
    int code = forward_tile(job, job->pass->n_cuts, &at);
    end_rows(job, &at);
    return code | backward_tile(job, job->pass->n_cuts, &at, lane);
}

enum way { FORWARD, TURN, BACKWARD };

/* A segment on all tiles of the thread's lanes. */
static int run_segment(const struct sl_job *job, size_t segment, enum way way)
{
    const struct sl_pass *pass = job->pass;
    int code = SL_OK;
    for (size_t l = sl_share_start(job, pass->lanes); l < sl_share_end(job, pass->lanes); l++) {
        float *lane = pass->lane_grads + l * pass->lane_size;
        if (way == TURN)
            memset(lane, 0, pass->lane_size * sizeof *lane);
        for (size_t t = job->n_row_tiles * l / pass->lanes; t < job->n_row_tiles * (l + 1) / pass->lanes;
             t++) {
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
static int run_lanes(const struct sl_job *job)
{
    struct sl_pass *pass = job->pass;
    int code = SL_OK;
    for (size_t i = 0; i < pass->n_cuts; i++) {
        code |= run_segment(job, i, FORWARD);
        sl_meet(job);
        sl_norm_combine(pass, pass->cuts[i], job->step, job->params, job->thread);
    }
    code |= run_segment(job, pass->n_cuts, TURN);
    for (size_t i = pass->n_cuts; i-- > 0;) {
        sl_meet(job);
        sl_norm_combine_back(pass, pass->cuts[i], job->step->n, job->thread);
        code |= run_segment(job, i, BACKWARD);
    }
    return code;
}

/* The same without gradients that come row by row. */
static int run_chains(const struct sl_job *job)
{
    int code = SL_OK;
    for (size_t t = sl_share_start(job, job->n_row_tiles); t < sl_share_end(job, job->n_row_tiles); t++)
        code |= run_tile(job, t, NULL);
    return code;
}

/* Layer by layer ----------------------------------------------------------------------------------- */

static int forward_layer(const struct sl_job *job, size_t s)
{
    const struct sl_pass *pass = job->pass;
    int last = s + 1 == pass->net->n_stages, code = SL_OK;
    size_t out = pass->net->stages[s].out, width = last ? out : pass->col_tile,
           across = sl_tiles_of(out, width);
    size_t n_tiles = job->n_row_tiles * across;
    for (size_t t = sl_share_start(job, n_tiles); t < sl_share_end(job, n_tiles); t++) {
        struct sl_at at = at_rows(job, t / across);
        at.tile.col0 = t % across * width;
        at.tile.cols = out - at.tile.col0 < width ? out - at.tile.col0 : width;
        if (s == 1 && pass->bytes)
            sl_first_forward(job, &at);
        else
            code |= sl_stage_forward(pass, s, job->params, &at);
        if (last)
            end_rows(job, &at);
    }
    sl_meet(job);
    return code;
}

static int backward_layer(const struct sl_job *job, size_t s)
{
    const struct sl_pass *pass = job->pass;
    size_t in = pass->net->stages[s].in, width = pass->col_tile, across = sl_tiles_of(in, width);
    size_t n_tiles = job->n_row_tiles * across;
    int code = SL_OK;
    for (size_t t = sl_share_start(job, n_tiles); t < sl_share_end(job, n_tiles); t++) {
        struct sl_at at = at_rows(job, t / across);
        at.tile.col0 = t % across * width;
        at.tile.cols = in - at.tile.col0 < width ? in - at.tile.col0 : width;
        code |= sl_stage_backward(pass, s, job->params, &at);
    }
    if (s > 2) /* after the last one the gradients wait in any case */
        sl_meet(job);
    return code;
}

static int run_layers(const struct sl_job *job)
{
    int code = SL_OK;
    for (size_t t = sl_share_start(job, job->n_row_tiles); t < sl_share_end(job, job->n_row_tiles); t++) {
        struct sl_at at = at_rows(job, t);
        read_rows(job, &at);
    }
    sl_meet(job);
    if (job->pass->bytes)
        sl_first_transpose(job); /* for the gradient: threads meet again before it */
    for (size_t s = 1; s < job->pass->net->n_stages; s++)
        code |= forward_layer(job, s);
    for (size_t s = job->pass->net->n_stages - 1; s > 1; s--)
        code |= backward_layer(job, s);
    return code;
}

/* Steps -------------------------------------------------------------------------------------------- */

static int run_step(const struct sl_job *job)
{
    struct sl_pass *pass = job->pass;
    int code = SL_OK;
    if (pass->net->spatial) { /* else no layer rearranges its weights */
        for (size_t s = 1 + (size_t)job->thread; s < pass->net->n_stages; s += (size_t)job->threads)
            code |= sl_stage_pack(pass, s, job->params, job->thread);
        sl_meet(job);
    }
    if (pass->split) {
        code |= sl_first_multiply(job);
        sl_meet(job);
    }
    if (pass->chained)
        code |= run_chains(job);
    else
        code |= pass->depth_first ? run_lanes(job) : run_layers(job);
    if (job->thread == 0 && job->cancel && *job->cancel)
        atomic_store(&pass->end, job->step_no + 1); /* all meet before they look: none makes one step more */
    sl_meet(job);
    if (pass->lane_size > 0)
        code |= sl_add_lanes(job);
    code |= sl_update_weights(job);
    if (!pass->split || job->step->average) /* else the next step begins with what this thread has updated */
        sl_meet(job);
    if (job->step->average)
        sl_average_weights(job);
    return code;
}

static int run_steps(struct sl_pass *pass, const struct sl_step *steps, float *params,
                     const volatile sig_atomic_t *cancel)
{
    struct sl_job job = {.pass = pass, .params = params, .cancel = cancel};
    job.thread = omp_get_thread_num();
    job.threads = omp_get_num_threads();
    unsigned denormals = sl_flush_denormals();
    int code = SL_OK;
    omp_set_num_threads(1); /* for what is called from here */
    for (size_t i = 0; i < atomic_load(&pass->end); i++) {
        job.step = &steps[i];
        job.step_no = i;
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
    atomic_store(&pass->end, n);
#pragma omp parallel num_threads(pass->threads) reduction(| : refused)
    refused |= run_steps(pass, steps, params, cancel);
    for (size_t t = 0; t < pass->n_row_tiles; t++) {
        sum->loss += pass->sums[t].loss;
        sum->correct += pass->sums[t].correct;
    }
    for (size_t t = 0; t < pass->n_weight_tiles; t++)
        *squares += pass->squares[t];
    return refused ? sl_stage_refused(refused, err) : SL_OK;
}

int sl_pass_step(struct sl_pass *pass, const struct sl_step *step, float *params, struct sl_loss_sum *sum,
                 double *squares, struct sl_error *err)
{
    return sl_pass_steps(pass, step, 1, params, NULL, sum, squares, err);
}
