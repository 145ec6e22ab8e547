/* predictions.c - what one row of the table predicted, row by row, with the scores that the store kept. */
#include "core/memory.h"
#include "show/json.h"
#include "show/report.h"
#include <inttypes.h>
#include <math.h>

struct writer {
    const struct sl_study *study;
    FILE *to;
    int several; /* outcomes: folds or repeats */
    int width;   /* scores of a row */
    int top;     /* they are the largest, with their classes */
    int any;     /* a prediction was written */
    int no_memory;
};

static int is_scored(const struct sl_outcome *o)
{
    return o->status == SL_TRIAL_OK && o->predicted && o->truth;
}

/* CSV --------------------------------------------------------------------------------------------- */

static void csv_head(struct writer *w)
{
    char title[300];
    fprintf(w->to, "%srow,truth,predicted", w->several ? "repeat,fold," : "");
    for (int i = 0; i < w->width && !w->top; i++) {
        snprintf(title, sizeof title, "score_%.280s", w->study->classes[i]);
        fputc(',', w->to);
        sl_write_csv_field(w->to, title);
    }
    fprintf(w->to, "%s\r\n", w->top ? ",first,first_score,second,second_score" : "");
}

static void csv_row(struct writer *w, const struct sl_outcome *o, const struct sl_scores *s, size_t row)
{
    char *const *classes = w->study->classes;
    if (w->several)
        fprintf(w->to, "%d,%d,", o->repeat, o->fold);
    fprintf(w->to, "%zu,", row);
    sl_write_csv_field(w->to, classes[o->truth[row]]);
    fputc(',', w->to);
    sl_write_csv_field(w->to, classes[o->predicted[row]]);
    for (int i = 0; i < w->width; i++) {
        fputc(',', w->to);
        if (w->top) {
            if (s->n)
                sl_write_csv_field(w->to, classes[s->classes[row * (size_t)s->width + (size_t)i]]);
            fputc(',', w->to);
        }
        if (s->n)
            fprintf(w->to, "%.6g", sl_scores_value(s, row, i));
    }
    fputs("\r\n", w->to);
}

/* JSON -------------------------------------------------------------------------------------------- */

/* Releases value; one after the other is written, so that memory does not grow with the rows. */
static void dump(struct writer *w, json_t *value)
{
    const size_t flags = JSON_ENCODE_ANY | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(6);
    if (!value)
        w->no_memory = 1;
    else if (json_dumpf(value, w->to, flags))
        w->no_memory |= !ferror(w->to);
    json_decref(value);
}

static void add(struct writer *w, json_t *object, const char *key, json_t *value)
{
    w->no_memory |= json_object_set_new(object, key, value) != 0;
}

static json_t *class_json(const struct writer *w, int32_t label)
{
    return sl_json_string(w->study->classes[label]);
}

static void json_head(struct writer *w, const char *row)
{
    fputs("{\n  \"study\": ", w->to);
    dump(w, sl_json_string(w->study->name));
    fputs(",\n  \"row\": ", w->to);
    dump(w, sl_json_string(row));
    fputs(",\n  \"classes\": [", w->to);
    for (int c = 0; c < w->study->k; c++) {
        fputs(c ? ", " : "", w->to);
        dump(w, class_json(w, c));
    }
    fputs("],\n  \"predictions\": [", w->to);
}

/* An array of all classes' scores, or an object of the largest; null: a class without training rows. */
static json_t *scores_json(struct writer *w, const struct sl_scores *s, size_t row)
{
    json_t *scores = w->top ? json_object() : json_array();
    for (int i = 0; i < s->width; i++) {
        double score = sl_scores_value(s, row, i);
        json_t *value = isfinite(score) ? json_real(score) : json_null();
        if (w->top)
            add(w, scores, w->study->classes[s->classes[row * (size_t)s->width + (size_t)i]], value);
        else
            w->no_memory |= json_array_append_new(scores, value) != 0;
    }
    return scores;
}

static void json_row(struct writer *w, const struct sl_outcome *o, const struct sl_scores *s, size_t row)
{
    json_t *object = json_object();
    if (w->several) {
        add(w, object, "repeat", json_integer(o->repeat));
        add(w, object, "fold", json_integer(o->fold));
    }
    add(w, object, "row", json_integer((json_int_t)row));
    add(w, object, "truth", class_json(w, o->truth[row]));
    add(w, object, "predicted", class_json(w, o->predicted[row]));
    if (s->n)
        add(w, object, "scores", scores_json(w, s, row));
    fprintf(w->to, "%s\n    ", w->any ? "," : "");
    dump(w, object);
}

/* ------------------------------------------------------------------------------------------------- */

/* Outcomes of one row may have been kept in different ways, by runs with different options: the first
 * decides, and those of others go without. */
static void take_shape(struct writer *w, const struct sl_scores *s)
{
    w->width = s->n ? s->width : 0;
    w->top = s->n && s->classes;
}

static int write_outcome(struct writer *w, const char *out, const struct sl_outcome *o, const char *row,
                         enum sl_output_format format, int first, struct sl_error *err)
{
    struct sl_scores scores;
    int code = sl_study_scores(out, w->study, o, &scores, err);
    if (code)
        return code;
    if (first)
        take_shape(w, &scores);
    if (scores.n && (scores.width != w->width || (scores.classes != NULL) != w->top))
        sl_scores_free(&scores);
    if (first && format == SL_FORMAT_CSV)
        csv_head(w);
    else if (first)
        json_head(w, row);
    for (size_t i = 0; i < o->n_validation; i++, w->any = 1)
        (format == SL_FORMAT_CSV ? csv_row : json_row)(w, o, &scores, i);
    sl_scores_free(&scores);
    return SL_OK;
}

int sl_predictions_write(const struct sl_table *table, const char *name, const char *out,
                         enum sl_output_format format, FILE *to, struct sl_error *err)
{
    struct writer w = {.study = table->study, .to = to};
    if (format != SL_FORMAT_CSV && format != SL_FORMAT_JSON)
        return sl_fail(err, SL_EUSAGE, "predictions are written as csv or json");
    const struct sl_table_row *row = sl_table_find(table, name, err);
    if (!row)
        return err && err->code ? err->code : SL_EUSAGE;
    if (!row->n_scores)
        return sl_fail(err, SL_EUSAGE, "row '%.80s' has no predictions: %s", name,
                       row->status == SL_TRIAL_OK ? "nothing was scored" : sl_trial_status_name(row->status));
    int first = 1, code = SL_OK;
    w.several = row->row->n_outcomes > 1;
    for (size_t i = 0; i < row->row->n_outcomes && !code; i++) {
        const struct sl_outcome *o = &row->row->outcomes[i];
        if (!is_scored(o))
            continue;
        code = write_outcome(&w, out, o, row->row->name, format, first, err);
        first = 0;
    }
    if (!code && format == SL_FORMAT_JSON)
        fputs("\n  ]\n}\n", to);
    if (!code && w.no_memory)
        return sl_fail_memory(err);
    return code || !ferror(to) ? code : sl_fail(err, SL_EIO, "the predictions could not be written");
}
