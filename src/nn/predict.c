/* predict.c - probabilities of rows, and the loss and accuracy of labelled ones.
 *
 * Every thread takes tiles of rows through all layers.  Cost: one forward pass. */
#include "core/memory.h"
#include "kernels/convert.h"
#include "nn/pass_private.h"
#include <omp.h>
#include <string.h>

static int predict_tile(const struct sl_pass *pass, const float *params, const struct sl_view *view,
                        struct sl_at *at, const uint8_t *present, float *probabilities)
{
    const struct sl_net *net = pass->net;
    size_t left = view->n - at->tile.row0, n = left < at->tile.rows ? left : at->tile.rows, k = net->classes;
    float *x = sl_stage_out(pass, 0, at);
    int code = SL_OK;
    sl_view_block(view, at->tile.row0, n, x);
    memset(x + n * view->d, 0, (at->tile.rows - n) * view->d * sizeof *x);
    at->tile.cols = net->stages[0].out;
    sl_stage_followers(pass, 0, at);
    for (size_t s = 1; s < net->n_stages; s++) {
        at->tile.cols = net->stages[s].out;
        code |= sl_stage_forward(pass, s, params, at);
    }
    memcpy(probabilities, sl_stage_out(pass, net->n_stages - 1, at), n * k * sizeof *probabilities);
    sl_softmax(probabilities, n, k, present);
    return code;
}

int sl_pass_predict(struct sl_pass *pass, const float *params, const struct sl_view *view, const uint8_t *present,
                    float *probabilities, struct sl_error *err)
{
    size_t rows = pass->row_tile, k = pass->net->classes;
    int refused = 0;
#pragma omp parallel num_threads(pass->threads) reduction(| : refused)
    {
        int thread = omp_get_thread_num();
        omp_set_num_threads(1);
#pragma omp for schedule(static)
        for (size_t s = 1; s < pass->net->n_stages; s++)
            refused |= sl_stage_pack(pass, s, params, thread);
#pragma omp for schedule(dynamic)
        for (size_t i = 0; i < view->n; i += rows) {
            struct sl_at at = {.tile = {.row0 = i, .rows = rows}, .thread = thread};
            refused |= predict_tile(pass, params, view, &at, present, probabilities + i * k);
        }
    }
    return refused ? sl_fail(err, SL_EINTERNAL, "oneDNN refused to compute a layer") : SL_OK;
}

int sl_pass_evaluate(struct sl_pass *pass, const float *params, const struct sl_view *view, const uint8_t *present,
                     double *loss, double *accuracy, struct sl_error *err)
{
    struct sl_loss_sum sum = {0};
    float *p = sl_alloc(view->n * pass->net->classes, sizeof *p);
    if (!p)
        return sl_fail_memory(err);
    int code = sl_pass_predict(pass, params, view, present, p, err);
    if (!code)
        sl_loss_add(p, &(struct sl_targets){.y = view->y}, view->n, pass->net->classes, &sum);
    *loss = sum.loss / (double)view->n;
    *accuracy = (double)sum.correct / (double)view->n;
    free(p);
    return code;
}
