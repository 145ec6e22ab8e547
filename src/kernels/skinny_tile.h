/* skinny_tile.h - the inner loops of skinny.c for one instruction set.  Included once for each, with
 *   NAME(f)   the name f gets
 *   TARGET    attributes of the functions
 *   LANES     floats in a register: 16, 8 or 4
 *   ROWS      rows, or registers of features, taken together with CLASSES weight vectors: their sums, one
 *             register of each and one weight fill the registers; 2 or 4
 * and undefines them.  No include guard: that is the point. */

#define VECTOR NAME(vector)
typedef float VECTOR __attribute__((vector_size(4 * LANES)));

#define AT(p) (*(const VECTOR *)(p))

/* LANES features from element at of X: floats, or bytes on any boundary. */
TARGET SL_INLINE VECTOR NAME(load)(const void *X, size_t at, const int bytes)
{
    if (!bytes)
        return AT((const float *)X + at);
    const uint8_t *x = (const uint8_t *)X + at;
#if LANES == 16 && defined(SL_WIDE_ON_AVX2)
    typedef uint8_t sixteen __attribute__((vector_size(16), aligned(1), may_alias));
    return __builtin_convertvector(*(const sixteen *)x, VECTOR);
#elif LANES == 16
    return (VECTOR)_mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(_mm_loadu_si128((const __m128i *)x)));
#elif LANES == 8
    return (VECTOR)_mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)x)));
#else
    return (VECTOR){x[0], x[1], x[2], x[3]};
#endif
}

/* The four sums over the lanes of a[0] ... a[3], stored at z. */
TARGET SL_INLINE void NAME(reduce)(const VECTOR *a, float *z)
{
    four t[4];
    UNROLL
    for (int r = 0; r < 4; r++) {
#if LANES == 16
        typedef float half_vector __attribute__((vector_size(32)));
        half_vector h = __builtin_shufflevector(a[r], a[r], 0, 1, 2, 3, 4, 5, 6, 7) +
                        __builtin_shufflevector(a[r], a[r], 8, 9, 10, 11, 12, 13, 14, 15);
        t[r] = __builtin_shufflevector(h, h, 0, 1, 2, 3) + __builtin_shufflevector(h, h, 4, 5, 6, 7);
#elif LANES == 8
        t[r] =
            __builtin_shufflevector(a[r], a[r], 0, 1, 2, 3) + __builtin_shufflevector(a[r], a[r], 4, 5, 6, 7);
#else
        t[r] = a[r];
#endif
    }
    /* (01: t0+t0' t1+t1' ...): transposes while it adds. */
    four s01 =
        __builtin_shufflevector(t[0], t[1], 0, 4, 2, 6) + __builtin_shufflevector(t[0], t[1], 1, 5, 3, 7);
    four s23 =
        __builtin_shufflevector(t[2], t[3], 0, 4, 2, 6) + __builtin_shufflevector(t[2], t[3], 1, 5, 3, 7);
    *(four_unaligned *)z =
        __builtin_shufflevector(s01, s23, 0, 1, 4, 5) + __builtin_shufflevector(s01, s23, 2, 3, 6, 7);
}

/* Z[c * ldz + r] for ROWS rows, the last of them `last`, and C weight vectors. */
TARGET SL_INLINE void NAME(dot_tile)(const void *X, const int bytes, size_t first, size_t last,
                                     const float *W, size_t ld, float *Z, size_t ldz, const int C)
{
    enum { FOURS = (CLASSES * ROWS + 3) / 4 };
    VECTOR sum[4 * FOURS], x[ROWS];
    size_t at[ROWS];
    UNROLL
    for (int s = 0; s < 4 * FOURS; s++)
        sum[s] = (VECTOR){0};
    UNROLL
    for (size_t r = 0; r < ROWS; r++)
        at[r] = (first + r < last ? first + r : last) * ld;
    for (size_t j = 0; j < ld; j += LANES) {
        UNROLL
        for (int r = 0; r < ROWS; r++)
            x[r] = NAME(load)(X, at[r] + j, bytes);
        UNROLL
        for (int c = 0; c < C; c++) {
            VECTOR w = AT(W + (size_t)c * ld + j);
            IN_REGISTER(w);
            UNROLL
            for (int r = 0; r < ROWS; r++)
                sum[c * ROWS + r] += x[r] * w;
        }
    }
    UNROLL
    for (int s = 0; s < C * ROWS; s += 4) {
        float z[4];
        NAME(reduce)(sum + s, z);
        UNROLL
        for (int r = 0; r < 4; r += ROWS) {
            if (s + r < C * ROWS)
                memcpy(Z + (size_t)((s + r) / ROWS) * ldz, z + r, ROWS * sizeof *z);
        }
    }
}

/* G[c * ld + l] += sum over i of P[c * ldp + i] X[i * ld + l] for J registers of features l, from
 * element at of X, and C weight vectors. */
