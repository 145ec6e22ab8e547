/* net_reach.c - how large a net's numbers can become.
 *
 * A bound for each layer from the bound of what it takes: a filter's output is at most the largest input
 * times the sum of its |weights|, plus its |bias|; pooling and activations make no number larger.  Cost
 * O(n_params). */
#include "nn/net/net.h"
#include <math.h>

double sl_net_reach(const struct sl_net *net, const float *params, double in)
{
    double reach[SL_LAYERS_MAX + 1], largest = in; /* reach[i + 1]: of layer i */
    reach[0] = in;
    for (size_t i = 0; i < net->n_layers; i++) {
        const struct sl_layer *layer = &net->layers[i];
        double taken = reach[layer->from];
        if (layer->type->flags & SL_ADDS)
            taken += reach[layer->plus];
        reach[i + 1] =
            layer->type->reach ? layer->type->reach(layer, params + layer->params_at, taken) : taken;
        largest =
            reach[i + 1] <= largest || isnan(largest) ? largest : reach[i + 1]; /* a NaN wins, and stays */
    }
    return largest;
}

double sl_filters_reach(const struct sl_layer *layer, const float *w, double in)
{
    size_t filters = (size_t)layer->units;
    double largest = 0;
    for (size_t j = 0; j < filters; j++) {
        double sum = layer->biases ? fabs((double)w[layer->weights + j]) : 0;
        for (size_t i = 0; i < layer->fan_in; i++)
            sum += in * fabs((double)w[i * filters + j]);
        largest = fmax(largest, sum);
    }
    return largest;
}
