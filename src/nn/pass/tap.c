/* tap.c - outputs and gradients inside a fitted net.
 *
 * The net runs tile by tile, forward, and where a gradient is wanted from the score back to the output in
 * question: as it is, several layers in one go, where that output is one that it leaves to be read, else a
 * copy of it whose layers are stages of their own (sl_net_separate).  Cost: at most a forward pass, and a
 * backward pass without gradients of weights. */
#include "nn/pass/tap.h"
#include "core/memory.h"
#include "core/threads.h"
#include "kernels/convert.h"
#include "nn/pass/stage.h"
#include <omp.h>
#include <string.h>

/* One of the two ways to run it; pass NULL: not yet needed. */
struct way {
    const struct sl_net *net;
    struct sl_pass *pass;
};

struct sl_tap {
    const struct sl_net *net;
    const float *params;
    int threads;
    struct sl_net *separate;      /* NULL: not yet needed */
    struct way fused, one_by_one; /* of net, of separate */
};

int sl_tap_new(const struct sl_net *net, const float *params, int threads, struct sl_tap **out,
               struct sl_error *err)
{
    struct sl_tap *tap = sl_alloc_zero(1, sizeof *tap);
    *out = tap;
    if (!tap)
        return sl_fail_memory(err);
    tap->net = net;
    tap->params = params;
    tap->threads = threads;
    return SL_OK;
}

void sl_tap_free(struct sl_tap *tap)
{
    if (!tap)
        return;
    sl_pass_free(tap->fused.pass);
    sl_pass_free(tap->one_by_one.pass);
    sl_net_free(tap->separate);
    free(tap);
}

static int prepare(const struct sl_tap *tap, const struct sl_net *net, struct way *way, struct sl_error *err)
{
    const struct sl_pass_options options = {
        .threads = tap->threads, .row_tile = sl_pass_rows(net), .backward = 1, .complete = 1};
    int refused = 0, code = sl_pass_new(net, &options, &way->pass, err);
    for (size_t s = 1; !code && s < net->n_stages; s++)
        refused |= sl_stage_pack(way->pass, s, tap->params, 0);
    way->net = net;
    if (refused) {
        sl_pass_free(way->pass);
        way->pass = NULL;
        return sl_stage_refused(refused, err);
    }
    return code;
}

/* Does the net as it is leave this output to be read?  Not where layers behind it work on it in place, nor
 * where only what a pooling reads of it is computed. */
static int is_left(const struct sl_net *net, const struct sl_tap_wanted *wanted)
{
    if (wanted->output == 0)
        return !wanted->activations;
    const struct sl_layer *layer = &net->order[wanted->output - 1];
    const struct sl_layer *main = net->stages[layer->stage].main;
    const int whole =
        !main || main->read_h == 0 || (main->read_h == main->out.h && main->read_w == main->out.w);
    return whole && layer->stage > 0 && net->stages[layer->stage].end == wanted->output;
}

/* The way that serves what is wanted, brought up at its first use. */
static int choose_way(struct sl_tap *tap, const struct sl_tap_wanted *wanted, const struct way **way,
                      struct sl_error *err)
{
    const int fused = is_left(tap->net, wanted);
    struct way *chosen = fused ? &tap->fused : &tap->one_by_one;
    int code = SL_OK;
    if (!fused && !tap->separate)
        code = sl_net_separate(tap->net, &tap->separate, err);
    if (!code && !chosen->pass)
        code = prepare(tap, fused ? tap->net : tap->separate, chosen, err);
    *way = chosen;
    return code;
}

/* What a call is about. */
struct request {
    const struct way *way;
    const float *params;
    const struct sl_view *view;
    const struct sl_tap_wanted *wanted;
    size_t stage; /* that computes the output */
};

static void read_rows(const struct request *r, struct sl_at *at)
{
    size_t d = r->view->d;
    float *x = sl_pass_out(r->way->pass, 0, at);
    sl_view_block(r->view, at->tile.row0, at->valid, x);
    memset(x + at->valid * d, 0, (at->tile.rows - at->valid) * d * sizeof *x);
}

static int forward(const struct request *r, size_t last, struct sl_at *at)
{
    int code = SL_OK;
    sl_all_columns(at, r->way->net->stages[0].out);
    sl_stage_followers(r->way->pass, 0, at);
    for (size_t s = 1; s <= last; s++) {
        sl_all_columns(at, r->way->net->stages[s].out);
        code |= sl_stage_forward(r->way->pass, s, r->params, at);
    }
    return code;
}

/* The gradient of each row's score with regard to the last output, d (rows, outputs). */
static void begin_backward(const struct sl_net *net, const int32_t *scores, const struct sl_at *at, float *d)
{
    size_t k = net->outputs;
    memset(d, 0, at->tile.rows * k * sizeof *d);
    for (size_t i = 0; i < at->valid; i++)
        if (net->logistic)
            d[i] = scores[i] ? 1 : -1;
        else
            d[i * k + (size_t)scores[i]] = 1;
}

