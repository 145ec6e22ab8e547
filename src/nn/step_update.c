/* step_update.c - the end of a step of training: gradients of all rows together, and the update.
 *
 * A tile of weights is updated while its gradient is in cache.  Cost O(weights), and for dense layers the
 * product of their inputs and gradients. */
#include "kernels/dispatch.h"
#include "nn/step_private.h"
#include <float.h>

static double update(const struct sl_job *job, size_t at, size_t n, float decay)
{
    return sl_optimiser_update(job->step->optimiser, job->params + at, job->pass->grads + at, at, n, decay);
}

static int dense_gradient(const struct sl_job *job, size_t s, struct sl_tile tile, float scale, float keep,
                          float *dw)
{
    const struct sl_pass *pass = job->pass;
    const struct sl_stage *stage = &pass->net->stages[s];
    if (s == 1 && (pass->split || pass->bytes))
        return sl_first_gradient(job, tile, scale, keep, dw);
    return stage->main->type->gradient_tile(stage->main, pass->work[stage->from].out, stage->in,
                                            pass->work[s].d, job->step->n, scale, keep, dw, tile);
}

/* A tile of a dense layer's weights, and its biases. */
static int update_dense_tile(const struct sl_job *job, size_t s, size_t t)
{
    struct sl_pass *pass = job->pass;
    const struct sl_stage *stage = &pass->net->stages[s];
    const struct sl_layer *layer = stage->main;
    const struct sl_stage_work *work = &pass->work[s];
    const struct sl_optimiser *opt = job->step->optimiser;
    struct sl_tile tile = sl_weights_tile(pass, s, t);
    size_t corner = layer->params_at + tile.row0 * stage->out + tile.col0;
    size_t bias = layer->params_at + layer->weights + tile.col0;
    float decay = job->step->decay;
    double *squares = &pass->squares[work->first_tile + t];
    if (sl_optimiser_is_plain(opt)) { /* w = (1 - rate decay) w - rate x' dy, in the product itself */
        for (size_t i = 0; decay != 0 && i < tile.rows; i++)
            *squares += sl_sum_of_squares(job->params + corner + i * stage->out, tile.cols);
        float keep = 1 - opt->rate * decay; /* 0 would drop the biases too, which do not decay */
        return dense_gradient(job, s, tile, -opt->rate, keep != 0 ? keep : FLT_MIN,
                              job->params + layer->params_at);
    }
    int code = dense_gradient(job, s, tile, 1, 0, pass->grads + layer->params_at);
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
static void update_tile(const struct sl_job *job, size_t s, size_t t)
{
    struct sl_pass *pass = job->pass;
    const struct sl_layer *layer = pass->net->stages[s].main;
    const struct sl_stage_work *work = &pass->work[s];
    size_t at = t * SL_WEIGHTS_TILE, left = layer->weights - at;
    if (t + 1 == work->n_tiles)
        update(job, layer->params_at + layer->weights, layer->biases, 0);
    else
        pass->squares[work->first_tile + t] += update(
            job, layer->params_at + at, left < SL_WEIGHTS_TILE ? left : SL_WEIGHTS_TILE, job->step->decay);
}

/* Adds all lanes to the first, in order, and arranges the sums as the parameters are. */
int sl_add_lanes(const struct sl_job *job)
{
    struct sl_pass *pass = job->pass;
    size_t n_blocks = sl_tiles_of(pass->lane_size, SL_WEIGHTS_TILE), n_stages = pass->net->n_stages;
    int code = SL_OK;
    for (size_t b = sl_share_start(job, n_blocks); b < sl_share_end(job, n_blocks); b++) {
        size_t at = b * SL_WEIGHTS_TILE, left = pass->lane_size - at;
        size_t end = left < SL_WEIGHTS_TILE ? pass->lane_size : at + SL_WEIGHTS_TILE;
        for (size_t l = 1; l < pass->lanes; l++)
            sl_add_floats(pass->lane_grads + at, pass->lane_grads + l * pass->lane_size + at, end - at);
    }
    sl_meet(job);
    for (size_t s = 1 + (size_t)job->thread; s < n_stages; s += (size_t)job->threads)
        code |= sl_stage_unpack(pass, s, job->thread);
    sl_meet(job);
    return code;
}

int sl_update_weights(const struct sl_job *job)
{
    const struct sl_pass *pass = job->pass;
    int code = SL_OK;
    for (size_t s = 1; s < pass->net->n_stages; s++) {
        const struct sl_layer_type *type = pass->net->stages[s].main->type;
        struct sl_deal deal = sl_deal_weights(job, s);
        if (!type->gradient && !type->gradient_tile && !(type->flags & SL_OVER_BATCH))
            continue;
        for (size_t t = deal.begin; t < deal.end; t += deal.stride) {
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
void sl_average_weights(const struct sl_job *job)
{
    size_t n = job->pass->net->n_params, n_blocks = sl_tiles_of(n, SL_WEIGHTS_TILE);
    size_t at = sl_share_start(job, n_blocks) * SL_WEIGHTS_TILE,
           end = sl_share_end(job, n_blocks) * SL_WEIGHTS_TILE;
    end = end < n ? end : n;
    if (at < end)
        average_block(job->step->average + at, job->params + at, end - at, job->step->average_decay);
}
