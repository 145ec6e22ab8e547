/* kernel.c - kernel values between rows.
 *
 * A block of values is a block of dot products and an elementwise map.  On bytes the products, and the
 * squared distances of the rbf kernel, are exact integers: a value does not depend on how the blocks are
 * cut.  Cost m n d for a block. */
#include "svm/kernel.h"
#include "core/memory.h"
#include "kernels/bytegram.h"
#include "kernels/gemm.h"
#include "kernels/kernel_map.h"
#include <float.h>
#include <math.h>

enum { TILE = 1024 }; /* columns of a block at a time: products stay in cache until they are mapped */

/* z = gamma x.y + coef0, or -gamma |x - y|^2, to kernel values. */
static void finish(const struct sl_svm_kernel *kernel, float *z, size_t n)
{
    if (kernel->kind == SL_SVM_POLY)
        sl_map_power(z, n, kernel->degree);
    else if (kernel->kind == SL_SVM_RBF)
        sl_map_exp(z, n);
    else if (kernel->kind == SL_SVM_SIGMOID)
        sl_map_tanh(z, n);
}

void sl_svm_byte_values(const struct sl_svm_rows *rows, int32_t sum, int32_t norm, size_t first, size_t n,
                        const int32_t *p, float *out)
{
    const struct sl_svm_kernel *kernel = &rows->kernel;
    const double s = rows->scale, o = rows->offset, g = kernel->gamma;
    if (kernel->kind == SL_SVM_RBF) {
        const uint32_t add = (uint32_t)norm - 256u * (uint32_t)sum;
        sl_map_byte_squares(p, n, (int32_t)add, rows->norm + first, (float)(-g * s * s), out);
    } else {
        /* (s a + o).(s b + o) = s^2 a.b + s o (sum a + sum b) + o^2 d */
        const double bias = g * (s * o * sum + o * o * (double)rows->d) + kernel->coef0;
        sl_map_byte_dots(p, n, 128 * sum, (float)(g * s * s), (float)bias, (float)(g * s * o),
                         rows->sum + first, out);
    }
    finish(kernel, out, n);
}

void sl_svm_float_values(const struct sl_svm_rows *rows, float norm, size_t first, size_t n, float *out)
{
    const struct sl_svm_kernel *kernel = &rows->kernel;
    if (kernel->kind == SL_SVM_RBF)
        sl_map_float_squares(out, n, norm, rows->fnorm + first, (float)-kernel->gamma);
    else if (kernel->kind != SL_SVM_LINEAR)
        sl_map_affine(out, n, (float)kernel->gamma, (float)kernel->coef0);
    finish(kernel, out, n);
}

int sl_svm_byte_products(const struct sl_svm_rows *rows, const struct sl_svm_left *left, size_t first,
                         size_t n, int32_t *p, size_t ldp)
{
    return sl_bytegram(SL_BYTEGRAM_AUTO, left->bytes, left->m, rows->bytes + first * rows->d, n, rows->d, p,
                       ldp);
}

int sl_svm_float_products(const struct sl_svm_rows *rows, const struct sl_svm_left *left, size_t first,
                          size_t n, float *p, size_t ldp)
{
    const size_t d = rows->d;
    return sl_gemm(0, 1, left->m, n, d, 1, left->floats, d, rows->floats + first * d, d, 0, p, ldp, 1);
}

static int block_bytes(const struct sl_svm_rows *rows, const struct sl_svm_left *left, size_t first, size_t n,
                       float *out, size_t ldo)
{
    const size_t tile = n < TILE ? n : TILE;
    int32_t *p = sl_alloc(left->m * tile, sizeof *p);
    int code = p ? SL_OK : SL_ENOMEM;
    for (size_t at = 0; at < n && !code; at += TILE) {
        const size_t w = n - at < TILE ? n - at : TILE;
        code = sl_svm_byte_products(rows, left, first + at, w, p, tile);
        for (size_t i = 0; i < left->m && !code; i++)
            sl_svm_byte_values(rows, left->sum[i], left->norm[i], first + at, w, p + i * tile,
                               out + i * ldo + at);
    }
    free(p);
    return code;
}

