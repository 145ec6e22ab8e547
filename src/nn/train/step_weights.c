/* step_weights.c - how the parameters of a net are cut for their gradients and update. */
#include "core/memory.h"
#include "nn/train/step_private.h"

/* A weight matrix, by columns: narrow tiles of columns, which a thread also computes forward, or tiles of
 * rows where there are few columns. */
static void cut_matrix(const struct sl_stage *stage, struct sl_weight_cut *cut)
{
    enum { ROWS = 256 };
    if (stage->out >= 2 * SL_NARROW) {
        cut->w_rows = stage->in;
        cut->w_cols = SL_NARROW;
    } else {
        size_t parts = stage->in < ROWS ? 1 : 2 * sl_tiles_of(stage->in, 2 * ROWS);
        cut->w_rows = sl_tiles_of(stage->in, parts);
        cut->w_cols = stage->out;
    }
    cut->n_tiles = sl_tiles_of(stage->in, cut->w_rows) * sl_tiles_of(stage->out, cut->w_cols);
}

int sl_weights_cut(struct sl_stepper *stepper)
{
    const struct sl_net *net = stepper->pass->net;
    stepper->weights = sl_alloc_zero(net->n_stages, sizeof *stepper->weights);
    if (!stepper->weights)
        return SL_ENOMEM;
    for (size_t s = 1; s < net->n_stages; s++) {
        const struct sl_layer *layer = net->stages[s].main;
        struct sl_weight_cut *cut = &stepper->weights[s];
        cut->first_tile = stepper->n_weight_tiles;
        if (layer->type->flags & SL_BY_COLUMNS)
            cut_matrix(&net->stages[s], cut);
        else if (layer->weights + layer->biases > 0)
            cut->n_tiles = sl_tiles_of(layer->weights, SL_WEIGHTS_TILE) + 1;
        stepper->n_weight_tiles += cut->n_tiles;
    }
    return SL_OK;
}

struct sl_tile sl_weights_tile(const struct sl_stepper *stepper, size_t s, size_t t)
{
    const struct sl_stage *stage = &stepper->pass->net->stages[s];
    const struct sl_weight_cut *cut = &stepper->weights[s];
    size_t across = sl_tiles_of(stage->out, cut->w_cols);
    struct sl_tile tile = {.row0 = t / across * cut->w_rows, .col0 = t % across * cut->w_cols};
    tile.rows = stage->in - tile.row0 < cut->w_rows ? stage->in - tile.row0 : cut->w_rows;
    tile.cols = stage->out - tile.col0 < cut->w_cols ? stage->out - tile.col0 : cut->w_cols;
    return tile;
}
