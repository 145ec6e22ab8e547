/* net.h - a network: layers from one line of text, their shapes, and how they are grouped to be run.
 *
 *     conv 32 3x3, relu, maxpool 2, dropout .2, flatten, dense 128, relu, dense classes
 *
 * A net holds no numbers: its parameters are one block of n_params floats, beside which gradients and the
 * optimiser's moments lie in equal blocks. */
#ifndef SL_NN_NET_H
#define SL_NN_NET_H

#include "core/text.h"
#include "nn/layers/layer.h"
#include <shortlist/rng.h>

enum { SL_LAYERS_MAX = 256 };

/* A layer with the elementwise layers that follow it and work in place on its output: what is computed in
 * one go.  Stage 0 is the input, which has no main layer. */
struct sl_stage {
    const struct sl_layer *main; /* an elementwise main layer works on a copy of its input */
    size_t from;                 /* the stage whose output it takes */
    size_t first, end;           /* layers order[first : end] follow, in place */
    size_t in, out;              /* floats a row */
    size_t min_use, max_use;     /* of its output: 2 s by stage s itself, 2 s + 1 by an add behind it */
};

struct sl_net {
    size_t n_layers, n_stages;
    struct sl_layer *layers; /* (n_layers), as they were written */
    struct sl_layer
        *order; /* (n_layers), as they are run: an activation after the maximum pooling it precedes */
    struct sl_stage *stages; /* (n_stages), of layers in that order */
    struct sl_shape in;
    size_t classes,
        outputs;  /* outputs of the last layer: one a class, or with logistic one for two classes */
    int logistic; /* the output is the logarithm of the odds of class 1; else softmax makes probabilities */
    size_t n_params;
    int spatial;    /* some layer sees neighbouring pixels */
    int over_batch; /* some layer sees all rows of the batch */
};

/* Builds the net of a line, or of a preset by its name, for rows of shape in.  SL_EUSAGE with the place in
 * the line and the word when it does not fit. */
int sl_net_new(const char *line, struct sl_shape in, int classes, struct sl_net **out, struct sl_error *err);
/* The same for two classes with one logistic output: the layer 'dense classes' has one. */
int sl_net_new_logistic(const char *line, struct sl_shape in, struct sl_net **out, struct sl_error *err);
void sl_net_free(struct sl_net *net);
/* Of one row on its way through all layers (core/threads.h). */
double sl_net_operations(const struct sl_net *net);
/* The same layers and parameters, but each layer with something to compute is a stage of its own, in the
 * order they were written: every output is there to be read.  The caller frees it.  SL_ENOMEM. */
int sl_net_separate(const struct sl_net *net, struct sl_net **out, struct sl_error *err);

/* The shape of an output, numbered as sl_layer's from: 0 the input, 1 + i layers[i]. */
static inline struct sl_shape sl_net_shape(const struct sl_net *net, size_t output)
{
    return output ? net->layers[output - 1].out : net->in;
}
/* The output with a name: "input"; "conv2", the second convolution; "conv", the last one; "4", the fourth
 * layer.  SL_EUSAGE, with the nearest valid name, when there is none; SL_ENOMEM. */
int sl_net_output(const struct sl_net *net, const char *name, size_t *output, struct sl_error *err);

/* "conv2" of layers[layer]. */
void sl_net_layer_name(const struct sl_net *net, size_t layer, char *text, size_t size);

/* Networks with a name, published ones first; the table ends with NULL. */
struct sl_net_preset {
    const char *name, *line, *help;
};
extern const struct sl_net_preset sl_net_presets[];
/* The one called so, or NULL. */
const struct sl_net_preset *sl_net_preset(const char *name);

/* What some named nets take. */
struct sl_net_options {
    int blocks, filters;
    const char *activation; /* relu, elu, tanh, sigmoid */
};
#define SL_NET_OPTIONS                                                                                       \
    {                                                                                                        \
        3, 32, "relu"                                                                                        \
    }
/* Appends the line of a net with these options, where net is a name or a line; SL_EUSAGE when they are not
 * SL_NET_OPTIONS and the net does not take them. */
int sl_net_line(const char *net, const struct sl_net_options *options, struct sl_string *line,
                struct sl_error *err);

enum sl_init {
    SL_INIT_KERAS, /* weights uniform in +-sqrt(6 / (fan_in + fan_out)) (Glorot and Bengio, 2010), biases 0 */
    SL_INIT_SKLEARN, /* the same, biases as well; sqrt(2 / ...) where an activation is the sigmoid */
};
void sl_net_init(const struct sl_net *net, enum sl_init init, struct sl_rng *rng, float *params);

/* Numbers of a net up to this leave room for the sums inside a layer to be floats. */
#define SL_NET_RANGE 0x1p112
/* A bound on the |numbers| that any layer gives in prediction for rows of numbers up to in (net_reach.c); NaN
 * where these parameters can not be a net's.  A deep net comes nowhere near it. */
double sl_net_reach(const struct sl_net *net, const float *params, double in);

/* Of a net whose layers are known: order and stages (net_stages.c).  fused 0: see sl_net_separate. */
void sl_net_make_stages(struct sl_net *net, int fused);

#endif
