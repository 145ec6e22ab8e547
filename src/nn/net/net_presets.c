/* net_presets.c - nets with a name. */
#include "core/memory.h"
#include "nn/net/net.h"
#include <shortlist/network.h>
#include <string.h>

#define BLOCK(filters) "conv " #filters " 3x3, relu, "
#define TRANSITION(filters) "batchnorm, relu, conv " #filters " 1x1 nobias, avgpool 2, "
const struct sl_net_preset sl_net_presets[] = {
    {"cnn1", BLOCK(32) "maxpool 2, dropout .2, flatten, dense 128, relu, dropout .2, dense classes",
     "one convolution"},
    {"cnn2",
     BLOCK(32) "maxpool 2, dropout .2, " BLOCK(64) "maxpool 2, dropout .2, flatten, dense 128, relu, "
                                                   "dropout .2, dense classes",
     "two convolutions"},
    {"cnn3",
     BLOCK(32) "maxpool 2, dropout .2, " BLOCK(64) "maxpool 2, dropout .2, " BLOCK(
         128) "dropout .2, "
              "flatten, dense 128, relu, dropout .2, dense classes",
     "three convolutions"},
    {"benchmark", "flatten, dense 512, relu, dense classes", "one hidden layer of 512"},
    {"slides",
     BLOCK(32) "maxpool 2, dropout .25, " BLOCK(64) "maxpool 2, dropout .25, " BLOCK(
         128) "flatten, dropout .3, dense 128, relu, dropout .4, dense classes",
     "three convolutions with more dropout, the more the deeper"},
    {"slides-plain",
     BLOCK(32) "maxpool 2, " BLOCK(64) "maxpool 2, " BLOCK(128) "flatten, dense 128, relu, dense classes",
     "slides without dropout, which soon over-fits"},
    {"mlp", "flatten, dense 512, relu, dense 512, relu, dense classes", "two hidden layers of 512"},
    {"mini-resnet",
     "conv 32 3x3 same nobias, batchnorm, relu, residual 32, residual 64 stride 2, residual 128 stride 2, "
     "globalavgpool, dense classes",
     "a small residual network; takes blocks, filters and activation"},
    {"densenet",
     "conv 24 3x3 same nobias, denseblock 4 12, " TRANSITION(36) "denseblock 4 12, " TRANSITION(
         42) "denseblock 4 12, batchnorm, relu, globalavgpool, dense classes",
     "a small densely connected network: three blocks of four layers"},
    {NULL, NULL, NULL},
};

const struct sl_net_preset *sl_net_preset(const char *name)
{
    for (const struct sl_net_preset *p = sl_net_presets; p->name; p++)
        if (strcmp(p->name, name) == 0)
            return p;
    return NULL;
}

/* Blocks are spread over up to three widths, each twice the one before it, on an image of half the size. */
static void write_resnet(const struct sl_net_options *o, struct sl_string *line)
{
    int width = o->filters, level = 0;
    sl_string_add(line, "conv %d 3x3 same nobias, batchnorm, %s, ", width, o->activation);
    for (int i = 0; i < o->blocks; i++) {
        int before = level;
        level = o->blocks < 3 ? i : 3 * i / o->blocks;
        width = o->filters << level;
        sl_string_add(line, "residual %d%s %s, ", width, level > before ? " stride 2" : "", o->activation);
    }
    sl_string_add(line, "globalavgpool, dense classes");
}

int sl_net_line(const char *net, const struct sl_net_options *o, struct sl_string *line, struct sl_error *err)
{
    const struct sl_net_options plain = SL_NET_OPTIONS;
    const struct sl_net_preset *preset = sl_net_preset(net);
    const char *unused = NULL;
    if (preset && strcmp(preset->name, "mini-resnet") == 0)
        write_resnet(o, line);
    else {
        sl_string_add(line, "%s", preset ? preset->line : net);
        unused = o->blocks != plain.blocks                      ? "blocks"
                 : o->filters != plain.filters                  ? "filters"
                 : strcmp(o->activation, plain.activation) != 0 ? "activation"
                                                                : NULL;
    }
    if (unused)
        return sl_fail(err, SL_EUSAGE, "%s: it is taken by net=mini-resnet only, not by net=%.60s", unused,
                       net);
    return line->failed ? sl_fail_memory(err) : SL_OK;
}

int sl_net_named(size_t i, const char **name, const char **line, const char **help)
{
    if (i >= sizeof sl_net_presets / sizeof *sl_net_presets - 1)
        return 0;
    *name = sl_net_presets[i].name;
    *line = sl_net_presets[i].line;
    *help = sl_net_presets[i].help;
    return 1;
}
