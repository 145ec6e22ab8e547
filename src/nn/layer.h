/* layer.h - what a layer is.
 *
 * Adding a layer
 *   1. Write its functions in src/nn/layer_NAME.c (or beside its kin) and end with
 *      const struct sl_layer_type sl_layer_NAME = { .name = "NAME", ... };
 *   2. Add X(NAME) to SL_LAYERS.
 * Parsing, error texts, summaries, training, prediction, model files and the gradient tests follow.
 *
 * Activations are row-major, channels last: (rows, height, width, channels); a flat vector of c features
 * has the shape 1 x 1 x c.  Every function works on one tile (some rows of the batch, and where the layer
 * can be divided further some columns) on the calling thread alone.  What a tile gives does not depend on
 * which thread computes it, so a network trains to the same weights on any number of threads. */
#ifndef SL_NN_LAYER_H
#define SL_NN_LAYER_H

#include <shortlist/error.h>
#include <stddef.h>
#include <stdint.h>

struct sl_shape {
    int h, w, c;
};

static inline size_t sl_shape_size(struct sl_shape s)
{
    return (size_t)s.h * (size_t)s.w * (size_t)s.c;
}

/* One layer as a net uses it.  Its parameters are weights, then biases, then what training keeps without a
 * gradient (running statistics), at params_at in the net's block. */
struct sl_layer {
    const struct sl_layer_type *type;
    int units;              /* dense: outputs; conv: filters; 0: as many as there are classes */
    int size, stride;       /* conv, pooling: side of the window, and its step */
    int padding;            /* conv: zeros on each side of the image */
    int same;               /* conv: as many zeros as keep the image's size */
    int nobias;             /* conv */
    float rate;             /* dropout: share of zeros; noise: standard deviation */
    float momentum, epsilon; /* batchnorm */
    const struct sl_layer_type *activation; /* residual */
    size_t from;            /* whose output it takes: 1 + the index of a layer before it, 0: the net's input */
    size_t plus;            /* add: whose output it adds, likewise */
    size_t source;          /* the same as a stage (net_stages.c) */
    size_t block;           /* layers of the residual block that begins with this one; 0: none does */
    struct sl_shape in, out;
    int read_h, read_w;     /* conv: lines and columns of out that what follows reads; 0: all (net_stages.c) */
    size_t weights, biases; /* numbers of parameters; the penalty and weight decay leave biases alone */
    size_t states;          /* numbers that are kept beside them */
    size_t fan_in, fan_out; /* for the initial weights */
    size_t params_at;
};

/* What a call may know beside its arrays. */
struct sl_run {
    int training;        /* dropout and noise act, and what backward needs is kept */
    uint64_t key;        /* of this layer's random numbers in this step */
    const void *plan;    /* what type->plan made */
    const float *packed; /* plan's own arrangement of the weights, where it has one */
    const float *norm;   /* batchnorm in training: what norm.c has computed for the batch (batchnorm.h) */
    const float *x;      /* batchnorm, backward: its input */
    const float *added;  /* add: the tile of the other output */
    size_t valid;        /* rows of the tile that are not padding (training) */
    float *scratch;      /* the thread's, as large as the plan asked for */
};

/* Floats that a plan wants: for each thread, for the rearranged weights, for a sum of gradients. */
struct sl_plan_sizes {
    size_t scratch, packed, sum;
};

/* Rows row0 ... of the batch and columns col0 ... of a matrix of that many rows.  Arrays given with a tile
 * start at the tile's first row and at column 0. */
struct sl_tile {
    size_t row0, rows, col0, cols;
};

enum sl_layer_flags {
    SL_IN_PLACE = 1,   /* elementwise: has apply and derive instead of forward and backward */
    SL_ACTIVATION = 2, /* elementwise, and the derivative follows from the output */
    SL_SPATIAL = 4,    /* sees neighbouring pixels: nets with such layers run image by image */
    SL_BY_COLUMNS = 8, /* tiles may hold part of the columns, the gradient comes in tiles of the weights */
    SL_RESHAPE = 16,   /* changes the shape only: nothing to compute */
    SL_KEEPS_AUX = 32, /* forward leaves something for backward */
    SL_ZERO_STOPS = 64, /* activation: no gradient passes where the output is 0 */
    SL_OVER_BATCH = 128, /* batchnorm: computes with statistics of the whole batch */
    SL_BLOCK = 256,     /* stands for several layers (net.c) */
};

struct sl_words; /* words.h */

struct sl_layer_type {
    const char *name, *usage, *help;
    unsigned flags;

