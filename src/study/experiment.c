/* experiment.c - experiments: settings, and rows added, overridden and kept from the command line.
 *
 * An experiment keeps what was written (values, not their product), so that an override replaces the
 * values of a hyperparameter wherever its classifier stands.  The product is the plan's work; the settings
 * are those of settings.c. */
#include "study/experiment.h"
#include "core/memory.h"
#include "core/text.h"
#include <stdio.h>
#include <string.h>

enum { SIZE_AUTO = -1 };

/* Do the two ask for the same rows, treated alike?  Another seed is the same protocol. */
static int same_protocol(const struct sl_settings *a, const struct sl_settings *b)
{
    return strcmp(a->data, b->data) == 0 && strcmp(a->test, b->test) == 0 &&
           strcmp(a->columns, b->columns) == 0 && strcmp(a->groups, b->groups) == 0 &&
           strcmp(a->weights, b->weights) == 0 && a->train == b->train && a->validation == b->validation &&
           a->folds == b->folds && a->final == b->final && a->scale == b->scale &&
           strcmp(a->missing, b->missing) == 0 && a->missing_indicators == b->missing_indicators &&
           a->categories == b->categories && strcmp(a->categorical, b->categorical) == 0 &&
           a->min_frequency == b->min_frequency;
}

/* Not every row that was written for one data set, or without weights, need fit another. */
static void make_optional(struct sl_experiment *experiment)
{
    for (size_t i = 0; i < experiment->n_rows; i++)
        experiment->rows[i].optional = 1;
}

/* Sizes that were written for one data set mean nothing for another. */
static void change_data(struct sl_experiment *experiment)
{
    experiment->settings.train = experiment->settings.validation = SIZE_AUTO;
    make_optional(experiment);
}

int sl_experiment_set(struct sl_experiment *experiment, const char *setting, const char *value,
                      struct sl_error *err)
{
    struct sl_settings *before = sl_alloc(1, sizeof *before); /* too large for a stack */
    if (!before)
        return sl_fail_memory(err);
    *before = experiment->settings;
    int code = sl_settings_set(&experiment->settings, setting, value, err);
    if (!code && strcmp(before->data, experiment->settings.data) != 0)
        change_data(experiment);
    if (!code && strcmp(before->weights, experiment->settings.weights) != 0)
        make_optional(experiment);
    if (!code && !same_protocol(before, &experiment->settings))
        for (size_t i = 0; i < experiment->n_rows; i++)
            sl_row_spec_unpublish(&experiment->rows[i]);
    free(before);
    return code;
}

const char *sl_experiment_name(const struct sl_experiment *experiment)
{
    return *experiment->settings.name ? experiment->settings.name : experiment->stem;
}

const char *sl_experiment_note(const struct sl_experiment *experiment)
{
    return experiment->note;
}

const char *sl_experiment_title(const struct sl_experiment *experiment)
{
    return *experiment->settings.title ? experiment->settings.title : sl_experiment_name(experiment);
}

/* Rows -------------------------------------------------------------------------------------------- */

static size_t count_params(const struct sl_classifier_type *type)
{
    size_t n = 0;
    while (type->params[n].name)
        n++;
    return n;
}

static void row_release(struct sl_row_spec *row)
{
    for (size_t p = 0; row->values && p < count_params(row->type); p++)
        sl_values_free(&row->values[p]);
    free(row->values);
    free(row->name);
    free(row->published);
}

struct sl_row_spec *sl_experiment_row(struct sl_experiment *experiment, const struct sl_classifier_type *type)
{
    struct sl_row_spec *rows = sl_realloc(experiment->rows, experiment->n_rows + 1, sizeof *rows);
    if (!rows)
        return NULL;
    experiment->rows = rows;
    struct sl_row_spec *row = &rows[experiment->n_rows];
    *row = (struct sl_row_spec){.type = type, .scale = -1};
    row->values = sl_alloc_zero(count_params(type) + 1, sizeof *row->values);
    if (!row->values)
        return NULL;
    experiment->n_rows++;
    return row;
}

size_t sl_experiment_count(const struct sl_experiment *experiment)
{
    size_t n = 0;
    for (size_t i = 0; i < experiment->n_rows; i++)
        n += sl_row_spec_count(&experiment->rows[i]);
    return n;
}

int sl_fail_rows(struct sl_error *err)
{
    return sl_fail(err, SL_EUSAGE, "the values make more than %d rows", SL_ROWS_MAX);
}

