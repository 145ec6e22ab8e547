/* outcomes.c - the outcomes of a row: which were scored, how often, and which of two rows stand against each
 * other. */
#include "show/outcomes.h"
#include <math.h>
#include <string.h>

int sl_is_scored(const struct sl_outcome *o)
{
    return o->status == SL_TRIAL_OK && o->predicted && o->truth && o->n_validation;
}

double sl_sample_std(const double *x, size_t n, double mean_x)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (x[i] - mean_x) * (x[i] - mean_x);
    return n > 1 ? sqrt(sum / (double)(n - 1)) : NAN;
}

size_t sl_count_repeats(const struct sl_study_row *row)
{
    int last = -1;
    size_t n = 0;
    for (size_t i = 0; i < row->n_outcomes; i++) {
        if (!sl_is_scored(&row->outcomes[i]) || row->outcomes[i].repeat == last)
            continue;
        last = row->outcomes[i].repeat; /* outcomes stand by repeat, then fold */
        n++;
    }
    return n;
}

uint64_t sl_per_repeat(uint64_t count, size_t repeats)
{
    return (count + repeats / 2) / repeats;
}

/* Without folds, a row of a classifier without a random part has one repeat only, which stands against each.
 */
const struct sl_outcome *sl_partner(const struct sl_study_row *row, const struct sl_outcome *of)
{
    for (size_t i = 0; i < row->n_outcomes; i++) {
        const struct sl_outcome *o = &row->outcomes[i];
        if (o->fold == of->fold && (o->repeat == of->repeat || sl_count_repeats(row) == 1))
            return o;
    }
    return NULL;
}

int sl_same_rows(const struct sl_outcome *a, const struct sl_outcome *b)
{
    if (!sl_is_scored(a) || !sl_is_scored(b) || a->n_validation != b->n_validation)
        return 0;
    /* Outcomes of one study's split share truth; those of another study have a copy. */
    return a->truth == b->truth || (*a->split && strcmp(a->split, b->split) == 0 &&
                                    memcmp(a->truth, b->truth, a->n_validation * sizeof *a->truth) == 0);
}

int sl_all_same_rows(const struct sl_study_row *a, const struct sl_study_row *b)
{
    if (a->n_outcomes < b->n_outcomes)
        return sl_all_same_rows(b, a);
    for (size_t i = 0; i < a->n_outcomes; i++) {
        const struct sl_outcome *partner = sl_partner(b, &a->outcomes[i]);
        if (!partner || !sl_same_rows(&a->outcomes[i], partner))
            return 0;
    }
    return 1;
}

int sl_discordant(const struct sl_study_row *a, const struct sl_study_row *b, uint64_t *only_a,
                  uint64_t *only_b)
{
    *only_a = *only_b = 0;
    if (a->n_outcomes < b->n_outcomes)
        return sl_discordant(b, a, only_b, only_a);
    if (!sl_all_same_rows(a, b))
        return -1;
    for (size_t i = 0; i < a->n_outcomes; i++) {
        const struct sl_outcome *x = &a->outcomes[i], *y = sl_partner(b, x);
        for (size_t j = 0; j < x->n_validation; j++) {
            int right_a = x->predicted[j] == x->truth[j], right_b = y->predicted[j] == y->truth[j];
            *only_a += right_a && !right_b;
            *only_b += right_b && !right_a;
        }
    }
    size_t repeats = sl_count_repeats(a);
    *only_a = sl_per_repeat(*only_a, repeats);
    *only_b = sl_per_repeat(*only_b, repeats);
    return 0;
}
