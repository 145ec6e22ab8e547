/* norm.h - the statistics of batch normalisation by stage s, from tiles to the batch.
 *
 * A tile's share is gathered when its input (on the way back: the gradient of its main layer's output) is
 * there; when all threads have met after that, each combines the shares for itself, in order, so that the
 * statistics do not depend on the number of threads. */
#ifndef SL_NN_NORM_H
#define SL_NN_NORM_H

#include "nn/pass/pass.h"

void sl_norm_gather(const struct sl_pass *pass, size_t s, const struct sl_at *at);
/* Of n rows, in the step-th step of training (1, 2, ...).  Thread 0 takes them into the running statistics in
 * params (n_params), too. */
void sl_norm_combine(const struct sl_pass *pass, size_t s, size_t n, long step, float *params, int thread);

void sl_norm_gather_back(const struct sl_pass *pass, size_t s, const struct sl_at *at);
/* Thread 0 also writes the gradient of the stage's parameters to grads (n_params). */
void sl_norm_combine_back(const struct sl_pass *pass, size_t s, size_t n, float *grads, int thread);

#endif
