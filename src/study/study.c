/* study.c - reading a study back from the store.
 *
 * What stands in the store is checked like any other input: sizes of blobs, labels, statuses. */
#include "core/memory.h"
#include "core/text.h"
#include "study/db.h"
#include "study/experiment.h"
#include "study/outcome.h"
#include <endian.h>
#include <jansson.h>
#include <string.h>

/* Labels of one set of scored rows, shared by the outcomes. */
struct truth {
    struct truth *next;
    char split[33];
    size_t n;
    int32_t *labels;
};

struct loader {
    struct sl_db *db;
    struct sl_study *study;
    struct sl_error *err;
};

static int fail_store(struct loader *l, const char *what)
{
    return sl_fail(l->err, SL_EDATA, "%s: study %s: %s: the store is damaged", l->db->path, l->study->name,
                   what);
}

/* Runs the steps of a query: row is called for each. */
static int each(struct loader *l, sqlite3_stmt *query, int (*row)(struct loader *l, sqlite3_stmt *query))
{
    int code = query ? SL_OK : l->err->code, more;
    while (!code && (more = sl_db_step(l->db, query, l->err)) != 0)
        code = more < 0 ? l->err->code : row(l, query);
    sqlite3_finalize(query);
    return code;
}

/* Labels ------------------------------------------------------------------------------------------ */

/* A column of n two-byte labels below k; NULL with an error. */
static int32_t *read_labels(struct loader *l, sqlite3_stmt *query, int column, size_t n)
{
    const unsigned char *bytes = sqlite3_column_blob(query, column);
    if (!bytes || n == 0 || (size_t)sqlite3_column_bytes(query, column) != 2 * n) {
        fail_store(l, "labels of another number than its rows");
        return NULL;
    }
    int32_t *labels = sl_alloc(n, sizeof *labels);
    if (!labels)
        sl_fail_memory(l->err);
    for (size_t i = 0; labels && i < n; i++) {
        uint16_t label;
        memcpy(&label, bytes + 2 * i, 2);
        labels[i] = le16toh(label);
        if (labels[i] >= l->study->k) {
            fail_store(l, "a label that is no class");
            free(labels);
            return NULL;
        }
    }
    return labels;
}

static int read_truth(struct loader *l, sqlite3_stmt *query)
{
    struct truth *truth = sl_alloc_zero(1, sizeof *truth);
    const char *split = (const char *)sqlite3_column_text(query, 0);
    if (!truth || !split) {
        free(truth);
        return sl_fail_memory(l->err);
    }
    strncpy(truth->split, split, sizeof truth->split - 1);
    truth->n = (size_t)sqlite3_column_int64(query, 1);
    truth->next = l->study->own;
    l->study->own = truth;
    truth->labels = read_labels(l, query, 2, truth->n);
    return truth->labels ? SL_OK : l->err->code;
}

static const struct truth *find_truth(const struct sl_study *study, const char *split)
{
    const struct truth *truth = study->own;
    while (truth && split && strcmp(truth->split, split) != 0)
        truth = truth->next;
    return split ? truth : NULL;
}

/* Study and rows ---------------------------------------------------------------------------------- */

/* Adds the strings of a JSON array to a list of n. */
static int add_strings(struct loader *l, json_t *from, char ***list, size_t *n)
{
    size_t more = json_array_size(from);
    char **grown = sl_realloc(*list, *n + more, sizeof *grown);
    if (!grown)
        return sl_fail_memory(l->err);
    *list = grown;
    for (size_t i = 0; i < more; i++) {
        const char *text = json_string_value(json_array_get(from, i));
        grown[*n] = sl_strdup(text ? text : "");
        if (!grown[(*n)++])
            return sl_fail_memory(l->err);
    }
    return SL_OK;
}

