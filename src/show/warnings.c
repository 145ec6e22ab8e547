/* warnings.c - what makes a table misleading: looked for in its rows, and taken from what the readers found
 * in the data.  Rules and their bounds are rules of thumb, stated here; a warning changes no number.
 *
 * Cost: O(rows * (n + rows)) for n predictions a row. */
#include "show/warnings.h"
#include "core/json_text.h"
#include "core/memory.h"
#include "core/text.h"
#include "show/rules.h"
#include <math.h>
#include <shortlist/classifier.h>
#include <string.h>

enum { NAMED = 5 /* rows in a sentence */, FEW_VALUES = 3 /* of a grid */ };
static const double overfitted = 0.1, /* accuracy on training rows above that on others */
    worth_saving = 1,                 /* seconds */
    broad = 0.1;                      /* width of the best row's interval */

struct finder {
    struct sl_table *table;
    int failed; /* an allocation failed */
};

/* Lists ---------------------------------------------------------------------------------------------- */

/* Takes text and rows. */
static void add(struct finder *f, enum sl_warning_id id, struct sl_string *text, size_t *rows, size_t n)
{
    f->failed |= text->failed || sl_warnings_add(&f->table->warnings, id, text->text, rows, n);
    *text = (struct sl_string){0};
}

/* "before A, B and 3 more behind" about the rows that is says yes to; nothing where there are none. */
static void add_rows(struct finder *f, enum sl_warning_id id, int (*is)(const struct finder *f, size_t i),
                     const char *before, const char *behind)
{
    struct sl_table *table = f->table;
    struct sl_string text = {0};
    size_t n = 0, *rows = sl_alloc(table->n, sizeof *rows);
    if (!rows) {
        f->failed = 1;
        return;
    }
    for (size_t i = 0; i < table->n; i++)
        if (sl_row_counts(&table->rows[i]) && is(f, i))
            rows[n++] = i;
    if (!n) {
        free(rows);
        return;
    }
    sl_string_add(&text, "%s", before);
    for (size_t i = 0; i < n && i < NAMED; i++)
        sl_string_add(&text, "%s%s", i ? ", " : "", table->rows[rows[i]].row->name);
    if (n > NAMED)
        sl_string_add(&text, " and %zu more", n - NAMED);
    sl_string_add(&text, "%s", behind);
    add(f, id, &text, rows, n);
}

/* Rows ----------------------------------------------------------------------------------------------- */

static int not_converged(const struct finder *f, size_t i)
{
    return f->table->rows[i].converged == 0;
}

static int no_better_than_majority(const struct finder *f, size_t i)
{
    const struct sl_table_row *row = &f->table->rows[i];
    return !sl_row_is_majority(row) && !sl_row_beats_majority(row);
}

static int unscaled(const struct finder *f, size_t i)
{
    const struct sl_study_row *row = f->table->rows[i].row;
    const struct sl_classifier_type *type = sl_classifier_find(row->classifier, NULL);
    return type && type->flags & SL_WANTS_SCALED && row->scaling && strcmp(row->scaling, "none") == 0;
}

/* By the fitted model where it was evaluated, else by the last epoch. */
static int overfits(const struct finder *f, size_t i)
{
    const struct sl_table_row *row = &f->table->rows[i];
    const double train = isnan(row->train_accuracy) ? row->epoch_accuracy : row->train_accuracy;
    return train > row->accuracy + overfitted;
}

static int dominated(const struct finder *f, size_t i)
{
    const struct sl_table_row *row = &f->table->rows[i];
    if (!(sl_row_seconds(row) >= worth_saving) || row->shared)
        return 0;
    for (size_t j = 0; j < f->table->n; j++) {
        const struct sl_table_row *other = &f->table->rows[j];
        if (sl_row_counts(other) && !other->shared && other->accuracy >= row->accuracy &&
            sl_row_seconds(row) > SL_FAR_SLOWER * sl_row_seconds(other))
            return 1;
    }
    return 0;
}

static int beside_others(const struct finder *f, size_t i)
{
    return f->table->rows[i].shared;
}

static void warn_short_times(struct finder *f)
{
    size_t n = 0, doubtful = 0;
    for (size_t i = 0; i < f->table->n; i++) {
        const struct sl_table_row *row = &f->table->rows[i];
        if (!sl_row_counts(row) || sl_row_is_majority(row))
            continue;
        n++;
        doubtful += sl_row_is_doubtful(row);
    }
    struct sl_string text = {0};
    if (n < 2 || 2 * doubtful <= n)
        return;
    sl_string_add(
        &text,
        "the times of %zu of %zu rows are too short or too noisy to compare: measured again they may "
        "differ by more than %g %%; --timing-runs measures more often",
        doubtful, n, 100 * SL_NOISIEST);
    add(f, SL_WARNING_times, &text, NULL, 0);
}

static void warn_few_scored(struct finder *f)
{
    const struct sl_table *table = f->table;
    struct sl_string text = {0};
    if (table->best == table->n)
        return;
    const struct sl_table_row *best = &table->rows[table->best];
    if (!(best->ci_high - best->ci_low > broad))
        return;
    sl_string_add(&text, "%zu rows were scored: the best row's interval is %.0f points wide%s",
                  best->n_validation, 100 * (best->ci_high - best->ci_low),
                  table->study->folds > 1 ? "" : "; folds score every training row");
    add(f, SL_WARNING_few_scored, &text, NULL, 0);
}

