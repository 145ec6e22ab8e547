/* store.c - writing to the store.
 *
 * Outcomes are kept by key, apart from the studies that name them: redefining a study loses none, and two
 * studies share what they have in common.  Labels take two bytes, little-endian. */
#include "study/store.h"
#include "core/memory.h"
#include "core/text.h"
#include "measure/machine.h"
#include "study/checksum.h"
#include "study/outcome.h"
#include "study/plan.h"
#include "study/scores.h"
#include <endian.h>
#include <math.h>
#include <shortlist/measures.h>
#include <stdio.h>
#include <string.h>

static int transaction_end(struct sl_db *db, int code, struct sl_error *err)
{
    if (!code)
        return sl_db_exec(db, "COMMIT", err);
    sqlite3_exec(db->sqlite, "ROLLBACK", NULL, NULL, NULL);
    return code;
}

static unsigned char *pack_labels(const int32_t *labels, size_t n)
{
    unsigned char *bytes = sl_alloc(n, 2);
    for (size_t i = 0; bytes && i < n; i++) {
        uint16_t label = htole16((uint16_t)labels[i]);
        memcpy(bytes + 2 * i, &label, 2);
    }
    return bytes;
}

/* Definition -------------------------------------------------------------------------------------- */

static int put_truth(struct sl_db *db, const struct sl_rows *rows, struct sl_error *err)
{
    unsigned char *labels = pack_labels(rows->truth, rows->n_score);
    int code = labels ? sl_db_run(db, err, "INSERT OR IGNORE INTO truth VALUES (?, ?, ?)", "tib", rows->key,
                                  (int64_t)rows->n_score, labels, 2 * rows->n_score)
                      : sl_fail_memory(err);
    free(labels);
    return code;
}

/* What every outcome of the study will be compared with: once for each fold of each repeat, or for the split.
 */
static int put_truths(struct sl_db *db, const struct sl_definition *d, struct sl_error *err)
{
    const struct sl_trial *first = &d->plan->trials[0];
    int code = SL_OK;
    for (size_t i = 0; i < d->plan->n_trials && d->plan->trials[i].row == first->row && !code; i++) {
        const struct sl_trial *t = &d->plan->trials[i];
        struct sl_rows *rows;
        if (!t->folds && t->repeat)
            break;
        code = sl_rows_make(d->partition, t, &rows, err);
        if (!code)
            code = put_truth(db, rows, err);
        sl_rows_free(rows);
    }
    return code;
}

/* Rows that are fitted and scored; where folds take turns, what they are taken from. */
static int count_rows(const struct sl_definition *d, size_t *n_train, size_t *n_validation,
                      struct sl_error *err)
{
    const struct sl_trial *t = &d->plan->trials[0];
    struct sl_rows *rows;
    *n_train = t->n_train;
    *n_validation = t->n_validation;
    if (t->folds)
        return SL_OK;
    int code = sl_rows_make(d->partition, t, &rows, err);
    if (!code) {
        *n_train = rows->n_fit;
        *n_validation = rows->n_score;
    }
    sl_rows_free(rows);
    return code;
}

static int has_note(const struct sl_dataset *data, const char *note)
{
    const char *line;
    for (size_t i = 0; (line = sl_dataset_note(data, i)); i++) {
        if (strcmp(line, note) == 0)
            return 1;
    }
    return 0;
}

/* What the readers said: of the test file, what they did not say of the training file. */
static char *notes_json(const struct sl_dataset *data, const struct sl_dataset *test)
{
    struct sl_string json = {0};
    const char *line, *join = "[";
    for (size_t i = 0; (line = sl_dataset_note(data, i)); i++, join = ", ") {
        sl_string_add(&json, "%s", join);
        sl_string_add_json(&json, line);
    }
    for (size_t i = 0; test && (line = sl_dataset_note(test, i)); i++) {
        char text[600];
        if (has_note(data, line))
            continue;
        snprintf(text, sizeof text, "test file: %s", line);
        sl_string_add(&json, "%s", join);
        sl_string_add_json(&json, text);
        join = ", ";
    }
    sl_string_add(&json, json.size ? "]" : "[]");
    if (json.failed)
        sl_string_release(&json);
    return json.text;
}

