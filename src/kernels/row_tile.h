/* row_tile.h - the loops of row.c for one instruction set.  Included once for each, with
 *   NAME(f)   the name f gets
 *   TARGET    attributes of the functions
 *   AVX2      1 where its instructions may be used by name
 * and undefines them.  No include guard: that is the point. */

/* Features at ... at + 3 as doubles. */
TARGET SL_INLINE void NAME(load)(const void *x, size_t at, const int bytes, doubles4 *out)
{
    if (!bytes) {
        floats4 f;
        memcpy(&f, (const float *)x + at, sizeof f);
        *out = __builtin_convertvector(f, doubles4);
        return;
    }
    const uint8_t *b = (const uint8_t *)x + at;
#if AVX2
    int32_t four;
    memcpy(&four, b, sizeof four);
    *out = (doubles4)_mm256_cvtepi32_pd(_mm_cvtepu8_epi32(_mm_cvtsi32_si128(four)));
#else
    *out = (doubles4){b[0], b[1], b[2], b[3]};
#endif
}

TARGET SL_INLINE double NAME(dot_any)(const void *x, const int bytes, const double *w, size_t ld)
{
    doubles4 sum[SUMS] = {{0}};
    for (size_t j = 0; j < ld; j += STEP * SUMS) {
        SL_UNROLL
        for (size_t s = 0; s < SUMS; s++) {
            doubles4 v;
            NAME(load)(x, j + s * STEP, bytes, &v);
            sum[s] += v * *(const doubles4_unaligned *)(w + j + s * STEP);
        }
    }
    doubles4 total = (sum[0] + sum[1]) + (sum[2] + sum[3]);
    return (total[0] + total[1]) + (total[2] + total[3]);
}

TARGET static double NAME(dot)(const void *x, int bytes, const double *w, size_t ld)
{
    return bytes ? NAME(dot_any)(x, 1, w, ld) : NAME(dot_any)(x, 0, w, ld);
}

TARGET SL_INLINE void NAME(add_any)(double *w, double a, const void *x, const int bytes, size_t ld,
                                    const int squares)
{
    for (size_t j = 0; j < ld; j += STEP) {
        doubles4 v;
        NAME(load)(x, j, bytes, &v);
        *(doubles4_unaligned *)(w + j) += a * (squares ? v * v : v);
    }
}

TARGET static void NAME(add)(double *w, double a, const void *x, int bytes, size_t ld)
{
    if (bytes)
        NAME(add_any)(w, a, x, 1, ld, 0);
    else
        NAME(add_any)(w, a, x, 0, ld, 0);
}

TARGET static void NAME(add_squares)(double *w, double a, const void *x, int bytes, size_t ld)
{
    if (bytes)
        NAME(add_any)(w, a, x, 1, ld, 1);
    else
        NAME(add_any)(w, a, x, 0, ld, 1);
}

#undef NAME
#undef TARGET
#undef AVX2
