/* net.c - a network from one line: parsing, shapes, stages, initial parameters, summary.
 *
 * Cost O(layers); the initial parameters O(n_params). */
#include "nn/net.h"
#include "core/memory.h"
#include "nn/words.h"
#include <math.h>
#include <string.h>

enum { LAYERS_MAX = 256 };
static const size_t PARAMS_MAX = (size_t)1 << 28;   /* 1 GiB of floats */
static const size_t FEATURES_MAX = (size_t)1 << 26; /* of one layer's output, a row */

#define X(name) &sl_layer_##name,
static const struct sl_layer_type *const layer_types[] = {SL_LAYERS(X)};
#undef X
enum { N_TYPES = sizeof layer_types / sizeof *layer_types };

#define BLOCK(filters) "conv " #filters " 3x3, relu, "
const struct sl_net_preset sl_net_presets[] = {
    {"cnn1", BLOCK(32) "maxpool 2, dropout .2, flatten, dense 128, relu, dropout .2, dense classes",
     "one convolution"},
    {"cnn2",
     BLOCK(32) "maxpool 2, dropout .2, " BLOCK(64) "maxpool 2, dropout .2, flatten, dense 128, relu, "
               "dropout .2, dense classes",
     "two convolutions"},
    {"cnn3",
     BLOCK(32) "maxpool 2, dropout .2, " BLOCK(64) "maxpool 2, dropout .2, " BLOCK(128) "dropout .2, "
               "flatten, dense 128, relu, dropout .2, dense classes",
     "three convolutions"},
    {"benchmark", "flatten, dense 512, relu, dense classes", "one hidden layer of 512"},
    {NULL, NULL, NULL},
};

/* Parsing ------------------------------------------------------------------------------------------ */

static const struct sl_layer_type *find_type(const struct sl_words *words, const char *at, const char *name,
                                             struct sl_error *err)
{
    const char *names[N_TYPES];
    struct sl_string list = {0};
    for (size_t i = 0; i < N_TYPES; i++) {
        names[i] = layer_types[i]->name;
        if (strcmp(name, names[i]) == 0) {
            sl_string_release(&list);
            return layer_types[i];
        }
        sl_string_add(&list, "%s%s", i ? ", " : "", names[i]);
    }
    const char *nearest = sl_nearest(name, names, N_TYPES);
    sl_words_fail(words, at, err, "there is no layer called so%s%s%s: there are %s", nearest ? " (did you mean " : "",
                  nearest ? nearest : "", nearest ? "?)" : "", list.text ? list.text : "");
    sl_string_release(&list);
    return NULL;
}

static int set_shape(struct sl_net *net, struct sl_layer *layer, const struct sl_words *words, const char *at,
                     struct sl_error *err)
{
    struct sl_error why = {0};
    layer->in = net->n_layers ? layer[-1].out : net->in;
    layer->out = layer->in;
    if (layer->units == 0)
        layer->units = (int)net->classes;
    if (layer->type->shape && layer->type->shape(layer, &why))
        return sl_words_fail(words, at, err, "%s", why.text);
    layer->params_at = net->n_params;
    net->n_params += layer->weights + layer->biases;
    if (layer->weights > PARAMS_MAX || net->n_params > PARAMS_MAX || sl_shape_size(layer->out) > FEATURES_MAX)
        return sl_words_fail(words, at, err, "makes the net too large (%zu parameters, at most %zu are allowed)",
                             net->n_params, PARAMS_MAX);
    return SL_OK;
}

static int parse_layer(struct sl_net *net, struct sl_words *words, struct sl_error *err)
{
    char name[SL_WORD_MAX], extra[SL_WORD_MAX];
    struct sl_layer *layer = &net->layers[net->n_layers];
    const char *at = sl_words_peek(words);
    if (!sl_words_next(words, name))
        return sl_words_fail(words, at, err, "expected a layer, such as 'dense 128'");
    *layer = (struct sl_layer){.type = find_type(words, at, name, err)};
    if (!layer->type)
        return SL_EUSAGE;
    int code = layer->type->parse ? layer->type->parse(words, layer, err) : SL_OK;
    if (code)
        return code;
    const char *more = sl_words_peek(words);
    if (sl_words_next(words, extra))
        return sl_words_fail(words, more, err, "was not expected here: it is %s", layer->type->usage);
    code = set_shape(net, layer, words, at, err);
    net->n_layers++;
    net->spatial |= (layer->type->flags & SL_SPATIAL) != 0;
    return code;
}

