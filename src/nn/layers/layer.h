/* layer.h - what a layer is.
 *
 * Adding a layer
 *   1. Write its functions in src/nn/layer_NAME.c (or beside its kin) and end with
 *      const struct sl_layer_type sl_layer_NAME = { .name = "NAME", ... };
 *   2. Add X(NAME) to SL_LAYERS.
 * Parsing, error texts, summaries, training, prediction and model files follow: what a layer can do is asked
 * of its type's flags and functions, never which layer it is.  The gradient tests take a net with it as one
 * more line.
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
    int units;               /* dense: outputs; conv: filters; 0: as many as there are classes */
    int size, stride;        /* conv, pooling: side of the window, and its step */
    int padding;             /* conv: zeros on each side of the image */
    int same;                /* conv: as many zeros as keep the image's size */
    int nobias;              /* conv */
    float rate;              /* dropout: share of zeros; noise: standard deviation */
    float momentum, epsilon; /* batchnorm */
    int offset;              /* place: channels before its own */
    const struct sl_layer_type *activation; /* residual, and the first layer that it is written as */
    size_t from;   /* whose output it takes: 1 + the index of a layer before it, 0: the net's input */
    size_t plus;   /* add: whose output it adds, likewise */
    size_t source; /* the same as a stage (net_stages.c) */
    size_t stage;  /* the stage that computes this layer (of a net's order alone) */
    size_t block;  /* layers of the block that begins with this one; 0: none does */
    const struct sl_layer_type *block_type; /* and what it was written as, */
    int block_size, block_units;            /* with its numbers (size 0: it has none) */
    struct sl_shape in, out;
    int read_h, read_w; /* conv: lines and columns of out that what follows reads; 0: all (net_stages.c) */
    size_t weights, biases; /* numbers of parameters; the penalty and weight decay leave biases alone */
    size_t states;          /* numbers that are kept beside them */
    size_t fan_in, fan_out; /* for the initial weights */
    size_t params_at;
};

/* What a call may know beside its arrays. */
struct sl_call {
    int training;        /* dropout and noise act, batchnorm takes the batch's statistics */
    uint64_t key;        /* of this layer's random numbers in this step */
    const void *recipe;  /* what type->recipe made */
    const float *packed; /* recipe's own arrangement of the weights, where it has one */
    const float *biases; /* conv: NULL, or what is added in the place of its own (fold) */
    const float *norm;   /* batchnorm in training: what norm.c has computed for the batch (batchnorm.h) */
    const float *x;      /* batchnorm, backward: its input */
    const float *added;  /* SL_ADDS: the tile of the other output */
    size_t valid;        /* rows of the tile that are not padding (where gradients are passed back) */
    float *scratch;      /* the thread's, as large as the recipe asked for */
};

/* Floats that a recipe wants: for each thread, for the rearranged weights, for a sum of gradients. */
struct sl_recipe_sizes {
    size_t scratch, packed, sum;
};

/* Rows row0 ... of the batch and columns col0 ... of a matrix of that many rows.  Arrays given with a tile
 * start at the tile's first row and at column 0. */
struct sl_tile {
    size_t row0, rows, col0, cols;
};

