/* mutate_store.c - changes a store in its tables, and mends its checksums: what a stranger can do who has the
 * program. */
#include "fuzz.h"
#include "study/checksum.h"
#include <limits.h>
#include <math.h>
#include <sanitizer/asan_interface.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t n, size_t most, unsigned seed);

/* The seed's next number, below n. */
static unsigned next(unsigned *seed, unsigned n)
{
    *seed = *seed * 1664525u + 1013904223u;
    return (*seed >> 8) % n;
}

static sqlite3 *open_copy(const uint8_t *bytes, size_t n)
{
    sqlite3 *store = NULL;
    unsigned char *copy = sqlite3_malloc64(n);
    FUZZ_MUST(copy && sqlite3_open(":memory:", &store) == SQLITE_OK);
    memcpy(copy, bytes, n);
    FUZZ_MUST(sqlite3_deserialize(store, "main", copy, (sqlite3_int64)n, (sqlite3_int64)n,
                                  SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_RESIZEABLE) ==
              SQLITE_OK);
    sqlite3_db_config(store, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
    sqlite3_db_config(store, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    return store;
}

/* The first value of a query, or NULL; for the caller to free. */
static sqlite3_value *value_of(sqlite3 *store, char *sql)
{
    sqlite3_stmt *query = NULL;
    sqlite3_value *value = NULL;
    if (sql && sqlite3_prepare_v2(store, sql, -1, &query, NULL) == SQLITE_OK &&
        sqlite3_step(query) == SQLITE_ROW)
        value = sqlite3_value_dup(sqlite3_column_value(query, 0));
    sqlite3_finalize(query);
    sqlite3_free(sql);
    return value;
}

/* One of a query's values, as text. */
static const char *any_of(sqlite3 *store, const char *from, unsigned *seed, sqlite3_value **value)
{
    *value = value_of(store, sqlite3_mprintf("SELECT count(*) FROM %s", from));
    const int count = *value ? sqlite3_value_int(*value) : 0;
    sqlite3_value_free(*value);
    *value = count < 1 ? NULL
                       : value_of(store, sqlite3_mprintf("SELECT name FROM %s LIMIT 1 OFFSET %u", from,
                                                         next(seed, (unsigned)count)));
    return *value ? (const char *)sqlite3_value_text(*value) : NULL;
}

static void bind_number(sqlite3_stmt *change, sqlite3_value *old, unsigned *seed)
{
    static const sqlite3_int64 wholes[] = {0,       1,         -1,        2,       255,
                                           256,     65535,     65536,     INT_MAX, (sqlite3_int64)INT_MAX + 1,
                                           INT_MIN, LLONG_MAX, LLONG_MIN, UINT_MAX};
    static const double reals[] = {0, -0.0, 1, -1, 1e308, -1e308, 5e-324, 0.5, 1e19, INFINITY, -INFINITY};
    const unsigned kind = next(seed, 4);
    if (kind == 0)
        sqlite3_bind_int64(change, 1, wholes[next(seed, sizeof wholes / sizeof *wholes)]);
    else if (kind == 1)
        sqlite3_bind_double(change, 1, reals[next(seed, sizeof reals / sizeof *reals)]);
    else if (kind == 2)
        sqlite3_bind_int64(change, 1,
                           (sqlite3_int64)((uint64_t)sqlite3_value_int64(old) + next(seed, 5) - 2));
    else
        sqlite3_bind_double(change, 1, sqlite3_value_double(old) * (next(seed, 64) / 16.0 - 1));
}

static void bind_bytes(sqlite3_stmt *change, sqlite3_value *old, unsigned *seed)
{
    const size_t n = (size_t)sqlite3_value_bytes(old), room = n + 64;
    uint8_t *bytes = calloc(room, 1);
    FUZZ_MUST(bytes);
    if (n)
        memcpy(bytes, sqlite3_value_blob(old), n);
    const size_t size = LLVMFuzzerMutate(bytes, n, room);
    if (sqlite3_value_type(old) == SQLITE_BLOB || next(seed, 32) == 0)
        sqlite3_bind_blob(change, 1, bytes, (int)size, SQLITE_TRANSIENT);
    else
        sqlite3_bind_text(change, 1, (const char *)bytes, (int)size, SQLITE_TRANSIENT);
    free(bytes);
}

static void bind_new(sqlite3_stmt *change, sqlite3_value *old, unsigned *seed)
{
    const int type = sqlite3_value_type(old);
    const unsigned kind = next(seed, 32); /* mostly of the same type */
    if (kind == 0)
        sqlite3_bind_null(change, 1);
    else if (kind == 1 || ((type == SQLITE_INTEGER || type == SQLITE_FLOAT) && kind > 2))
        bind_number(change, old, seed);
    else
        bind_bytes(change, old, seed);
}

/* Changes one value of one column, wherever the column has it, or takes its rows away. */
static void change_value(sqlite3 *store, unsigned *seed)
{
    sqlite3_value *table, *column, *count, *old = NULL;
    sqlite3_stmt *change = NULL;
    const char *name = any_of(store, "(SELECT name FROM sqlite_master WHERE type = 'table')", seed, &table);
    char *columns = sqlite3_mprintf("pragma_table_info(%Q)", name ? name : ""), *sql = NULL;
    const char *in = any_of(store, columns, seed, &column);
    count = value_of(store, sqlite3_mprintf("SELECT count(*) FROM \"%w\"", name ? name : ""));
    if (in && count && sqlite3_value_int(count) > 0)
        old = value_of(store, sqlite3_mprintf("SELECT \"%w\" FROM \"%w\" LIMIT 1 OFFSET %u", in, name,
                                              next(seed, (unsigned)sqlite3_value_int(count))));
    if (old)
        sql = sqlite3_mprintf(next(seed, 16) ? "UPDATE \"%w\" SET \"%w\" = ?1 WHERE \"%w\" IS ?2"
                                             : "DELETE FROM \"%w\" WHERE ?1 IS ?1 AND \"%w\" IS ?2",
                              name, in, in);
    if (sql && sqlite3_prepare_v2(store, sql, -1, &change, NULL) == SQLITE_OK) {
        bind_new(change, old, seed);
        sqlite3_bind_value(change, 2, old);
        (void)sqlite3_step(change);
    }
    sqlite3_finalize(change);
    sqlite3_free(sql);
    sqlite3_free(columns);
    sqlite3_value_free(old);
    sqlite3_value_free(count);
    sqlite3_value_free(column);
    sqlite3_value_free(table);
}

/* Memory --------------------------------------------------------------------------------------------
 *
 * Half of a run's time went to SQLite's many small pieces of memory, as the sanitizer makes them.  They come
 * from lists of pieces of one size, 32 bytes times a power of two; one that is free is forbidden to be read.
 * fuzz_store.c looks for those that are lost. */

enum { HEAD = 16, LISTS = 12, LEAST = 32, CHUNK = 1 << 20 };

static void *lists[LISTS];

static size_t *head_of(void *piece)
{
    return (size_t *)((char *)piece - HEAD);
}

/* Room for more pieces of the list: sizes divide CHUNK. */
static void fill_list(unsigned list)
{
    const size_t size = (size_t)LEAST << list;
    char *chunk = malloc(CHUNK);
    for (size_t at = 0; chunk && at < CHUNK; at += size) {
        void *piece = chunk + at + HEAD;
        *head_of(piece) = size - HEAD;
        memcpy(piece, &lists[list], sizeof *lists);
        lists[list] = piece;
        ASAN_POISON_MEMORY_REGION(piece, size - HEAD);
    }
}

static void *take_piece(int n)
{
    unsigned list = 0;
    while (list < LISTS && ((size_t)LEAST << list) - HEAD < (size_t)n)
        list++;
    if (list == LISTS) {
        char *alone = malloc(HEAD + (size_t)n);
        if (!alone)
            return NULL;
        *head_of(alone + HEAD) = (size_t)n;
        return alone + HEAD;
    }
    if (!lists[list])
        fill_list(list);
    void *piece = lists[list];
    if (piece) {
        ASAN_UNPOISON_MEMORY_REGION(piece, *head_of(piece));
        memcpy(&lists[list], piece, sizeof *lists);
    }
    return piece;
}

static void give_piece(void *piece)
{
    const size_t size = *head_of(piece) + HEAD;
    unsigned list = 0;
    while (list < LISTS && (size_t)LEAST << list != size)
        list++;
    if (list == LISTS) {
        free(head_of(piece));
        return;
    }
    memcpy(piece, &lists[list], sizeof *lists);
    lists[list] = piece;
    ASAN_POISON_MEMORY_REGION(piece, size - HEAD);
}

static int size_of_piece(void *piece)
{
    return (int)*head_of(piece);
}

static void *resize_piece(void *piece, int n)
{
    void *other = take_piece(n);
    if (!other)
        return NULL;
    memcpy(other, piece, *head_of(piece) < (size_t)n ? *head_of(piece) : (size_t)n);
    give_piece(piece);
    return other;
}

static int round_up(int n)
{
    size_t size = LEAST;
    while (size - HEAD < (size_t)n)
        size *= 2;
    return size > (size_t)LEAST << (LISTS - 1) ? (n + 7) & ~7 : (int)(size - HEAD);
}

static int start(void *nothing)
{
    (void)nothing;
    return SQLITE_OK;
}

static void stop(void *nothing)
{
    (void)nothing;
}

/* libFuzzer calls it before all else; the replay does without. */
int LLVMFuzzerInitialize(int *n_arguments, char ***arguments);

int LLVMFuzzerInitialize(int *n_arguments, char ***arguments)
{
    static const sqlite3_mem_methods methods = {take_piece, give_piece, resize_piece, size_of_piece,
                                                round_up,   start,      stop,         NULL};
    (void)n_arguments;
    (void)arguments;
    FUZZ_MUST(sqlite3_config(SQLITE_CONFIG_SINGLETHREAD) == SQLITE_OK);
    FUZZ_MUST(sqlite3_config(SQLITE_CONFIG_MALLOC, &methods) == SQLITE_OK);
    return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t n, size_t most, unsigned seed)
{
    if (n < 512 || seed % 16 == 0)
        return LLVMFuzzerMutate(bytes, n, most);
    char path[] = "store";
    struct sl_db db = {.sqlite = open_copy(bytes, n), .path = path};
    struct sl_error ignored;
    sqlite3_int64 size = 0;
    const int is_whole = !sl_db_check(&db, &ignored); /* else queries may never end */
    for (unsigned i = 0; is_whole && i <= seed % 3; i++)
        change_value(db.sqlite, &seed);
    if (is_whole && next(&seed, 16))
        (void)sl_checksum_put_all(&db, &ignored);
    sl_db_forget_statements(&db);
    unsigned char *changed = sqlite3_serialize(db.sqlite, "main", &size, 0);
    const int fits = is_whole && changed && size > 0 && (size_t)size <= most;
    if (fits)
        memcpy(bytes, changed, (size_t)size);
    sqlite3_free(changed);
    sqlite3_close(db.sqlite);
    return fits ? (size_t)size : LLVMFuzzerMutate(bytes, n, most);
}