static int parse_line(struct sl_net *net, const char *line, struct sl_error *err)
{
    struct sl_words words = {line, line};
    const char *last;
    do {
        last = sl_words_peek(&words);
        if (net->n_layers == LAYERS_MAX)
            return sl_words_fail(&words, words.at, err, "the net has more than %d layers", LAYERS_MAX);
        int code = parse_layer(net, &words, err);
        if (code)
            return code;
    } while (sl_words_comma(&words));
    struct sl_shape out = net->layers[net->n_layers - 1].out;
    if (sl_shape_size(out) != net->classes)
        return sl_words_fail(&words, last, err, "the net ends with %zu outputs, but there are %zu classes: end it with "
                             "'dense classes'", sl_shape_size(out), net->classes);
    return SL_OK;
}

/* Stages ------------------------------------------------------------------------------------------- */

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

static void make_stages(struct sl_net *net)
{
    size_t size = sl_shape_size(net->in);
    struct sl_stage *stage = net->stages;
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

/* Lifecycle ---------------------------------------------------------------------------------------- */

void sl_net_free(struct sl_net *net)
{
    if (!net)
        return;
    free(net->layers);
    free(net->order);
    free(net->stages);
    free(net);
}

int sl_net_new(const char *line, struct sl_shape in, int classes, struct sl_net **out, struct sl_error *err)
{
    struct sl_error unread = {0};
    struct sl_net *net = sl_alloc_zero(1, sizeof *net);
    *out = NULL;
    if (net) {
        net->layers = sl_alloc_zero(LAYERS_MAX, sizeof *net->layers);
        net->order = sl_alloc_zero(LAYERS_MAX, sizeof *net->order);
        net->stages = sl_alloc_zero(LAYERS_MAX + 1, sizeof *net->stages);
    }
    if (!net || !net->layers || !net->order || !net->stages) {
        sl_net_free(net);
        return sl_fail_memory(err);
    }
    net->in = in;
    net->classes = (size_t)classes;
    for (const struct sl_net_preset *p = sl_net_presets; p->name; p++)
        if (strcmp(p->name, line) == 0)
            line = p->line;
    int code = parse_line(net, line, err ? err : &unread);
    if (code) {
        sl_net_free(net);
        return code;
    }
    make_order(net);
    make_stages(net);
    *out = net;
    return SL_OK;
}

/* Parameters --------------------------------------------------------------------------------------- */

static void fill_uniform(float *a, size_t n, double bound, struct sl_rng *rng)
{
    for (size_t i = 0; i < n; i++)
        a[i] = (float)(bound * (2 * sl_rng_uniform(rng) - 1));
}

void sl_net_init(const struct sl_net *net, enum sl_init init, struct sl_rng *rng, float *params)
{
    for (size_t i = 0; i < net->n_layers; i++) {
        const struct sl_layer *layer = &net->layers[i];
        float *w = params + layer->params_at;
        if (layer->weights == 0)
            continue;
        int logistic = i + 1 < net->n_layers && layer[1].type == &sl_layer_logistic;
        double gain = init == SL_INIT_SKLEARN && logistic ? 2 : 6;
        double bound = sqrt(gain / (double)(layer->fan_in + layer->fan_out));
        fill_uniform(w, layer->weights, bound, rng);
        fill_uniform(w + layer->weights, layer->biases, init == SL_INIT_SKLEARN ? bound : 0, rng);
    }
}

/* "conv 32 3x3", "maxpool 2x2", "dense 128", "dropout 0.2", "relu" */
static void print_layer(const struct sl_layer *layer, struct sl_string *text)
{
    sl_string_add(text, "%s", layer->type->name);
    if (layer->weights)
        sl_string_add(text, " %d", layer->units);
    if (layer->size)
        sl_string_add(text, " %dx%d", layer->size, layer->size);
    if (layer->rate > 0)
        sl_string_add(text, " %g", (double)layer->rate);
}

static void print_shape(struct sl_shape shape, struct sl_string *text)
{
    if (shape.h == 1 && shape.w == 1)
        sl_string_add(text, "%d", shape.c);
    else
        sl_string_add(text, "%dx%dx%d", shape.h, shape.w, shape.c);
}

static void add_line(const char *layer, const char *shape, size_t n, struct sl_string *text)
{
    sl_string_add(text, "%-20s %-16s %12zu\n", layer, shape, n);
}

void sl_net_summary(const struct sl_net *net, struct sl_string *text)
{
    sl_string_add(text, "%-20s %-16s %12s\n", "layer", "output", "parameters");
    for (size_t i = 0; i < net->n_layers; i++) {
        const struct sl_layer *layer = &net->layers[i];
        struct sl_string name = {0}, shape = {0};
        print_layer(layer, &name);
        print_shape(layer->out, &shape);
        if (name.failed || shape.failed)
            text->failed = 1;
        else
            add_line(name.text, shape.text, layer->weights + layer->biases, text);
        sl_string_release(&name);
        sl_string_release(&shape);
    }
    add_line("total", "", net->n_params, text);
}
