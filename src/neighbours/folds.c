/* folds.c - one search for every number of neighbours, every weighting and every fold.
 *
 * Fold by fold the training rows are gathered and searched: all folds together measure n^2 (1 - 1 / folds)
 * pairs, as one search of all rows among all would, less the pairs within a fold.  Gathered in the view's
 * order, ties fall as in a separate fit. */
#include "neighbours/folds.h"
#include "core/memory.h"
#include "core/threads.h"
#include <string.h>

/* One fold's part of the view. */
struct part {
    uint32_t *rows; /* (n): rows of the view, ascending */
    size_t n;
    void *x; /* (n, d) */
};

static size_t row_size(const struct sl_view *x)
{
    return x->d * (x->dtype == SL_U8 ? 1 : sizeof(float));
}

static void release_part(struct part *part)
{
    free(part->rows);
    free(part->x);
}

/* The rows of a fold, or all others.  SL_OK or SL_ENOMEM; release it either way. */
static int gather(const struct sl_view *x, const int32_t *fold, int32_t which, int others, struct part *part)
{
    const size_t size = row_size(x);
    *part = (struct part){.rows = sl_alloc(x->n, sizeof *part->rows)};
    if (!part->rows)
        return SL_ENOMEM;
    for (size_t i = 0; i < x->n; i++)
        if ((fold[i] != which) == others)
            part->rows[part->n++] = (uint32_t)i;
    part->x = sl_alloc(part->n, size);
    if (!part->x)
        return SL_ENOMEM;
    for (size_t i = 0; i < part->n; i++)
        memcpy((char *)part->x + i * size, (const char *)x->x + part->rows[i] * size, size);
    return SL_OK;
}

/* Neighbours of the scored rows (n, k), into their places in the view, as rows of the view. */
static void scatter(const struct part *train, const struct part *scored, const struct sl_neighbour *found,
                    size_t k, struct sl_knn_folds *folds)
{
    for (size_t i = 0; i < scored->n; i++) {
        struct sl_neighbour *to = folds->found + scored->rows[i] * folds->k_max;
        for (size_t j = 0; j < k; j++) {
            to[j] = found[i * k + j];
            to[j].row = train->rows[to[j].row];
        }
    }
}

static int search_among(const struct sl_view *x, const struct part *train, const struct part *scored,
                        size_t k, const struct sl_knn_options *options, struct sl_knn_folds *folds,
                        struct sl_error *err)
{
    struct sl_view view = *x;
    struct sl_knn_rows rows;
    view.n = train->n;
    view.x = train->x;
    int code = sl_knn_rows_init(&rows, &view, k, options, err);
    if (code)
        return code;
    struct sl_neighbour *found = sl_alloc(scored->n * k, sizeof *found);
    code =
        found ? sl_knn_search_many(&rows, scored->x, scored->n, k, options, found, err) : sl_fail_memory(err);
    if (!code)
        scatter(train, scored, found, k, folds);
    free(found);
    sl_knn_rows_release(&rows);
    return code;
}

static int search_fold(const struct sl_view *x, int32_t which, const struct sl_knn_options *options,
                       struct sl_knn_folds *folds, struct sl_error *err)
{
    struct part train = {0}, scored = {0};
    int code = gather(x, folds->fold, which, 0, &scored);
    if (!code && scored.n)
        code = gather(x, folds->fold, which, 1, &train);
    if (code)
        code = sl_fail_memory(err);
    else if (scored.n && !train.n)
        code = sl_fail(err, SL_EUSAGE, "knn: fold %d leaves no row to train on", which);
    else if (scored.n) {
        const size_t k = folds->k_max < train.n ? folds->k_max : train.n;
        folds->count[which] = k;
        code = search_among(x, &train, &scored, k, options, folds, err);
    }
    release_part(&train);
    release_part(&scored);
    return code;
}

int sl_knn_folds_search(const struct sl_view *x, const int32_t *fold, int n_folds, size_t k_max,
                        const struct sl_knn_options *options, struct sl_knn_folds *folds,
                        struct sl_error *err)
{
    *folds = (struct sl_knn_folds){.n = x->n, .k_max = k_max < x->n ? k_max : x->n, .fold = fold};
    folds->found = sl_alloc(folds->n, folds->k_max * sizeof *folds->found);
    folds->count = sl_alloc_zero((size_t)n_folds, sizeof *folds->count);
    int code = folds->found && folds->count ? SL_OK : sl_fail_memory(err);
    for (int32_t which = 0; which < n_folds && !code; which++)
        code = search_fold(x, which, options, folds, err);
    if (code)
        sl_knn_folds_release(folds);
    return code;
}

void sl_knn_folds_release(struct sl_knn_folds *folds)
{
    free(folds->found);
    free(folds->count);
    free(folds->weight);
    *folds = (struct sl_knn_folds){0};
}

int sl_knn_folds_weigh(struct sl_knn_folds *folds, const struct sl_knn_voting *voting, int threads,
                       struct sl_error *err)
{
    folds->weight = sl_alloc(folds->n, folds->k_max * sizeof *folds->weight);
    if (!folds->weight)
        return sl_fail_memory(err);
    threads = sl_threads_for(64 * (double)(folds->n * folds->k_max), threads); /* a root and a division */
#pragma omp parallel for num_threads(threads) schedule(static)
    for (size_t i = 0; i < folds->n; i++)
        if (folds->fold[i] >= 0)
            sl_knn_weigh(voting, folds->found + i * folds->k_max, folds->count[folds->fold[i]],
                         folds->weight + i * folds->k_max);
    return SL_OK;
}

int sl_knn_folds_predict(const struct sl_knn_folds *folds, const struct sl_knn_voting *voting,
                         const uint32_t *rows, size_t n, size_t n_neighbors, int32_t *labels, float *scores,
                         struct sl_error *err)
{
    const size_t k = (size_t)voting->k;
    const double *weight = voting->weights == SL_KNN_DISTANCE ? folds->weight : NULL;
    double *votes = sl_alloc(k, sizeof *votes);
    int code = votes ? SL_OK : sl_fail_memory(err);
    for (size_t i = 0; i < n && !code; i++) {
        const size_t at = rows[i] * folds->k_max, all = folds->count[folds->fold[rows[i]]];
        const size_t asked = n_neighbors < all ? n_neighbors : all;
        if (sl_knn_is_beyond(folds->found + at, asked))
            code = sl_knn_fail_beyond(i, err);
        else
            sl_knn_vote(voting, folds->found + at, weight ? weight + at : NULL, asked, votes,
                        labels ? labels + i : NULL, scores ? scores + i * k : NULL);
    }
    free(votes);
    return code;
}
