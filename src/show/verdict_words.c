/* verdict_words.c - the parts that a verdict's sentences are made of. */
#include "show/verdict_words.h"
#include "show/numbers.h"
#include <math.h>

void sl_verdict_metric(struct sl_judge *j)
{
    const struct sl_study *study = j->table->study;
    sl_string_add(&j->text, "%s%s", study->folds > 1 || study->repeats > 1 ? "mean " : "",
                  sl_measure_types[j->table->metric].name);
}

void sl_verdict_where(struct sl_judge *j)
{
    const struct sl_study *study = j->table->study;
    char count[40];
    if (study->folds > 1)
        sl_string_add(&j->text, " over %d folds", study->folds);
    if (study->repeats > 1)
        sl_string_add(&j->text, "%s%d repeats", study->folds > 1 ? " and " : " over ", study->repeats);
    sl_print_count(j->best->n_validation, count, sizeof count);
    if (study->folds < 2)
        sl_string_add(&j->text, " on these %s %s rows", count, study->final ? "test" : "validation");
}

void sl_verdict_score(struct sl_judge *j, double score)
{
    sl_string_add(&j->text, "%.*f", sl_score_digits(j->table), score);
}

void sl_verdict_interval(struct sl_judge *j, const struct sl_table_row *row)
{
    int digits = sl_score_digits(j->table);
    sl_verdict_score(j, row->score);
    if (!isnan(row->score_low))
        sl_string_add(&j->text, " [%.*f, %.*f]", digits, row->score_low, digits, row->score_high);
}

void sl_verdict_difference(struct sl_judge *j, const struct sl_table_row *row)
{
    int share = sl_measure_types[j->table->metric].unit == SL_MEASURED_FRACTION;
    double unit = share ? 100 : 1, apart = unit * fabs(j->best->score - row->score);
    double reach = 1.96 * unit * row->behind_error;
    int digits = !share ? 3 : apart < 0.1 ? 2 : 1;
    sl_string_add(&j->text, "%.*f%s", digits, apart, share ? " points" : "");
    if (!isnan(reach))
        sl_string_add(&j->text, " [%.*f, %.*f]", digits, apart - reach, digits, apart + reach);
}

void sl_verdict_names(struct sl_judge *j, const size_t *rows, size_t n)
{
    size_t named = n > SL_VERDICT_NAMED ? SL_VERDICT_NAMED : n;
    for (size_t i = 0; i < named; i++)
        sl_string_add(&j->text, "%s%s", !i ? "" : i + 1 == n ? " and " : ", ", sl_verdict_name(j, rows[i]));
    if (named < n)
        sl_string_add(&j->text, " and %zu more", n - named);
}
