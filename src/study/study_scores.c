/* study_scores.c - the scores that the store holds of an outcome: read only where they are asked for. */
#include "study/checksum.h"
#include "study/experiment.h"
#include "study/fields.h"
#include "study/scores.h"
#include <math.h>
#include <shortlist/study.h>

/* n codes of two bytes each; null where optional. */
static uint16_t *take_codes(struct sl_fields *f, int column, size_t n, int optional)
{
    int type = sqlite3_column_type(f->query, column);
    if (f->code || (optional && type == SQLITE_NULL))
        return NULL;
    const unsigned char *bytes = sqlite3_column_blob(f->query, column);
    if (!bytes && type == SQLITE_BLOB && sqlite3_errcode(f->db->sqlite) == SQLITE_NOMEM) {
        f->code = sl_fail_memory(f->err);
        return NULL;
    }
    if (!bytes || type != SQLITE_BLOB || (size_t)sqlite3_column_bytes(f->query, column) != 2 * n) {
        sl_fields_fail(f, "scores of another number than its rows");
        return NULL;
    }
    uint16_t *codes = sl_codes_unpack(bytes, n);
    if (!codes)
        f->code = sl_fail_memory(f->err);
    return codes;
}

/* Columns: n k probabilities low step codes classes checksum */
static int take_scores(struct sl_fields *f, size_t n, int k, struct sl_scores *s, int64_t *sum)
{
    s->n = (size_t)sl_take_int(f, 0, (int64_t)n, (int64_t)n);
    s->k = (int)sl_take_int(f, 1, 1, k);
    s->probabilities = (int)sl_take_int(f, 2, 0, 1);
    s->low = sl_take_real(f, 3, -INFINITY, INFINITY);
    s->step = sl_take_real(f, 4, 0, INFINITY);
    *sum = sl_take_int(f, 7, INT64_MIN, INT64_MAX);
    s->width = sqlite3_column_type(f->query, 6) == SQLITE_NULL ? s->k : 2;
    s->codes = take_codes(f, 5, s->n * (size_t)s->width, 0);
    s->classes = take_codes(f, 6, s->n * 2, 1);
    if (!f->code && sl_scores_check(s, k))
        sl_fields_fail(f, "scores that are none");
    return f->code;
}

static int read_scores(struct sl_fields *f, const struct sl_study *study, const struct sl_outcome *o,
                       struct sl_scores *scores)
{
    int64_t sum = 0, stored = 0;
    f->query = sl_db_query(
        f->db, f->err,
        "SELECT n, k, probabilities, low, step, codes, classes, checksum FROM score WHERE key = ?", "t",
        o->key);
    int found = f->query ? sl_db_step(f->db, f->query, f->err) : -1;
    int code = found < 0 ? f->err->code : SL_OK;
    if (found > 0)
        code = take_scores(f, o->n_validation, study->k, scores, &stored);
    sqlite3_finalize(f->query);
    if (!code && found > 0)
        code = sl_checksum_scores(f->db, o->key, &sum, f->err);
    if (!code && found > 0 && sum != stored)
        code = sl_fields_fail(f, "scores do not match their checksum");
    return code;
}

int sl_study_scores(const char *out, const struct sl_study *study, const struct sl_outcome *outcome,
                    struct sl_scores *scores, struct sl_error *err)
{
    struct sl_error unread;
    struct sl_fields f = {.study = study->name, .err = err ? err : &unread};
    *scores = (struct sl_scores){0};
    int code = sl_db_open(out ? out : "results", SL_DB_READ, &f.db, f.err);
    if (!code)
        code = read_scores(&f, study, outcome, scores);
    if (code)
        sl_scores_free(scores);
    sl_db_close(f.db);
    return code;
}
