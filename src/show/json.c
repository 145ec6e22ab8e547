/* json.c - the table as JSON: one object with study, data, machine and rows.  Times are in seconds,
 * memory in bytes; what does not apply or could not be measured is null. */
#include "show/json.h"
#include "core/text.h"
#include "show/rules.h"
#include <errno.h>
#include <math.h>
#include <string.h>

enum { DIGITS = 15 }; /* the most that print every decimal fraction as it was written */

/* A measure that is a real number even where it happens to be whole. */
static json_t *real(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

/* To the microsecond, and what takes some of them only to the nanosecond: no clock here is finer. */
static json_t *seconds(double value)
{
    return real(round(value * 1e6) / 1e6);
}

static json_t *moment(double value)
{
    return real(round(value * 1e9) / 1e9);
}

static json_t *whole(double value)
{
    return isfinite(value) ? json_integer((json_int_t)llround(value)) : json_null();
}

static json_t *count(size_t n)
{
    return n ? json_integer((json_int_t)n) : json_null();
}

static json_t *flag(int value)
{
    return value < 0 ? json_null() : json_boolean(value);
}

static json_t *text_or_null(const char *text)
{
    return text && *text ? sl_json_string(text) : json_null();
}

static json_t *parse(const char *text, int *failed)
{
    json_t *value = sl_json_parse(text, failed);
    return value ? value : json_null();
}

double sl_json_find(const char *text, const char *key, int *no_memory)
{
    json_t *object = sl_json_parse(text, no_memory);
    json_t *value = json_object_get(object, key);
    double found = json_is_number(value) ? json_number_value(value) : NAN;
    json_decref(object);
    return found;
}

static json_t *reals(const double *values, size_t n, int *failed)
{
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++)
        *failed |= json_array_append_new(list, real(values[i])) != 0;
    return list;
}

/* Takes the reference to value; remembers a value that could not be made. */
static void put(json_t *object, const char *key, json_t *value, int *failed)
{
    *failed |= json_object_set_new(object, key, value) != 0;
}

static json_t *measure_json(const struct sl_measure_type *type, double value)
{
    switch (type->unit) {
    case SL_MEASURED_SECONDS:
        return seconds(value);
    case SL_MEASURED_MOMENT:
        return moment(value);
    case SL_MEASURED_BYTES:
        return whole(value);
    case SL_MEASURED_COUNT:
        return sl_json_number(value);
    case SL_MEASURED_FLAG:
        return flag(isnan(value) ? -1 : (int)value);
    default:
        return real(value);
    }
}

/* "f1_macro_low" */
static void put_of_metric(json_t *object, enum sl_measure_id metric, const char *what, json_t *value,
                          int *failed)
{
    char key[80];
    snprintf(key, sizeof key, "%s_%s", sl_measure_types[metric].name, what);
    put(object, key, value, failed);
}

/* How sure the accuracy is stands behind it, under what conditions the times were measured behind them. */
static void put_measures(json_t *o, enum sl_measure_id metric, const struct sl_table_row *row, int *failed)
{
    for (int id = 0; id < SL_N_MEASURES; id++) {
        if (sl_measure_types[id].unit == SL_MEASURED_OTHER)
            continue;
        put(o, sl_measure_types[id].name, measure_json(&sl_measure_types[id], row->measures[id]), failed);
        if (id == (int)metric && id != SL_MEASURE_accuracy) {
            put_of_metric(o, metric, "low", real(row->score_low), failed);
            put_of_metric(o, metric, "high", real(row->score_high), failed);
        }
        if (id == SL_MEASURE_accuracy) {
            put(o, "ci_low", real(row->ci_low), failed);
            put(o, "ci_high", real(row->ci_high), failed);
        }
        if (id == SL_MEASURE_cpu_time) {
            int alike = row->threads_least == row->threads_most;
            put(o, "threads", alike ? count((size_t)row->threads_most) : json_null(), failed);
            put(o, "shared", flag(row->threads_most ? row->shared : -1), failed);
        }
    }
}