int sl_svm_block(const struct sl_svm_rows *rows, const struct sl_svm_left *left, size_t first, size_t n,
                 float *out, size_t ldo)
{
    if (rows->bytes)
        return block_bytes(rows, left, first, n, out, ldo);
    const int code = sl_svm_float_products(rows, left, first, n, out, ldo);
    for (size_t i = 0; i < left->m && !code; i++)
        sl_svm_float_values(rows, left->fnorm[i], first, n, out + i * ldo);
    return code;
}

void sl_svm_block_warm_up(enum sl_dtype dtype, size_t n, size_t d)
{
    if (dtype == SL_U8)
        sl_bytegram_warm_up();
    sl_gemm_warm_up(0, 1, n < TILE ? n : TILE, d);
}

double sl_svm_operations(const struct sl_svm_rows *rows)
{
    enum { MAP = 16 };
    return 0.5 * (double)rows->d + MAP; /* products are as fast as the processor can */
}

void sl_svm_diagonal(const struct sl_svm_rows *rows, float *diagonal)
{
    for (size_t i = 0; i < rows->n; i++) {
        if (rows->bytes) {
            const int32_t p = rows->norm[i] - 128 * rows->sum[i];
            sl_svm_byte_values(rows, rows->sum[i], rows->norm[i], i, 1, &p, diagonal + i);
        } else {
            diagonal[i] = rows->fnorm[i];
            sl_svm_float_values(rows, rows->fnorm[i], i, 1, diagonal + i);
        }
    }
}

/* |x.y| is at most the larger squared norm, and so are the parts of its sum together; |x - y|^2 is at most
 * four times as much. */
int sl_svm_check_range(const struct sl_svm_kernel *kernel, double norm, double *largest, struct sl_error *err)
{
    static const char *const names[] = {[SL_SVM_LINEAR] = "linear",
                                        [SL_SVM_POLY] = "poly",
                                        [SL_SVM_RBF] = "rbf",
                                        [SL_SVM_SIGMOID] = "sigmoid"};
    const double product = kernel->gamma * norm + fabs(kernel->coef0);
    if (!(4 * norm <= (double)FLT_MAX))
        return sl_fail(
            err, SL_EDIVERGED,
            "sums of squares of the features are beyond the range of float numbers: scale the features");
    *largest = kernel->kind == SL_SVM_RBF || kernel->kind == SL_SVM_SIGMOID ? 1
               : kernel->kind == SL_SVM_POLY                                ? pow(product, kernel->degree)
                                                                            : product;
    if (!(fmax(*largest, kernel->kind == SL_SVM_RBF ? kernel->gamma : product) <= (double)FLT_MAX))
        return sl_fail(err, SL_EDIVERGED,
                       "values of the %s kernel are beyond the range of float numbers: scale the features, "
                       "or lower gamma%s",
                       names[kernel->kind], kernel->kind == SL_SVM_POLY ? " or degree" : "");
    return SL_OK;
}

static double byte_variance(const struct sl_view *view, const uint32_t *rows, size_t n)
{
    const double size = (double)n * (double)view->d;
    uint64_t sum = 0, square = 0;
    for (size_t i = 0; i < n; i++) {
        const uint8_t *x = (const uint8_t *)view->x + (rows ? rows[i] : i) * view->d;
        for (size_t t = 0; t < view->d; t++) {
            sum += x[t];
            square += (uint64_t)x[t] * x[t];
        }
    }
    const double mean = (double)sum / size;
    return ((double)square / size - mean * mean) * (double)view->scale * (double)view->scale;
}

static double float_variance(const struct sl_view *view, const uint32_t *rows, size_t n)
{
    const size_t d = view->d;
    const float *all = view->x;
    double mean = 0, square = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t t = 0; t < d; t++)
            mean += all[(rows ? rows[i] : i) * d + t];
    mean /= (double)n * (double)d;
    for (size_t i = 0; i < n; i++)
        for (size_t t = 0; t < d; t++) {
            const double x = (double)all[(rows ? rows[i] : i) * d + t] - mean;
            square += x * x;
        }
    return square / ((double)n * (double)d);
}

double sl_svm_gamma_scale(const struct sl_view *view, const uint32_t *rows, size_t n)
{
    const double variance =
        view->dtype == SL_U8 ? byte_variance(view, rows, n) : float_variance(view, rows, n);
    return variance > 0 ? 1 / ((double)view->d * variance) : 1;
}
