/* net_names.c - the outputs of a net by name or number.  Cost O(layers). */
#include "core/memory.h"
#include "core/text.h"
#include "nn/net/net.h"
#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { NAME_MAX_SIZE = 32 };

/* The number-th (1, 2, ...) layer of this type as an output, or the last one where number is 0; 0: there is
 * none. */
static size_t find(const struct sl_net *net, const char *type, size_t length, size_t number)
{
    size_t seen = 0, last = 0;
    for (size_t i = 0; i < net->n_layers; i++) {
        const char *name = net->layers[i].type->name;
        if (strlen(name) != length || memcmp(name, type, length) != 0)
            continue;
        last = i + 1;
        if (++seen == number)
            return last;
    }
    return number ? 0 : last;
}

static size_t count_before(const struct sl_net *net, size_t layer)
{
    size_t n = 0;
    for (size_t i = 0; i < layer; i++)
        n += net->layers[i].type == net->layers[layer].type;
    return n;
}

void sl_net_layer_name(const struct sl_net *net, size_t layer, char *text, size_t size)
{
    snprintf(text, size, "%s%zu", net->layers[layer].type->name, count_before(net, layer) + 1);
}

/* The names of all outputs. */
struct names {
    const char *at[SL_LAYERS_MAX + 1];
    char text[SL_LAYERS_MAX + 1][NAME_MAX_SIZE];
};

static void name_outputs(const struct sl_net *net, struct names *names)
{
    names->at[0] = "input";
    for (size_t i = 0; i < net->n_layers; i++) {
        char *text = names->text[i + 1];
        sl_net_layer_name(net, i, text, NAME_MAX_SIZE);
        names->at[i + 1] = text;
    }
}

static int no_such(const struct sl_net *net, const char *name, struct sl_error *err)
{
    struct names *names = sl_alloc(1, sizeof *names);
    if (!names)
        return sl_fail_memory(err);
    name_outputs(net, names);
    int code =
        sl_fail(err, SL_EUSAGE,
                "the net has no layer '%.60s'%s: expected input, or a layer and its number, "
                "such as %s, or a layer alone for the last of its kind, or from 1 to %zu",
                name, sl_did_you_mean(name, names->at, net->n_layers + 1).text, names->at[1], net->n_layers);
    free(names);
    return code;
}

int sl_net_output(const struct sl_net *net, const char *name, size_t *output, struct sl_error *err)
{
    size_t length = 0, digits = strlen(name), number = 0;
    while (name[length] && !isdigit((unsigned char)name[length]))
        length++;
    digits -= length;
    *output = 0;
    if (strcmp(name, "input") == 0)
        return SL_OK;
    for (size_t i = 0; i < digits; i++) {
        if (!isdigit((unsigned char)name[length + i]) || digits > 3)
            return no_such(net, name, err);
        number = 10 * number + (size_t)(name[length + i] - '0');
    }
    if ((digits > 0 && number == 0) || (length == 0 && number > net->n_layers))
        return no_such(net, name, err);
    *output = length == 0 ? number : find(net, name, length, number);
    return *output ? SL_OK : no_such(net, name, err);
}