static int read_classes(struct loader *l, const char *text, json_t *unseen)
{
    struct sl_study *s = l->study;
    json_t *list = text ? json_loads(text, 0, NULL) : NULL;
    size_t n = 0;
    int code = SL_OK;
    if (!json_is_array(list) || json_array_size(list) != (size_t)s->k || s->k < 1)
        code = fail_store(l, "its class names");
    if (!code)
        code = add_strings(l, list, &s->classes, &n);
    if (!code)
        code = add_strings(l, unseen, &s->classes, &n);
    s->k = (int)n;
    json_decref(list);
    return code;
}

/* The machine's description, without what the study keeps beside it. */
static int read_machine(struct loader *l, json_t *machine)
{
    struct sl_study *s = l->study;
    if (!json_is_object(machine))
        return SL_OK;
    int code = add_strings(l, json_object_get(machine, "notes"), &s->notes, &s->n_notes);
    json_object_del(machine, "notes");
    json_object_del(machine, "unseen_classes");
    char *rest = code ? NULL : json_dumps(machine, JSON_PRESERVE_ORDER);
    if (!rest)
        return code ? code : sl_fail_memory(l->err);
    free(s->machine);
    s->machine = rest;
    return SL_OK;
}

static int read_study(struct loader *l, sqlite3_stmt *query)
{
    struct sl_study *s = l->study;
    char **const texts[] = {&s->title, &s->data, &s->data_hash, &s->machine, &s->created};
    for (int i = 0; i < 5; i++) {
        *texts[i] = sl_db_text(query, i);
        if (!*texts[i])
            return sl_fail_memory(l->err);
    }
    s->seed = (uint64_t)sl_db_int(query, 5);
    s->n_train = (size_t)sl_db_int(query, 6);
    s->n_validation = (size_t)sl_db_int(query, 7);
    s->folds = (int)sl_db_int(query, 8);
    s->repeats = (int)sl_db_int(query, 9);
    s->final = (int)sl_db_int(query, 10);
    s->k = (int)sl_db_int(query, 11);
    json_t *machine = json_loads(s->machine, 0, NULL);
    int code = read_classes(l, (const char *)sqlite3_column_text(query, 12),
                            json_object_get(machine, "unseen_classes"));
    if (!code)
        code = read_machine(l, machine);
    json_decref(machine);
    return code;
}

static int read_row(struct loader *l, sqlite3_stmt *query)
{
    struct sl_study *s = l->study;
    struct sl_study_row *rows = sl_realloc(s->rows, s->n_rows + 1, sizeof *rows);
    if (!rows)
        return sl_fail_memory(l->err);
    s->rows = rows;
    struct sl_study_row *row = &rows[s->n_rows];
    *row = (struct sl_study_row){0};
    if (sl_db_int(query, 0) != (int64_t)s->n_rows)
        return fail_store(l, "a row is missing");
    s->n_rows++;
    row->name = sl_db_text(query, 1);
    row->classifier = sl_db_text(query, 2);
    row->params = sl_db_text(query, 3);
    row->params_json = sl_db_text(query, 4);
    row->published = sl_db_text(query, 5);
    row->scaling = sl_db_text(query, 6);
    int whole = row->name && row->classifier && row->params && row->params_json && row->scaling;
    return whole ? SL_OK : sl_fail_memory(l->err);
}

/* Outcomes ---------------------------------------------------------------------------------------- */

static int read_curve(struct loader *l, struct sl_outcome *o, const char *key)
{
    sqlite3_stmt *query =
        sl_db_query(l->db, l->err,
                    "SELECT epoch, train_loss, train_accuracy, validation_loss, validation_accuracy,"
                    " learning_rate, seconds FROM curve WHERE key = ? ORDER BY rowid",
                    "t", key);
    int more = query ? 0 : -1;
    while (query && (more = sl_db_step(l->db, query, l->err)) > 0) {
        struct sl_epoch epoch = {
            .epoch = sqlite3_column_int(query, 0),
            .train_loss = sl_db_real(query, 1),
            .train_accuracy = sl_db_real(query, 2),
            .validation_loss = sl_db_real(query, 3),
            .validation_accuracy = sl_db_real(query, 4),
            .learning_rate = sl_db_real(query, 5),
            .seconds = sl_db_real(query, 6),
        };
        if (sl_outcome_add_epoch(o, &epoch)) {
            more = -1;
            sl_fail_memory(l->err);
            break;
        }
    }
    sqlite3_finalize(query);
    return more < 0 ? l->err->code : SL_OK;
}

