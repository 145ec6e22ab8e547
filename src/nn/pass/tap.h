/* tap.h - what a fitted net computes inside: the output of any layer, and the gradient of any score with
 * regard to it or to the input.  Saliency maps and Grad-CAM are made of these.
 *
 * Outputs are numbered as sl_layer's from: 0 is the input, 1 + i the output of net->layers[i]; sl_net_output
 * finds one by its name, sl_net_shape says its shape.  Layers do as in prediction: batch normalisation goes
 * by its running statistics, dropout and noise do nothing.  A row's numbers do not depend on the other rows.
 */
#ifndef SL_NN_TAP_H
#define SL_NN_TAP_H

#include "nn/net/net.h"
#include <shortlist/view.h>

struct sl_tap;

/* The net and params (n_params) must outlive the tap, and the parameters must not change meanwhile.  Memory:
 * all outputs and gradients of a few rows a thread.  SL_ENOMEM, SL_EINTERNAL; then *out is NULL. */
int sl_tap_new(const struct sl_net *net, const float *params, int threads, struct sl_tap **out,
               struct sl_error *err);
void sl_tap_free(struct sl_tap *tap);

/* These write rows of an output's shape to out, row-major and channels last: (view->n, h, w, c).  One call at
 * a time. SL_EUSAGE when the output or a score does not exist, or the view has not the net's features;
 * SL_ENOMEM, SL_EINTERNAL when oneDNN refuses. */

/* The output itself.  That of the last layer is the scores (view->n, classes), before the softmax; with one
 * logistic output (net->logistic) it is (view->n, 1), the logarithm of class 1's odds. */
int sl_tap_activations(struct sl_tap *tap, const struct sl_view *view, size_t output, float *out,
                       struct sl_error *err);

/* The gradient of a row's score number scores[row], of (view->n), with regard to the output of that row;
 * output 0: to its features as the view scales them.  With one logistic output the score of class 1 is that
 * output, and the score of class 0 its negative. */
int sl_tap_gradient(struct sl_tap *tap, const struct sl_view *view, const int32_t *scores, size_t output,
                    float *out, struct sl_error *err);

/* Both of one output, and the last one's, in one pass over the rows; NULL: not wanted. */
struct sl_tap_wanted {
    size_t output;
    const int32_t *scores; /* (view->n), with gradient */
    float *activations, *gradient;
    float *last; /* (view->n, outputs): the output of the last layer */
};
int sl_tap_read(struct sl_tap *tap, const struct sl_view *view, const struct sl_tap_wanted *wanted,
                struct sl_error *err);

#endif
