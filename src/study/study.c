/* study.c - reading a study back from the store.
 *
 * What stands in the store is checked like any other input: it may be damaged, and it may come from somebody
 * else.  Names that become names of folders follow the rule of those that are given (experiment.c). */
#include "core/json_text.h"
#include "core/memory.h"
#include "core/text.h"
#include "study/checksum.h"
#include "study/db.h"
#include "study/experiment.h"
#include "study/fields.h"
#include "study/outcome.h"
#include "study/study_list.h"
#include <endian.h>
#include <limits.h>
#include <math.h>
#include <shortlist/measures.h>
#include <stdio.h>
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

static struct sl_fields fields_of(const struct loader *l, sqlite3_stmt *query)
{
    return (struct sl_fields){.db = l->db, .query = query, .study = l->study->name, .err = l->err};
}

static int fail_store(struct loader *l, const char *what)
{
    struct sl_fields f = fields_of(l, NULL);
    return sl_fields_fail(&f, what);
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
    int type = sqlite3_column_type(query, column);
    const unsigned char *bytes = sqlite3_column_blob(query, column);
    if (!bytes && type == SQLITE_BLOB && n && sqlite3_errcode(l->db->sqlite) == SQLITE_NOMEM) {
        sl_fail_memory(l->err);
        return NULL;
    }
    if (!bytes || n == 0 || type != SQLITE_BLOB ||
        (size_t)sqlite3_column_bytes(query, column) != 2 * n) {
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
    struct sl_fields f = fields_of(l, query);
    const char *split = sl_take_text(&f, 0);
    size_t n = (size_t)sl_take_int(&f, 1, 1, UINT32_MAX);
    if (!f.code && strlen(split) != 32)
        sl_fields_fail(&f, "a split without its hash");
    if (f.code)
        return f.code;
    struct truth *truth = sl_alloc_zero(1, sizeof *truth);
    if (!truth)
        return sl_fail_memory(l->err);
    strcpy(truth->split, split);
    truth->n = n;
    truth->next = l->study->own;
    l->study->own = truth;
    truth->labels = read_labels(l, query, 2, n);
    return truth->labels ? SL_OK : l->err->code;
}

static const struct truth *find_truth(const struct sl_study *study, const char *split)
{
    const struct truth *truth = study->own;
    while (truth && strcmp(truth->split, split) != 0)
        truth = truth->next;
    return truth;
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
        if (!text)
            return fail_store(l, "a name that is no text");
        grown[*n] = sl_strdup(text);
        if (!grown[(*n)++])
            return sl_fail_memory(l->err);
        sl_make_line(grown[*n - 1]);
    }
    return SL_OK;
}

/* Adds the strings of a JSON text, which must be an array; of n_expected, or of any number (-1). */
static int add_list(struct loader *l, const char *text, int n_expected, const char *what, char ***list,
                    size_t *n)
{
    int no_memory = 0, code;
    json_t *value = sl_json_parse(text, &no_memory);
    if (no_memory)
        code = sl_fail_memory(l->err);
    else if (!json_is_array(value) || (n_expected >= 0 && json_array_size(value) != (size_t)n_expected))
        code = fail_store(l, what);
    else
        code = add_strings(l, value, list, n);
    json_decref(value);
    return code;
}

/* The machine as JSON is written everywhere. */
static int read_machine(struct loader *l)
{
    struct sl_study *s = l->study;
    int no_memory = 0;
    json_t *machine = sl_json_parse(s->machine, &no_memory);
    char *text = no_memory ? NULL : machine ? json_dumps(machine, JSON_PRESERVE_ORDER) : sl_strdup("{}");
    json_decref(machine);
    if (!text)
        return sl_fail_memory(l->err);
    free(s->machine);
    s->machine = text;
    return SL_OK;
}

static int read_names(struct loader *l, const char *classes, const char *notes, const char *unseen)
{
    struct sl_study *s = l->study;
    size_t k = 0;
    int code = add_list(l, classes, s->k, "its class names", &s->classes, &k);
    if (!code)
        code = add_list(l, unseen, -1, "the names of classes of the test file alone", &s->classes, &k);
    s->k = (int)k;
    if (!code && k > UINT16_MAX)
        code = fail_store(l, "more classes than can be stored");
    return code ? code : add_list(l, notes, -1, "its notes", &s->notes, &s->n_notes);
}

static int read_study(struct loader *l, sqlite3_stmt *query)
{
    struct sl_study *s = l->study;
    struct sl_fields f = fields_of(l, query);
    char **const texts[] = {&s->title, &s->data, &s->data_hash};
    if (s->title)
        return fail_store(l, "it stands there twice");
    for (int i = 0; i < 3; i++)
        *texts[i] = sl_take_line(&f, i);
    s->machine = sl_take_object(&f, 3);
    s->created = sl_take_line(&f, 4);
    s->seed = (uint64_t)sl_take_int(&f, 5, 0, INT64_MAX);
    s->n_train = (size_t)sl_take_int(&f, 6, 1, UINT32_MAX);
    s->n_validation = (size_t)sl_take_int(&f, 7, 0, UINT32_MAX);
    s->folds = (int)sl_take_int(&f, 8, 0, SL_FOLDS_MAX);
    s->repeats = (int)sl_take_int(&f, 9, 1, SL_REPEATS_MAX);
    s->final = (int)sl_take_int(&f, 10, SL_FINAL_NO, SL_FINAL_TRAIN);
    s->k = (int)sl_take_int(&f, 11, 1, UINT16_MAX);
    const char *classes = sl_take_text(&f, 12), *notes = sl_take_text(&f, 13), *unseen = sl_take_text(&f, 14);
    if (f.code)
        return f.code;
    int code = read_names(l, classes, notes, unseen);
    return code ? code : read_machine(l);
}

