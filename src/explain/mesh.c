/* mesh.c - convolution on a grid by Fourier transforms.
 *
 * Forces between points are those between nodes of a grid that they are spread to (Linderman, Rachh, Hoskins,
 * Steinerberger and Kluger, Fast interpolation-based t-SNE, Nature Methods 16, 2019).  There it is done by
 * polynomials of pieces; here by cubic B-splines, as Ewald sums are (Essmann et al., J. Chem. Phys. 103,
 * 1995): the transform of the kernel is divided by the square of the spline's, so that spreading and reading
 * interpolate.  The kernels w^2 x and w^2 y give both components of a force from one transform of the
 * charges, and sums over all pairs are sums over frequencies (Parseval), so that a step takes three
 * transforms.
 *
 * The grid is padded to twice its side, so that nothing wraps round, and by half of it where it is so large
 * that what wraps is next to nothing.  Rows are transformed one after the other, and only those that are not
 * padding; columns a few at a time, forward, times the kernel, and back, while they are in cache.  Plans are
 * FFTW's by its estimate alone, so that they are the same each time; single precision. Cost O(N^2 log N) for
 * N nodes a side. */
#include "explain/mesh.h"
#include "core/memory.h"
#include "explain/shares.h"
#include "kernels/dispatch.h"
#include <fftw3.h>
#include <math.h>
#include <string.h>

enum {
    ROWS = 4,    /* transformed by one call */
    COLUMNS = 8, /* in cache at a time */
    MARGIN = 8,  /* nodes that keep a kernel's kink at the wrap away from all distances */
    ALIGN = 16,  /* floats */
};

/* From this extent on the padding is a half of it: of pairs farther apart than three quarters of it forces
 * are wrong, but below 1e-5 of what a near pair's are. */
#define FAR 64.0

/* Spectra are real or imaginary numbers: the kernel w is even, the others odd. */
struct sl_mesh_fft {
    size_t n, rows;         /* side with padding; rows with nodes, rounded up to ROWS */
    size_t columns, blocks; /* of the half spectrum, rounded up to COLUMNS; of these */
    size_t tall;            /* complex numbers from column to column of a scratch */
    fftwf_plan row_forward, row_back, column_forward, column_back;
    fftwf_complex *spectrum, *spectrum_y; /* (rows, columns) */
    float *gx, *gy, *gz;                  /* (columns, n): kernels */
    double *squares;                      /* (n): of the spline's transform */
    double *z;                            /* (blocks) */
    fftwf_complex *scratch;               /* (threads, 3, COLUMNS, tall) */
};

/* The least even number >= n without prime factors but 2, 3 and 5. */
static size_t good_size(size_t n)
{
    for (n += n % 2;; n += 2) {
        size_t rest = n;
        for (size_t p = 2; p <= 5; p += p == 2 ? 1 : 2)
            while (rest % p == 0)
                rest /= p;
        if (rest == 1)
            return n;
    }
}

static size_t round_up(size_t n, size_t unit)
{
    return (n + unit - 1) / unit * unit;
}

void sl_mesh_release(struct sl_mesh *grid)
{
    struct sl_mesh_fft *f = grid->fft;
    free(grid->charge);
    free(grid->fx);
    free(grid->fy);
    if (f) {
        fftwf_destroy_plan(f->row_forward);
        fftwf_destroy_plan(f->row_back);
        fftwf_destroy_plan(f->column_forward);
        fftwf_destroy_plan(f->column_back);
        free(f->spectrum);
        free(f->spectrum_y);
        free(f->gx);
        free(f->gy);
        free(f->gz);
        free(f->squares);
        free(f->z);
        free(f->scratch);
        free(f);
    }
    *grid = (struct sl_mesh){0};
}

/* Transforms ---------------------------------------------------------------------------------------- */

