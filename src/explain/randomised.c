/* randomised.c - does a map depend on what the network has learnt?
 *
 * Adebayo et al., NeurIPS 2018 (cascading randomisation): the layers' weights are drawn anew, from the last
 * one down to the first, and each time the same rows are explained again.  A map that stays what it was says
 * nothing of the model.  Likeness is Spearman's rank correlation of the |values| that are not 0 in both, the
 * mean over the rows. Cost: an explanation for each layer with weights. */
#include "core/memory.h"
#include "explain/method.h"
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <string.h>

/* Of two rows' |values| (d), over the columns where one of them is not 0: those that no map can reach, as the
 * black ground of an image, would make all alike.  NaN where there are not two, or one of the maps is the
 * same everywhere.  work (4 d) is scratch. */
static double likeness(const float *a, const float *b, size_t d, double *work)
{
    double *x = work, *y = work + d;
    int varies[2] = {0, 0};
    size_t n = 0;
    for (size_t j = 0; j < d; j++) {
        if (a[j] == 0 && b[j] == 0)
            continue;
        x[n] = fabs((double)a[j]);
        y[n] = fabs((double)b[j]);
        varies[0] |= x[n] != x[0];
        varies[1] |= y[n] != y[0];
        n++;
    }
    return varies[0] && varies[1] ? gsl_stats_spearman(x, 1, y, 1, n, work + 2 * d) : NAN;
}

static int mean_likeness(const float *a, const float *b, size_t pairs, size_t d, double *mean,
                         struct sl_error *err)
{
    double *work = sl_alloc(4 * d, sizeof *work), sum = 0, n = 0;
    if (!work)
        return sl_fail_memory(err);
    for (size_t p = 0; p < pairs; p++) {
        const double like = likeness(a + p * d, b + p * d, d, work);
        sum += isnan(like) ? 0 : like;
        n += !isnan(like);
    }
    *mean = n > 0 ? sum / n : NAN;
    free(work);
    return SL_OK;
}

/* What one step explains: a model whose network has other weights. */
struct step {
    struct sl_model model; /* a copy that shares everything else */
    struct sl_network network;
    struct sl_explained again;
};

/* Draws the weights of layer i, and the name that it goes by. */
static void draw_layer(const struct sl_net *net, size_t i, const float *fresh, float *params, char *name,
                       size_t size)
{
    const struct sl_layer *layer = &net->layers[i];
    size_t number = 0;
    for (size_t l = 0; l <= i; l++)
        number += net->layers[l].type == layer->type;
    memcpy(params + layer->params_at, fresh + layer->params_at, sl_layer_params(layer) * sizeof *params);
    snprintf(name, size, "%s%zu", layer->type->name, number);
}

static int explain_again(struct step *step, const struct sl_explain_options *options,
                         const struct sl_view *rows, const uint64_t *ids, const int32_t *classes, size_t m,
                         struct sl_error *err)
{
    struct sl_explainer *explainer;
    int code = sl_explainer_new(&step->model, options, &explainer, err);
    if (!code)
        code = sl_explain(explainer, rows, ids, classes, m, &step->again, err);
    sl_explainer_free(explainer);
    return code;
}

int sl_randomised_check(const struct sl_model *model, const struct sl_explain_options *options,
                        const struct sl_view *rows, const uint64_t *ids, const int32_t *classes, size_t m,
                        const float *values, struct sl_randomised *out, size_t room, size_t *n,
                        struct sl_error *err)
{
    const size_t pairs = rows->n * m, d = rows->d;
    *n = 0;
    if (model->type->inside != SL_INSIDE_NETWORK)
        return sl_fail(err, SL_EUSAGE, "the check by random weights needs a network, and %s is none",
                       model->type->name);
    const struct sl_network *network = model->payload;
    const struct sl_net *net = network->net;
    struct sl_rng *rng = sl_rng_new(options->seed, "randomised");
    float *fresh = sl_alloc(net->n_params, sizeof *fresh), *params = sl_alloc(net->n_params, sizeof *params);
    struct step step = {
        .model = *model,
        .network = *network,
        .again = {sl_alloc(pairs, d * sizeof(float)), sl_alloc(pairs, sizeof *step.again.score)}};
    int code = rng && fresh && params && step.again.values && step.again.score ? SL_OK : sl_fail_memory(err);
    if (!code) {
        sl_net_init(net, SL_INIT_KERAS, rng, fresh);
        memcpy(params, network->params, net->n_params * sizeof *params);
        step.network.params = params;
        step.model.payload = &step.network;
    }
    for (size_t i = net->n_layers; i-- > 0 && !code && *n < room;) {
        if (!net->layers[i].weights)
            continue;
        draw_layer(net, i, fresh, params, out[*n].layer, sizeof out[*n].layer);
        code = explain_again(&step, options, rows, ids, classes, m, err);
        if (!code)
            code = mean_likeness(values, step.again.values, pairs, d, &out[*n].likeness, err);
        *n += !code;
    }
    free(fresh);
    free(params);
    free(step.again.values);
    free(step.again.score);
    sl_rng_free(rng);
    return code;
}
