/* test_ranking.c - metrics of scores.  Reference numbers: scikit-learn 1.2.1, roc_auc_score and
 * average_precision_score of each class against the rest, and their mean. */
#include <math.h>
#include <setjmp.h>
#include <shortlist/metrics.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { N = 12, K = 3 };

/* With ties, and with scores that do not sum to 1, as margins. */
static const float margins[N * K] = {0.25f,  0.0f,  0.125f, 0.375f, 0.0f,   0.0f,  0.0f,   0.625f, 0.625f,
                                     0.375f, 0.25f, 0.375f, 0.125f, 0.125f, 0.25f, 0.625f, 0.875f, 0.75f,
                                     0.0f,   0.5f,  0.5f,   0.625f, 0.875f, 0.75f, 0.0f,   0.25f,  0.125f,
                                     0.25f,  0.75f, 0.25f,  0.25f,  0.875f, 0.5f,  0.125f, 0.375f, 0.25f};
static const int32_t truth[N] = {0, 1, 2, 0, 1, 2, 2, 1, 0, 2, 2, 1};

static void check(const int32_t *labels, const float *scores, size_t n, int k, double roc_auc,
                  double average_precision)
{
    struct sl_ranked found;
    assert_int_equal(sl_rank_scores(labels, scores, n, k, &found), SL_OK);
    if (!(fabs(found.roc_auc - roc_auc) <= 1e-14) && !(isnan(roc_auc) && isnan(found.roc_auc)))
        fail_msg("ROC AUC %.17g is not %.17g", found.roc_auc, roc_auc);
    if (!(fabs(found.average_precision - average_precision) <= 1e-14) &&
        !(isnan(average_precision) && isnan(found.average_precision)))
        fail_msg("average precision %.17g is not %.17g", found.average_precision, average_precision);
}

static void test_margins_with_ties(void **state)
{
    (void)state;
    check(truth, margins, N, K, 0.5455412257495591, 0.4131481481481482);
}

/* roc_auc_score(multi_class="ovr", average="macro"), which takes probabilities alone. */
static void test_probabilities(void **state)
{
    static const float p[N * K] = {
        0.25f,     0.453125f, 0.296875f, 0.609375f, 0.296875f, 0.09375f,  0.296875f, 0.5625f,   0.140625f,
        0.078125f, 0.140625f, 0.78125f,  0.515625f, 0.15625f,  0.328125f, 0.765625f, 0.1875f,   0.046875f,
        0.453125f, 0.34375f,  0.203125f, 0.1875f,   0.375f,    0.4375f,   0.25f,     0.265625f, 0.484375f,
        0.625f,    0.28125f,  0.09375f,  0.28125f,  0.515625f, 0.203125f, 0.21875f,  0.703125f, 0.078125f};
    struct sl_ranked found;
    (void)state;
    assert_int_equal(sl_rank_scores(truth, p, N, K, &found), SL_OK);
    assert_true(fabs(found.roc_auc - 0.30831128747795417) <= 1e-14);
}

/* Class 1 does not occur: the mean is that of the others. */
static void test_absent_class(void **state)
{
    int32_t labels[N];
    (void)state;
    for (int i = 0; i < N; i++)
        labels[i] = truth[i] == 1 ? 2 : truth[i];
    check(labels, margins, N, K, 0.6203703703703705, 0.5985449735449736);
}

/* Class 3 is unknown to the model: its rows' scores are equal. */
static void test_unknown_class(void **state)
{
    static const int32_t labels[N] = {0, 1, 2, 0, 3, 2, 2, 1, 3, 2, 2, 1};
    (void)state;
    check(labels, margins, N, K, 0.6130621693121694, 0.3471626984126985);
}

/* A class without training rows has the margin -infinity. */
static void test_infinite_margins(void **state)
{
    float scores[N * K];
    (void)state;
    for (int i = 0; i < N * K; i++)
        scores[i] = i % K == 1 ? -INFINITY : margins[i];
    check(truth, scores, N, K, 0.5924162257495591, 0.41989417989417993);
}

/* Of two classes: the area of the second, and the mean of both average precisions. */
static void test_two_classes(void **state)
{
    static const int32_t labels[] = {0, 1, 1, 0, 1, 0, 0, 1};
    static const float second[] = {0.25f, 0.625f, 0.375f, 0.375f, 0.875f, 0.125f, 0.625f, 0.25f};
    float scores[16], swapped[16];
    int32_t other[8];
    (void)state;
    for (int i = 0; i < 8; i++) {
        scores[2 * i] = swapped[2 * i + 1] = 1 - second[i];
        scores[2 * i + 1] = swapped[2 * i] = second[i];
        other[i] = !labels[i];
    }
    check(labels, scores, 8, 2, 0.71875, 0.7095238095238094);
    check(other, swapped, 8, 2, 0.71875, 0.7095238095238094); /* whatever the classes are called */
}

static void test_one_class_only(void **state)
{
    static const int32_t ones[N] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
    (void)state;
    check(ones, margins, N, K, NAN, 1);
    check(ones, margins, 0, K, NAN, NAN);
}

/* By definition: a perfect order, and its reverse. */
static void test_extremes(void **state)
{
    static const int32_t labels[] = {0, 0, 1, 1};
    static const float right[] = {3, -3, 2, -2, -1, 1, -2, 2}, wrong[] = {-3, 3, -2, 2, 1, -1, 2, -2};
    (void)state;
    check(labels, right, 4, 2, 1, 1);
    check(labels, wrong, 4, 2, 0, (1 / 3.0 + 2 / 4.0) / 2);
}

/* By definition: the share of pairs in order, ties half, over scores of all magnitudes and signs of zero. */
static void test_pairs(void **state)
{
    enum { ROWS = 700 };
    static const float some[] = {0,      -0.0f,   1e-40f,     -1e-40f, 1e30f, -1e30f, 0.25f,
                                 -0.25f, 0.2501f, 16777216.f, 3,       -3,    255,    256};
    static float scores[2 * ROWS];
    static int32_t labels[ROWS];
    double right = 0, pairs = 0;
    uint32_t random = 1;
    struct sl_ranked found;
    (void)state;
    for (int i = 0; i < ROWS; i++) {
        random = random * 1664525 + 1013904223;
        scores[2 * i + 1] = some[(random >> 16) % (sizeof some / sizeof *some)];
        scores[2 * i] = -scores[2 * i + 1];
        labels[i] = (random >> 8) % 3 == 0;
    }
    for (int i = 0; i < ROWS; i++)
        for (int j = 0; j < ROWS; j++)
            if (labels[i] && !labels[j]) {
                const float a = scores[2 * i + 1], b = scores[2 * j + 1];
                right += a > b ? 1 : a == b ? 0.5 : 0;
                pairs++;
            }
    assert_int_equal(sl_rank_scores(labels, scores, ROWS, 2, &found), SL_OK);
    assert_true(fabs(found.roc_auc - right / pairs) <= 1e-12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_margins_with_ties),
        cmocka_unit_test(test_probabilities),
        cmocka_unit_test(test_absent_class),
        cmocka_unit_test(test_unknown_class),
        cmocka_unit_test(test_infinite_margins),
        cmocka_unit_test(test_two_classes),
        cmocka_unit_test(test_one_class_only),
        cmocka_unit_test(test_extremes),
        cmocka_unit_test(test_pairs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