static int plan(struct sl_mesh *grid, struct sl_error *err)
{
    struct sl_mesh_fft *f = grid->fft;
    const int n = (int)f->n, pitch = (int)grid->pitch, columns = (int)f->columns, tall = (int)f->tall;
    f->row_forward = fftwf_plan_many_dft_r2c(1, &n, ROWS, grid->charge, NULL, 1, pitch, f->spectrum, NULL, 1,
                                             columns, FFTW_ESTIMATE | FFTW_PRESERVE_INPUT);
    f->row_back = fftwf_plan_many_dft_c2r(1, &n, ROWS, f->spectrum, NULL, 1, columns, grid->fx, NULL, 1,
                                          pitch, FFTW_ESTIMATE | FFTW_DESTROY_INPUT);
    f->column_forward = fftwf_plan_many_dft(1, &n, COLUMNS, f->scratch, NULL, 1, tall, f->scratch, NULL, 1,
                                            tall, FFTW_FORWARD, FFTW_ESTIMATE);
    f->column_back = fftwf_plan_many_dft(1, &n, COLUMNS, f->scratch, NULL, 1, tall, f->scratch, NULL, 1, tall,
                                         FFTW_BACKWARD, FFTW_ESTIMATE);
    if (f->row_forward && f->row_back && f->column_forward && f->column_back)
        return SL_OK;
    return sl_fail(err, SL_EINTERNAL, "FFTW has no plan for a transform of %d numbers", n);
}

static void rows_forward(struct sl_mesh *grid, size_t block)
{
    const struct sl_mesh_fft *f = grid->fft;
    fftwf_execute_dft_r2c(f->row_forward, grid->charge + block * ROWS * grid->pitch,
                          f->spectrum + block * ROWS * f->columns);
}

static void rows_back(struct sl_mesh *grid, size_t block)
{
    const struct sl_mesh_fft *f = grid->fft;
    const size_t from = block * ROWS * f->columns, to = block * ROWS * grid->pitch;
    fftwf_execute_dft_c2r(f->row_back, f->spectrum + from, grid->fx + to);
    fftwf_execute_dft_c2r(f->row_back, f->spectrum_y + from, grid->fy + to);
}

/* Columns first ... of the spectrum, turned over, padded by zeros and transformed. */
static void columns_forward(const struct sl_mesh_fft *f, size_t first, fftwf_complex *a)
{
    for (size_t c = 0; c < COLUMNS; c++) {
        for (size_t r = 0; r < f->rows; r++)
            memcpy(a[c * f->tall + r], f->spectrum[r * f->columns + first + c], sizeof *a);
        memset(a[c * f->tall + f->rows], 0, (f->n - f->rows) * sizeof *a);
    }
    fftwf_execute_dft(f->column_forward, a, a);
}

static void columns_back(const struct sl_mesh_fft *f, size_t first, fftwf_complex *a, fftwf_complex *spectrum)
{
    fftwf_execute_dft(f->column_back, a, a);
    for (size_t r = 0; r < f->rows; r++)
        for (size_t c = 0; c < COLUMNS; c++)
            memcpy(spectrum[r * f->columns + first + c], a[c * f->tall + r], sizeof *a);
}

/* a (n) becomes its products with i gx, b those with i gy; returns the sum of |a|^2 gz. */
SL_CLONED(static, double, multiply,
          (size_t n, const float *gx, const float *gy, const float *gz, float *a, float *b),
          (n, gx, gy, gz, a, b))
{
    enum { LANES = 16 };
    float lane[LANES] = {0};
    double sum = 0;
    for (size_t i = 0; i < n; i += LANES) {
        const size_t m = n - i < LANES ? n - i : LANES;
        for (size_t l = 0; l < m; l++) {
            const size_t t = i + l;
            const float re = a[2 * t], im = a[2 * t + 1];
            lane[l] += (re * re + im * im) * gz[t];
            a[2 * t] = -gx[t] * im;
            a[2 * t + 1] = gx[t] * re;
            b[2 * t] = -gy[t] * im;
            b[2 * t + 1] = gy[t] * re;
        }
    }
    for (size_t l = 0; l < LANES; l++)
        sum += (double)lane[l];
    return sum;
}

