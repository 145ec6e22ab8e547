/* sgd_pass.h - one epoch of stochastic gradient descent on dense rows, for a set of vectors. */
#ifndef SL_LINEAR_SGD_PASS_H
#define SL_LINEAR_SGD_PASS_H

#include "linear/sgd_step.h"

/* What a thread keeps of the rows at hand. */
struct sl_sgd_chunk;

/* For rows of leading dimension ld and the vectors of so many settings; NULL when out of memory. */
struct sl_sgd_chunk *sl_sgd_chunk_new(size_t ld, size_t settings);
void sl_sgd_chunk_free(struct sl_sgd_chunk *chunk);

/* A step of every vector for each of the n rows of `order`, the first of them step t.  Vectors of one setting
 * stand side by side. */
void sl_sgd_train_rows(const struct sl_sgd_rows *rows, struct sl_sgd_learner **learners, size_t n_learners,
                       const uint32_t *order, size_t n, double t, struct sl_sgd_chunk *chunk);

/* Sets each vector's accuracy: the share of the n rows of `order`, by weight, that it gets right. */
void sl_sgd_validate_rows(const struct sl_sgd_rows *rows, struct sl_sgd_learner **learners, size_t n_learners,
                          const uint32_t *order, size_t n, struct sl_sgd_chunk *chunk);

#endif
