/* store.c - writing outcomes to the store, and asking for them.
 *
 * Outcomes are kept by key, apart from the studies that name them: redefining a study loses none, and two
 * studies share what they have in common.  Predictions take a byte each, or two, little-endian, where one is
 * 256 or more. */
#include "study/store.h"
#include "core/memory.h"
#include "core/text.h"
#include "measure/machine.h"
#include "study/checksum.h"
#include "study/outcome.h"
#include "study/scores.h"
#include "study/trial_key.h"
#include <endian.h>
#include <math.h>
#include <shortlist/measures.h>
#include <stdio.h>
#include <string.h>

/* Outcomes ---------------------------------------------------------------------------------------- */

int sl_store_look(struct sl_db *db, const char *key, struct sl_held *held, struct sl_error *err)
{
    *held = (struct sl_held){.status = SL_TRIAL_MISSING};
    sqlite3_stmt *query = sl_db_query(db, err,
                                      "SELECT status, again, coalesce((SELECT value FROM measure m WHERE "
                                      "m.key = o.key AND name = 'fit_runs'), 1), EXISTS (SELECT 1 FROM "
                                      "measure m WHERE m.key = o.key AND name = 'train_accuracy')"
                                      " FROM outcome o WHERE key = ?",
                                      "t", key);
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
        held->fit_runs = sqlite3_column_int(query, 2);
        held->evaluated = sqlite3_column_int(query, 3);
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
            code = sl_db_run(db, err, "INSERT INTO measure VALUES (?, ?, ?)", "ttd", key,
                             sl_measure_types[i].name, value);
    }
    return code;
}

static int put_scores(struct sl_db *db, const char *key, const struct sl_scores *s, struct sl_error *err)
{
    size_t n = s->n * (size_t)s->width;
    if (!s->n)
        return SL_OK;
    unsigned char *codes = sl_codes_pack(s->codes, n),
                  *classes = s->classes ? sl_codes_pack(s->classes, n) : NULL;
    int code = codes && (classes || !s->classes)
                   ? sl_db_run(db, err,
                               "INSERT INTO score (key, n, k, probabilities, low, step, codes, classes)"
                               " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                               "tiiiddbb", key, (int64_t)s->n, (int64_t)s->k, (int64_t)s->probabilities,
                               s->low, s->step, codes, 2 * n, classes, 2 * n)
                   : sl_fail_memory(err);
    free(codes);
    free(classes);
    return code;
}

static int put_outcome(struct sl_db *db, const char *key, const char *split, const struct sl_outcome *o,
                       int again, struct sl_error *err)
{
    unsigned char *labels = o->predicted ? sl_labels_pack(o->predicted, o->n_validation) : NULL;
    if (o->predicted && !labels)
        return sl_fail_memory(err);
    const size_t size = labels ? sl_labels_narrow(labels, o->n_validation) : 0;
    int code = sl_db_run(
        db, err,
        "INSERT INTO outcome (key, split, status, reason, again, seed, n_train, n_validation, shared,"
        " threads, predicted) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        "ttttiiiiiib", key, split, sl_trial_status_name(o->status), o->reason, (int64_t)again,
        (int64_t)o->seed, (int64_t)o->n_train, (int64_t)o->n_validation, (int64_t)o->shared,
        (int64_t)o->threads, labels, size);
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
    int code = sl_store_forget(db, key, err);
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
    return code;
}

int sl_store_warn(struct sl_db *db, const char *study, enum sl_warning_id id, const char *text,
                  struct sl_error *err)
{
    char *note = sl_format("%s: %s", sl_warning_kinds[id].code, text);
    if (!note)
        return sl_fail_memory(err);
    int code = sl_db_run(db, err, "UPDATE study SET notes = json_insert(notes, '$[#]', ?) WHERE name = ?",
                         "tt", note, study);
    free(note);
    return code;
}