/* How often a column of the half spectrum stands in the whole one. */
static double times(const struct sl_mesh_fft *f, size_t column)
{
    return column > f->n / 2 ? 0 : column == 0 || column == f->n / 2 ? 1 : 2;
}

static void do_columns(struct sl_mesh_fft *f, size_t block, fftwf_complex *a)
{
    const size_t first = block * COLUMNS;
    fftwf_complex *b = a + COLUMNS * f->tall;
    columns_forward(f, first, a);
    f->z[block] = 0;
    for (size_t c = 0; c < COLUMNS; c++) {
        const size_t at = (first + c) * f->n;
        f->z[block] += times(f, first + c) *
                       multiply(f->n, f->gx + at, f->gy + at, f->gz + at, a[c * f->tall], b[c * f->tall]);
    }
    columns_back(f, first, a, f->spectrum);
    columns_back(f, first, b, f->spectrum_y);
}

static void row_piece(void *arg, size_t i, int thread)
{
    (void)thread;
    rows_forward(arg, i);
}

static void column_piece(void *arg, size_t i, int thread)
{
    struct sl_mesh_fft *f = ((struct sl_mesh *)arg)->fft;
    do_columns(f, i, f->scratch + (size_t)thread * 2 * COLUMNS * f->tall);
}

static void row_back_piece(void *arg, size_t i, int thread)
{
    (void)thread;
    rows_back(arg, i);
}

void sl_mesh_convolve(struct sl_mesh *grid, struct sl_team *team, double *z)
{
    struct sl_mesh_fft *f = grid->fft;
    sl_share_out(team, f->rows / ROWS, row_piece, grid);
    sl_share_out(team, f->blocks, column_piece, grid);
    sl_share_out(team, f->rows / ROWS, row_back_piece, grid);
    *z = 0;
    for (size_t b = 0; b < f->blocks; b++)
        *z += f->z[b];
}

/* Kernels ------------------------------------------------------------------------------------------- */

enum kind { W, W2X, W2Y };

/* Row r of a kernel at the distances of a circle of n nodes; an odd kernel is 0 half way round. */
static void kernel_row(enum kind kind, size_t n, double h, size_t r, float *out)
{
    const double y = h * (r <= n / 2 ? (double)r : (double)r - (double)n);
    for (size_t c = 0; c < n; c++) {
        const double x = h * (c <= n / 2 ? (double)c : (double)c - (double)n);
        const double w = 1 / (1 + x * x + y * y);
        out[c] = (float)(kind == W                   ? w
                         : kind == W2X && 2 * c != n ? w * w * x
                         : kind == W2Y && 2 * r != n ? w * w * y
                                                     : 0);
    }
}

/* Squares of the transform of the spline's values at nodes, 1/6, 4/6, 1/6: squares (n). */
static void fill_squares(size_t n, double *squares)
{
    for (size_t i = 0; i < n; i++) {
        const double b = (4 + 2 * cos(2 * M_PI * (double)i / (double)n)) / 6;
        squares[i] = b * b;
    }
}

