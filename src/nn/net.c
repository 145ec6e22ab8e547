/* net.c - a network from one line: parsing, shapes, initial parameters.
 *
 * Cost O(layers); the initial parameters O(n_params). */
#include "nn/net.h"
#include "core/memory.h"
#include "core/text.h"
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
    const char *nearest = sl_nearest(name, names, n);
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
    const struct sl_net_preset *preset = sl_net_preset(line);
    if (preset)
        line = preset->line;
    int code = parse_line(net, line, err ? err : &unread);
    if (code) {
        sl_net_free(net);
        return code;
    }
    sl_net_make_stages(net);
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
        int sigmoid = i + 1 < net->n_layers && layer[1].type == &sl_layer_sigmoid;
        double gain = init == SL_INIT_SKLEARN && sigmoid ? 2 : 6;
        double bound = sqrt(gain / (double)(layer->fan_in + layer->fan_out));
        fill_uniform(w, layer->weights, bound, rng);
        fill_uniform(w + layer->weights, layer->biases, init == SL_INIT_SKLEARN ? bound : 0, rng);
    }
}
