/* db.c - the store's file.
 *
 * A rollback journal, not a write-ahead log: one file that can be copied, read from a folder one may not
 * write in, and kept on a network disk.  SQLite rolls an interrupted transaction back when the file is next
 * opened, so a process may be killed at any instant.  Writers wait for one another. */
#include "study/db.h"
#include "core/file.h"
#include "core/memory.h"
#include "study/schema.h"
#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    PATIENCE = 30000 /* ms */,
    LARGEST = 1 << 28 /* bytes */
};

/* Errors ------------------------------------------------------------------------------------------ */

/* A run that was killed while it wrote has left its journal beside the store, and a reader has to undo what
 * it wrote first: SQLite says that the one can not be written, or that the other can not be opened. */
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
    case SQLITE_TOOBIG:
        return sl_fail(err, SL_EDATA, "%s: not a store, or a damaged one (%s): move it away to begin anew",
                       db->path, text);
    case SQLITE_BUSY:
        return sl_fail(err, SL_EIO, "%s: another process has held the store for more than %d s", db->path,
                       PATIENCE / 1000);
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

int sl_db_run(struct sl_db *db, struct sl_error *err, const char *sql, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    sqlite3_stmt *query = prepare(db, err, sql, format, args);
    va_end(args);
    int failed = !query || sl_db_step(db, query, err) < 0;
    sqlite3_finalize(query);
    return !failed ? SL_OK : err ? err->code : SL_EIO;
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

/* Opening ----------------------------------------------------------------------------------------- */

static int pragma(struct sl_db *db, const char *sql, int64_t *value, struct sl_error *err)
{
    sqlite3_stmt *query = sl_db_query(db, err, sql, "");
    int found = query ? sl_db_step(db, query, err) : -1;
    *value = found > 0 ? sl_db_int(query, 0) : 0;
    sqlite3_finalize(query);
    return found < 0 ? (err ? err->code : SL_EIO) : SL_OK;
}

/* What version the store is of; 0: an empty database. */
static int read_version(struct sl_db *db, int64_t *version, struct sl_error *err)
{
    int64_t tables, application;
    int code = pragma(db, "SELECT count(*) FROM sqlite_master", &tables, err);
    if (!code)
        code = pragma(db, "PRAGMA application_id", &application, err);
    if (!code)
        code = pragma(db, "PRAGMA user_version", version, err);
    if (code)
        return code;
    if (tables == 0)
        *version = 0;
    else if (application != SL_STORE_APPLICATION)
        return sl_fail(err, SL_EDATA, "%s: a database, but not a store of shortlist", db->path);
    if (tables == 0 || (*version >= SL_STORE_OLDEST && *version <= SL_STORE_VERSION))
        return SL_OK;
    return sl_fail(err, SL_EDATA, "%s: the store's format is version %lld, this program's is %d%s", db->path,
                   (long long)*version, SL_STORE_VERSION,
                   *version > SL_STORE_VERSION
                       ? ": a newer shortlist wrote it: use that one, or another folder (--out)"
                       : "");
}

/* Inside a transaction: two processes may make or upgrade the store at the same time. */
static int make_current(struct sl_db *db, int create, struct sl_error *err)
{
    int64_t version;
    int code = read_version(db, &version, err);
    if (code || version == SL_STORE_VERSION)
        return code;
    if (version == 0 && create)
        return sl_schema_make(db, err);
    if (version == 0)
        return sl_fail(err, SL_EDATA, "%s: a database, but not a store of shortlist", db->path);
    return sl_schema_upgrade(db, version, err);
}

/* All or nothing: killed half-way, the store is what it was. */
static int upgrade(struct sl_db *db, int create, struct sl_error *err)
{
    int code = sl_db_exec(db, "PRAGMA foreign_keys = OFF; BEGIN IMMEDIATE", err); /* tables are replaced */
    if (!code)
        code = make_current(db, create, err);
    if (!code)
        code = sl_db_exec(db, "COMMIT", err);
    if (code)
        sqlite3_exec(db->sqlite, "ROLLBACK", NULL, NULL, NULL);
    return code ? code : sl_db_exec(db, "PRAGMA foreign_keys = ON", err);
}

/* A store may come from anybody: nothing in its schema is run, and no value is larger than memory. */
static void distrust(sqlite3 *sqlite)
{
    static const int off[] = {SQLITE_DBCONFIG_TRUSTED_SCHEMA, SQLITE_DBCONFIG_ENABLE_TRIGGER,
                              SQLITE_DBCONFIG_ENABLE_VIEW, SQLITE_DBCONFIG_DQS_DDL, SQLITE_DBCONFIG_DQS_DML};
    for (size_t i = 0; i < sizeof off / sizeof *off; i++)
        sqlite3_db_config(sqlite, off[i], 0, NULL);
    sqlite3_db_config(sqlite, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_limit(sqlite, SQLITE_LIMIT_LENGTH, LARGEST);
}

static int prepare_connection(struct sl_db *db, struct sl_error *err)
{
    distrust(db->sqlite);
    sqlite3_busy_timeout(db->sqlite, PATIENCE);
    return sl_db_exec(db, "PRAGMA foreign_keys = ON", err);
}

/* Puts a copy of the store in memory in its place. */
static int copy_to_memory(struct sl_db *db, struct sl_error *err)
{
    sqlite3 *memory = NULL;
    int failed = sqlite3_open(":memory:", &memory) != SQLITE_OK;
    sqlite3_backup *copy = failed ? NULL : sqlite3_backup_init(memory, "main", db->sqlite, "main");
    if (copy)
        sqlite3_backup_step(copy, -1);
    failed |= !copy || sqlite3_backup_finish(copy) != SQLITE_OK;
    if (failed) {
        struct sl_db of_copy = {.sqlite = memory, .path = db->path};
        int code = memory ? sl_db_fail(&of_copy, err) : sl_fail_memory(err);
        sqlite3_close(memory);
        return code;
    }
    sqlite3_close(db->sqlite);
    db->sqlite = memory;
    return prepare_connection(db, err);
}

/* An older version's store is upgraded, or, where it can not be written, a copy of it. */
static int make_readable(struct sl_db *db, struct sl_error *err)
{
    int64_t version;
    int code = read_version(db, &version, err);
    if (code || version == SL_STORE_VERSION)
        return code;
    if (version == 0)
        return make_current(db, 0, err);
    code = sqlite3_db_readonly(db->sqlite, "main") ? SL_EIO : upgrade(db, 0, err);
    if (code == SL_EIO)
        code = copy_to_memory(db, err);
    return code ? code : upgrade(db, 0, err);
}

static int fail_absent(const struct sl_db *db, struct sl_error *err)
{
    if (errno != ENOENT && errno != ENOTDIR)
        return sl_fail(err, SL_EIO, "%s: %s", db->path, strerror(errno));
    return sl_fail(err, SL_EUSAGE, "%s: there is no store yet: 'shortlist run' makes one", db->path);
}

static int open_file(struct sl_db *db, int create, struct sl_error *err)
{
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (create ? SQLITE_OPEN_CREATE : 0);
    struct stat info;
    int exists = stat(db->path, &info) == 0;
    if (exists && S_ISREG(info.st_mode) && info.st_size == 0) { /* a run got no further: it could not write */
        errno = ENOENT;
        exists = 0;
    }
    if (!create && !exists)
        return fail_absent(db, err);
    if (exists && !S_ISREG(info.st_mode)) /* SQLite would wait for a pipe */
        return sl_fail(err, SL_EDATA, "%s: is %s, not a store", db->path, sl_file_kind(info.st_mode));
    if (sqlite3_open_v2(db->path, &db->sqlite, flags, NULL) != SQLITE_OK)
        return db->sqlite ? sl_db_fail(db, err) : sl_fail_memory(err);
    int code = prepare_connection(db, err);
    if (code)
        return code;
    return create ? upgrade(db, 1, err) : make_readable(db, err);
}

int sl_db_open(const char *out, int create, struct sl_db **result, struct sl_error *err)
{
    *result = NULL;
    int code = create ? sl_folder_make(out, err) : SL_OK;
    if (code)
        return code;
    struct sl_db *db = sl_alloc_zero(1, sizeof *db);
    if (!db)
        return sl_fail_memory(err);
    db->path = sl_format("%s/shortlist.db", out);
    code = db->path ? open_file(db, create, err) : sl_fail_memory(err);
    if (code) {
        sl_db_close(db);
        return code;
    }
    *result = db;
    return SL_OK;
}

void sl_db_close(struct sl_db *db)
{
    if (!db)
        return;
    sqlite3_close(db->sqlite); /* rolls back what is open */
    free(db->path);
    free(db);
}