/* Classes from the one of that number on, and with it of the test file alone. */
static char *classes_json(const struct sl_dataset *data, int from)
{
    struct sl_string json = {0};
    sl_string_add(&json, "[");
    for (int c = from; data && c < sl_dataset_view(data).k; c++) {
        sl_string_add(&json, c > from ? ", " : "");
        sl_string_add_json(&json, sl_dataset_class(data, c));
    }
    sl_string_add(&json, "]");
    if (json.failed)
        sl_string_release(&json);
    return json.text;
}

static int put_study(struct sl_db *db, const struct sl_definition *d, struct sl_error *err)
{
    const struct sl_settings *s = &d->experiment->settings;
    size_t n_train, n_validation;
    int counted = count_rows(d, &n_train, &n_validation, err);
    if (counted)
        return counted;
    char *machine = sl_machine_json(), *notes = notes_json(d->data, d->test);
    char *unseen = classes_json(d->test, sl_dataset_view(d->data).k);
    int code =
        machine && notes && unseen
            ? sl_db_run(
                  db, err,
                  "INSERT INTO study (name, title, data, data_hash, machine, created, ran, seed, n_train, n_validation,"
                  " folds, repeats, final, notes, unseen_classes)"
                  " VALUES (?, ?, ?, ?, ?, strftime('%Y-%m-%dT%H:%M:%SZ', 'now'),"
                  " (SELECT coalesce(max(ran), 0) + 1 FROM study), ?, ?, ?, ?, ?, ?, ?, ?)"
                  " ON CONFLICT (name) DO UPDATE SET title = excluded.title, data = excluded.data,"
                  " data_hash = excluded.data_hash, machine = excluded.machine, ran = excluded.ran,"
                  " seed = excluded.seed, n_train = excluded.n_train, n_validation = excluded.n_validation,"
                  " folds = excluded.folds, repeats = excluded.repeats, final = excluded.final,"
                  " notes = excluded.notes, unseen_classes = excluded.unseen_classes",
                  "tttttiiiiiitt", sl_experiment_name(d->experiment), sl_experiment_title(d->experiment),
                  s->data, sl_dataset_hash(d->data), machine, (int64_t)s->seed, (int64_t)n_train,
                  (int64_t)n_validation, (int64_t)s->folds, (int64_t)s->repeats, (int64_t)s->final, notes, unseen)
            : sl_fail_memory(err);
    free(machine);
    free(notes);
    free(unseen);
    return code;
}

static int put_data(struct sl_db *db, const struct sl_dataset *data, struct sl_error *err)
{
    char *classes = classes_json(data, 0);
    int code = classes ? sl_db_run(db, err, "INSERT OR IGNORE INTO data VALUES (?, ?, ?)", "tit",
                                   sl_dataset_hash(data), (int64_t)sl_dataset_view(data).k, classes)
                       : sl_fail_memory(err);
    free(classes);
    return code;
}

/* A value as JSON: numbers, booleans and lists as such, words and texts as strings. */
static void add_json(struct sl_string *json, const struct sl_param *param, const void *config)
{
    char text[SL_TEXT_MAX];
    double number;
    sl_param_print(param, config, text, sizeof text);
    if (param->type == SL_PARAM_INTS)
        sl_string_add(json, "[%s]", text); /* "512,512" */
    else if (param->words == sl_words_bool ||
             ((param->type == SL_PARAM_INT || param->type == SL_PARAM_REAL) && sl_parse_real(text, &number) == 0))
        sl_string_add(json, "%s", text);
    else
        sl_string_add_json(json, text);
}

