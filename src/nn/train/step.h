/* step.h - steps of training: forward, loss, backward, gradient and update. */
#ifndef SL_NN_STEP_H
#define SL_NN_STEP_H

#include "nn/net/net.h"
#include "nn/pass/augment.h"
#include "nn/pass/loss.h"
#include "nn/train/step_inputs.h"
#include <signal.h>

/* What makes the steps of one net: buffers, and the way that suits the net and its batches.  Made once. */
struct sl_stepper;

struct sl_stepper_options {
    size_t batch; /* rows of a step at most, at least 1 */
    int threads;
    /* NULL, or the rows that steps will come from (or from a view with the same type and scaling): where most
     * of its bytes are 0, a dense first layer multiplies only the others.  Read only while the stepper is
     * made. */
    const struct sl_view *rows;
    /* NULL, or changes the images of each step; it must outlive the stepper. */
    const struct sl_augmenter *augmenter;
};

/* The net must outlive the stepper.  SL_ENOMEM, SL_EINTERNAL; then *out is NULL. */
int sl_stepper_new(const struct sl_net *net, const struct sl_stepper_options *options,
                   struct sl_stepper **out, struct sl_error *err);
void sl_stepper_free(struct sl_stepper *stepper);

/* n steps, one after the other.  Each adds the batch's losses to *sum (and, where decay is not 0, the
 * weights' sum of squares before the step to *squares), then changes params (n_params).  When *cancel is
 * raised (NULL: it never is) the steps end early.  SL_ENOMEM, SL_EINTERNAL when oneDNN refuses. */
int sl_stepper_run(struct sl_stepper *stepper, const struct sl_step *steps, size_t n, float *params,
                   const volatile sig_atomic_t *cancel, struct sl_loss_sum *sum, double *squares,
                   struct sl_error *err);

#endif
