/* schema.c - the store's tables, and how those of an older version become today's.
 *
 * Version 1: measures were columns of outcome; no scores, no checksums.
 * Version 2: measures are rows (trial, name, value), so that another one needs no other schema.
 * Version 3: a study has a metric, by which its rows are judged.
 * Version 4: a study has a number of timing runs.
 * Version 5: a study has the settings that it was made by.
 * Version 6: predictions take a byte each where one is enough. */
#include "study/schema.h"
#include "study/checksum.h"
#include "study/narrow.h"
#include <stddef.h>

#define OUTCOME_COLUMNS                                                                                      \
    " (key TEXT PRIMARY KEY, split TEXT NOT NULL REFERENCES truth, status TEXT NOT NULL,"                    \
    " reason TEXT NOT NULL, again INTEGER NOT NULL, seed INTEGER, n_train INTEGER, n_validation INTEGER,"    \
    " shared INTEGER, threads INTEGER, predicted BLOB,"                                                      \
    " ended TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%SZ', 'now')),"                                  \
    " checksum INTEGER NOT NULL DEFAULT 0);"

static const char schema[] =
    "CREATE TABLE data (hash TEXT PRIMARY KEY, k INTEGER NOT NULL, classes TEXT NOT NULL);"
    "CREATE TABLE truth (split TEXT PRIMARY KEY, n INTEGER NOT NULL, labels BLOB NOT NULL);"
    "CREATE TABLE outcome" OUTCOME_COLUMNS
    "CREATE TABLE curve (key TEXT NOT NULL REFERENCES outcome, epoch INTEGER NOT NULL, train_loss REAL,"
    " train_accuracy REAL, validation_loss REAL, validation_accuracy REAL, learning_rate REAL, seconds REAL);"
    "CREATE INDEX curve_key ON curve (key);"
    "CREATE TABLE study (name TEXT PRIMARY KEY, title TEXT NOT NULL, data TEXT NOT NULL,"
    " data_hash TEXT NOT NULL REFERENCES data, machine TEXT NOT NULL, created TEXT NOT NULL,"
    " ran INTEGER NOT NULL, seed INTEGER, n_train INTEGER, n_validation INTEGER, folds INTEGER,"
    " repeats INTEGER, final INTEGER, notes TEXT NOT NULL DEFAULT '[]', unseen_classes TEXT NOT NULL DEFAULT "
    "'[]');"
    "CREATE TABLE study_row (study TEXT NOT NULL REFERENCES study, row INTEGER NOT NULL, name TEXT NOT NULL,"
    " classifier TEXT NOT NULL, params TEXT NOT NULL, params_json TEXT NOT NULL, published TEXT,"
    " scaling TEXT NOT NULL, PRIMARY KEY (study, row));"
    "CREATE TABLE study_trial (study TEXT NOT NULL, row INTEGER NOT NULL, repeat INTEGER NOT NULL,"
    " fold INTEGER NOT NULL, key TEXT NOT NULL, split TEXT NOT NULL, seed INTEGER,"
    " PRIMARY KEY (study, row, repeat, fold));"
    "CREATE TABLE model (study TEXT NOT NULL, file TEXT NOT NULL, key TEXT NOT NULL, PRIMARY KEY (study, "
    "file));";

/* What version 2 added. */
static const char added[] =
    "CREATE TABLE measure (key TEXT NOT NULL REFERENCES outcome, name TEXT NOT NULL, value REAL NOT NULL,"
    " PRIMARY KEY (key, name)) WITHOUT ROWID;"
    "CREATE TABLE score (key TEXT PRIMARY KEY REFERENCES outcome, n INTEGER NOT NULL, k INTEGER NOT NULL,"
    " probabilities INTEGER NOT NULL, low REAL NOT NULL, step REAL NOT NULL, codes BLOB NOT NULL, classes "
    "BLOB,"
    " checksum INTEGER NOT NULL DEFAULT 0);"
    "CREATE INDEX study_trial_key ON study_trial (key);";

