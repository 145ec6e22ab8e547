/* bag.c - bootstrap samples, and what lies outside them.  O(n) a tree; O(depth) a tree and row outside its
 * bag. */
#include "trees/bag.h"
#include "core/memory.h"
#include "core/threads.h"
#include "trees/predict.h"
#include <math.h>
#include <string.h>

size_t sl_bag_size(double size, size_t n)
{
    if (size <= 0)
        return n;
    size = size <= 1 ? round(size * (double)n) : size;
    return size < 1 ? 1 : size > (double)SL_TREE_ROWS_MAX ? SL_TREE_ROWS_MAX : (size_t)size;
}

void sl_bag_draw(struct sl_rng *rng, const struct sl_tree_sample *sample, size_t size, uint32_t *count,
                 uint32_t *rows, struct sl_bags *bags, size_t t)
{
    size_t n = 0;
    memset(count, 0, sample->n * sizeof *count);
    for (size_t i = 0; i < size; i++)
        count[sl_rng_below(rng, sample->n)]++;
    for (size_t i = 0; i < sample->n; i++) {
        uint32_t row = sample->rows ? sample->rows[i] : (uint32_t)i;
        for (uint32_t m = 0; m < count[i]; m++)
            rows[n++] = row;
        if (bags->bit && count[i])
            bags->bit[t * bags->words + i / 64] |= 1ull << i % 64;
    }
}

/* Adds up the shares of the trees that have not seen row i; returns how many there are. */
static size_t add_shares(const struct sl_bags *bags, const struct sl_view *x, size_t i, size_t row,
                         const struct sl_forest *forest, float *sum)
{
    const size_t k = (size_t)forest->k;
    size_t n = 0;
    memset(sum, 0, k * sizeof *sum);
    for (size_t t = 0; t < forest->n; t++) {
        const struct sl_tree_model *tree = forest->trees->tree[t];
        if (bags->bit[t * bags->words + i / 64] >> i % 64 & 1)
            continue;
        const float *share = tree->share + (size_t)sl_tree_find_share(tree, x, row) * k;
        for (size_t c = 0; c < k; c++)
            sum[c] += share[c];
        n++;
    }
    return n;
}

int sl_bag_accuracy(const struct sl_bags *bags, const struct sl_tree_sample *sample, const struct sl_view *x,
                    const struct sl_forest *forest, int threads, double *accuracy)
{
    const size_t n = sample->n, k = (size_t)forest->k;
    size_t right = 0, seen = 0, short_of_memory = 0;
    threads = sl_threads_for(sl_forest_walk_operations(forest, n) / 3, threads);
#pragma omp parallel num_threads(threads) reduction(+ : right, seen, short_of_memory)
    {
        float *sum = sl_alloc(k, sizeof *sum);
        short_of_memory += !sum;
#pragma omp for schedule(dynamic, 256)
        for (size_t i = 0; i < n; i++) {
            size_t row = sample->rows ? sample->rows[i] : i;
            if (!sum || !add_shares(bags, x, i, row, forest, sum))
                continue;
            size_t best = 0;
            for (size_t c = 1; c < k; c++)
                best = sum[c] > sum[best] ? c : best;
            seen++;
            right += best == (size_t)sample->y[row];
        }
        free(sum);
    }
    *accuracy = seen ? (double)right / (double)seen : NAN;
    return short_of_memory ? SL_ENOMEM : SL_OK;
}