    /* NULL, or reads the words after the name, up to the comma, into *layer. */
    int (*parse)(struct sl_words *words, struct sl_layer *layer, struct sl_error *err);
    /* NULL (out = in, no parameters), or sets out, weights, biases and fans from in. */
    int (*shape)(struct sl_layer *layer, struct sl_error *err);
    /* NULL (weights random, biases as the net wants them), or sets the initial parameters. */
    void (*init)(const struct sl_layer *layer, float *w);

    /* NULL (at most in), or a bound on |y| in prediction where |x| <= in; NaN where w can not be this layer's. */
    double (*reach)(const struct sl_layer *layer, const float *w, double in);

    /* NULL, or prepares to compute tiles of exactly rows rows, and says what memory that takes. */
    int (*plan)(const struct sl_layer *layer, size_t rows, int training, void **plan, struct sl_plan_sizes *sizes,
                struct sl_error *err);
    void (*plan_free)(void *plan);
    /* Rearranges the weights (weights, then biases) after they changed; NULL where there is no plan. */
    int (*pack)(const struct sl_layer *layer, const void *plan, const float *w, float *packed, float *scratch);

    /* y (rows, out) = f(x (rows, in)); w: weights, then biases.  aux (rows, out): what backward wants to
     * know beside dy, with SL_KEEPS_AUX and in training, else NULL. */
    int (*forward)(const struct sl_layer *layer, const struct sl_run *run, const float *w, const float *x,
                   float *y, int32_t *aux, struct sl_tile tile);
    /* dx (rows, in) = dL/dx from dy (rows, out) = dL/dy; the tile's columns are dx's. */
    int (*backward)(const struct sl_layer *layer, const struct sl_run *run, const float *w, const float *dy,
                    float *dx, const int32_t *aux, struct sl_tile tile);
    /* NULL, or adds dL/dw of these rows to a sum (of the plan's size), and: dw (weights, then biases) from
     * the sum over all rows. */
    int (*gradient)(const struct sl_layer *layer, const struct sl_run *run, const float *x, const float *dy,
                    size_t rows, float *sum);
    int (*unpack)(const struct sl_layer *layer, const struct sl_run *run, const float *sum, float *dw);
    /* NULL, or of a layer and the maximum pooling behind it in one go, where pools says so: y, aux and dy are
     * the pooling's. */
    int (*pools)(const struct sl_layer *layer, const struct sl_layer *pool, const void *plan);
    void (*forward_pooled)(const struct sl_layer *layer, const struct sl_run *run, const float *w, const float *x,
                           float *y, int32_t *aux);
    void (*gradient_pooled)(const struct sl_layer *layer, const struct sl_run *run, const float *x, const float *dy,
                            const int32_t *aux, float *sum);
    /* SL_BY_COLUMNS instead: a tile of the weight matrix (in, out) from all rows of the batch,
     * dw = scale dL/dw + keep dw, and with the tile's first row the biases of its columns.  x: rows of ldx
     * floats. */
    int (*gradient_tile)(const struct sl_layer *layer, const float *x, size_t ldx, const float *dy, size_t batch,
                         float scale, float keep, float *dw, struct sl_tile tile);

    /* SL_IN_PLACE instead of all these: a = f(a), rows of ld floats; */
    void (*apply)(const struct sl_layer *layer, const struct sl_run *run, float *a, size_t ld, struct sl_tile tile);
    /* d = d f'(.), where the output was scale * a: dropouts behind it have scaled what they kept.  With
     * SL_ZERO_STOPS also d / scale: the dropouts' own derive is left out. */
    void (*derive)(const struct sl_layer *layer, const struct sl_run *run, const float *a, float scale, float *d,
                   size_t ld, struct sl_tile tile);
};

#define SL_LAYERS(X) \
    X(dense)         \
    X(conv)          \
    X(maxpool)       \
    X(avgpool)       \
    X(globalavgpool) \
    X(flatten)       \
    X(batchnorm)     \
    X(residual)      \
    X(dropout)       \
    X(noise)         \
    X(relu)          \
    X(elu)           \
    X(tanh)          \
    X(sigmoid)       \
    X(identity)

#define X(name) extern const struct sl_layer_type sl_layer_##name;
SL_LAYERS(X)
X(add) /* written by residual alone */
#undef X

/* reach of a layer whose weights are (fan_in, units), then a bias for each unit, if any (net_reach.c). */
double sl_filters_reach(const struct sl_layer *layer, const float *w, double in);

static inline size_t sl_layer_params(const struct sl_layer *layer)
{
    return layer->weights + layer->biases + layer->states;
}

#endif
