/* sparse_tile.h - the inner loops of sparse_bytes.c for one instruction set.  Included once for each, with
 *   NAME(f)   the name f gets
 *   TARGET    attributes of the functions
 *   LANES     floats in a register: 16, 8 or 4
 *   VECTORS   registers of sums at most
 * and undefines them.  No include guard: that is the point. */

#define VECTOR NAME(vector)
#define LOOSE NAME(loose)
typedef float VECTOR __attribute__((vector_size(4 * LANES)));
typedef float LOOSE __attribute__((vector_size(4 * LANES), aligned(4), may_alias));

/* Bit j: byte j of SL_SPARSE_STEP is not 0. */
TARGET SL_INLINE uint64_t NAME(nonzero)(const uint8_t *x)
{
#if LANES > 4
    const __m256i *v = (const __m256i *)x, zero = _mm256_setzero_si256();
    uint32_t low = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_loadu_si256(v), zero));
    uint32_t high = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_loadu_si256(v + 1), zero));
    return ~((uint64_t)high << 32 | low);
#else
    uint64_t mask = 0;
    for (int j = 0; j < SL_SPARSE_STEP; j++)
        mask |= (uint64_t)(x[j] != 0) << j;
    return mask;
#endif
}

/* The lowest bit; of none the highest, whose byte can be read as well. */
TARGET SL_INLINE int NAME(lowest)(uint64_t mask)
{
    return __builtin_ctzll(mask | (uint64_t)1 << (SL_SPARSE_STEP - 1));
}

/* Adds value[x] times the panel's rows, one for each bit of `of`, to m rows of Y, in V registers; the last
 * may overlap the one before.  Where a row ends is hard to foresee, so what comes next, the next row's bits
 * too, is looked up early: a wrong guess then costs little. */
TARGET SL_INLINE void NAME(rows)(const uint8_t *X, size_t m, size_t ldx, uint64_t of, const float *value,
                                 const VECTOR *panel, int add, float *Y, size_t ldy, size_t last, const int V)
{
    size_t stride = (size_t)V * sizeof *panel;
    OPAQUE(stride); /* one multiplication, where compilers spell out four additions */
    uint64_t mask = m ? NAME(nonzero)(X) & of : 0;
    for (size_t i = 0; i < m; i++) {
        const uint8_t *x = X + i * ldx;
        float *y = Y + i * ldy;
        uint64_t next = NAME(nonzero)(x + (i + 1 < m ? ldx : 0)) & of;
        VECTOR sum[VECTORS];
        SL_UNROLL
        for (int v = 0; v < V; v++)
            sum[v] =
                add ? (VECTOR) * (const LOOSE *)(y + (v + 1 < V ? (size_t)v * LANES : last)) : (VECTOR){0};
        int j = NAME(lowest)(mask);
        VECTOR s = value[x[j]] - (VECTOR){0};
        while (mask) {
            const VECTOR *b = (const VECTOR *)((const char *)panel + (size_t)j * stride);
            VECTOR s0 = s;
            mask &= mask - 1;
            j = NAME(lowest)(mask);
            s = value[x[j]] - (VECTOR){0};
            SL_UNROLL
            for (int v = 0; v < V; v++)
                sum[v] += s0 * b[v];
        }
        SL_UNROLL
        for (int v = 0; v < V; v++)
            *(LOOSE *)(y + (v + 1 < V ? (size_t)v * LANES : last)) = sum[v];
        mask = next;
    }
}

/* Y's columns 0 ... width - 1, at most VECTORS registers of them, from SL_SPARSE_STEP rows of B or fewer. */
TARGET static void NAME(panel)(const uint8_t *X, size_t m, size_t ldx, const float *value, const float *B,
                               size_t n, size_t ldb, size_t width, int add, float *Y, size_t ldy,
                               VECTOR *panel)
{
    size_t V = (width + LANES - 1) / LANES, last = width - LANES;
    uint64_t of = ~(uint64_t)0 >> (SL_SPARSE_STEP - n);
    for (size_t j = 0; j < n; j++)
        for (size_t v = 0; v < V; v++)
            panel[j * V + v] = *(const LOOSE *)(B + j * ldb + (v + 1 < V ? v * LANES : last));
#define CASE(V)                                                                                              \
    case V:                                                                                                  \
        NAME(rows)(X, m, ldx, of, value, panel, add, Y, ldy, last, V);                                       \
        break
    switch (V) {
        CASE(1);
        CASE(2);
        CASE(3);
        CASE(4);
        CASE(5);
        CASE(6);
        CASE(7);
        CASE(8);
#if VECTORS > 8
        CASE(9);
        CASE(10);
        CASE(11);
        CASE(12);
        CASE(13);
#endif
    }
#undef CASE
}

TARGET static void NAME(product)(const uint8_t *X, size_t m, size_t n, size_t ldx, const float *value,
                                 const float *B, size_t ldb, size_t width, int add, float *Y, size_t ldy,
                                 float *panel)
{
    _Static_assert(SL_SPARSE_STEP * VECTORS * LANES <= SL_SPARSE_PANEL, "a panel fits");
    size_t steps = (n + SL_SPARSE_STEP - 1) / SL_SPARSE_STEP,
           chunks = (width + VECTORS * LANES - 1) / (VECTORS * LANES);
    size_t step = (n + steps - 1) / steps;
    size_t most = ((width + chunks - 1) / chunks + LANES - 1) / LANES * LANES; /* about equal parts */
    for (size_t at = 0, cols; at < width; at += cols) {
        size_t left = width - at;
        cols = left <= most          ? left
               : left < most + LANES ? most - LANES
                                     : most; /* never leaves less than a register */
        for (size_t j = 0; j < n; j += step) {
            size_t rows = n - j < step ? n - j : step;
            NAME(panel)
            (X + j, m, ldx, value, B + j * ldb + at, rows, ldb, cols, add || j > 0, Y + at, ldy,
             (VECTOR *)panel);
        }
    }
}

#undef VECTOR
#undef LOOSE
#undef NAME
#undef TARGET
#undef LANES
#undef VECTORS
