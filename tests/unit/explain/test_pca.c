/* Principal components: against GSL's full solver on covariances by the definition, for bytes and floats,
 * tall and wide rows; the randomised method; signs, files and refusals. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/threads.h"
#include "explain/covariance.h"
#include "explain/leading.h"
#include "kernels/gemm_f64.h"
#include <shortlist/embed.h>
#include <shortlist/rng.h>

static void test_gemm(void **state)
{
    enum { M = 37, N = 29, K = 203 };
    (void)state;
    static double a[M * K], b[K * N], c[M * N], plain[M * N];
    struct sl_rng *rng = sl_rng_new(3, "gemm");
    for (size_t i = 0; i < M * K; i++)
        a[i] = sl_rng_normal(rng);
    for (size_t i = 0; i < K * N; i++)
        b[i] = sl_rng_normal(rng);
    for (size_t i = 0; i < M * N; i++)
        c[i] = plain[i] = sl_rng_normal(rng);
    sl_gemm_f64(M, N, K, a, K, 1, b, N, c, N);
    sl_gemm_f64_plain(M, N, K, a, K, 1, b, N, plain, N);
    sl_gemm_f64(M, N - 1, K, a, 1, M, b, N, c, N);
    sl_gemm_f64_plain(M, N - 1, K, a, 1, M, b, N, plain, N);
    for (size_t i = 0; i < M * N; i++)
        assert_true(fabs(c[i] - plain[i]) < 1e-11);
    sl_rng_free(rng);
}

/* Rows of a few strong directions and some noise, as numbers 0 ... 255. */
static struct sl_dataset *make_rows(size_t n, size_t d, int bytes, size_t *bad)
{
    struct sl_rng *rng = sl_rng_new(7, "rows");
    uint8_t *x = malloc(n * d);
    float *f = malloc(n * d * sizeof *f), *load = malloc(8 * d * sizeof *load);
    int32_t *y = calloc(n, sizeof *y);
    for (size_t j = 0; j < 8 * d; j++)
        load[j] = (float)sl_rng_normal(rng);
    for (size_t i = 0; i < n; i++) {
        float score[8];
        for (size_t c = 0; c < 8; c++)
            score[c] = (float)(sl_rng_normal(rng) * 24 / (double)(c + 1));
        for (size_t j = 0; j < d; j++) {
            double v = 128 + 4 * sl_rng_normal(rng);
            for (size_t c = 0; c < 8; c++)
                v += (double)(score[c] * load[c * d + j]);
            v = fmin(fmax(v, 0), 255);
            x[i * d + j] = (uint8_t)v;
            f[i * d + j] = (float)v;
        }
    }
    struct sl_view view = {.dtype = bytes ? SL_U8 : SL_F32,
                           .n = n,
                           .d = d,
                           .x = bytes ? (void *)x : f,
                           .y = y,
                           .k = 1,
                           .scale = 1};
    if (bytes)
        view.image = (struct sl_image){1, (int)d, 1};
    struct sl_dataset *data;
    *bad = sl_dataset_new(&view, "rows", NULL, &data, NULL);
    sl_rng_free(rng);
    free(x);
    free(f);
    free(y);
    free(load);
    return data;
}

static struct sl_features *features_of(const struct sl_dataset *data, enum sl_scaling_kind scaling)
{
    struct sl_features *f;
    const struct sl_features_options o = {.scaling = scaling, .threads = 2};
    assert_int_equal(sl_features_new(data, &o, &f, NULL), SL_OK);
    return f;
}

/* Covariances by the definition. */
static double *reference(const struct sl_features *f)
{
    const size_t n = f->view.n, d = f->width;
    float *x = malloc(n * d * sizeof *x);
    double *mean = calloc(d, sizeof *mean), *c = calloc(d * d, sizeof *c);
    assert_int_equal(sl_features_read(f, 0, n, x, NULL), SL_OK);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < d; j++)
            mean[j] += (double)x[i * d + j] / (double)n;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < d; j++)
            for (size_t l = 0; l < d; l++)
                c[j * d + l] +=
                    ((double)x[i * d + j] - mean[j]) * ((double)x[i * d + l] - mean[l]) / (double)(n - 1);
    free(x);
    free(mean);
    return c;
}

