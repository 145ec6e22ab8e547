/* rungs.c - budgets of successive halving and Hyperband.
 *
 * Every rung gives three times the budget of the one before it to a third of its candidates (K. Jamieson and
 * A. Talwalkar, "Non-stochastic best arm identification and hyperparameter optimization", 2016; L. Li and
 * others, "Hyperband", 2018).  Rows are never fewer than a fifth: what is best on fewer says little. */
#include "search/rungs.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double least_rows = 0.2;

const struct sl_param *sl_budget_param(const struct sl_classifier_type *type)
{
    for (const struct sl_param *p = type->params; p->name; p++)
        if (p->flags & SL_BUDGET)
            return p;
    return NULL;
}

/* Epochs of a candidate, whole. */
static long epochs_of(const struct sl_row_spec *row)
{
    const struct sl_param *p = sl_budget_param(row->type);
    const struct sl_values *values = p ? &row->values[p - row->type->params] : NULL;
    return p ? strtol(values->n ? values->text[0] : p->def, NULL, 10) : 0;
}

/* The fewest epochs of a candidate; 0 where one has none. */
static long fewest_epochs(const struct sl_experiment *e)
{
    long fewest = e->n_rows ? epochs_of(&e->rows[0]) : 0;
    for (size_t r = 1; r < e->n_rows; r++)
        if (epochs_of(&e->rows[r]) < fewest)
            fewest = epochs_of(&e->rows[r]);
    return fewest;
}

/* How often a number can be divided by three before it is below 1. */
static int thirds(double n)
{
    int rungs = 0;
    for (; n >= SL_RUNG_FACTOR && rungs < SL_BUDGETS_MAX - 1; n /= SL_RUNG_FACTOR)
        rungs++;
    return rungs;
}

static struct sl_budget budget(double share, int folds, int by_epochs)
{
    struct sl_budget b = {.n_folds = folds, .rows = 1, .epochs = 1};
    if (by_epochs)
        b.epochs = share;
    else if (folds && share * folds >= 1)
        b.n_folds = (int)lround(share * folds);
    else {
        b.n_folds = folds ? 1 : 0;
        b.rows = fmax(folds ? share * folds : share, least_rows);
    }
    return b;
}

int sl_budgets_make(const struct sl_experiment *e, struct sl_budget budgets[SL_BUDGETS_MAX])
{
    const int folds = e->settings.folds, by_candidates = thirds((double)e->n_rows);
    const long epochs = fewest_epochs(e);
    /* The lowest rung may be cut off at the fewest rows. */
    int most = epochs > 1 ? thirds((double)epochs) : 1 + thirds((folds ? folds : 1) / least_rows);
    int above = most < by_candidates ? most : by_candidates, n = 0;
    for (int r = above; r >= 0; r--)
        budgets[n++] = budget(pow(SL_RUNG_FACTOR, -r), folds, epochs > 1);
    budgets[n - 1] = (struct sl_budget){.n_folds = folds, .rows = 1, .epochs = 1};
    return n;
}

double sl_budget_cost(const struct sl_budget *b, int folds)
{
    return b->rows * b->epochs * (folds ? (double)b->n_folds / folds : 1);
}

size_t sl_rung_quota(size_t n, int rungs)
{
    size_t quota = (size_t)ceil((double)n / pow(SL_RUNG_FACTOR, rungs) - 1e-9);
    return quota < 2 ? n < 2 ? n : 2 : quota;
}

void sl_bracket_sizes(size_t n, int n_rungs, size_t *sizes)
{
    double weights[SL_BUDGETS_MAX], sum = 0;
    size_t dealt = 0;
    for (int b = 0; b < n_rungs; b++) {
        int s = n_rungs - 1 - b;
        weights[b] = ceil((double)n_rungs / (s + 1) * pow(SL_RUNG_FACTOR, s));
        sum += weights[b];
    }
    for (int b = n_rungs - 1; b > 0; b--) {
        sizes[b] = (size_t)((double)n * weights[b] / sum);
        dealt += sizes[b];
    }
    sizes[0] = n - dealt;
}
