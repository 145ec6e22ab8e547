/* Reliability and temperature scaling against cases by hand. */
#include <math.h>
#include <setjmp.h>
#include <shortlist/calibration.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void test_bins(void **state)
{
    /* 20 rows: ten at .6, of which 3 are right, ten at .9, of which all are. */
    float confidence[20];
    unsigned char right[20] = {0};
    struct sl_reliability r;
    struct sl_error err;
    (void)state;
    for (int i = 0; i < 20; i++) {
        confidence[i] = i % 2 ? .9f : .6f;
        right[i] = i % 2 || i < 6;
    }
    assert_int_equal(sl_reliability_measure(confidence, right, 20, &r, &err), SL_OK);
    assert_int_equal(r.n_bins, 2);
    assert_true(fabs(r.bin[0].confidence - .6) < 1e-6 && r.bin[0].accuracy == .3 && r.bin[0].n == 10);
    assert_true(fabs(r.bin[1].confidence - .9) < 1e-6 && r.bin[1].accuracy == 1);
    assert_true(fabs(r.ece - (.5 * .3 + .5 * .1)) < 1e-6);
    assert_int_equal(sl_reliability_measure(confidence, right, 3, &r, &err), SL_OK);
    assert_int_equal(r.n_bins, 1);
}

static void test_temper(void **state)
{
    float p[] = {.8f, .2f, 0, .5f, .5f, 0};
    (void)state;
    sl_temper(p, 2, 3, 1);
    assert_true(p[0] == .8f);
    sl_temper(p, 2, 3, 2); /* roots: 2 to 1 */
    assert_true(fabsf(p[0] - 2 / 3.f) < 1e-6f && fabsf(p[1] - 1 / 3.f) < 1e-6f && p[2] == 0);
    assert_true(fabsf(p[3] - .5f) < 1e-6f);
    sl_temper(p, 1, 3, .5);
    assert_true(fabsf(p[0] - .8f) < 1e-6f);
}

/* Two classes, always sure by p; a share q of the rows right: the best temperature is logit p / logit q. */
static void fill(float p, size_t n, size_t of10, float *probabilities, int32_t *truth)
{
    for (size_t i = 0; i < n; i++) {
        const int best = (i / 2) % 2;
        probabilities[2 * i + (size_t)best] = p;
        probabilities[2 * i + (size_t)!best] = 1 - p;
        truth[i] = i / 2 * 7 % 10 < of10 ? best : !best; /* spread over the rows */
    }
}

static void test_temperature(void **state)
{
    enum { N = 400 };
    static float p[2 * N];
    static int32_t truth[N];
    struct sl_calibration c;
    struct sl_error err;
    (void)state;
    fill(.99f, N, 8, p, truth);
    assert_int_equal(sl_calibrate(p, truth, N, 2, &c, &err), SL_OK);
    assert_int_equal(c.n, N);
    assert_true(fabs(c.temperature - log(99) / log(4)) < 1e-4);
    assert_true(fabs(c.before.ece - .19) < 1e-3);
    assert_true(c.after.ece < .08); /* equal confidences: bins of rows as they come */
    assert_true(fabs(c.log_loss_before - (-.8 * log(.99) - .2 * log(.01))) < 1e-5);
    assert_true(fabs(c.log_loss_after - (-.8 * log(.8) - .2 * log(.2))) < 1e-5);
    fill(.6f, N, 9, p, truth); /* not sure enough */
    assert_int_equal(sl_calibrate(p, truth, N, 2, &c, &err), SL_OK);
    assert_true(fabs(c.temperature - log(1.5) / log(9)) < 1e-4);
    /* What is always right has no best temperature: the least one. */
    fill(.6f, N, 10, p, truth);
    assert_int_equal(sl_calibrate(p, truth, N, 2, &c, &err), SL_OK);
    assert_true(c.temperature < SL_TEMPERATURE_LEAST * 1.001);
}

static void test_rows_of_unknown_classes(void **state)
{
    enum { N = 44 };
    static float p[2 * N];
    static int32_t truth[N];
    struct sl_calibration c;
    struct sl_error err;
    (void)state;
    fill(.9f, N, 8, p, truth);
    truth[0] = truth[1] = -1;
    assert_int_equal(sl_calibrate(p, truth, N, 2, &c, &err), SL_OK);
    assert_int_equal(c.n, N - 2);
    for (int i = 2; i < 26; i++)
        truth[i] = -1;
    assert_int_equal(sl_calibrate(p, truth, N, 2, &c, &err), SL_EUSAGE);
    assert_non_null(
        strstr(err.text, "18 rows of classes that the model knows: a temperature wants 20 at least"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_bins), cmocka_unit_test(test_temper),
                                       cmocka_unit_test(test_temperature),
                                       cmocka_unit_test(test_rows_of_unknown_classes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
