/* logistic_block.h - a block of rows times all columns of a group, its losses, and its share of the
 * gradients. */
#ifndef SL_LINEAR_LOGISTIC_BLOCK_H
#define SL_LINEAR_LOGISTIC_BLOCK_H

#include "linear/logistic_problem.h"

/* What a thread has of its own; made for columns whose block, ldc and way are set. */
struct sl_logistic_desk *
sl_logistic_desk_new(const struct sl_logistic_columns *columns); /* NULL: no memory */
void sl_logistic_desk_free(struct sl_logistic_desk *desk);

/* Block number `block`, added to the sums of chunk number `chunk`.  SL_OK, SL_ENOMEM, or SL_EINTERNAL when
 * oneDNN refuses. */
int sl_logistic_block(const struct sl_logistic_columns *columns, struct sl_logistic_desk *desk, size_t block,
                      size_t chunk);

#endif
