/* A matrix product that oneDNN refuses is told as such, not as want of memory, by every classifier that
 * multiplies. This program has a dnnl_sgemm of its own, which goes before the library's. */
#include "unit/check.h"

#include "kernels/bytegram.h"
#include "kernels/gemm.h"
#include <dnnl.h>
#include <shortlist/model.h>

enum { N = 90, D = 4100, K = 3 }; /* so many features that products of even one row are not small */

static dnnl_status_t answer = dnnl_success;

dnnl_status_t dnnl_sgemm(char transa, char transb, dnnl_dim_t M, dnnl_dim_t n, dnnl_dim_t k, float alpha,
                         const float *A, dnnl_dim_t lda, const float *B, dnnl_dim_t ldb, float beta, float *C,
                         dnnl_dim_t ldc)
{
    if (answer == dnnl_success)
        sl_gemm_plain(transa == 'T', transb == 'T', (size_t)M, (size_t)n, (size_t)k, alpha, A, (size_t)lda, B,
                      (size_t)ldb, beta, C, (size_t)ldc);
    return answer;
}

static struct sl_dataset *some_rows(void)
{
    static float x[N * D];
    static int32_t y[N];
    for (int i = 0; i < N; i++) {
        y[i] = i % K;
        for (int j = 0; j < D; j++)
            x[i * D + j] = (float)((i * 7 + j * 3) % 11) / 2 + (float)(3 * (j == y[i]));
    }
    struct sl_view view = {.dtype = SL_F32, .n = N, .d = D, .x = x, .y = y, .k = K, .scale = 1};
    struct sl_dataset *data;
    assert_int_equal(sl_dataset_new(&view, "rows", NULL, &data, NULL), SL_OK);
    return data;
}

static int fit(const char *name, const struct sl_dataset *data, dnnl_status_t status, struct sl_model **model,
               struct sl_error *err)
{
    const struct sl_fit_options options = {.seed = 1, .threads = 2};
    answer = status;
    int code = sl_model_fit(sl_classifier_find(name, NULL), NULL, data, NULL, &options, NULL, model, err);
    answer = dnnl_success;
    return code;
}

static int predict(const struct sl_model *model, const struct sl_dataset *data, dnnl_status_t status,
                   struct sl_error *err)
{
    const struct sl_view x = sl_dataset_view(data);
    int32_t labels[N];
    answer = status;
    int code = sl_model_predict(model, &x, 2, labels, err);
    answer = dnnl_success;
    return code;
}

static void products(void **state)
{
    (void)state;
    enum { DEPTH = D };
    static const float a[2 * DEPTH] = {1, 2, 3, 4};
    const uint8_t u[4] = {1, 2, 3, 4};
    const int8_t s[4] = {1, 2, 3, 4};
    float c[4];
    int32_t p[4];
    const struct {
        dnnl_status_t status;
        int code;
    } cases[] = {{dnnl_success, SL_OK}, {dnnl_out_of_memory, SL_ENOMEM}, {dnnl_runtime_error, SL_EINTERNAL}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        answer = cases[i].status;
        assert_int_equal(sl_gemm(0, 0, 2, 2, DEPTH, 1, a, DEPTH, a, 2, 0, c, 2, 2), cases[i].code);
        assert_int_equal(sl_bytegram(SL_BYTEGRAM_FLOAT, u, 2, s, 2, 2, p, 2), cases[i].code);
    }
    answer = dnnl_success;
}

static void fits_of_svm(void **state)
{
    (void)state;
    struct sl_dataset *data = some_rows();
    struct sl_model *model;
    struct sl_error err;
    assert_int_equal(fit("svm", data, dnnl_runtime_error, &model, &err), SL_EINTERNAL);
    assert_holds(err.text, "oneDNN refused to multiply matrices");
    assert_int_equal(fit("svm", data, dnnl_out_of_memory, &model, &err), SL_ENOMEM);
    assert_holds(err.text, "out of memory");
    sl_dataset_free(data);
}

static void predictions(void **state)
{
    (void)state;
    static const char *const names[] = {"knn", "svm"};
    struct sl_dataset *data = some_rows();
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct sl_model *model;
        struct sl_error err;
        assert_int_equal(fit(names[i], data, dnnl_success, &model, &err), SL_OK);
        assert_int_equal(predict(model, data, dnnl_success, &err), SL_OK);
        assert_int_equal(predict(model, data, dnnl_runtime_error, &err), SL_EINTERNAL);
        assert_holds(err.text, "oneDNN refused to multiply matrices");
        assert_int_equal(predict(model, data, dnnl_out_of_memory, &err), SL_ENOMEM);
        assert_holds(err.text, "out of memory");
        sl_model_free(model);
    }
    sl_dataset_free(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(products),
        cmocka_unit_test(fits_of_svm),
        cmocka_unit_test(predictions),
    };
    return cmocka_run_group_tests_name("refusals", tests, NULL, NULL);
}
