/* merge.c - joins stores: outcomes by their keys, and studies that have the same trials.
 *
 * All is written in one transaction of the store that they go to, which is made in it where there is none.  A
 * store may come from anybody: what is copied is compared with its checksum, and names of studies follow
 * their rule.  Cost: O(rows of all tables). */
#include "core/memory.h"
#include "study/checksum.h"
#include "study/experiment.h"
#include "study/merge_models.h"
#include "study/merge_study.h"
#include "study/outcome.h"
#include "study/store.h"
#include <shortlist/study.h>
#include <string.h>
#include <sys/stat.h>

struct merge {
    struct sl_db *to, **from; /* (n) */
    size_t n;
    char **studies; /* (n_studies) names */
    size_t n_studies;
    int lean; /* scores stay behind */
    struct sl_merged *merged;
    struct sl_error *err;
};

/* Opening ------------------------------------------------------------------------------------------------ */

/* "results" and "results/shortlist.db" name the same store. */
static char *folder_of(const char *store)
{
    static const char file[] = "/shortlist.db";
    const size_t n = strlen(store), ending = sizeof file - 1;
    char *folder = sl_strdup(store);
    if (folder && n > ending && strcmp(store + n - ending, file) == 0)
        folder[n - ending] = 0;
    return folder;
}

static int fail_file(const char *store, struct sl_error *err)
{
    return sl_fail(err, SL_EDATA, "%s: a file: a store is named by its folder, which holds shortlist.db",
                   store);
}

static int is_file(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISREG(info.st_mode);
}