enum sl_layer_flags {
    SL_IN_PLACE = 1,    /* elementwise: has apply and derive instead of forward and backward */
    SL_ACTIVATION = 2,  /* elementwise, and the derivative follows from the output */
    SL_SPATIAL = 4,     /* sees neighbouring pixels: nets with such layers run image by image */
    SL_BY_COLUMNS = 8,  /* tiles may hold part of the columns, the gradient comes in tiles of the weights */
    SL_RESHAPE = 16,    /* changes the shape only: nothing to compute */
    SL_KEEPS_AUX = 32,  /* forward leaves something for backward */
    SL_ZERO_STOPS = 64, /* activation: no gradient passes where the output is 0 */
    SL_OVER_BATCH =
        128, /* normalises channels by statistics of the whole batch (norm.c), with momentum and epsilon */
    SL_ADDS = 256, /* in place: adds run->added, the output of layer plus, whose gradient is the sum's */
    SL_MONOTONE =
        512, /* activation: never decreases, so it may come behind SL_MAXIMUM as well as before it */
    SL_MAXIMUM = 1024, /* gives the largest of some inputs */
    SL_WINDOWS =
        2048,         /* reads windows of size x size every stride pixels, but none beyond the image's edge */
    SL_AFFINE = 4096, /* y = x W + b with W (in, out) and b (out): who has x otherwise may multiply himself */
    SL_SMALL_INIT = 8192, /* activation: scikit-learn begins nets that have one with smaller weights */
};

struct sl_words; /* words.h */

/* Where a layer that stands for several writes them. */
struct sl_layer_sink {
    /* The shape of an output, numbered as sl_layer's from: 0 the net's input, 1 + i layer i. */
    struct sl_shape (*shape)(const struct sl_layer_sink *sink, size_t output);
    /* Adds a layer that takes output `from`; its number as an output goes to *output.  Fails with the place
     * in the net's line. */
    int (*append)(struct sl_layer_sink *sink, const struct sl_layer *layer, size_t from, size_t *output);
};

struct sl_layer_type {
    const char *name, *usage, *help;
    unsigned flags;

    /* NULL, or reads the words after the name, up to the comma, into *layer.  SL_EUSAGE at a wrong word. */
    int (*parse)(struct sl_words *words, struct sl_layer *layer, struct sl_error *err);
    /* NULL, or writes the layers that this one, which was parsed, stands for; it takes output `from`.  Then
     * all that follows is NULL.  Fails as the sink does. */
    int (*expand)(const struct sl_layer *layer, size_t from, struct sl_layer_sink *sink);
    /* NULL (out = in, no parameters), or sets out, weights, biases and fans from in.  SL_EUSAGE when in does
     * not fit. */
    int (*shape)(struct sl_layer *layer, struct sl_error *err);
    /* NULL (weights random, biases as the net wants them), or sets the initial parameters. */
    void (*init)(const struct sl_layer *layer, float *w);

    /* NULL (at most in), or a bound on |y| in prediction where |x| <= in, of SL_ADDS the sum of both bounds;
     * NaN where w can not be this layer's. */
    double (*reach)(const struct sl_layer *layer, const float *w, double in);

    /* NULL, or prepares to compute tiles of exactly rows rows (backward 0: forward only), and says what
     * memory that takes.  The recipe is the caller's, who frees it with recipe_free; it may be NULL. */
    int (*recipe)(const struct sl_layer *layer, size_t rows, int backward, void **recipe,
                  struct sl_recipe_sizes *sizes, struct sl_error *err);
    void (*recipe_free)(void *recipe);
    /* NULL, or rearranges the parameters w into packed (as large as the recipe asked for) after they changed.
     * This and the functions below return SL_OK, SL_ENOMEM, or SL_EINTERNAL when oneDNN refuses. */
    int (*pack)(const struct sl_layer *layer, const void *recipe, const float *w, float *packed,
                float *scratch);

    /* NULL, or the weights, then a bias for each channel, that give scale y + shift in the place of y,
     * channel by channel; for pack and forward, which finds the biases in run->biases. */
    void (*fold)(const struct sl_layer *layer, const float *w, const float *scale, const float *shift,
                 float *folded);

