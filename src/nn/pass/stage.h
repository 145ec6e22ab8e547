/* stage.h - one stage of a net on one tile: forward, derivative, backward, gradient.
 *
 * Stages come in order, and on the way back in descending order, each so: its gradient d is complete when all
 * stages behind it have passed back and been derived; derive takes d from the stage's output to its main
 * layer's output (through a main layer that works in place, to its input); gradient and backward use that.
 * Functions that return an int return SL_OK, SL_ENOMEM, or SL_EINTERNAL when oneDNN refuses. */
#ifndef SL_NN_STAGE_H
#define SL_NN_STAGE_H

#include "nn/pass/pass.h"

/* Whether sl_stage_pack has anything to do. */
int sl_stage_packs(const struct sl_pass *pass, size_t s);
/* Rearranges the stage's weights; params (n_params) have changed. */
int sl_stage_pack(const struct sl_pass *pass, size_t s, const float *params, int thread);

/* The error for codes of the functions here, or-ed, that are not all SL_OK. */
int sl_stage_refused(int refused, struct sl_error *err);

/* The layers that work in place on the stage's output. */
void sl_stage_followers(const struct sl_pass *pass, size_t s, const struct sl_at *at);
/* The stage's output on the tile's columns, from those of the stage it takes. */
int sl_stage_forward(const struct sl_pass *pass, size_t s, const float *params, const struct sl_at *at);

/* d becomes the gradient with regard to the main layer's output, on the tile's columns of the output; the
 * gradient of a sum goes to the other stage that was added, too.  Nothing where the stage has no gradient. */
void sl_stage_derive(const struct sl_pass *pass, size_t s, const struct sl_at *at);
/* The gradient with regard to the output of the stage that this one takes, on the tile's columns of the
 * input: written by the first stage that comes, added to by the others. */
int sl_stage_backward(const struct sl_pass *pass, size_t s, const float *params, const struct sl_at *at);

/* Adds a tile's gradient of the stage's parameters to a block of sums (sum_size); nothing for layers whose
 * gradient comes in tiles of the weights. */
int sl_stage_gradient(const struct sl_pass *pass, size_t s, const struct sl_at *at, float *sums);
/* The gradient of the stage's parameters, to its place in grads (n_params), from the sums over all tiles. */
int sl_stage_unpack(const struct sl_pass *pass, size_t s, int thread, const float *sums, float *grads);

/* sum += a, n floats. */
void sl_add_floats(float *sum, const float *a, size_t n);

#endif
