/* network.c - a fitted net: lifecycle, prediction, and its record in a model file. */
#include "nn/network.h"
#include "core/memory.h"
#include <math.h>

int sl_network_new(const char *line, struct sl_shape in, int classes, struct sl_network **out,
                   struct sl_error *err)
{
    struct sl_network *network = sl_alloc_zero(1, sizeof *network);
    *out = NULL;
    if (!network)
        return sl_fail_memory(err);
    int code = sl_net_new(line, in, classes, &network->net, err);
    if (!code) {
        network->params = sl_alloc_zero(network->net->n_params, sizeof *network->params);
        network->present = sl_alloc_zero((size_t)classes, sizeof *network->present);
        if (!network->params || !network->present)
            code = sl_fail_memory(err);
    }
    if (code) {
        sl_network_free(network);
        return code;
    }
    *out = network;
    return SL_OK;
}

void sl_network_free(void *vnetwork)
{
    struct sl_network *network = vnetwork;
    if (!network)
        return;
    sl_net_free(network->net);
    free(network->params);
    free(network->present);
    free(network);
}

int sl_network_scores(const void *vnetwork, const struct sl_view *x, int threads, float *scores,
                      struct sl_error *err)
{
    const struct sl_network *network = vnetwork;
    const struct sl_predictor_options options = {threads, network->tta};
    struct sl_predictor *predictor;
    int code = sl_predictor_new(network->net, &options, &predictor, err);
    if (code)
        return code;
    code = sl_predict(predictor, network->params, x, network->present, scores, err);
    sl_predictor_free(predictor);
    return code;
}

int sl_network_predict(const void *vnetwork, const struct sl_view *x, int threads, int32_t *labels,
                       struct sl_error *err)
{
    const struct sl_network *network = vnetwork;
    size_t k = network->net->classes;
    float *p = sl_alloc(x->n * k, sizeof *p);
    if (!p)
        return sl_fail_memory(err);
    int code = sl_network_scores(network, x, threads, p, err);
    for (size_t i = 0; !code && i < x->n; i++) {
        labels[i] = -1;
        for (size_t c = 0; c < k; c++)
            if (network->present[c] && (labels[i] < 0 || p[i * k + c] > p[i * k + (size_t)labels[i]]))
                labels[i] = (int32_t)c;
    }
    free(p);
    return code;
}

void sl_network_save(const void *vnetwork, struct sl_writer *w)
{
    const struct sl_network *network = vnetwork;
    sl_put_bytes(w, network->present, network->net->classes);
    sl_put_u64(w, network->net->n_params);
    sl_put_f32s(w, network->params, network->net->n_params);
}

/* The net itself follows from the hyperparameters and the shape of the rows, so only numbers are read. */
int sl_network_load(struct sl_network *network, struct sl_reader *r, struct sl_error *err)
{
    size_t n = network->net->n_params;
    int any = 0;
    sl_get_bytes(r, network->present, network->net->classes);
    if (sl_get_count(r, n, n, sizeof *network->params) != n)
        return sl_fail(err, SL_EDATA, "the record does not hold the %zu parameters of this network", n);
    sl_get_f32s(r, network->params, n);
    for (size_t c = 0; c < network->net->classes; c++) {
        if (network->present[c] > 1)
            r->failed = 1;
        any |= network->present[c];
    }
    for (size_t i = 0; i < n; i++)
        if (!isfinite(network->params[i]))
            r->failed = 1;
    return r->failed || !any ? sl_fail(err, SL_EDATA, "the record does not hold a network") : SL_OK;
}
