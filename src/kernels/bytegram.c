/* bytegram.c - exact dot products between rows of bytes.
 *
 * dnnl_gemm_u8s8s32 is exact only where the processor has VNNI: on plain AVX2 and AVX-512 oneDNN adds
 * pairs of products in 16 bits, which saturate (255 * 127 * 2 > 32767).  On AVX2 the product is our own
 * (bytegram_avx2.c).  Wherever else it goes through fp32 GEMM: centred bytes are at most 128 in magnitude, so
 * sums of up to 1,024 products stay below 2^24, where every whole number is a float.  Wider rows go in
 * pieces, added in 32 bits.  (AVX-512's fp32 does as many multiply-adds a cycle as AVX2's 16-bit integers.)
 * Cost: m n d multiply-adds; scratch memory O((m + n) min(d, 1024) + m n) floats by fp32, O(m min(d, 512))
 * by AVX2, none in the others. */
#include "kernels/bytegram.h"
#include "core/memory.h"
#include "kernels/bytegram_avx2.h"
#include "kernels/dispatch.h"
#include <dnnl.h>
#include <omp.h>
#include <shortlist/error.h>
#include <string.h>

enum { PIECE = 1024 }; /* 1024 * 128 * 128 = 2^24 */

/* The values are bit sets: what one set of instructions holds, its successors hold too. */
static int has(dnnl_cpu_isa_t isa)
{
    const unsigned want = isa;
    return ((unsigned)dnnl_get_effective_cpu_isa() & want) == want;
}

int sl_bytegram_has_vnni(void)
{
    /* AVX2 with VNNI is left out: not every version's GEMM uses it. */
    return has(dnnl_cpu_isa_avx512_core_vnni);
}

int sl_bytegram_has_avx2(void)
{
#ifdef __x86_64__
    return has(dnnl_cpu_isa_avx2);
#else
    return 0;
#endif
}

static enum sl_bytegram_way fastest(void)
{
    if (sl_bytegram_has_vnni())
        return SL_BYTEGRAM_VNNI;
    return sl_bytegram_has_avx2() && !has(dnnl_cpu_isa_avx512_core) ? SL_BYTEGRAM_AVX2 : SL_BYTEGRAM_FLOAT;
}

SL_CLONED_VOID(extern, sl_bytes_centre, (const uint8_t *x, size_t size, int8_t *out), (x, size, out))
{
    for (size_t i = 0; i < size; i++)
        out[i] = (int8_t)(x[i] ^ 0x80);
}

SL_CLONED_VOID(extern, sl_bytes_restore, (const int8_t *x, size_t size, uint8_t *out), (x, size, out))
{
    for (size_t i = 0; i < size; i++)
        out[i] = (uint8_t)((uint8_t)x[i] ^ 0x80);
}

SL_CLONED_VOID(extern, sl_bytes_sums, (const uint8_t *x, size_t n, size_t d, int32_t *sum, int32_t *norm),
               (x, n, d, sum, norm))
{
    for (size_t i = 0; i < n; i++) {
        const uint8_t *row = x + i * d;
        int32_t s = 0, q = 0;
        for (size_t t = 0; t < d; t++) {
            s += row[t];
            q += row[t] * row[t];
        }
        sum[i] = s;
        if (norm)
            norm[i] = q;
    }
}

SL_CLONED_VOID(static, gram_plain,
               (const uint8_t *a, size_t m, const int8_t *b, size_t n, size_t d, int32_t *p, size_t ldp),
               (a, m, b, n, d, p, ldp))
{
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++) {
            int32_t s = 0;
            for (size_t t = 0; t < d; t++)
                s += a[i * d + t] * b[j * d + t];
            p[i * ldp + j] = s;
        }
}

SL_CLONED(static, int32_t, dot_plain, (const uint8_t *a, const int8_t *b, size_t d), (a, b, d))
{
    int32_t s = 0;
    for (size_t t = 0; t < d; t++)
        s += a[t] * b[t];
    return s;
}

int32_t sl_byte_dot(const uint8_t *a, const int8_t *b, size_t d)
{
#ifdef __x86_64__
    if (sl_cpu_kind >= SL_CPU_AVX2)
        return sl_byte_dot_avx2(a, b, d);
#endif
    return dot_plain(a, b, d);
}

static int code_of(dnnl_status_t status)
{
    return status == dnnl_success ? SL_OK : status == dnnl_out_of_memory ? SL_ENOMEM : SL_EINTERNAL;
}