/* Sweeps --------------------------------------------------------------------------------------------- */

/* Whether value, the best row's, is the least or largest of at least FEW_VALUES that the classifier's rows
 * have, and the hyperparameter's bound allows for more.  Rows' parameters are params (n). */
static int at_edge(const struct finder *f, const char *classifier, const char *key, double value,
                   json_t **params)
{
    const struct sl_classifier_type *type = sl_classifier_find(classifier, NULL);
    double least = value, most = value, seen[FEW_VALUES];
    int n = 0;
    for (size_t i = 0; i < f->table->n; i++) {
        json_t *other = params[i] ? json_object_get(params[i], key) : NULL;
        if (!json_is_number(other) || strcmp(f->table->rows[i].row->classifier, classifier) != 0)
            continue;
        double x = json_number_value(other);
        int again = 0;
        least = fmin(least, x);
        most = fmax(most, x);
        for (int s = 0; s < n; s++)
            again |= seen[s] == x;
        if (!again && n < FEW_VALUES)
            seen[n++] = x;
    }
    for (const struct sl_param *p = type ? type->params : NULL; p && p->name; p++)
        if (strcmp(p->name, key) == 0 && (value <= p->min || value >= p->max))
            return 0;
    return n == FEW_VALUES && (value == least || value == most);
}

static size_t best_of(const struct sl_table *table, const char *classifier)
{
    size_t best = table->n;
    for (size_t i = 0; i < table->n; i++)
        if (sl_row_counts(&table->rows[i]) && strcmp(table->rows[i].row->classifier, classifier) == 0 &&
            (best == table->n || table->rows[i].accuracy > table->rows[best].accuracy))
            best = i;
    return best;
}

static void warn_edge(struct finder *f, size_t best, json_t **params)
{
    const struct sl_study_row *row = f->table->rows[best].row;
    const char *key;
    json_t *value;
    json_object_foreach(params[best], key, value)
    {
        struct sl_string text = {0};
        size_t *rows;
        if (!json_is_number(value) || !at_edge(f, row->classifier, key, json_number_value(value), params))
            continue;
        char number[40];
        sl_print_real(json_number_value(value), number, sizeof number);
        sl_string_add(&text,
                      "%s: the best %s, %s, stands at the edge of those tried: the best may lie beyond",
                      row->classifier, key, number);
        rows = sl_alloc(1, sizeof *rows);
        if (rows)
            *rows = best;
        f->failed |= !rows;
        add(f, SL_WARNING_grid_edge, &text, rows, rows ? 1 : 0);
    }
}

/* Rows that a search drew or selected have no grid whose edge tells something, nor have a shard's. */
static int is_searched(const struct sl_study *study)
{
    for (size_t i = 0; i < study->n_notes; i++)
        if (strncmp(study->notes[i], SL_SEARCH_NOTE, strlen(SL_SEARCH_NOTE)) == 0 ||
            strncmp(study->notes[i], SL_SHARD_NOTE, strlen(SL_SHARD_NOTE)) == 0)
            return 1;
    return 0;
}

static void warn_edges(struct finder *f)
{
    struct sl_table *table = f->table;
    if (is_searched(table->study))
        return;
    json_t **params = sl_alloc_zero(table->n ? table->n : 1, sizeof *params);
    if (!params) {
        f->failed = 1;
        return;
    }
    for (size_t i = 0; i < table->n; i++)
        params[i] = sl_json_parse(table->rows[i].row->params_json, &f->failed);
    for (size_t i = 0; i < table->n; i++)
        if (params[i] && best_of(table, table->rows[i].row->classifier) == i)
            warn_edge(f, i, params);
    for (size_t i = 0; i < table->n; i++)
        json_decref(params[i]);
    free(params);
}

/* Data ----------------------------------------------------------------------------------------------- */

static void warn_of_data(struct finder *f)
{
    const struct sl_study *study = f->table->study;
    for (size_t i = 0; i < study->n_notes; i++) {
        const char *sentence;
        struct sl_string text = {0};
        int id = sl_warning_of_note(study->notes[i], &sentence);
        if (id < 0)
            continue;
        sl_string_add(&text, "%s", sentence);
        add(f, (enum sl_warning_id)id, &text, NULL, 0);
    }
}

int sl_table_warn(struct sl_table *table, struct sl_error *err)
{
    struct finder f = {table, 0};
    sl_warnings_release(&table->warnings);
    warn_of_data(&f);
    add_rows(&f, SL_WARNING_not_converged, not_converged,
             "stopped before it had converged: ", "; more iterations may change scores and times");
    add_rows(&f, SL_WARNING_majority, no_better_than_majority,
             "not shown to be better than predicting the most frequent class: ",
             "; look at balanced accuracy and F1");
    add_rows(&f, SL_WARNING_unscaled, unscaled,
             "fitted on features as they are, though made for scaled ones: ", "");
    warn_edges(&f);
    add_rows(&f, SL_WARNING_overfitted, overfits, "far better on the training rows than on others: ", "");
    add_rows(&f, SL_WARNING_dominated, dominated,
             "more than ten times slower than a row that is at least as accurate: ", "");
    add_rows(&f, SL_WARNING_times, beside_others,
             "measured beside other trials, so that times do not compare: ", "");
    warn_short_times(&f);
    warn_few_scored(&f);
    return f.failed ? sl_fail_memory(err) : SL_OK;
}