/* From the scores down to the stage, whose gradient then is with regard to its output. */
static int backward(const struct request *r, struct sl_at *at)
{
    const struct sl_pass *pass = r->way->pass;
    const struct sl_net *net = r->way->net;
    size_t last = net->n_stages - 1;
    float *d = sl_pass_d(pass, last, at);
    int code = SL_OK;
    begin_backward(net, r->wanted->scores + at->tile.row0, at, d);
    for (size_t s = last; s > r->stage; s--) {
        sl_all_columns(at, net->stages[s].out);
        sl_stage_derive(pass, s, at);
        sl_all_columns(at, net->stages[s].in);
        code |= sl_stage_backward(pass, s, r->params, at);
    }
    if (r->stage == 0) { /* through the layers that work in place on the input */
        sl_all_columns(at, net->stages[0].out);
        sl_stage_derive(pass, 0, at);
    }
    return code;
}

/* Copies the tile's rows of a stage's output, or of its gradient, to their place in out (n, size); NULL: not
 * wanted. */
static void take(const struct request *r, const struct sl_at *at, size_t stage, const float *from, float *out)
{
    size_t size = r->way->net->stages[stage].out;
    if (out)
        memcpy(out + at->tile.row0 * size, from, at->valid * size * sizeof *out);
}

static int run_tile(const struct request *r, struct sl_at *at)
{
    const struct sl_pass *pass = r->way->pass;
    const struct sl_tap_wanted *wanted = r->wanted;
    size_t left = r->view->n - at->tile.row0, last = pass->net->n_stages - 1;
    at->valid = left < at->tile.rows ? left : at->tile.rows;
    read_rows(r, at);
    int code = forward(r, wanted->gradient || wanted->last ? last : r->stage, at);
    take(r, at, r->stage, sl_pass_out(pass, r->stage, at), wanted->activations);
    take(r, at, last, sl_pass_out(pass, last, at), wanted->last);
    if (wanted->gradient) {
        code |= backward(r, at);
        take(r, at, r->stage, sl_pass_d(pass, r->stage, at), wanted->gradient);
    }
    return code;
}

static int run(const struct request *r, struct sl_error *err)
{
    const struct sl_pass *pass = r->way->pass;
    size_t rows = pass->row_tile;
    double operations = (double)r->view->n * sl_net_operations(pass->net) * (r->wanted->gradient ? 2 : 1);
    int threads = sl_threads_for(operations, pass->threads), refused = 0;
#pragma omp parallel num_threads(threads) reduction(| : refused)
    {
        int thread = omp_get_thread_num();
        omp_set_num_threads(1);
#pragma omp for schedule(dynamic)
        for (size_t i = 0; i < r->view->n; i += rows) {
            struct sl_at at = {.tile = {.row0 = i, .rows = rows}, .thread = thread};
            refused |= run_tile(r, &at);
        }
    }
    return refused ? sl_stage_refused(refused, err) : SL_OK;
}

static int check(const struct sl_tap *tap, const struct sl_view *view, size_t output, struct sl_error *err)
{
    size_t d = sl_shape_size(tap->net->in);
    if (view->d != d)
        return sl_fail(err, SL_EUSAGE, "the rows have %zu features, but the net takes %zu", view->d, d);
    if (output > tap->net->n_layers)
        return sl_fail(err, SL_EUSAGE, "output %zu: the net has %zu layers", output, tap->net->n_layers);
    return SL_OK;
}

static size_t stage_of(const struct sl_net *net, size_t output)
{
    return output ? net->order[output - 1].stage : 0;
}

int sl_tap_read(struct sl_tap *tap, const struct sl_view *view, const struct sl_tap_wanted *wanted,
                struct sl_error *err)
{
    int code = check(tap, view, wanted->output, err);
    for (size_t i = 0; !code && wanted->gradient && i < view->n; i++)
        if (wanted->scores[i] < 0 || (size_t)wanted->scores[i] >= tap->net->classes)
            code = sl_fail(err, SL_EUSAGE, "row %zu: there is no score %d: the net has %zu", i,
                           wanted->scores[i], tap->net->classes);
    if (code)
        return code;
    const struct way *way;
    code = choose_way(tap, wanted, &way, err);
    if (code)
        return code;
    const struct request r = {way, tap->params, view, wanted, stage_of(way->net, wanted->output)};
    return run(&r, err);
}

int sl_tap_activations(struct sl_tap *tap, const struct sl_view *view, size_t output, float *out,
                       struct sl_error *err)
{
    const struct sl_tap_wanted wanted = {.output = output, .activations = out};
    return sl_tap_read(tap, view, &wanted, err);
}

int sl_tap_gradient(struct sl_tap *tap, const struct sl_view *view, const int32_t *scores, size_t output,
                    float *out, struct sl_error *err)
{
    const struct sl_tap_wanted wanted = {.output = output, .scores = scores, .gradient = out};
    return sl_tap_read(tap, view, &wanted, err);
}
