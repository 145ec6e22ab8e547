/* verdict_times.c - what a verdict says of times: the fastest of the rows that are as good, and a far faster
 * one that is worse. */
#include "show/numbers.h"
#include "show/rules.h"
#include "show/verdict_words.h"
#include <math.h>

static const double twice = 2; /* times: what is worth a word among rows that are as good */

/* As far as it can be compared. */
static double seconds(const struct sl_table_row *row)
{
    return fmax(sl_row_seconds(row), SL_SHORTEST);
}

/* Why the times of two rows do not compare; NULL where they do, "" where there is none. */
static const char *why_not(const struct sl_table_row *a, const struct sl_table_row *b)
{
    if (isnan(sl_row_seconds(a)) || isnan(sl_row_seconds(b)))
        return "";
    if (a->shared || b->shared)
        return "they were measured beside other trials";
    if (!isnan(a->measures[SL_MEASURE_group]) || !isnan(b->measures[SL_MEASURE_group]))
        return "some are shares of what several rows had in common";
    if (a->threads_least != b->threads_most || b->threads_least != a->threads_most)
        return "they were measured on different numbers of threads";
    return NULL;
}

/* "5.2 times as fast as B (0.958 s against 4.97 s to fit and score)" */
static void add_ratio(struct sl_judge *j, const struct sl_table_row *fast, const struct sl_table_row *slow)
{
    char of_fast[40], of_slow[40];
    double ratio = seconds(slow) / seconds(fast);
    sl_print_seconds(sl_row_seconds(fast), of_fast, sizeof of_fast);
    sl_print_seconds(sl_row_seconds(slow), of_slow, sizeof of_slow);
    sl_string_add(&j->text, "%s%.*f times as fast as %s (%s s against %s s to fit and score)",
                  sl_row_seconds(fast) < SL_SHORTEST ? "more than " : "", ratio < 9.95, ratio,
                  slow->row->name, of_fast, of_slow);
}

/* Which of the rows that are as good is the fastest?  Returns whether something was said. */
static int say_fastest(struct sl_judge *j)
{
    struct sl_verdict *v = j->verdict;
    const struct sl_table_row *fast = j->best, *slow = j->best;
    size_t fastest = j->table->best;
    for (size_t i = 0; i < v->n_tied; i++) {
        const struct sl_table_row *row = sl_verdict_row(j, v->tied[i]);
        const char *why = why_not(j->best, row);
        if (why && *why)
            sl_string_add(&j->text, " Their times do not compare: %s", why);
        if (why)
            return *why != 0;
        if (sl_row_seconds(row) < sl_row_seconds(fast)) {
            fast = row;
            fastest = v->tied[i];
        }
        slow = sl_row_seconds(row) > sl_row_seconds(slow) ? row : slow;
    }
    if (!v->n_tied || seconds(slow) < twice * seconds(fast)) {
        if (v->n_tied)
            sl_string_add(&j->text, " None of these is %s",
                          sl_row_seconds(slow) < SL_SHORTEST ? "slow enough for its time to be compared"
                                                             : "twice as fast as another");
        return v->n_tied > 0;
    }
    v->fastest = fastest;
    sl_string_add(&j->text,
                  fast == j->best ? " It is also the fastest of these, " : " Of these, %s is the fastest, ",
                  fast->row->name);
    add_ratio(j, fast, slow);
    return 1;
}

/* The best of the rows that are worse but far faster than the row at `than`; n where there is none. */
static size_t find_faster(const struct sl_judge *j, size_t than)
{
    const struct sl_table *table = j->table;
    size_t found = table->n;
    for (size_t i = 0; i < table->n; i++) {
        const struct sl_table_row *row = &table->rows[i];
        if (row->tied_with_best != 0 || sl_row_is_majority(row) || why_not(row, sl_verdict_row(j, than)) ||
            seconds(sl_verdict_row(j, than)) < SL_FAR_SLOWER * seconds(row))
            continue;
        if (found == table->n || sl_table_is_better(table, i, found))
            found = i;
    }
    return found;
}

void sl_verdict_times(struct sl_judge *j)
{
    struct sl_verdict *v = j->verdict;
    int said = say_fastest(j);
    size_t than = v->fastest < j->table->n ? v->fastest : j->table->best;
    v->faster = find_faster(j, than);
    if (v->faster < j->table->n) {
        const struct sl_table_row *row = sl_verdict_row(j, v->faster);
        sl_string_add(&j->text, "%s%s is ", said ? "; " : " ", row->row->name);
        add_ratio(j, row, sl_verdict_row(j, than));
        sl_string_add(&j->text, " and ");
        sl_verdict_difference(j, row);
        sl_string_add(&j->text, " worse than %s",
                      than == j->table->best && !v->n_tied ? "it" : j->best->row->name);
        said = 1;
    }
    if (said)
        sl_string_add(&j->text, ".");
}
