/* network.c - a fitted net: lifecycle, prediction, and its record in a model file. */
#include "nn/pass/network.h"
#include "core/memory.h"
#include <math.h>

static int network_new(const char *line, struct sl_shape in, int classes, int logistic,
                       struct sl_network **out, struct sl_error *err)
{
    struct sl_network *network = sl_alloc_zero(1, sizeof *network);
    *out = NULL;
    if (!network)
        return sl_fail_memory(err);
    int code = logistic ? sl_net_new_logistic(line, in, &network->net, err)
                        : sl_net_new(line, in, classes, &network->net, err);
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

int sl_network_new(const char *line, struct sl_shape in, int classes, struct sl_network **out,
                   struct sl_error *err)
{
    return network_new(line, in, classes, 0, out, err);
}

int sl_network_new_logistic(const char *line, struct sl_shape in, struct sl_network **out,
                            struct sl_error *err)
{
    return network_new(line, in, 2, 1, out, err);
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

/* What overflows in a layer comes out as NaN: the activations and the softmax let it pass. */
static int check_scores(const float *scores, size_t n, size_t k, struct sl_error *err)
{
    for (size_t i = 0; i < n * k; i++)
        if (isnan(scores[i]))
            return sl_fail(err, SL_EDATA, "row %zu: the net's numbers are beyond the range of floats", i / k);
    return SL_OK;
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
    return code ? code : check_scores(scores, x->n, network->net->classes, err);
}

enum { FAR = 1000 };

/* Predicts rows of the smallest values, of the largest, and of both in turn: bytes 0 and 255, or floats far
 * beyond what scaled features come to. */
static int probe(const struct sl_network *network, const struct sl_view *like, struct sl_error *err)
{
    enum { ROWS = 3 };
    size_t d = like->d;
    struct sl_view rows = *like;
    uint8_t *bytes = sl_alloc(ROWS * d, 1);
    float *floats = sl_alloc(ROWS * d, sizeof *floats),
          *scores = sl_alloc(ROWS * network->net->classes, sizeof *scores);
    int code = bytes && floats && scores ? SL_OK : sl_fail_memory(err);
    for (size_t i = 0; !code && i < ROWS * d; i++) {
        int high = i / d == 2 ? i % 2 : i / d == 1;
        bytes[i] = high ? 255 : 0;
        floats[i] = high ? FAR : -FAR;
    }
    rows.n = ROWS;
    rows.y = NULL;
    rows.x = like->dtype == SL_U8 ? (const void *)bytes : (const void *)floats;
    if (!code)
        code = sl_network_scores(network, &rows, 1, scores, err);
    free(bytes);
    free(floats);
    free(scores);
    return code;
}

int sl_network_check(const struct sl_network *network, const struct sl_view *like, struct sl_error *err)
{
    int bytes = like->dtype == SL_U8;
    double low = (double)like->offset, in = fmax(fabs(low), fabs(255 * (double)like->scale + low));
    double reach = sl_net_reach(network->net, network->params, bytes ? in : FAR);
    if (reach <= SL_NET_RANGE)
        return SL_OK;
    /* The bound is far from what a deep net comes to. */
    int code = isnan(reach) ? SL_EDATA : probe(network, like, err);
    return code == SL_EDATA ? sl_fail(err, SL_EDIVERGED, "the net's numbers are beyond the range of floats")
                            : code;
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
int sl_network_load(struct sl_network *network, struct sl_reader *r, const struct sl_view *like,
                    struct sl_error *err)
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
    if (!r->failed && any)
        return sl_network_check(network, like, err)
                   ? sl_fail(err, SL_EDATA, "the record's weights are no network's")
                   : SL_OK;
    return sl_fail(err, SL_EDATA, "the record does not hold a network");
}
