/* small_products.c - products of small matrices: no packing, no blocking beyond registers.
 *
 * A tile of C of 6 rows by 16 columns fills twelve of AVX2's sixteen registers; two hold a row of B, one an
 * element of A.  AVX-512 has twice as many, of twice the width: 12 rows by 32 columns.  That is right for
 * matrices that the caches of a core hold, where packing copies would cost more than they save.  O(n rows
 * cols depth). */
#include "kernels/small_products.h"
#include "kernels/dispatch.h"
#include "kernels/eight.h"

enum { SOME = 6, FEW = 3 }; /* rows of a tile */

#if defined(__x86_64__)
#define NAME(f) f##_avx512
#define TARGET SL_TARGET_AVX512
#define LANES 16
#define MOST 12
#include "kernels/small_products_tile.h"

#define NAME(f) f##_avx2
#define TARGET SL_TARGET_AVX2
#define LANES 8
#define MOST 6
#include "kernels/small_products_tile.h"
#endif

#define NAME(f) f##_any
#define TARGET
#define LANES 8
#define MOST 6
#include "kernels/small_products_tile.h"

void sl_small_products(const struct sl_small_products *products)
{
#if defined(__x86_64__)
    struct sl_small_products wide = *products, narrow = *products;
    narrow.cols = sl_cpu_kind == SL_CPU_AVX512 ? wide.cols % 16 : 0;
    if (narrow.cols) {
        wide.cols -= narrow.cols;
        products_avx512(&wide);
        narrow.B += wide.cols;
        narrow.C += wide.cols;
        products_avx2(&narrow);
        return;
    }
#endif
    SL_BY_CPU(products, (products));
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
