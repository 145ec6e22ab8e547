/* predict.c - probabilities of rows, and the loss and accuracy of labelled ones.
 *
 * Every thread takes tiles of rows through all layers.  Cost: a forward pass for each look at an image. */
#include "core/memory.h"
#include "kernels/convert.h"
#include "nn/pass_private.h"
#include <omp.h>
#include <string.h>

enum { CORNERS = 4 };

int sl_pass_look(struct sl_pass *pass, const struct sl_looks *looks, struct sl_error *err)
{
    const struct sl_augment_options still = {0};
    pass->looks = *looks;
    if (!looks->flip && looks->shift == 0)
        return SL_OK;
    return sl_augmenter_init(&pass->mover, &still, pass->net->in, pass->threads, err);
}

static int looks_of(const struct sl_pass *pass)
{
    return (pass->looks.flip ? 2 : 1) * (pass->looks.shift > 0 ? 1 + CORNERS : 1);
}

/* Moves the images x as the look says; look 0 leaves them as they are. */
static void move_images(const struct sl_pass *pass, int look, size_t n, int thread, float *x)
{
    int place = pass->looks.flip ? look / 2 : look, shift = pass->looks.shift;
    struct sl_change change = {.scale = 1, .flip = pass->looks.flip && look % 2};
    if (place > 0) {
        change.dx = place % 2 ? shift : -shift;
        change.dy = place > CORNERS / 2 ? shift : -shift;
    }
    for (size_t i = 0; look > 0 && i < n; i++)
        sl_augment_apply(&pass->mover, &change, thread, x + i * sl_shape_size(pass->net->in));
}

/* Adds weight times the probabilities of one look. */
static int look_at_tile(const struct sl_pass *pass, const float *params, const struct sl_view *view,
                        struct sl_at *at, const uint8_t *present, int look, float weight,
                        float *probabilities)
{
    const struct sl_net *net = pass->net;
    size_t left = view->n - at->tile.row0, n = left < at->tile.rows ? left : at->tile.rows, k = net->classes;
    float *x = sl_stage_out(pass, 0, at), *y = sl_stage_out(pass, net->n_stages - 1, at);
    int code = SL_OK;
    sl_view_block(view, at->tile.row0, n, x);
    move_images(pass, look, n, at->thread, x);
    memset(x + n * view->d, 0, (at->tile.rows - n) * view->d * sizeof *x);
    at->tile.cols = net->stages[0].out;
    sl_stage_followers(pass, 0, at);
    for (size_t s = 1; s < net->n_stages; s++) {
        at->tile.cols = net->stages[s].out;
        code |= sl_stage_forward(pass, s, params, at);
    }
    if (!net->logistic)
        sl_softmax(y, n, k, present);
    for (size_t i = 0; !net->logistic && i < n * k; i++)
        probabilities[i] += weight * y[i];
    for (size_t i = 0; net->logistic && i < n; i++) {
        float pair[2];
        sl_logistic(y + i, 1, present, pair);
        probabilities[2 * i] += weight * pair[0];
        probabilities[2 * i + 1] += weight * pair[1];
    }
    return code;
}

static int predict_tile(const struct sl_pass *pass, const float *params, const struct sl_view *view,
                        struct sl_at *at, const uint8_t *present, float *probabilities)
{
    size_t left = view->n - at->tile.row0, n = left < at->tile.rows ? left : at->tile.rows;
    int looks = looks_of(pass), code = SL_OK;
    memset(probabilities, 0, n * pass->net->classes * sizeof *probabilities);
    for (int look = 0; look < looks; look++)
        code |= look_at_tile(pass, params, view, at, present, look, 1 / (float)looks, probabilities);
    return code;
}

int sl_pass_predict(struct sl_pass *pass, const float *params, const struct sl_view *view,
                    const uint8_t *present, float *probabilities, struct sl_error *err)
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
    return refused ? sl_stage_refused(refused, err) : SL_OK;
}

int sl_pass_evaluate(struct sl_pass *pass, const float *params, const struct sl_view *view,
                     const uint8_t *present, double *loss, double *accuracy, struct sl_error *err)
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
