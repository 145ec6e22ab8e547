/* test_origin.c - what a model keeps of its training rows: which rows are told again, and damaged records. */
#include "unit/check.h"
#include <math.h>
#include <shortlist/model.h>
#include <unistd.h>

enum { D = 3 };

static struct sl_dataset *make(enum sl_dtype dtype, const void *x, size_t n)
{
    struct sl_dataset *data;
    struct sl_error err;
    int32_t *y = malloc(n * sizeof *y);
    for (size_t i = 0; i < n; i++)
        y[i] = (int32_t)(i % 2);
    struct sl_view view = {.dtype = dtype, .n = n, .d = D, .x = x, .y = y, .k = 2, .scale = 1};
    if (sl_dataset_new(&view, "rows", NULL, &data, &err))
        fail_msg("%s", err.text);
    free(y);
    return data;
}

/* n rows, all different, from number `first` on. */
static float *make_rows(size_t first, size_t n)
{
    float *x = malloc(n * D * sizeof *x);
    for (size_t i = 0; i < n; i++) {
        x[i * D] = (float)(first + i);
        x[i * D + 1] = 0.1f * (float)(first + i);
        x[i * D + 2] = 0;
    }
    return x;
}

static struct sl_model *fit(const struct sl_dataset *data)
{
    struct sl_model *model;
    struct sl_error err;
    struct sl_fit_options options = {.scaling = SL_SCALE_NONE, .threads = 1};
    if (sl_model_fit(sl_classifier_find("majority", NULL), NULL, data, NULL, &options, NULL, &model, &err) ||
        sl_model_remember(model, data, &err))
        fail_msg("%s", err.text);
    return model;
}

/* Rows found, as the warning says; 0: there is none. */
static long found(const struct sl_model *model, enum sl_dtype dtype, const void *x, size_t n)
{
    struct sl_warnings warnings = {0};
    struct sl_error err;
    struct sl_view view = {.dtype = dtype, .n = n, .d = D, .x = x, .k = 2, .scale = 1};
    if (sl_model_warn(model, &view, &warnings, &err))
        fail_msg("%s", err.text);
    long count = warnings.n ? strtol(warnings.list[0].text, NULL, 10) : 0;
    if (warnings.n)
        assert_int_equal(warnings.list[0].id, SL_WARNING_own_rows);
    sl_warnings_release(&warnings);
    return count;
}

static void test_told_again(void **state)
{
    (void)state;
    enum { N = 300 };
    float *rows = make_rows(0, N), *others = make_rows(1000, N);
    double doubles[N * D];
    struct sl_dataset *data = make(SL_F32, rows, N);
    struct sl_model *model = fit(data);
    for (int i = 0; i < N * D; i++)
        doubles[i] = (double)rows[i];
    doubles[2] = -0.0;
    assert_int_equal(found(model, SL_F32, rows, N), N);
    assert_int_equal(found(model, SL_F64, doubles, N), N);
    assert_int_equal(found(model, SL_F32, rows + 5 * D, 1), 1);
    assert_int_equal(found(model, SL_F32, others, N), 0);
    memcpy(others, rows, 14 * D * sizeof *rows); /* below 5 % */
    assert_int_equal(found(model, SL_F32, others, N), 0);
    memcpy(others, rows, 15 * D * sizeof *rows);
    assert_int_equal(found(model, SL_F32, others, N), 15);
    sl_model_free(model);
    sl_dataset_free(data);
    free(rows);
    free(others);
}

/* Sparse rows are told among dense ones, and dense among sparse. */
static void test_sparse(void **state)
{
    (void)state;
    enum { N = 60 };
    float *rows = make_rows(0, N), value[N * D];
    size_t start[N + 1] = {0}, n = 0;
    uint32_t column[N * D];
    for (size_t i = 0; i < N; i++) {
        for (uint32_t j = 0; j < D; j++)
            if (rows[i * D + j] != 0) {
                column[n] = j;
                value[n++] = rows[i * D + j];
            }
        start[i + 1] = n;
    }
    struct sl_csr sparse = {start, column, value};
    struct sl_dataset *dense_data = make(SL_F32, rows, N), *sparse_data = make(SL_SPARSE, &sparse, N);
    struct sl_model *dense = fit(dense_data), *of_sparse = fit(sparse_data);
    assert_int_equal(found(dense, SL_SPARSE, &sparse, N), N);
    assert_int_equal(found(of_sparse, SL_SPARSE, &sparse, N), N);
    assert_int_equal(found(of_sparse, SL_F32, rows, N), N);
    sl_model_free(dense);
    sl_model_free(of_sparse);
    sl_dataset_free(dense_data);
    sl_dataset_free(sparse_data);
    free(rows);
}

/* Of more rows than are kept: whether a row was fitted is told exactly where it is told. */
static void test_sample(void **state)
{
    (void)state;
    enum { N = 50000 };
    float *rows = make_rows(0, N), *others = make_rows(N, N);
    struct sl_dataset *data = make(SL_F32, rows, N);
    struct sl_model *model = fit(data);
    assert_int_equal(found(model, SL_F32, rows, N), 4096);
    assert_int_equal(found(model, SL_F32, others, N), 0);
    sl_model_free(model);
    sl_dataset_free(data);
    free(rows);
    free(others);
}

/* Rows that are alike by nature tell nothing. */
static void test_few_different(void **state)
{
    (void)state;
    enum { N = 200 };
    uint8_t x[N * D];
    for (int i = 0; i < N; i++)
        for (int j = 0; j < D; j++)
            x[i * D + j] = (uint8_t)(i >> j & 1);
    struct sl_dataset *data = make(SL_U8, x, N);
    struct sl_model *model = fit(data);
    assert_int_equal(found(model, SL_U8, x, N), 0);
    sl_model_free(model);
    sl_dataset_free(data);
}

static void test_in_a_file(void **state)
{
    (void)state;
    enum { N = 40 };
    char path[] = "origin-XXXXXX";
    int file = mkstemp(path);
    float *rows = make_rows(0, N);
    struct sl_dataset *data = make(SL_F32, rows, N);
    struct sl_model *model = fit(data), *loaded = NULL;
    struct sl_error err;
    assert_true(file >= 0);
    if (sl_model_save(model, path, &err) || sl_model_load(path, &loaded, &err))
        fail_msg("%s", err.text);
    assert_int_equal(found(loaded, SL_F32, rows, N), N);
    assert_null(sl_model_columns(loaded).label);
    close(file);
    unlink(path);
    sl_model_free(loaded);
    sl_model_free(model);
    sl_dataset_free(data);
    free(rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_told_again),    cmocka_unit_test(test_sparse),    cmocka_unit_test(test_sample),
        cmocka_unit_test(test_few_different), cmocka_unit_test(test_in_a_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
