/* db_open.c - opening the store's file: what it is, of which version, and that nothing in it is trusted.
 *
 * A rollback journal, not a write-ahead log: one file that can be copied, read from a folder one may not
 * write in, and kept on a network disk.  SQLite rolls an interrupted transaction back when the file is next
 * opened, so a process may be killed at any instant.  Writers wait for one another. */
#include "core/file.h"
#include "core/memory.h"
#include "study/db.h"
#include "study/schema.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LARGEST = 1 << 28 /* bytes */ };

/* What version the store is of; 0: an empty database. */
static int read_version(struct sl_db *db, int64_t *version, struct sl_error *err)
{
    int64_t tables, application;
    int code = sl_db_number(db, err, &tables, "SELECT count(*) FROM sqlite_master", "");
    if (!code)
        code = sl_db_number(db, err, &application, "PRAGMA application_id", "");
    if (!code)
        code = sl_db_number(db, err, version, "PRAGMA user_version", "");
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

static int fail_none(const struct sl_db *db, struct sl_error *err)
{
    return sl_fail(err, SL_EUSAGE, "%s: there is no store yet: 'shortlist run' makes one", db->path);
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
        return fail_none(db, err);
    return sl_schema_upgrade(db, version, err);
}

/* All or nothing: killed half-way, the store is what it was. */
static int upgrade(struct sl_db *db, enum sl_db_way way, struct sl_error *err)
{
    int code = sl_db_exec(db, "PRAGMA foreign_keys = OFF; BEGIN IMMEDIATE", err); /* tables are replaced */
    if (!code)
        code = make_current(db, way != SL_DB_READ, err);
    if (!code && way == SL_DB_BEGIN)
        return SL_OK;
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
    sqlite3_busy_timeout(db->sqlite, SL_DB_PATIENCE);
    return sl_db_exec(db, "PRAGMA foreign_keys = ON", err);
}

/* What computes are expressions of whoever made the store, in virtual tables, columns and indexes: the check
 * would run them. */
static int refuse_expressions(struct sl_db *db, struct sl_error *err)
{
    static const char computed[] =
        "SELECT count(*) FROM sqlite_master t WHERE type = 'table' AND CASE WHEN rootpage = 0 THEN 1 ELSE"
        " EXISTS (SELECT 1 FROM pragma_table_xinfo(t.name) WHERE hidden) OR"
        " EXISTS (SELECT 1 FROM pragma_index_list(t.name) i WHERE partial OR"
        " EXISTS (SELECT 1 FROM pragma_index_xinfo(i.name) WHERE cid = -2)) END";
    int64_t n;
    int code = sl_db_number(db, err, &n, computed, "");
    return code || !n ? code : sl_db_fail_damaged(db, "something in it is computed", err);
}

/* What is wrong with its pages and indexes, or "ok", for the caller to free.  CHECKs are expressions of
 * whoever made the store. */
static int find_damage(struct sl_db *db, char **found, struct sl_error *err)
{
    sqlite3_stmt *query = NULL;
    int code = sl_db_exec(db, "PRAGMA ignore_check_constraints = ON", err), more = -1, no_memory = 0;
    if (!code)
        query = sl_db_query(db, err, "PRAGMA integrity_check(1)", "");
    if (query)
        more = sl_db_step(db, query, err);
    if (more > 0)
        no_memory = sl_db_text(query, 0, found);
    sqlite3_finalize(query);
    if (!code && more < 0)
        code = err ? err->code : SL_EIO;
    else if (!code && no_memory)
        code = sl_fail_memory(err);
    return code ? code : sl_db_exec(db, "PRAGMA ignore_check_constraints = OFF", err);
}

/* What was found is told as text, below a heading, also that a page could not be read. */
static int fail_found(const struct sl_db *db, const char *found, struct sl_error *err)
{
    static const char with_code[] = "unable to get the page. error code=", without[] = "failed to get page";
    const char *last = strrchr(found, '\n'), *said = last ? last + 1 : found, *at = strstr(said, with_code);
    const int why = at ? atoi(at + sizeof with_code - 1) : SQLITE_CORRUPT;
    if (why == SQLITE_NOMEM || why == SQLITE_IOERR_NOMEM)
        return sl_fail_memory(err);
    if ((why & 0xff) == SQLITE_IOERR || strncmp(said, without, sizeof without - 1) == 0)
        return sl_fail(err, SL_EIO, "%s: cannot be read: %s", db->path, at ? sqlite3_errstr(why) : said);
    return sl_db_fail_damaged(db, said, err);
}

int sl_db_check(struct sl_db *db, struct sl_error *err)
{
    char *found = NULL;
    int code = refuse_expressions(db, err);
    if (!code)
        code = find_damage(db, &found, err);
    if (!code && (!found || strcmp(found, "ok") != 0))
        code = fail_found(db, found ? found : "it could not be checked", err);
    free(found);
    return code;
}

/* A store is opened for each row that is looked at: one that was whole and has not changed since is not
 * checked again. */
static int check_once(struct sl_db *db, const struct stat *now, struct sl_error *err)
{
    static _Thread_local struct stat whole;
    if (whole.st_ino == now->st_ino && whole.st_dev == now->st_dev && whole.st_size == now->st_size &&
        whole.st_mtim.tv_sec == now->st_mtim.tv_sec && whole.st_mtim.tv_nsec == now->st_mtim.tv_nsec &&
        whole.st_ctim.tv_sec == now->st_ctim.tv_sec && whole.st_ctim.tv_nsec == now->st_ctim.tv_nsec)
        return SL_OK;
    int code = sl_db_check(db, err);
    whole = code ? (struct stat){0} : *now;
    return code;
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
    sl_db_forget_statements(db);
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
    if (version == 0) /* SQLite undid a run that could not finish making it */
        return fail_none(db, err);
    code = sqlite3_db_readonly(db->sqlite, "main") ? SL_EIO : upgrade(db, SL_DB_READ, err);
    if (code == SL_EIO)
        code = copy_to_memory(db, err);
    return code ? code : upgrade(db, SL_DB_READ, err);
}

static int fail_absent(const struct sl_db *db, struct sl_error *err)
{
    if (errno != ENOENT && errno != ENOTDIR)
        return sl_fail(err, SL_EIO, "%s: %s", db->path, strerror(errno));
    return fail_none(db, err);
}

static int open_file(struct sl_db *db, enum sl_db_way way, struct sl_error *err)
{
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (way != SL_DB_READ ? SQLITE_OPEN_CREATE : 0);
    struct stat info;
    int exists = stat(db->path, &info) == 0;
    if (exists && S_ISREG(info.st_mode) && info.st_size == 0) { /* a run got no further: it could not write */
        errno = ENOENT;
        exists = 0;
    }
    if (way == SL_DB_READ && !exists)
        return fail_absent(db, err);
    if (exists && !S_ISREG(info.st_mode)) /* SQLite would wait for a pipe */
        return sl_fail(err, SL_EDATA, "%s: is %s, not a store", db->path, sl_file_kind(info.st_mode));
    if (sqlite3_open_v2(db->path, &db->sqlite, flags, NULL) != SQLITE_OK)
        return db->sqlite ? sl_db_fail(db, err) : sl_fail_memory(err);
    int code = prepare_connection(db, err);
    if (!code && exists)
        code = check_once(db, &info, err);
    if (code)
        return code;
    return way != SL_DB_READ ? upgrade(db, way, err) : make_readable(db, err);
}

int sl_db_open(const char *out, enum sl_db_way way, struct sl_db **result, struct sl_error *err)
{
    *result = NULL;
    int code = way != SL_DB_READ ? sl_folder_make(out, err) : SL_OK;
    if (code)
        return code;
    struct sl_db *db = sl_alloc_zero(1, sizeof *db);
    if (!db)
        return sl_fail_memory(err);
    db->path = sl_format("%s/shortlist.db", out);
    code = db->path ? open_file(db, way, err) : sl_fail_memory(err);
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
    sl_db_forget_statements(db);
    sqlite3_close(db->sqlite); /* rolls back what is open */
    free(db->path);
    free(db);
}
