/* net.c - a network from one line: parsing, shapes, initial parameters.
 *
 * Cost O(layers); the initial parameters O(n_params). */
#include "nn/net/net.h"
#include "core/memory.h"
#include "core/text.h"
#include "nn/layers/words.h"
#include <math.h>
#include <shortlist/network.h>
#include <string.h>

static const size_t PARAMS_MAX = (size_t)1 << 28;   /* 1 GiB of floats */
static const size_t FEATURES_MAX = (size_t)1 << 26; /* of one layer's output, a row */

#define X(name) &sl_layer_##name,
static const struct sl_layer_type *const layer_types[] = {SL_LAYERS(X)};
#undef X
enum { N_TYPES = sizeof layer_types / sizeof *layer_types };

int sl_net_layer_kind(size_t i, const char **usage, const char **help)
{
    if (i >= N_TYPES)
        return 0;
    *usage = layer_types[i]->usage;
    *help = layer_types[i]->help;
    return 1;
}

/* Parsing ------------------------------------------------------------------------------------------ */

static const struct sl_layer_type *find_type(const struct sl_words *words, const char *at, const char *name,
                                             struct sl_error *err)
{
    enum { NEAR_MAX = N_TYPES + 32 };
    const char *names[NEAR_MAX];
    struct sl_string list = {0};
    size_t n = N_TYPES;
    for (size_t i = 0; i < N_TYPES; i++) {
        names[i] = layer_types[i]->name;
        if (strcmp(name, names[i]) == 0) {
            sl_string_release(&list);
            return layer_types[i];
        }
        sl_string_add(&list, "%s%s", i ? ", " : "", names[i]);
    }
    for (const struct sl_net_preset *p = sl_net_presets; at == words->line && p->name && n < NEAR_MAX; p++)
        names[n++] = p->name; /* perhaps the line was meant to be a net's name */
    sl_words_fail(words, at, err, "there is no layer called so%s: there are %s",
                  sl_did_you_mean(name, names, n).text, list.text ? list.text : "");
    sl_string_release(&list);
    return NULL;
}

static int set_shape(struct sl_net *net, struct sl_layer *layer, const struct sl_words *words, const char *at,
                     struct sl_error *err)
{
    struct sl_error why = {0};
    layer->in = sl_net_shape(net, layer->from);
    layer->out = layer->in;
    if (layer->units == 0)
        layer->units = (int)net->outputs;
    if (layer->type->shape && layer->type->shape(layer, &why))
        return sl_words_fail(words, at, err, "%s", why.text);
    layer->params_at = net->n_params;
    net->n_params += sl_layer_params(layer);
    if (sl_shape_size(layer->out) > FEATURES_MAX)
        return sl_words_fail(words, at, err, "has %zu outputs, at most %zu are allowed",
                             sl_shape_size(layer->out), FEATURES_MAX);
    if (layer->weights > PARAMS_MAX || net->n_params > PARAMS_MAX)
        return sl_words_fail(words, at, err,
                             "makes the net too large (%zu parameters, at most %zu are allowed)",
                             net->n_params, PARAMS_MAX);
    return SL_OK;
}

/* Where the layers of one written layer go. */
struct writer {
    struct sl_layer_sink sink;
    struct sl_net *net;
    const struct sl_words *words;
    const char *at; /* its place in the line */
    struct sl_error *err;
};

static struct sl_shape output_shape(const struct sl_layer_sink *sink, size_t output)
{
    return sl_net_shape(((const struct writer *)sink)->net, output);
}

/* Adds a layer, which so far is what its words say. */
static int append(struct sl_layer_sink *sink, const struct sl_layer *written, size_t from, size_t *output)
{
    struct writer *to = (struct writer *)sink;
    struct sl_net *net = to->net;
    if (net->n_layers == SL_LAYERS_MAX)
        return sl_words_fail(to->words, to->at, to->err, "the net has more than %d layers", SL_LAYERS_MAX);
    struct sl_layer *layer = &net->layers[net->n_layers];
    *layer = *written;
    layer->from = from;
    int code = set_shape(net, layer, to->words, to->at, to->err);
    *output = ++net->n_layers;
    net->spatial |= (layer->type->flags & SL_SPATIAL) != 0;
    net->over_batch |= (layer->type->flags & SL_OVER_BATCH) != 0;
    return code;
}

static int append_block(struct writer *to, const struct sl_layer *block)
{
    struct sl_net *net = to->net;
    size_t begin = net->n_layers;
    int code = block->type->expand(block, begin, &to->sink);
    if (!code) {
        net->layers[begin].block = net->n_layers - begin;
        net->layers[begin].block_type = block->type;
        net->layers[begin].block_size = block->size;
        net->layers[begin].block_units = block->units;
        net->layers[begin].activation = block->activation;
    }
    return code;
}

static int parse_layer(struct sl_net *net, struct sl_words *words, struct sl_error *err)
{
    char name[SL_WORD_MAX], extra[SL_WORD_MAX];
    const char *at = sl_words_peek(words);
    if (!sl_words_next(words, name))
        return sl_words_fail(words, at, err, "expected a layer, such as 'dense 128'");
    struct sl_layer layer = {.type = find_type(words, at, name, err)};
    if (!layer.type)
        return SL_EUSAGE;
    int code = layer.type->parse ? layer.type->parse(words, &layer, err) : SL_OK;
    if (code)
        return code;
    const char *more = sl_words_peek(words);
    if (sl_words_next(words, extra))
        return sl_words_fail(words, more, err, "was not expected here: it is %s", layer.type->usage);
    struct writer to = {{output_shape, append}, net, words, at, err};
    size_t output;
    return layer.type->expand ? append_block(&to, &layer) : append(&to.sink, &layer, net->n_layers, &output);
}