/* What version 3 added. */
static const char added_3[] = "ALTER TABLE study ADD COLUMN metric TEXT NOT NULL DEFAULT 'none';";

/* What version 4 added. */
static const char added_4[] = "ALTER TABLE study ADD COLUMN timing_runs INTEGER NOT NULL DEFAULT 0;";

/* What version 5 added. */
static const char added_5[] = "ALTER TABLE study ADD COLUMN settings TEXT;";

/* From version 1: outcomes without the measures' columns, in one copy; and notes and classes, which stood in
 * the machine's description. */
static const char moved[] =
    "CREATE TABLE outcome_2" OUTCOME_COLUMNS "INSERT INTO outcome_2 SELECT key, split, status, reason, "
    "again, seed, n_train, n_validation, shared, threads,"
    " predicted, ended, 0 FROM outcome;"
    "DROP TABLE outcome;"
    "ALTER TABLE outcome_2 RENAME TO outcome;"
    "ALTER TABLE study ADD COLUMN notes TEXT NOT NULL DEFAULT '[]';"
    "ALTER TABLE study ADD COLUMN unseen_classes TEXT NOT NULL DEFAULT '[]';"
    "UPDATE study SET notes = coalesce(json_extract(machine, '$.notes'), '[]'),"
    " unseen_classes = coalesce(json_extract(machine, '$.unseen_classes'), '[]'),"
    " machine = json_remove(machine, '$.notes', '$.unseen_classes');";

static int set_version(struct sl_db *db, struct sl_error *err)
{
    char sql[96];
    sqlite3_snprintf(sizeof sql, sql, "PRAGMA application_id = %d; PRAGMA user_version = %d;",
                     SL_STORE_APPLICATION, SL_STORE_VERSION);
    return sl_db_exec(db, sql, err);
}

int sl_schema_make(struct sl_db *db, struct sl_error *err)
{
    int code = sl_db_exec(db, schema, err);
    if (!code)
        code = sl_db_exec(db, added, err);
    if (!code)
        code = sl_db_exec(db, added_3, err);
    if (!code)
        code = sl_db_exec(db, added_4, err);
    if (!code)
        code = sl_db_exec(db, added_5, err);
    return code ? code : set_version(db, err);
}

/* Version 1 had a column of outcome for each measure; -1 stood for a whole number that was not measured. */
static int move_measure(struct sl_db *db, const char *name, int whole, struct sl_error *err)
{
    char sql[320];
    sqlite3_snprintf(
        sizeof sql, sql,
        "INSERT INTO measure SELECT key, '%s', %s FROM outcome WHERE %s IS NOT NULL AND %s IS NOT %s", name,
        name, name, name, whole ? "-1" : "NULL");
    return sl_db_exec(db, sql, err);
}

static int from_version_1(struct sl_db *db, struct sl_error *err)
{
    static const struct {
        const char *name;
        int whole;
    } columns[] = {{"fit_time", 0},    {"score_time", 0},  {"cpu_time", 0},
                   {"peak_memory", 1}, {"model_bytes", 1}, {"n_iter", 1},
                   {"converged", 1},   {"objective", 0},   {"log_loss", 0}};
    int code = sl_db_exec(db, added, err);
    for (size_t i = 0; i < sizeof columns / sizeof *columns && !code; i++)
        code = move_measure(db, columns[i].name, columns[i].whole, err);
    if (!code)
        code = sl_db_exec(db, moved, err);
    return code ? code : sl_checksum_put_all(db, err);
}

int sl_schema_upgrade(struct sl_db *db, int64_t from, struct sl_error *err)
{
    int code = from == 1 ? from_version_1(db, err) : SL_OK;
    if (!code && from < 3)
        code = sl_db_exec(db, added_3, err);
    if (!code && from < 4)
        code = sl_db_exec(db, added_4, err);
    if (!code && from < 5)
        code = sl_db_exec(db, added_5, err);
    if (!code)
        code = sl_store_narrow(db, err);
    return code ? code : set_version(db, err);
}
