/* store.c - writing to the store.
 *
 * Outcomes are kept by key, apart from the studies that name them: redefining a study loses none, and two
 * studies share what they have in common.  Labels take two bytes, little-endian. */
#include "study/store.h"
#include "core/memory.h"
#include "core/text.h"
#include "measure/machine.h"
#include "study/outcome.h"
#include "study/trial_key.h"
#include <endian.h>
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

static int put_data(struct sl_db *db, const struct sl_dataset *data, struct sl_error *err)
{
    struct sl_string classes = {0};
    int k = sl_dataset_view(data).k;
    for (int c = 0; c < k; c++) {
        sl_string_add(&classes, c ? ", " : "[");
        sl_string_add_json(&classes, sl_dataset_class(data, c));
    }
    sl_string_add(&classes, "]");
    int code = classes.failed ? sl_fail_memory(err)
                              : sl_db_run(db, err, "INSERT OR IGNORE INTO data VALUES (?, ?, ?)", "tit",
                                          sl_dataset_hash(data), (int64_t)k, classes.text);
    sl_string_release(&classes);
    return code;
}

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
static void add_notes(struct sl_string *json, const struct sl_dataset *data, const struct sl_dataset *test)
{
    const char *line, *join = "";
    sl_string_add(json, "\"notes\": [");
    for (size_t i = 0; (line = sl_dataset_note(data, i)); i++, join = ", ") {
        sl_string_add(json, "%s", join);
        sl_string_add_json(json, line);
    }
    for (size_t i = 0; test && (line = sl_dataset_note(test, i)); i++) {
        char text[600];
        if (has_note(data, line))
            continue;
        snprintf(text, sizeof text, "test file: %s", line);
        sl_string_add(json, "%s", join);
        sl_string_add_json(json, text);
        join = ", ";
    }
    sl_string_add(json, "]");
}

/* Classes of the test file alone, which stand behind those of the data. */
static void add_unseen(struct sl_string *json, int k, const struct sl_dataset *test)
{
    sl_string_add(json, "\"unseen_classes\": [");
    for (int c = k; test && c < sl_dataset_view(test).k; c++) {
        sl_string_add(json, c > k ? ", " : "");
        sl_string_add_json(json, sl_dataset_class(test, c));
    }
    sl_string_add(json, "]");
}

/* The machine, and beside it what belongs to this study's files: the store has no columns for it. */
static char *machine_json(const struct sl_definition *d)
{
    struct sl_string json = {0};
    char *machine = sl_machine_json();
    if (!machine)
        return NULL;
    sl_string_add(&json, "%.*s, ", (int)strlen(machine) - 1, machine); /* without the brace at its end */
    add_notes(&json, d->data, d->test);
    sl_string_add(&json, ", ");
    add_unseen(&json, sl_dataset_view(d->data).k, d->test);
    sl_string_add(&json, "}");
    free(machine);
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
    char *machine = machine_json(d);
    int code =
        machine
            ? sl_db_run(
                  db, err,
                  "INSERT INTO study VALUES (?, ?, ?, ?, ?, strftime('%Y-%m-%dT%H:%M:%SZ', 'now'),"
                  " (SELECT coalesce(max(ran), 0) + 1 FROM study), ?, ?, ?, ?, ?, ?)"
                  " ON CONFLICT (name) DO UPDATE SET title = excluded.title, data = excluded.data,"
                  " data_hash = excluded.data_hash, machine = excluded.machine, ran = excluded.ran,"
                  " seed = excluded.seed, n_train = excluded.n_train, n_validation = excluded.n_validation,"
                  " folds = excluded.folds, repeats = excluded.repeats, final = excluded.final",
                  "tttttiiiiii", sl_experiment_name(d->experiment), sl_experiment_title(d->experiment),
                  s->data, sl_dataset_hash(d->data), machine, (int64_t)s->seed, (int64_t)n_train,
                  (int64_t)n_validation, (int64_t)s->folds, (int64_t)s->repeats, (int64_t)s->final)
            : sl_fail_memory(err);
    free(machine);
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

static int put_outcome(struct sl_db *db, const char *key, const char *split, const struct sl_outcome *o,
                       int again, struct sl_error *err)
{
    unsigned char *labels = o->predicted ? pack_labels(o->predicted, o->n_validation) : NULL;
    if (o->predicted && !labels)
        return sl_fail_memory(err);
    int code = sl_db_run(db, err,
                         "INSERT INTO outcome (key, split, status, reason, again, seed, n_train, "
                         "n_validation, fit_time, score_time,"
                         " cpu_time, shared, threads, peak_memory, model_bytes, n_iter, converged, "
                         "objective, log_loss, predicted)"
                         " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                         "ttttiiiidddiiiiiiddb", key, split, sl_trial_status_name(o->status), o->reason,
                         (int64_t)again, (int64_t)o->seed, (int64_t)o->n_train, (int64_t)o->n_validation,
                         o->fit_time, o->score_time, o->cpu_time, (int64_t)o->shared, (int64_t)o->threads,
                         o->peak_memory, o->model_bytes, (int64_t)o->n_iter, (int64_t)o->converged,
                         o->objective, o->log_loss, labels, 2 * o->n_validation);
    free(labels);
    return code;
}

void sl_store_hold(struct sl_db *db)
{
    db->held = 1;
}

int sl_store_flush(struct sl_db *db, struct sl_error *err)
{
    int begun = db->begun;
    db->held = db->begun = 0;
    return begun ? transaction_end(db, SL_OK, err) : SL_OK;
}

/* Each outcome is whole or not there; those that are held are committed together. */
static int begin_put(struct sl_db *db, struct sl_error *err)
{
    int code = db->begun ? SL_OK : sl_db_exec(db, "BEGIN IMMEDIATE", err);
    db->begun |= !code && db->held;
    return !code && db->held ? sl_db_exec(db, "SAVEPOINT outcome", err) : code;
}

static int end_put(struct sl_db *db, int code, struct sl_error *err)
{
    if (!db->held)
        return transaction_end(db, code, err);
    if (code)
        sl_db_exec(db, "ROLLBACK TO outcome", NULL);
    int ended = sl_db_exec(db, "RELEASE outcome", code ? NULL : err);
    return code ? code : ended;
}

int sl_store_put(struct sl_db *db, const char *key, const char *split, const struct sl_outcome *outcome,
                 int again, const char *study, const char *file, struct sl_error *err)
{
    int code = begin_put(db, err);
    if (code)
        return code;
    code = sl_db_run(db, err, "DELETE FROM curve WHERE key = ?", "t", key);
    if (!code)
        code = sl_db_run(db, err, "DELETE FROM outcome WHERE key = ?", "t", key);
    if (!code)
        code = put_outcome(db, key, split, outcome, again, err);
    if (!code)
        code = put_curve(db, key, outcome, err);
    if (!code && file)
        code = sl_db_run(db, err, "INSERT OR REPLACE INTO model VALUES (?, ?, ?)", "ttt", study, file, key);
    return end_put(db, code, err);
}
