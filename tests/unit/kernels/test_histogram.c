/* The tree's kernels against their plain version, over shapes that do and do not fill their blocks. */
#include <math.h>
#include <setjmp.h>
#include <shortlist/rng.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/memory.h"
#include "kernels/histogram.h"

enum { N = 700, D = 75 };

struct fixture {
    uint8_t x[N * D], label[N];
    uint32_t rows[N], total[SL_SORT_CLASSES];
};

/* Half of the bytes are 0, one column is constant; k classes, the rows in any order within each. */
static struct fixture *fixture(size_t n, int k, uint64_t seed)
{
    struct fixture *f = sl_alloc_zero(1, sizeof *f);
    struct sl_rng *rng = sl_rng_new(seed, "histogram");
    for (size_t i = 0; i < N * D; i++) {
        f->x[i] = sl_rng_below(rng, 2) ? (uint8_t)sl_rng_below(rng, seed % 3 ? 256 : 5) : 0;
        if (i % D == 3)
            f->x[i] = 77;
    }
    for (uint32_t i = 0; i < N; i++)
        f->rows[i] = i;
    sl_rng_shuffle(rng, f->rows, N);
    for (size_t i = 0; i < n; i++)
        f->total[sl_rng_below(rng, (uint64_t)k)]++;
    for (size_t i = 0, c = 0, seen = 0; i < n; i++, seen++) {
        for (; seen == f->total[c]; c++)
            seen = 0;
        f->label[i] = (uint8_t)c;
    }
    sl_rng_free(rng);
    return f;
}

static void assert_near(const struct fixture *f, size_t n, int k, size_t min_leaf, size_t feature,
                        float score)
{
    float plain = sl_gini_plain(f->x, D, f->rows, n, f->label, feature, k, min_leaf);
    if (!(fabsf(score - plain) <= SL_GINI_SLACK / 4 * plain))
        fail_msg("n %zu, k %d, min_leaf %zu, feature %zu: %.9g, plainly %.9g", n, k, min_leaf, feature,
                 (double)score, (double)plain);
}

static void histogram(void **state)
{
    static const int classes[] = {1, 2, 7, 10, 32};
    static const size_t sizes[] = {1, 2, 3, 100, N}, leaves[] = {1, 2, 40};
    (void)state;
    uint16_t *hist = sl_alloc(SL_HIST_CLASSES, SL_HIST_CLASS * sizeof *hist);
    for (size_t c = 0; c < 5; c++)
        for (size_t s = 0; s < 5; s++)
            for (size_t l = 0; l < 3; l++) {
                struct fixture *f = fixture(sizes[s], classes[c], 5 * c + s);
                for (size_t first = 0; first < D; first += SL_HIST_LANES) {
                    int lanes = D - first < SL_HIST_LANES ? (int)(D - first) : SL_HIST_LANES;
                    float best[SL_HIST_LANES];
                    memset(hist, 0, (size_t)classes[c] * SL_HIST_CLASS * sizeof *hist);
                    sl_hist_count(f->x, D, f->rows, f->total, classes[c], first, lanes, hist);
                    sl_hist_gini(hist, f->total, classes[c], leaves[l], best);
                    for (int lane = 0; lane < SL_HIST_LANES; lane++) {
                        if (lane < lanes)
                            assert_near(f, sizes[s], classes[c], leaves[l], first + (size_t)lane, best[lane]);
                        else
                            assert_true(best[lane] == 0);
                    }
                }
                free(f);
            }
    free(hist);
}

static void sorted(void **state)
{
    static const int classes[] = {1, 2, 7, 10, 128};
    static const size_t sizes[] = {1, 2, 3, 5, 8, 17, 31, 33, 100, SL_SORT_ROWS}, leaves[] = {1, 2, 20};
    (void)state;
    int16_t *keys = sl_alloc(SL_SORT_ROWS, SL_SORT_LANES * sizeof *keys);
    for (size_t c = 0; c < 5; c++)
        for (size_t s = 0; s < 10; s++)
            for (size_t l = 0; l < 3; l++) {
                struct fixture *f = fixture(sizes[s], classes[c], 10 * c + s);
                for (size_t first = 0; first < D; first += SL_SORT_LANES) {
                    int lanes = D - first < SL_SORT_LANES ? (int)(D - first) : SL_SORT_LANES;
                    float best[SL_SORT_LANES];
                    sl_sort_keys(f->x, D, f->rows, sizes[s], f->label, first, lanes, keys);
                    for (size_t i = SL_SORT_LANES; i < sizes[s] * SL_SORT_LANES; i++)
                        assert_true(keys[i - SL_SORT_LANES] <= keys[i]);
                    sl_sort_gini(keys, f->total, classes[c], sizes[s], leaves[l], best);
                    for (int lane = 0; lane < lanes; lane++)
                        assert_near(f, sizes[s], classes[c], leaves[l], first + (size_t)lane, best[lane]);
                }
                free(f);
            }
    free(keys);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(histogram), cmocka_unit_test(sorted)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
