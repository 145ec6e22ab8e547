/* scored_rows.c - the scored rows of a study's row, for an analysis of its errors: predictions, the scores
 * that the store keeps, the rows' numbers in the data, and which other rows of the study get them wrong, too.
 *
 * Of several repeats it takes one, all folds of it, and counts how often the others get the same rows wrong
 * (scored_repeats.c).  Cost: O(n k), and O(n) for each other row of the study and each other repeat; reading
 * the data, where they are wanted. */
#include "core/memory.h"
#include "data/dataset.h"
#include "explain/errors/errors.h"
#include "show/outcomes.h"
#include "show/report.h"
#include "show/scored_repeats.h"
#include <math.h>
#include <string.h>

struct work {
    const struct sl_table *table;
    const struct sl_study_row *row;
    const char *out;
    struct sl_scored_rows *s;
    size_t n_outcomes;
    const struct sl_outcome **outcomes; /* (n_outcomes) whose rows these are */
};

/* Repeats are counted among those that were scored, from 1 on: what the study calls them may have gaps. */
static int check_repeat(const struct work *w, struct sl_error *err)
{
    const struct sl_scored_rows *s = w->s;
    if (!s->repeats)
        return sl_fail(err, SL_EUSAGE, "row '%.80s' has no predictions: nothing was scored", w->row->name);
    if (s->repeat <= s->repeats)
        return SL_OK;
    return s->repeats == 1 ? sl_fail(err, SL_EUSAGE, "row '%.80s' has no repeat %d: it was scored once",
                                     w->row->name, s->repeat)
                           : sl_fail(err, SL_EUSAGE, "row '%.80s' has no repeat %d: there are 1 to %d",
                                     w->row->name, s->repeat, s->repeats);
}

static int choose(struct work *w, struct sl_error *err)
{
    const struct sl_study_row *row = w->row;
    int repeat = 0, last = -1;
    w->outcomes = sl_alloc(row->n_outcomes, sizeof *w->outcomes);
    if (!w->outcomes)
        return sl_fail_memory(err);
    for (size_t i = 0; i < row->n_outcomes; i++) {
        const struct sl_outcome *o = &row->outcomes[i];
        if (!sl_is_scored(o))
            continue;
        repeat += o->repeat != last;
        last = o->repeat;
        if (repeat != w->s->repeat)
            continue;
        w->outcomes[w->n_outcomes++] = o;
        w->s->n += o->n_validation;
    }
    return check_repeat(w, err);
}

static int copy_labels(struct work *w, struct sl_error *err)
{
    struct sl_scored_rows *s = w->s;
    size_t at = 0;
    s->truth = sl_alloc(s->n, sizeof *s->truth);
    s->predicted = sl_alloc(s->n, sizeof *s->predicted);
    s->name = sl_strdup(w->row->name);
    s->classes = sl_names_copy((const char *const *)w->table->study->classes, (size_t)s->k);
    if (!s->truth || !s->predicted || !s->name || !s->classes)
        return sl_fail_memory(err);
    for (size_t o = 0; o < w->n_outcomes; o++) {
        const struct sl_outcome *from = w->outcomes[o];
        memcpy(s->truth + at, from->truth, from->n_validation * sizeof *s->truth);
        memcpy(s->predicted + at, from->predicted, from->n_validation * sizeof *s->predicted);
        at += from->n_validation;
    }
    return SL_OK;
}

/* Scores ------------------------------------------------------------------------------------------- */

static double gap_of_two(const struct sl_scores *kept, size_t i)
{
    const double first = sl_scores_value(kept, i, 0),
                 second = kept->width > 1 ? sl_scores_value(kept, i, 1) : -INFINITY;
    return second == -INFINITY ? INFINITY : first - second;
}

/* Of one outcome, from row `at` on.  The first one decides what is kept of all; those of others kept less are
 * none. */
static int add_scores(struct work *w, const struct sl_scores *kept, size_t at, int *any, struct sl_error *err)
{
    struct sl_scored_rows *s = w->s;
    const int width = kept->classes ? 0 : kept->width;
    if (at == 0) {
        s->width = width;
        s->probabilities = kept->probabilities;
        s->scores = width ? sl_alloc(s->n, (size_t)width * sizeof *s->scores) : NULL;
        s->margin = kept->n && !width ? sl_alloc(s->n, sizeof *s->margin) : NULL;
        if ((width && !s->scores) || (kept->n && !width && !s->margin))
            return sl_fail_memory(err);
    }
    *any &= kept->n && width == s->width && kept->probabilities == s->probabilities;
    for (size_t i = 0; i < kept->n && *any; i++) {
        for (int c = 0; c < width; c++)
            s->scores[(at + i) * (size_t)width + (size_t)c] = (float)sl_scores_value(kept, i, c);
        if (!width)
            s->margin[at + i] = gap_of_two(kept, i);
    }
    return SL_OK;
}

static int read_scores(struct work *w, struct sl_error *err)
{
    struct sl_scored_rows *s = w->s;
    size_t at = 0;
    int any = 1, code = SL_OK;
    for (size_t o = 0; o < w->n_outcomes && !code; o++) {
        struct sl_scores kept = {0};
        code = sl_study_scores(w->out, w->table->study, w->outcomes[o], &kept, err);
        if (!code)
            code = add_scores(w, &kept, at, &any, err);
        sl_scores_free(&kept);
        at += w->outcomes[o]->n_validation;
    }
    if (!code && any && s->scores)
        return sl_scored_margins(s, err);
    if (!code && !any) {
        free(s->scores);
        free(s->margin);
        s->scores = NULL;
        s->margin = NULL;
        s->width = 0;
    }
    return code;
}

