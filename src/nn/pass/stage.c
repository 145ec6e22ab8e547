/* stage.c - one stage of a net on one tile: forward, derivative, backward, gradient.
 *
 * A stage is a layer with parameters or a shape of its own, and those behind it that work in place on its
 * output.  The layers know how; what is here finds their buffers (pass.c), and adds gradients up where an
 * output has several uses. */
#include "nn/pass/stage.h"
#include "core/hash.h"
#include "kernels/dispatch.h"
#include <string.h>

static struct sl_call run_of(const struct sl_pass *pass, size_t s, const struct sl_layer *layer,
                             const struct sl_at *at)
{
    uint64_t key = at->key + (uint64_t)(layer - pass->net->order) * 0x9e3779b97f4a7c15u;
    return (struct sl_call){
        .training = pass->training,
        .key = sl_splitmix(&key),
        .recipe = pass->work[s].recipe,
        .packed = pass->work[s].packed,
        .norm = sl_pass_norm(pass, s, at->thread),
        .added = layer->type->flags & SL_ADDS ? sl_pass_out(pass, layer->source, at) : NULL,
        .valid = at->valid,
        .scratch = sl_pass_scratch(pass, at->thread),
    };
}

/* Whether stage s is computed in one go with the stage before it, which knows how. */
static int joined(const struct sl_pass *pass, size_t s)
{
    return pass->work[pass->net->stages[s].from].with == s;
}

/* In training a layer that normalises goes by the batch, not by what it would pack. */
int sl_stage_packs(const struct sl_pass *pass, size_t s)
{
    const struct sl_stage *stage = &pass->net->stages[s];
    return stage->main && stage->main->type->pack && !(pass->training && sl_over_batch(stage)) &&
           !joined(pass, s);
}

/* Takes the normalisation behind stage s into its weights w; returns these. */
static const float *fold(const struct sl_pass *pass, size_t s, const float *params, const float *w,
                         int thread)
{
    const struct sl_layer *layer = pass->net->stages[s].main;
    const struct sl_stage_work *work = &pass->work[s], *behind = &pass->work[work->with];
    const struct sl_layer *norm = pass->net->stages[work->with].main;
    norm->type->pack(norm, behind->recipe, params + norm->params_at, behind->packed,
                     sl_pass_scratch(pass, thread));
    layer->type->fold(layer, w, behind->packed, behind->packed + norm->in.c, work->folded);
    return work->folded;
}

int sl_stage_pack(const struct sl_pass *pass, size_t s, const float *params, int thread)
{
    const struct sl_layer *layer = pass->net->stages[s].main;
    const struct sl_stage_work *work = &pass->work[s];
    if (!sl_stage_packs(pass, s))
        return SL_OK;
    const float *w = params + layer->params_at;
    if (work->folded)
        w = fold(pass, s, params, w, thread);
    return layer->type->pack(layer, work->recipe, w, work->packed, sl_pass_scratch(pass, thread));
}

int sl_stage_refused(int refused, struct sl_error *err)
{
    if (refused == SL_ENOMEM)
        return sl_fail_memory(err);
    if (refused == SL_EINTERNAL)
        return sl_fail(err, refused, "oneDNN refused to compute a layer");
    return sl_fail(err, refused, "a layer could not be computed: %s", sl_code_name(refused));
}

void sl_stage_followers(const struct sl_pass *pass, size_t s, const struct sl_at *at)
{
    const struct sl_stage *stage = &pass->net->stages[s];
    for (size_t i = stage->first; i < stage->end; i++) {
        const struct sl_layer *layer = &pass->net->order[i];
        struct sl_call run = run_of(pass, s, layer, at);
        if (layer->type->apply)
            layer->type->apply(layer, &run, sl_pass_out(pass, s, at), stage->out, at->tile);
    }
}

