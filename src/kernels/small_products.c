/* small_products.c - products of small matrices: no packing, no blocking beyond registers.
 *
 * A tile of C of 6 rows by 16 columns fills twelve of AVX2's sixteen registers; two hold a row of B, one an
 * element of A.  That is right for matrices that the caches of a core hold, where packing copies would cost
 * more than they save.  O(n rows cols depth). */
#include "kernels/small_products.h"
#include "kernels/dispatch.h"
#include "kernels/eight.h"

enum { ROWS = 6, FEW = 3 };

/* rows x 8 vectors columns of one product; at most ROWS x 2 or FEW x 4. */
SL_INLINE void tile(const struct sl_small_products *p, const float *A, const float *B, float *C,
                    const int rows, const int vectors)
{
    sl_eight sum[ROWS][4];
    SL_UNROLL
    for (int i = 0; i < rows; i++) {
        SL_UNROLL
        for (int v = 0; v < vectors; v++)
            sum[i][v] = (sl_eight){0};
    }
    for (size_t k = 0; k < p->depth; k++) {
        sl_eight b[4];
        SL_UNROLL
        for (int v = 0; v < vectors; v++)
            b[v] = SL_EIGHT(B + k * p->b_row + 8 * v);
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
                sum[i][v] += SL_EIGHT(c + 8 * v);
            SL_EIGHT_AT(c + 8 * v) = sum[i][v];
        }
    }
}

/* All rows of 8 vectors columns. */
SL_INLINE void panel(const struct sl_small_products *p, const float *A, const float *B, float *C,
                     const int vectors)
{
    size_t i = 0;
    for (; i + ROWS <= p->rows; i += ROWS)
        tile(p, A + i * p->a_row, B, C + i * p->c_row, ROWS, vectors);
    A += i * p->a_row;
    C += i * p->c_row;
    switch (p->rows - i) {
    case 5:
        tile(p, A, B, C, 5, vectors);
        break;
    case 4:
        tile(p, A, B, C, 4, vectors);
        break;
    case 3:
        tile(p, A, B, C, 3, vectors);
        break;
    case 2:
        tile(p, A, B, C, 2, vectors);
        break;
    case 1:
        tile(p, A, B, C, 1, vectors);
        break;
    default:
        break;
    }
}

SL_CLONED_VOID(extern, sl_small_products, (const struct sl_small_products *products), (products))
{
    const struct sl_small_products own = *products, *p = &own; /* which no store to C can change */
    for (size_t m = 0; m < p->n; m++) {
        const float *A = p->A + m * p->a_next, *B = p->B + m * p->b_next;
        float *C = p->C + m * p->c_next;
        size_t j = 0;
        for (; p->rows == FEW && j + 32 <= p->cols; j += 32)
            tile(p, A, B + j, C + j, FEW, 4);
        for (; j + 16 <= p->cols; j += 16)
            panel(p, A, B + j, C + j, 2);
        if (j < p->cols)
            panel(p, A, B + j, C + j, 1);
    }
}

SL_CLONED_VOID(extern, sl_add_rows, (const float *restrict a, size_t rows, size_t cols, float *restrict sum),
               (a, rows, cols, sum))
{
    size_t j = 0;
    for (; j + 32 <= cols; j += 32) {
        sl_eight part[4] = {{0}};
        for (size_t i = 0; i < rows; i++) {
            SL_UNROLL
            for (int v = 0; v < 4; v++)
                part[v] += SL_EIGHT(a + i * cols + j + (size_t)(8 * v));
        }
        SL_UNROLL
        for (int v = 0; v < 4; v++)
            SL_EIGHT_AT(sum + j + 8 * v) = SL_EIGHT(sum + j + 8 * v) + part[v];
    }
    for (; j < cols; j += 8) {
        sl_eight part = {0};
        for (size_t i = 0; i < rows; i++)
            part += SL_EIGHT(a + i * cols + j);
        SL_EIGHT_AT(sum + j) = SL_EIGHT(sum + j) + part;
    }
}
