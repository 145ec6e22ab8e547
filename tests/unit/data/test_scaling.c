/* Scaling.  Reference numbers: scikit-learn 1.2.1, StandardScaler and MinMaxScaler. */
#include "data/scaling.h"
#include "kernels/convert.h"
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Needs the headers above. */
#include <cmocka.h>

static const float x[] = {1, -2, 5, 0.1f, 2, 0, 5, 0.2f, 4, 7, 5, 0.7f}; // (3, 4)
static const struct sl_view floats = {.dtype = SL_F32, .n = 3, .d = 4, .x = x, .k = 1, .scale = 1};
static const uint8_t u[] = {0, 9, 255, 10, 9, 0, 20, 9, 255}; // (3, 3)
static const struct sl_view bytes = {.dtype = SL_U8, .n = 3, .d = 3, .x = u, .k = 1, .scale = 1};
static const struct sl_view pixels = {
    .dtype = SL_U8, .n = 3, .d = 3, .x = u, .k = 1, .scale = 1, .image = {1, 3, 1}};

static struct sl_scaling *fit(enum sl_scaling_kind kind, const struct sl_view *view)
{
    struct sl_scaling *scaling;
    struct sl_error err;
    if (sl_scaling_fit(kind, view, &scaling, &err) != SL_OK)
        fail_msg("%s", err.text);
    assert_int_equal(sl_scaling_kind_of(scaling), kind);
    return scaling;
}

/* Scales in and compares with expected; the result is the caller's to free. */
static void check(const struct sl_scaling *scaling, const struct sl_view *in, const float *expected)
{
    struct sl_view out;
    void *owned;
    assert_int_equal(sl_scaling_apply(scaling, in, &out, &owned, NULL), SL_OK);
    assert_int_equal(out.dtype, SL_F32);
    assert_ptr_equal(out.x, owned);
    assert_true(out.scale == 1 && out.offset == 0);
    assert_int_equal(out.n, in->n);
    for (size_t i = 0; i < in->n * in->d; i++)
        assert_true(fabsf(((float *)owned)[i] - expected[i]) <= 1e-6f * (1 + fabsf(expected[i])));
    free(owned);
}

static void test_none(void **state)
{
    struct sl_view out;
    void *owned;
    (void)state;
    struct sl_scaling *scaling = fit(SL_SCALE_NONE, &bytes);
    assert_int_equal(sl_scaling_apply(scaling, &bytes, &out, &owned, NULL), SL_OK);
    assert_null(owned);
    assert_memory_equal(&out, &bytes, sizeof out);
    sl_scaling_free(scaling);
    sl_scaling_free(NULL);
}

static void test_standard_floats(void **state)
{
    static const float expected[] = {-1.06904497f, -0.95025527f, 0, -0.88900089f,
                                     -0.26726124f, -0.43193421f, 0, -0.50800051f,
                                     1.33630621f,  1.38218948f,  0, 1.3970014f};
    (void)state;
    struct sl_scaling *scaling = fit(SL_SCALE_STANDARD, &floats);
    check(scaling, &floats, expected);
    sl_scaling_free(scaling);
}

static void test_minmax_floats(void **state)
{
    static const float expected[] = {0, 0, 0, 0, 1 / 3.0f, 2 / 9.0f, 0, 1 / 6.0f, 1, 1, 0, 1};
    (void)state;
    struct sl_scaling *scaling = fit(SL_SCALE_MINMAX, &floats);
    check(scaling, &floats, expected);
    /* Values outside the training range go beyond [0, 1]; a constant feature is shifted only. */
    static const float more[] = {-2, 16, 6, 0.1f}, expected_more[] = {-1, 2, 1, 0};
    struct sl_view other = floats;
    other.n = 1;
    other.x = more;
    check(scaling, &other, expected_more);
    sl_scaling_free(scaling);
}

static void test_minmax_pixels(void **state)
{
    struct sl_view out;
    void *owned;
    (void)state;
    struct sl_scaling *scaling = fit(SL_SCALE_MINMAX, &pixels);
    assert_int_equal(sl_scaling_apply(scaling, &pixels, &out, &owned, NULL), SL_OK);
    assert_null(owned);
    assert_ptr_equal(out.x, u);
    assert_int_equal(out.dtype, SL_U8);
    assert_true(out.scale == 1.0f / 255 && out.offset == 0);
    /* The same scaling on floats: the same values. */
    static const float as_floats[] = {0, 127.5f, 255};
    static const float expected[] = {0, 0.5f, 1};
    struct sl_view other = {.dtype = SL_F32, .n = 1, .d = 3, .x = as_floats, .k = 1, .scale = 1};
    check(scaling, &other, expected);
    sl_scaling_free(scaling);
}

