/* step_first.c - the rows of a step as floats, and a first layer like any other. */
#include "nn/train/step_first.h"
#include "kernels/convert.h"
#include "nn/pass/stage.h"
#include <string.h>

int sl_first_is_plain(const struct sl_stepper *stepper)
{
    const struct sl_net *net = stepper->pass->net;
    for (size_t i = net->stages[0].first; i < net->stages[0].end; i++)
        if (net->order[i].type->apply)
            return 0;
    return 1;
}

void sl_first_biases(const struct sl_job *job, size_t rows, size_t col0, size_t cols, float *y)
{
    const struct sl_layer *layer = job->pass->net->stages[1].main;
    for (size_t i = 0; i < rows; i++)
        memcpy(y + i * layer->fan_out, job->params + layer->params_at + layer->weights + col0,
               cols * sizeof *y);
}

static int suits_all(const struct sl_stepper *stepper, const struct sl_view *rows)
{
    (void)stepper;
    (void)rows;
    return 1;
}

static void read_rows(const struct sl_job *job, struct sl_at *at)
{
    size_t n = at->valid, d = job->pass->net->stages[0].out;
    float *x = sl_pass_out(job->pass, 0, at);
    sl_view_gather(job->step->view, job->step->rows + at->tile.row0, n, x);
    if (job->stepper->augmenter)
        sl_augment_rows(job->stepper->augmenter, job->step->key, at->tile.row0, n, job->thread, x);
    memset(x + n * d, 0, (at->tile.rows - n) * d * sizeof *x);
    sl_all_columns(at, d);
    sl_stage_followers(job->pass, 0, at);
}

const struct sl_first_type sl_first_floats = {
    .name = "floats",
    .suits = suits_all,
    .read = read_rows,
};
