/* predict.h - probabilities of rows by a net, and the loss and accuracy of labelled ones. */
#ifndef SL_NN_PREDICT_H
#define SL_NN_PREDICT_H

#include "nn/net/net.h"
#include <shortlist/view.h>

/* Test-time augmentation: an image is predicted in several versions, and the mean of their probabilities is
 * taken.  All 0: as it is. */
struct sl_tta {
    int flip;  /* also its mirror image, left for right */
    int shift; /* also moved by so many pixels, to the four corners */
};

struct sl_predictor_options {
    int threads;
    struct sl_tta tta;
};

struct sl_predictor;

/* The net must outlive the predictor.  SL_ENOMEM, SL_EINTERNAL; then *out is NULL. */
int sl_predictor_new(const struct sl_net *net, const struct sl_predictor_options *options,
                     struct sl_predictor **out, struct sl_error *err);
void sl_predictor_free(struct sl_predictor *predictor);

/* probabilities (view->n, classes); a row's do not depend on the other rows.  params (n_params) may differ
 * from call to call; classes with present[c] == 0, of (classes), get 0.  One call at a time.  SL_ENOMEM,
 * SL_EINTERNAL when oneDNN refuses. */
int sl_predict(struct sl_predictor *predictor, const float *params, const struct sl_view *view,
               const uint8_t *present, float *probabilities, struct sl_error *err);

/* scores (view->n, classes) before the softmax, of the rows as they are, whatever the test-time augmentation;
 * with one logistic output z they are -z and z.  The same errors. */
int sl_predict_scores(struct sl_predictor *predictor, const float *params, const struct sl_view *view,
                      float *scores, struct sl_error *err);

/* Mean loss and accuracy of a labelled view, by the weights of its rows.  The same errors. */
int sl_evaluate(struct sl_predictor *predictor, const float *params, const struct sl_view *view,
                const uint8_t *present, double *loss, double *accuracy, struct sl_error *err);

#endif
