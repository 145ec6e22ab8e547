/* loader.c - a study while it is read from the store: its queries, and what is wrong with them. */
#include "study/loader.h"

struct sl_fields sl_loader_fields(const struct sl_loader *l, sqlite3_stmt *query)
{
    return (struct sl_fields){.db = l->db, .query = query, .study = l->study->name, .err = l->err};
}

int sl_loader_fail(struct sl_loader *l, const char *what)
{
    struct sl_fields f = sl_loader_fields(l, NULL);
    return sl_fields_fail(&f, what);
}

int sl_loader_each(struct sl_loader *l, sqlite3_stmt *query,
                   int (*row)(struct sl_loader *l, sqlite3_stmt *query))
{
    int code = query ? SL_OK : l->err->code, more;
    while (!code && (more = sl_db_step(l->db, query, l->err)) != 0)
        code = more < 0 ? l->err->code : row(l, query);
    sqlite3_finalize(query);
    return code;
}
