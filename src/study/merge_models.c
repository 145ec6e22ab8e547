/* merge_models.c - models that a store knows of, brought to another.
 *
 * A file is written whole before the store knows of it: killed in between, the next merge goes on. */
#include "study/merge_models.h"
#include "core/file.h"
#include "core/memory.h"
#include "study/experiment.h"
#include <string.h>
#include <unistd.h>

/* "models/FILE" of a study beside a store. */
static char *path_of(const struct sl_db *db, const char *study, const char *file)
{
    const int n = (int)(strrchr(db->path, '/') - db->path);
    return sl_format("%.*s/%s%s%s", n, db->path, study, *file ? "/models/" : "/models", file);
}

static int copy_file(const char *folder, const char *source, const char *target, struct sl_error *err)
{
    unsigned char *bytes;
    size_t size;
    int code = sl_file_read(source, &bytes, &size, err);
    if (code)
        return code;
    code = sl_folder_make(folder, err);
    if (!code)
        code = sl_file_write(target, bytes, size, err);
    free(bytes);
    return code;
}

/* A store may name any file: only a model beside it is read. */
static int is_model(const char *study, const char *file)
{
    const size_t n = strlen(file);
    return sl_name_check(study, NULL) == SL_OK && n > 4 && strcmp(file + n - 4, ".slm") == 0 &&
           !strchr(file, '/');
}

static int copy_model(struct sl_db *to, const struct sl_db *from, sqlite3_stmt *row, size_t *copied,
                      struct sl_error *err)
{
    int no_memory = 0;
    const char *study = sl_db_peek(row, 0, &no_memory), *file = sl_db_peek(row, 1, &no_memory),
               *key = sl_db_peek(row, 2, &no_memory);
    int64_t wanted;
    if (no_memory)
        return sl_fail_memory(err);
    if (!study || !file || !key || !is_model(study, file))
        return SL_OK;
    int code = sl_db_number(
        to, err, &wanted,
        "SELECT EXISTS (SELECT 1 FROM outcome WHERE key = ?1) AND NOT EXISTS (SELECT 1 FROM model "
        "WHERE study = ?2 AND file = ?3)",
        "ttt", key, study, file);
    if (code || !wanted)
        return code;
    char *folder = path_of(to, study, ""), *source = path_of(from, study, file),
         *target = path_of(to, study, file);
    code = folder && source && target ? SL_OK : sl_fail_memory(err);
    if (!code && access(source, F_OK) == 0) {
        code = copy_file(folder, source, target, err);
        if (!code)
            code = sl_db_run(to, err, "INSERT INTO model VALUES (?, ?, ?)", "ttt", study, file, key);
        *copied += !code;
    }
    free(folder);
    free(source);
    free(target);
    return code;
}

int sl_merge_models(struct sl_db *to, struct sl_db *from, size_t *copied, struct sl_error *err)
{
    sqlite3_stmt *rows =
        sl_db_query(from, err, "SELECT study, file, key FROM model ORDER BY study, file", "");
    int code = rows ? SL_OK : err->code, more = 1;
    while (!code && (more = sl_db_step(from, rows, err)) > 0)
        code = copy_model(to, from, rows, copied, err);
    sqlite3_finalize(rows);
    return more < 0 ? err->code : code;
}
