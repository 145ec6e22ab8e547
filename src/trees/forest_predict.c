/* forest_predict.c - the mean of the trees' probabilities, a block of rows at a time: while its rows are in
 * cache all trees go over it, in order, so that sums are the same on any number of threads.  O(trees depth) a
 * row. */
#include "core/memory.h"
#include "core/threads.h"
#include "trees/forest.h"
#include "trees/predict.h"
#include <math.h>
#include <string.h>

enum { BLOCK = 512 }; /* rows */

static int check_view(const struct sl_forest *forest, const struct sl_view *x, struct sl_error *err)
{
    if (x->dtype == forest->dtype && x->d == forest->d)
        return SL_OK;
    return sl_fail(err, SL_EUSAGE, "the rows have %zu %s features, the model was fitted on %zu %s", x->d,
                   x->dtype == SL_U8 ? "byte" : "float", forest->d,
                   forest->dtype == SL_U8 ? "bytes" : "floats");
}

double sl_forest_walk_operations(const struct sl_forest *forest, size_t n)
{
    enum { STEP = 32 }; /* the rows of a block, and mostly the tree, are in cache */
    return STEP * (double)n * (double)forest->n * log2(1 + (double)forest->trees->tree[0]->n_nodes);
}

/* mean (n, k) of rows first ... first + n - 1; share (n) is scratch. */
static void average(const struct sl_forest *forest, const struct sl_view *x, size_t first, size_t n,
                    int32_t *share, float *mean)
{
    const size_t k = (size_t)forest->k;
    const float trees = (float)forest->n;
    memset(mean, 0, n * k * sizeof *mean);
    for (size_t t = 0; t < forest->n; t++) {
        const struct sl_tree_model *tree = forest->trees->tree[t];
        sl_tree_find_shares(tree, x, first, n, share);
        for (size_t i = 0; i < n; i++)
            for (size_t c = 0; c < k; c++)
                mean[i * k + c] += tree->share[(size_t)share[i] * k + c];
    }
    for (size_t i = 0; i < n * k; i++)
        mean[i] /= trees;
}

/* Ties go to the lowest label. */
static void choose(const float *mean, size_t n, size_t k, int32_t *labels)
{
    for (size_t i = 0; i < n; i++) {
        size_t best = 0;
        for (size_t c = 1; c < k; c++)
            best = mean[i * k + c] > mean[i * k + best] ? c : best;
        labels[i] = (int32_t)best;
    }
}

/* Labels or scores. */
static int classify(const struct sl_forest *forest, const struct sl_view *x, int threads, int32_t *labels,
                    float *scores, struct sl_error *err)
{
    const size_t k = (size_t)forest->k;
    int code = check_view(forest, x, err);
    if (code)
        return code;
    size_t failed = 0;
    threads = sl_threads_for(sl_forest_walk_operations(forest, x->n), threads);
#pragma omp parallel num_threads(threads) reduction(+ : failed)
    {
        int32_t share[BLOCK];
        float *mean = scores ? NULL : sl_alloc(BLOCK, k * sizeof *mean);
        failed += !scores && !mean;
#pragma omp for schedule(dynamic)
        for (size_t first = 0; first < x->n; first += BLOCK) {
            const size_t n = x->n - first < BLOCK ? x->n - first : BLOCK;
            if (scores)
                average(forest, x, first, n, share, scores + first * k);
            else if (mean) {
                average(forest, x, first, n, share, mean);
                choose(mean, n, k, labels + first);
            }
        }
        free(mean);
    }
    return failed ? sl_fail_memory(err) : SL_OK;
}

int sl_forest_predict(const void *forest, const struct sl_view *x, int threads, int32_t *labels,
                      struct sl_error *err)
{
    return classify(forest, x, threads, labels, NULL, err);
}

int sl_forest_scores(const void *forest, const struct sl_view *x, int threads, float *scores,
                     struct sl_error *err)
{
    return classify(forest, x, threads, NULL, scores, err);
}
