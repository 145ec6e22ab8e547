/* lay.c - the order in which codes lie in memory: class by class, or row by row.  O(n d), once. */
#include "core/memory.h"
#include "core/threads.h"
#include "trees/codes.h"
#include <string.h>

/* Class by class; within a class rows keep their order. */
static int find_positions(struct sl_tree_codes *codes, const int32_t *y, int k)
{
    uint32_t *next = sl_alloc_zero((size_t)k + 1, sizeof *next);
    codes->position = sl_alloc(codes->n, sizeof *codes->position);
    codes->row = sl_alloc(codes->n, sizeof *codes->row);
    codes->y = sl_alloc(codes->n, sizeof *codes->y);
    const int code = next && codes->position && codes->row && codes->y ? SL_OK : SL_ENOMEM;
    for (size_t i = 0; i < codes->n && !code; i++)
        next[y[i] + 1]++;
    for (int c = 0; c < k && !code; c++)
        next[c + 1] += next[c];
    for (size_t i = 0; i < codes->n && !code; i++) {
        const uint32_t position = next[y[i]]++;
        codes->position[i] = position;
        codes->row[position] = (uint32_t)i;
        codes->y[position] = y[i];
    }
    free(next);
    return code;
}

static int make_columns(struct sl_tree_codes *codes, int threads)
{
    enum { TILE = 64 };
    const size_t n = codes->n, d = codes->d;
    codes->columns = sl_alloc(d, n);
    if (!codes->columns)
        return SL_ENOMEM;
#pragma omp parallel for num_threads(threads)
    for (size_t first = 0; first < n; first += TILE)
        for (size_t f = 0; f < d; f += TILE)
            for (size_t j = f; j < d && j < f + TILE; j++)
                for (size_t i = first; i < n && i < first + TILE; i++)
                    codes->columns[j * n + i] = codes->bytes[codes->row[i] * d + j];
    return SL_OK;
}

/* to (n, words). */
static void move_bits(const struct sl_tree_codes *codes, uint64_t *to)
{
    for (size_t i = 0; i < codes->n; i++)
        for (size_t w = 0; w < codes->words; w++)
            to[i * codes->words + w] = codes->bits[codes->row[i] * codes->words + w];
}

/* Ranks and bits move to where their rows stand. */
static int move_ranks(struct sl_tree_codes *codes, int threads)
{
    const size_t n = codes->n;
    int code = SL_OK;
    if (codes->bits) {
        uint64_t *bits = sl_alloc(n, codes->words * sizeof *bits);
        if (!bits)
            return SL_ENOMEM;
        move_bits(codes, bits);
        free(codes->bits);
        codes->bits = bits;
    }
#pragma omp parallel num_threads(threads) reduction(| : code)
    {
        uint32_t *column = sl_alloc(n, sizeof *column);
        code |= column ? SL_OK : SL_ENOMEM;
#pragma omp for
        for (size_t r = 0; r < codes->n_ranked; r++) {
            for (size_t i = 0; i < n && column; i++)
                column[i] = codes->ranks[r * n + codes->row[i]];
            if (column)
                memcpy(codes->ranks + r * n, column, n * sizeof *column);
        }
        free(column);
    }
    return code;
}

int sl_tree_codes_lay(struct sl_tree_codes *codes, const int32_t *y, int k, int threads, struct sl_error *err)
{
    int code = find_positions(codes, y, k);
    threads = sl_threads_for(8 * (double)(codes->n * codes->d), threads);
    if (!code)
        code = codes->bytes ? make_columns(codes, threads) : move_ranks(codes, threads);
    return code ? sl_fail_memory(err) : SL_OK;
}

int sl_tree_codes_add_rows(struct sl_tree_codes *codes, int threads, struct sl_error *err)
{
    enum { TILE = 16 };
    const size_t n = codes->n, d = codes->n_ranked;
    codes->row_ranks = sl_alloc(n, d * sizeof *codes->row_ranks);
    if (!codes->row_ranks)
        return sl_fail_memory(err);
    threads = sl_threads_for(8 * (double)(n * d), threads);
#pragma omp parallel for num_threads(threads)
    for (size_t first = 0; first < n; first += TILE)
        for (size_t r = 0; r < d; r++)
            for (size_t i = first; i < n && i < first + TILE; i++)
                codes->row_ranks[i * d + r] = codes->ranks[r * n + i];
    return SL_OK;
}
