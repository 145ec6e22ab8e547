/* Metrics.  Reference numbers: scikit-learn 1.2.1, accuracy_score, balanced_accuracy_score and
 * precision_recall_fscore_support(average="macro" or "weighted", zero_division=0), unless said otherwise. */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <shortlist/metrics.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Needs the headers above. */
#include <cmocka.h>

enum { MAX_K = 5 };

static void assert_close(double a, double b)
{
    if (!(fabs(a - b) <= 1e-14))
        fail_msg("%.17g is not %.17g", a, b);
}

static struct sl_metrics compute(const int32_t *truth, const int32_t *predicted, size_t n, int k,
                                 struct sl_class_scores *per_class)
{
    uint64_t counts[MAX_K * MAX_K];
    struct sl_metrics metrics;
    assert_int_equal(sl_confusion(truth, predicted, n, k, counts, NULL), SL_OK);
    sl_metrics_compute(counts, k, &metrics, per_class);
    return metrics;
}

static void assert_weighted(const struct sl_class_scores *per_class, int k,
                            const struct sl_class_scores *expected)
{
    struct sl_class_scores found;
    sl_metrics_weighted(per_class, k, &found);
    assert_close(found.precision, expected->precision);
    assert_close(found.recall, expected->recall);
    assert_close(found.f1, expected->f1);
    assert_int_equal(found.support, expected->support);
}

static void test_confusion(void **state)
{
    static const int32_t truth[] = {0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 2, 0, 1, 2};
    static const int32_t predicted[] = {0, 1, 0, 1, 1, 2, 0, 2, 2, 2, 1, 2, 0, 1, 0};
    static const uint64_t expected[] = {3, 1, 0, 1, 3, 1, 1, 1, 4};
    uint64_t counts[9];
    struct sl_error err;
    (void)state;
    memset(counts, 0xff, sizeof counts);
    assert_int_equal(sl_confusion(truth, predicted, 15, 3, counts, &err), SL_OK);
    assert_memory_equal(counts, expected, sizeof counts);
    assert_int_equal(sl_confusion(truth, predicted, 15, 2, counts, &err), SL_EDATA);
    assert_string_equal(err.text, "the predicted label of row 5 is 2: labels go from 0 to 1");
    static const int32_t negative[] = {-1};
    assert_int_equal(sl_confusion(negative, truth, 1, 3, counts, &err), SL_EDATA);
    assert_string_equal(err.text, "the true label of row 0 is -1: labels go from 0 to 2");
    assert_int_equal(sl_confusion(truth, predicted, 15, 2, counts, NULL), SL_EDATA);
}

/* A class that the classifier does not know has no probability. */
static void test_log_loss_of_unseen_class(void **state)
{
    static const int32_t truth[] = {0, 2};
    static const float probabilities[] = {0.5f, 0.5f, 0.25f, 0.75f};
    (void)state;
    assert_close(sl_log_loss(truth, probabilities, 2, 2), (log(2) - log(DBL_EPSILON)) / 2);
}

static void test_all_classes(void **state)
{
    static const int32_t truth[] = {0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 2, 0, 1, 2};
    static const int32_t predicted[] = {0, 1, 0, 1, 1, 2, 0, 2, 2, 2, 1, 2, 0, 1, 0};
    struct sl_class_scores scores[3];
    (void)state;
    struct sl_metrics metrics = compute(truth, predicted, 15, 3, scores);
    assert_close(metrics.accuracy, 0.6666666666666666);
    assert_close(metrics.balanced_accuracy, 0.6722222222222222);
    assert_close(metrics.precision_macro, 0.6666666666666666);
    assert_close(metrics.recall_macro, 0.6722222222222222);
    assert_close(metrics.f1_macro, 0.6646464646464646);
    static const double f1[] = {0.6666666666666665, 0.6, 0.7272727272727272};
    static const double precision[] = {0.6, 0.6, 0.8}, recall[] = {0.75, 0.6, 0.6666666666666666};
    static const uint64_t support[] = {4, 5, 6};
    for (int c = 0; c < 3; c++) {
        assert_close(scores[c].precision, precision[c]);
        assert_close(scores[c].recall, recall[c]);
        assert_close(scores[c].f1, f1[c]);
        assert_int_equal(scores[c].support, support[c]);
    }
    assert_weighted(scores, 3, &(struct sl_class_scores){0.68, 0.6666666666666666, 0.6686868686868687, 15});
}

/* Class 1 occurs and is never predicted, 3 is predicted and never occurs, 4 does neither. */
static void test_missing_classes(void **state)
{
    static const int32_t truth[] = {0, 0, 1, 1, 2, 2, 2}, predicted[] = {0, 3, 0, 2, 2, 2, 3};
    struct sl_class_scores scores[5];
    (void)state;
    struct sl_metrics metrics = compute(truth, predicted, 7, 5, scores);
    assert_close(metrics.accuracy, 0.42857142857142855);
    assert_close(metrics.balanced_accuracy, 0.38888888888888884);
    assert_close(metrics.precision_macro, 0.29166666666666663);
    assert_close(metrics.recall_macro, 0.29166666666666663);
    assert_close(metrics.f1_macro, 0.29166666666666663);
    assert_true(scores[1].precision == 0 && scores[1].recall == 0 && scores[1].f1 == 0);
    assert_true(scores[3].precision == 0 && scores[3].recall == 0 && scores[3].f1 == 0);
    assert_int_equal(scores[1].support, 2);
    assert_int_equal(scores[3].support, 0);
    double three_of_seven = 0.42857142857142855;
    assert_weighted(scores, 5, &(struct sl_class_scores){three_of_seven, three_of_seven, three_of_seven, 7});
}