/* Columns: row repeat fold key split seed | status reason n_train n_validation fit_time score_time cpu_time
 * shared threads peak_memory model_bytes n_iter converged objective log_loss predicted */
static int fill_outcome(struct loader *l, struct sl_outcome *o, sqlite3_stmt *query)
{
    const struct truth *truth = find_truth(l->study, (const char *)sqlite3_column_text(query, 4));
    int status = sl_trial_status_parse((const char *)sqlite3_column_text(query, 6));
    const char *reason = (const char *)sqlite3_column_text(query, 7);
    o->n_train = (size_t)sl_db_int(query, 8);
    o->n_validation = (size_t)sl_db_int(query, 9);
    if (status < 0 || !truth || truth->n != o->n_validation)
        return fail_store(l, "an outcome that does not fit its rows");
    o->status = (enum sl_trial_status)status;
    o->truth = truth->labels;
    strncpy(o->reason, reason ? reason : "", sizeof o->reason - 1);
    o->fit_time = sl_db_real(query, 10);
    o->score_time = sl_db_real(query, 11);
    o->cpu_time = sl_db_real(query, 12);
    o->shared = sqlite3_column_int(query, 13);
    o->threads = sqlite3_column_int(query, 14);
    o->peak_memory = sl_db_int(query, 15);
    o->model_bytes = sl_db_int(query, 16);
    o->n_iter = (int)sl_db_int(query, 17);
    o->converged = (int)sl_db_int(query, 18);
    o->objective = sl_db_real(query, 19);
    o->log_loss = sl_db_real(query, 20);
    if (o->status == SL_TRIAL_OK) {
        o->predicted = read_labels(l, query, 21, o->n_validation);
        if (!o->predicted)
            return l->err->code;
    }
    return read_curve(l, o, (const char *)sqlite3_column_text(query, 3));
}

static int read_outcome(struct loader *l, sqlite3_stmt *query)
{
    size_t r = (size_t)sqlite3_column_int64(query, 0);
    if (r >= l->study->n_rows)
        return fail_store(l, "a trial without a row");
    struct sl_study_row *row = &l->study->rows[r];
    struct sl_outcome *grown = sl_realloc(row->outcomes, row->n_outcomes + 1, sizeof *grown);
    if (!grown)
        return sl_fail_memory(l->err);
    row->outcomes = grown;
    struct sl_outcome *o = &row->outcomes[row->n_outcomes++];
    sl_outcome_init(o);
    o->repeat = sqlite3_column_int(query, 1);
    o->fold = sqlite3_column_int(query, 2);
    o->seed = (uint64_t)sqlite3_column_int64(query, 5);
    if (sqlite3_column_type(query, 6) == SQLITE_NULL)
        return SL_OK; /* not run yet */
    return fill_outcome(l, o, query);
}

static const char select_study[] = "SELECT title, data, data_hash, machine, created, seed, n_train, "
                                   "n_validation, folds, repeats, final, k, classes"
                                   " FROM study JOIN data ON data.hash = study.data_hash WHERE name = ?";
static const char select_rows[] = "SELECT row, name, classifier, params, params_json, published, scaling"
                                  " FROM study_row WHERE study = ? ORDER BY row";
static const char select_truth[] =
    "SELECT split, n, labels FROM truth WHERE split IN (SELECT split FROM study_trial WHERE study = ?)";
static const char select_outcomes[] =
    "SELECT row, repeat, fold, t.key, t.split, t.seed, status, reason, n_train, n_validation, fit_time, "
    "score_time,"
    " cpu_time, shared, threads, peak_memory, model_bytes, n_iter, converged, objective, log_loss, predicted"
    " FROM study_trial t LEFT JOIN outcome o ON o.key = t.key WHERE study = ? ORDER BY row, repeat, fold";

