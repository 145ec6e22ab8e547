/* merge_study.c - a study of one store, brought to another. */
#include "study/merge_study.h"
#include "core/json_text.h"
#include "core/memory.h"
#include "study/checksum.h"
#include <shortlist/study.h>
#include <string.h>

/* What a study is, but for how it was found, called and measured. */
static const char *const definition[] = {
    "SELECT data_hash, seed, n_train, n_validation, folds, repeats, final FROM study WHERE name = ?",
    "SELECT row, name, classifier, params, params_json, scaling FROM study_row WHERE study = ? ORDER BY row",
    "SELECT row, repeat, fold, key, split, seed FROM study_trial WHERE study = ? ORDER BY row, repeat, fold",
};

static int sum_definition(struct sl_db *db, const char *name, uint64_t *sum, struct sl_error *err)
{
    int code = SL_OK;
    *sum = 0;
    for (size_t i = 0; i < sizeof definition / sizeof *definition && !code; i++)
        code = sl_checksum_rows(db, definition[i], name, sum, err);
    return code;
}

static int compare(struct sl_db *to, struct sl_db *from, const char *name, struct sl_error *err)
{
    uint64_t ours, theirs;
    int code = sum_definition(to, name, &ours, err);
    if (!code)
        code = sum_definition(from, name, &theirs, err);
    if (!code && ours != theirs)
        code = sl_fail(
            err, SL_EDATA,
            "%s: study %s has other data, rows or trials than the one of this name that comes before it: run "
            "one of them under another --name, or delete it",
            from->path, name);
    return code;
}

/* Copying
 * ---------------------------------------------------------------------------------------------------- */

static int copy(struct sl_db *to, struct sl_db *from, const char *name, const char *select,
                const char *insert, struct sl_error *err)
{
    sqlite3_stmt *rows = sl_db_query(from, err, select, "t", name);
    int code = rows ? SL_OK : err->code, more = 1;
    while (!code && (more = sl_db_step(from, rows, err)) > 0)
        code = sl_db_copy_row(to, err, insert, rows);
    sqlite3_finalize(rows);
    return more < 0 ? err->code : code;
}

static int copy_study(struct sl_db *to, struct sl_db *from, const char *name, struct sl_error *err)
{
    int code = copy(
        to, from, name,
        "SELECT name, title, data, data_hash, machine, created, seed, n_train, n_validation, folds, repeats, "
        "final, notes, unseen_classes, metric, timing_runs, settings FROM study WHERE name = ?",
        "INSERT INTO study (name, title, data, data_hash, machine, created, seed, n_train, n_validation, "
        "folds, "
        "repeats, final, notes, unseen_classes, metric, timing_runs, settings, ran) VALUES (?, ?, ?, ?, ?, "
        "?, ?, ?, ?, ?, "
        "?, "
        "?, ?, ?, ?, ?, ?, (SELECT coalesce(max(ran), 0) + 1 FROM study))",
        err);
    if (!code)
        code = copy(to, from, name,
                    "SELECT study, row, name, classifier, params, params_json, published, scaling FROM "
                    "study_row WHERE "
                    "study = ?",
                    "INSERT INTO study_row VALUES (?, ?, ?, ?, ?, ?, ?, ?)", err);
    if (!code)
        code = copy(to, from, name,
                    "SELECT study, row, repeat, fold, key, split, seed FROM study_trial WHERE study = ?",
                    "INSERT INTO study_trial VALUES (?, ?, ?, ?, ?, ?, ?)", err);
    return code;
}

/* Notes
 * ------------------------------------------------------------------------------------------------------- */

/* The study's text in a column, fresh. */
static int read_text(struct sl_db *db, const char *sql, const char *name, char **text, struct sl_error *err)
{
    sqlite3_stmt *query = sl_db_query(db, err, sql, "t", name);
    const int found = query ? sl_db_step(db, query, err) : -1;
    *text = NULL;
    const int no_memory = found > 0 && sl_db_text(query, 0, text);
    sqlite3_finalize(query);
    return found < 0 ? err->code : no_memory ? sl_fail_memory(err) : SL_OK;
}

/* The notes but that of a shard, and the one that is to be added where it is not there. */
static char *change_notes(const char *text, const char *added, int *no_memory)
{
    json_t *notes = sl_json_parse(text, no_memory), *kept = json_array();
    for (size_t i = 0; i < json_array_size(notes); i++) {
        const char *note = json_string_value(json_array_get(notes, i));
        if (!note || strncmp(note, SL_SHARD_NOTE, strlen(SL_SHARD_NOTE)) == 0)
            continue;
        sl_json_add(&kept, sl_json_string(note));
        if (added && strcmp(note, added) == 0)
            added = NULL;
    }
    if (added)
        sl_json_add(&kept, sl_json_string(added));
    json_decref(notes);
    return sl_json_print(kept);
}

static int put_notes(struct sl_db *to, const char *name, const char *added, struct sl_error *err)
{
    char *text, *changed = NULL;
    int no_memory = 0;
    int code = read_text(to, "SELECT notes FROM study WHERE name = ?", name, &text, err);
    if (!code)
        changed = change_notes(text, added, &no_memory);
    if (!code && (!changed || no_memory))
        code = sl_fail_memory(err);
    if (!code)
        code = sl_db_run(to, err, "UPDATE study SET notes = ? WHERE name = ?", "tt", changed, name);
    free(text);
    free(changed);
    return code;
}

/* "AMD EPYC, 2 cores": what times depend on. */
static const char machine[] =
    "SELECT json_extract(machine, '$.cpu') || ', ' || json_extract(machine, '$.cores') || ' cores' "
    "FROM study WHERE name = ?";

/* Trials of unlike machines: their times do not compare, which is said. */
static int tell_machines(struct sl_db *to, struct sl_db *from, const char *name, char **note,
                         struct sl_error *err)
{
    char *ours = NULL, *theirs = NULL;
    int code = read_text(to, machine, name, &ours, err);
    if (!code)
        code = read_text(from, machine, name, &theirs, err);
    *note = NULL;
    if (!code && ours && theirs && strcmp(ours, theirs) != 0) {
        *note = sl_format("W13: some trials ran on another machine (%.120s): times do not compare", theirs);
        code = *note ? SL_OK : sl_fail_memory(err);
    }
    free(ours);
    free(theirs);
    return code;
}

/* --------------------------------------------------------------------------------------------------------------
 */

int sl_merge_study(struct sl_db *to, struct sl_db *from, const char *name, struct sl_error *err)
{
    int64_t there;
    char *note = NULL;
    int code = sl_db_number(to, err, &there, "SELECT count(*) FROM study WHERE name = ?", "t", name);
    if (!code && !there)
        code = copy_study(to, from, name, err);
    if (!code)
        code = compare(to, from, name, err);
    if (!code)
        code = tell_machines(to, from, name, &note, err);
    if (!code)
        code = put_notes(to, name, note, err);
    free(note);
    return code;
}