static int put_row(struct sl_db *db, const struct sl_definition *d, size_t r, struct sl_error *err)
{
    const struct sl_plan_row *row = &d->plan->rows[r];
    struct sl_string json = {0};
    enum { PARAMS = 16384 };
    char *params = sl_alloc(PARAMS, 1);
    if (!params)
        return sl_fail_memory(err);
    sl_config_print(row->type->params, row->config, params, PARAMS);
    for (const struct sl_param *p = row->type->params; p->name; p++) {
        sl_string_add(&json, "%s\"%s\": ", json.size ? ", " : "{", p->name);
        add_json(&json, p, row->config);
    }
    sl_string_add(&json, json.size ? "}" : "{}");
    int code = json.failed
                   ? sl_fail_memory(err)
                   : sl_db_run(db, err, "INSERT INTO study_row VALUES (?, ?, ?, ?, ?, ?, ?, ?)", "titttttt",
                               sl_experiment_name(d->experiment), (int64_t)r, row->name, row->type->name,
                               params, json.text, row->published, sl_scaling_kind_name(row->scaling));
    free(params);
    sl_string_release(&json);
    return code;
}

static int put_trial(struct sl_db *db, const struct sl_definition *d, size_t i, struct sl_error *err)
{
    const struct sl_trial *t = &d->plan->trials[i];
    char split[33];
    sl_trial_split_key(t, sl_dataset_hash(d->data), d->test ? sl_dataset_hash(d->test) : NULL, split);
    return sl_db_run(db, err, "INSERT INTO study_trial VALUES (?, ?, ?, ?, ?, ?, ?)", "tiiitti",
                     sl_experiment_name(d->experiment), (int64_t)t->row, (int64_t)t->repeat, (int64_t)t->fold,
                     d->keys[i], split, (int64_t)t->seed);
}

static int define(struct sl_db *db, const struct sl_definition *d, struct sl_error *err)
{
    const char *study = sl_experiment_name(d->experiment);
    int code = put_data(db, d->data, err);
    if (!code)
        code = put_truths(db, d, err);
    if (!code)
        code = put_study(db, d, err);
    if (!code)
        code = sl_db_run(db, err, "DELETE FROM study_trial WHERE study = ?", "t", study);
    if (!code)
        code = sl_db_run(db, err, "DELETE FROM study_row WHERE study = ?", "t", study);
    for (size_t r = 0; !code && r < d->plan->n_rows; r++)
        code = put_row(db, d, r, err);
    for (size_t i = 0; !code && i < d->plan->n_trials; i++)
        code = put_trial(db, d, i, err);
    return code;
}

int sl_store_define(struct sl_db *db, const struct sl_definition *definition, struct sl_error *err)
{
    int code = sl_db_exec(db, "BEGIN IMMEDIATE", err);
    return code ? code : transaction_end(db, define(db, definition, err), err);
}

/* Outcomes ---------------------------------------------------------------------------------------- */

int sl_store_look(struct sl_db *db, const char *key, struct sl_held *held, struct sl_error *err)
{
    *held = (struct sl_held){.status = SL_TRIAL_MISSING};
    sqlite3_stmt *query = sl_db_query(db, err, "SELECT status, again FROM outcome WHERE key = ?", "t", key);
    int row = query ? sl_db_step(db, query, err) : -1;
    if (row > 0) {
        int no_memory = 0;
        const char *name = sl_db_peek(query, 0, &no_memory);
        if (no_memory) {
            sl_fail_memory(err);
            row = -1;
        }
        int status = name ? sl_trial_status_parse(name) : -1;
        held->found = status >= 0;
        held->status = status >= 0 ? (enum sl_trial_status)status : SL_TRIAL_MISSING;
        held->again = sqlite3_column_int(query, 1);
    }
    sqlite3_finalize(query);
    return row < 0 ? (err ? err->code : SL_EIO) : SL_OK;
}

int sl_store_has_model(struct sl_db *db, const char *study, const char *file, const char *key, int *has,
                       struct sl_error *err)
{
    sqlite3_stmt *query = sl_db_query(db, err, "SELECT 1 FROM model WHERE study = ? AND file = ? AND key = ?",
                                      "ttt", study, file, key);
    int row = query ? sl_db_step(db, query, err) : -1;
    *has = row > 0;
    sqlite3_finalize(query);
    return row < 0 ? (err ? err->code : SL_EIO) : SL_OK;
}

