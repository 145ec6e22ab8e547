/* db.c - statements of the store's database, and what SQLite says of them. */
#include "study/db.h"
#include "core/file.h"
#include "core/memory.h"
#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Errors ------------------------------------------------------------------------------------------ */

/* A run that was killed while it wrote has left its journal beside the store, and whoever reads the store has
 * to take back first what that run wrote.  Where it may not, SQLite says that the store can not be written,
 * or that the journal can not be opened. */
static int must_roll_back(const struct sl_db *db)
{
    int code = sqlite3_extended_errcode(db->sqlite);
    char *journal = sl_format("%s-journal", db->path);
    int there = journal && access(journal, F_OK) == 0;
    free(journal);
    return code == SQLITE_READONLY_ROLLBACK || ((code & 0xff) == SQLITE_CANTOPEN && there);
}

/* SQLite says "disk I/O error" and forgets why; errno may be of a file that it looked for afterwards. */
static const char *system_reason(void)
{
    static const int reasons[] = {EFBIG, EDQUOT, ENOSPC, EIO, EROFS, ESTALE};
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (errno == reasons[i])
            return strerror(errno);
    return "";
}

int sl_db_fail_damaged(const struct sl_db *db, const char *what, struct sl_error *err)
{
    return sl_fail(err, SL_EDATA, "%s: not a store, or a damaged one (%s): move it away to begin anew",
                   db->path, what);
}

int sl_db_fail(struct sl_db *db, struct sl_error *err)
{
    const char *reason = system_reason();
    int code = sqlite3_errcode(db->sqlite) & 0xff;
    const char *text = sqlite3_errmsg(db->sqlite);
    if (must_roll_back(db))
        return sl_fail(
            err, SL_EIO,
            "%s: a run was killed while it wrote, which has to be undone, and it can not be written here: "
            "let "
            "somebody who may write it use it once ('shortlist list studies'), or copy it together with "
            "shortlist.db-journal to a folder of your own, and name that with --out",
            db->path);
    switch (code) {
    case SQLITE_NOMEM:
        return sl_fail_memory(err);
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
    case SQLITE_ERROR: /* a table or a column that is not there, or not what it should be */
    case SQLITE_AUTH:
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
    case SQLITE_TOOBIG:
        return sl_db_fail_damaged(db, text, err);
    case SQLITE_BUSY:
        return sl_fail(err, SL_EIO, "%s: another process has held the store for more than %d s", db->path,
                       SL_DB_PATIENCE / 1000);
    case SQLITE_FULL:
    case SQLITE_READONLY:
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
        return sl_fail(err, SL_EIO, "%s: %s%s%s", db->path, text, *reason ? ": " : "", reason);
    default:
        return sl_fail(err, SL_EINTERNAL, "%s: %s", db->path, text);
    }
}

/* Queries ----------------------------------------------------------------------------------------- */

int sl_db_exec(struct sl_db *db, const char *sql, struct sl_error *err)
{
    errno = 0;
    return sqlite3_exec(db->sqlite, sql, NULL, NULL, NULL) == SQLITE_OK ? SL_OK : sl_db_fail(db, err);
}

static int bind(sqlite3_stmt *query, const char *format, va_list args)
{
    int result = (size_t)sqlite3_bind_parameter_count(query) == strlen(format) ? SQLITE_OK : SQLITE_MISUSE;
    for (int i = 1; *format && result == SQLITE_OK; i++, format++) {
        if (*format == 't')
            result = sqlite3_bind_text(query, i, va_arg(args, const char *), -1, SQLITE_TRANSIENT);
        else if (*format == 'i')
            result = sqlite3_bind_int64(query, i, va_arg(args, int64_t));
        else if (*format == 'd')
            result = sqlite3_bind_double(query, i, va_arg(args, double)); /* SQLite stores NaN as null */
        else if (*format == 'b') {
            const void *bytes = va_arg(args, const void *);
            size_t size = va_arg(args, size_t);
            result = sqlite3_bind_blob64(query, i, bytes, size, SQLITE_TRANSIENT);
        } else
            result = SQLITE_MISUSE;
    }
    return result;
}

static sqlite3_stmt *prepare(struct sl_db *db, struct sl_error *err, const char *sql, const char *format,
                             va_list args)
{
    sqlite3_stmt *query = NULL;
    if (sqlite3_prepare_v2(db->sqlite, sql, -1, &query, NULL) == SQLITE_OK &&
        bind(query, format, args) == SQLITE_OK)
        return query;
    sl_db_fail(db, err);
    sqlite3_finalize(query);
    return NULL;
}

