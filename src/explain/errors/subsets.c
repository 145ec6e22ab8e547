/* subsets.c - error rates in parts of the data: classes, clusters, brightness, size, values of features.
 *
 * Each subset is compared with the rows outside it, a cluster with the others of its class, by Fisher's exact
 * test (twice the smaller tail), corrected by Holm over all subsets of the analysis; of features only those
 * subsets are kept that stand out then. Quantile bins hold equal counts as far as equal values let them.
 * Cost: O(n log n) for each feature. */
#include "core/memory.h"
#include "core/order.h"
#include "core/text.h"
#include "data/dataset.h"
#include "explain/errors/errors.h"
#include "kernels/convert.h"
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <shortlist/metrics.h>
#include <string.h>

enum {
    LOOK_BINS = 5,
    FEATURE_BINS = 4,
    FEATURES_MOST = 1000,
    LEVELS_MOST = 20,
    PART = 16 /* features read together */
};
#define STANDS_OUT 0.05

const char *sl_subset_kind_name(enum sl_subset_kind kind)
{
    static const char *const names[SL_SUBSET_KINDS] = {"class", "cluster", "brightness", "size", "feature"};
    return names[kind];
}

struct work {
    struct sl_errors *e;
    size_t room;
    float *values; /* (n) scratch of bins */
    int failed;
};

/* Adds a subset without rows; NULL without memory. */
static struct sl_subset *add(struct work *w, enum sl_subset_kind kind, char *name)
{
    struct sl_errors *e = w->e;
    if (e->n_subsets == w->room) {
        w->room = w->room ? 2 * w->room : 32;
        struct sl_subset *grown = sl_realloc(e->subsets, w->room, sizeof *grown);
        w->failed |= !grown;
        if (grown)
            e->subsets = grown;
    }
    w->failed |= !name;
    if (w->failed) {
        free(name);
        return NULL;
    }
    e->subsets[e->n_subsets] = (struct sl_subset){.kind = kind,
                                                  .name = name,
                                                  .label = -1,
                                                  .cluster = -1,
                                                  .among = e->scored->n,
                                                  .among_wrong = e->wrong};
    return &e->subsets[e->n_subsets++];
}

static void count(const struct work *w, struct sl_subset *subset, size_t i)
{
    subset->n++;
    subset->wrong += (size_t)sl_is_wrong(w->e->scored, i);
}

/* Classes and clusters --------------------------------------------------------------------------------- */

static void add_classes(struct work *w)
{
    const struct sl_scored_rows *s = w->e->scored;
    for (int c = 0; c < s->k; c++) {
        struct sl_subset *subset = add(w, SL_SUBSET_CLASS, sl_strdup(s->classes[c]));
        if (subset)
            subset->label = c;
        for (size_t i = 0; i < s->n && subset; i++)
            if (s->truth[i] == c)
                count(w, subset, i);
    }
}

static void add_cluster(struct work *w, const struct sl_class_clusters *clusters, int which)
{
    const struct sl_scored_rows *s = w->e->scored;
    struct sl_subset *subset = add(
        w, SL_SUBSET_CLUSTER, sl_format("%s, %d of %d", s->classes[clusters->label], which + 1, clusters->n));
    if (!subset)
        return;
    subset->label = clusters->label;
    subset->cluster = which;
    subset->among = subset->among_wrong = 0;
    for (size_t i = 0; i < s->n; i++) {
        if (s->truth[i] != clusters->label)
            continue;
        subset->among++;
        subset->among_wrong += (size_t)sl_is_wrong(s, i);
        if (w->e->cluster[i] == which)
            count(w, subset, i);
    }
}

static void add_clusters(struct work *w)
{
    for (size_t c = 0; c < w->e->n_clustered; c++)
        for (int which = 0; which < w->e->clustered[c].n; which++)
            add_cluster(w, &w->e->clustered[c], which);
}

/* Quantile bins ------------------------------------------------------------------------------------ */

/* "LOW to HIGH", with as many digits as tell them apart: floats have nine at most. */
static char *name_bin(const char *prefix, double low, double high)
{
    enum { LEAST = 4, MOST = 9 };
    char from[32], to[32];
    for (int digits = LEAST; digits <= MOST; digits++) {
        snprintf(from, sizeof from, "%.*g", digits, low);
        snprintf(to, sizeof to, "%.*g", digits, high);
        if (strcmp(from, to) != 0)
            return sl_format("%s%s to %s", prefix, from, to);
    }
    return sl_format("%s%s", prefix, from);
}

/* Rows with low < value <= high; the first bin holds low, too. */
static void add_bin(struct work *w, enum sl_subset_kind kind, const char *prefix, const float *values,
                    float low, float high, int first)
{
    const size_t n = w->e->scored->n;
    struct sl_subset *subset = add(w, kind, name_bin(prefix, (double)low, (double)high));
    for (size_t i = 0; i < n && subset; i++)
        if ((values[i] > low || (first && values[i] == low)) && values[i] <= high)
            count(w, subset, i);
}

static void add_missing(struct work *w, enum sl_subset_kind kind, const char *prefix, const float *values)
{
    struct sl_subset *subset = add(w, kind, sl_format("%smissing", prefix));
    for (size_t i = 0; i < w->e->scored->n && subset; i++)
        if (isnan(values[i]))
            count(w, subset, i);
}

