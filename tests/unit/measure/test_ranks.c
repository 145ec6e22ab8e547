/* test_ranks.c - ranks in samples: against samples that are drawn row by row, and against theory. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "measure/ranks.h"
#include <shortlist/rng.h>

enum { N = 400, M = 5, NAIVE = 20000, MOST = 70 };

static struct sl_rank ranks[MOST];
static size_t samples;

/* A classifier is right in the first rows of its own order, so that they differ, and all share hard rows. */
static void make_rows(uint64_t *right, const int *number)
{
    memset(right, 0, N * sizeof *right);
    for (int c = 0; c < M; c++)
        for (int i = 0; i < number[c]; i++)
            right[(i + 7 * c) % (N - 40)] |= (uint64_t)1 << c;
}

static void rank(const uint64_t *right, size_t n, size_t m, size_t repeats)
{
    size_t size = n * sl_rank_words(m) * sizeof *right;
    uint64_t *scratch = malloc(size);
    memcpy(scratch, right, size);
    assert_int_equal(sl_rank_right(scratch, n, m, repeats, ranks, &samples), 0);
    free(scratch);
}

/* Adds what one sample of N rows says: chances of each rank (M, M), equal classifiers sharing theirs. */
static void count_naive(const int *sums, double *chances)
{
    for (int c = 0; c < M; c++) {
        int above = 0, equal = 0;
        for (int other = 0; other < M; other++) {
            above += sums[other] > sums[c];
            equal += sums[other] == sums[c];
        }
        for (int r = above; r < above + equal; r++)
            chances[c * M + r] += 1.0 / equal / NAIVE;
    }
}

static double quantile(const double *chances, double part)
{
    double sum = 0;
    for (int r = 0; r < M; r++)
        if ((sum += chances[r]) >= part)
            return r + 1;
    return M;
}

static void draw_naive(const uint64_t *right, double *chances)
{
    struct sl_rng *rng = sl_rng_new(5, "rows");
    memset(chances, 0, M * M * sizeof *chances);
    for (int s = 0; s < NAIVE; s++) {
        int sums[M] = {0};
        for (int i = 0; i < N; i++) {
            uint64_t row = right[(size_t)(sl_rng_uniform(rng) * N)];
            for (int c = 0; c < M; c++)
                sums[c] += (int)(row >> c & 1);
        }
        count_naive(sums, chances);
    }
    sl_rng_free(rng);
}

/* Chances within 4 standard errors of both; an end of an interval where the other's is, or where chance may
 * have moved it. */
static void test_against_rows(void **state)
{
    static uint64_t right[N];
    double chances[M * M], error = 4 * sqrt(0.25 / 10000 + 0.25 / NAIVE);
    (void)state;
    make_rows(right, (const int[]){300, 296, 290, 299, 270});
    rank(right, N, M, 1);
    draw_naive(right, chances);
    assert_int_equal(samples, SL_RANK_SAMPLES);
    for (int c = 0; c < M; c++) {
        const double *of = chances + c * M;
        if (fabs(ranks[c].best - of[0]) > error)
            fail_msg("classifier %d is the best in %g, not %g", c, ranks[c].best, of[0]);
        assert_true(ranks[c].low >= quantile(of, 0.022) && ranks[c].low <= quantile(of, 0.028));
        assert_true(ranks[c].high >= quantile(of, 0.972) && ranks[c].high <= quantile(of, 0.978));
    }
    assert_true(ranks[0].best > 0.2 && ranks[0].best < 0.8); /* there is something to tell */
}

/* Equal classifiers have equal chances and intervals, whatever the third is. */
static void test_equal(void **state)
{
    static uint64_t right[N];
    (void)state;
    for (int i = 0; i < N; i++)
        right[i] = i < 300 ? 3 : i < 340 ? 4 : 0;
    rank(right, N, 3, 1);
    assert_true(ranks[0].best == ranks[1].best && fabs(ranks[0].best - 0.5) < 1e-6);
    assert_true(ranks[0].low == 1 && ranks[0].high == 2 && ranks[1].low == 1 && ranks[1].high == 2);
    assert_true(ranks[2].low == 3 && ranks[2].high == 3 && ranks[2].best == 0);
    /* No row tells them apart at all. */
    for (int i = 0; i < N; i++)
        right[i] = i % 2 ? 7 : 0;
    rank(right, N, 3, 1);
    for (int c = 0; c < 3; c++)
        assert_true(fabs(ranks[c].best - 1.0 / 3) < 1e-6 && ranks[c].low == 1 && ranks[c].high == 3);
}

/* Of two classifiers with a and b rows of their own, the first is ahead as a difference of Poisson's laws is
 * above 0, which is nearly normal: mean a - b, variance a + b.  Of r repeats, both are a r-th. */
