/* study_list.c - which studies a store holds, the one that ran last first. */
#include "core/memory.h"
#include "study/db.h"
#include <shortlist/study.h>

static int add_summary(sqlite3_stmt *query, struct sl_study_summary **list, size_t *n, struct sl_error *err)
{
    struct sl_study_summary *grown = sl_realloc(*list, *n + 1, sizeof *grown);
    if (!grown)
        return sl_fail_memory(err);
    *list = grown;
    struct sl_study_summary *s = &grown[(*n)++];
    *s = (struct sl_study_summary){
        .trials = (size_t)sqlite3_column_int64(query, 3),
        .done = (size_t)sqlite3_column_int64(query, 4),
        .failed = (size_t)sqlite3_column_int64(query, 5),
    };
    int no_memory = sl_db_text(query, 0, &s->name);
    no_memory |= sl_db_text(query, 1, &s->title);
    no_memory |= sl_db_text(query, 2, &s->created);
    if (no_memory)
        return sl_fail_memory(err);
    return s->name && s->title && s->created ? SL_OK
                                             : sl_fail(err, SL_EDATA, "a study without a name: the store is damaged");
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
        code = more < 0 ? err->code : add_summary(query, list, n, err);
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
