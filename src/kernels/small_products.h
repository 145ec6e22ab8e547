/* small_products.h - many products of small matrices that lie in cache, on the calling thread. */
#ifndef SL_KERNELS_SMALL_PRODUCTS_H
#define SL_KERNELS_SMALL_PRODUCTS_H

#include <stddef.h>

/* C = A B, or C += A B, for n products: A (rows, depth), B (depth, cols), C (rows, cols). */
struct sl_small_products {
    size_t n, rows, cols, depth; /* cols: a multiple of 8 */
    const float *A, *B;
    float *C;
    size_t a_next, b_next, c_next;     /* floats from one product's matrix to the next's */
    size_t a_row, a_col, b_row, c_row; /* floats from row to row; in A also from column to column */
    int add;
};

/* Each sum runs over the depth in order, whatever the other rows and columns are. */
void sl_small_products(const struct sl_small_products *p);

/* sum (cols) += the rows of a (rows, cols); cols: a multiple of 8. */
void sl_add_rows(const float *a, size_t rows, size_t cols, float *sum);

#endif
