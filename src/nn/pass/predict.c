/* predict.c - probabilities of rows, and the loss and accuracy of labelled ones.
 *
 * Every thread takes tiles of rows through all layers.  Cost: a forward pass for each version of an image. */
#include "nn/pass/predict.h"
#include "core/memory.h"
#include "core/threads.h"
#include "kernels/convert.h"
#include "nn/pass/augment.h"
#include "nn/pass/loss.h"
#include "nn/pass/stage.h"
#include <omp.h>
#include <string.h>

enum { CORNERS = 4 };

struct sl_predictor {
    struct sl_pass *pass;
    struct sl_tta tta;
    struct sl_augmenter mover; /* what moves images for it */
};

int sl_predictor_new(const struct sl_net *net, const struct sl_predictor_options *options,
                     struct sl_predictor **out, struct sl_error *err)
{
    const struct sl_pass_options forward = {.threads = options->threads, .row_tile = sl_pass_rows(net)};
    const struct sl_augment_options still = {0};
    struct sl_predictor *p = sl_alloc_zero(1, sizeof *p);
    *out = NULL;
    if (!p)
        return sl_fail_memory(err);
    p->tta = options->tta;
    int code = sl_pass_new(net, &forward, &p->pass, err);
    if (!code && (p->tta.flip || p->tta.shift > 0))
        code = sl_augmenter_init(&p->mover, &still, net->in, options->threads, err);
    if (code) {
        sl_predictor_free(p);
        return code;
    }
    *out = p;
    return SL_OK;
}

void sl_predictor_free(struct sl_predictor *predictor)
{
    if (!predictor)
        return;
    sl_pass_free(predictor->pass);
    sl_augmenter_release(&predictor->mover);
    free(predictor);
}

static int versions_of(const struct sl_tta *tta)
{
    return (tta->flip ? 2 : 1) * (tta->shift > 0 ? 1 + CORNERS : 1);
}

/* Makes the images x this version of them; version 0 is as they are. */
static void move_images(const struct sl_predictor *p, int version, size_t n, int thread, float *x)
{
    int place = p->tta.flip ? version / 2 : version, shift = p->tta.shift;
    struct sl_change change = {.scale = 1, .flip = p->tta.flip && version % 2};
    if (place > 0) {
        change.dx = place % 2 ? shift : -shift;
        change.dy = place > CORNERS / 2 ? shift : -shift;
    }
    for (size_t i = 0; version > 0 && i < n; i++)
        sl_augment_apply(&p->mover, &change, thread, x + i * sl_shape_size(p->pass->net->in));
}

/* What a call is about. */
struct request {
    const struct sl_predictor *predictor;
    const float *params;
    const struct sl_view *view;
    const uint8_t *present;
    float *out; /* (view->n, classes) */
};

/* Adds weight times the probabilities that scores y (n, outputs), which are lost, make. */
static void add_probabilities(const struct sl_net *net, float *y, size_t n, const uint8_t *present,
                              float weight, float *probabilities)
{
    if (!net->logistic)
        sl_softmax(y, n, net->classes, present);
    for (size_t i = 0; !net->logistic && i < n * net->classes; i++)
        probabilities[i] += weight * y[i];
    for (size_t i = 0; net->logistic && i < n; i++) {
        float pair[2];
        sl_logistic(y + i, 1, present, pair);
        probabilities[2 * i] += weight * pair[0];
        probabilities[2 * i + 1] += weight * pair[1];
    }
}

/* One version of the tile's n rows, through all stages. */
static int forward_version(const struct request *r, struct sl_at *at, size_t n, int version)
{
    const struct sl_pass *pass = r->predictor->pass;
    const struct sl_net *net = pass->net;
    size_t d = r->view->d;
    float *x = sl_pass_out(pass, 0, at);
    int code = SL_OK;
    sl_view_block(r->view, at->tile.row0, n, x);
    move_images(r->predictor, version, n, at->thread, x);
    memset(x + n * d, 0, (at->tile.rows - n) * d * sizeof *x);
    sl_all_columns(at, net->stages[0].out);
    sl_stage_followers(pass, 0, at);
    for (size_t s = 1; s < net->n_stages; s++) {
        sl_all_columns(at, net->stages[s].out);
        code |= sl_stage_forward(pass, s, r->params, at);
    }
    return code;
}