static int gram_vnni(const uint8_t *a, size_t m, const int8_t *b, size_t n, size_t d, int32_t *p, size_t ldp)
{
    const int32_t none = 0;
    dnnl_status_t status =
        dnnl_gemm_u8s8s32('N', 'T', 'F', (dnnl_dim_t)m, (dnnl_dim_t)n, (dnnl_dim_t)d, 1.0f, a, (dnnl_dim_t)d,
                          0, b, (dnnl_dim_t)d, 0, 0.0f, p, (dnnl_dim_t)ldp, &none);
    return code_of(status);
}

/* out (n, w) = columns at ... at + w of centred A (n, d). */
SL_CLONED_VOID(static, piece_u8, (const uint8_t *a, size_t n, size_t d, size_t at, size_t w, float *out),
               (a, n, d, at, w, out))
{
    for (size_t i = 0; i < n; i++)
        for (size_t t = 0; t < w; t++)
            out[i * w + t] = (float)((int)a[i * d + at + t] - 128);
}

/* The same of B, centred already, and sum[j] += 128 * (sum of row j of the piece). */
SL_CLONED_VOID(static, piece_s8,
               (const int8_t *b, size_t n, size_t d, size_t at, size_t w, float *out, int32_t *sum),
               (b, n, d, at, w, out, sum))
{
    for (size_t j = 0; j < n; j++) {
        int32_t s = 0;
        for (size_t t = 0; t < w; t++) {
            out[j * w + t] = (float)b[j * d + at + t];
            s += b[j * d + at + t];
        }
        sum[j] += 128 * s;
    }
}

/* p (m, n) += q, or = q + 128 sum(b) for the first piece; a.b' = (a - 128).b' + 128 sum(b'). */
SL_CLONED_VOID(static, add_piece,
               (int first, const float *q, const int32_t *sum, size_t m, size_t n, int32_t *p, size_t ldp),
               (first, q, sum, m, n, p, ldp))
{
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++)
            p[i * ldp + j] = (first ? 0 : p[i * ldp + j]) + (int32_t)q[i * n + j];
    if (!sum)
        return;
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++)
            p[i * ldp + j] += sum[j];
}

static int gram_float(const uint8_t *a, size_t m, const int8_t *b, size_t n, size_t d, int32_t *p, size_t ldp)
{
    const size_t width = d < PIECE ? d : PIECE;
    float *fa = sl_alloc(m * width, sizeof *fa), *fb = sl_alloc(n * width, sizeof *fb);
    float *q = sl_alloc(m * n, sizeof *q);
    int32_t *sum = sl_alloc_zero(n, sizeof *sum);
    int code = fa && fb && q && sum ? SL_OK : SL_ENOMEM;
    for (size_t at = 0; at < d && !code; at += PIECE) {
        const size_t w = d - at < PIECE ? d - at : PIECE;
        piece_u8(a, m, d, at, w, fa);
        piece_s8(b, n, d, at, w, fb, sum);
        code = code_of(dnnl_sgemm('N', 'T', (dnnl_dim_t)m, (dnnl_dim_t)n, (dnnl_dim_t)w, 1.0f, fa,
                                  (dnnl_dim_t)w, fb, (dnnl_dim_t)w, 0.0f, q, (dnnl_dim_t)n));
        if (!code)
            add_piece(at == 0, q, at + w == d ? sum : NULL, m, n, p, ldp);
    }
    free(fa);
    free(fb);
    free(q);
    free(sum);
    return code;
}

int sl_bytegram(enum sl_bytegram_way way, const uint8_t *a, size_t m, const int8_t *b, size_t n, size_t d,
                int32_t *p, size_t ldp)
{
    if (m == 0 || n == 0)
        return 0;
    if (d == 0) {
        for (size_t i = 0; i < m; i++)
            memset(p + i * ldp, 0, n * sizeof *p);
        return 0;
    }
    if (way == SL_BYTEGRAM_AUTO)
        way = fastest();
    if (way == SL_BYTEGRAM_VNNI)
        return gram_vnni(a, m, b, n, d, p, ldp);
    if (way == SL_BYTEGRAM_AVX2)
        return sl_bytegram_avx2(a, m, b, n, d, p, ldp);
    if (way == SL_BYTEGRAM_FLOAT)
        return gram_float(a, m, b, n, d, p, ldp);
    gram_plain(a, m, b, n, d, p, ldp);
    return 0;
}

void sl_bytegram_warm_up(void)
{
    enum { SIDE = 32 };
    const uint8_t a[SIDE * SIDE] = {0};
    const int8_t b[SIDE * SIDE] = {0};
    int32_t p[SIDE * SIDE];
    const int default_threads = omp_get_max_threads();
    if (fastest() == SL_BYTEGRAM_AVX2)
        return;
    omp_set_num_threads(1);
    sl_bytegram(SL_BYTEGRAM_AUTO, a, SIDE, b, SIDE, SIDE, p, SIDE);
    omp_set_num_threads(default_threads);
}