    /* y (rows, out) = f(x (rows, in)); w: weights, then biases.  aux (rows, out): what backward wants to
     * know beside dy, with SL_KEEPS_AUX and where backward will be asked for, else NULL. */
    int (*forward)(const struct sl_layer *layer, const struct sl_call *run, const float *w, const float *x,
                   float *y, int32_t *aux, struct sl_tile tile);
    /* dx (rows, in) = dL/dx from dy (rows, out) = dL/dy; the tile's columns are dx's. */
    int (*backward)(const struct sl_layer *layer, const struct sl_call *run, const float *w, const float *dy,
                    float *dx, const int32_t *aux, struct sl_tile tile);
    /* NULL, or adds dL/dw of these rows to a sum (of the recipe's size), and: dw (weights, then biases) from
     * the sum over all rows. */
    int (*gradient)(const struct sl_layer *layer, const struct sl_call *run, const float *x, const float *dy,
                    size_t rows, float *sum);
    int (*unpack)(const struct sl_layer *layer, const struct sl_call *run, const float *sum, float *dw);
    /* NULL, or of a layer and the layer behind it (a pooling) in one go, where pools says so: y, aux and dy
     * are the pooling's. */
    int (*pools)(const struct sl_layer *layer, const struct sl_layer *pool, const void *recipe);
    void (*forward_pooled)(const struct sl_layer *layer, const struct sl_call *run, const float *w,
                           const float *x, float *y, int32_t *aux);
    void (*gradient_pooled)(const struct sl_layer *layer, const struct sl_call *run, const float *x,
                            const float *dy, const int32_t *aux, float *sum);
    /* SL_BY_COLUMNS instead: a tile of the weight matrix (in, out) from all rows of the batch,
     * dw = scale dL/dw + keep dw, and with the tile's first row the biases of its columns.  x: rows of ldx
     * floats. */
    int (*gradient_tile)(const struct sl_layer *layer, const float *x, size_t ldx, const float *dy,
                         size_t batch, float scale, float keep, float *dw, struct sl_tile tile);
    /* SL_AFFINE, by columns: only the biases' part of it.  They do not decay: keep counts as 1 unless it is
     * 0. */
    void (*gradient_biases)(const struct sl_layer *layer, const float *dy, size_t batch, float scale,
                            float keep, float *dw, struct sl_tile tile);

    /* SL_IN_PLACE instead of all these: a = f(a), rows of ld floats; */
    void (*apply)(const struct sl_layer *layer, const struct sl_call *run, float *a, size_t ld,
                  struct sl_tile tile);
    /* d = d f'(.), where the output was scale * a: dropouts behind it have scaled what they kept.  With
     * SL_ZERO_STOPS also d / scale: the dropouts' own derive is left out. */
    void (*derive)(const struct sl_layer *layer, const struct sl_call *run, const float *a, float scale,
                   float *d, size_t ld, struct sl_tile tile);
    /* In place: NULL, or the share of the numbers that it keeps while training, divided by this share; the
     * others become 0.  Such a layer may change an activation's output: its slope can still be found. */
    float (*kept_share)(const struct sl_layer *layer);
};

#define SL_LAYERS(X)                                                                                         \
    X(dense)                                                                                                 \
    X(conv)                                                                                                  \
    X(maxpool)                                                                                               \
    X(avgpool)                                                                                               \
    X(globalavgpool)                                                                                         \
    X(flatten)                                                                                               \
    X(batchnorm)                                                                                             \
    X(residual)                                                                                              \
    X(denseblock)                                                                                            \
    X(dropout)                                                                                               \
    X(noise)                                                                                                 \
    X(relu)                                                                                                  \
    X(elu)                                                                                                   \
    X(tanh)                                                                                                  \
    X(sigmoid)                                                                                               \
    X(identity)

#define X(name) extern const struct sl_layer_type sl_layer_##name;
SL_LAYERS(X)
X(add)   /* written by residual and denseblock alone */
X(place) /* written by denseblock alone */
#undef X

/* reach of a layer whose weights are (fan_in, units), then a bias for each unit, if any (net_reach.c). */
double sl_filters_reach(const struct sl_layer *layer, const float *w, double in);

static inline size_t sl_layer_params(const struct sl_layer *layer)
{
    return layer->weights + layer->biases + layer->states;
}

#endif
