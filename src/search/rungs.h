/* rungs.h - how much of a whole trial each rung of a search gives its candidates. */
#ifndef SL_SEARCH_RUNGS_H
#define SL_SEARCH_RUNGS_H

#include "study/experiment.h"

struct sl_budget {
    int n_folds;         /* 0: there are no folds */
    double rows, epochs; /* shares */
};

enum { SL_RUNG_FACTOR = 3, SL_BUDGETS_MAX = 8 };

/* The budgets of the rungs, the last one whole; returns their number, at least 1.  experiment: the
 * candidates. Epochs where every candidate has them, else folds, and rows last. */
int sl_budgets_make(const struct sl_experiment *candidates, struct sl_budget budgets[SL_BUDGETS_MAX]);

/* A rung's share of the whole work. */
double sl_budget_cost(const struct sl_budget *budget, int folds);

/* The hyperparameter that counts the epochs of a classifier, or NULL. */
const struct sl_param *sl_budget_param(const struct sl_classifier_type *type);

/* How many of n candidates go on to the rung that is `rungs` above. */
size_t sl_rung_quota(size_t n, int rungs);

/* Candidates of each bracket of Hyperband (n_rungs): bracket b begins on rung b.  They sum to n. */
void sl_bracket_sizes(size_t n, int n_rungs, size_t *sizes);

#endif