/* out (columns, n) = the kernel's transform, divided by the spline's and for the transforms' way and back. */
static int transform_kernel(struct sl_mesh *grid, enum kind kind, fftwf_complex *whole, float *out,
                            struct sl_error *err)
{
    const struct sl_mesh_fft *f = grid->fft;
    const size_t n = f->n;
    float *rows = sl_alloc(ROWS * grid->pitch, sizeof *rows);
    if (!rows)
        return sl_fail_memory(err);
    memset(rows, 0, ROWS * grid->pitch * sizeof *rows);
    for (size_t r = 0; r < n; r += ROWS) {
        for (size_t i = 0; i < ROWS && r + i < n; i++)
            kernel_row(kind, n, grid->h, r + i, rows + i * grid->pitch);
        fftwf_execute_dft_r2c(f->row_forward, rows, whole + r * f->columns);
    }
    free(rows);
    for (size_t first = 0; first < f->columns; first += COLUMNS) {
        for (size_t c = 0; c < COLUMNS; c++)
            for (size_t r = 0; r < n; r++)
                memcpy(f->scratch[c * f->tall + r], whole[r * f->columns + first + c], sizeof *whole);
        fftwf_execute_dft(f->column_forward, f->scratch, f->scratch);
        for (size_t c = 0; c < COLUMNS; c++)
            for (size_t r = 0; r < n; r++) {
                const double by = f->squares[(first + c) % n] * f->squares[r] * (double)n * (double)n;
                out[(first + c) * n + r] = (float)((double)f->scratch[c * f->tall + r][kind != W] / by);
            }
    }
    return SL_OK;
}

static int make_kernels(struct sl_mesh *grid, struct sl_error *err)
{
    struct sl_mesh_fft *f = grid->fft;
    fill_squares(f->n, f->squares);
    fftwf_complex *whole = sl_alloc_zero(round_up(f->n, ROWS) * f->columns, sizeof *whole);
    int code = whole ? transform_kernel(grid, W, whole, f->gz, err) : sl_fail_memory(err);
    if (!code)
        code = transform_kernel(grid, W2X, whole, f->gx, err);
    if (!code)
        code = transform_kernel(grid, W2Y, whole, f->gy, err);
    free(whole);
    return code;
}

static int allocate(struct sl_mesh *grid, int threads)
{
    struct sl_mesh_fft *f = grid->fft;
    const size_t field = f->rows * grid->pitch, kernel = f->columns * f->n;
    grid->charge = sl_alloc_zero(field, sizeof *grid->charge);
    grid->fx = sl_alloc(field, sizeof *grid->fx);
    grid->fy = sl_alloc(field, sizeof *grid->fy);
    f->spectrum = sl_alloc_zero(f->rows * f->columns, sizeof *f->spectrum);
    f->spectrum_y = sl_alloc_zero(f->rows * f->columns, sizeof *f->spectrum_y);
    f->gx = sl_alloc(kernel, sizeof *f->gx);
    f->gy = sl_alloc(kernel, sizeof *f->gy);
    f->gz = sl_alloc(kernel, sizeof *f->gz);
    f->squares = sl_alloc(f->n, sizeof *f->squares);
    f->z = sl_alloc(f->blocks, sizeof *f->z);
    f->scratch = sl_alloc((size_t)threads * 2 * COLUMNS * f->tall, sizeof *f->scratch);
    return grid->charge && grid->fx && grid->fy && f->spectrum && f->spectrum_y && f->gx && f->gy && f->gz &&
           f->squares && f->z && f->scratch;
}

int sl_mesh_init(struct sl_mesh *grid, size_t nodes, double h, int threads, struct sl_error *err)
{
    struct sl_mesh_fft *f = sl_alloc_zero(1, sizeof *f);
    *grid = (struct sl_mesh){.h = h, .fft = f};
    if (!f)
        return sl_fail_memory(err);
    const int far = (double)nodes * h > FAR;
    f->n = good_size((far ? nodes + (nodes + 1) / 2 : 2 * nodes) + MARGIN);
    grid->nodes = far ? (f->n - MARGIN) * 2 / 3 : (f->n - MARGIN) / 2;
    grid->pitch = round_up(f->n, ALIGN);
    f->rows = round_up(grid->nodes, ROWS);
    f->columns = round_up(f->n / 2 + 1, COLUMNS);
    f->blocks = f->columns / COLUMNS;
    f->tall = round_up(f->n, COLUMNS);
    if (!allocate(grid, threads))
        return sl_fail_memory(err);
    int code = plan(grid, err);
    return code ? code : make_kernels(grid, err);
}