/* Other rows of the study -------------------------------------------------------------------------- */

/* The other row's outcome on the rows of one of ours; NULL: it has none. */
static const struct sl_outcome *rival_outcome(const struct sl_study_row *other, const struct sl_outcome *ours)
{
    const struct sl_outcome *o = sl_partner(other, ours);
    return o && sl_same_rows(o, ours) ? o : NULL;
}

static int scored_the_same(const struct work *w, const struct sl_study_row *other)
{
    for (size_t o = 0; o < w->n_outcomes; o++)
        if (!rival_outcome(other, w->outcomes[o]))
            return 0;
    return 1;
}

static void compare(const struct work *w, const struct sl_study_row *other, struct sl_rival *rival)
{
    struct sl_scored_rows *s = w->s;
    size_t at = 0;
    for (size_t o = 0; o < w->n_outcomes; o++) {
        const struct sl_outcome *theirs = rival_outcome(other, w->outcomes[o]);
        for (size_t i = 0; i < theirs->n_validation; i++, at++) {
            const int wrong = theirs->predicted[i] != theirs->truth[i], ours = sl_is_wrong(s, at);
            s->wrong_by[at] += (uint32_t)wrong;
            rival->wrong += (size_t)wrong;
            rival->both += (size_t)(wrong && ours);
            rival->ours += (size_t)(ours && !wrong);
        }
    }
}

static int add_rivals(struct work *w, struct sl_error *err)
{
    struct sl_scored_rows *s = w->s;
    const struct sl_study *study = w->table->study;
    s->rivals = sl_alloc_zero(study->n_rows, sizeof *s->rivals);
    s->wrong_by = sl_alloc(s->n, sizeof *s->wrong_by);
    if (!s->rivals || !s->wrong_by)
        return sl_fail_memory(err);
    for (size_t i = 0; i < s->n; i++)
        s->wrong_by[i] = (uint32_t)sl_is_wrong(s, i);
    for (size_t r = 0; r < study->n_rows; r++) {
        if (&study->rows[r] == w->row || !scored_the_same(w, &study->rows[r]))
            continue;
        struct sl_rival *rival = &s->rivals[s->n_rivals];
        rival->name = sl_strdup(study->rows[r].name);
        if (!rival->name)
            return sl_fail_memory(err);
        s->n_rivals++;
        compare(w, &study->rows[r], rival);
    }
    if (!s->n_rivals) {
        free(s->wrong_by);
        s->wrong_by = NULL;
    }
    return SL_OK;
}

/* Rows of the data --------------------------------------------------------------------------------- */

static int number_rows(struct work *w, struct sl_study_rows *rows, struct sl_error *err)
{
    struct sl_scored_rows *s = w->s;
    size_t at = 0;
    int known = 1, code = SL_OK;
    s->row = sl_alloc(s->n, sizeof *s->row);
    if (!s->row)
        return sl_fail_memory(err);
    for (size_t o = 0; o < w->n_outcomes && !code && known; o++) {
        code = sl_study_rows_scored(rows, w->outcomes[o], s->row + at, &known, err);
        at += w->outcomes[o]->n_validation;
    }
    if (code || known)
        return code;
    free(s->row);
    s->row = NULL;
    snprintf(s->missing, sizeof s->missing, "which rows of its data were scored can not be told");
    return SL_OK;
}

/* The data stay open: the scored rows take them over. */
static int open_data(struct work *w, const char *data, struct sl_error *err)
{
    struct sl_scored_rows *s = w->s;
    struct sl_study_rows *rows;
    int code = sl_study_rows_open(w->table->study, data, &rows, s->missing, sizeof s->missing, err);
    if (code || !rows)
        return code;
    code = number_rows(w, rows, err);
    if (!code && s->row)
        code = sl_scored_repeats(w->row, rows, s, err);
    if (!code && s->row)
        s->data = s->own = sl_study_rows_take(rows);
    sl_study_rows_close(rows);
    return code;
}

int sl_scored_rows_of_study(const struct sl_table *table, const char *row, int repeat, const char *out,
                            int with_data, const char *data, struct sl_scored_rows *s, struct sl_error *err)
{
    const struct sl_table_row *found = sl_table_find(table, row, err);
    struct work w = {.table = table, .out = out, .s = s};
    *s = (struct sl_scored_rows){.k = table->study->k,
                                 .folds = table->study->folds > 1,
                                 .of_test = table->study->final != 0,
                                 .repeat = repeat};
    if (!found)
        return err && err->code ? err->code : SL_EUSAGE;
    w.row = found->row;
    s->repeats = (int)sl_count_repeats(w.row);
    int code = choose(&w, err);
    if (!code)
        code = copy_labels(&w, err);
    if (!code)
        code = read_scores(&w, err);
    if (!code)
        code = add_rivals(&w, err);
    if (!code)
        code = sl_scored_repeats(w.row, NULL, s, err);
    if (!code && with_data)
        code = open_data(&w, data, err);
    free(w.outcomes);
    if (code)
        sl_scored_rows_release(s);
    return code;
}