/* A table of small whole numbers is scaled as the same numbers in floats and doubles are. */
static void test_storage(void **state)
{
    static const enum sl_scaling_kind kinds[] = {SL_SCALE_NONE, SL_SCALE_MINMAX, SL_SCALE_STANDARD};
    static const enum sl_dtype dtypes[] = {SL_F32, SL_F64};
    static const float expected[][9] = {{0, 9, 255, 10, 9, 0, 20, 9, 255}, {0, 0, 1, .5f, 0, 0, 1, 0, 1}};
    double converted[9];
    (void)state;
    for (int kind = 0; kind < 3; kind++) {
        for (int i = 0; i < 2; i++) {
            struct sl_view other = bytes, a, b;
            void *rows_a, *rows_b;
            other.dtype = dtypes[i];
            other.x = converted;
            assert_int_equal(sl_convert(SL_U8, u, 9, dtypes[i], converted), 9);
            struct sl_scaling *scaling = fit(kinds[kind], &other), *same = fit(kinds[kind], &bytes);
            assert_int_equal(sl_scaling_apply(scaling, &other, &a, &rows_a, NULL), SL_OK);
            assert_int_equal(sl_scaling_apply(same, &bytes, &b, &rows_b, NULL), SL_OK);
            assert_int_equal(a.dtype, SL_F32);
            for (int at = 0; at < 9 && kind < 2; at++)
                assert_true(((const float *)a.x)[at] == expected[kind][at]);
            if (kind)
                assert_memory_equal(a.x, b.x, 9 * sizeof(float));
            free(rows_a);
            free(rows_b);
            sl_scaling_free(scaling);
            sl_scaling_free(same);
        }
    }
}

/* Doubles keep until they are scaled what floats would lose. */
static void test_doubles(void **state)
{
    static const double times[] = {1700000000, 1700000001, 1700000002, 1700000004};
    static const float expected[] = {0, .25f, .5f, 1};
    struct sl_view view = {.dtype = SL_F64, .n = 4, .d = 1, .x = times, .k = 1, .scale = 1};
    (void)state;
    struct sl_scaling *scaling = fit(SL_SCALE_MINMAX, &view);
    check(scaling, &view, expected);
    sl_scaling_free(scaling);
    scaling = fit(SL_SCALE_STANDARD, &view);
    static const float standard[] = {-1.18321596f, -0.50709255f, 0.16903085f, 1.52127766f};
    check(scaling, &view, standard);
    sl_scaling_free(scaling);
}

static void test_standard_bytes(void **state)
{
    /* Means 10, 9, 170; deviations sqrt(200/3), 0, sqrt(14450). */
    const float a = (float)(10 / sqrt(200 / 3.0)), b = (float)(85 / sqrt(14450)),
                c = (float)(170 / sqrt(14450));
    const float expected[] = {-a, 0, b, 0, 0, -c, a, 0, b};
    (void)state;
    struct sl_scaling *scaling = fit(SL_SCALE_STANDARD, &bytes);
    check(scaling, &bytes, expected);
    /* Fitted on x / 255, which stands for the same real numbers once applied. */
    struct sl_view scaled = bytes;
    scaled.scale = 1.0f / 255;
    struct sl_scaling *other = fit(SL_SCALE_STANDARD, &scaled);
    check(other, &scaled, expected);
    sl_scaling_free(other);
    sl_scaling_free(scaling);
}

/* Means far larger than deviations, and values at the end of float's range. */
static void test_hard_floats(void **state)
{
    static const float far[] = {16777216, -3e38f, 16777218, 3e38f}; // (2, 2)
    static const float expected[] = {-1, -1, 1, 1}, expected_minmax[] = {0, 0, 1, 1};
    struct sl_view view = {.dtype = SL_F32, .n = 2, .d = 2, .x = far, .k = 1, .scale = 1};
    (void)state;
    struct sl_scaling *scaling = fit(SL_SCALE_STANDARD, &view);
    check(scaling, &view, expected);
    sl_scaling_free(scaling);
    scaling = fit(SL_SCALE_MINMAX, &view);
    check(scaling, &view, expected_minmax);
    sl_scaling_free(scaling);
    /* A tiny training range and a huge value: cut, not infinite. */
    static const float tiny[] = {0, 1e-30f}, huge[] = {3e38f, -3e38f};
    struct sl_view column = {.dtype = SL_F32, .n = 2, .d = 1, .x = tiny, .k = 1, .scale = 1}, out;
    void *owned;
    scaling = fit(SL_SCALE_MINMAX, &column);
    column.x = huge;
    assert_int_equal(sl_scaling_apply(scaling, &column, &out, &owned, NULL), SL_OK);
    assert_true(((float *)owned)[0] == FLT_MAX && ((float *)owned)[1] == -FLT_MAX);
    free(owned);
    sl_scaling_free(scaling);
    /* A constant whose mean rounds: exactly 0 all the same. */
    static const float constant[] = {0.1f, 0.1f, 0.1f, 0.1f, 0.1f, 0.1f, 0.1f};
    column = (struct sl_view){.dtype = SL_F32, .n = 7, .d = 1, .x = constant, .k = 1, .scale = 1};
    scaling = fit(SL_SCALE_STANDARD, &column);
    assert_int_equal(sl_scaling_apply(scaling, &column, &out, &owned, NULL), SL_OK);
    for (int i = 0; i < 7; i++)
        assert_true(((float *)owned)[i] == 0);
    free(owned);
    sl_scaling_free(scaling);
}

