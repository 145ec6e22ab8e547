/* study_list.c - which studies a store holds, the one that ran last first. */
#include "study/study_list.h"
#include "core/memory.h"
#include "core/names.h"
#include "study/experiment.h"
#include "study/fields.h"
#include <shortlist/study.h>

/* One of them ---------------------------------------------------------------------------------------- */

static int fail_study(struct sl_db *db, const char *name, struct sl_error *err)
{
    enum { MOST = 64 };
    char *names[MOST];
    size_t n = 0;
    sqlite3_stmt *query = sl_db_query(db, err, "SELECT name FROM study ORDER BY ran DESC LIMIT 64", "");
    int more = query ? 1 : -1;
    while (n < MOST && more > 0 && (more = sl_db_step(db, query, err)) > 0) {
        if (sl_db_text(query, 0, &names[n])) {
            sl_fail_memory(err);
            more = -1;
        } else if (names[n])
            sl_make_line(names[n++]);
    }
    sqlite3_finalize(query);
    int code = more < 0 ? err->code
               : n      ? sl_fail_unknown(err, "study", name, (const char *const *)names, n)
                   : sl_fail(err, SL_EUSAGE, "%s: the store holds no study yet: 'shortlist run' makes one",
                             db->path);
    while (n)
        free(names[--n]);
    return code;
}

/* A store that came from elsewhere may hold any name: it must not lead out of its folder. */
static int check_found(struct sl_db *db, const char *name, struct sl_error *err)
{
    if (sl_name_check(name, NULL) == SL_OK)
        return SL_OK;
    char *line = sl_strdup(name);
    if (!line)
        return sl_fail_memory(err);
    sl_make_line(line);
    int code = sl_fail(err, SL_EDATA,
                       "%s: it holds a study '%.60s', which can not be a study's name: it is not read",
                       db->path, line);
    free(line);
    return code;
}

int sl_study_find(struct sl_db *db, const char *name, char **found, struct sl_error *err)
{
    sqlite3_stmt *query = sl_db_query(
        db, err,
        "SELECT coalesce(name, '') FROM study WHERE ?1 IS NULL OR name = ?1 ORDER BY ran DESC LIMIT 1", "t",
        name);
    int row = query ? sl_db_step(db, query, err) : -1;
    *found = NULL;
    int no_memory = row > 0 && sl_db_text(query, 0, found);
    sqlite3_finalize(query);
    if (row < 0)
        return err->code;
    if (row == 0)
        return fail_study(db, name ? name : "", err);
    return no_memory ? sl_fail_memory(err) : check_found(db, *found, err);
}

/* All of them ------------------------------------------------------------------------------------- */

/* A study of a store that came from elsewhere may have a name that leads out of its folder: it is not read.
 */
static int refuse_name(struct sl_study_summary *s, struct sl_error *err)
{
    if (!s->name || sl_name_check(s->name, NULL) == SL_OK)
        return SL_OK;
    free(s->title);
    s->title = sl_strdup("(this can not be a study's name: it is not read)");
    return s->title ? SL_OK : sl_fail_memory(err);
}

static int add_summary(struct sl_db *db, sqlite3_stmt *query, struct sl_study_summary **list, size_t *n,
                       struct sl_error *err)
{
    struct sl_fields f = {.db = db, .query = query, .study = "?", .err = err};
    struct sl_study_summary *grown = sl_realloc(*list, *n + 1, sizeof *grown);
    if (!grown)
        return sl_fail_memory(err);
    *list = grown;
    struct sl_study_summary *s = &grown[(*n)++];
    *s = (struct sl_study_summary){.name = sl_take_line(&f, 0)};
    f.study = s->name ? s->name : f.study;
    s->title = sl_take_line(&f, 1);
    s->created = sl_take_line(&f, 2);
    s->trials = (size_t)sl_take_int(&f, 3, 0, INT64_MAX);
    s->done = (size_t)sl_take_int(&f, 4, 0, INT64_MAX);
    s->failed = (size_t)sl_take_int(&f, 5, 0, INT64_MAX);
    return f.code ? f.code : refuse_name(s, err);
}

int sl_study_list(const char *out, struct sl_study_summary **list, size_t *n, struct sl_error *err)
{
    struct sl_error unread;
    struct sl_db *db;
    err = err ? err : &unread;
    *list = NULL;
    *n = 0;
    int code = sl_db_open(out ? out : "results", SL_DB_READ, &db, err), more = 1;
    if (code)
        return code;
    sqlite3_stmt *query =
        sl_db_query(db, err,
                    "SELECT s.name, title, created, count(t.key), count(o.key),"
                    " count(o.key) - coalesce(sum(o.status = 'ok'), 0) FROM study s"
                    " LEFT JOIN study_trial t ON t.study = s.name"
                    " LEFT JOIN outcome o ON o.key = t.key GROUP BY s.name ORDER BY ran DESC",
                    "");
    if (!query)
        code = err->code;
    while (!code && (more = sl_db_step(db, query, err)) != 0)
        code = more < 0 ? err->code : add_summary(db, query, list, n, err);
    sqlite3_finalize(query);
    sl_db_close(db);
    if (code) {
        sl_study_list_free(*list, *n);
        *list = NULL;
        *n = 0;
    }
    return code;
}

void sl_study_list_free(struct sl_study_summary *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        free(list[i].name);
        free(list[i].title);
        free(list[i].created);
    }
    free(list);
}
