/* step_inputs.h - what one step of training works with. */
#ifndef SL_NN_STEP_INPUTS_H
#define SL_NN_STEP_INPUTS_H

#include "nn/pass/loss.h"
#include "nn/train/optimiser.h"
#include <shortlist/view.h>
#include <stddef.h>
#include <stdint.h>

/* One step of training.  Everything is borrowed. */
struct sl_step {
    const struct sl_view *view; /* labelled */
    const uint32_t *rows;       /* (n): the batch, as rows of the view */
    size_t n;
    const uint8_t *present; /* (classes): those that have rows */
    uint64_t key;           /* of the step's random numbers */
    float decay;            /* of the weights (not of biases), as sl_optimiser_update takes it */
    const struct sl_optimiser *optimiser; /* begun */
    float smoothing;                      /* of the labels (loss.h) */
    const float *row_weights;             /* (rows of the view), or NULL: all 1 */
    struct sl_row_result *results; /* (rows of the view), of which those of the batch are written, or NULL */
    float *average;      /* NULL, or (n_params): a running mean of the parameters after each step, */
    float average_decay; /* average = decay average + (1 - decay) params */
};

#endif