TARGET SL_INLINE void NAME(sum_tile)(const float *P, size_t ldp, const void *X, const int bytes, size_t at,
                                     size_t n, size_t ld, float *G, const int C, const int J)
{
    VECTOR sum[CLASSES][ROWS], x[ROWS];
    UNROLL
    for (int c = 0; c < C; c++) {
        UNROLL
        for (int j = 0; j < J; j++)
            sum[c][j] = AT(G + (size_t)c * ld + (size_t)j * LANES);
    }
    for (size_t i = 0; i < n; i++) {
        UNROLL
        for (int j = 0; j < J; j++)
            x[j] = NAME(load)(X, at + i * ld + (size_t)j * LANES, bytes);
        UNROLL
        for (int c = 0; c < C; c++) {
            float p = P[(size_t)c * ldp + i];
            UNROLL
            for (int j = 0; j < J; j++)
                sum[c][j] += p * x[j];
        }
    }
    UNROLL
    for (int c = 0; c < C; c++) {
        UNROLL
        for (int j = 0; j < J; j++)
            *(VECTOR *)(G + (size_t)c * ld + (size_t)j * LANES) = sum[c][j];
    }
}

/* z[c] = x . w[c] for one row; two sums a weight vector, to keep the multipliers busy. */
TARGET SL_INLINE void NAME(row_tile)(const void *x, const int bytes, const float *const *w, size_t ld,
                                     float *z, const int C)
{
    enum { GROUPS = (CLASSES + 3) / 4 };
    VECTOR sum[4 * GROUPS], more[4 * GROUPS];
    UNROLL
    for (int c = 0; c < 4 * GROUPS; c++)
        sum[c] = more[c] = (VECTOR){0};
    size_t j = 0;
    for (; j + 2 * LANES <= ld; j += 2 * LANES) {
        VECTOR x0 = NAME(load)(x, j, bytes), x1 = NAME(load)(x, j + LANES, bytes);
        UNROLL
        for (int c = 0; c < C; c++) {
            sum[c] += x0 * AT(w[c] + j);
            more[c] += x1 * AT(w[c] + j + LANES);
        }
    }
    if (j < ld) {
        VECTOR x0 = NAME(load)(x, j, bytes);
        UNROLL
        for (int c = 0; c < C; c++)
            sum[c] += x0 * AT(w[c] + j);
    }
    UNROLL
    for (int c = 0; c < C; c++)
        sum[c] += more[c];
    UNROLL
    for (int g = 0; g < GROUPS; g++)
        if (4 * g < C)
            NAME(reduce)(sum + 4 * g, z + 4 * g);
}

/* z[c * R + r] = x[r] . w[c] for R rows and C weight vectors anywhere: the fewer of the two stay in registers
 * while the others pass.  A sum does not depend on C. */
TARGET SL_INLINE void NAME(block_tile)(const void *const *x, const int bytes, const float *const *w,
                                       size_t ld, float *z, const int C, const int R)
{
    enum { FOURS = CLASSES };
    VECTOR sum[4 * FOURS], kept[SL_ROWS_STEP];
    UNROLL
    for (int s = 0; s < C * R; s++)
        sum[s] = (VECTOR){0};
    for (size_t j = 0; j < ld; j += LANES)
        if (C < R) {
            UNROLL
            for (int c = 0; c < C; c++)
                kept[c] = AT(w[c] + j);
            UNROLL
            for (int r = 0; r < R; r++) {
                VECTOR row = NAME(load)(x[r], j, bytes);
                UNROLL
                for (int c = 0; c < C; c++)
                    sum[c * R + r] += row * kept[c];
            }
        } else {
            UNROLL
            for (int r = 0; r < R; r++)
                kept[r] = NAME(load)(x[r], j, bytes);
            UNROLL
            for (int c = 0; c < C; c++) {
                VECTOR weights = AT(w[c] + j);
                IN_REGISTER(weights);
                UNROLL
                for (int r = 0; r < R; r++)
                    sum[c * R + r] += kept[r] * weights;
            }
        }
    UNROLL
    for (int s = C * R; s < (C * R + 3) / 4 * 4; s++)
        sum[s] = (VECTOR){0};
    UNROLL
    for (int s = 0; s < C * R; s += 4)
        NAME(reduce)(sum + s, z + s);
}

/* Runs tile(..., C) for the next C <= CLASSES of the weight vectors: a constant in each call, for the
 * loops to unroll. */
#define FOR_CLASSES(C, tile)                                                                                 \
    switch (C) {                                                                                             \
    case 1:                                                                                                  \
        tile(1);                                                                                             \
        break;                                                                                               \
    case 2:                                                                                                  \
        tile(2);                                                                                             \
        break;                                                                                               \
    case 3:                                                                                                  \
        tile(3);                                                                                             \
        break;                                                                                               \
    case 4:                                                                                                  \
        tile(4);                                                                                             \
        break;                                                                                               \
    default:                                                                                                 \
        tile(5);                                                                                             \
        break;                                                                                               \
    }