/* A name may tell of a choice, as "SVM (linear kernel)" does: with another one the row is called after its
 * values. */
static void drop_name(struct sl_row_spec *row, const char *assignment)
{
    for (const struct sl_param *p = row->type->params; p->name; p++) {
        size_t n = strlen(p->name);
        int named = strncmp(p->name, assignment, n) == 0 && assignment[n] == '=';
        if (!named || (p->type != SL_PARAM_CHOICE && p->type != SL_PARAM_TEXT))
            continue;
        free(row->name);
        row->name = NULL;
    }
}

/* Do two rows without a name ask for the same? */
static int is_repeated(const struct sl_row_spec *a, const struct sl_row_spec *b)
{
    return !a->name && !b->name && !a->published && !b->published && sl_row_spec_same(a, b);
}

/* Rows that an override has made alike are one. */
static void drop_repeated(struct sl_experiment *experiment)
{
    size_t kept = 0;
    for (size_t i = 0; i < experiment->n_rows; i++) {
        size_t j = 0;
        while (j < kept && !is_repeated(&experiment->rows[j], &experiment->rows[i]))
            j++;
        if (j < kept)
            row_release(&experiment->rows[i]);
        else
            experiment->rows[kept++] = experiment->rows[i];
    }
    experiment->n_rows = kept;
}

int sl_experiment_override(struct sl_experiment *experiment, const char *assignment, struct sl_error *err)
{
    const char *dot = strchr(assignment, '.'), *equals = strchr(assignment, '=');
    if (!dot || !equals || dot > equals)
        return sl_fail(err, SL_EUSAGE, "'%.80s' is not CLASSIFIER.HYPERPARAMETER=VALUES", assignment);
    char name[64];
    snprintf(name, sizeof name, "%.*s", (int)(dot - assignment), assignment);
    const struct sl_classifier_type *type = sl_classifier_find(name, err);
    if (!type)
        return SL_EUSAGE;
    size_t found = 0, n = sl_experiment_count(experiment);
    for (size_t i = 0; i < experiment->n_rows; i++) {
        struct sl_row_spec *row = &experiment->rows[i];
        if (row->type != type)
            continue;
        n -= sl_row_spec_count(row);
        int code = sl_row_spec_assign(row, dot + 1, err);
        n += sl_row_spec_count(row);
        if (!code && n > SL_ROWS_MAX)
            code = sl_fail_rows(err);
        if (code)
            return code;
        sl_row_spec_unpublish(row);
        drop_name(row, dot + 1);
        row->optional = 0; /* asked for by name */
        found++;
    }
    drop_repeated(experiment);
    return found ? SL_OK
                 : sl_fail(err, SL_EUSAGE, "'%.80s': the experiment has no row of %s", assignment, name);
}

int sl_experiment_add(struct sl_experiment *experiment, const char *classifier,
                      const char *const *assignments, struct sl_error *err)
{
    const struct sl_classifier_type *type = sl_classifier_find(classifier, err);
    if (!type)
        return SL_EUSAGE;
    const size_t before = experiment->n_rows;
    int code = sl_experiment_row(experiment, type) ? SL_OK : sl_fail_memory(err);
    for (; assignments && *assignments && !code; assignments++) {
        if (strcmp(*assignments, "/") == 0)
            code = sl_experiment_row(experiment, type) ? SL_OK : sl_fail_memory(err);
        else
            code = sl_row_spec_assign(&experiment->rows[experiment->n_rows - 1], *assignments, err);
    }
    for (size_t i = before; experiment->n_rows > before + 1 && i < experiment->n_rows; i++)
        sl_row_spec_name_values(&experiment->rows[i]);
    if (!code && sl_experiment_count(experiment) > SL_ROWS_MAX)
        code = sl_fail_rows(err);
    while (code && experiment->n_rows > before)
        row_release(&experiment->rows[--experiment->n_rows]);
    return code;
}

/* Moves the rows of type to the end of kept, in their order; a row of defaults where there is none. */
static int keep_type(struct sl_experiment *experiment, const struct sl_classifier_type *type, int *keep,
                     struct sl_error *err)
{
    int found = 0;
    for (size_t i = 0; i < experiment->n_rows; i++)
        if (experiment->rows[i].type == type) {
            keep[i] = found = 1;
            experiment->rows[i].optional = 0; /* asked for by name */
        }
    if (!found && !sl_experiment_row(experiment, type))
        return sl_fail_memory(err);
    return SL_OK;
}

