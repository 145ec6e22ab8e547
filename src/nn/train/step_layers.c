/* step_layers.c - a step of training layer by layer: nets of dense layers with more weights than a core's
 * cache holds.
 *
 * Each layer is cut into tiles of rows and columns, so that a core keeps its share of the weights there;
 * threads meet behind each. */
#include "nn/pass/stage.h"
#include "nn/train/step_first.h"

static int suits(const struct sl_net *net, size_t batch)
{
    (void)batch;
    return !net->spatial && !net->over_batch;
}

static struct sl_cut cut(const struct sl_net *net, size_t batch)
{
    (void)net;
    if (batch <= SL_WIDE_BATCH)
        return (struct sl_cut){batch, SL_NARROW};
    return (struct sl_cut){sl_flat_rows(batch), SL_WIDE};
}

static int forward_layer(const struct sl_job *job, size_t s)
{
    const struct sl_pass *pass = job->pass;
    const struct sl_first_type *first = job->stepper->first;
    int last = s + 1 == pass->net->n_stages, code = SL_OK;
    size_t out = pass->net->stages[s].out, width = last ? out : job->stepper->cut.cols;
    size_t across = sl_tiles_of(out, width), n_tiles = job->n_row_tiles * across;
    for (size_t t = sl_share_start(job, n_tiles); t < sl_share_end(job, n_tiles); t++) {
        struct sl_at at = sl_at_rows(job, t / across);
        at.tile.col0 = t % across * width;
        at.tile.cols = out - at.tile.col0 < width ? out - at.tile.col0 : width;
        code |=
            s == 1 && first->forward ? first->forward(job, &at) : sl_stage_forward(pass, s, job->params, &at);
        if (last)
            sl_end_rows(job, &at);
    }
    sl_meet(job);
    return code;
}

static int backward_layer(const struct sl_job *job, size_t s)
{
    const struct sl_pass *pass = job->pass;
    size_t in = pass->net->stages[s].in, width = job->stepper->cut.cols, across = sl_tiles_of(in, width);
    size_t n_tiles = job->n_row_tiles * across;
    int code = SL_OK;
    for (size_t t = sl_share_start(job, n_tiles); t < sl_share_end(job, n_tiles); t++) {
        struct sl_at at = sl_at_rows(job, t / across);
        at.tile.col0 = t % across * width;
        at.tile.cols = in - at.tile.col0 < width ? in - at.tile.col0 : width;
        code |= sl_stage_backward(pass, s, job->params, &at);
        sl_stage_derive(pass, s - 1, &at); /* a chain: its output is this one's input */
    }
    if (s > 2) /* after the last one the gradients wait in any case */
        sl_meet(job);
    return code;
}

static int run(const struct sl_job *job)
{
    const struct sl_first_type *first = job->stepper->first;
    size_t last = job->pass->net->n_stages - 1;
    int code = SL_OK;
    for (size_t t = sl_share_start(job, job->n_row_tiles); t < sl_share_end(job, job->n_row_tiles); t++) {
        struct sl_at at = sl_at_rows(job, t);
        first->read(job, &at);
    }
    sl_meet(job);
    if (first->arrange)
        first->arrange(job);
    for (size_t s = 1; s <= last; s++)
        code |= forward_layer(job, s);
    for (size_t s = last; s > 1; s--)
        code |= backward_layer(job, s);
    return code;
}

static const struct sl_first_type *const firsts[] = {&sl_first_bytes, &sl_first_floats, NULL};

const struct sl_strategy sl_strategy_layers = {
    .name = "layer by layer",
    .suits = suits,
    .cut = cut,
    .keeps_out = sl_keeps_all,
    .keeps_d = sl_keeps_all,
    .firsts = firsts,
    .run = run,
};
