/* test_kernel_map.c - the elementwise maps against libm and against 64-bit integers. */
#include "core/memory.h"
#include "kernels/exp.h"
#include "kernels/kernel_map.h"
#include <math.h>
#include <setjmp.h>
#include <shortlist/rng.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { N = 1003 }; /* not a multiple of any vector */

/* |got - want| <= bound * |want| + tiny for the map of N numbers from a to b. */
static void check_map(void (*map)(float *, size_t), double (*want)(double), float a, float b, double bound)
{
    float x[N], z[N];
    for (int i = 0; i < N; i++)
        x[i] = z[i] = a + (b - a) * (float)i / (N - 1);
    map(z, N);
    for (int i = 0; i < N; i++) {
        const double expected = want((double)x[i]);
        assert_true(fabs((double)z[i] - expected) <= bound * fabs(expected));
    }
}

static void test_exp(void **state)
{
    (void)state;
    check_map(sl_map_exp, exp, -86, 0, 2e-7);
    check_map(sl_map_exp, exp, -1, 1, 2e-7);
    check_map(sl_map_exp, exp, 0, 86, 2e-7);
    float z[4] = {-1000, 1000, 0, -INFINITY};
    sl_map_exp(z, 4);
    assert_true(z[0] > 0 && z[0] < 1e-37f && z[1] > 1e37f && isfinite(z[1]) && z[2] == 1 && z[3] == z[0]);
    float none[] = {NAN, -NAN};
    sl_map_exp(none, 2);
    assert_true(isnan(none[0]) && isnan(none[1]));
}

static void test_tanh(void **state)
{
    (void)state;
    check_map(sl_map_tanh, tanh, -1, 1, 3e-7);
    check_map(sl_map_tanh, tanh, -1e-4f, 1e-4f, 3e-7);
    check_map(sl_map_tanh, tanh, -20, 20, 3e-7);
    check_map(sl_map_tanh, tanh, -1e6f, 1e6f, 3e-7);
}

static void run_expm1(float *z, size_t n)
{
    for (size_t j = 0; j < n; j++)
        z[j] = sl_exp_minus_1(z[j]);
}

static void run_logistic(float *z, size_t n)
{
    for (size_t j = 0; j < n; j++)
        z[j] = sl_logistic(z[j]);
}

static double logistic(double x)
{
    return 1 / (1 + exp(-x));
}

static void test_activations(void **state)
{
    (void)state;
    check_map(run_expm1, expm1, -1e-4f, 0, 6e-7);
    check_map(run_expm1, expm1, -2, 0, 6e-7);
    check_map(run_expm1, expm1, -200, 0, 6e-7);
    check_map(run_logistic, logistic, -80, 80, 4e-7);
    check_map(run_logistic, logistic, -1, 1, 4e-7);
    float none[] = {NAN, -NAN};
    run_expm1(none, 1);
    run_logistic(none + 1, 1);
    assert_true(isnan(none[0]) && isnan(none[1]));
}

static void test_power(void **state)
{
    (void)state;
    for (int degree = 0; degree <= 7; degree++) {
        float z[N];
        for (int i = 0; i < N; i++)
            z[i] = -2 + 4 * (float)i / (N - 1);
        sl_map_power(z, N, degree);
        for (int i = 0; i < N; i++) {
            const double expected = pow((double)(-2 + 4 * (float)i / (N - 1)), degree);
            assert_true(fabs((double)z[i] - expected) <= 1e-6 * fabs(expected));
        }
    }
}

static void test_bytes(void **state)
{
    enum { D = 33000 }; /* bright rows of the widest: sums near 2^31 */
    struct sl_rng *rng = sl_rng_new(3, NULL);
    int32_t p[N], sum[N], norm[N];
    float dots[N], squares[N];
    (void)state;
    const int64_t bright = 255, add = D * bright * 128, own = D * bright * bright;
    for (int j = 0; j < N; j++) {
        const int64_t b = (int64_t)sl_rng_below(rng, 256); /* the row is b everywhere, the other 255 */
        p[j] = (int32_t)(D * bright * (b - 128));
        sum[j] = (int32_t)(D * b);
        norm[j] = (int32_t)(D * b * b);
    }
    sl_map_byte_dots(p, N, (int32_t)add, 0.5f, 3, 0.25f, sum, dots);
    sl_map_byte_squares(p, N, (int32_t)(uint32_t)(own - 2 * add), norm, -0.5f, squares);
    for (int j = 0; j < N; j++) {
        const double b = sum[j] / D, dot = D * 255.0 * b, square = D * (255.0 - b) * (255.0 - b);
        assert_true(fabs((double)dots[j] - (0.5 * dot + 3 + 0.25 * D * b)) <= 2e-7 * (dot + 3 + D * b));
        assert_true(fabs((double)squares[j] + 0.5 * square) <= 1e-7 * square);
    }
    sl_map_byte_dots(p, N, (int32_t)add, 2, 0, 0, sum, dots);
    for (int j = 0; j < N; j++)
        assert_true(fabs((double)dots[j] - 2 * D * 255.0 * (sum[j] / D)) <= 2e-7 * (double)dots[j]);
    sl_rng_free(rng);
}

static void test_floats(void **state)
{
    const float norm[3] = {1, 4, 9};
    float z[3] = {1, 1, 100}, y[3] = {1, 2, 3};
    (void)state;
    sl_map_float_squares(z, 3, 2, norm, -2);
    assert_true(z[0] == -2 && z[1] == -8 && z[2] == 0); /* never a negative square */
    sl_map_affine(y, 3, 2, 1);
    assert_true(y[0] == 3 && y[1] == 5 && y[2] == 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exp),   cmocka_unit_test(test_tanh),  cmocka_unit_test(test_activations),
        cmocka_unit_test(test_power), cmocka_unit_test(test_bytes), cmocka_unit_test(test_floats),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
