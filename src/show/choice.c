/* choice.c - what a sweep's table says of the choice among its rows.
 *
 * The winner is the table's best row.  The simplest row within one standard error of it (Breiman and others,
 * "Classification and regression trees", 1984, section 3.4.3) has the winner's values but where a
 * hyperparameter has a simpler direction, and there simpler ones; of several the one that lies furthest that
 * way.  The standard error is the deviation over folds, divided by the root of the folds: repeats score the
 * same rows again.
 *
 * The corrected resampled t-test (Nadeau and Bengio, "Inference for the generalization error", 2003) asks
 * what McNemar's test does not: would another training sample turn the two round?  Then Holm's correction.
 * Cost: O(rows * (scores + hyperparameters)). */
#include "core/json_text.h"
#include "core/memory.h"
#include "show/outcomes.h"
#include <math.h>
#include <shortlist/metrics.h>
#include <shortlist/show.h>
#include <string.h>

/* The t-test --------------------------------------------------------------------------------------- */

/* Rows scored for each row that is fitted. */
static double tested_share(const struct sl_study_row *row)
{
    for (size_t i = 0; i < row->n_outcomes; i++)
        if (sl_is_scored(&row->outcomes[i]))
            return (double)row->outcomes[i].n_validation / (double)row->outcomes[i].n_train;
    return NAN;
}

static int compare(const struct sl_table *table, struct sl_choice *choice, struct sl_error *err)
{
    const struct sl_table_row *best = &table->rows[choice->best];
    size_t m = 0;
    double *p = sl_alloc(table->n, sizeof *p), *difference = sl_alloc(best->n_scores, sizeof *difference);
    int code = p && difference ? SL_OK : sl_fail_memory(err);
    for (size_t i = 0; i < table->n && !code; i++) {
        const struct sl_table_row *row = &table->rows[i];
        if (i == choice->best || isnan(row->score) || row->n_scores != best->n_scores)
            continue;
        for (size_t j = 0; j < row->n_scores; j++)
            difference[j] = best->scores[j] - row->scores[j];
        choice->p[i] = sl_corrected_t(difference, row->n_scores, tested_share(best->row));
        if (!isnan(choice->p[i]))
            p[m++] = choice->p[i];
    }
    if (!code)
        sl_holm(p, m);
    for (size_t i = 0, j = 0; i < table->n && !code; i++)
        if (!isnan(choice->p[i]))
            choice->p[i] = p[j++];
    free(p);
    free(difference);
    return code;
}

/* The simplest ------------------------------------------------------------------------------------- */

/* Where a value stands on its hyperparameter's scale: "none" is no limit.  NaN: a word. */
static double place(const struct sl_param *param, const json_t *value)
{
    double x = json_is_number(value) ? json_number_value(value) : NAN;
    if (json_is_string(value) && strcmp(json_string_value(value), "none") == 0 &&
        param->flags & SL_SIMPLER_LOW)
        return INFINITY;
    return param->flags & SL_LOG && x > 0 ? log(x) : param->flags & SL_LOG ? -745 : x;
}

/* How much simpler b's value is than a's, in parts of what all rows span; -1: not at all. */
static double simpler(const struct sl_param *param, const json_t *a, const json_t *b, double span)
{
    double x = place(param, a), y = place(param, b);
    if (isnan(x) || isnan(y) || !(param->flags & (SL_SIMPLER_LOW | SL_SIMPLER_HIGH)))
        return -1;
    double by = param->flags & SL_SIMPLER_LOW ? x - y : y - x;
    return by <= 0 ? -1 : isinf(by) || !(span > 0) ? 1 : by / span;
}

static double span_of(const struct sl_param *param, json_t *const *params, size_t n)
{
    double low = INFINITY, high = -INFINITY;
    for (size_t i = 0; i < n; i++) {
        double x = params[i] ? place(param, json_object_get(params[i], param->name)) : NAN;
        if (isfinite(x)) {
            low = fmin(low, x);
            high = fmax(high, x);
        }
    }
    return high - low;
}

/* How much simpler row i is than the best, over all hyperparameters; -1 where it is not. */
static double row_simpler(const struct sl_classifier_type *type, json_t *const *params, size_t n, size_t best,
                          size_t i)
{
    double sum = 0;
    for (const struct sl_param *p = type->params; p->name; p++) {
        const json_t *a = json_object_get(params[best], p->name), *b = json_object_get(params[i], p->name);
        if ((!a && !b) || json_equal(a, b))
            continue;
        double by = simpler(p, a, b, span_of(p, params, n));
        if (by < 0)
            return -1;
        sum += by;
    }
    return sum;
}

static int is_within(const struct sl_table *table, const struct sl_choice *choice, size_t i)
{
    const struct sl_table_row *best = &table->rows[choice->best], *row = &table->rows[i];
    double worse = sl_metric_rises(table->metric) ? best->score - row->score : row->score - best->score;
    return worse <= choice->standard_error && strcmp(best->row->classifier, row->row->classifier) == 0 &&
           row->n_train == best->n_train;
}

static int find_simplest(const struct sl_table *table, struct sl_choice *choice, struct sl_error *err)
{
    const struct sl_classifier_type *type =
        sl_classifier_find(table->rows[choice->best].row->classifier, NULL);
    json_t **params = sl_alloc_zero(table->n, sizeof *params);
    int failed = !params;
    double most = 0;
    for (size_t i = 0; i < table->n && !failed; i++)
        params[i] = sl_json_parse(table->rows[i].row->params_json, &failed);
    for (size_t i = 0; type && i < table->n && !failed; i++) {
        if (i == choice->best || !params[i] || !params[choice->best] || !is_within(table, choice, i))
            continue;
        double by = row_simpler(type, params, table->n, choice->best, i);
        if (by > most) {
            most = by;
            choice->simplest = i;
        }
    }
    for (size_t i = 0; params && i < table->n; i++)
        json_decref(params[i]);
    free(params);
    return failed ? sl_fail_memory(err) : SL_OK;
}

/* -------------------------------------------------------------------------------------------------- */

int sl_choice_make(const struct sl_table *table, struct sl_choice *choice, struct sl_error *err)
{
    *choice = (struct sl_choice){.best = table->best, .simplest = table->best, .standard_error = NAN};
    choice->p = sl_alloc(table->n, sizeof *choice->p);
    if (!choice->p)
        return sl_fail_memory(err);
    for (size_t i = 0; i < table->n; i++)
        choice->p[i] = NAN;
    if (table->best == table->n || table->study->folds < 2)
        return SL_OK;
    const struct sl_table_row *best = &table->rows[table->best];
    size_t repeats = sl_count_repeats(best->row);
    if (repeats && best->n_scores > 1)
        choice->standard_error = best->score_std / sqrt((double)(best->n_scores / repeats));
    int code = compare(table, choice, err);
    if (!code && !isnan(choice->standard_error))
        code = find_simplest(table, choice, err);
    if (code)
        sl_choice_release(choice);
    return code;
}

void sl_choice_release(struct sl_choice *choice)
{
    free(choice->p);
    choice->p = NULL;
}
