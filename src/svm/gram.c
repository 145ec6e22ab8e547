/* gram.c - products of the rows of two classes.
 *
 * Half of them are computed and the rest is mirrored.  A class's products with itself serve all pairs that it
 * is in.  Cost n^2 d / 2; memory 4 n^2. */
#include "svm/gram.h"
#include "core/memory.h"
#include "core/threads.h"
#include <string.h>

enum {
    BLOCK = 512, /* rows of a product */
    TILE = 32,   /* of a block that is mirrored, in cache */
};

int sl_svm_gram_init(struct sl_svm_gram *gram, const struct sl_svm_rows *rows, size_t room)
{
    *gram = (struct sl_svm_gram){.rows = rows, .room = room};
    if (rows->bytes)
        gram->ints = sl_alloc(room * room, sizeof *gram->ints);
    else
        gram->floats = sl_alloc(room * room, sizeof *gram->floats);
    return gram->ints || gram->floats ? SL_OK : SL_ENOMEM;
}

void sl_svm_gram_release(struct sl_svm_gram *gram)
{
    free(gram->ints);
    free(gram->floats);
    *gram = (struct sl_svm_gram){0};
}

static size_t size_of(const struct sl_svm_gram *gram)
{
    return gram->n[0] + gram->n[1];
}

/* The number among all rows of row i of both classes. */
static size_t row_of(const struct sl_svm_gram *gram, size_t i)
{
    return i < gram->n[0] ? gram->first[0] + i : gram->first[1] + (i - gram->n[0]);
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Products of the left rows with rows first ... first + n - 1, from place at of an array of ints or floats.
 */
static int multiply(const struct sl_svm_rows *rows, const struct sl_svm_left *left, size_t first, size_t n,
                    void *out, size_t at, size_t ldo)
{
    return rows->bytes ? sl_svm_byte_products(rows, left, first, n, (int32_t *)out + at, ldo)
                       : sl_svm_float_products(rows, left, first, n, (float *)out + at, ldo);
}

/* Where what stands in out (ldo), products of rows a ... with rows b ..., goes when it is mirrored. */
struct mirror {
    const struct sl_svm_rows *rows;
    const void *from;
    void *to;
    size_t from_ld, to_ld;
    size_t a, b; /* the rows' numbers */
};

/* a.(b - 128) differs from b.(a - 128) by the sums of both rows. */
static void mirror_tile(const struct mirror *m, size_t row, size_t rows, size_t column, size_t columns)
{
    for (size_t j = column; j < column + columns; j++)
        for (size_t i = row; i < row + rows; i++)
            if (m->rows->bytes)
                ((int32_t *)m->to)[j * m->to_ld + i] =
                    ((const int32_t *)m->from)[i * m->from_ld + j] +
                    128 * (m->rows->sum[m->a + i] - m->rows->sum[m->b + j]);
            else
                ((float *)m->to)[j * m->to_ld + i] = ((const float *)m->from)[i * m->from_ld + j];
}

static void mirror(const struct mirror *m, size_t row, size_t rows, size_t column, size_t columns)
{
    for (size_t j = column; j < column + columns; j += TILE)
        for (size_t i = row; i < row + rows; i += TILE)
            mirror_tile(m, i, least(TILE, row + rows - i), j, least(TILE, column + columns - j));
}

static void take(struct sl_svm_left *left, const struct sl_svm_rows *rows, size_t first, size_t m)
{
    uint32_t index[BLOCK];
    for (size_t i = 0; i < m; i++)
        index[i] = (uint32_t)(first + i);
    sl_svm_left_take(left, rows, index, m);
}

int sl_svm_products_within(const struct sl_svm_rows *rows, size_t first, size_t n, void *out, size_t ldo)
{
    struct sl_svm_left left;
    const struct mirror m = {rows, out, out, ldo, ldo, first, first};
    int code = sl_svm_left_init(&left, rows, BLOCK);
    for (size_t at = 0; at < n && !code; at += BLOCK) {
        const size_t count = least(BLOCK, n - at);
        take(&left, rows, first + at, count);
        code = multiply(rows, &left, first + at, n - at, out, at * ldo + at, ldo);
        if (!code)
            mirror(&m, at, count, at + count, n - at - count);
    }
    sl_svm_left_release(&left);
    return code;
}

static void *values_of(const struct sl_svm_gram *gram)
{
    return gram->ints ? (void *)gram->ints : gram->floats;
}

/* Products of a class with itself take their place, or are made there. */
static int fill_side(const struct sl_svm_gram *gram, size_t side, const void *within)
{
    const size_t n = gram->n[side], ld = size_of(gram), at = side ? gram->n[0] : 0, size = sizeof(int32_t);
    char *corner = (char *)values_of(gram) + (at * ld + at) * size;
    if (!within)
        return sl_svm_products_within(gram->rows, gram->first[side], n, corner, ld);
    for (size_t i = 0; i < n; i++)
        memcpy(corner + i * ld * size, (const char *)within + i * n * size, n * size);
    return SL_OK;
}

/* Rows at ... at + m - 1 of the first class with all of the other. */
static int fill_between(const struct sl_svm_gram *gram, struct sl_svm_left *left, size_t at, size_t m)
{
    const size_t n = size_of(gram), border = gram->n[0], size = sizeof(int32_t);
    char *values = values_of(gram);
    const struct mirror mirrored = {gram->rows,     values + border * size, values + border * n * size, n, n,
                                    gram->first[0], gram->first[1]};
    take(left, gram->rows, gram->first[0] + at, m);
    const int code = multiply(gram->rows, left, gram->first[1], gram->n[1], values, at * n + border, n);
    if (!code)
        mirror(&mirrored, at, m, 0, gram->n[1]);
    return code;
}

int sl_svm_gram_fill(struct sl_svm_gram *gram, const size_t first[2], const size_t n[2],
                     const void *const within[2], int threads)
{
    memcpy(gram->first, first, sizeof gram->first);
    memcpy(gram->n, n, sizeof gram->n);
    int code = SL_OK;
    threads = sl_threads_for((double)n[0] * (double)n[1] * sl_svm_operations(gram->rows), threads);
#pragma omp parallel for num_threads(threads < 2 ? threads : 2) reduction(max : code)
    for (size_t side = 0; side < 2; side++) {
        const int own = fill_side(gram, side, within[side]);
        code = own > code ? own : code;
    }
    if (code)
        return code;
#pragma omp parallel num_threads(threads) reduction(max : code)
    {
        struct sl_svm_left left;
        code = sl_svm_left_init(&left, gram->rows, BLOCK);
#pragma omp for schedule(dynamic, 1)
        for (size_t at = 0; at < n[0]; at += BLOCK)
            if (!code)
                code = fill_between(gram, &left, at, least(BLOCK, n[0] - at));
        sl_svm_left_release(&left);
    }
    return code;
}

/* Parts ---------------------------------------------------------------------------------------------------*/

void sl_svm_gram_part_release(struct sl_svm_gram_part *part)
{
    sl_svm_rows_release(&part->rows);
    free(part->at);
    free(part->picked);
    *part = (struct sl_svm_gram_part){0};
}

int sl_svm_gram_part_init(struct sl_svm_gram_part *part, const struct sl_svm_gram *gram, size_t room)
{
    const struct sl_svm_rows *all = gram->rows;
    *part = (struct sl_svm_gram_part){.gram = gram,
                                      .rows = {.d = all->d, .scale = all->scale, .offset = all->offset}};
    part->at = sl_alloc(room, sizeof *part->at);
    part->picked = sl_alloc(room, sizeof(int32_t));
    if (all->bytes) {
        part->rows.sum = sl_alloc(room, sizeof *part->rows.sum);
        part->rows.norm = sl_alloc(room, sizeof *part->rows.norm);
    } else {
        part->rows.fnorm = sl_alloc(room, sizeof *part->rows.fnorm);
    }
    if (part->at && part->picked && ((part->rows.sum && part->rows.norm) || part->rows.fnorm))
        return SL_OK;
    sl_svm_gram_part_release(part);
    return SL_ENOMEM;
}

void sl_svm_gram_part_take(struct sl_svm_gram_part *part, const struct sl_svm_kernel *kernel, size_t n)
{
    const struct sl_svm_rows *all = part->gram->rows;
    part->rows.kernel = *kernel;
    part->rows.n = n;
    for (size_t i = 0; i < n; i++) {
        const size_t row = row_of(part->gram, part->at[i]);
        if (all->bytes) {
            part->rows.sum[i] = all->sum[row];
            part->rows.norm[i] = all->norm[row];
        } else {
            part->rows.fnorm[i] = all->fnorm[row];
        }
    }
}

void sl_svm_gram_row(const struct sl_svm_gram_part *part, size_t i, float *values)
{
    const struct sl_svm_gram *gram = part->gram;
    const size_t n = part->rows.n, at = part->at[i] * size_of(gram);
    if (gram->ints) {
        int32_t *picked = part->picked;
        for (size_t j = 0; j < n; j++)
            picked[j] = gram->ints[at + part->at[j]];
        sl_svm_byte_values(&part->rows, part->rows.sum[i], part->rows.norm[i], 0, n, picked, values);
    } else {
        for (size_t j = 0; j < n; j++)
            values[j] = gram->floats[at + part->at[j]];
        sl_svm_float_values(&part->rows, part->rows.fnorm[i], 0, n, values);
    }
}