static void add_bins(struct work *w, enum sl_subset_kind kind, const char *prefix, const float *values,
                     size_t bins)
{
    const size_t n = w->e->scored->n;
    size_t there = 0;
    for (size_t i = 0; i < n; i++)
        if (!isnan(values[i]))
            w->values[there++] = values[i];
    qsort(w->values, there, sizeof *w->values, sl_by_float);
    if (there) {
        float low = w->values[0];
        int first = 1;
        for (size_t b = 1; b <= bins && !w->failed; b++) {
            const size_t end = there * b / bins;
            const float high = end ? w->values[end - 1] : low;
            /* Equal values stay in one bin. */
            if (high > low || (first && end && (end == there || w->values[end] > low))) {
                add_bin(w, kind, prefix, values, low, high, first);
                low = high;
                first = 0;
            }
        }
    }
    if (there < n)
        add_missing(w, kind, prefix, values);
}

static void add_looks(struct work *w)
{
    const struct sl_errors *e = w->e;
    if (!e->brightness)
        return;
    add_bins(w, SL_SUBSET_BRIGHTNESS, "", e->brightness, LOOK_BINS);
    add_bins(w, SL_SUBSET_SIZE, "", e->size, LOOK_BINS);
}

/* Features ----------------------------------------------------------------------------------------- */

/* A subset for each level of a category. */
static void add_levels(struct work *w, const char *prefix, const struct sl_column *column,
                       const float *values)
{
    const size_t n = w->e->scored->n;
    int missing = 0;
    for (size_t l = 0; l < column->n_levels && l < LEVELS_MOST; l++) {
        struct sl_subset *subset = add(w, SL_SUBSET_FEATURE, sl_format("%s%s", prefix, column->levels[l]));
        for (size_t i = 0; i < n && subset; i++)
            if (values[i] == (float)l)
                count(w, subset, i);
    }
    for (size_t i = 0; i < n; i++)
        missing |= isnan(values[i]) != 0;
    if (missing)
        add_missing(w, SL_SUBSET_FEATURE, prefix, values);
}

static void add_feature(struct work *w, size_t j, const float *values)
{
    const struct sl_dataset *data = w->e->scored->data;
    const char *name = sl_dataset_feature(data, j);
    char *prefix = name ? sl_format("%s: ", name)
                        : sl_format("column %zu: ", sl_feature_number(data->origin.indices, j));
    w->failed |= !prefix;
    if (prefix && data->columns && data->columns->column[j].kind == SL_COLUMN_CATEGORY)
        add_levels(w, prefix, &data->columns->column[j], values);
    else if (prefix)
        add_bins(w, SL_SUBSET_FEATURE, prefix, values, FEATURE_BINS);
    free(prefix);
}

static void add_features(struct work *w)
{
    const struct sl_scored_rows *s = w->e->scored;
    if (!s->data || !s->row || w->e->brightness)
        return;
    const struct sl_view view = sl_dataset_view(s->data);
    if (view.dtype == SL_SPARSE || view.d > FEATURES_MOST)
        return;
    float *part = sl_alloc(s->n * PART, sizeof *part), *values = sl_alloc(s->n, sizeof *values);
    w->failed |= !part || !values;
    for (size_t first = 0; first < view.d && !w->failed; first += PART) {
        const size_t m = view.d - first < PART ? view.d - first : PART;
        sl_view_gather_part(&view, s->row, s->n, first, m, part);
        for (size_t j = 0; j < m && !w->failed; j++) {
            for (size_t i = 0; i < s->n; i++)
                values[i] = part[i * m + j];
            add_feature(w, first + j, values);
        }
    }
    free(part);
    free(values);
}

/* Which stand out ---------------------------------------------------------------------------------- */

/* Of its rows against the others that it is compared with. */
static double fisher(const struct sl_subset *s)
{
    if (s->n == 0 || s->n == s->among || s->among_wrong == 0 || s->among_wrong == s->among)
        return 1;
    const unsigned wrong = (unsigned)s->wrong, of = (unsigned)s->n, all = (unsigned)s->among_wrong,
                   right = (unsigned)(s->among - s->among_wrong);
    const double below = gsl_cdf_hypergeometric_P(wrong, all, right, of);
    const double above = wrong ? gsl_cdf_hypergeometric_Q(wrong - 1, all, right, of) : 1;
    return fmin(1, 2 * fmin(below, above));
}

/* Leaves out empty subsets, and those of features that do not stand out. */
static void keep(struct sl_errors *e)
{
    size_t kept = 0;
    for (size_t i = 0; i < e->n_subsets; i++) {
        struct sl_subset *subset = &e->subsets[i];
        if (subset->n == 0 || (subset->kind == SL_SUBSET_FEATURE && !(subset->p < STANDS_OUT)))
            free(subset->name);
        else
            e->subsets[kept++] = *subset;
    }
    e->n_subsets = kept;
}

static int compare(struct sl_errors *e, struct sl_error *err)
{
    double *p = sl_alloc(e->n_subsets, sizeof *p);
    if (!p)
        return sl_fail_memory(err);
    for (size_t i = 0; i < e->n_subsets; i++) {
        p[i] = fisher(&e->subsets[i]);
        sl_wilson(e->subsets[i].wrong, e->subsets[i].n, 0.95, &e->subsets[i].low, &e->subsets[i].high);
    }
    sl_holm(p, e->n_subsets);
    for (size_t i = 0; i < e->n_subsets; i++)
        e->subsets[i].p = p[i];
    free(p);
    keep(e);
    return SL_OK;
}

int sl_errors_subsets(struct sl_errors *e, struct sl_error *err)
{
    struct work w = {.e = e, .values = sl_alloc(e->scored->n, sizeof *w.values)};
    w.failed = !w.values;
    if (!w.failed) {
        add_classes(&w);
        add_clusters(&w);
        add_looks(&w);
        add_features(&w);
    }
    free(w.values);
    return w.failed ? sl_fail_memory(err) : compare(e, err);
}