/* Layers that only pass over numbers, image by image: what follows finds the image in cache. */
static int forward_by_images(const struct sl_pass *pass, size_t s, const float *params,
                             const struct sl_at *at)
{
    const struct sl_stage *stage = &pass->net->stages[s];
    const struct sl_layer *layer = stage->main;
    struct sl_at one = *at;
    int code = SL_OK;
    one.tile.rows = 1;
    for (size_t i = 0; i < at->tile.rows; i++, one.tile.row0++, one.skip++) {
        struct sl_call run = run_of(pass, s, layer, at);
        code |=
            layer->type->forward(layer, &run, params + layer->params_at, sl_pass_out(pass, stage->from, &one),
                                 sl_pass_out(pass, s, &one), NULL, one.tile);
        sl_stage_followers(pass, s, &one);
    }
    return code;
}

/* A pooling or normalisation with the layer before it. */
static int forward_joined(const struct sl_pass *pass, size_t s, const float *params, const struct sl_at *at)
{
    size_t before = pass->net->stages[s].from;
    const struct sl_stage *stage = &pass->net->stages[before];
    const struct sl_layer *layer = stage->main;
    const float *x = sl_pass_out(pass, stage->from, at), *folded = pass->work[before].folded;
    float *y = sl_pass_out(pass, s, at);
    struct sl_call run = run_of(pass, before, layer, at);
    int code = SL_OK;
    if (folded) {
        run.biases = folded + layer->weights;
        code = layer->type->forward(layer, &run, folded, x, y, NULL, at->tile);
    } else
        layer->type->forward_pooled(layer, &run, params + layer->params_at, x, y, sl_pass_aux(pass, s, at));
    sl_stage_followers(pass, s, at);
    return code;
}

int sl_stage_forward(const struct sl_pass *pass, size_t s, const float *params, const struct sl_at *at)
{
    const struct sl_stage *stage = &pass->net->stages[s];
    const struct sl_layer *layer = stage->main;
    if (pass->work[s].with)
        return SL_OK;
    if (joined(pass, s))
        return forward_joined(pass, s, params, at);
    if (sl_over_batch(stage))
        return forward_by_images(pass, s, params, at);
    const float *x = sl_pass_out(pass, stage->from, at);
    float *y = sl_pass_out(pass, s, at);
    struct sl_call run = run_of(pass, s, layer, at);
    int code = SL_OK;
    if (layer->type->flags & SL_IN_PLACE) {
        for (size_t i = 0; i < at->tile.rows; i++)
            memcpy(y + i * stage->out + at->tile.col0, x + i * stage->out + at->tile.col0,
                   at->tile.cols * sizeof *y);
        layer->type->apply(layer, &run, y, stage->out, at->tile);
    } else
        code = layer->type->forward(layer, &run, params + layer->params_at, x, y, sl_pass_aux(pass, s, at),
                                    at->tile);
    sl_stage_followers(pass, s, at);
    return code;
}

/* Gradients ---------------------------------------------------------------------------------------- */

SL_CLONED_VOID(extern, sl_add_floats, (float *restrict sum, const float *restrict a, size_t n), (sum, a, n))
{
    for (size_t i = 0; i < n; i++)
        sum[i] += a[i];
}

/* The gradient d of a sum is that of what was added, too. */
static void derive_added(const struct sl_pass *pass, size_t s, const struct sl_layer *layer, const float *d,
                         const struct sl_at *at)
{
    const struct sl_stage *source = &pass->net->stages[layer->source];
    size_t n = at->tile.rows * source->out;
    if (!pass->work[layer->source].d)
        return;
    if (source->max_use == 2 * s + 1)
        memcpy(sl_pass_d(pass, layer->source, at), d, n * sizeof *d);
    else
        sl_add_floats(sl_pass_d(pass, layer->source, at), d, n);
}

static void derive_layer(const struct sl_pass *pass, size_t s, const struct sl_layer *layer, const float *a,
                         float scale, float *d, const struct sl_at *at)
{
    struct sl_call run = run_of(pass, s, layer, at);
    if (layer->type->flags & SL_ADDS)
        derive_added(pass, s, layer, d, at);
    else if (layer->type->derive)
        layer->type->derive(layer, &run, a, scale, d, pass->net->stages[s].out, at->tile);
}

/* Whether a layer from the stage's main one on stops the gradient where its output is 0. */
static int zeros_stop(const struct sl_pass *pass, const struct sl_stage *stage)
{
    unsigned flags = stage->main ? stage->main->type->flags : 0;
    for (size_t i = stage->first; i < stage->end; i++)
        flags |= pass->net->order[i].type->flags;
    return (flags & SL_ZERO_STOPS) != 0;
}

