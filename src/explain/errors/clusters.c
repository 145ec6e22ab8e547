/* clusters.c - clusters inside each class: k-means on the rows' leading principal components.
 *
 * A class's components are those of its own rows, COMPONENTS of them, so that they tell what its rows differ
 * by.  Features are scaled to [0, 1] (images) or to unit variance.  Cost: a PCA a class, and k-means. */
#include "core/memory.h"
#include "core/text.h"
#include "data/dataset.h"
#include "explain/errors/errors.h"
#include <shortlist/embed.h>

enum { COMPONENTS = 2, LEAST = 5 /* rows a cluster */ };

struct class_rows {
    uint32_t *row; /* (n) in the data */
    size_t *i;     /* (n) among the scored */
    size_t n;
    int32_t *cluster; /* (n) */
};

static void gather(const struct sl_scored_rows *s, int class, struct class_rows *rows)
{
    rows->n = 0;
    for (size_t i = 0; i < s->n; i++)
        if (s->truth[i] == class) {
            rows->row[rows->n] = s->row[i];
            rows->i[rows->n++] = i;
        }
}

/* at (n, *k): coordinates along the leading components; the caller frees it. */
static int place(const struct sl_scored_rows *s, const struct class_rows *rows, int threads, float **at,
                 size_t *k, struct sl_error *err)
{
    static const struct sl_encoding_options encoding = {.missing = SL_MISSING_MEDIAN,
                                                        .categories = SL_CATEGORIES_ONEHOT};
    struct sl_dataset *own = NULL;
    struct sl_features *features = NULL;
    struct sl_pca *pca = NULL;
    *at = NULL;
    int code = sl_dataset_take(s->data, rows->row, rows->n, &own, err);
    if (code)
        return code;
    const struct sl_features_options how = {.scaling = sl_dataset_view(own).image.height ? SL_SCALE_MINMAX
                                                                                         : SL_SCALE_STANDARD,
                                            .encoding = &encoding,
                                            .threads = threads};
    code = sl_features_new(own, &how, &features, err);
    if (!code) {
        const size_t width = sl_features_width(features);
        *k = width < COMPONENTS ? width : COMPONENTS;
        code = sl_pca_fit(features, *k, threads, &pca, err);
    }
    if (!code) {
        *at = sl_alloc(rows->n * *k, sizeof **at);
        code = *at ? sl_pca_apply(pca, features, threads, *at, err) : sl_fail_memory(err);
    }
    sl_pca_free(pca);
    sl_features_free(features);
    sl_dataset_free(own);
    return code;
}

/* SL_OK, with the reason in clusters->why where there are none. */
static int cluster_class(struct sl_errors *e, struct class_rows *rows, const struct sl_errors_options *o,
                         struct sl_class_clusters *clusters, struct sl_error *err)
{
    struct sl_error why = {0};
    float *at = NULL;
    size_t k = 0;
    gather(e->scored, clusters->label, rows);
    if (rows->n < (size_t)o->clusters * LEAST) {
        clusters->why = sl_format("%zu rows are too few for %d clusters", rows->n, o->clusters);
        return clusters->why ? SL_OK : sl_fail_memory(err);
    }
    int code = place(e->scored, rows, o->threads, &at, &k, &why);
    if (!code)
        code = sl_k_means(at, rows->n, k, o->clusters, o->seed, rows->cluster, &clusters->explained, &why);
    free(at);
    if (code == SL_ENOMEM)
        return sl_fail_memory(err);
    if (code) {
        clusters->why = sl_format("%s", why.text);
        return clusters->why ? SL_OK : sl_fail_memory(err);
    }
    clusters->n = o->clusters;
    for (size_t i = 0; i < rows->n; i++)
        e->cluster[rows->i[i]] = rows->cluster[i];
    return SL_OK;
}

int sl_errors_clusters(struct sl_errors *e, const struct sl_errors_options *o, struct sl_error *err)
{
    const struct sl_scored_rows *s = e->scored;
    if (!s->data || !s->row || o->clusters < 2)
        return SL_OK;
    struct class_rows rows = {.row = sl_alloc(s->n, sizeof *rows.row),
                              .i = sl_alloc(s->n, sizeof *rows.i),
                              .cluster = sl_alloc(s->n, sizeof *rows.cluster)};
    e->cluster = sl_alloc(s->n, sizeof *e->cluster);
    e->clustered = sl_alloc_zero((size_t)s->k, sizeof *e->clustered);
    int code = rows.row && rows.i && rows.cluster && e->cluster && e->clustered ? SL_OK : sl_fail_memory(err);
    for (size_t i = 0; i < s->n && !code; i++)
        e->cluster[i] = -1;
    for (int c = 0; c < s->k && !code; c++) {
        e->clustered[e->n_clustered] = (struct sl_class_clusters){.label = c};
        code = cluster_class(e, &rows, o, &e->clustered[e->n_clustered++], err);
    }
    free(rows.row);
    free(rows.i);
    free(rows.cluster);
    return code;
}
