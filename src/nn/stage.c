/* stage.c - one stage of a net on one tile: forward, derivative, backward, gradient.
 *
 * A stage is a layer with parameters or a shape of its own, and those behind it that work in place on its
 * output.  The layers know how; what is here finds their buffers (pass.c), and adds gradients up where an
 * output has several uses. */
#include "core/hash.h"
#include "kernels/dispatch.h"
#include "nn/pass_private.h"
#include <string.h>

static size_t place(const struct sl_pass *pass, int whole, const struct sl_at *at)
{
    return whole ? at->tile.row0 : pass->row_tile * (size_t)at->thread + at->skip;
}

/* NULL where the pass keeps no such array of the stage. */
float *sl_stage_out(const struct sl_pass *pass, size_t s, const struct sl_at *at)
{
    if (!pass->work[s].out)
        return NULL;
    return pass->work[s].out + place(pass, pass->work[s].whole_out, at) * pass->net->stages[s].out;
}

float *sl_stage_d(const struct sl_pass *pass, size_t s, const struct sl_at *at)
{
    if (!pass->work[s].d)
        return NULL;
    return pass->work[s].d + place(pass, pass->work[s].whole_d, at) * pass->net->stages[s].out;
}

static int32_t *stage_aux(const struct sl_pass *pass, size_t s, const struct sl_at *at)
{
    if (!pass->work[s].aux)
        return NULL;
    return pass->work[s].aux + place(pass, pass->work[s].whole_out, at) * pass->net->stages[s].out;
}

static struct sl_run run_of(const struct sl_pass *pass, size_t s, const struct sl_layer *layer,
                            const struct sl_at *at)
{
    uint64_t key = at->key + (uint64_t)(layer - pass->net->order) * 0x9e3779b97f4a7c15u;
    return (struct sl_run){
        .training = pass->training,
        .key = sl_splitmix(&key),
        .plan = pass->work[s].plan,
        .packed = pass->work[s].packed,
        .norm = pass->work[s].norm ? sl_norm_of(pass, s, at->thread) : NULL,
        .added = layer->type == &sl_layer_add ? sl_stage_out(pass, layer->source, at) : NULL,
        .valid = at->valid,
        .scratch = pass->scratch + (size_t)at->thread * pass->scratch_size,
    };
}

int sl_stage_pack(const struct sl_pass *pass, size_t s, const float *params, int thread)
{
    const struct sl_layer *layer = pass->net->stages[s].main;
    struct sl_stage_work *work = &pass->work[s];
    if (!layer->type->pack)
        return SL_OK;
    return layer->type->pack(layer, work->plan, params + layer->params_at, work->packed,
                             pass->scratch + (size_t)thread * pass->scratch_size);
}

int sl_stage_refused(int refused, struct sl_error *err)
{
    return refused == SL_ENOMEM ? sl_fail_memory(err)
                                : sl_fail(err, SL_EINTERNAL, "oneDNN refused to compute a layer");
}

int sl_stage_unpack(const struct sl_pass *pass, size_t s, int thread)
{
    const struct sl_layer *layer = pass->net->stages[s].main;
    const struct sl_at at = {.thread = thread};
    struct sl_run run = run_of(pass, s, layer, &at);
    if (!layer->type->unpack)
        return SL_OK;
    return layer->type->unpack(layer, &run, pass->lane_grads + pass->work[s].lane_at,
                               pass->grads + layer->params_at);
}

void sl_stage_followers(const struct sl_pass *pass, size_t s, const struct sl_at *at)
{
    const struct sl_stage *stage = &pass->net->stages[s];
    for (size_t i = stage->first; i < stage->end; i++) {
        const struct sl_layer *layer = &pass->net->order[i];
        struct sl_run run = run_of(pass, s, layer, at);
        if (layer->type->apply)
            layer->type->apply(layer, &run, sl_stage_out(pass, s, at), stage->out, at->tile);
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
        struct sl_run run = run_of(pass, s, layer, at);
        code |= layer->type->forward(layer, &run, params + layer->params_at,
                                     sl_stage_out(pass, stage->from, &one), sl_stage_out(pass, s, &one), NULL,
                                     one.tile);
        sl_stage_followers(pass, s, &one);
    }
    return code;
}

/* A pooling with the layer before it. */
static void forward_pooled(const struct sl_pass *pass, size_t s, const float *params, const struct sl_at *at)
{
    size_t before = pass->net->stages[s].from;
    const struct sl_stage *stage = &pass->net->stages[before];
    struct sl_run run = run_of(pass, before, stage->main, at);
    stage->main->type->forward_pooled(stage->main, &run, params + stage->main->params_at,
                                      sl_stage_out(pass, stage->from, at), sl_stage_out(pass, s, at),
                                      stage_aux(pass, s, at));
    sl_stage_followers(pass, s, at);
}