sqlite3_stmt *sl_db_query(struct sl_db *db, struct sl_error *err, const char *sql, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    sqlite3_stmt *query = prepare(db, err, sql, format, args);
    va_end(args);
    return query;
}

int sl_db_step(struct sl_db *db, sqlite3_stmt *query, struct sl_error *err)
{
    errno = 0;
    int result = sqlite3_step(query);
    if (result == SQLITE_ROW)
        return 1;
    if (result == SQLITE_DONE)
        return 0;
    sl_db_fail(db, err);
    return -1;
}

/* The statement that was kept of the same text, or a new one that is kept. */
static sqlite3_stmt *find_kept(struct sl_db *db, const char *sql, struct sl_error *err)
{
    for (int i = 0; i < SL_DB_KEPT; i++)
        if (db->kept[i] && strcmp(sqlite3_sql(db->kept[i]), sql) == 0)
            return db->kept[i];
    sqlite3_stmt *made = NULL, **place = &db->kept[db->next_kept];
    if (sqlite3_prepare_v3(db->sqlite, sql, -1, SQLITE_PREPARE_PERSISTENT, &made, NULL) != SQLITE_OK) {
        sl_db_fail(db, err);
        return NULL;
    }
    sqlite3_finalize(*place);
    *place = made;
    db->next_kept = (db->next_kept + 1) % SL_DB_KEPT;
    return made;
}

void sl_db_forget_statements(struct sl_db *db)
{
    for (int i = 0; i < SL_DB_KEPT; i++) {
        sqlite3_finalize(db->kept[i]);
        db->kept[i] = NULL;
    }
}

/* Runs a kept statement that has, or has not, its parameters. */
static int run_kept(struct sl_db *db, sqlite3_stmt *query, int bound, struct sl_error *err)
{
    if (!bound)
        sl_db_fail(db, err);
    const int failed = !bound || sl_db_step(db, query, err) < 0;
    sqlite3_reset(query);
    sqlite3_clear_bindings(query);
    return !failed ? SL_OK : err ? err->code : SL_EIO;
}

int sl_db_run(struct sl_db *db, struct sl_error *err, const char *sql, const char *format, ...)
{
    va_list args;
    sqlite3_stmt *query = find_kept(db, sql, err);
    if (!query)
        return err ? err->code : SL_EIO;
    va_start(args, format);
    const int bound = bind(query, format, args) == SQLITE_OK;
    va_end(args);
    return run_kept(db, query, bound, err);
}

int sl_db_copy_row(struct sl_db *db, struct sl_error *err, const char *sql, sqlite3_stmt *row)
{
    sqlite3_stmt *query = find_kept(db, sql, err);
    if (!query)
        return err ? err->code : SL_EIO;
    const int n = sqlite3_bind_parameter_count(query);
    int result = sqlite3_column_count(row) == n ? SQLITE_OK : SQLITE_MISUSE;
    for (int i = 0; i < n && result == SQLITE_OK; i++)
        result = sqlite3_bind_value(query, i + 1, sqlite3_column_value(row, i));
    return run_kept(db, query, result == SQLITE_OK, err);
}

int sl_db_number(struct sl_db *db, struct sl_error *err, int64_t *number, const char *sql, const char *format,
                 ...)
{
    va_list args;
    va_start(args, format);
    sqlite3_stmt *query = prepare(db, err, sql, format, args);
    va_end(args);
    const int found = query ? sl_db_step(db, query, err) : -1;
    *number = found > 0 ? sqlite3_column_int64(query, 0) : 0;
    sqlite3_finalize(query);
    return found < 0 ? (err ? err->code : SL_EIO) : SL_OK;
}

int64_t sl_db_int(sqlite3_stmt *query, int column)
{
    return sqlite3_column_type(query, column) == SQLITE_NULL ? -1 : sqlite3_column_int64(query, column);
}

const char *sl_db_peek(sqlite3_stmt *query, int column, int *no_memory)
{
    int is_null = sqlite3_column_type(query, column) == SQLITE_NULL;
    const char *text = (const char *)sqlite3_column_text(query, column);
    *no_memory |= !text && !is_null;
    return text;
}

int sl_db_text(sqlite3_stmt *query, int column, char **text)
{
    int no_memory = 0;
    const char *held = sl_db_peek(query, column, &no_memory);
    *text = sl_strdup(held);
    return no_memory || (held && !*text) ? SL_ENOMEM : SL_OK;
}

int sl_db_end(struct sl_db *db, int code, struct sl_error *err)
{
    if (!code)
        return sl_db_exec(db, "COMMIT", err);
    sqlite3_exec(db->sqlite, "ROLLBACK", NULL, NULL, NULL);
    return code;
}
