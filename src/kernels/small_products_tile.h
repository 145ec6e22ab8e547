/* small_products_tile.h - the inner loops of small_products.c for registers of LANES floats.  Included once
 * for each kind of processor, with NAME(f)   the name f gets TARGET    attributes of the functions LANES
 * floats in a register: 16 or 8 MOST      rows of a tile: SOME, or twice as many and undefines them.  No
 * include guard: that is the point. */

#define VECTOR NAME(vector)
#define LOOSE NAME(loose)
typedef float VECTOR __attribute__((vector_size(4 * LANES)));
typedef float LOOSE __attribute__((vector_size(4 * LANES), aligned(4), may_alias));
#define IN(p) (*(const LOOSE *)(p))
#define AT(p) (*(LOOSE *)(p))

/* rows x LANES vectors columns of one product; at most MOST x 2 or FEW x 4. */
TARGET SL_INLINE void NAME(tile)(const struct sl_small_products *p, const float *A, const float *B, float *C,
                                 const int rows, const int vectors)
{
    VECTOR sum[MOST][4];
    SL_UNROLL
    for (int i = 0; i < rows; i++) {
        SL_UNROLL
        for (int v = 0; v < vectors; v++)
            sum[i][v] = (VECTOR){0};
    }
    for (size_t k = 0; k < p->depth; k++) {
        VECTOR b[4];
        SL_UNROLL
        for (int v = 0; v < vectors; v++)
            b[v] = IN(B + k * p->b_row + LANES * v);
        SL_UNROLL
        for (int i = 0; i < rows; i++) {
            float a = A[(size_t)i * p->a_row + k * p->a_col];
            SL_UNROLL
            for (int v = 0; v < vectors; v++)
                sum[i][v] += a * b[v];
        }
    }
    SL_UNROLL
    for (int i = 0; i < rows; i++) {
        float *c = C + (size_t)i * p->c_row;
        SL_UNROLL
        for (int v = 0; v < vectors; v++) {
            if (p->add)
                sum[i][v] += IN(c + LANES * v);
            AT(c + LANES * v) = sum[i][v];
        }
    }
}

/* All rows of LANES vectors columns. */
TARGET SL_INLINE void NAME(panel)(const struct sl_small_products *p, const float *A, const float *B, float *C,
                                  const int vectors)
{
    size_t i = 0;
    for (; i + MOST <= p->rows; i += MOST)
        NAME(tile)(p, A + i * p->a_row, B, C + i * p->c_row, MOST, vectors);
    for (; MOST > SOME && i + SOME <= p->rows; i += SOME)
        NAME(tile)(p, A + i * p->a_row, B, C + i * p->c_row, SOME, vectors);
    A += i * p->a_row;
    C += i * p->c_row;
    switch (p->rows - i) {
    case 5:
        NAME(tile)(p, A, B, C, 5, vectors);
        break;
    case 4:
        NAME(tile)(p, A, B, C, 4, vectors);
        break;
    case 3:
        NAME(tile)(p, A, B, C, 3, vectors);
        break;
    case 2:
        NAME(tile)(p, A, B, C, 2, vectors);
        break;
    case 1:
        NAME(tile)(p, A, B, C, 1, vectors);
        break;
    default:
        break;
    }
}

/* cols is a multiple of LANES. */
TARGET static void NAME(products)(const struct sl_small_products *products)
{
    const struct sl_small_products own = *products, *p = &own; /* which no store to C can change */
    for (size_t m = 0; m < p->n; m++) {
        const float *A = p->A + m * p->a_next, *B = p->B + m * p->b_next;
        float *C = p->C + m * p->c_next;
        size_t j = 0;
        for (; p->rows == FEW && j + 4 * LANES <= p->cols; j += 4 * LANES)
            NAME(tile)(p, A, B + j, C + j, FEW, 4);
        for (; j + 2 * LANES <= p->cols; j += 2 * LANES)
            NAME(panel)(p, A, B + j, C + j, 2);
        if (j < p->cols)
            NAME(panel)(p, A, B + j, C + j, 1);
    }
}

#undef IN
#undef AT
#undef VECTOR
#undef LOOSE
#undef NAME
#undef TARGET
#undef LANES
#undef MOST
