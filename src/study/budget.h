/* budget.h - a run that ends in time: what of it is run, in which order, and what is left out. */
#ifndef SL_STUDY_BUDGET_H
#define SL_STUDY_BUDGET_H

#include "study/unit.h"
#include <shortlist/outcome.h>

enum sl_cut {
    SL_CUT_NONE,
    SL_CUT_BEHIND, /* its row is clearly behind the best */
    SL_CUT_LONG,   /* by its estimate it would not end in time */
    SL_CUT_TIME,   /* the time was over */
};

/* A row's trials stand together in the plan. */
struct sl_budget_row {
    size_t first, n; /* trials */
    size_t count;    /* of them that have a score */
    double sum;      /* of these scores */
};

/* Owns its arrays. */
struct sl_budget {
    double seconds; /* of the run */
    const struct sl_plan *plan;
    int metric, rises;          /* what rows are judged by, and is more better? */
    double *scores;             /* (trials) of those that ended well, else NaN */
    struct sl_budget_row *rows; /* (plan->n_rows) */
    size_t leader;              /* the row with the best mean of enough scores; n_rows: none yet */
    unsigned char *cut;         /* (trials) enum sl_cut */
};

/* metric: enum sl_measure_id; -1: accuracy.  SL_ENOMEM. */
int sl_budget_make(const struct sl_plan *plan, double seconds, int metric, struct sl_budget **out,
                   struct sl_error *err);
void sl_budget_free(struct sl_budget *budget);

/* Sorts units: the first fold of every row before the second, and short ones before long ones, so that rows
 * can be compared early.  seconds (trials): estimates. */
void sl_budget_order(const struct sl_budget *budget, struct sl_units *units, const double *seconds);

void sl_budget_count(struct sl_budget *budget, size_t trial, const struct sl_outcome *outcome);

/* Is a unit left out, now that so many seconds are left?  Marks its trials, if so. */
int sl_budget_cuts(struct sl_budget *budget, const struct sl_unit *unit, double left, const double *seconds);

/* Of trials that were not run (missing: 1): how many, and a sentence that names their rows; "" where all
 * were. */
size_t sl_budget_tell(const struct sl_budget *budget, const unsigned char *missing, char *text, size_t size);

#endif
