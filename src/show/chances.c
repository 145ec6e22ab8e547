/* chances.c - how sure the order of a table's rows is: an interval of each row's rank, and its chance of
 * being the best, from bootstrap samples of the scored rows (measure/ranks.c).
 *
 * Ranked are the rows that scored what the best one did.  Samples by accuracy are drawn from the rows of all
 * folds together; several repeats score the same rows again, so that a sample is drawn from the rows of all
 * repeats, as large as those of one.  By another metric the samples are those of its intervals (bootstrap.c).
 *
 * Cost: O(rows * n) for n predictions a row, and that of the samples. */
#include "core/memory.h"
#include "measure/ranks.h"
#include "show/outcomes.h"
#include "show/rank.h"
#include <math.h>

static int is_ranked(const struct sl_table *table, size_t i)
{
    return i == table->best || table->rows[i].tied_with_best >= 0;
}

static void take_ranks(struct sl_table *table, const size_t *which, size_t m, const struct sl_rank *ranks,
                       size_t samples)
{
    table->n_samples = samples;
    for (size_t i = 0; i < m && samples; i++) {
        struct sl_table_row *row = &table->rows[which[i]];
        row->rank_low = ranks[i].low;
        row->rank_high = ranks[i].high;
        row->p_best = ranks[i].best;
    }
}

/* The one with the most outcomes: in each of them, every other row has one that stands against it. */
static const struct sl_study_row *longest(const struct sl_table *table, const size_t *which, size_t m)
{
    const struct sl_study_row *longest = table->rows[which[0]].row;
    for (size_t i = 1; i < m; i++)
        if (table->rows[which[i]].row->n_outcomes > longest->n_outcomes)
            longest = table->rows[which[i]].row;
    return longest;
}

/* Sets bit c of right (n, words) where the row is right; 0 where it did not score the same rows. */
static int mark_right(const struct sl_study_row *row, size_t c, const struct sl_study_row *against,
                      uint64_t *right, size_t words)
{
    uint64_t *word = right + c / 64;
    for (size_t i = 0; i < against->n_outcomes; i++) {
        const struct sl_outcome *o = sl_partner(row, &against->outcomes[i]);
        if (!o || !sl_same_rows(&against->outcomes[i], o))
            return 0;
        for (size_t j = 0; j < o->n_validation; j++, word += words)
            *word |= (uint64_t)(o->predicted[j] == o->truth[j]) << c % 64;
    }
    return 1;
}

static size_t count_scored(const struct sl_study_row *row)
{
    size_t n = 0;
    for (size_t i = 0; i < row->n_outcomes; i++)
        n += row->outcomes[i].n_validation;
    return n;
}

static int rank_right(struct sl_table *table, const size_t *which, size_t m, struct sl_error *err)
{
    const struct sl_study_row *against = longest(table, which, m);
    size_t n = count_scored(against), words = sl_rank_words(m), samples = 0;
    uint64_t *right = sl_alloc_zero(n, words * sizeof *right);
    struct sl_rank *ranks = sl_alloc(m, sizeof *ranks);
    int code = right && ranks ? SL_OK : SL_ENOMEM, same = 1;
    for (size_t c = 0; c < m && !code && same; c++)
        same = mark_right(table->rows[which[c]].row, c, against, right, words);
    if (!code && same)
        code = sl_rank_right(right, n, m, sl_count_repeats(against), ranks, &samples);
    if (!code)
        take_ranks(table, which, m, ranks, samples);
    free(right);
    free(ranks);
    return code ? sl_fail_memory(err) : SL_OK;
}

int sl_rank_by_accuracy(struct sl_table *table, struct sl_error *err)
{
    size_t m = 0, *which = sl_alloc(table->n, sizeof *which);
    if (!which)
        return sl_fail_memory(err);
    for (size_t i = 0; i < table->n; i++)
        if (is_ranked(table, i))
            which[m++] = i;
    int code = m > 1 ? rank_right(table, which, m, err) : SL_OK;
    free(which);
    return code;
}

int sl_rank_by_values(struct sl_table *table, const double *values, size_t n, const size_t *which, size_t m,
                      struct sl_error *err)
{
    size_t samples;
    struct sl_rank *ranks = sl_alloc(m, sizeof *ranks);
    if (!ranks || sl_rank_values(values, n, m, ranks, &samples)) {
        free(ranks);
        return sl_fail_memory(err);
    }
    take_ranks(table, which, m, ranks, 2 * samples < n ? 0 : samples);
    free(ranks);
    return SL_OK;
}
