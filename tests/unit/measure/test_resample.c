/* test_resample.c - the bootstrap against what theory says of simple metrics. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "measure/resample.h"

enum { N = 2000, K = 4 };

static struct sl_resampled samples, again;

static int resample_labels(enum sl_measure_id metric, const int32_t *truth, const int32_t *predicted,
                           size_t n, int k, uint64_t seed, struct sl_resampled *out)
{
    return sl_resample_labels(metric, truth, &predicted, 1, n, k, seed, out);
}

static double mean_of(const struct sl_resampled *r)
{
    double sum = 0;
    for (int i = 0; i < SL_RESAMPLES; i++)
        sum += r->at[i];
    return sum / SL_RESAMPLES;
}

static double deviation_of(const struct sl_resampled *r)
{
    double sum = 0, mean = mean_of(r);
    for (int i = 0; i < SL_RESAMPLES; i++)
        sum += (r->at[i] - mean) * (r->at[i] - mean);
    return sqrt(sum / (SL_RESAMPLES - 1));
}

/* A standard deviation over 1,000 samples is 2.2 % off, as a rule. */
static void assert_spread(const struct sl_resampled *r, double value, double deviation)
{
    assert_true(fabs(r->value - value) < 1e-12);
    if (fabs(mean_of(r) - value) > 0.15 * deviation)
        fail_msg("mean %g is not near %g", mean_of(r), value);
    if (fabs(deviation_of(r) / deviation - 1) > 0.1)
        fail_msg("deviation %g is not near %g", deviation_of(r), deviation);
}

/* Each fifth row is wrong. */
static void make_labels(int32_t *truth, int32_t *predicted)
{
    for (int i = 0; i < N; i++) {
        truth[i] = i % K;
        predicted[i] = i / K % 5 ? truth[i] : (truth[i] + 1) % K;
    }
}

static void test_accuracy(void **state)
{
    int32_t truth[N], predicted[N];
    (void)state;
    make_labels(truth, predicted);
    assert_int_equal(resample_labels(SL_MEASURE_accuracy, truth, predicted, N, K, 1, &samples), SL_OK);
    assert_spread(&samples, 0.8, sqrt(0.8 * 0.2 / N));
    /* Rows are balanced and errors, too: one minus a constant times the share of errors. */
    assert_int_equal(resample_labels(SL_MEASURE_kappa, truth, predicted, N, K, 1, &samples), SL_OK);
    assert_spread(&samples, 1 - 0.2 / 0.75, sqrt(0.8 * 0.2 / N) / 0.75);
}

/* Classifiers are measured on the same samples, each as if it were alone. */
static void test_together(void **state)
{
    static struct sl_resampled both[2];
    int32_t truth[N], predicted[N], others[N];
    (void)state;
    make_labels(truth, predicted);
    for (int i = 0; i < N; i++)
        others[i] = i % 7 ? truth[i] : 0;
    const int32_t *const two[] = {predicted, others};
    assert_int_equal(sl_resample_labels(SL_MEASURE_mcc, truth, two, 2, N, K, 3, both), SL_OK);
    for (int c = 0; c < 2; c++) {
        assert_int_equal(resample_labels(SL_MEASURE_mcc, truth, two[c], N, K, 3, &samples), SL_OK);
        assert_memory_equal(&both[c], &samples, sizeof samples);
    }
    assert_true(both[0].value != both[1].value);
}

static void test_seeds(void **state)
{
    int32_t truth[N], predicted[N];
    (void)state;
    make_labels(truth, predicted);
    for (int seed = 1; seed <= 2; seed++) {
        assert_int_equal(resample_labels(SL_MEASURE_f1_macro, truth, predicted, N, K, 1, &samples), SL_OK);
        assert_int_equal(resample_labels(SL_MEASURE_f1_macro, truth, predicted, N, K, (uint64_t)seed, &again),
                         SL_OK);
        assert_int_equal(memcmp(&samples, &again, sizeof again) == 0, seed == 1);
    }
}

/* A row weighs k times with the probability 1 / (e k!). */
static void test_weights(void **state)
{
    int32_t truth[2] = {0, 1}, predicted[2] = {0, 0};
    int none = 0, whole = 0, empty = 0;
    (void)state;
    assert_int_equal(resample_labels(SL_MEASURE_accuracy, truth, predicted, 2, 2, 5, &samples), SL_OK);
    for (int i = 0; i < SL_RESAMPLES; i++) {
        none += samples.at[i] == 0;    /* the second row alone: (1 - 1/e) / e = 0.2325 */
        whole += samples.at[i] == 1;   /* the first row alone */
        empty += isnan(samples.at[i]); /* 1 / e^2 = 0.1353 */
    }
    assert_true(abs(none - 233) < 50 && abs(whole - 233) < 50 && abs(empty - 135) < 40);
}

/* Hanley and McNeil (1982) for the area between two exponential laws, A = 3/4 here: the variance is
 * (A (1 - A) + (n - 1) (Q1 + Q2 - 2 A^2)) / n^2 of n rows each, Q1 = A / (2 - A), Q2 = 2 A^2 / (1 + A). */
static void test_area(void **state)
{
    static float scores[2 * N];
    static int32_t truth[N];
    (void)state;
    for (int i = 0; i < N; i++) {
        double u = ((i / 2) + 0.5) / (N / 2); /* quantiles: each law is met exactly */
        truth[i] = i % 2;
        scores[2 * i + 1] = (float)(-log(u) * (truth[i] ? 3 : 1));
        scores[2 * i] = -scores[2 * i + 1];
    }
    double a = 0.75, q1 = a / (2 - a), q2 = 2 * a * a / (1 + a), n = N / 2;
    double expected = sqrt((a * (1 - a) + (n - 1) * (q1 + q2 - 2 * a * a)) / (n * n));
    struct sl_ranked ranked;
    assert_int_equal(sl_rank_scores(truth, scores, N, 2, &ranked), SL_OK);
    assert_true(fabs(ranked.roc_auc - a) < 1e-3);
    assert_int_equal(sl_resample_scores(SL_MEASURE_roc_auc, truth, scores, N, 2, 3, &samples), SL_OK);
    assert_spread(&samples, ranked.roc_auc, expected);
    assert_int_equal(sl_resample_scores(SL_MEASURE_average_precision, truth, scores, N, 2, 3, &samples),
                     SL_OK);
    assert_true(fabs(samples.value - ranked.average_precision) < 1e-12);
}

static void test_loss(void **state)
{
    static float p[2 * N];
    static int32_t truth[N];
    double sum = 0, squares = 0;
    (void)state;
    for (int i = 0; i < N; i++) {
        float right = (float)(1 + i % 7) / 8;
        truth[i] = i % 2;
        p[2 * i + truth[i]] = right;
        p[2 * i + 1 - truth[i]] = 1 - right;
        sum -= log(right);
        squares += log(right) * log(right);
    }
    assert_int_equal(sl_resample_scores(SL_MEASURE_log_loss, truth, p, N, 2, 7, &samples), SL_OK);
    assert_spread(&samples, sum / N, sqrt((squares - sum * sum / N) / N / N));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_accuracy), cmocka_unit_test(test_together), cmocka_unit_test(test_seeds),
        cmocka_unit_test(test_weights),  cmocka_unit_test(test_area),     cmocka_unit_test(test_loss),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
