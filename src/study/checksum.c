/* checksum.c - what the store holds of an outcome, in one number.
 *
 * It is computed from what SQLite gives back, column by column with its type: the same way after writing and
 * on reading, whatever a later version adds to measures.  It finds damage, not forgery. */
#include "study/checksum.h"
#include "core/hash.h"
#include "core/memory.h"

static uint64_t add_column(uint64_t sum, sqlite3_stmt *query, int column)
{
    int type = sqlite3_column_type(query, column);
    int64_t whole = type == SQLITE_INTEGER ? sqlite3_column_int64(query, column) : 0;
    double real = type == SQLITE_FLOAT ? sqlite3_column_double(query, column) : 0;
    sum = sl_hash64(&type, sizeof type, sum);
    if (type == SQLITE_INTEGER)
        return sl_hash64(&whole, sizeof whole, sum);
    if (type == SQLITE_FLOAT)
        return sl_hash64(&real, sizeof real, sum);
    const void *bytes = sqlite3_column_blob(query, column); /* a text's bytes, too */
    return sl_hash64(bytes ? bytes : "", (size_t)sqlite3_column_bytes(query, column), sum);
}

int sl_checksum_rows(struct sl_db *db, const char *sql, const char *key, uint64_t *sum, struct sl_error *err)
{
    sqlite3_stmt *query = sl_db_query(db, err, sql, "t", key);
    int more = query ? 1 : -1;
    while (more > 0 && (more = sl_db_step(db, query, err)) > 0)
        for (int c = 0; c < sqlite3_column_count(query); c++)
            *sum = add_column(*sum, query, c);
    sqlite3_finalize(query);
    return more < 0 ? (err ? err->code : SL_EIO) : SL_OK;
}

int sl_checksum_outcome(struct sl_db *db, const char *key, int64_t *sum, struct sl_error *err)
{
    static const char *const parts[] = {
        "SELECT key, split, status, reason, again, seed, n_train, n_validation, shared, threads, predicted "
        "FROM outcome"
        " WHERE key = ?",
        "SELECT name, value FROM measure WHERE key = ? ORDER BY name",
        "SELECT epoch, train_loss, train_accuracy, validation_loss, validation_accuracy, learning_rate, "
        "seconds"
        " FROM curve WHERE key = ? ORDER BY rowid",
        "SELECT checksum FROM score WHERE key = ?",
    };
    uint64_t hash = 0;
    int code = SL_OK;
    for (size_t i = 0; i < sizeof parts / sizeof *parts && !code; i++) {
        hash = sl_hash64(&i, sizeof i, hash);
        code = sl_checksum_rows(db, parts[i], key, &hash, err);
    }
    *sum = (int64_t)hash;
    return code;
}

int sl_checksum_scores(struct sl_db *db, const char *key, int64_t *sum, struct sl_error *err)
{
    uint64_t hash = 0;
    int code =
        sl_checksum_rows(db, "SELECT n, k, probabilities, low, step, codes, classes FROM score WHERE key = ?",
                         key, &hash, err);
    *sum = (int64_t)hash;
    return code;
}

int sl_checksum_put(struct sl_db *db, const char *key, struct sl_error *err)
{
    int64_t sum;
    int code = sl_checksum_scores(db, key, &sum, err);
    if (!code)
        code = sl_db_run(db, err, "UPDATE score SET checksum = ? WHERE key = ?", "it", sum, key);
    if (!code)
        code = sl_checksum_outcome(db, key, &sum, err);
    if (!code)
        code = sl_db_run(db, err, "UPDATE outcome SET checksum = ? WHERE key = ?", "it", sum, key);
    return code;
}

/* The first outcome behind a row of the table, from -1 on; *key is NULL where there is none. */
static int next_key(struct sl_db *db, int64_t *row, char **key, struct sl_error *err)
{
    sqlite3_stmt *query = sl_db_query(
        db, err, "SELECT rowid, key FROM outcome WHERE rowid > ? ORDER BY rowid LIMIT 1", "i", *row);
    int found = query ? sl_db_step(db, query, err) : -1;
    *key = NULL;
    if (found > 0)
        *row = sqlite3_column_int64(query, 0);
    int no_memory = found > 0 && sl_db_text(query, 1, key);
    sqlite3_finalize(query);
    return found < 0 ? (err ? err->code : SL_EIO) : no_memory ? sl_fail_memory(err) : SL_OK;
}

/* One at a time: no query stands on a row that is changed. */
int sl_checksum_put_all(struct sl_db *db, struct sl_error *err)
{
    int64_t row = -1;
    char *key;
    int code;
    while (!(code = next_key(db, &row, &key, err)) && key) {
        code = sl_checksum_put(db, key, err);
        free(key);
        if (code)
            return code;
    }
    return code;
}
