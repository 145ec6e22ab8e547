/* net_stages.c - how the layers of a net are grouped to be run.  Cost O(layers). */
#include "nn/net/net.h"
#include <string.h>

/* Whether a layer may work in place on a stage's output: backward finds the slope of an activation in the
 * stage's final output, from which dropouts can be taken back, but neither noise nor a second activation. */
static int may_follow(const struct sl_net *net, const struct sl_stage *stage, const struct sl_layer *layer,
                      const size_t *uses)
{
    int activated = stage->main && (stage->main->type->flags & SL_ACTIVATION);
    if (!(layer->type->flags & SL_IN_PLACE) || uses[layer->from] > 1)
        return 0;
    for (size_t i = stage->first; i < stage->end; i++)
        activated |= (net->order[i].type->flags & SL_ACTIVATION) != 0;
    return !activated || layer->type->kept_share;
}

/* uses[p] (n_layers + 1): how many layers take the output of layer p - 1. */
static void count_uses(const struct sl_net *net, size_t *uses)
{
    memset(uses, 0, (net->n_layers + 1) * sizeof *uses);
    for (size_t i = 0; i < net->n_layers; i++) {
        uses[net->layers[i].from]++;
        if (net->layers[i].type->flags & SL_ADDS)
            uses[net->layers[i].plus]++;
    }
}

/* What is monotone commutes with the maximum; behind it there is less to do. */
static void delay_activations(struct sl_net *net, const size_t *uses)
{
    for (size_t i = 0; i + 1 < net->n_layers; i++) {
        struct sl_layer *a = &net->order[i], *b = a + 1, swap = *a;
        if (!(a->type->flags & SL_MONOTONE) || !(b->type->flags & SL_MAXIMUM) || uses[i + 1] > 1)
            continue;
        *a = *b;
        *b = swap;
        b->from = a->from;
        a->from = swap.from;
        b->in = b->out = a->out;
    }
}

/* What windows leave out at an edge need not be computed. */
static void mark_read(struct sl_net *net, const size_t *uses)
{
    for (size_t i = 0; i < net->n_layers; i++) {
        const struct sl_layer *pool = &net->order[i];
        if (!(pool->type->flags & SL_WINDOWS) || pool->from == 0 || uses[pool->from] > 1)
            continue;
        struct sl_layer *before = &net->order[pool->from - 1];
        before->read_h = (pool->out.h - 1) * pool->stride + pool->size;
        before->read_w = (pool->out.w - 1) * pool->stride + pool->size;
    }
}

static void use(struct sl_stage *stage, size_t key)
{
    if (key < stage->min_use || stage->max_use == 0)
        stage->min_use = key;
    if (key > stage->max_use)
        stage->max_use = key;
}

/* Who takes whose output, in terms of stages. */
static void count_stage_uses(struct sl_net *net, const size_t *stage_of)
{
    for (size_t s = 0; s < net->n_stages; s++) {
        struct sl_stage *stage = &net->stages[s];
        size_t begin = stage->main ? (size_t)(stage->main - net->order) : stage->first;
        if (stage->main)
            use(&net->stages[stage->from], 2 * s);
        for (size_t i = begin; i < stage->end; i++)
            if (net->order[i].type->flags & SL_ADDS) {
                net->order[i].source = stage_of[net->order[i].plus];
                use(&net->stages[net->order[i].source], 2 * s + 1);
            }
    }
}

void sl_net_make_stages(struct sl_net *net, int fused)
{
    size_t uses[SL_LAYERS_MAX + 1], stage_of[SL_LAYERS_MAX + 1];
    size_t size = sl_shape_size(net->in);
    struct sl_stage *stage = net->stages;
    count_uses(net, uses);
    memcpy(net->order, net->layers, net->n_layers * sizeof *net->order);
    if (fused) {
        delay_activations(net, uses);
        mark_read(net, uses);
    }
    *stage = (struct sl_stage){.in = size, .out = size};
    stage_of[0] = 0;
    for (size_t i = 0; i < net->n_layers; i++) {
        struct sl_layer *layer = &net->order[i];
        if (!(layer->type->flags & SL_RESHAPE) && !(fused && may_follow(net, stage, layer, uses))) {
            *++stage = (struct sl_stage){.main = layer, .from = stage_of[layer->from], .first = i + 1};
            stage->in = sl_shape_size(layer->in);
            stage->out = sl_shape_size(layer->out);
        }
        stage->end = i + 1;
        layer->stage = stage_of[i + 1] = (size_t)(stage - net->stages);
    }
    net->n_stages = (size_t)(stage - net->stages) + 1;
    count_stage_uses(net, stage_of);
}
