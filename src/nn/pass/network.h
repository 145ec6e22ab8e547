/* network.h - a fitted net: lifecycle, prediction, and its record in a model file. */
#ifndef SL_NN_NETWORK_H
#define SL_NN_NETWORK_H

#include "nn/net/net.h"
#include "nn/pass/predict.h"
#include <shortlist/classifier.h>

/* A fitted net, as mlp and cnn keep it.  Everything is owned. */
struct sl_network {
    struct sl_net *net;
    float *params;     /* (n_params) */
    uint8_t *present;  /* (classes): those that had rows */
    struct sl_tta tta; /* with which it predicts; set by whoever made it */
};

/* A network with room for its parameters, all 0; SL_EUSAGE as sl_net_new, SL_ENOMEM; then *out is NULL. */
int sl_network_new(const char *line, struct sl_shape in, int classes, struct sl_network **out,
                   struct sl_error *err);
/* The same of two classes with one logistic output. */
int sl_network_new_logistic(const char *line, struct sl_shape in, struct sl_network **out,
                            struct sl_error *err);
void sl_network_free(void *network);

/* What classifiers over a network share: scores (x->n, classes), which are probabilities; labels (x->n).
 * SL_ENOMEM, SL_EINTERNAL; SL_EDATA where a row makes numbers beyond floats. */
int sl_network_scores(const void *network, const struct sl_view *x, int threads, float *scores,
                      struct sl_error *err);
int sl_network_predict(const void *network, const struct sl_view *x, int threads, int32_t *labels,
                       struct sl_error *err);
void sl_network_save(const void *network, struct sl_writer *w);
/* SL_EDIVERGED where the weights are such that ordinary rows of like's kind make numbers beyond floats. */
int sl_network_check(const struct sl_network *network, const struct sl_view *like, struct sl_error *err);
/* Reads into a new network, for rows of like's kind; SL_EDATA when the record does not hold one. */
int sl_network_load(struct sl_network *network, struct sl_reader *r, const struct sl_view *like,
                    struct sl_error *err);

#endif
