/* step_rows.c - a tile of rows in a step of training: read, through stages, to the loss, and back. */
#include "kernels/convert.h"
#include "nn/stage.h"
#include "nn/step_first.h"
#include <string.h>

int sl_keeps_all(const struct sl_net *net, size_t s)
{
    (void)net;
    (void)s;
    return 1;
}

size_t sl_flat_rows(size_t batch)
{
    return sl_tiles_of(batch, 2 * sl_tiles_of(batch, 2 * SL_WIDE_BATCH));
}

/* Rows of the batch in the tile that begins here, without padding. */
static size_t rows_in(const struct sl_job *job, size_t row0)
{
    size_t left = job->step->n - row0;
    return left < job->pass->row_tile ? left : job->pass->row_tile;
}

struct sl_at sl_at_rows(const struct sl_job *job, size_t row_tile)
{
    const struct sl_pass *pass = job->pass;
    struct sl_at at = {.thread = job->thread, .key = job->step->key};
    at.tile.row0 = row_tile * pass->row_tile;
    at.tile.rows = pass->row_tile;
    at.valid = rows_in(job, at.tile.row0);
    return at;
}

int sl_forward_stages(const struct sl_job *job, size_t begin, size_t end, struct sl_at *at)
{
    const struct sl_first_type *first = job->stepper->first;
    int code = SL_OK;
    if (begin == 1 && first->read)
        first->read(job, at);
    for (size_t s = begin; s < end; s++) {
        sl_all_columns(at, job->pass->net->stages[s].out);
        code |= s == 1 && first->forward ? first->forward(job, at) : sl_stage_forward(job->pass, s, job->params, at);
    }
    return code;
}

void sl_end_rows(const struct sl_job *job, struct sl_at *at)
{
    const struct sl_pass *pass = job->pass;
    const struct sl_step *step = job->step;
    size_t last = pass->net->n_stages - 1, k = pass->net->classes, n = at->valid;
    float *p = sl_pass_out(pass, last, at), *d = sl_pass_d(pass, last, at);
    struct sl_loss_sum *sum = &job->stepper->sums[at->tile.row0 / pass->row_tile];
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
    sl_all_columns(at, k);
    sl_stage_derive(pass, last, at);
}

int sl_backward_stages(const struct sl_job *job, size_t last, size_t end, struct sl_at *at, float *sums)
{
    const struct sl_pass *pass = job->pass;
    int code = SL_OK;
    for (size_t s = last; s > end; s--) {
        code |= sl_stage_gradient(pass, s, at, sums);
        sl_all_columns(at, pass->net->stages[s].in);
        code |= sl_stage_backward(pass, s, job->params, at);
        sl_all_columns(at, pass->net->stages[s - 1].out);
        sl_stage_derive(pass, s - 1, at);
    }
    return code;
}
