/* study_outcomes.c - reading back the outcomes of a study: labels, measures, curves, each with its checksum.
 */
#include "core/memory.h"
#include "study/checksum.h"
#include "study/experiment.h"
#include "study/loader.h"
#include "study/outcome.h"
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

/* Labels ------------------------------------------------------------------------------------------ */

/* A column of n labels below k, all of one byte or of two; NULL with an error. */
static int32_t *read_labels(struct sl_loader *l, sqlite3_stmt *query, int column, size_t n)
{
    int type = sqlite3_column_type(query, column);
    const unsigned char *bytes = sqlite3_column_blob(query, column);
    if (!bytes && type == SQLITE_BLOB && n && sqlite3_errcode(l->db->sqlite) == SQLITE_NOMEM) {
        sl_fail_memory(l->err);
        return NULL;
    }
    const size_t size = (size_t)sqlite3_column_bytes(query, column), width = size == n ? 1 : 2;
    if ((!bytes && n) || type != SQLITE_BLOB || size != width * n) {
        sl_loader_fail(l, "labels of another number than its rows");
        return NULL;
    }
    int32_t *labels = sl_alloc(n, sizeof *labels);
    if (!labels)
        sl_fail_memory(l->err);
    for (size_t i = 0; labels && i < n; i++) {
        labels[i] = width == 1 ? bytes[i] : bytes[2 * i] | bytes[2 * i + 1] << 8;
        if (labels[i] >= l->study->k) {
            sl_loader_fail(l, "a label that is no class");
            free(labels);
            return NULL;
        }
    }
    return labels;
}

static int read_truth(struct sl_loader *l, sqlite3_stmt *query)
{
    struct sl_fields f = sl_loader_fields(l, query);
    const char *split = sl_take_text(&f, 0);
    size_t n = (size_t)sl_take_int(&f, 1, 0, UINT32_MAX);
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
static int read_rows(struct sl_loader *l, sqlite3_stmt *query, struct sl_outcome *o,
                     int (*row)(struct sl_fields *f, struct sl_outcome *o))
{
    struct sl_fields f = sl_loader_fields(l, query);
    int more = query ? 1 : -1;
    while (more > 0 && (more = sl_db_step(l->db, query, l->err)) > 0)
        if (row(&f, o))
            more = -1;
    sqlite3_finalize(query);
    return more < 0 ? l->err->code : SL_OK;
}

static int read_curve(struct sl_loader *l, struct sl_outcome *o)
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

static int read_measures(struct sl_loader *l, struct sl_outcome *o)
{
    return read_rows(l,
                     sl_db_query(l->db, l->err, "SELECT name, value FROM measure WHERE key = ?", "t", o->key),
                     o, read_measure);
}

/* Is it what was written? */
static int check_sum(struct sl_loader *l, const struct sl_outcome *o, int64_t stored)
{
    int64_t sum;
    int code = sl_checksum_outcome(l->db, o->key, &sum, l->err);
    return code ? code : sum == stored ? SL_OK : sl_loader_fail(l, "an outcome does not match its checksum");
}

/* Columns: row repeat fold key split seed | status reason n_train n_validation shared threads predicted
 * checksum */
static int fill_outcome(struct sl_loader *l, struct sl_outcome *o, sqlite3_stmt *query)
{
    struct sl_fields f = sl_loader_fields(l, query);
    const struct truth *truth = find_truth(l->study, sl_take_text(&f, 4));
    int status = sl_trial_status_parse(sl_take_text(&f, 6));
    const char *reason = sl_take_text(&f, 7);
    o->n_train = (size_t)sl_take_int(&f, 8, 1, UINT32_MAX);
    o->n_validation = (size_t)sl_take_int(&f, 9, 0, UINT32_MAX);
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
    if (o->status == SL_TRIAL_OK && o->n_validation) {
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

static int read_outcome(struct sl_loader *l, sqlite3_stmt *query)
{
    struct sl_study *s = l->study;
    struct sl_fields f = sl_loader_fields(l, query);
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
        return sl_loader_fail(l, "a trial that stands there twice");
    struct sl_outcome *grown = sl_realloc(row->outcomes, row->n_outcomes + 1, sizeof *grown);
    if (!grown)
        return sl_fail_memory(l->err);
    row->outcomes = grown;
    row->outcomes[row->n_outcomes++] = o;
    if (sqlite3_column_type(query, 6) == SQLITE_NULL)
        return SL_OK; /* not run yet */
    strcpy(row->outcomes[row->n_outcomes - 1].key, key);
    snprintf(row->outcomes[row->n_outcomes - 1].split, sizeof o.split, "%s", sl_take_text(&f, 4));
    return fill_outcome(l, &row->outcomes[row->n_outcomes - 1], query);
}

static const char select_truth[] =
    "SELECT split, n, labels FROM truth WHERE split IN (SELECT split FROM study_trial WHERE study = ?)";
static const char select_outcomes[] =
    "SELECT row, repeat, fold, t.key, t.split, t.seed, status, reason, n_train, n_validation, shared, "
    "threads,"
    " predicted, checksum"
    " FROM study_trial t LEFT JOIN outcome o ON o.key = t.key WHERE study = ? ORDER BY row, repeat, fold";

int sl_load_outcomes(struct sl_loader *l)
{
    const char *name = l->study->name;
    int code = sl_loader_each(l, sl_db_query(l->db, l->err, select_truth, "t", name), read_truth);
    return code ? code
                : sl_loader_each(l, sl_db_query(l->db, l->err, select_outcomes, "t", name), read_outcome);
}

void sl_truths_free(void *truths)
{
    for (struct truth *t = truths, *next; t; t = next) {
        next = t->next;
        free(t->labels);
        free(t);
    }
}