static void test_errors(void **state)
{
    struct sl_view out, empty = floats;
    struct sl_scaling *scaling;
    struct sl_error err;
    enum sl_scaling_kind kind;
    void *owned;
    (void)state;
    empty.n = 0;
    assert_int_equal(sl_scaling_fit(SL_SCALE_STANDARD, &empty, &scaling, &err), SL_EUSAGE);
    assert_null(scaling);
    scaling = fit(SL_SCALE_STANDARD, &floats);
    assert_int_equal(sl_scaling_apply(scaling, &bytes, &out, &owned, &err), SL_EUSAGE);
    assert_string_equal(err.text, "rows of 3 features, but the scaling was fitted on 4");
    sl_scaling_free(scaling);
    assert_int_equal(sl_scaling_kind_parse("standrad", &kind, &err), SL_EUSAGE);
    assert_non_null(strstr(err.text, "did you mean standard?"));
    for (int i = SL_SCALE_NONE; i <= SL_SCALE_STANDARD; i++) {
        assert_int_equal(sl_scaling_kind_parse(sl_scaling_kind_name((enum sl_scaling_kind)i), &kind, &err),
                         SL_OK);
        assert_int_equal(kind, i);
    }
}

static int load(const unsigned char *record, size_t size, size_t d, struct sl_scaling **scaling)
{
    /* A copy of exactly that size, so that a sanitizer sees a read behind it. */
    unsigned char *copy = malloc(size ? size : 1);
    struct sl_error err;
    memcpy(copy, record, size);
    struct sl_reader r = {.bytes = copy, .size = size};
    int code = sl_scaling_load(&r, d, scaling, &err);
    if (code)
        assert_null(*scaling);
    free(copy);
    return code;
}

static void test_record(void **state)
{
    const struct {
        enum sl_scaling_kind kind;
        const struct sl_view *view;
    } cases[] = {{SL_SCALE_NONE, &floats},
                 {SL_SCALE_MINMAX, &bytes},
                 {SL_SCALE_MINMAX, &floats},
                 {SL_SCALE_STANDARD, &bytes},
                 {SL_SCALE_STANDARD, &floats}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct sl_view *view = cases[i].view;
        struct sl_scaling *scaling = fit(cases[i].kind, view), *back;
        struct sl_writer w = {0};
        struct sl_view a, b;
        void *own_a, *own_b;
        sl_scaling_save(scaling, &w);
        assert_int_equal(load(w.bytes, w.size, view->d, &back), SL_OK);
        assert_int_equal(sl_scaling_kind_of(back), cases[i].kind);
        assert_int_equal(sl_scaling_apply(scaling, view, &a, &own_a, NULL), SL_OK);
        assert_int_equal(sl_scaling_apply(back, view, &b, &own_b, NULL), SL_OK);
        assert_int_equal(own_a == NULL, own_b == NULL);
        assert_true(a.scale == b.scale);
        if (own_a)
            assert_memory_equal(own_a, own_b, view->n * view->d * sizeof(float));
        free(own_a);
        free(own_b);
        sl_scaling_free(back);
        /* Cut anywhere, any byte changed, another number of features: refused, or a usable scaling. */
        assert_int_equal(load(w.bytes, w.size, view->d + 1, &back), SL_EDATA);
        assert_int_equal(load(w.bytes, w.size, (size_t)1 << 60, &back), SL_EDATA);
        for (size_t n = 0; n < w.size; n++)
            assert_int_equal(load(w.bytes, n, view->d, &back), SL_EDATA);
        for (size_t n = 0; n < w.size; n++) {
            w.bytes[n] ^= 0xff;
            if (load(w.bytes, w.size, view->d, &back) == SL_OK) {
                assert_int_equal(sl_scaling_apply(back, view, &a, &own_a, NULL), SL_OK);
                free(own_a);
                sl_scaling_free(back);
            }
            w.bytes[n] ^= 0xff;
        }
        sl_writer_release(&w);
        sl_scaling_free(scaling);
    }
}