static int is_same_file(const char *a, const char *b)
{
    struct stat x, y;
    return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

static int open_from(struct merge *m, const char *out, const char *store)
{
    char *folder = folder_of(store), *target = sl_format("%s/shortlist.db", out);
    struct sl_db *db = NULL;
    int code = !folder || !target ? sl_fail_memory(m->err)
               : is_file(folder)  ? fail_file(store, m->err)
                                  : SL_OK;
    if (!code)
        code = sl_db_open(folder, SL_DB_READ, &db, m->err);
    if (!code && is_same_file(db->path, target))
        code = sl_fail(m->err, SL_EUSAGE, "%s: this is the store that the others are merged into", db->path);
    if (!code)
        code = sl_db_exec(db, "BEGIN", m->err); /* one state of it, whatever a run writes meanwhile */
    if (!code)
        m->from[m->n++] = db;
    else
        sl_db_close(db);
    free(folder);
    free(target);
    return code;
}

/* Rows -----------------------------------------------------------------------------------------------------
 */

/* Copies the rows of a query on a key, or of one without parameters where key is NULL. */
static int copy(const struct merge *m, struct sl_db *from, const char *select, const char *key,
                const char *insert)
{
    sqlite3_stmt *rows =
        key ? sl_db_query(from, m->err, select, "t", key) : sl_db_query(from, m->err, select, "");
    int code = rows ? SL_OK : m->err->code, more = 1;
    while (!code && (more = sl_db_step(from, rows, m->err)) > 0)
        code = sl_db_copy_row(m->to, m->err, insert, rows);
    sqlite3_finalize(rows);
    return more < 0 ? m->err->code : code;
}

/* What is named by a hash of what it comes from is the same wherever it stands. */
static int compare(const struct merge *m, struct sl_db *from, const char *select, const char *what,
                   const char *keys)
{
    sqlite3_stmt *rows = sl_db_query(from, m->err, keys, "");
    int code = rows ? SL_OK : m->err->code, more = 1, no_memory = 0;
    while (!code && (more = sl_db_step(from, rows, m->err)) > 0) {
        uint64_t theirs = 0, ours = 0;
        const char *key = sl_db_peek(rows, 0, &no_memory);
        code = no_memory ? sl_fail_memory(m->err) : sl_checksum_rows(from, select, key, &theirs, m->err);
        if (!code)
            code = sl_checksum_rows(m->to, select, key, &ours, m->err);
        if (!code && theirs != ours)
            code = sl_fail(m->err, SL_EDATA, "%s: %s differ from those in %s: one of the two is damaged",
                           from->path, what, m->to->path);
    }
    sqlite3_finalize(rows);
    return more < 0 ? m->err->code : code;
}

static int copy_shared(const struct merge *m, struct sl_db *from)
{
    int code = copy(m, from, "SELECT hash, k, classes FROM data", NULL,
                    "INSERT OR IGNORE INTO data VALUES (?, ?, ?)");
    if (!code)
        code = compare(m, from, "SELECT k, classes FROM data WHERE hash = ?", "names of classes",
                       "SELECT hash FROM data");
    if (!code)
        code = copy(m, from, "SELECT split, n, labels FROM truth", NULL,
                    "INSERT OR IGNORE INTO truth VALUES (?, ?, ?)");
    return code ? code
                : compare(m, from, "SELECT n, labels FROM truth WHERE split = ?", "labels",
                          "SELECT split FROM truth");
}

/* Outcomes -------------------------------------------------------------------------------------------------
 */

/* Is what came over what was written there? */
static int check_sums(const struct merge *m, const struct sl_db *from, const char *key)
{
    int64_t sums[2], stored[2];
    int code = sl_checksum_scores(m->to, key, &sums[0], m->err);
    if (!code)
        code = sl_checksum_outcome(m->to, key, &sums[1], m->err);
    if (!code)
        code = sl_db_number(m->to, m->err, &stored[0], "SELECT checksum FROM score WHERE key = ?", "t", key);
    if (!code)
        code =
            sl_db_number(m->to, m->err, &stored[1], "SELECT checksum FROM outcome WHERE key = ?", "t", key);
    if (!code && memcmp(sums, stored, sizeof sums) != 0)
        code = sl_fail(m->err, SL_EDATA, "%s: an outcome does not match its checksum: the store is damaged",
                       from->path);
    return code;
}

static int copy_outcome(const struct merge *m, struct sl_db *from, const char *key)
{
    static const char *const parts[][2] = {
        {("SELECT key, split, status, reason, again, seed, n_train, n_validation, shared, threads, "
          "predicted, ended, "
          "checksum FROM outcome WHERE key = ?"),
         ("INSERT INTO outcome (key, split, status, reason, again, seed, n_train, n_validation, shared, "
          "threads, "
          "predicted, ended, checksum) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")},
        {"SELECT key, name, value FROM measure WHERE key = ?", "INSERT INTO measure VALUES (?, ?, ?)"},
        {("SELECT key, epoch, train_loss, train_accuracy, validation_loss, validation_accuracy, "
          "learning_rate, seconds "
          "FROM curve WHERE key = ? ORDER BY rowid"),
         "INSERT INTO curve VALUES (?, ?, ?, ?, ?, ?, ?, ?)"},
        {("SELECT key, n, k, probabilities, low, step, codes, classes, checksum FROM score WHERE key = ?"),
         ("INSERT INTO score (key, n, k, probabilities, low, step, codes, classes, checksum) "
          "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")},
    };
    int code = sl_store_forget(m->to, key, m->err);
    for (size_t i = 0; i < sizeof parts / sizeof *parts && !code; i++)
        code = copy(m, from, parts[i][0], key, parts[i][1]);
    if (!code)
        code = check_sums(m, from, key);
    if (!code && m->lean)
        code = sl_db_run(m->to, m->err, "DELETE FROM score WHERE key = ?", "t", key);
    return code || !m->lean ? code : sl_checksum_put(m->to, key, m->err);
}

static int take_outcome(const struct merge *m, struct sl_db *from, const char *key, const char *status)
{
    struct sl_held held;
    const int known = sl_trial_status_parse(status), good = known == SL_TRIAL_OK;
    if (known < 0)
        return sl_fail(m->err, SL_EDATA, "%s: an outcome whose status is none: the store is damaged",
                       from->path);
    const int code = sl_store_look(m->to, key, &held, m->err);
    if (code)
        return code;
    if (held.found && (held.status == SL_TRIAL_OK || !good)) {
        m->merged->held++;
        return SL_OK;
    }
    m->merged->outcomes++;
    return copy_outcome(m, from, key);
}

static int take_outcomes(const struct merge *m, struct sl_db *from)
{
    sqlite3_stmt *rows = sl_db_query(
        from, m->err, "SELECT coalesce(key, ''), coalesce(status, '') FROM outcome ORDER BY rowid", "");
    int code = rows ? SL_OK : m->err->code, more = 1, no_memory = 0;
    while (!code && (more = sl_db_step(from, rows, m->err)) > 0) {
        const char *key = sl_db_peek(rows, 0, &no_memory), *status = sl_db_peek(rows, 1, &no_memory);
        code = no_memory ? sl_fail_memory(m->err) : take_outcome(m, from, key, status);
    }
    sqlite3_finalize(rows);
    return more < 0 ? m->err->code : code;
}

/* Studies --------------------------------------------------------------------------------------------------
 */

static int remember(struct merge *m, const char *name)
{
    for (size_t i = 0; i < m->n_studies; i++)
        if (strcmp(m->studies[i], name) == 0)
            return SL_OK;
    char **grown = sl_realloc(m->studies, m->n_studies + 1, sizeof *grown);
    if (!grown)
        return sl_fail_memory(m->err);
    m->studies = grown;
    grown[m->n_studies] = sl_strdup(name);
    return grown[m->n_studies] ? (m->n_studies++, SL_OK) : sl_fail_memory(m->err);
}

static int take_studies(struct merge *m, struct sl_db *from)
{
    sqlite3_stmt *rows = sl_db_query(from, m->err, "SELECT coalesce(name, '') FROM study ORDER BY ran", "");
    int code = rows ? SL_OK : m->err->code, more = 1, no_memory = 0;
    while (!code && (more = sl_db_step(from, rows, m->err)) > 0) {
        const char *name = sl_db_peek(rows, 0, &no_memory);
        if (no_memory)
            code = sl_fail_memory(m->err);
        else if (sl_name_check(name, NULL))
            code =
                sl_fail(m->err, SL_EDATA,
                        "%s: it holds a study whose name can not be a study's: it is not merged", from->path);
        else
            code = sl_merge_study(m->to, from, name, m->err);
        if (!code)
            code = remember(m, name);
    }
    sqlite3_finalize(rows);
    return more < 0 ? m->err->code : code;
}

static int count_missing(const struct merge *m)
{
    int code = SL_OK;
    m->merged->studies = m->n_studies;
    for (size_t i = 0; i < m->n_studies && !code; i++) {
        int64_t missing;
        code = sl_db_number(
            m->to, m->err, &missing,
            "SELECT count(*) FROM study_trial t LEFT JOIN outcome o ON o.key = t.key WHERE t.study = ? "
            "AND o.key IS NULL",
            "t", m->studies[i]);
        m->merged->missing += (size_t)missing;
    }
    return code;
}

/* -----------------------------------------------------------------------------------------------------------
 */

static int take_all(struct merge *m)
{
    int code = SL_OK;
    for (size_t i = 0; i < m->n && !code; i++) {
        code = copy_shared(m, m->from[i]);
        if (!code)
            code = take_outcomes(m, m->from[i]);
        if (!code)
            code = take_studies(m, m->from[i]);
    }
    return code ? code : count_missing(m);
}

static void release(struct merge *m)
{
    for (size_t i = 0; m->from && i < m->n; i++)
        sl_db_close(m->from[i]);
    for (size_t i = 0; i < m->n_studies; i++)
        free(m->studies[i]);
    free(m->from);
    free(m->studies);
    sl_db_close(m->to);
}

int sl_study_merge(const char *out, const char *const *stores, size_t n, int lean, struct sl_merged *merged,
                   struct sl_error *err)
{
    struct sl_error unread;
    struct merge m = {.lean = lean, .merged = merged, .err = err ? err : &unread};
    out = out ? out : "results";
    *merged = (struct sl_merged){0};
    m.from = sl_alloc_zero(n, sizeof(struct sl_db *));
    int code = m.from ? SL_OK : sl_fail_memory(m.err);
    for (size_t i = 0; i < n && !code; i++)
        code = open_from(&m, out, stores[i]);
    if (!code)
        code = sl_db_open(out, SL_DB_BEGIN, &m.to, m.err);
    if (!code)
        code = sl_db_end(m.to, take_all(&m), m.err);
    if (!code && lean)
        code = sl_db_exec(m.to, "VACUUM", m.err); /* scores were there for a moment */
    for (size_t i = 0; i < m.n && !code; i++)
        code = sl_merge_models(m.to, m.from[i], &merged->models, m.err);
    release(&m);
    return code;
}