int sl_stage_forward(const struct sl_pass *pass, size_t s, const float *params, const struct sl_at *at)
{
    const struct sl_stage *stage = &pass->net->stages[s];
    const struct sl_layer *layer = stage->main;
    if (sl_over_batch(stage))
        return forward_by_images(pass, s, params, at);
    if (pass->work[s].pool)
        return SL_OK;
    if (pass->work[stage->from].pool == s) {
        forward_pooled(pass, s, params, at);
        return SL_OK;
    }
    const float *x = sl_stage_out(pass, stage->from, at);
    float *y = sl_stage_out(pass, s, at);
    struct sl_run run = run_of(pass, s, layer, at);
    int code = SL_OK;
    if (layer->type->flags & SL_IN_PLACE) {
        for (size_t i = 0; i < at->tile.rows; i++)
            memcpy(y + i * stage->out + at->tile.col0, x + i * stage->out + at->tile.col0,
                   at->tile.cols * sizeof *y);
        layer->type->apply(layer, &run, y, stage->out, at->tile);
    } else
        code = layer->type->forward(layer, &run, params + layer->params_at, x, y, stage_aux(pass, s, at),
                                    at->tile);
    sl_stage_followers(pass, s, at);
    return code;
}

/* Gradients ------------------------------------------------------------------------------------------
 *
 * Stages come in descending order.  The first that has used an output writes its gradient, the others add
 * theirs, and the last (min_use) lets the output's followers derive it. */

SL_CLONES
void sl_add_floats(float *restrict sum, const float *restrict a, size_t n)
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
    if (layer->source == 0)
        return;
    if (source->max_use == 2 * s + 1)
        memcpy(sl_stage_d(pass, layer->source, at), d, n * sizeof *d);
    else
        sl_add_floats(sl_stage_d(pass, layer->source, at), d, n);
    if (source->min_use == 2 * s + 1)
        sl_stage_derive(pass, layer->source, at);
}

static void derive_layer(const struct sl_pass *pass, size_t s, const struct sl_layer *layer, const float *a,
                         float scale, float *d, const struct sl_at *at)
{
    struct sl_run run = run_of(pass, s, layer, at);
    if (layer->type == &sl_layer_add)
        derive_added(pass, s, layer, d, at);
    else if (layer->type->derive)
        layer->type->derive(layer, &run, a, scale, d, pass->net->stages[s].out, at->tile);
}

/* d, with regard to the stage's output, becomes d with regard to its main layer's. */
void sl_stage_derive(const struct sl_pass *pass, size_t s, const struct sl_at *at)
{
    const struct sl_stage *stage = &pass->net->stages[s];
    const float *a = sl_stage_out(pass, s, at);
    float *d = sl_stage_d(pass, s, at), scale = 1;
    /* An activation whose output 0 stops the gradient makes masks of dropouts behind it needless. */
    int unmasked = (stage->main->type->flags & SL_ZERO_STOPS) != 0;
    for (size_t i = stage->first; i < stage->end; i++)
        unmasked |= (pass->net->order[i].type->flags & SL_ZERO_STOPS) != 0;
    for (size_t i = stage->end; i-- > stage->first;) {
        const struct sl_layer *layer = &pass->net->order[i];
        if (layer->type == &sl_layer_dropout)
            scale *= 1 - layer->rate;
        if (layer->type->flags & SL_ZERO_STOPS)
            unmasked = 0;
        if (!(unmasked && layer->type == &sl_layer_dropout))
            derive_layer(pass, s, layer, a, scale, d, at);
    }
    if (stage->main->type->flags & SL_IN_PLACE)
        derive_layer(pass, s, stage->main, a, scale, d, at);
}

int sl_stage_backward(const struct sl_pass *pass, size_t s, const float *params, const struct sl_at *at)
{
    const struct sl_stage *stage = &pass->net->stages[s], *from = &pass->net->stages[stage->from];
    const struct sl_layer *layer = stage->main;
    const float *dy = sl_stage_d(pass, s, at);
    int code = SL_OK;
    if (stage->from == 0 || pass->work[stage->from].pool == s)
        return code;
    float *sum = sl_stage_d(pass, stage->from, at), *dx = sum;
    if (from->max_use != 2 * s)
        dx = pass->spare + (size_t)at->thread * pass->row_tile * pass->spare_size;
    if (layer->type->flags & SL_IN_PLACE) {
        for (size_t i = 0; i < at->tile.rows; i++)
            memcpy(dx + i * stage->in + at->tile.col0, dy + i * stage->in + at->tile.col0,
                   at->tile.cols * sizeof *dx);
    } else {
        struct sl_run run = run_of(pass, s, layer, at);
        run.x = sl_stage_out(pass, stage->from, at);
        code = layer->type->backward(layer, &run, params + layer->params_at, dy, dx, stage_aux(pass, s, at),
                                     at->tile);
    }
    if (dx != sum) /* nets whose outputs have several uses run whole rows */
        sl_add_floats(sum, dx, at->tile.rows * stage->in);
    if (from->min_use == 2 * s)
        sl_stage_derive(pass, stage->from, at);
    return code;
}

int sl_stage_gradient(const struct sl_pass *pass, size_t s, const struct sl_at *at, float *lane)
{
    const struct sl_layer *layer = pass->net->stages[s].main;
    struct sl_run run = run_of(pass, s, layer, at);
    size_t pool = pass->work[s].pool;
    if (pool)
        layer->type->gradient_pooled(layer, &run, sl_stage_out(pass, pass->net->stages[s].from, at),
                                     sl_stage_d(pass, pool, at), stage_aux(pass, pool, at),
                                     lane + pass->work[s].lane_at);
    if (pool || !layer->type->gradient)
        return SL_OK;
    return layer->type->gradient(layer, &run, sl_stage_out(pass, pass->net->stages[s].from, at),
                                 sl_stage_d(pass, s, at), at->tile.rows, lane + pass->work[s].lane_at);
}
