/* logistic_columns.h - the objectives of many problems of logistic regression on the rows of a group, and
 * their gradients, from one pass over the rows. */
#ifndef SL_LINEAR_LOGISTIC_COLUMNS_H
#define SL_LINEAR_LOGISTIC_COLUMNS_H

#include "kernels/team.h"
#include "linear/logistic_problem.h"
#include <shortlist/classifier.h>

/* Orders the rows.  SL_ENOMEM (nothing held). */
int sl_logistic_columns_init(struct sl_logistic_columns *columns, const struct sl_view *view,
                             const struct sl_group_part *parts, size_t n_parts);
/* The problems from now on (at least one), which stay the caller's.  threads: at most; columns->threads is
 * how many an evaluation is worth.  SL_ENOMEM. */
int sl_logistic_columns_set(struct sl_logistic_columns *columns, struct sl_logistic_problem **problems,
                            size_t n, int threads);
/* f, loss and g of every problem at its x.  SL_OK, SL_ENOMEM, or SL_EINTERNAL when oneDNN refuses. */
int sl_logistic_columns_evaluate(struct sl_logistic_columns *columns, struct sl_team *team);
void sl_logistic_columns_release(struct sl_logistic_columns *columns);

/* What an evaluation of so many columns takes at most beside a problem's own vectors. */
double sl_logistic_columns_bytes(size_t d, double columns);

#endif