int sl_experiment_keep(struct sl_experiment *experiment, const char *classifiers, struct sl_error *err)
{
    size_t n = experiment->n_rows, kept = 0;
    int *keep = sl_alloc_zero(n, sizeof *keep);
    char *copy = sl_strdup(classifiers), *rest = copy;
    int code = keep && copy ? SL_OK : sl_fail_memory(err);
    for (char *name; !code && (name = strsep(&rest, ","));) {
        name += strspn(name, " ");
        name[strcspn(name, " ")] = 0;
        const struct sl_classifier_type *type = sl_classifier_find(name, err);
        code = type ? keep_type(experiment, type, keep, err) : SL_EUSAGE;
    }
    for (size_t i = 0; !code && i < experiment->n_rows; i++) {
        if (i >= n || keep[i])
            experiment->rows[kept++] = experiment->rows[i];
        else
            row_release(&experiment->rows[i]);
    }
    if (!code)
        experiment->n_rows = kept;
    free(keep);
    free(copy);
    return code;
}

/* Lifecycle --------------------------------------------------------------------------------------- */

int sl_experiment_new(const char *name, struct sl_experiment **out, struct sl_error *err)
{
    struct sl_experiment *experiment = sl_alloc_zero(1, sizeof *experiment);
    *out = NULL;
    if (!experiment)
        return sl_fail_memory(err);
    sl_config_default(sl_settings_table, &experiment->settings);
    char stem[SL_NAME_MAX];
    sl_slug(name, stem, sizeof stem);
    experiment->stem = sl_strdup(stem);
    if (!experiment->stem) {
        sl_experiment_free(experiment);
        return sl_fail_memory(err);
    }
    *out = experiment;
    return SL_OK;
}

int sl_experiment_copy(const struct sl_experiment *from, struct sl_experiment **out, struct sl_error *err)
{
    int code = sl_experiment_new(from->stem, out, err);
    if (!code) {
        (*out)->settings = from->settings;
        (*out)->part = from->part;
    }
    return code;
}

static int copy_values(const struct sl_param *param, const struct sl_values *from, struct sl_values *to,
                       struct sl_error *err)
{
    int code = SL_OK;
    for (size_t i = 0; i < from->n && !code; i++)
        code = sl_values_add(param, from->text[i], to, err);
    to->is_whole = from->is_whole;
    to->is_log = from->is_log;
    to->low = from->low;
    to->high = from->high;
    return code;
}

int sl_experiment_copy_row(struct sl_experiment *to, const struct sl_row_spec *from, struct sl_error *err)
{
    struct sl_row_spec *row = sl_experiment_row(to, from->type);
    int code = row ? SL_OK : sl_fail_memory(err);
    if (code)
        return code;
    row->scale = from->scale;
    row->optional = from->optional;
    row->named = from->named;
    if (from->name) {
        row->name = sl_strdup(from->name);
        code = row->name ? SL_OK : sl_fail_memory(err);
    }
    for (size_t p = 0; p < count_params(from->type) && !code; p++)
        code = copy_values(&from->type->params[p], &from->values[p], &row->values[p], err);
    return code;
}

void sl_experiment_drop_first(struct sl_experiment *experiment, size_t n)
{
    for (size_t i = 0; i < n; i++)
        row_release(&experiment->rows[i]);
    experiment->n_rows -= n;
    for (size_t i = 0; i < experiment->n_rows; i++)
        experiment->rows[i] = experiment->rows[i + n];
}

void sl_experiment_drop_row(struct sl_experiment *experiment)
{
    row_release(&experiment->rows[--experiment->n_rows]);
}

static void quick_release(struct sl_quick *quick)
{
    free(quick->key);
    free(quick->value);
}

void sl_experiment_free(struct sl_experiment *experiment)
{
    if (!experiment)
        return;
    for (size_t i = 0; i < experiment->n_rows; i++)
        row_release(&experiment->rows[i]);
    for (size_t i = 0; i < experiment->n_quick; i++)
        quick_release(&experiment->quick[i]);
    for (size_t i = 0; i < experiment->n_refused; i++)
        sl_refusal_release(&experiment->refused[i]);
    free(experiment->refused);
    free(experiment->quick);
    free(experiment->note);
    free(experiment->rows);
    free(experiment->stem);
    free(experiment);
}
