/* Sparse rows as a data set: what they are checked for, parts of them, other types, audit and scaling. */
#include "data/scaling.h"
#include "unit/check.h"
#include <math.h>
#include <shortlist/audit.h>
#include <shortlist/dataset.h>

enum { N = 6, D = 5 };

/* Row 3 equals row 0; feature 2 is 4 throughout, feature 4 nowhere. */
static const float x[N * D] = {1, 0, 4, 0, 0, 0, -2, 4, 0, 0, 3, 5, 4, 0.5f, 0,
                               1, 0, 4, 0, 0, 0, 0,  4, 1, 0, 0, 0, 4, 0,    0};
static const int32_t y[N] = {0, 1, 0, 1, 0, 1};

static struct sl_dataset *make(enum sl_dtype dtype)
{
    const struct sl_view view = {.dtype = SL_F32, .n = N, .d = D, .x = x, .y = y, .k = 2, .scale = 1};
    struct sl_dataset *dense, *out;
    assert_int_equal(sl_dataset_new(&view, "rows", NULL, &dense, NULL), SL_OK);
    assert_int_equal(sl_dataset_as(dense, dtype, &out, NULL), SL_OK);
    sl_dataset_free(dense);
    return out;
}

static void assert_holds_rows(const struct sl_dataset *sparse, const uint32_t *rows, size_t n)
{
    struct sl_dataset *dense;
    assert_int_equal(sl_dataset_view(sparse).dtype, SL_SPARSE);
    assert_int_equal(sl_dataset_as(sparse, SL_F32, &dense, NULL), SL_OK);
    const float *got = sl_dataset_view(dense).x;
    for (size_t i = 0; i < n; i++) {
        assert_memory_equal(got + i * D, x + rows[i] * D, D * sizeof *x);
        assert_int_equal(sl_dataset_view(sparse).y[i], y[rows[i]]);
    }
    sl_dataset_free(dense);
}

static void test_parts(void **state)
{
    static const uint32_t all[] = {0, 1, 2, 3, 4, 5}, some[] = {5, 2, 2, 0}, beyond[] = {6};
    struct sl_dataset *data = make(SL_SPARSE), *part, *doubles, *copy;
    struct sl_error err;
    (void)state;
    assert_holds_rows(data, all, N);
    assert_int_equal(sl_dataset_take(data, some, 4, &part, NULL), SL_OK);
    assert_holds_rows(part, some, 4);
    assert_string_not_equal(sl_dataset_hash(part), sl_dataset_hash(data));
    struct sl_view view = sl_dataset_view(part);
    assert_int_equal(sl_dataset_new(&view, "rows", NULL, &copy, NULL), SL_OK);
    assert_string_equal(sl_dataset_hash(copy), sl_dataset_hash(part));
    assert_int_equal(sl_dataset_take(data, beyond, 1, &doubles, &err), SL_EUSAGE);
    assert_int_equal(sl_dataset_as(data, SL_F64, &doubles, NULL), SL_OK);
    for (size_t i = 0; i < N * D; i++)
        assert_true(((const double *)sl_dataset_view(doubles).x)[i] == (double)x[i]);
    sl_dataset_free(doubles);
    assert_int_equal(sl_dataset_as(data, SL_U8, &doubles, &err), SL_EDATA);
    assert_holds(err.text, "row 1, feature 1 is no whole number 0 ... 255");
    sl_dataset_free(copy);
    sl_dataset_free(part);
    sl_dataset_free(data);
}

/* What an array may have wrong. */
static void test_checks(void **state)
{
    static const struct {
        size_t start[3];
        uint32_t column[3];
        float value[3];
        const char *text;
    } cases[] = {
        {{0, 2, 1}, {0, 1, 2}, {1, 1, 1}, "sparse row 1 ends before it starts"},
        {{0, 1, 3}, {0, 1, 9}, {1, 1, 1}, "sparse row 1 has feature 9; there are 3"},
        {{0, 1, 3}, {0, 1, 1}, {1, 1, 1}, "sparse row 1: feature 1 stands after 1"},
        {{0, 1, 3}, {0, 2, 1}, {1, 1, 1}, "sparse row 1: feature 1 stands after 2"},
        {{0, 1, 3}, {0, 1, 2}, {1, 1, NAN}, "row 1, feature 2 is NaN"},
        {{0, 1, 3}, {0, 1, 2}, {1, -INFINITY, 1}, "row 1, feature 1 is infinite"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct sl_csr rows = {cases[i].start, cases[i].column, cases[i].value};
        const struct sl_view view = {.dtype = SL_SPARSE, .n = 2, .d = 3, .x = &rows, .k = 1, .scale = 1};
        struct sl_dataset *data;
        struct sl_error err;
        assert_int_equal(sl_dataset_new(&view, "rows", NULL, &data, &err), SL_EDATA);
        assert_holds(err.text, cases[i].text);
    }
}

/* The counts of dense rows, whatever the types of the two parts. */
static void test_audit(void **state)
{
    static const enum sl_dtype types[][2] = {
        {SL_F32, SL_F32}, {SL_SPARSE, SL_SPARSE}, {SL_SPARSE, SL_F32}, {SL_F32, SL_SPARSE}};
    (void)state;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        struct sl_dataset *train = make(types[i][0]), *test = make(types[i][1]);
        struct sl_audit audit;
        assert_int_equal(sl_audit(train, test, &audit, NULL), SL_OK);
        assert_int_equal(audit.duplicates, 1);
        assert_int_equal(audit.conflicts, 2);
        assert_int_equal(audit.constant, 2);
        assert_int_equal(audit.overlap, N);
        assert_int_equal(audit.duplicates_test, 1);
        sl_audit_release(&audit);
        sl_dataset_free(train);
        sl_dataset_free(test);
    }
}

