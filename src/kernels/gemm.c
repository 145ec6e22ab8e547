/* gemm.c - single-precision matrix product over oneDNN's sgemm, or small_gemm.c where it is small.
 *
 * oneDNN divides the work by the number of threads, and the sums with it.  Here C is cut into blocks
 * of rows (of columns where it is wider than tall) by a rule that knows the shape only; each block is
 * one sgemm on one thread.  Cost O(M N K); blocks share nothing but reads. */
#include "kernels/gemm.h"
#include "core/threads.h"
#include "kernels/small_gemm.h"
#include <dnnl.h>
#include <omp.h>
#include <shortlist/error.h>

enum {
    PARTS_MAX = 16,      /* keeps that many cores busy */
    ROWS_MIN = 64,       /* of a block: below it sgemm spends its time packing */
    FLOPS_MIN = 1 << 20, /* of a block: below it a thread costs more to wake than it saves */
};

/* How many blocks a side of length n is cut into, given the multiplications of the whole product. */
static size_t count_parts(size_t n, double multiplications)
{
    size_t by_length = n / ROWS_MIN;
    double by_work = 2 * multiplications / FLOPS_MIN;
    size_t parts = PARTS_MAX;
    if (parts > by_length)
        parts = by_length;
    if ((double)parts > by_work)
        parts = (size_t)by_work;
    if (parts > 2)
        parts -= parts % 2; /* even shares for two cores */
    return parts ? parts : 1;
}

static size_t part_start(size_t n, size_t part, size_t parts)
{
    return n / parts * part + (part < n % parts ? part : n % parts);
}

struct product {
    int trans_a, trans_b;
    size_t M, N, K, lda, ldb, ldc;
    float alpha, beta;
    const float *A, *B;
    float *C;
    int small; /* the whole product, of which blocks are parts */
};

/* C[i0 : i1, j0 : j1] */
static int multiply_block(const struct product *p, size_t i0, size_t i1, size_t j0, size_t j1)
{
    const float *A = p->A + (p->trans_a ? i0 : i0 * p->lda);
    const float *B = p->B + (p->trans_b ? j0 * p->ldb : j0);
    if (p->small)
        return sl_small_gemm(p->trans_a, p->trans_b, i1 - i0, j1 - j0, p->K, p->alpha, A, p->lda, B, p->ldb,
                             p->beta, p->C + i0 * p->ldc + j0, p->ldc);
    dnnl_status_t status =
        dnnl_sgemm(p->trans_a ? 'T' : 'N', p->trans_b ? 'T' : 'N', (dnnl_dim_t)(i1 - i0),
                   (dnnl_dim_t)(j1 - j0), (dnnl_dim_t)p->K, p->alpha, A, (dnnl_dim_t)p->lda, B,
                   (dnnl_dim_t)p->ldb, p->beta, p->C + i0 * p->ldc + j0, (dnnl_dim_t)p->ldc);
    return status == dnnl_success ? SL_OK : status == dnnl_out_of_memory ? SL_ENOMEM : SL_EINTERNAL;
}

static int multiply_part(const struct product *p, size_t part, size_t parts)
{
    if (p->M >= p->N)
        return multiply_block(p, part_start(p->M, part, parts), part_start(p->M, part + 1, parts), 0, p->N);
    return multiply_block(p, 0, p->M, part_start(p->N, part, parts), part_start(p->N, part + 1, parts));
}

/* Of two parts' codes the one that is told: SL_OK is 0, and a refusal goes before want of memory. */
static int worse(int a, int b)
{
    return a > b ? a : b;
}

int sl_product_fail(int code, struct sl_error *err)
{
    return code == SL_ENOMEM ? sl_fail_memory(err)
                             : sl_fail(err, code, "oneDNN refused to multiply matrices");
}

/* oneDNN leaves C alone when there is nothing to sum. */
static int scale_only(float *C, size_t M, size_t N, size_t ldc, float beta)
{
    for (size_t i = 0; i < M; i++)
        for (size_t j = 0; j < N; j++)
            C[i * ldc + j] = beta == 0 ? 0 : beta * C[i * ldc + j];
    return SL_OK;
}

int sl_gemm(int trans_a, int trans_b, size_t M, size_t N, size_t K, float alpha, const float *A, size_t lda,
            const float *B, size_t ldb, float beta, float *C, size_t ldc, int threads)
{
    const struct product p = {trans_a, trans_b, M,    N, K, lda, ldb,
                              ldc,     alpha,   beta, A, B, C,   .small = sl_gemm_is_small(trans_a, M, N, K)};
    const double multiplications = (double)M * (double)N * (double)K;
    size_t parts = count_parts(M >= N ? M : N, multiplications);
    int code = SL_OK;
    if (M == 0 || N == 0)
        return SL_OK;
    if (K == 0)
        return scale_only(C, M, N, ldc, beta);
    threads = omp_in_parallel() ? 1 : sl_threads_for(multiplications, threads);
    int default_threads = omp_get_max_threads();
    if (threads <= 1 || parts == 1) {
        /* oneDNN takes a region of one thread for none: ask it for one thread by the default instead. */
        omp_set_num_threads(1);
        for (size_t part = 0; part < parts; part++)
            code = worse(code, multiply_part(&p, part, parts));
        omp_set_num_threads(default_threads);
        return code;
    }
#pragma omp parallel for num_threads(threads) schedule(dynamic) reduction(max : code)
    for (size_t part = 0; part < parts; part++) {
        omp_set_num_threads(1);
        code = worse(code, multiply_part(&p, part, parts));
    }
    return code;
}

int sl_gemm_one(int trans_a, int trans_b, size_t M, size_t N, size_t K, float alpha, const float *A,
                size_t lda, const float *B, size_t ldb, float beta, float *C, size_t ldc)
{
    const struct product p = {trans_a, trans_b, M,    N, K, lda, ldb,
                              ldc,     alpha,   beta, A, B, C,   .small = sl_gemm_is_small(trans_a, M, N, K)};
    if (M == 0 || N == 0)
        return SL_OK;
    if (K == 0)
        return scale_only(C, M, N, ldc, beta);
    int default_threads = omp_get_max_threads();
    omp_set_num_threads(1);
    int code = multiply_block(&p, 0, M, 0, N);
    omp_set_num_threads(default_threads);
    return code;
}

void sl_gemm_warm_up(int trans_a, size_t M, size_t N, size_t K)
{
    enum { SIDE = 32 };
    float A[SIDE * SIDE] = {0}, C[SIDE * SIDE];
    const struct product p = {0, 0, SIDE, SIDE, SIDE, SIDE, SIDE, SIDE, 1, 0, A, A, C, 0};
    if (sl_gemm_is_small(trans_a, M, N, K))
        return;
    int default_threads = omp_get_max_threads();
    omp_set_num_threads(1);
    multiply_block(&p, 0, SIDE, 0, SIDE);
    omp_set_num_threads(default_threads);
}

void sl_gemm_plain(int trans_a, int trans_b, size_t M, size_t N, size_t K, float alpha, const float *A,
                   size_t lda, const float *B, size_t ldb, float beta, float *C, size_t ldc)
{
    for (size_t i = 0; i < M; i++)
        for (size_t j = 0; j < N; j++) {
            double sum = 0;
            for (size_t l = 0; l < K; l++) {
                double a = trans_a ? A[l * lda + i] : A[i * lda + l];
                double b = trans_b ? B[j * ldb + l] : B[l * ldb + j];
                sum += a * b;
            }
            double old = beta == 0 ? 0 : (double)beta * (double)C[i * ldc + j];
            C[i * ldc + j] = (float)(alpha * sum + old);
        }
}
