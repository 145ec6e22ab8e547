/* db.h - the store's file: one SQLite database, opened and checked. */
#ifndef SL_STUDY_DB_H
#define SL_STUDY_DB_H

#include <shortlist/error.h>
#include <sqlite3.h>
#include <stdint.h>

enum {
    SL_DB_PATIENCE = 30000, /* ms that writers wait for one another */
    SL_DB_KEPT = 32,        /* statements */
};

/* A connection keeps the statements of sl_db_run that it used last: to compile one takes as long as to run
 * it.
 */
struct sl_db {
    sqlite3 *sqlite;
    char *path;
    sqlite3_stmt *kept[SL_DB_KEPT];
    int next_kept; /* gives way to the next one */
};

enum sl_db_way {
    SL_DB_READ,   /* where there is none, that is SL_EUSAGE */
    SL_DB_CREATE, /* makes it, and the folder, where there is none */
    SL_DB_BEGIN,  /* the same, in a transaction that goes on: sl_db_end */
};
/* Opens OUT/shortlist.db.  A file that is no store, or a newer version's, or one whose pages do not make
 * trees (a query might never end) or whose indexes are not of its tables, is SL_EDATA. */
int sl_db_open(const char *out, enum sl_db_way way, struct sl_db **db, struct sl_error *err);
void sl_db_close(struct sl_db *db);
/* Do the pages make trees, and are indexes and tables of one another?  Reads the whole file.  Nothing that is
 * computed may be in it: the check would run it. */
int sl_db_check(struct sl_db *db, struct sl_error *err);
/* Lets go of the statements that are kept: a connection closes only without. */
void sl_db_forget_statements(struct sl_db *db);

/* What SQLite last said, with the store's path. */
int sl_db_fail(struct sl_db *db, struct sl_error *err);
/* SL_EDATA, with what is damaged. */
int sl_db_fail_damaged(const struct sl_db *db, const char *what, struct sl_error *err);

int sl_db_exec(struct sl_db *db, const char *sql, struct sl_error *err);

/* Ends a transaction: commits it, or where code is an error takes it back and returns the code. */
int sl_db_end(struct sl_db *db, int code, struct sl_error *err);

/* Prepares sql and binds its parameters by format, one letter each: t const char * (NULL: null),
 * i int64_t, d double (NaN: null), b const void * and size_t (NULL: null).  NULL on error. */
sqlite3_stmt *sl_db_query(struct sl_db *db, struct sl_error *err, const char *sql, const char *format, ...);
/* 1 a row, 0 the end, -1 error. */
int sl_db_step(struct sl_db *db, sqlite3_stmt *query, struct sl_error *err);
/* A query without rows, whole; its statement is kept. */
int sl_db_run(struct sl_db *db, struct sl_error *err, const char *sql, const char *format, ...);

/* Runs sql with the columns of another query's row for its parameters, one each. */
int sl_db_copy_row(struct sl_db *db, struct sl_error *err, const char *sql, sqlite3_stmt *row);
/* The first column of a query's first row, 0 where there is none. */
int sl_db_number(struct sl_db *db, struct sl_error *err, int64_t *number, const char *sql, const char *format,
                 ...);

/* Columns of our own making, unchecked (fields.h checks): -1 for null; fresh text (NULL for null), or
 * SL_ENOMEM. */
int64_t sl_db_int(sqlite3_stmt *query, int column);
int sl_db_text(sqlite3_stmt *query, int column, char **text);
/* The text itself, the query's own until its next step; where memory runs out NULL, and *no_memory is set. */
const char *sl_db_peek(sqlite3_stmt *query, int column, int *no_memory);

#endif
