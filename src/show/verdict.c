/* verdict.c - what a table comes to, in one to three sentences: which row is the best and which can not be
 * told from it, which of these is the fastest and what a far faster row costs, which rows have no part in it.
 *
 * It says what the marks, tests and intervals of the table say, and nothing that they do not: a difference
 * has its 95 % interval (normal approximation); a row is called faster only where both times were measured
 * alike, and a time too short for what is known of it counts as the shortest that can be compared.  Cost:
 * O(rows). */
#include "show/verdict.h"
#include "core/memory.h"
#include "show/rules.h"
#include "show/verdict_words.h"
#include <math.h>
#include <string.h>

static const double usual = 1.5; /* share of the most frequent class by that of equal classes */

/* The best ---------------------------------------------------------------------------------------- */

/* The best of the rows that are worse than the best; n where there is none. */
static size_t find_next(const struct sl_judge *j)
{
    const struct sl_table *table = j->table;
    size_t next = table->n;
    for (size_t i = 0; i < table->n; i++)
        if (table->rows[i].tied_with_best == 0 && (next == table->n || sl_table_is_better(table, i, next)))
            next = i;
    return next;
}

static size_t count_compared(const struct sl_judge *j)
{
    size_t n = 0;
    for (size_t i = 0; i < j->table->n; i++)
        n += i != j->table->best && sl_verdict_row(j, i)->tied_with_best >= 0;
    return n;
}

/* What chance has of the metric; NaN where that is no one number. */
static double chance(const struct sl_table *table)
{
    switch (table->metric) {
    case SL_MEASURE_balanced_accuracy:
        return 1.0 / table->study->k;
    case SL_MEASURE_mcc:
    case SL_MEASURE_kappa:
        return 0;
    case SL_MEASURE_roc_auc:
        return 0.5;
    default:
        return NAN;
    }
}

/* Is the best row not shown to be better than one that looks at no feature? */
static int is_idle(const struct sl_judge *j)
{
    const struct sl_table *table = j->table;
    if (sl_row_is_majority(j->best))
        return count_compared(j) > 0;
    if (table->metric == SL_MEASURE_accuracy)
        return !sl_row_beats_majority(j->best);
    for (size_t i = 0; i < table->n;
         i++) { /* the mark says that it is not tied: it is no match for any row */
        const struct sl_table_row *row = &table->rows[i];
        if (sl_row_is_majority(row) && fabs(j->best->score - row->score) <= 1.96 * row->behind_error)
            return 1;
    }
    return j->best->score_low <= chance(table);
}

static void say_idle(struct sl_judge *j)
{
    sl_string_add(&j->text, "No row is %s than ",
                  sl_row_is_majority(j->best) ? "better" : "shown to be better");
    if (j->table->metric == SL_MEASURE_accuracy || isnan(chance(j->table)))
        sl_string_add(&j->text, "predicting the most frequent class");
    else
        sl_string_add(&j->text, "chance, %s %g", sl_measure_types[j->table->metric].name, chance(j->table));
    if (j->table->metric == SL_MEASURE_accuracy) {
        sl_string_add(&j->text, ", which is right in ");
        sl_verdict_score(j, j->best->largest_share);
        sl_string_add(&j->text, " of the rows");
    }
    if (!sl_row_is_majority(j->best)) {
        sl_string_add(&j->text, ": the best, %s, has ", j->best->row->name);
        sl_verdict_metric(j);
        sl_string_add(&j->text, " ");
        sl_verdict_interval(j, j->best);
        sl_verdict_where(j);
    }
    sl_string_add(&j->text, ".");
}

/* "MLP is the best on these 10,000 validation rows with accuracy " */
static void say_best(struct sl_judge *j, const char *is)
{
    sl_string_add(&j->text, "%s is %s", j->best->row->name, is);
    sl_verdict_where(j);
    sl_string_add(&j->text, " with ");
    sl_verdict_metric(j);
    sl_string_add(&j->text, " ");
}

static void say_winner(struct sl_judge *j, size_t next)
{
    say_best(j, "the best");
    sl_verdict_score(j, j->best->score);
    sl_string_add(&j->text, ", ");
    sl_verdict_difference(j, sl_verdict_row(j, next));
    sl_string_add(&j->text, " better than the next, %s", sl_verdict_name(j, next));
}