static int check_row(struct sl_fields *f, const struct sl_study_row *row)
{
    enum sl_scaling_kind kind;
    if (f->code)
        return f->code;
    if (!*row->name || !*row->classifier)
        return sl_fields_fail(f, "a row without a name or a classifier");
    if (!row->params_json)
        return sl_fields_fail(f, "a row without hyperparameters");
    if (sl_scaling_kind_parse(row->scaling, &kind, NULL))
        return sl_fields_fail(f, "a row's scaling is none");
    return SL_OK;
}

static int read_row(struct loader *l, sqlite3_stmt *query)
{
    struct sl_study *s = l->study;
    struct sl_fields f = fields_of(l, query);
    if (s->n_rows == SL_ROWS_MAX)
        return fail_store(l, "more rows than a study can have");
    struct sl_study_row *rows = sl_realloc(s->rows, s->n_rows + 1, sizeof *rows);
    if (!rows)
        return sl_fail_memory(l->err);
    s->rows = rows;
    struct sl_study_row *row = &rows[s->n_rows];
    *row = (struct sl_study_row){0};
    if (sl_take_int(&f, 0, 0, SL_ROWS_MAX) != (int64_t)s->n_rows)
        return sl_fields_fail(&f, "a row is missing");
    s->n_rows++;
    row->name = sl_take_line(&f, 1);
    row->classifier = sl_take_line(&f, 2);
    row->params = sl_take_line(&f, 3);
    row->params_json = sl_take_object(&f, 4);
    row->published = sl_take_object(&f, 5);
    row->scaling = sl_take_line(&f, 6);
    return check_row(&f, row);
}

/* Outcomes ---------------------------------------------------------------------------------------- */

static int read_epoch(struct sl_fields *f, struct sl_outcome *o)
{
    struct sl_epoch epoch = {
        .epoch = (int)sl_take_int(f, 0, 0, INT_MAX),
        .train_loss = sl_take_real(f, 1, -INFINITY, INFINITY),
        .train_accuracy = sl_take_real(f, 2, 0, 1),
        .validation_loss = sl_take_real(f, 3, -INFINITY, INFINITY),
        .validation_accuracy = sl_take_real(f, 4, 0, 1),
        .learning_rate = sl_take_real(f, 5, 0, INFINITY),
        .seconds = sl_take_real(f, 6, -1, INFINITY),
    };
    if (!f->code && !isnan(epoch.seconds) &&
        !sl_measure_allows(&sl_measure_types[SL_MEASURE_fit_time], epoch.seconds))
        return sl_fields_fail(f, "the seconds of an epoch");
    if (!f->code && sl_outcome_add_epoch(o, &epoch))
        f->code = sl_fail_memory(f->err);
    return f->code;
}

/* Runs a query on what belongs to an outcome: row is called for each of its rows. */
static int read_rows(struct loader *l, sqlite3_stmt *query, struct sl_outcome *o,
                     int (*row)(struct sl_fields *f, struct sl_outcome *o))
{
    struct sl_fields f = fields_of(l, query);
    int more = query ? 1 : -1;
    while (more > 0 && (more = sl_db_step(l->db, query, l->err)) > 0)
        if (row(&f, o))
            more = -1;
    sqlite3_finalize(query);
    return more < 0 ? l->err->code : SL_OK;
}

static int read_curve(struct loader *l, struct sl_outcome *o)
{
    return read_rows(
        l,
        sl_db_query(l->db, l->err,
                    "SELECT epoch, train_loss, train_accuracy, validation_loss, validation_accuracy,"
                    " learning_rate, seconds FROM curve WHERE key = ? ORDER BY rowid",
                    "t", o->key),
        o, read_epoch);
}

/* A measure that this version does not know is left alone. */
static int read_measure(struct sl_fields *f, struct sl_outcome *o)
{
    const char *name = sl_take_text(f, 0);
    int id = sl_measure_find(name);
    if (f->code || id < 0 || !sl_measure_types[id].member)
        return f->code;
    double value = sl_take_real(f, 1, -INFINITY, INFINITY);
    if (!f->code && !sl_measure_allows(&sl_measure_types[id], value)) {
        char what[160];
        snprintf(what, sizeof what, "%s is %g", name, value);
        return sl_fields_fail(f, what);
    }
    sl_measure_set(&sl_measure_types[id], o, f->code ? NAN : value);
    return f->code;
}