static int parse_line(struct sl_net *net, const char *line, struct sl_error *err)
{
    struct sl_words words = {line, line};
    const char *last;
    do {
        last = sl_words_peek(&words);
        int code = parse_layer(net, &words, err);
        if (code)
            return code;
    } while (sl_words_comma(&words));
    if (net->n_params == 0)
        return sl_words_fail(&words, last, err,
                             "no layer of the net has weights: end it with 'dense classes'");
    struct sl_shape out = net->layers[net->n_layers - 1].out;
    if (sl_shape_size(out) != net->outputs)
        return sl_words_fail(&words, last, err,
                             "the net ends with %zu outputs, but there are %zu classes: end it with "
                             "'dense classes'",
                             sl_shape_size(out), net->classes);
    return SL_OK;
}

/* Lifecycle ---------------------------------------------------------------------------------------- */

static struct sl_net *new_net(struct sl_shape in, size_t classes, int logistic)
{
    struct sl_net *net = sl_alloc_zero(1, sizeof *net);
    if (!net)
        return NULL;
    net->in = in;
    net->classes = classes;
    net->outputs = logistic ? 1 : classes;
    net->logistic = logistic;
    net->layers = sl_alloc_zero(SL_LAYERS_MAX, sizeof *net->layers);
    net->order = sl_alloc_zero(SL_LAYERS_MAX, sizeof *net->order);
    net->stages = sl_alloc_zero(SL_LAYERS_MAX + 1, sizeof *net->stages);
    if (net->layers && net->order && net->stages)
        return net;
    sl_net_free(net);
    return NULL;
}

double sl_net_operations(const struct sl_net *net)
{
    enum { NUMBER = 4 }; /* of an output: it is written, activated and read again */
    double sum = 0;
    for (size_t i = 0; i < net->n_layers; i++) {
        const struct sl_layer *layer = &net->layers[i];
        double places = (double)layer->out.h * layer->out.w; /* each of which uses all weights */
        sum += (double)layer->weights * places + NUMBER * (double)sl_shape_size(layer->out);
    }
    return sum;
}

void sl_net_free(struct sl_net *net)
{
    if (!net)
        return;
    free(net->layers);
    free(net->order);
    free(net->stages);
    free(net);
}

static int net_new(const char *line, struct sl_shape in, int classes, int logistic, struct sl_net **out,
                   struct sl_error *err)
{
    struct sl_error unread = {0};
    *out = NULL;
    if (sl_shape_size(in) > FEATURES_MAX)
        return sl_fail(err, SL_EUSAGE, "images of %dx%dx%d have %zu features, at most %zu are allowed", in.h,
                       in.w, in.c, sl_shape_size(in), FEATURES_MAX);
    struct sl_net *net = new_net(in, (size_t)classes, logistic);
    if (!net)
        return sl_fail_memory(err);
    const struct sl_net_preset *preset = sl_net_preset(line);
    if (preset)
        line = preset->line;
    int code = parse_line(net, line, err ? err : &unread);
    if (code) {
        sl_net_free(net);
        return code;
    }
    sl_net_make_stages(net, 1);
    *out = net;
    return SL_OK;
}

int sl_net_new(const char *line, struct sl_shape in, int classes, struct sl_net **out, struct sl_error *err)
{
    return net_new(line, in, classes, 0, out, err);
}

int sl_net_new_logistic(const char *line, struct sl_shape in, struct sl_net **out, struct sl_error *err)
{
    return net_new(line, in, 2, 1, out, err);
}

int sl_net_separate(const struct sl_net *net, struct sl_net **out, struct sl_error *err)
{
    *out = new_net(net->in, net->classes, net->logistic);
    if (!*out)
        return sl_fail_memory(err);
    (*out)->n_layers = net->n_layers;
    (*out)->n_params = net->n_params;
    (*out)->spatial = net->spatial;
    (*out)->over_batch = net->over_batch;
    memcpy((*out)->layers, net->layers, net->n_layers * sizeof *net->layers);
    sl_net_make_stages(*out, 0);
    return SL_OK;
}

/* Parameters --------------------------------------------------------------------------------------- */

static void fill_uniform(float *a, size_t n, double bound, struct sl_rng *rng)
{
    for (size_t i = 0; i < n; i++)
        a[i] = (float)(bound * (2 * sl_rng_uniform(rng) - 1));
}

static int starts_small(const struct sl_net *net)
{
    for (size_t i = 0; i < net->n_layers; i++)
        if (net->layers[i].type->flags & SL_SMALL_INIT)
            return 1;
    return 0;
}

void sl_net_init(const struct sl_net *net, enum sl_init init, struct sl_rng *rng, float *params)
{
    double gain = init == SL_INIT_SKLEARN && starts_small(net) ? 2 : 6; /* of all layers, the last one too */
    for (size_t i = 0; i < net->n_layers; i++) {
        const struct sl_layer *layer = &net->layers[i];
        float *w = params + layer->params_at;
        if (layer->type->init)
            layer->type->init(layer, w);
        if (layer->weights == 0)
            continue;
        double bound = sqrt(gain / (double)(layer->fan_in + layer->fan_out));
        fill_uniform(w, layer->weights, bound, rng);
        fill_uniform(w + layer->weights, layer->biases, init == SL_INIT_SKLEARN ? bound : 0, rng);
    }
}
