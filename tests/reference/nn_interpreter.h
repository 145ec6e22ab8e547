/* nn_interpreter.h - a plain interpreter of a net's layers in double, as prediction has them. */
#ifndef NN_INTERPRETER_H
#define NN_INTERPRETER_H

#include "nn_fixture.h"

/* Numbers from -1 to 1, and variances from 1/2 to 2. */
static inline void randomise(struct bench *b)
{
    struct sl_rng *rng = sl_rng_new(9, "parameters");
    for (size_t i = 0; i < b->net->n_params; i++)
        b->params[i] = (float)(2 * sl_rng_uniform(rng) - 1);
    for (size_t l = 0; l < b->net->n_layers; l++) {
        const struct sl_layer *layer = &b->net->layers[l];
        float *states = b->params + layer->params_at + layer->weights + layer->biases;
        for (size_t i = layer->states / 2; i < layer->states; i++)
            states[i] = (float)(0.5 + 1.5 * sl_rng_uniform(rng));
    }
    sl_rng_free(rng);
}

static inline void plain_conv(const struct sl_layer *l, const float *w, const double *x, double *y)
{
    for (int h = 0; h < l->out.h; h++)
        for (int v = 0; v < l->out.w; v++)
            for (int f = 0; f < l->out.c; f++) {
                double sum = l->nobias ? 0 : (double)w[l->weights + (size_t)f];
                for (int i = 0; i < l->size; i++)
                    for (int j = 0; j < l->size; j++)
                        for (int c = 0; c < l->in.c; c++) {
                            int at_h = h * l->stride + i - l->padding, at_v = v * l->stride + j - l->padding;
                            if (at_h >= 0 && at_h < l->in.h && at_v >= 0 && at_v < l->in.w)
                                sum += x[(at_h * l->in.w + at_v) * l->in.c + c] *
                                       (double)w[((i * l->size + j) * l->in.c + c) * l->units + f];
                        }
                y[(h * l->out.w + v) * l->out.c + f] = sum;
            }
}

static inline void plain_norm(const struct sl_layer *l, const float *w, const double *x, double *y)
{
    size_t n = (size_t)l->in.c;
    for (size_t i = 0; i < sl_shape_size(l->in); i++) {
        size_t c = i % n;
        y[i] = (double)w[c] * (x[i] - (double)w[2 * n + c]) / sqrt((double)w[3 * n + c] + 1e-5) +
               (double)w[n + c];
    }
}

/* The maximum, or the mean, of windows. */
static inline void plain_pool(const struct sl_layer *l, const double *x, double *y)
{
    int max = l->type == &sl_layer_maxpool, places = l->size * l->size;
    for (int h = 0; h < l->out.h; h++)
        for (int v = 0; v < l->out.w; v++)
            for (int c = 0; c < l->in.c; c++) {
                double best = -INFINITY, sum = 0;
                for (int k = 0; k < places; k++) {
                    int line = h * l->stride + k / l->size, column = v * l->stride + k % l->size;
                    double value = x[(line * l->in.w + column) * l->in.c + c];
                    best = fmax(best, value);
                    sum += value / places;
                }
                y[(h * l->out.w + v) * l->in.c + c] = max ? best : sum;
            }
}

static inline void plain_layer(const struct sl_layer *l, const float *w, const double *x, const double *added,
                               double *y)
{
    size_t in = sl_shape_size(l->in), channels = (size_t)l->in.c;
    if (l->type == &sl_layer_conv)
        plain_conv(l, w, x, y);
    else if (l->type == &sl_layer_batchnorm)
        plain_norm(l, w, x, y);
    else if (l->type == &sl_layer_maxpool || l->type == &sl_layer_avgpool)
        plain_pool(l, x, y);
    else if (l->type == &sl_layer_dense)
        for (size_t j = 0; j < l->fan_out; j++) {
            y[j] = (double)w[l->weights + j];
            for (size_t i = 0; i < in; i++)
                y[j] += x[i] * (double)w[i * l->fan_out + j];
        }
    else if (l->type == &sl_layer_place) {
        const size_t wide = (size_t)l->out.c, own = (size_t)l->in.c;
        for (size_t i = 0; i < sl_shape_size(l->out); i++) {
            const size_t c = i % wide, at = c - (size_t)l->offset; /* beyond own: one of the others */
            y[i] = at < own ? x[i / wide * own + at] : 0;
        }
    } else if (l->type == &sl_layer_globalavgpool) {
        memset(y, 0, channels * sizeof *y);
        for (size_t i = 0; i < in; i++)
            y[i % channels] += x[i] * (double)channels / (double)in;
    } else
        for (size_t i = 0; i < in; i++)
            y[i] = l->type == &sl_layer_add       ? x[i] + added[i]
                   : l->type == &sl_layer_relu    ? fmax(x[i], 0)
                   : l->type == &sl_layer_elu     ? (x[i] > 0 ? x[i] : expm1(x[i]))
                   : l->type == &sl_layer_tanh    ? tanh(x[i])
                   : l->type == &sl_layer_sigmoid ? 1 / (1 + exp(-x[i]))
                                                  : x[i]; /* flatten, and dropout in prediction */
}

/* The outputs of a net for one row: (n_layers + 1, INTERPRETED), numbered as sl_layer's from. */
enum { INTERPRETED = 4096 };

/* What comes of output `from`, and those before it, which are there. */
static inline void interpret_from(const struct bench *b, size_t from, double *value)
{
    for (size_t i = from; i < b->net->n_layers; i++) {
        const struct sl_layer *l = &b->net->layers[i];
        assert_true(sl_shape_size(l->out) <= INTERPRETED);
        plain_layer(l, b->params + l->params_at, value + l->from * INTERPRETED, value + l->plus * INTERPRETED,
                    value + (i + 1) * INTERPRETED);
    }
}

/* All of them; the caller frees. */
static inline double *interpret_row(const struct bench *b, const float *row)
{
    double *value = sl_alloc((b->net->n_layers + 1) * INTERPRETED, sizeof *value);
    for (size_t i = 0; i < b->view.d; i++)
        value[i] = (double)row[i];
    interpret_from(b, 0, value);
    return value;
}

/* The probabilities of one row. */
static inline void interpret(const struct bench *b, const float *row, double *p)
{
    double *value = interpret_row(b, row), *score = value + b->net->n_layers * INTERPRETED, sum = 0;
    for (size_t c = 0; c < CLASSES; c++)
        sum += p[c] = exp(score[c]);
    for (size_t c = 0; c < CLASSES; c++)
        p[c] /= sum;
    free(value);
}

#endif