/* "estimated_fit_time_low" */
static void put_estimate(json_t *object, const char *of, const struct sl_extrapolated *x,
                         json_t *(*as)(double value), int *failed)
{
    const double values[] = {x->value, x->value / x->error, x->value * x->error};
    static const char *const ends[] = {"", "_low", "_high"};
    for (int i = 0; i < 3; i++) {
        char key[80];
        snprintf(key, sizeof key, "estimated_%s%s", of, ends[i]);
        put(object, key, as(values[i]), failed);
    }
}

static void put_extrapolated(json_t *o, const struct sl_table *table, const struct sl_table_row *row,
                             int *failed)
{
    static const struct sl_extrapolated_row none = {
        .fit_time = {NAN, NAN}, .score_time = {NAN, NAN}, .peak_memory = {NAN, NAN}, .growth = NAN};
    const struct sl_extrapolated_row *found = sl_row_extrapolated(table, row), *x = found ? found : &none;
    put(o, "estimated_n_train", count(table->extrapolation->n_train), failed);
    put_estimate(o, "fit_time", &x->fit_time, seconds, failed);
    put_estimate(o, "score_time", &x->score_time, seconds, failed);
    put_estimate(o, "peak_memory", &x->peak_memory, whole, failed);
    put(o, "estimated_growth", seconds(x->growth), failed);
}

json_t *sl_row_json(const struct sl_table *table, const struct sl_table_row *row)
{
    json_t *o = json_object();
    int failed = 0;
    const struct sl_study_row *from = row->row;
    uint64_t seed = from->n_outcomes ? from->outcomes[0].seed : table->study->seed;
    put(o, "name", sl_json_string(from->name), &failed);
    put(o, "classifier", sl_json_string(from->classifier), &failed);
    put(o, "params", parse(from->params_json, &failed), &failed);
    put(o, "status", sl_json_string(sl_trial_status_name(row->status)), &failed);
    put(o, "reason", text_or_null(row->reason), &failed);
    put(o, "n_train", count(row->n_train), &failed);
    put(o, "n_validation", count(row->n_validation), &failed);
    put_measures(o, table->metric, row, &failed);
    put(o, "tied_with_best", flag(row->tied_with_best), &failed);
    put(o, "seed", json_integer((json_int_t)seed), &failed);
    if (table->extrapolation)
        put_extrapolated(o, table, row, &failed);
    put(o, "published", parse(from->published, &failed), &failed);
    if (table->study->folds > 1 || table->study->repeats > 1) {
        put(o, "accuracy_std", real(row->accuracy_std), &failed);
        put(o, "accuracies", reals(row->accuracies, row->n_scores, &failed), &failed);
        if (table->metric != SL_MEASURE_accuracy) {
            put_of_metric(o, table->metric, "std", real(row->score_std), &failed);
            put_of_metric(o, table->metric, "values", reals(row->scores, row->n_scores, &failed), &failed);
        }
    }
    if (failed) {
        json_decref(o);
        return NULL;
    }
    return o;
}

static json_t *study_json(const struct sl_table *table)
{
    const struct sl_study *study = table->study;
    json_t *o = json_object(), *classes = json_array(), *notes = json_array();
    int failed = 0;
    for (size_t i = 0; i < study->n_notes; i++) {
        const char *text;
        if (sl_warning_of_note(study->notes[i], &text) < 0)
            failed |= json_array_append_new(notes, sl_json_string(study->notes[i])) != 0;
    }
    for (int c = 0; c < study->k; c++)
        failed |= json_array_append_new(classes, sl_json_string(study->classes[c])) != 0;
    put(o, "name", sl_json_string(study->name), &failed);
    put(o, "title", text_or_null(study->title), &failed);
    put(o, "created", text_or_null(study->created), &failed);
    put(o, "seed", json_integer((json_int_t)study->seed), &failed);
    put(o, "train", count(study->n_train), &failed);
    put(o, "validation", count(study->n_validation), &failed);
    put(o, "folds", count(study->folds > 1 ? (size_t)study->folds : 0), &failed);
    put(o, "repeats", json_integer(study->repeats > 1 ? study->repeats : 1), &failed);
    put(o, "final", json_boolean(study->final), &failed);
    put(o, "timing_runs", count((size_t)study->timing_runs), &failed);
    put(o, "metric", sl_json_string(sl_measure_types[table->metric].name), &failed);
    put(o, "classes", classes, &failed);
    put(o, "notes", notes, &failed);
    if (failed) {
        json_decref(o);
        return NULL;
    }
    return o;
}