/* Variances within 1e-5 of the reference, and components equal but for a sign, which is the rule's. */
static void compare(const struct sl_pca *pca, const double *value, const double *vector, double within)
{
    for (size_t c = 0; c < pca->k; c++) {
        const double *own = pca->components + c * pca->d, *other = vector + c * pca->d;
        double dot = 0, most = 0;
        assert_true(fabs(pca->variance[c] - value[c]) <= within * value[c]);
        for (size_t j = 0; j < pca->d; j++) {
            dot += own[j] * other[j];
            most = fabs(own[j]) > fabs(most) ? own[j] : most;
        }
        assert_true(most > 0);
        for (size_t j = 0; j < pca->d; j++)
            assert_true(fabs(own[j] - (dot < 0 ? -other[j] : other[j])) <= within);
    }
}

static void check_case(size_t n, size_t d, int bytes, enum sl_scaling_kind scaling, size_t k)
{
    size_t bad;
    struct sl_dataset *data = make_rows(n, d, bytes, &bad);
    assert_int_equal(bad, 0);
    struct sl_features *f = features_of(data, scaling);
    double *c = reference(f), *value = malloc(k * sizeof *value), *vector = malloc(k * d * sizeof *vector),
           total = 0;
    for (size_t j = 0; j < d; j++)
        total += c[j * d + j];
    assert_int_equal(sl_eigen_full(c, d, k, value, vector, NULL), SL_OK);
    struct sl_pca *pca;
    struct sl_error err = {0};
    if (sl_pca_fit(f, k, 2, &pca, &err))
        fail_msg("%zu rows of %zu: %s", n, d, err.text);
    assert_false(pca->approximate);
    assert_true(fabs(pca->total - total) < 1e-6 * total);
    compare(pca, value, vector, 1e-5);
    sl_pca_free(pca);
    sl_features_free(f);
    sl_dataset_free(data);
    free(c);
    free(value);
    free(vector);
}

static void test_exact(void **state)
{
    (void)state;
    check_case(300, 20, 0, SL_SCALE_STANDARD, 6);  /* GSL's solver */
    check_case(2500, 150, 1, SL_SCALE_MINMAX, 12); /* bytes, in two pieces; a subspace */
    check_case(700, 150, 0, SL_SCALE_NONE, 12);    /* floats */
    check_case(120, 150, 1, SL_SCALE_MINMAX, 8);   /* fewer rows than features */
    check_case(120, 150, 0, SL_SCALE_MINMAX, 8);
}

/* A spectrum without gaps, with equal eigenvalues, and with nothing in most directions. */
static void test_spectra(void **state)
{
    enum { N = 160, K = 10 };
    (void)state;
    for (int kind = 0; kind < 3; kind++) {
        double *a = calloc(N * N, sizeof *a), value[K], *vector = malloc(K * N * sizeof *vector);
        for (size_t i = 0; i < N; i++)
            a[i * N + i] = kind == 0 ? 1 : kind == 1 ? (i < 6 ? 5 : 1) : i < 4 ? 1e6 / (double)(i + 1) : 0;
        assert_int_equal(sl_leading_exact(a, N, K, 2, value, vector, NULL), SL_OK);
        for (size_t c = 0; c < K; c++) {
            double wanted = kind == 0   ? 1
                            : kind == 1 ? (c < 6 ? 5 : 1)
                            : c < 4     ? 1e6 / (double)(c + 1)
                                        : 0,
                   length = 0;
            assert_true(fabs(value[c] - wanted) < 1e-6 * (wanted + 1));
            for (size_t i = 0; i < N; i++)
                length += vector[c * N + i] * vector[c * N + i];
            if (wanted > 0)
                assert_true(fabs(length - 1) < 1e-9);
        }
        free(a);
        free(vector);
    }
}

/* The randomised method finds the strong directions, and close ones of the others. */
static void test_random(void **state)
{
    size_t bad;
    (void)state;
    struct sl_dataset *data = make_rows(4200, 4100, 1, &bad);
    struct sl_features *f = features_of(data, SL_SCALE_MINMAX);
    struct sl_pca *pca;
    assert_int_equal(sl_pca_fit(f, 4, 2, &pca, NULL), SL_OK);
    assert_true(pca->approximate);
    /* (A v) . v is the variance along v; |A v - variance v| is small. */
    float *out = malloc(f->view.n * 4 * sizeof *out);
    assert_int_equal(sl_pca_apply(pca, f, 2, out, NULL), SL_OK);
    for (size_t c = 0; c < 4; c++) {
        double sum = 0;
        for (size_t i = 0; i < f->view.n; i++)
            sum += (double)out[i * 4 + c] * (double)out[i * 4 + c];
        assert_true(fabs(sum / (double)(f->view.n - 1) - pca->variance[c]) < 1e-4 * pca->variance[c]);
    }
    free(out);
    sl_pca_free(pca);
    sl_features_free(f);
    sl_dataset_free(data);
}

