/* conv_pooled_tile.h - the inner loops of conv_pooled.c for registers of LANES floats.  Included once for
 * each kind of processor, with NAME(f)   the name f gets TARGET    attributes of the functions LANES floats
 * in a register: 16 or 8; filters are a multiple of 2 LANES and undefines them.  No include guard: that is
 * the point. */

#define VECTOR NAME(vector)
#define LOOSE NAME(loose)
#define INTS NAME(ints)
#define LOOSE_INTS NAME(loose_ints)
typedef float VECTOR __attribute__((vector_size(4 * LANES)));
typedef float LOOSE __attribute__((vector_size(4 * LANES), aligned(4), may_alias));
typedef int32_t INTS __attribute__((vector_size(4 * LANES)));
typedef int32_t LOOSE_INTS __attribute__((vector_size(4 * LANES), aligned(4), may_alias));
#define IN(p) (*(const LOOSE *)(p))
#define AT(p) (*(LOOSE *)(p))

/* The four sums of a window for 2 LANES filters, and the largest of each; from may be NULL. */
TARGET SL_INLINE void NAME(window)(const float *x, size_t line, const float *w, size_t filters,
                                   const float *bias, float *y, int32_t *from)
{
    const float *lines[4] = {x, x + line, x + 2 * line, x + 3 * line};
    VECTOR sum[PLACES][2];
    SL_UNROLL
    for (size_t i = 0; i < PLACES; i++) {
        sum[i][0] = IN(bias);
        sum[i][1] = IN(bias + LANES);
    }
    SL_UNROLL
    for (size_t k = 0; k < 9; k++) {
        VECTOR a = IN(w + k * filters), b = IN(w + k * filters + LANES);
        SL_UNROLL
        for (size_t i = 0; i < PLACES; i++) {
            float pixel = lines[k / 3 + i / 2][k % 3 + i % 2];
            sum[i][0] += pixel * a;
            sum[i][1] += pixel * b;
        }
    }
    SL_UNROLL
    for (size_t v = 0; v < 2; v++) {
        VECTOR best = sum[0][v];
        INTS place = {0};
        SL_UNROLL
        for (int32_t i = 1; i < PLACES; i++) {
            INTS larger = sum[i][v] > best;
            best = (VECTOR)((larger & (INTS)sum[i][v]) | (~larger & (INTS)best));
            place = (larger & i) | (~larger & place);
        }
        AT(y + LANES * v) = best;
        if (from)
            *(LOOSE_INTS *)(from + LANES * v) = place;
    }
}

TARGET SL_INLINE void NAME(forward_image)(struct sizes z, const float *x, const float *w, const float *bias,
                                          float *y, int32_t *from)
{
    for (size_t h = 0; h < z.high; h++)
        for (size_t j = 0; j < z.wide; j++, y += z.filters, from = from ? from + z.filters : NULL) {
            const float *corner = x + 2 * (h * z.line + j);
            if (is_blank(corner, z.line)) {
                memcpy(y, bias, z.filters * sizeof *y);
                if (from)
                    memset(from, 0, z.filters * sizeof *from);
                continue;
            }
            for (size_t f = 0; f < z.filters; f += 2 * LANES)
                NAME(window)(corner, z.line, w + f, z.filters, bias + f, y + f, from ? from + f : NULL);
        }
}

TARGET static void NAME(forward_placed)(struct sizes z, const float *x, const float *w, const float *bias,
                                        float *y, int32_t *from)
{
    NAME(forward_image)(z, x, w, bias, y, from);
}

TARGET static void NAME(forward_only)(struct sizes z, const float *x, const float *w, const float *bias,
                                      float *y)
{
    NAME(forward_image)(z, x, w, bias, y, NULL);
}

/* dw of LANES filters from one image, summed in registers. */
TARGET SL_INLINE void NAME(gradient_lanes)(struct sizes z, const float *x, const float *dy,
                                           const int32_t *from, float *dw)
{
    VECTOR sum[9];
    SL_UNROLL
    for (size_t k = 0; k < 9; k++)
        sum[k] = IN(dw + k * z.filters);
    for (size_t h = 0; h < z.high; h++)
        for (size_t j = 0; j < z.wide; j++, dy += z.filters, from += z.filters) {
            const float *corner = x + 2 * (h * z.line + j);
            const float *lines[4] = {corner, corner + z.line, corner + 2 * z.line, corner + 3 * z.line};
            if (is_blank(corner, z.line))
                continue;
            INTS place = *(const LOOSE_INTS *)from, d = (INTS)IN(dy);
            SL_UNROLL
            for (int32_t i = 0; i < PLACES; i++) {
                VECTOR here = (VECTOR)(d & (place == i));
                SL_UNROLL
                for (size_t k = 0; k < 9; k++)
                    sum[k] += lines[k / 3 + (size_t)i / 2][k % 3 + (size_t)i % 2] * here;
            }
        }
    SL_UNROLL
    for (size_t k = 0; k < 9; k++)
        AT(dw + k * z.filters) = sum[k];
}

TARGET static void NAME(gradient_image)(struct sizes z, const float *x, const float *dy, const int32_t *from,
                                        float *dw)
{
    for (size_t f = 0; f < z.filters; f += LANES)
        NAME(gradient_lanes)(z, x, dy + f, from + f, dw + f);
}

#undef IN
#undef AT
#undef VECTOR
#undef LOOSE
#undef INTS
#undef LOOSE_INTS
#undef NAME
#undef TARGET
#undef LANES
