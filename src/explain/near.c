/* near.c - the nearest other rows: one more is searched, and the row itself dropped.  Cost O(n^2 d). */
#include "explain/near.h"
#include "core/memory.h"
#include "data/features.h"
#include <string.h>

/* found (k + 1) without the row itself, or without the last where more than k others equal it. */
static void drop_own(const struct sl_neighbour *found, size_t k, uint32_t own, struct sl_neighbour *near)
{
    size_t n = 0;
    for (size_t j = 0; j <= k && n < k; j++)
        if (found[j].row != own)
            near[n++] = found[j];
}

static int search(const struct sl_view *view, const struct sl_knn_options *options, const void *queries,
                  const uint32_t *rows, size_t m, size_t k, struct sl_neighbour *near, struct sl_error *err)
{
    struct sl_knn_rows searched;
    struct sl_neighbour *found = sl_alloc(m, (k + 1) * sizeof *found);
    if (!found)
        return sl_fail_memory(err);
    int code = sl_knn_rows_init(&searched, view, k + 1, options, err);
    if (!code) {
        code = sl_knn_search_many(&searched, queries, m, k + 1, options, found, err);
        sl_knn_rows_release(&searched);
    }
    for (size_t i = 0; i < m && !code; i++)
        drop_own(found + i * (k + 1), k, rows ? rows[i] : (uint32_t)i, near + i * k);
    free(found);
    return code;
}

int sl_near_rows(const struct sl_features *features, size_t k, int threads,
                 const volatile sig_atomic_t *cancel, struct sl_neighbour *near, struct sl_error *err)
{
    const struct sl_knn_options options = {.p = 2, .threads = threads, .cancel = cancel};
    const struct sl_view *view = &features->view;
    return search(view, &options, view->x, NULL, view->n, k, near, err);
}

int sl_near_chosen(const struct sl_view *view, const uint32_t *rows, size_t m, size_t k, int threads,
                   struct sl_neighbour *near, struct sl_error *err)
{
    const struct sl_knn_options options = {.p = 2, .threads = threads};
    struct sl_view chosen = *view;
    void *queries = sl_view_take(view, rows, m);
    if (!queries)
        return sl_fail_memory(err);
    int code = search(&chosen, &options, queries, rows, m, k, near, err);
    free(queries);
    return code;
}