static void test_threads(void **state)
{
    size_t bad;
    (void)state;
    struct sl_dataset *data = make_rows(700, 150, 0, &bad);
    struct sl_features *f = features_of(data, SL_SCALE_MINMAX);
    struct sl_pca *one, *many;
    float *a = malloc(700 * 12 * sizeof *a), *b = malloc(700 * 12 * sizeof *b);
    assert_int_equal(sl_pca_fit(f, 12, 1, &one, NULL), SL_OK);
    assert_int_equal(sl_pca_fit(f, 12, 3, &many, NULL), SL_OK);
    assert_memory_equal(one->components, many->components, 12 * 150 * sizeof(double));
    assert_int_equal(sl_pca_apply(one, f, 1, a, NULL), SL_OK);
    assert_int_equal(sl_pca_apply(many, f, 3, b, NULL), SL_OK);
    assert_memory_equal(a, b, 700 * 12 * sizeof *a);
    sl_pca_free(one);
    sl_pca_free(many);
    sl_features_free(f);
    sl_dataset_free(data);
    free(a);
    free(b);
}

static void test_file(void **state)
{
    size_t bad;
    char path[] = "/tmp/shortlist-pca-XXXXXX";
    struct sl_error err = {0};
    (void)state;
    close(mkstemp(path));
    struct sl_dataset *data = make_rows(200, 30, 0, &bad);
    struct sl_features *f = features_of(data, SL_SCALE_STANDARD), *again;
    struct sl_pca *pca, *loaded;
    float a[200 * 3], b[200 * 3];
    struct sl_preparation *preparation;
    assert_int_equal(sl_pca_fit(f, 3, 2, &pca, NULL), SL_OK);
    assert_int_equal(sl_pca_save(pca, f, path, NULL), SL_OK);
    assert_int_equal(sl_pca_load(path, &loaded, &preparation, NULL), SL_OK);
    const struct sl_features_options kept = {.preparation = preparation, .threads = 2};
    assert_int_equal(sl_features_new(data, &kept, &again, NULL), SL_OK);
    assert_int_equal(sl_pca_apply(pca, f, 2, a, NULL), SL_OK);
    assert_int_equal(sl_pca_apply(loaded, again, 2, b, NULL), SL_OK);
    assert_memory_equal(a, b, sizeof a);
    sl_pca_free(loaded);
    sl_features_free(again);
    sl_preparation_free(preparation);
    /* Cut at every length, and a bit turned: refused. */
    FILE *file = fopen(path, "rb");
    static char bytes[1 << 16];
    const size_t size = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    for (size_t cut = 0; cut < size; cut += 97) {
        file = fopen(path, "wb");
        fwrite(bytes, 1, cut, file);
        fclose(file);
        assert_int_equal(sl_pca_load(path, &loaded, &preparation, &err), SL_EDATA);
        assert_null(loaded);
    }
    bytes[size / 2] ^= 4;
    file = fopen(path, "wb");
    fwrite(bytes, 1, size, file);
    fclose(file);
    assert_int_equal(sl_pca_load(path, &loaded, &preparation, &err), SL_EDATA);
    assert_non_null(strstr(err.text, "checksum"));
    unlink(path);
    sl_pca_free(pca);
    sl_features_free(f);
    sl_dataset_free(data);
}

static void test_refusals(void **state)
{
    static const uint8_t equal[6] = {7, 8, 7, 8, 7, 8};
    static const int32_t y[3] = {0};
    const struct sl_view view = {.dtype = SL_U8, .n = 3, .d = 2, .x = equal, .y = y, .k = 1, .scale = 1};
    struct sl_error err = {0};
    struct sl_dataset *data;
    struct sl_pca *pca;
    (void)state;
    assert_int_equal(sl_dataset_new(&view, "equal", NULL, &data, NULL), SL_OK);
    struct sl_features *f = features_of(data, SL_SCALE_NONE);
    assert_int_equal(sl_pca_fit(f, 1, 1, &pca, &err), SL_EDATA);
    assert_non_null(strstr(err.text, "equal"));
    assert_int_equal(sl_pca_fit(f, 3, 1, &pca, &err), SL_EUSAGE);
    assert_non_null(strstr(err.text, "from 1 to 2"));
    assert_null(pca);
    sl_features_free(f);
    sl_dataset_free(data);
}

int main(void)
{
    sl_thread_operations = 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gemm),     cmocka_unit_test(test_exact),   cmocka_unit_test(test_spectra),
        cmocka_unit_test(test_random),   cmocka_unit_test(test_threads), cmocka_unit_test(test_file),
        cmocka_unit_test(test_refusals),
    };
    return cmocka_run_group_tests_name("pca", tests, NULL, NULL);
}