/* A few weight vectors stay in the first-level cache while all rows pass. */
TARGET SL_INLINE void NAME(dot_all)(const void *X, const int bytes, size_t n, const float *W, size_t k,
                                    size_t ld, float *Z, size_t ldz)
{
#define TILE(C) NAME(dot_tile)(X, bytes, i, n - 1, W + c * ld, ld, Z + c * ldz + i, ldz, C)
    for (size_t c = 0; c < k; c += CLASSES)
        for (size_t i = 0; i < n; i += ROWS) {
            FOR_CLASSES(k - c, TILE)
        }
#undef TILE
}

TARGET static void NAME(dot)(const void *X, int bytes, size_t n, const float *W, size_t k, size_t ld,
                             float *Z, size_t ldz)
{
    if (bytes)
        NAME(dot_all)(X, 1, n, W, k, ld, Z, ldz);
    else
        NAME(dot_all)(X, 0, n, W, k, ld, Z, ldz);
}

TARGET SL_INLINE void NAME(sum_all)(const float *P, size_t ldp, const void *X, const int bytes, size_t n,
                                    size_t k, size_t ld, float *G)
{
#define WIDE(C) NAME(sum_tile)(P + c * ldp, ldp, X, bytes, j, n, ld, G + c * ld + j, C, ROWS)
#define NARROW(C) NAME(sum_tile)(P + c * ldp, ldp, X, bytes, j, n, ld, G + c * ld + j, C, 1)
    size_t j = 0;
    for (; j + ROWS * LANES <= ld; j += ROWS * LANES)
        for (size_t c = 0; c < k; c += CLASSES) {
            FOR_CLASSES(k - c, WIDE)
        }
    for (; j < ld; j += LANES)
        for (size_t c = 0; c < k; c += CLASSES) {
            FOR_CLASSES(k - c, NARROW)
        }
#undef WIDE
#undef NARROW
}

TARGET static void NAME(sum)(const float *P, size_t ldp, const void *X, int bytes, size_t n, size_t k,
                             size_t ld, float *G)
{
    if (bytes)
        NAME(sum_all)(P, ldp, X, 1, n, k, ld, G);
    else
        NAME(sum_all)(P, ldp, X, 0, n, k, ld, G);
}

TARGET SL_INLINE void NAME(row_dot_all)(const void *x, const int bytes, const float *const *w, size_t k,
                                        size_t ld, float *z)
{
#define TILE(C) NAME(row_tile)(x, bytes, w + c, ld, part, C)
    for (size_t c = 0; c < k; c += CLASSES) {
        float part[8];
        FOR_CLASSES(k - c, TILE)
        for (size_t i = 0; i < CLASSES && c + i < k; i++)
            z[c + i] = part[i];
    }
#undef TILE
}

TARGET static void NAME(row_dot)(const void *x, int bytes, const float *const *w, size_t k, size_t ld,
                                 float *z)
{
    if (bytes)
        NAME(row_dot_all)(x, 1, w, k, ld, z);
    else
        NAME(row_dot_all)(x, 0, w, k, ld, z);
}

/* C weight vectors and SL_ROWS_STEP rows, in two tiles where their sums need more than the registers. */
TARGET SL_INLINE void NAME(block_part)(const void *const *x, const int bytes, const float *const *w,
                                       size_t ld, float *z, const int C)
{
    float part[4 * CLASSES];
    if (ROWS == SL_ROWS_STEP || C < SL_ROWS_STEP) {
        NAME(block_tile)(x, bytes, w, ld, z, C, SL_ROWS_STEP);
        return;
    }
    UNROLL
    for (int half = 0; half < 2; half++) {
        NAME(block_tile)(x + 2 * half, bytes, w, ld, part, C, 2);
        UNROLL
        for (int c = 0; c < C; c++)
            memcpy(z + c * SL_ROWS_STEP + 2 * half, part + 2 * c, 2 * sizeof *z);
    }
}

TARGET SL_INLINE void NAME(block_all)(const void *const *x, const int bytes, const float *const *w, size_t k,
                                      size_t ld, float *z)
{
#define TILE(C) NAME(block_part)(x, bytes, w + c, ld, z + c * SL_ROWS_STEP, C)
    for (size_t c = 0; c < k; c += CLASSES)
        FOR_CLASSES(k - c, TILE)
#undef TILE
}

TARGET static void NAME(block)(const void *const *x, int bytes, const float *const *w, size_t k, size_t ld,
                               float *z)
{
    if (bytes)
        NAME(block_all)(x, 1, w, k, ld, z);
    else
        NAME(block_all)(x, 0, w, k, ld, z);
}

#undef FOR_CLASSES
#undef VECTOR
#undef AT
#undef NAME
#undef TARGET
#undef LANES
#undef ROWS