static int load(struct loader *l)
{
    const char *name = l->study->name;
    int code = each(l, sl_db_query(l->db, l->err, select_study, "t", name), read_study);
    if (!code && !l->study->title)
        code = fail_store(l, "its data set is missing");
    if (!code)
        code = each(l, sl_db_query(l->db, l->err, select_rows, "t", name), read_row);
    if (!code)
        code = each(l, sl_db_query(l->db, l->err, select_truth, "t", name), read_truth);
    if (!code)
        code = each(l, sl_db_query(l->db, l->err, select_outcomes, "t", name), read_outcome);
    return code;
}

/* Which study ------------------------------------------------------------------------------------- */

static int fail_study(struct sl_db *db, const char *name, struct sl_error *err)
{
    enum { MOST = 64 };
    char *names[MOST];
    size_t n = 0;
    sqlite3_stmt *query = sl_db_query(db, err, "SELECT name FROM study ORDER BY ran DESC LIMIT 64", "");
    while (query && n < MOST && sl_db_step(db, query, err) > 0) {
        names[n] = sl_db_text(query, 0);
        n += names[n] != NULL;
    }
    sqlite3_finalize(query);
    int code =
        n ? sl_fail_unknown(err, "study", name, (const char *const *)names, n)
          : sl_fail(err, SL_EUSAGE, "%s: the store holds no study yet: 'shortlist run' makes one", db->path);
    while (n)
        free(names[--n]);
    return code;
}

/* The name as the store has it; NULL asks for the study that ran last. */
static int find_study(struct sl_db *db, const char *name, char **found, struct sl_error *err)
{
    sqlite3_stmt *query = sl_db_query(
        db, err, "SELECT name FROM study WHERE ?1 IS NULL OR name = ?1 ORDER BY ran DESC LIMIT 1", "t", name);
    int row = query ? sl_db_step(db, query, err) : -1;
    *found = row > 0 ? sl_db_text(query, 0) : NULL;
    sqlite3_finalize(query);
    if (row < 0)
        return err->code;
    if (row == 0)
        return fail_study(db, name ? name : "", err);
    return *found ? SL_OK : sl_fail_memory(err);
}

int sl_study_load(const char *out, const char *name, struct sl_study **study, struct sl_error *err)
{
    struct sl_error unread;
    struct loader l = {.err = err ? err : &unread};
    *study = NULL;
    int code = sl_db_open(out ? out : "results", 0, &l.db, l.err);
    if (code)
        return code;
    l.study = sl_alloc_zero(1, sizeof *l.study);
    if (!l.study)
        code = sl_fail_memory(l.err);
    if (!code)
        code = sl_db_exec(l.db, "BEGIN", l.err); /* one state of the store, whatever a run writes meanwhile */
    if (!code)
        code = find_study(l.db, name, &l.study->name, l.err);
    if (!code)
        code = load(&l);
    sl_db_close(l.db);
    if (code)
        sl_study_free(l.study);
    else
        *study = l.study;
    return code;
}

static void row_free(struct sl_study_row *row)
{
    for (size_t i = 0; i < row->n_outcomes; i++)
        sl_outcome_release(&row->outcomes[i]);
    free(row->outcomes);
    free(row->name);
    free((char *)row->classifier);
    free(row->params);
    free(row->params_json);
    free(row->published);
    free(row->scaling);
}

void sl_study_free(struct sl_study *study)
{
    if (!study)
        return;
    for (size_t r = 0; r < study->n_rows; r++)
        row_free(&study->rows[r]);
    for (int c = 0; study->classes && c < study->k; c++)
        free(study->classes[c]);
    for (struct truth *t = study->own, *next; t; t = next) {
        next = t->next;
        free(t->labels);
        free(t);
    }
    for (size_t i = 0; i < study->n_notes; i++)
        free(study->notes[i]);
    free(study->notes);
    free(study->rows);
    free(study->classes);
    free(study->name);
    free(study->title);
    free(study->data);
    free(study->data_hash);
    free(study->machine);
    free(study->created);
    free(study);
}
