/* scored_repeats.c - how often the repeats of a study's row get the same rows wrong: an error that every fit
 * makes is one of the classifier or the data, one that few make is luck.
 *
 * Repeats without folds score the same rows in the same order; those with folds score all training rows, each
 * in another order, which the data tell.  Cost: O(n) for each repeat. */
#include "show/scored_repeats.h"
#include "core/memory.h"
#include "show/outcomes.h"

static void add_share(struct sl_scored_rows *s, size_t wrong, size_t n)
{
    const double share = (double)wrong / (double)n;
    if (share < s->least_wrong)
        s->least_wrong = share;
    if (share > s->most_wrong)
        s->most_wrong = share;
}

/* The smallest and the largest share that a repeat gets wrong. */
static void find_shares(const struct sl_study_row *row, struct sl_scored_rows *s)
{
    size_t wrong = 0, n = 0;
    int last = -1;
    s->least_wrong = 1;
    s->most_wrong = 0;
    for (size_t i = 0; i < row->n_outcomes; i++) {
        const struct sl_outcome *o = &row->outcomes[i];
        if (!sl_is_scored(o))
            continue;
        if (o->repeat != last && n)
            add_share(s, wrong, n);
        if (o->repeat != last)
            wrong = n = 0;
        last = o->repeat;
        n += o->n_validation;
        for (size_t j = 0; j < o->n_validation; j++)
            wrong += o->predicted[j] != o->truth[j];
    }
    add_share(s, wrong, n);
}

/* Adds an outcome's errors to count, by the rows' numbers; NULL: by their places among those scored. */
static void add_errors(const struct sl_outcome *o, const uint32_t *number, uint32_t *count)
{
    for (size_t j = 0; j < o->n_validation; j++)
        count[number ? number[j] : j] += o->predicted[j] != o->truth[j];
}

/* By the numbers of the data's rows.  *known 0: they can not be told. */
static int count_by_number(const struct sl_study_row *row, struct sl_study_rows *rows, uint32_t *count,
                           int *known, struct sl_error *err)
{
    int code = SL_OK;
    for (size_t i = 0; i < row->n_outcomes && !code && *known; i++) {
        const struct sl_outcome *o = &row->outcomes[i];
        if (!sl_is_scored(o))
            continue;
        uint32_t *number = sl_alloc(o->n_validation, sizeof *number);
        code = number ? sl_study_rows_scored(rows, o, number, known, err) : sl_fail_memory(err);
        if (!code && *known)
            add_errors(o, number, count);
        free(number);
    }
    return code;
}

/* By their places: the outcomes of one fold each scored the same rows.  *known 0: they did not. */
static void count_by_place(const struct sl_study_row *row, uint32_t *count, int *known)
{
    const struct sl_outcome *first = NULL;
    for (size_t i = 0; i < row->n_outcomes && *known; i++) {
        const struct sl_outcome *o = &row->outcomes[i];
        if (!sl_is_scored(o))
            continue;
        if (!first)
            first = o;
        *known = sl_same_rows(first, o);
        if (*known)
            add_errors(o, NULL, count);
    }
}

int sl_scored_repeats(const struct sl_study_row *row, struct sl_study_rows *rows, struct sl_scored_rows *s,
                      struct sl_error *err)
{
    int known = 1, code = SL_OK;
    if (s->repeats < 2)
        return SL_OK;
    find_shares(row, s);
    if (s->wrong_in || (s->folds && !rows))
        return SL_OK;
    const size_t n = s->folds ? (size_t)sl_dataset_view(sl_study_rows_data(rows)).n : s->n;
    uint32_t *count = sl_alloc_zero(n, sizeof *count);
    s->wrong_in = sl_alloc(s->n, sizeof *s->wrong_in);
    if (!count || !s->wrong_in)
        code = sl_fail_memory(err);
    else if (s->folds)
        code = count_by_number(row, rows, count, &known, err);
    else
        count_by_place(row, count, &known);
    for (size_t i = 0; i < s->n && !code; i++)
        s->wrong_in[i] = count[s->folds ? s->row[i] : i];
    if (!known) {
        free(s->wrong_in);
        s->wrong_in = NULL;
    }
    free(count);
    return code;
}