static void assert_agreement(const int32_t *truth, const int32_t *predicted, size_t n, double f1_weighted,
                             double mcc, double kappa)
{
    struct sl_metrics metrics = compute(truth, predicted, n, MAX_K, NULL);
    assert_close(metrics.f1_weighted, f1_weighted);
    assert_close(metrics.mcc, mcc);
    if (isnan(kappa))
        assert_true(isnan(metrics.kappa));
    else
        assert_close(metrics.kappa, kappa);
}

/* f1_score(average="weighted", zero_division=0), matthews_corrcoef, cohen_kappa_score: several classes;
 * classes that do not occur or are not predicted; a constant prediction; none right; one class only; two
 * classes. */
static void test_agreement(void **state)
{
    static const int32_t truth[] = {0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 2, 0, 1, 2};
    static const int32_t predicted[] = {0, 1, 0, 1, 1, 2, 0, 2, 2, 2, 1, 2, 0, 1, 0};
    static const int32_t some[] = {0, 0, 1, 1, 2, 2, 2}, others[] = {0, 3, 0, 2, 2, 2, 3};
    static const int32_t few[] = {0, 1, 2, 1}, ones[] = {1, 1, 1, 1}, wrong[] = {1, 2, 0, 0};
    static const int32_t two[] = {0, 1, 1, 0, 1, 0, 1}, guess[] = {0, 1, 0, 0, 1, 1, 1};
    (void)state;
    assert_agreement(truth, predicted, 15, 0.6686868686868687, 0.5033670414105182, 0.5);
    assert_agreement(some, others, 7, 0.42857142857142855, 0.25, 0.2222222222222221);
    assert_agreement(few, ones, 4, 0.3333333333333333, 0, 0);
    assert_agreement(few, wrong, 4, 0, -0.5, -0.4545454545454546);
    assert_agreement(ones, ones, 3, 1, 0, NAN);
    assert_agreement(two, guess, 7, 0.7142857142857143, 0.4166666666666667, 0.41666666666666663);
    struct sl_metrics metrics = compute(ones, ones, 0, 3, NULL);
    assert_true(isnan(metrics.mcc) && isnan(metrics.kappa) && isnan(metrics.f1_weighted));
}

/* By definition. */
static void test_extremes(void **state)
{
    static const int32_t labels[] = {0, 1, 2, 1}, wrong[] = {1, 2, 0, 0};
    (void)state;
    struct sl_metrics metrics = compute(labels, labels, 4, 3, NULL);
    assert_true(metrics.accuracy == 1 && metrics.balanced_accuracy == 1 && metrics.f1_macro == 1);
    metrics = compute(labels, wrong, 4, 3, NULL);
    assert_true(metrics.accuracy == 0 && metrics.precision_macro == 0 && metrics.f1_macro == 0);
    metrics = compute(labels, labels, 0, 3, NULL);
    assert_true(isnan(metrics.accuracy) && isnan(metrics.balanced_accuracy) && isnan(metrics.f1_macro));
}

/* By hand: -(log 0.5 + log 0.25) / 2, and the clipped ends; three classes by scikit-learn 1.2.1 in double. */
static void test_log_loss(void **state)
{
    static const int32_t truth[] = {0, 1};
    static const float half[] = {0.5f, 0.5f, 0.75f, 0.25f}, zero[] = {1, 0, 1, 0}, certain[] = {1, 0, 0, 1};
    static const float odd[] = {NAN, 0, 0, 1};
    static const int32_t three[] = {0, 1, 2};
    static const float thirds[] = {0.25f, 0.5f, 0.25f, 0, 0, 1, 0.25f, 0.25f, 0.5f};
    (void)state;
    assert_close(sl_log_loss(truth, half, 2, 2), (log(2) + log(4)) / 2);
    assert_close(sl_log_loss(truth, zero, 2, 2), -log(0x1p-52) / 2);
    assert_true(sl_log_loss(truth, certain, 2, 2) == -log(1 - 0x1p-52));
    assert_close(sl_log_loss(three, thirds, 3, 3), 12.707698310265663);
    assert_true(isnan(sl_log_loss(truth, odd, 2, 2)));
    assert_true(isnan(sl_log_loss(truth, half, 0, 2)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_confusion),       cmocka_unit_test(test_log_loss_of_unseen_class),
        cmocka_unit_test(test_agreement),       cmocka_unit_test(test_all_classes),
        cmocka_unit_test(test_missing_classes), cmocka_unit_test(test_extremes),
        cmocka_unit_test(test_log_loss),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