/* Rows of the view in the tile. */
static size_t rows_of(const struct request *r, const struct sl_at *at)
{
    size_t left = r->view->n - at->tile.row0;
    return left < at->tile.rows ? left : at->tile.rows;
}

static int predict_tile(const struct request *r, struct sl_at *at)
{
    const struct sl_pass *pass = r->predictor->pass;
    const struct sl_net *net = pass->net;
    size_t n = rows_of(r, at);
    float *probabilities = r->out + at->tile.row0 * net->classes;
    int versions = versions_of(&r->predictor->tta), code = SL_OK;
    memset(probabilities, 0, n * net->classes * sizeof *probabilities);
    for (int v = 0; v < versions; v++) {
        code |= forward_version(r, at, n, v);
        add_probabilities(net, sl_pass_out(pass, net->n_stages - 1, at), n, r->present, 1 / (float)versions,
                          probabilities);
    }
    return code;
}

/* The last layer's outputs of the tile's rows, as they are. */
static int score_tile(const struct request *r, struct sl_at *at)
{
    const struct sl_pass *pass = r->predictor->pass;
    size_t n = rows_of(r, at), k = pass->net->classes;
    float *scores = r->out + at->tile.row0 * k;
    int code = forward_version(r, at, n, 0);
    const float *y = sl_pass_out(pass, pass->net->n_stages - 1, at);
    for (size_t i = 0; pass->net->logistic && i < n; i++) {
        scores[2 * i] = -y[i];
        scores[2 * i + 1] = y[i];
    }
    if (!pass->net->logistic)
        memcpy(scores, y, n * k * sizeof *scores);
    return code;
}

/* Each tile by one thread; versions: of an image. */
static int run(const struct request *r, int versions,
               int (*run_tile)(const struct request *r, struct sl_at *at), struct sl_error *err)
{
    const struct sl_pass *pass = r->predictor->pass;
    size_t rows = pass->row_tile;
    double operations = (double)r->view->n * sl_net_operations(pass->net) * versions;
    int threads = sl_threads_for(operations, pass->threads), refused = 0;
#pragma omp parallel num_threads(threads) reduction(| : refused)
    {
        int thread = omp_get_thread_num();
        omp_set_num_threads(1);
#pragma omp for schedule(static)
        for (size_t s = 1; s < pass->net->n_stages; s++)
            refused |= sl_stage_pack(pass, s, r->params, thread);
#pragma omp for schedule(dynamic)
        for (size_t i = 0; i < r->view->n; i += rows) {
            struct sl_at at = {.tile = {.row0 = i, .rows = rows}, .thread = thread};
            refused |= run_tile(r, &at);
        }
    }
    return refused ? sl_stage_refused(refused, err) : SL_OK;
}

int sl_predict(struct sl_predictor *predictor, const float *params, const struct sl_view *view,
               const uint8_t *present, float *probabilities, struct sl_error *err)
{
    const struct request r = {predictor, params, view, present, probabilities};
    return run(&r, versions_of(&predictor->tta), predict_tile, err);
}

int sl_predict_scores(struct sl_predictor *predictor, const float *params, const struct sl_view *view,
                      float *scores, struct sl_error *err)
{
    const struct request r = {.predictor = predictor, .params = params, .view = view, .out = scores};
    return run(&r, 1, score_tile, err);
}

int sl_evaluate(struct sl_predictor *predictor, const float *params, const struct sl_view *view,
                const uint8_t *present, double *loss, double *accuracy, struct sl_error *err)
{
    size_t k = predictor->pass->net->classes;
    double all = 0, losses = 0, right = 0;
    float *p = sl_alloc(view->n * k, sizeof *p);
    if (!p)
        return sl_fail_memory(err);
    int code = sl_predict(predictor, params, view, present, p, err);
    for (size_t i = 0; i < view->n && !code; i++) {
        struct sl_loss_sum row = {0};
        const double weight = view->weight ? view->weight[i] : 1;
        sl_loss_add(p + i * k, &(struct sl_targets){.y = view->y + i}, 1, k, &row);
        losses += weight * row.loss;
        right += row.correct ? weight : 0;
        all += weight;
    }
    *loss = losses / all;
    *accuracy = right / all;
    free(p);
    return code;
}
