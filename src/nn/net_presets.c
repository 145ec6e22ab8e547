/* net_presets.c - nets with a name. */
#include "nn/net.h"
#include <shortlist/network.h>
#include <string.h>

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
    {"slides",
     BLOCK(32) "maxpool 2, dropout .25, " BLOCK(64) "maxpool 2, dropout .25, " BLOCK(128)
               "flatten, dropout .3, dense 128, relu, dropout .4, dense classes",
     "three convolutions with more dropout, the more the deeper"},
    {"slides-plain",
     BLOCK(32) "maxpool 2, " BLOCK(64) "maxpool 2, " BLOCK(128) "flatten, dense 128, relu, dense classes",
     "slides without dropout, which soon over-fits"},
    {"mlp", "flatten, dense 512, relu, dense 512, relu, dense classes", "two hidden layers of 512"},
    {NULL, NULL, NULL},
};

const struct sl_net_preset *sl_net_preset(const char *name)
{
    for (const struct sl_net_preset *p = sl_net_presets; p->name; p++)
        if (strcmp(p->name, name) == 0)
            return p;
    return NULL;
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