/* A 0 that is stored all the same, and -0, are 0. */
static void test_stored_zeros(void **state)
{
    static const size_t start[] = {0, 2, 3, 4};
    static const uint32_t column[] = {0, 1, 1, 0};
    static const float value[] = {0, 2, 2, -0.0f};
    static const int32_t labels[] = {0, 0, 0};
    const struct sl_csr rows = {start, column, value};
    const struct sl_view view = {
        .dtype = SL_SPARSE, .n = 3, .d = 2, .x = &rows, .y = labels, .k = 1, .scale = 1};
    struct sl_dataset *data;
    struct sl_audit audit;
    (void)state;
    assert_int_equal(sl_dataset_new(&view, "rows", NULL, &data, NULL), SL_OK);
    assert_int_equal(sl_audit(data, NULL, &audit, NULL), SL_OK);
    assert_int_equal(audit.duplicates, 1);
    assert_int_equal(audit.constant, 1);
    sl_audit_release(&audit);
    sl_dataset_free(data);
}

/* By the definition, from the dense rows. */
static double divisor(enum sl_scaling_kind kind, size_t j)
{
    double largest = 0, mean = 0, squares = 0;
    for (size_t i = 0; i < N; i++) {
        largest = fmax(largest, fabs((double)x[i * D + j]));
        mean += (double)x[i * D + j] / N;
    }
    for (size_t i = 0; i < N; i++)
        squares += pow((double)x[i * D + j] - mean, 2) / N;
    double by = kind == SL_SCALE_MINMAX ? largest : kind == SL_SCALE_STANDARD ? sqrt(squares) : 1;
    return by > 1e-9 ? by : 1;
}

static void test_scaling(void **state)
{
    struct sl_dataset *data = make(SL_SPARSE), *dense = make(SL_F32);
    struct sl_view rows = sl_dataset_view(data), dense_rows = sl_dataset_view(dense);
    (void)state;
    for (int kind = SL_SCALE_NONE; kind <= SL_SCALE_STANDARD; kind++) {
        struct sl_scaling *scaling;
        struct sl_view scaled, scaled_dense;
        void *owned, *owned_dense;
        float got[N * D] = {0};
        assert_int_equal(sl_scaling_fit((enum sl_scaling_kind)kind, &rows, &scaling, NULL), SL_OK);
        assert_int_equal(sl_scaling_apply(scaling, &rows, &scaled, &owned, NULL), SL_OK);
        assert_int_equal(scaled.dtype, SL_SPARSE);
        const struct sl_csr *csr = scaled.x;
        for (size_t i = 0; i < N; i++)
            for (size_t e = csr->start[i]; e < csr->start[i + 1]; e++)
                got[i * D + csr->column[e]] = csr->value[e];
        for (size_t i = 0; i < N * D; i++)
            assert_true(fabs((double)got[i] - (double)x[i] / divisor((enum sl_scaling_kind)kind, i % D)) <
                        1e-6);
        /* A scaling of sparse rows does the same to dense ones. */
        assert_int_equal(sl_scaling_apply(scaling, &dense_rows, &scaled_dense, &owned_dense, NULL), SL_OK);
        assert_memory_equal(scaled_dense.x, got, sizeof got);
        free(owned);
        free(owned_dense);
        sl_scaling_free(scaling);
    }
    sl_dataset_free(data);
    sl_dataset_free(dense);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parts),        cmocka_unit_test(test_checks),  cmocka_unit_test(test_audit),
        cmocka_unit_test(test_stored_zeros), cmocka_unit_test(test_scaling),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
