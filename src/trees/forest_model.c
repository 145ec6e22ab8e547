/* forest_model.c - the finished forest: saved, loaded, and the mean of its trees' probabilities.
 *
 * A block of rows at a time: while its rows are in cache all trees go over it, in order, so that sums are the
 * same on any number of threads.  O(trees depth) a row. */
#include "trees/forest_model.h"
#include "core/memory.h"
#include "core/threads.h"
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

void sl_forest_trees_release(struct sl_forest_trees *trees)
{
    if (!trees || --trees->users > 0)
        return;
    for (size_t t = 0; trees->tree && t < trees->n; t++)
        sl_tree_model_free(trees->tree[t]);
    free(trees->tree);
    free(trees);
}

struct sl_forest_trees *sl_forest_trees_new(size_t n)
{
    struct sl_forest_trees *trees = sl_alloc_zero(1, sizeof *trees);
    if (!trees)
        return NULL;
    trees->users = 1;
    trees->n = n;
    trees->tree = sl_alloc_zero(n, sizeof(struct sl_tree_model *));
    if (trees->tree)
        return trees;
    free(trees);
    return NULL;
}

void sl_forest_free(void *vforest)
{
    struct sl_forest *forest = vforest;
    if (!forest)
        return;
    sl_forest_trees_release(forest->trees);
    free(forest);
}

void sl_forest_save(const void *vforest, struct sl_writer *w)
{
    const struct sl_forest *forest = vforest;
    sl_put_u64(w, forest->n);
    for (size_t t = 0; t < forest->n; t++)
        sl_tree_save(forest->trees->tree[t], w);
}

int sl_forest_load(struct sl_reader *r, const struct sl_view *like, size_t n, struct sl_forest **out,
                   struct sl_error *err)
{
    enum { LEAST = 8 }; /* bytes of a tree */
    *out = NULL;
    if (sl_get_count(r, n, n, LEAST) != n || r->failed)
        return sl_fail(err, SL_EDATA, "the record does not hold %zu trees", n);
    struct sl_forest *forest = sl_alloc_zero(1, sizeof *forest);
    if (!forest)
        return sl_fail_memory(err);
    *forest = (struct sl_forest){
        .dtype = like->dtype, .d = like->d, .n = n, .k = like->k, .trees = sl_forest_trees_new(n)};
    int code = forest->trees ? SL_OK : sl_fail_memory(err);
    for (size_t t = 0; t < n && !code; t++)
        code = sl_tree_load(r, like, &forest->trees->tree[t], err);
    if (code) {
        sl_forest_free(forest);
        return code;
    }
    *out = forest;
    return SL_OK;
}
