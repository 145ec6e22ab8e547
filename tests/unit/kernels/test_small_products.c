/* test_small_products.c - products of small matrices against sums in double precision, for every number of
 * rows that a tile treats by itself and every width that registers of 8 or 16 floats treat by itself. */
#include "kernels/small_products.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { ROWS = 27, COLS = 136, DEPTH = 37, MATRICES = 3, MARGIN = 5 };

static float A[MATRICES * ROWS * DEPTH], B[MATRICES * DEPTH * (COLS + MARGIN)],
    C[MATRICES * ROWS * (COLS + MARGIN)];

static void fill(float *a, size_t n, unsigned seed)
{
    for (size_t i = 0; i < n; i++) {
        seed = seed * 1664525u + 1013904223u;
        a[i] = (float)(seed >> 8) / (float)(1 << 23) - 1;
    }
}

static double expected(const struct sl_small_products *p, size_t m, size_t i, size_t j, double before)
{
    double sum = p->add ? before : 0;
    for (size_t k = 0; k < p->depth; k++)
        sum += (double)p->A[m * p->a_next + i * p->a_row + k * p->a_col] *
               (double)p->B[m * p->b_next + k * p->b_row + j];
    return sum;
}

static void try(size_t rows, size_t cols, int add, int transposed)
{
    struct sl_small_products p = {
        .n = MATRICES,
        .rows = rows,
        .cols = cols,
        .depth = DEPTH,
        .A = A,
        .B = B,
        .C = C,
        .a_next = ROWS * DEPTH,
        .b_next = DEPTH * (COLS + MARGIN),
        .c_next = ROWS * (COLS + MARGIN),
        .a_row = transposed ? 1 : DEPTH,
        .a_col = transposed ? ROWS : 1,
        .b_row = COLS + MARGIN,
        .c_row = COLS + MARGIN,
        .add = add,
    };
    static float before[sizeof C / sizeof *C];
    fill(C, sizeof C / sizeof *C, 3);
    memcpy(before, C, sizeof C);
    sl_small_products(&p);
    for (size_t m = 0; m < MATRICES; m++)
        for (size_t i = 0; i < ROWS; i++)
            for (size_t j = 0; j < COLS + MARGIN; j++) {
                size_t at = m * p.c_next + i * p.c_row + j;
                if (i < rows && j < cols)
                    assert_true(fabs(expected(&p, m, i, j, (double)before[at]) - (double)C[at]) < 2e-5);
                else
                    assert_true(C[at] == before[at]); /* nothing beyond the matrix is written */
            }
}

static void test_products(void **state)
{
    (void)state;
    fill(A, sizeof A / sizeof *A, 1);
    fill(B, sizeof B / sizeof *B, 2);
    for (size_t rows = 1; rows <= ROWS; rows++)
        for (size_t cols = 8; cols <= COLS; cols += 8)
            try(rows, cols, (rows + cols / 8) % 2, rows % 3 == 0);
}

static void test_sums_of_rows(void **state)
{
    (void)state;
    enum { MANY = 11 };
    fill(B, sizeof B / sizeof *B, 5);
    for (size_t cols = 8; cols <= 80; cols += 8) {
        float sum[80];
        for (size_t j = 0; j < cols; j++)
            sum[j] = (float)j;
        sl_add_rows(B, MANY, cols, sum);
        for (size_t j = 0; j < cols; j++) {
            double wanted = (double)j;
            for (size_t i = 0; i < MANY; i++)
                wanted += (double)B[i * cols + j];
            assert_true(fabs(wanted - (double)sum[j]) < 2e-5);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_products), cmocka_unit_test(test_sums_of_rows)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