static int put_curve(struct sl_db *db, const char *key, const struct sl_outcome *o, struct sl_error *err)
{
    int code = SL_OK;
    for (size_t i = 0; i < o->n_curve && !code; i++) {
        const struct sl_epoch *e = &o->curve[i];
        code = sl_db_run(db, err, "INSERT INTO curve VALUES (?, ?, ?, ?, ?, ?, ?, ?)", "tidddddd", key,
                         (int64_t)e->epoch, e->train_loss, e->train_accuracy, e->validation_loss,
                         e->validation_accuracy, e->learning_rate, e->seconds);
    }
    return code;
}

static int put_measures(struct sl_db *db, const char *key, const struct sl_outcome *o, struct sl_error *err)
{
    int code = SL_OK;
    for (int i = 0; i < SL_N_MEASURES && !code; i++) {
        double value = sl_measure_get(&sl_measure_types[i], o);
        if (!isnan(value))
            code = sl_db_run(db, err, "INSERT INTO measure VALUES (?, ?, ?)", "ttd", key, sl_measure_types[i].name,
                             value);
    }
    return code;
}

static int put_scores(struct sl_db *db, const char *key, const struct sl_scores *s, struct sl_error *err)
{
    size_t n = s->n * (size_t)s->width;
    if (!s->n)
        return SL_OK;
    unsigned char *codes = sl_codes_pack(s->codes, n), *classes = s->classes ? sl_codes_pack(s->classes, n) : NULL;
    int code = codes && (classes || !s->classes)
                   ? sl_db_run(db, err,
                               "INSERT INTO score (key, n, k, probabilities, low, step, codes, classes)"
                               " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                               "tiiiddbb", key, (int64_t)s->n, (int64_t)s->k, (int64_t)s->probabilities, s->low,
                               s->step, codes, 2 * n, classes, 2 * n)
                   : sl_fail_memory(err);
    free(codes);
    free(classes);
    return code;
}

static int put_outcome(struct sl_db *db, const char *key, const char *split, const struct sl_outcome *o,
                       int again, struct sl_error *err)
{
    unsigned char *labels = o->predicted ? pack_labels(o->predicted, o->n_validation) : NULL;
    if (o->predicted && !labels)
        return sl_fail_memory(err);
    int code = sl_db_run(db, err,
                         "INSERT INTO outcome (key, split, status, reason, again, seed, n_train, n_validation, shared,"
                         " threads, predicted) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                         "ttttiiiiiib", key, split, sl_trial_status_name(o->status), o->reason, (int64_t)again,
                         (int64_t)o->seed, (int64_t)o->n_train, (int64_t)o->n_validation, (int64_t)o->shared,
                         (int64_t)o->threads, labels, 2 * o->n_validation);
    free(labels);
    return code;
}

int sl_store_forget(struct sl_db *db, const char *key, struct sl_error *err)
{
    static const char *const deletes[] = {
        "DELETE FROM curve WHERE key = ?",
        "DELETE FROM measure WHERE key = ?",
        "DELETE FROM score WHERE key = ?",
        "DELETE FROM outcome WHERE key = ?",
    };
    int code = SL_OK;
    for (size_t i = 0; i < sizeof deletes / sizeof *deletes && !code; i++)
        code = sl_db_run(db, err, deletes[i], "t", key);
    return code;
}

int sl_store_put(struct sl_db *db, const char *key, const char *split, const struct sl_outcome *outcome,
                 int again, const char *study, const char *file, struct sl_error *err)
{
    int code = sl_db_exec(db, "BEGIN IMMEDIATE", err);
    if (code)
        return code;
    code = sl_store_forget(db, key, err);
    if (!code)
        code = put_outcome(db, key, split, outcome, again, err);
    if (!code)
        code = put_measures(db, key, outcome, err);
    if (!code)
        code = put_curve(db, key, outcome, err);
    if (!code)
        code = put_scores(db, key, &outcome->scores, err);
    if (!code)
        code = sl_checksum_put(db, key, err);
    if (!code && file)
        code = sl_db_run(db, err, "INSERT OR REPLACE INTO model VALUES (?, ?, ?)", "ttt", study, file, key);
    return transaction_end(db, code, err);
}
