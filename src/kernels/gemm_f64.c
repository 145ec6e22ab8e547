/* gemm_f64.c - double-precision matrix product.
 *
 * A panel of B, DEPTH rows of COLS columns, is copied to where it lies together; tiles of ROWS x COLS sums
 * stay in registers while they run down it (Goto and van de Geijn, Anatomy of high-performance matrix
 * multiplication, 2008, without its copy of A).  Cost M N K multiply-adds; no memory but the stack's. */
#include "kernels/gemm_f64.h"
#include "kernels/dispatch.h"
#include <string.h>

enum { ROWS = 4, WIDE = 4, COLS = 3 * WIDE, DEPTH = 64 };

typedef double doubles __attribute__((vector_size(WIDE * sizeof(double))));

/* What a tile is made of. */
struct operand {
    const double *A;
    size_t row, col;
    double *C;
    size_t ldc;
};

/* C[0 : rows, 0 : cols] += the first depth rows of the panel, times A. */
SL_INLINE void add_tile(const struct operand *o, const double *panel, size_t depth, size_t rows, size_t cols)
{
    doubles sum[ROWS][3] = {{{0}}};
    const double *a[ROWS];
    for (size_t i = 0; i < ROWS; i++)
        a[i] = o->A + (i < rows ? i : 0) * o->row;
    for (size_t t = 0; t < depth; t++) {
        const doubles *b = (const doubles *)(panel + t * COLS);
        SL_UNROLL
        for (size_t i = 0; i < ROWS; i++) {
            const double value = a[i][t * o->col];
            sum[i][0] += value * b[0];
            sum[i][1] += value * b[1];
            sum[i][2] += value * b[2];
        }
    }
    for (size_t i = 0; i < rows; i++) {
        double row[COLS];
        memcpy(row, sum[i], sizeof row);
        for (size_t j = 0; j < cols; j++)
            o->C[i * o->ldc + j] += row[j];
    }
}

static void copy_panel(const double *B, size_t ldb, size_t depth, size_t cols, double *panel)
{
    for (size_t t = 0; t < depth; t++)
        for (size_t j = 0; j < COLS; j++)
            panel[t * COLS + j] = j < cols ? B[t * ldb + j] : 0;
}

SL_CLONED_VOID(static, add_panel,
               (size_t M, size_t depth, size_t cols, const struct operand *o, const double *panel),
               (M, depth, cols, o, panel))
{
    for (size_t i = 0; i < M; i += ROWS) {
        const struct operand tile = {o->A + i * o->row, o->row, o->col, o->C + i * o->ldc, o->ldc};
        add_tile(&tile, panel, depth, M - i < ROWS ? M - i : ROWS, cols);
    }
}

void sl_gemm_f64(size_t M, size_t N, size_t K, const double *A, size_t a_row, size_t a_col, const double *B,
                 size_t ldb, double *C, size_t ldc)
{
    _Alignas(64) double panel[DEPTH * COLS];
    for (size_t t = 0; t < K; t += DEPTH) {
        const size_t depth = K - t < DEPTH ? K - t : DEPTH;
        for (size_t j = 0; j < N; j += COLS) {
            const size_t cols = N - j < COLS ? N - j : COLS;
            const struct operand o = {A + t * a_col, a_row, a_col, C + j, ldc};
            copy_panel(B + t * ldb + j, ldb, depth, cols, panel);
            add_panel(M, depth, cols, &o, panel);
        }
    }
}

void sl_gemm_f64_plain(size_t M, size_t N, size_t K, const double *A, size_t a_row, size_t a_col,
                       const double *B, size_t ldb, double *C, size_t ldc)
{
    for (size_t i = 0; i < M; i++)
        for (size_t j = 0; j < N; j++)
            for (size_t t = 0; t < K; t++)
                C[i * ldc + j] += A[i * a_row + t * a_col] * B[t * ldb + j];
}