static void say_tied(struct sl_judge *j, size_t compared)
{
    const struct sl_verdict *v = j->verdict;
    int equal = sl_verdict_row(j, v->tied[0])->score == j->best->score;
    say_best(j, equal ? "among the best" : "ahead");
    sl_verdict_score(j, j->best->score);
    if (v->n_tied == compared && compared > 1)
        sl_string_add(&j->text, ", but none of the other %zu rows can be told apart from it", compared);
    else {
        sl_string_add(&j->text, ", but ");
        sl_verdict_names(j, v->tied, v->n_tied);
        sl_string_add(&j->text, " cannot be told apart from it");
    }
}

/* Without another row, or without one that scored the same rows. */
static void say_alone(struct sl_judge *j)
{
    say_best(j, "the best");
    sl_verdict_interval(j, j->best);
    sl_string_add(&j->text, "; there is no other row to compare it with");
}

static void say_who(struct sl_judge *j)
{
    const struct sl_table *table = j->table;
    size_t compared = count_compared(j);
    if (!compared)
        say_alone(j);
    else if (j->verdict->n_tied)
        say_tied(j, compared);
    else
        say_winner(j, find_next(j));
    if (table->metric == SL_MEASURE_accuracy && !sl_row_is_majority(j->best) &&
        j->best->largest_share * table->study->k > usual) {
        sl_string_add(&j->text, "; predicting the most frequent class alone has ");
        sl_verdict_score(j, j->best->largest_share);
    }
    sl_string_add(&j->text, ".");
}

/* ------------------------------------------------------------------------------------------------- */

/* Why a row has no part in the comparison; NULL where it has. */
static const char *why_left_out(const struct sl_table *table, const struct sl_table_row *row)
{
    if (row->status == SL_TRIAL_MISSING)
        return "not run yet";
    if (row->status != SL_TRIAL_OK)
        return sl_trial_status_name(row->status);
    if (isnan(row->score))
        return sl_measure_types[table->metric].title;
    return table->best < table->n && row->tied_with_best < 0 ? "scored on other rows" : NULL;
}

static void say_left_out(struct sl_judge *j)
{
    size_t n = 0, more = 0;
    for (size_t i = 0; i < j->table->n; i++) {
        const struct sl_table_row *row = sl_verdict_row(j, i);
        const char *why = why_left_out(j->table, row);
        if (!why)
            continue;
        if (n == SL_VERDICT_NAMED) {
            more++;
            continue;
        }
        int none = row->status == SL_TRIAL_OK && isnan(row->score);
        sl_string_add(&j->text, "%s%s (%s%s)", n++ ? ", " : " Not compared: ", row->row->name,
                      none ? "no " : "", why);
    }
    if (more)
        sl_string_add(&j->text, " and %zu more", more);
    sl_string_add(&j->text, n ? "." : "");
}

/* The tied rows, the best first. */
static int find_tied(struct sl_judge *j)
{
    const struct sl_table *table = j->table;
    struct sl_verdict *v = j->verdict;
    v->tied = sl_alloc(table->n, sizeof *v->tied);
    if (!v->tied)
        return SL_ENOMEM;
    for (size_t i = 0; i < table->n; i++) {
        size_t at = v->n_tied;
        if (i == table->best || table->rows[i].tied_with_best != 1)
            continue;
        for (; at && sl_table_is_better(table, i, v->tied[at - 1]); at--)
            v->tied[at] = v->tied[at - 1];
        v->tied[at] = i;
        v->n_tied++;
    }
    return SL_OK;
}

static void say_all(struct sl_judge *j)
{
    if (!j->best)
        sl_string_add(&j->text, "No row has %s to compare.", sl_measure_types[j->table->metric].name);
    else if (is_idle(j))
        say_idle(j);
    else {
        say_who(j);
        sl_verdict_times(j);
    }
    say_left_out(j);
}

int sl_table_verdict(struct sl_table *table, struct sl_error *err)
{
    struct sl_judge j = {.table = table, .verdict = &table->verdict};
    int scores = table->study->n_validation || table->study->folds > 1;
    sl_verdict_release(&table->verdict);
    table->verdict.fastest = table->verdict.faster = table->n;
    for (size_t i = 0; i < table->n; i++)
        scores |= table->rows[i].n_scores > 0;
    if (!scores || !table->n)
        return SL_OK;
    j.best = table->best < table->n ? &table->rows[table->best] : NULL;
    if (find_tied(&j))
        return sl_fail_memory(err);
    say_all(&j);
    table->verdict.text = j.text.text;
    return j.text.failed ? sl_fail_memory(err) : SL_OK;
}

void sl_verdict_release(struct sl_verdict *verdict)
{
    free(verdict->text);
    free(verdict->tied);
    *verdict = (struct sl_verdict){0};
}