void sl_stage_derive(const struct sl_pass *pass, size_t s, const struct sl_at *at)
{
    const struct sl_stage *stage = &pass->net->stages[s];
    if (!pass->work[s].d)
        return;
    const float *a = sl_pass_out(pass, s, at);
    float *d = sl_pass_d(pass, s, at), scale = 1;
    /* An activation whose output 0 stops the gradient makes masks of dropouts behind it needless. */
    int unmasked = zeros_stop(pass, stage);
    for (size_t i = stage->end; i-- > stage->first;) {
        const struct sl_layer *layer = &pass->net->order[i];
        if (layer->type->kept_share && !pass->training)
            continue; /* it did nothing */
        if (layer->type->kept_share)
            scale *= layer->type->kept_share(layer);
        if (layer->type->flags & SL_ZERO_STOPS)
            unmasked = 0;
        if (!(unmasked && layer->type->kept_share))
            derive_layer(pass, s, layer, a, scale, d, at);
    }
    if (stage->main && (stage->main->type->flags & SL_IN_PLACE))
        derive_layer(pass, s, stage->main, a, scale, d, at);
}

/* Through the main layer, whose gradient is dy, to dx. */
static int pass_back(const struct sl_pass *pass, size_t s, const float *params, const struct sl_at *at,
                     float *dx)
{
    const struct sl_stage *stage = &pass->net->stages[s];
    const struct sl_layer *layer = stage->main;
    const float *dy = sl_pass_d(pass, s, at);
    if (layer->type->flags & SL_IN_PLACE) {
        for (size_t i = 0; i < at->tile.rows; i++)
            memcpy(dx + i * stage->in + at->tile.col0, dy + i * stage->in + at->tile.col0,
                   at->tile.cols * sizeof *dx);
        return SL_OK;
    }
    struct sl_call run = run_of(pass, s, layer, at);
    run.x = sl_pass_out(pass, stage->from, at);
    return layer->type->backward(layer, &run, params + layer->params_at, dy, dx, sl_pass_aux(pass, s, at),
                                 at->tile);
}

int sl_stage_backward(const struct sl_pass *pass, size_t s, const float *params, const struct sl_at *at)
{
    const struct sl_stage *stage = &pass->net->stages[s], *from = &pass->net->stages[stage->from];
    if (!pass->work[stage->from].d)
        return SL_OK;
    float *sum = sl_pass_d(pass, stage->from, at);
    if (from->max_use == 2 * s)
        return pass_back(pass, s, params, at, sum);
    float *dx = pass->spare + (size_t)at->thread * pass->row_tile * pass->spare_size;
    int code = pass_back(pass, s, params, at, dx);
    sl_add_floats(sum, dx,
                  at->tile.rows * stage->in); /* nets whose outputs have several uses run whole rows */
    return code;
}

int sl_stage_gradient(const struct sl_pass *pass, size_t s, const struct sl_at *at, float *sums)
{
    const struct sl_layer *layer = pass->net->stages[s].main;
    size_t pool = pass->work[s].with;
    if (!layer->type->gradient)
        return SL_OK;
    struct sl_call run = run_of(pass, s, layer, at);
    const float *x = sl_pass_out(pass, pass->net->stages[s].from, at);
    float *sum = sums + pass->work[s].sum_at;
    if (!pool)
        return layer->type->gradient(layer, &run, x, sl_pass_d(pass, s, at), at->tile.rows, sum);
    layer->type->gradient_pooled(layer, &run, x, sl_pass_d(pass, pool, at), sl_pass_aux(pass, pool, at), sum);
    return SL_OK;
}

int sl_stage_unpack(const struct sl_pass *pass, size_t s, int thread, const float *sums, float *grads)
{
    const struct sl_layer *layer = pass->net->stages[s].main;
    const struct sl_at at = {.thread = thread};
    if (!layer->type->unpack)
        return SL_OK;
    struct sl_call run = run_of(pass, s, layer, &at);
    return layer->type->unpack(layer, &run, sums + pass->work[s].sum_at, grads + layer->params_at);
}
