/* net_summary.c - a net as rows for people: layer, output shape, parameters.  Cost O(layers). */
#include "core/memory.h"
#include "nn/net/net.h"
#include <shortlist/network.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Appends to a text of fixed size. */
static void append(char *text, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));
static void append(char *text, size_t size, const char *format, ...)
{
    size_t used = strlen(text);
    va_list args;
    va_start(args, format);
    vsnprintf(text + used, size - used, format, args);
    va_end(args);
}

/* "conv 32 3x3", "maxpool 2x2", "dense 128", "dropout 0.2", "relu" */
static void print_layer(const struct sl_layer *layer, char *text, size_t size)
{
    append(text, size, "%s", layer->type->name);
    if (layer->weights)
        append(text, size, " %d", layer->units);
    if (layer->size)
        append(text, size, " %dx%d", layer->size, layer->size);
    if (layer->size && layer->stride != 1 && (layer->weights || layer->stride != layer->size))
        append(text, size, " stride %d", layer->stride);
    if (layer->same && layer->size > 1)
        append(text, size, " same");
    else if (layer->padding)
        append(text, size, " padding %d", layer->padding);
    if (layer->nobias)
        append(text, size, " nobias");
    if (layer->rate > 0)
        append(text, size, " %g", (double)layer->rate);
}

static void print_shape(struct sl_shape shape, char *text, size_t size)
{
    if (shape.h == 1 && shape.w == 1)
        append(text, size, "%d", shape.c);
    else
        append(text, size, "%dx%dx%d", shape.h, shape.w, shape.c);
}

static void fill_row(const struct sl_layer *layer, int depth, struct sl_net_row *row)
{
    print_layer(layer, row->layer, sizeof row->layer);
    print_shape(layer->out, row->output, sizeof row->output);
    row->depth = depth;
    row->params = layer->weights + layer->biases;
    row->fixed = layer->states;
}

/* "residual 64 stride 2 relu", "denseblock 4 12": the block that begins with this layer, as one row. */
static void fill_block(const struct sl_layer *first, struct sl_net_row *row)
{
    const struct sl_layer *last = first + first->block - 1;
    append(row->layer, sizeof row->layer, "%s", first->block_type->name);
    if (first->block_size)
        append(row->layer, sizeof row->layer, " %d", first->block_size);
    append(row->layer, sizeof row->layer, " %d", first->block_units);
    if (first->stride > 1)
        append(row->layer, sizeof row->layer, " stride %d", first->stride);
    if (first->activation)
        append(row->layer, sizeof row->layer, " %s", first->activation->name);
    print_shape(last->out, row->output, sizeof row->output);
    for (const struct sl_layer *layer = first; layer <= last; layer++) {
        row->params += layer->weights + layer->biases;
        row->fixed += layer->states;
    }
}

static int make_rows(const struct sl_net *net, struct sl_net_row **rows, size_t *n, struct sl_error *err)
{
    const struct sl_layer *block_end = net->layers;
    *rows = sl_alloc_zero(2 * net->n_layers, sizeof **rows);
    if (!*rows)
        return sl_fail_memory(err);
    for (size_t i = 0; i < net->n_layers; i++) {
        const struct sl_layer *layer = &net->layers[i];
        if (layer->block) {
            fill_block(layer, &(*rows)[(*n)++]);
            block_end = layer + layer->block;
        }
        struct sl_net_row *row = &(*rows)[(*n)++];
        fill_row(layer, layer < block_end, row);
        row->number = (int)i + 1;
        sl_net_layer_name(net, i, row->name, sizeof row->name);
    }
    return SL_OK;
}

int sl_net_rows(const char *line, int height, int width, int channels, int classes, struct sl_net_row **rows,
                size_t *n, struct sl_error *err)
{
    struct sl_net *net;
    *rows = NULL;
    *n = 0;
    int code = sl_net_new(line, (struct sl_shape){height, width, channels}, classes, &net, err);
    if (!code)
        code = make_rows(net, rows, n, err);
    sl_net_free(net);
    return code;
}