/* Missing values: as StandardScaler and MinMaxScaler, which pass over NaN.  A feature without any value is
 * not scaled. */
static void test_gaps(void **state)
{
    static const double rows[] = {1, NAN, NAN, NAN, 4, NAN, 3, 8, NAN, 5, NAN, NAN}; // (4, 3)
    static const struct sl_view gaps = {.dtype = SL_F64, .n = 4, .d = 3, .x = rows, .k = 1, .scale = 1};
    static const float minmax[] = {0, NAN, NAN, NAN, 0, NAN, .5f, 1, NAN, 1, NAN, NAN};
    static const float standard[] = {-1.22474487f, NAN, NAN, NAN, -1, NAN, 0, 1, NAN, 1.22474487f, NAN, NAN};
    (void)state;
    for (int kind = SL_SCALE_NONE; kind <= SL_SCALE_STANDARD; kind++) {
        struct sl_scaling *scaling = fit((enum sl_scaling_kind)kind, &gaps);
        struct sl_view out;
        void *owned;
        assert_int_equal(sl_scaling_apply(scaling, &gaps, &out, &owned, NULL), SL_OK);
        for (size_t i = 0; i < 12; i++) {
            const float is = ((float *)owned)[i], expected = kind == SL_SCALE_NONE     ? (float)rows[i]
                                                             : kind == SL_SCALE_MINMAX ? minmax[i]
                                                                                       : standard[i];
            assert_true(isnan(expected) ? isnan(is) : fabsf(is - expected) <= 1e-6f);
        }
        free(owned);
        sl_scaling_free(scaling);
    }
}

/* Codes of categories are names: no scaling changes them. */
static void test_codes(void **state)
{
    static const double rows[] = {1, 7, 3, NAN, 5, 2}; // (3, 2)
    static const uint16_t codes[] = {0, 8};
    static const struct sl_view view = {
        .dtype = SL_F64, .n = 3, .d = 2, .x = rows, .k = 1, .scale = 1, .codes = codes};
    (void)state;
    for (int kind = SL_SCALE_NONE; kind <= SL_SCALE_STANDARD; kind++) {
        struct sl_scaling *scaling = fit((enum sl_scaling_kind)kind, &view);
        struct sl_view out;
        void *owned;
        assert_int_equal(sl_scaling_apply(scaling, &view, &out, &owned, NULL), SL_OK);
        const float *scaled = owned;
        assert_ptr_equal(out.codes, codes);
        assert_true(scaled[1] == 7 && isnan(scaled[3]) && scaled[5] == 2);
        assert_true(kind == SL_SCALE_NONE ? scaled[0] == 1 : scaled[0] < scaled[2] && scaled[0] != 1);
        free(owned);
        sl_scaling_free(scaling);
    }
}

/* Infinite, NaN, zero and negative widths are no scaling. */
static void test_hostile_record(void **state)
{
    static const double bad[] = {INFINITY, NAN, 0, -1};
    struct sl_scaling *scaling;
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct sl_writer w = {0};
        sl_put_u8(&w, SL_SCALE_STANDARD);
        sl_put_u8(&w, 0);
        sl_put_u64(&w, 1);
        sl_put_f64(&w, 0);
        sl_put_f64(&w, bad[i]);
        assert_int_equal(load(w.bytes, w.size, 1, &scaling), SL_EDATA);
        sl_writer_release(&w);
    }
    struct sl_writer w = {0}; /* no mean of floats is so large */
    sl_put_u8(&w, SL_SCALE_STANDARD);
    sl_put_u8(&w, 0);
    sl_put_u64(&w, 1);
    sl_put_f64(&w, -1e270);
    sl_put_f64(&w, 1);
    assert_int_equal(load(w.bytes, w.size, 1, &scaling), SL_EDATA);
    sl_writer_release(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_none),           cmocka_unit_test(test_standard_floats),
        cmocka_unit_test(test_minmax_floats),  cmocka_unit_test(test_minmax_pixels),
        cmocka_unit_test(test_storage),        cmocka_unit_test(test_doubles),
        cmocka_unit_test(test_standard_bytes), cmocka_unit_test(test_hard_floats),
        cmocka_unit_test(test_errors),         cmocka_unit_test(test_record),
        cmocka_unit_test(test_hostile_record), cmocka_unit_test(test_gaps),
        cmocka_unit_test(test_codes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
