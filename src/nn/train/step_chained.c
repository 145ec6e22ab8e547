/* step_chained.c - a step of training row by row: nets of dense layers with few weights.
 *
 * A thread takes some rows through all layers and back, and need not wait for others in between: threads meet
 * twice a step. */
#include "nn/train/step_first.h"

/* Weights that a core's cache holds beside activations: 1 MB. */
enum { CACHED = 1 << 18 };

static int suits(const struct sl_net *net, size_t batch)
{
    return !net->spatial && !net->over_batch && batch > SL_WIDE_BATCH && net->n_params <= CACHED;
}

static struct sl_cut cut(const struct sl_net *net, size_t batch)
{
    (void)net;
    return (struct sl_cut){sl_flat_rows(batch), SL_WIDE};
}

static int run(const struct sl_job *job)
{
    const struct sl_first_type *first = job->stepper->first;
    size_t n = job->pass->net->n_stages;
    int code = SL_OK;
    if (first->prepare) {
        code |= first->prepare(job);
        sl_meet(job);
    }
    for (size_t t = sl_share_start(job, job->n_row_tiles); t < sl_share_end(job, job->n_row_tiles); t++) {
        struct sl_at at = sl_at_rows(job, t);
        code |= sl_forward_stages(job, 1, n, &at);
        sl_end_rows(job, &at);
        code |= sl_backward_stages(job, n - 1, 0, &at, NULL);
    }
    return code;
}

static const struct sl_first_type *const firsts[] = {&sl_first_split_bytes, &sl_first_split, &sl_first_floats,
                                                     NULL};

const struct sl_strategy sl_strategy_chained = {
    .name = "chained",
    .suits = suits,
    .cut = cut,
    .keeps_out = sl_keeps_all,
    .keeps_d = sl_keeps_all,
    .firsts = firsts,
    .run = run,
};
