/* net_stages.c - how the layers of a net are grouped to be run.  Cost O(layers). */
#include "nn/net.h"
#include <string.h>

/* Whether a layer may work in place on a stage's output: backward finds the slope of an activation in the
 * stage's final output, from which dropouts can be taken back, but neither noise nor a second activation. */
static int may_follow(const struct sl_net *net, const struct sl_stage *stage, const struct sl_layer *layer)
{
    int activated = stage->main && (stage->main->type->flags & SL_ACTIVATION);
    if (!(layer->type->flags & SL_IN_PLACE))
        return 0;
    for (size_t i = stage->first; i < stage->end; i++)
        activated |= (net->order[i].type->flags & SL_ACTIVATION) != 0;
    return !activated || layer->type == &sl_layer_dropout;
}

/* Every activation here is monotone, so it commutes with the maximum; behind it there is less to do. */
static void make_order(struct sl_net *net)
{
    memcpy(net->order, net->layers, net->n_layers * sizeof *net->order);
    for (size_t i = 0; i + 1 < net->n_layers; i++) {
        struct sl_layer *a = &net->order[i], *b = a + 1, swap = *a;
        if (!(a->type->flags & SL_ACTIVATION) || b->type != &sl_layer_maxpool)
            continue;
        *a = *b;
        *b = swap;
        b->in = b->out = a->out;
    }
}

void sl_net_make_stages(struct sl_net *net)
{
    size_t size = sl_shape_size(net->in);
    struct sl_stage *stage = net->stages;
    make_order(net);
    *stage = (struct sl_stage){.in = size, .out = size};
    for (size_t i = 0; i < net->n_layers; i++) {
        const struct sl_layer *layer = &net->order[i];
        if (!(layer->type->flags & SL_RESHAPE) && !may_follow(net, stage, layer)) {
            *++stage = (struct sl_stage){.main = layer, .first = i + 1};
            stage->in = sl_shape_size(layer->in);
            stage->out = sl_shape_size(layer->out);
        }
        stage->end = i + 1;
    }
    net->n_stages = (size_t)(stage - net->stages) + 1;
}
