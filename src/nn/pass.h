/* pass.h - running a net over rows: one training step, and prediction. */
#ifndef SL_NN_PASS_H
#define SL_NN_PASS_H

#include "nn/augment.h"
#include "nn/loss.h"
#include "nn/net.h"
#include "nn/optimiser.h"
#include <shortlist/dataset.h>
#include <signal.h>

/* Workspace for one net: activations, gradients, prepared convolutions.  Allocated once. */
struct sl_pass;

/* For training with up to batch rows a step (training 1), or for prediction (batch is ignored). */
int sl_pass_new(const struct sl_net *net, size_t batch, int training, int threads, struct sl_pass **out,
                struct sl_error *err);
void sl_pass_free(struct sl_pass *pass);

/* Prediction looks at an image in several ways, and takes the mean of their probabilities; all 0: as it is. */
struct sl_looks {
    int flip;  /* also at its mirror image, left for right */
    int shift; /* also moved by so many pixels, to the four corners */
};

/* From now on predictions look so. */
int sl_pass_look(struct sl_pass *pass, const struct sl_looks *looks, struct sl_error *err);

/* From now on steps change their images so, as floats (not after sl_pass_take_bytes); the augmenter must outlive the pass's last step. */
void sl_pass_augment(struct sl_pass *pass, const struct sl_augmenter *augmenter);

/* From now on steps take their rows from this view, or from one with the same scaling: where most of its bytes
 * are 0, a dense first layer multiplies only the others. */
int sl_pass_take_bytes(struct sl_pass *pass, const struct sl_view *train, struct sl_error *err);

/* One step of training. */
struct sl_step {
    const struct sl_view *view; /* labelled */
    const uint32_t *rows;       /* (n): the batch, as rows of the view */
    size_t n;
    const uint8_t *present;     /* (k): classes that have rows */
    uint64_t key;               /* of the step's random numbers */
    float decay;                /* of the weights (not of biases), as sl_optimiser_update takes it */
    const struct sl_optimiser *optimiser; /* begun */
    float smoothing;            /* of the labels (loss.h) */
    float *average;             /* NULL, or (n_params): a running mean of the parameters after each step, */
    float average_decay;        /* average = decay average + (1 - decay) params */
};

/* n steps, one after the other.  Each adds the batch's losses to *sum (and, where decay is not 0, the
 * weights' sum of squares before the step to *squares), then changes params.  When *cancel is raised (NULL:
 * it never is) the steps end early. */
int sl_pass_steps(struct sl_pass *pass, const struct sl_step *steps, size_t n, float *params,
                  const volatile sig_atomic_t *cancel, struct sl_loss_sum *sum, double *squares,
                  struct sl_error *err);
/* One of them. */
int sl_pass_step(struct sl_pass *pass, const struct sl_step *step, float *params, struct sl_loss_sum *sum,
                 double *squares, struct sl_error *err);

/* probabilities (view->n, k); a row's do not depend on the other rows.  Writes only in the pass. */
int sl_pass_predict(struct sl_pass *pass, const float *params, const struct sl_view *view, const uint8_t *present,
                    float *probabilities, struct sl_error *err);

/* Mean loss and accuracy of a labelled view. */
int sl_pass_evaluate(struct sl_pass *pass, const float *params, const struct sl_view *view, const uint8_t *present,
                     double *loss, double *accuracy, struct sl_error *err);

#endif
