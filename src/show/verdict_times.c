/* verdict_times.c - what a verdict says of times: the fastest of the rows that are as good, and a far faster
 * one that is worse. */
#include "show/numbers.h"
#include "show/rules.h"
#include "show/verdict_words.h"
#include <math.h>

static const double twice = 2; /* times: what is worth a word among rows that are as good */

/* Is its time too short for what is known of it? */
static int is_brief(const struct sl_table_row *row)
{
    return sl_row_seconds(row) < SL_SHORTEST && sl_row_is_doubtful(row);
}

static int is_share(const struct sl_table_row *row)
{
    return !isnan(row->group);
}

/* The most that it took, as far as can be told: fitted with others, a row took no more by itself than they
 * all together, each of which has an equal share of what they had in common. */
static double at_most(const struct sl_table_row *row)
{
    double seconds = is_brief(row) ? SL_SHORTEST : sl_row_seconds(row);
    return is_share(row) ? row->group * seconds : seconds;
}

/* How many times as fast a row is at least. */
static double ratio(const struct sl_table_row *fast, const struct sl_table_row *slow)
{
    return sl_row_seconds(slow) / at_most(fast);
}

static int is_noisy(const struct sl_table_row *row)
{
    return !is_brief(row) && sl_row_is_doubtful(row);
}

/* Why the times of two rows do not compare; NULL where they do, "" where there is none. */
static const char *why_not(const struct sl_table_row *a, const struct sl_table_row *b)
{
    if (isnan(sl_row_seconds(a)) || isnan(sl_row_seconds(b)))
        return "";
    if (a->shared || b->shared)
        return "they were measured beside other trials";
    if (is_noisy(a) || is_noisy(b))
        return "some are too noisy";
    if (a->threads_least != b->threads_most || b->threads_least != a->threads_most)
        return "they were measured on different numbers of threads";
    return NULL;
}

/* "5.2 times as fast as B (0.958 s against 4.97 s to fit and score)" */
static void add_ratio(struct sl_judge *j, const struct sl_table_row *fast, const struct sl_table_row *slow)
{
    char of_fast[40], of_slow[40];
    double times = ratio(fast, slow);
    sl_print_seconds(sl_row_seconds(fast), of_fast, sizeof of_fast);
    sl_print_seconds(sl_row_seconds(slow), of_slow, sizeof of_slow);
    sl_string_add(&j->text, "%s%.*f times as fast as %s (%s s against %s s to fit and score)",
                  is_brief(fast)                     ? "more than "
                  : is_share(fast) || is_share(slow) ? "at least "
                                                     : "",
                  times < 9.95, times, slow->row->name, of_fast, of_slow);
}

/* Of the rows that are as good.  Returns why their times do not compare; NULL where they do, "" where they
 * were not measured. */
static const char *find_extremes(const struct sl_judge *j, size_t *fastest, size_t *slowest)
{
    const struct sl_verdict *v = j->verdict;
    *fastest = *slowest = j->table->best;
    for (size_t i = 0; i < v->n_tied; i++) {
        const struct sl_table_row *row = sl_verdict_row(j, v->tied[i]);
        const char *why = why_not(j->best, row);
        if (why)
            return why;
        if (at_most(row) < at_most(sl_verdict_row(j, *fastest)))
            *fastest = v->tied[i];
        if (sl_row_seconds(row) > sl_row_seconds(sl_verdict_row(j, *slowest)))
            *slowest = v->tied[i];
    }
    return NULL;
}

/* Why none is called the fastest though their times compare. */
static const char *why_none(const struct sl_judge *j, const struct sl_table_row *slow)
{
    const struct sl_verdict *v = j->verdict;
    int share = is_share(j->best), brief = is_brief(j->best);
    for (size_t i = 0; i < v->n_tied; i++) {
        share |= is_share(sl_verdict_row(j, v->tied[i]));
        brief |= is_brief(sl_verdict_row(j, v->tied[i]));
    }
    return brief && sl_row_seconds(slow) < SL_SHORTEST
               ? " None of these is slow enough for its time to be compared"
           : share ? " Their times do not compare: some are shares of what several rows had in common"
                   : " None of these is twice as fast as another";
}

/* Returns whether something was said. */
static int say_fastest(struct sl_judge *j)
{
    struct sl_verdict *v = j->verdict;
    size_t fastest, slowest;
    const char *why = v->n_tied ? find_extremes(j, &fastest, &slowest) : "";
    if (why) {
        sl_string_add(&j->text, "%s%s", *why ? " Their times do not compare: " : "", why);
        return *why != 0;
    }
    const struct sl_table_row *fast = sl_verdict_row(j, fastest), *slow = sl_verdict_row(j, slowest);
    if (ratio(fast, slow) < twice) {
        sl_string_add(&j->text, "%s", why_none(j, slow));
        return 1;
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
            ratio(row, sl_verdict_row(j, than)) < SL_FAR_SLOWER)
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
