/* step_rows.c - a tile of rows in a step of training: read, through stages, to the loss, and back. */
#include "kernels/convert.h"
#include "nn/pass/stage.h"
#include "nn/train/step_first.h"
#include <string.h>

enum { ROWS = 64 }; /* whose loss is taken together */

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
        code |= s == 1 && first->forward ? first->forward(job, at)
                                         : sl_stage_forward(job->pass, s, job->params, at);
    }
    return code;
}

/* d = the gradient with regard to the scores of m <= ROWS rows, d (m, outputs): scores before.  Adds their
 * losses. */
static void derive_loss(const struct sl_net *net, const struct sl_targets *targets, size_t m, float weight,
                        float *d, struct sl_loss_sum *sum)
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

void sl_end_rows(const struct sl_job *job, struct sl_at *at)
{
    const struct sl_pass *pass = job->pass;
    const struct sl_step *step = job->step;
    size_t last = pass->net->n_stages - 1, k = pass->net->outputs, n = at->valid;
    float *p = sl_pass_out(pass, last, at), *d = sl_pass_d(pass, last, at);
    struct sl_loss_sum *sum = &job->stepper->sums[at->tile.row0 / pass->row_tile];
    int32_t labels[ROWS];
    float weights[ROWS];
    struct sl_row_result results[ROWS];
    memcpy(d, p, n * k * sizeof *d); /* derive wants the scores */
    memset(d + n * k, 0, (at->tile.rows - n) * k * sizeof *d);
    for (size_t i = 0; i < n; i += ROWS) {
        size_t m = n - i < ROWS ? n - i : ROWS;
        for (size_t j = 0; j < m; j++) {
            uint32_t row = step->rows[at->tile.row0 + i + j];
            labels[j] = step->view->y[row];
            weights[j] = step->row_weights ? step->row_weights[row] : 1;
        }
        const struct sl_targets targets = {labels, step->present, step->smoothing,
                                           step->row_weights ? weights : NULL,
                                           step->results ? results : NULL};
        derive_loss(pass->net, &targets, m, 1 / (float)step->n, d + i * k, sum);
        for (size_t j = 0; j < m && step->results; j++)
            step->results[step->rows[at->tile.row0 + i + j]] = results[j];
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
