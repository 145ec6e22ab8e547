/* step_update.c - the end of a step of training: gradients of all rows together, and the update.
 *
 * A tile of weights is updated while its gradient is in cache.  Cost O(weights), and for dense layers the
 * product of their inputs and gradients. */
#include "kernels/dispatch.h"
#include "nn/train/step_first.h"
#include <float.h>

static double update(const struct sl_job *job, size_t at, size_t n, float decay)
{
    return sl_optimiser_update(job->step->optimiser, job->params + at, job->stepper->grads + at, at, n,
                               decay);
}

static int matrix_gradient(const struct sl_job *job, size_t s, struct sl_tile tile, float scale, float keep,
                           float *dw)
{
    const struct sl_pass *pass = job->pass;
    const struct sl_stage *stage = &pass->net->stages[s];
    const struct sl_first_type *first = job->stepper->first;
    if (s == 1 && first->gradient)
        return first->gradient(job, tile, scale, keep, dw);
    return stage->main->type->gradient_tile(stage->main, pass->work[stage->from].out, stage->in,
                                            pass->work[s].d, job->step->n, scale, keep, dw, tile);
}

/* The same where a gradient can be subtracted as it is computed: w = (1 - rate decay) w - rate x' dy. */
static int update_plain(const struct sl_job *job, size_t s, struct sl_tile tile, double *squares)
{
    const struct sl_stage *stage = &job->pass->net->stages[s];
    const struct sl_optimiser *opt = job->step->optimiser;
    float *w = job->params + stage->main->params_at, decay = job->step->decay;
    for (size_t i = 0; decay != 0 && i < tile.rows; i++)
        *squares += sl_sum_of_squares(w + (tile.row0 + i) * stage->out + tile.col0, tile.cols);
    float keep = 1 - opt->rate * decay; /* 0 would drop the biases too, which do not decay */
    return matrix_gradient(job, s, tile, -opt->rate, keep != 0 ? keep : FLT_MIN, w);
}

/* A tile of a weight matrix, and its biases. */
static int update_matrix(const struct sl_job *job, size_t s, size_t t)
{
    const struct sl_stage *stage = &job->pass->net->stages[s];
    const struct sl_layer *layer = stage->main;
    struct sl_tile tile = sl_weights_tile(job->stepper, s, t);
    double *squares = &job->stepper->squares[job->stepper->weights[s].first_tile + t];
    if (sl_optimiser_is_plain(job->step->optimiser))
        return update_plain(job, s, tile, squares);
    size_t corner = layer->params_at + tile.row0 * stage->out + tile.col0;
    float decay = job->step->decay;
    int code = matrix_gradient(job, s, tile, 1, 0, job->stepper->grads + layer->params_at);
    if (tile.cols == stage->out)
        *squares += update(job, corner, tile.rows * tile.cols, decay);
    else
        for (size_t i = 0; i < tile.rows; i++)
            *squares += update(job, corner + i * stage->out, tile.cols, decay);
    if (tile.row0 == 0)
        update(job, layer->params_at + layer->weights + tile.col0, tile.cols, 0);
    return code;
}

/* Some weights of a layer whose gradient is ready; the last tile: its biases. */
static void update_run(const struct sl_job *job, size_t s, size_t t)
{
    const struct sl_layer *layer = job->pass->net->stages[s].main;
    const struct sl_weight_cut *cut = &job->stepper->weights[s];
    size_t at = t * SL_WEIGHTS_TILE, left = layer->weights - at;
    if (t + 1 == cut->n_tiles)
        update(job, layer->params_at + layer->weights, layer->biases, 0);
    else
        job->stepper->squares[cut->first_tile + t] += update(
            job, layer->params_at + at, left < SL_WEIGHTS_TILE ? left : SL_WEIGHTS_TILE, job->step->decay);
}

/* The tiles of stage s's weights are dealt out so: begin, begin + stride ... below end. */
struct deal {
    size_t begin, end, stride;
};

static struct deal deal_weights(const struct sl_job *job, size_t s)
{
    size_t n = job->stepper->weights[s].n_tiles;
    if (s == 1 && job->stepper->first->keeps_weights)
        return (struct deal){(size_t)job->thread, n, (size_t)job->threads};
    return (struct deal){sl_share_start(job, n), sl_share_end(job, n), 1};
}

int sl_update_weights(const struct sl_job *job)
{
    const struct sl_pass *pass = job->pass;
    int code = SL_OK;
    for (size_t s = 1; s < pass->net->n_stages; s++) {
        struct deal deal = deal_weights(job, s);
        for (size_t t = deal.begin; t < deal.end; t += deal.stride) {
            if (job->stepper->weights[s].w_rows > 0)
                code |= update_matrix(job, s, t);
            else
                update_run(job, s, t);
        }
    }
    return code;
}

/* average += (1 - decay) (w - average) */
SL_CLONED_VOID(static, average_block,
               (float *restrict average, const float *restrict w, size_t n, float decay),
               (average, w, n, decay))
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
