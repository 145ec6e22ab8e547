/* narrow.c - predictions of two bytes each become those of one, where all classes are below 256.
 *
 * Up to version 5 every label took two bytes.  Cost: O(rows scored), and as much again for checksums. */
#include "study/narrow.h"
#include "core/memory.h"
#include "study/checksum.h"
#include "study/outcome.h"
#include <string.h>

/* One at a time: no query stands on a row that is changed. */
struct wide {
    int64_t row, n, checksum, of_scores;
    char *key;             /* NULL: there is none left; owned, as are the labels */
    unsigned char *labels; /* (2 n) */
};

static int next_wide(struct sl_db *db, struct wide *w, struct sl_error *err)
{
    sqlite3_stmt *query = sl_db_query(
        db, err,
        "SELECT rowid, key, n_validation, checksum, predicted, coalesce((SELECT checksum FROM score s "
        "WHERE s.key = o.key), 0) FROM outcome o WHERE rowid > ? AND n_validation > 0 AND "
        "typeof(predicted) = 'blob' AND length(predicted) = 2 * n_validation ORDER BY rowid LIMIT 1",
        "i", w->row);
    int found = query ? sl_db_step(db, query, err) : -1, failed = 0;
    w->key = NULL;
    w->labels = NULL;
    if (found > 0) {
        w->row = sqlite3_column_int64(query, 0);
        w->n = sqlite3_column_int64(query, 2);
        w->checksum = sqlite3_column_int64(query, 3);
        w->of_scores = sqlite3_column_int64(query, 5);
        const void *bytes = sqlite3_column_blob(query, 4);
        w->labels = bytes ? sl_alloc(2 * (size_t)w->n, 1) : NULL;
        failed = !w->labels || sl_db_text(query, 1, &w->key);
        if (w->labels)
            memcpy(w->labels, bytes, 2 * (size_t)w->n);
    }
    sqlite3_finalize(query);
    return found < 0 ? (err ? err->code : SL_EIO) : failed ? sl_fail_memory(err) : SL_OK;
}

static int narrow(struct sl_db *db, struct wide *w, struct sl_error *err)
{
    int64_t sum, of_scores;
    int code = sl_checksum_outcome(db, w->key, &sum, err);
    if (!code)
        code = sl_checksum_scores(db, w->key, &of_scores, err);
    const size_t size = sl_labels_narrow(w->labels, (size_t)w->n);
    if (code || sum != w->checksum || of_scores != w->of_scores || size != (size_t)w->n)
        return code;
    code =
        sl_db_run(db, err, "UPDATE outcome SET predicted = ? WHERE rowid = ?", "bi", w->labels, size, w->row);
    return code ? code : sl_checksum_put(db, w->key, err);
}

int sl_store_narrow(struct sl_db *db, struct sl_error *err)
{
    struct wide wide = {.row = INT64_MIN};
    int code;
    while (!(code = next_wide(db, &wide, err)) && wide.key) {
        code = narrow(db, &wide, err);
        free(wide.key);
        free(wide.labels);
        if (code)
            return code;
    }
    free(wide.key);
    free(wide.labels);
    return code;
}
