/* network.h - the nets that classifier cnn takes: those with a name, and what a line of text makes. */
#ifndef SHORTLIST_NETWORK_H
#define SHORTLIST_NETWORK_H

#include <shortlist/api.h>
#include <shortlist/error.h>
#include <stddef.h>

SL_API_BEGIN

/* Net i of those with a name, published ones first: its line and what it is; 0 past the end. */
int sl_net_named(size_t i, const char **name, const char **line, const char **help);

/* Kind i of layer that a line may name: what is written ("dropout RATE") and what it does; 0 past the end. */
int sl_net_layer_kind(size_t i, const char **usage, const char **help);

/* A layer of a net, for people: "conv 32 3x3", "26x26x32". */
struct sl_net_row {
    char layer[64], output[40];
    int number; /* of the layer, from 1: what other commands call it by, or by its name; 0: a whole block */
    char name[32];        /* "conv2": the second of its kind; "" of a block */
    int depth;            /* 1: part of the row of depth 0 above it, whose counts include it */
    size_t params, fixed; /* numbers that training's gradients change, and further ones that are kept */
};

/* The layers of a net, given by its name or its line, on images of this shape; *rows (*n), the caller's to
 * free.  SL_EUSAGE with the place in the line when it does not fit.  Rows of depth 0 sum up to the net. */
int sl_net_rows(const char *net, int height, int width, int channels, int classes, struct sl_net_row **rows,
                size_t *n, struct sl_error *err);

SL_API_END
#endif