static int read_measures(struct loader *l, struct sl_outcome *o)
{
    return read_rows(l,
                     sl_db_query(l->db, l->err, "SELECT name, value FROM measure WHERE key = ?", "t", o->key),
                     o, read_measure);
}

/* Is it what was written? */
static int check_sum(struct loader *l, const struct sl_outcome *o, int64_t stored)
{
    int64_t sum;
    int code = sl_checksum_outcome(l->db, o->key, &sum, l->err);
    return code ? code : sum == stored ? SL_OK : fail_store(l, "an outcome does not match its checksum");
}

/* Columns: row repeat fold key split seed | status reason n_train n_validation shared threads predicted
 * checksum */
static int fill_outcome(struct loader *l, struct sl_outcome *o, sqlite3_stmt *query)
{
    struct sl_fields f = fields_of(l, query);
    const struct truth *truth = find_truth(l->study, sl_take_text(&f, 4));
    int status = sl_trial_status_parse(sl_take_text(&f, 6));
    const char *reason = sl_take_text(&f, 7);
    o->n_train = (size_t)sl_take_int(&f, 8, 1, UINT32_MAX);
    o->n_validation = (size_t)sl_take_int(&f, 9, 1, UINT32_MAX);
    if (!f.code && (status < 0 || status == SL_TRIAL_MISSING || !truth || truth->n != o->n_validation))
        return sl_fields_fail(&f, "an outcome that does not fit its rows");
    if (f.code)
        return f.code;
    o->status = (enum sl_trial_status)status;
    o->truth = truth->labels;
    strncpy(o->reason, reason, sizeof o->reason - 1);
    sl_make_line(o->reason);
    o->shared = (int)sl_take_int(&f, 10, 0, 1);
    o->threads = (int)sl_take_int(&f, 11, 1, SL_THREADS_MAX);
    int64_t sum = sl_take_int(&f, 13, INT64_MIN, INT64_MAX);
    if (f.code)
        return f.code;
    if (o->status == SL_TRIAL_OK) {
        o->predicted = read_labels(l, query, 12, o->n_validation);
        if (!o->predicted)
            return l->err->code;
    }
    int code = read_measures(l, o);
    if (!code)
        code = read_curve(l, o);
    return code ? code : check_sum(l, o, sum);
}

/* Outcomes stand by repeat, then fold, each once. */
static int is_after(const struct sl_study_row *row, const struct sl_outcome *o)
{
    const struct sl_outcome *last = row->n_outcomes ? &row->outcomes[row->n_outcomes - 1] : NULL;
    return !last || o->repeat > last->repeat || (o->repeat == last->repeat && o->fold > last->fold);
}

static int read_outcome(struct loader *l, sqlite3_stmt *query)
{
    struct sl_study *s = l->study;
    struct sl_fields f = fields_of(l, query);
    struct sl_outcome o;
    sl_outcome_init(&o);
    size_t r = (size_t)sl_take_int(&f, 0, 0, (int64_t)s->n_rows - 1);
    o.repeat = (int)sl_take_int(&f, 1, 0, s->repeats - 1);
    o.fold = (int)sl_take_int(&f, 2, 0, s->folds ? s->folds - 1 : 0);
    const char *key = sl_take_text(&f, 3);
    o.seed = (uint64_t)sl_take_int(&f, 5, 0, INT64_MAX);
    if (!f.code && strlen(key) >= sizeof o.key)
        sl_fields_fail(&f, "a trial whose key is none");
    if (f.code)
        return f.code;
    struct sl_study_row *row = &s->rows[r];
    if (!is_after(row, &o))
        return fail_store(l, "a trial that stands there twice");
    struct sl_outcome *grown = sl_realloc(row->outcomes, row->n_outcomes + 1, sizeof *grown);
    if (!grown)
        return sl_fail_memory(l->err);
    row->outcomes = grown;
    row->outcomes[row->n_outcomes++] = o;
    if (sqlite3_column_type(query, 6) == SQLITE_NULL)
        return SL_OK; /* not run yet */
    strcpy(row->outcomes[row->n_outcomes - 1].key, key);
    return fill_outcome(l, &row->outcomes[row->n_outcomes - 1], query);
}

static const char select_study[] = "SELECT title, data, data_hash, machine, created, seed, n_train, "
                                   "n_validation, folds, repeats, final, k, classes, notes, unseen_classes"
                                   " FROM study JOIN data ON data.hash = study.data_hash WHERE name = ?";
static const char select_rows[] = "SELECT row, name, classifier, params, params_json, published, scaling"
                                  " FROM study_row WHERE study = ? ORDER BY row";
static const char select_truth[] =
    "SELECT split, n, labels FROM truth WHERE split IN (SELECT split FROM study_trial WHERE study = ?)";
static const char select_outcomes[] =
    "SELECT row, repeat, fold, t.key, t.split, t.seed, status, reason, n_train, n_validation, shared, "
    "threads,"
    " predicted, checksum"
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

/* ------------------------------------------------------------------------------------------------- */

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
        code = sl_study_find(l.db, name, &l.study->name, l.err);
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
