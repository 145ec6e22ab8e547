/* study_delete.c - removing a study from the store.
 *
 * The store is changed first, in one transaction; a model file that stays because the process was killed
 * between the two is no trial's, and the next run of the name takes its place. */
#include "core/memory.h"
#include "study/db.h"
#include "study/experiment.h"
#include "study/study_list.h"
#include <dirent.h>
#include <shortlist/study.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int count(struct sl_db *db, const char *sql, const char *name, size_t *n, struct sl_error *err)
{
    int64_t number;
    const int code = sl_db_number(db, err, &number, sql, "t", name);
    *n = (size_t)number;
    return code;
}

static int count_all(struct sl_db *db, const char *name, struct sl_deleted *d, struct sl_error *err)
{
    int code = count(db, "SELECT count(*) FROM study_row WHERE study = ?", name, &d->rows, err);
    if (!code)
        code = count(db, "SELECT count(*) FROM study_trial WHERE study = ?", name, &d->trials, err);
    if (!code)
        code = count(db,
                     "SELECT count(DISTINCT o.key) FROM study_trial t JOIN outcome o ON o.key = t.key WHERE "
                     "t.study = ?1"
                     " AND EXISTS (SELECT 1 FROM study_trial u WHERE u.key = t.key AND u.study <> ?1)",
                     name, &d->shared, err);
    return code;
}

/* Outcomes that the study alone uses, and what belongs to them. */
#define OF_OWN                                                                                               \
    " WHERE key IN (SELECT t.key FROM study_trial t WHERE t.study = ?1"                                      \
    " AND NOT EXISTS (SELECT 1 FROM study_trial u WHERE u.key = t.key AND u.study <> ?1))"

static int forget(struct sl_db *db, const char *name, struct sl_deleted *d, struct sl_error *err)
{
    static const char *const of_own[] = {
        "DELETE FROM curve" OF_OWN,
        "DELETE FROM measure" OF_OWN,
        "DELETE FROM score" OF_OWN,
        "DELETE FROM outcome" OF_OWN,
    };
    static const char *const of_study[] = {
        "DELETE FROM model WHERE study = ?",
        "DELETE FROM study_trial WHERE study = ?",
        "DELETE FROM study_row WHERE study = ?",
        "DELETE FROM study WHERE name = ?",
    };
    int code = count_all(db, name, d, err);
    for (size_t i = 0; i < sizeof of_own / sizeof *of_own && !code; i++)
        code = sl_db_run(db, err, of_own[i], "t", name);
    if (!code)
        d->outcomes = (size_t)sqlite3_changes(db->sqlite);
    for (size_t i = 0; i < sizeof of_study / sizeof *of_study && !code; i++)
        code = sl_db_run(db, err, of_study[i], "t", name);
    /* Labels and class names that nobody refers to any more. */
    if (!code)
        code = sl_db_exec(db,
                          "DELETE FROM truth WHERE split NOT IN (SELECT split FROM study_trial)"
                          " AND split NOT IN (SELECT split FROM outcome);"
                          "DELETE FROM data WHERE hash NOT IN (SELECT data_hash FROM study)",
                          err);
    return code;
}

/* Model files of the study's folder, and the folders where nothing else stands in them. */
static void remove_models(const char *out, const char *name, struct sl_deleted *d)
{
    char *folder = sl_format("%s/%s/models", out, name), *parent = sl_format("%s/%s", out, name);
    DIR *models = folder ? opendir(folder) : NULL;
    struct dirent *entry;
    while (models && (entry = readdir(models))) {
        size_t length = strlen(entry->d_name);
        if (length > 4 && strcmp(entry->d_name + length - 4, ".slm") == 0)
            d->models += unlinkat(dirfd(models), entry->d_name, 0) == 0;
    }
    if (models)
        closedir(models);
    if (folder && parent) {
        rmdir(folder); /* only where it is empty */
        rmdir(parent);
    }
    free(folder);
    free(parent);
}

int sl_study_delete(const char *out, const char *name, struct sl_deleted *deleted, struct sl_error *err)
{
    struct sl_error unread;
    struct sl_db *db;
    char *found = NULL;
    err = err ? err : &unread;
    out = out ? out : "results";
    *deleted = (struct sl_deleted){0};
    int code = sl_db_open(out, SL_DB_READ, &db, err);
    if (!code)
        code = sl_db_exec(db, "BEGIN IMMEDIATE", err);
    if (!code)
        code = sl_study_find(db, name, &found, err);
    if (!code)
        code = forget(db, found, deleted, err);
    if (!code)
        code = sl_db_exec(db, "COMMIT", err);
    if (!code) {
        remove_models(out, found, deleted);
        sqlite3_exec(db->sqlite, "VACUUM", NULL, NULL,
                     NULL); /* where this fails, the room is used again by later studies */
    }
    free(found);
    sl_db_close(db);
    return code;
}
