/* errors.c - an error analysis: pairs of classes, lists of rows, and the other parts in turn.
 * Cost: O(n k + n log n), and that of the clusters. */
#include "explain/errors/errors.h"
#include "core/memory.h"
#include <math.h>
#include <shortlist/metrics.h>
#include <string.h>

void sl_errors_free(struct sl_errors *e)
{
    if (!e)
        return;
    for (size_t i = 0; i < e->n_subsets; i++)
        free(e->subsets[i].name);
    for (size_t i = 0; i < e->n_clustered; i++)
        free(e->clustered[i].why);
    free(e->subsets);
    free(e->clustered);
    free(e->pairs);
    free(e->margins);
    free(e->cluster);
    free(e->brightness);
    free(e->size);
    free(e->sure);
    free(e->unsure);
    free(e->hard);
    free(e->suspects.list);
    free(e->suspects.joint);
    free(e);
}

/* Pairs of classes ---------------------------------------------------------------------------------- */

/* Downwards by count, then in the order of the classes. */
static int by_count(const void *a, const void *b)
{
    const struct sl_confused *p = a, *q = b;
    if (p->n != q->n)
        return p->n < q->n ? 1 : -1;
    if (p->truth != q->truth)
        return p->truth < q->truth ? -1 : 1;
    return (p->predicted > q->predicted) - (p->predicted < q->predicted);
}

static size_t collect(const uint64_t *counts, size_t k, struct sl_confused *pairs)
{
    size_t n = 0;
    for (size_t t = 0; t < k; t++) {
        uint64_t of = 0;
        for (size_t p = 0; p < k; p++)
            of += counts[t * k + p];
        for (size_t p = 0; p < k; p++)
            if (p != t && counts[t * k + p]) {
                if (pairs)
                    pairs[n] = (struct sl_confused){(int)t, (int)p, (size_t)counts[t * k + p], (size_t)of};
                n++;
            }
    }
    return n;
}

static int find_pairs(struct sl_errors *e, size_t listed, struct sl_error *err)
{
    const struct sl_scored_rows *s = e->scored;
    const size_t k = (size_t)s->k;
    uint64_t *counts = sl_alloc(k * k, sizeof *counts);
    int code = counts ? sl_confusion(s->truth, s->predicted, s->n, s->k, counts, err) : sl_fail_memory(err);
    if (!code) {
        e->all_pairs = collect(counts, k, NULL);
        e->pairs = sl_alloc(e->all_pairs, sizeof *e->pairs);
        code = e->pairs ? SL_OK : sl_fail_memory(err);
    }
    if (!code) {
        collect(counts, k, e->pairs);
        qsort(e->pairs, e->all_pairs, sizeof *e->pairs, by_count);
        e->n_pairs = e->all_pairs < listed ? e->all_pairs : listed;
    }
    free(counts);
    return code;
}

/* Lists of rows ------------------------------------------------------------------------------------- */

struct ranked {
    double key;
    size_t i;
};

static int rising(const void *a, const void *b)
{
    const struct ranked *p = a, *q = b;
    if (p->key != q->key)
        return p->key < q->key ? -1 : 1;
    return (p->i > q->i) - (p->i < q->i);
}

/* The rows with the least keys, NaN being none's: rank (n) is scratch.  SL_ENOMEM. */
static int list_rows(struct ranked *rank, size_t n, size_t most, size_t **list, size_t *n_list)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++)
        if (!isnan(rank[i].key))
            rank[kept++] = rank[i];
    qsort(rank, kept, sizeof *rank, rising);
    *n_list = kept < most ? kept : most;
    *list = sl_alloc(*n_list, sizeof **list);
    for (size_t i = 0; i < *n_list && *list; i++)
        (*list)[i] = rank[i].i;
    return *list ? SL_OK : SL_ENOMEM;
}

/* The true class's score less the predicted one's: 0 and less where it is wrong. */
static double shortfall(const struct sl_scored_rows *s, size_t i)
{
    const double truth = sl_scored_score(s, i, s->truth[i]);
    const double got = sl_scored_score(s, i, s->predicted[i]);
    if (!s->scores)
        return NAN;
    return isnan(truth) || truth == -INFINITY ? -INFINITY : truth - got;
}

static double key_of_sure(const struct sl_scored_rows *s, size_t i)
{
    return sl_is_wrong(s, i) ? s->scores ? shortfall(s, i) : s->margin ? -s->margin[i] : NAN : NAN;
}

static double key_of_unsure(const struct sl_scored_rows *s, size_t i)
{
    return s->margin ? s->margin[i] : NAN;
}

/* By how many get it wrong, then by how wrong this one is. */
static double key_of_hard(const struct sl_scored_rows *s, size_t i)
{
    const double behind = shortfall(s, i);
    if (!s->wrong_by || s->wrong_by[i] < 2)
        return NAN;
    return -(double)s->wrong_by[i] + (isnan(behind) ? 0 : atan(behind) / 4);
}

static int find_lists(struct sl_errors *e, size_t listed, struct sl_error *err)
{
    const struct sl_scored_rows *s = e->scored;
    const struct {
        double (*key)(const struct sl_scored_rows *s, size_t i);
        size_t **list, *n;
    } lists[] = {{key_of_sure, &e->sure, &e->n_sure},
                 {key_of_unsure, &e->unsure, &e->n_unsure},
                 {key_of_hard, &e->hard, &e->n_hard}};
    struct ranked *rank = sl_alloc(s->n, sizeof *rank);
    int code = rank ? SL_OK : SL_ENOMEM;
    for (size_t l = 0; l < 3 && !code; l++) {
        for (size_t i = 0; i < s->n; i++)
            rank[i] = (struct ranked){lists[l].key(s, i), i};
        code = list_rows(rank, s->n, listed, lists[l].list, lists[l].n);
    }
    free(rank);
    return code ? sl_fail_memory(err) : SL_OK;
}

/* --------------------------------------------------------------------------------------------------- */

int sl_errors_make(const struct sl_scored_rows *scored, const struct sl_errors_options *options,
                   struct sl_errors **out, struct sl_error *err)
{
    struct sl_errors *e = *out = sl_alloc_zero(1, sizeof *e);
    if (!e)
        return sl_fail_memory(err);
    e->scored = scored;
    e->listed = options->listed;
    for (size_t i = 0; i < scored->n; i++)
        e->wrong += (size_t)sl_is_wrong(scored, i);
    sl_wilson(e->wrong, scored->n, 0.95, &e->low, &e->high);
    int code = find_pairs(e, options->listed, err);
    if (!code)
        code = sl_errors_margins(e, options->near, err);
    if (!code)
        code = find_lists(e, options->listed, err);
    if (!code)
        code = sl_errors_looks(e, err);
    if (!code)
        code = sl_errors_clusters(e, options, err);
    if (!code)
        code = sl_errors_subsets(e, err);
    if (!code)
        code = sl_errors_suspects(e, options, err);
    if (code) {
        sl_errors_free(e);
        *out = NULL;
    }
    return code;
}