static json_t *data_json(const struct sl_study *study)
{
    return json_pack("{s:o, s:o, s:i}", "name", sl_json_string(study->data), "hash",
                     text_or_null(study->data_hash), "classes", study->k);
}

static json_t *warnings_json(const struct sl_table *table)
{
    json_t *list = json_array();
    for (size_t i = 0; i < table->warnings.n; i++) {
        const struct sl_warning *w = &table->warnings.list[i];
        json_t *o = json_object(), *rows = json_array();
        for (size_t r = 0; r < w->n_rows; r++)
            sl_json_add(&rows, sl_json_string(table->rows[w->rows[r]].row->name));
        sl_json_set(&o, "code", sl_json_string(sl_warning_kinds[w->id].code));
        sl_json_set(&o, "name", sl_json_string(sl_warning_kinds[w->id].name));
        sl_json_set(&o, "text", sl_json_string(w->text));
        sl_json_set(&o, "rows", rows);
        sl_json_add(&list, o);
    }
    return list;
}

/* The name of the row, null where i is none. */
static json_t *row_name(const struct sl_table *table, size_t i)
{
    return i < table->n ? sl_json_string(table->rows[i].row->name) : json_null();
}

static json_t *verdict_json(const struct sl_table *table)
{
    const struct sl_verdict *v = &table->verdict;
    json_t *o = json_object(), *tied = json_array();
    for (size_t i = 0; i < v->n_tied; i++)
        sl_json_add(&tied, row_name(table, v->tied[i]));
    sl_json_set(&o, "text", text_or_null(v->text));
    sl_json_set(&o, "best", row_name(table, table->best));
    sl_json_set(&o, "tied", tied);
    sl_json_set(&o, "fastest_tied", row_name(table, v->fastest));
    sl_json_set(&o, "much_faster", row_name(table, v->faster));
    sl_json_set(&o, "samples", count(table->n_samples));
    return o;
}

json_t *sl_table_json(const struct sl_table *table)
{
    json_t *o = json_object(), *rows = json_array();
    int failed = 0;
    for (size_t i = 0; i < table->n; i++)
        failed |= json_array_append_new(rows, sl_row_json(table, &table->rows[table->order[i]])) != 0;
    put(o, "study", study_json(table), &failed);
    put(o, "data", data_json(table->study), &failed);
    put(o, "machine", parse(table->study->machine, &failed), &failed);
    put(o, "verdict", verdict_json(table), &failed);
    put(o, "rows", rows, &failed);
    put(o, "warnings", warnings_json(table), &failed);
    if (failed) {
        json_decref(o);
        return NULL;
    }
    return o;
}

int sl_json_write(json_t *value, FILE *to, struct sl_error *err)
{
    if (!value)
        return sl_fail_memory(err);
    errno = 0;
    int failed = json_dumpf(value, to, JSON_INDENT(2) | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(DIGITS));
    if (!failed)
        failed = fputc('\n', to) == EOF;
    int reason = failed ? errno : 0;
    json_decref(value);
    if (reason == ENOMEM)
        return sl_fail_memory(err);
    if (failed)
        return sl_fail(err, SL_EIO, "the JSON could not be written%s%s", reason ? ": " : "",
                       reason ? strerror(reason) : "");
    return SL_OK;
}