static void test_two(void **state)
{
    static uint64_t right[4 * N];
    (void)state;
    for (int repeats = 1; repeats <= 4; repeats += 3) {
        int a = 60 * repeats, b = 45 * repeats;
        for (int i = 0; i < N * repeats; i++)
            right[i] = i < a ? 1 : i < a + b ? 2 : 3;
        rank(right, (size_t)(N * repeats), 2, (size_t)repeats);
        double expected = 0.5 * erfc(-15 / sqrt(2 * 105.0));
        if (fabs(ranks[0].best - expected) > 0.015)
            fail_msg("%d repeats: %g is not %g", repeats, ranks[0].best, expected);
        assert_true(fabs(ranks[0].best + ranks[1].best - 1) < 1e-6);
    }
}

/* Frequent patterns, and one that comes once, are drawn by the same law: mean and variance are its rows. */
static void test_many_rows(void **state)
{
    enum { MANY = 100000 };
    uint64_t *right = malloc(MANY * sizeof *right);
    (void)state;
    for (int i = 0; i < MANY; i++)
        right[i] = i < 40000 ? 1 : i < 79800 ? 2 : 3;
    rank(right, MANY, 2, 1);
    double expected = 0.5 * erfc(-200 / sqrt(2 * 79800.0));
    assert_true(fabs(ranks[0].best - expected) < 0.02);
    right[0] = 0;
    for (int i = 1; i < MANY; i++)
        right[i] = i == 1 ? 1 : 3;
    rank(right, MANY, 2, 1); /* ahead where the row is drawn, else equal: 1 - 1/e + 1/2e */
    assert_true(fabs(ranks[0].best - (1 - 0.5 * exp(-1))) < 0.02);
    free(right);
}

/* More classifiers than a word has bits, the last ahead of all others, which are equal. */
static void test_many_classifiers(void **state)
{
    static uint64_t right[N * 2];
    (void)state;
    assert_int_equal(sl_rank_words(MOST), 2);
    for (int i = 0; i < N; i++) {
        right[2 * i] = i < 200 ? UINT64_MAX : 0;
        right[2 * i + 1] = i < 200 ? 0x3f : i < 300 ? 0x20 : 0;
    }
    rank(right, N, MOST, 1);
    assert_true(ranks[MOST - 1].best == 1 && ranks[MOST - 1].high == 1);
    for (int c = 0; c < MOST - 1; c++)
        assert_true(ranks[c].best == 0 && ranks[c].low == 3 && ranks[c].high == MOST - 1);
}

/* The same rows give the same ranks, in whatever order they stand. */
static void test_order_of_rows(void **state)
{
    static uint64_t right[N], turned[N];
    static struct sl_rank first[M];
    (void)state;
    make_rows(right, (const int[]){300, 296, 290, 299, 270});
    for (int i = 0; i < N; i++)
        turned[i] = right[N - 1 - i];
    rank(right, N, M, 1);
    memcpy(first, ranks, sizeof first);
    rank(turned, N, M, 1);
    assert_memory_equal(first, ranks, sizeof first);
}

/* So many classifiers that differ everywhere are drawn less often. */
static void test_fewer_samples(void **state)
{
    enum { ROWS = 3000, WIDE = 640 };
    static struct sl_rank many[WIDE];
    size_t words = sl_rank_words(WIDE);
    uint64_t *right = malloc(ROWS * words * sizeof *right);
    struct sl_rng *rng = sl_rng_new(1, "bits");
    (void)state;
    for (size_t i = 0; i < ROWS * words; i++)
        right[i] = sl_rng_bits(rng);
    assert_int_equal(sl_rank_right(right, ROWS, WIDE, 1, many, &samples), 0);
    assert_int_equal(samples, SL_RANK_SAMPLES_LEAST);
    double sum = 0;
    for (int c = 0; c < WIDE; c++)
        sum += many[c].best;
    assert_true(fabs(sum - 1) < 1e-6);
    sl_rng_free(rng);
    free(right);
}

static void test_values(void **state)
{
    const double values[] = {3, 2, 1, 2, 3, 1, 3, 3, 1, NAN, 1, 2};
    (void)state;
    assert_int_equal(sl_rank_values(values, 4, 3, ranks, &samples), 0);
    assert_int_equal(samples, 3);
    assert_true(fabs(ranks[0].best - 0.5) < 1e-9 && fabs(ranks[1].best - 0.5) < 1e-9 && ranks[2].best == 0);
    assert_true(ranks[0].low == 1 && ranks[0].high == 2 && ranks[2].low == 3);
    assert_int_equal(sl_rank_values(values + 9, 1, 3, ranks, &samples), 0);
    assert_int_equal(samples, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_against_rows),
        cmocka_unit_test(test_equal),
        cmocka_unit_test(test_two),
        cmocka_unit_test(test_many_rows),
        cmocka_unit_test(test_many_classifiers),
        cmocka_unit_test(test_order_of_rows),
        cmocka_unit_test(test_fewer_samples),
        cmocka_unit_test(test_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
