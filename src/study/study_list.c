/* study_list.c - which studies a store holds, the one that ran last first. */
#include "core/memory.h"
#include "study/experiment.h"
#include "study/fields.h"
#include <shortlist/study.h>

/* A study of a store that came from elsewhere may have a name that leads out of its folder: it is not read. */
static int refuse_name(struct sl_study_summary *s, struct sl_error *err)
{
    if (!s->name || sl_name_check(s->name, NULL) == SL_OK)
        return SL_OK;
    free(s->title);
    s->title = sl_strdup("(this can not be a study's name: it is not read)");
    return s->title ? SL_OK : sl_fail_memory(err);
}

static int add_summary(struct sl_db *db, sqlite3_stmt *query, struct sl_study_summary **list, size_t *n, struct sl_error *err)
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
    int code = sl_db_open(out ? out : "results", 0, &db, err), more = 1;
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
