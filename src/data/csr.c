/* csr.c - sparse rows as one piece of memory.  Cost: O(entries); from and to dense rows O(n d). */
#include "data/csr.h"
#include "core/hash.h"
#include "core/memory.h"
#include "kernels/convert.h"
#include "kernels/sparse_row.h"
#include <math.h>
#include <string.h>

enum { ALIGN = 64 };

static size_t padded(size_t bytes)
{
    return (bytes + ALIGN - 1) / ALIGN * ALIGN;
}

struct sl_csr_block sl_csr_alloc(size_t n, size_t entries)
{
    const size_t most = SIZE_MAX / 64;
    struct sl_csr_block out = {0};
    size_t head = padded(sizeof *out.head), starts = padded((n + 1) * sizeof *out.start);
    size_t columns = padded(entries * sizeof *out.column);
    char *block = n < most && entries < most
                      ? sl_alloc(head + starts + columns + entries * sizeof *out.value, 1)
                      : NULL;
    if (!block)
        return out;
    out.head = (struct sl_csr *)(void *)block;
    out.start = (size_t *)(void *)(block + head);
    out.column = (uint32_t *)(void *)(block + head + starts);
    out.value = (float *)(void *)(block + head + starts + columns);
    *out.head = (struct sl_csr){out.start, out.column, out.value};
    out.start[0] = 0;
    return out;
}

double sl_csr_bytes(size_t n, size_t entries)
{
    return (double)n * sizeof(size_t) + (double)entries * (sizeof(uint32_t) + sizeof(float));
}

struct sl_csr *sl_csr_take(const struct sl_view *view, const uint32_t *rows, size_t n)
{
    size_t entries = 0;
    for (size_t i = 0; i < n; i++)
        entries += sl_view_row(view, rows[i]).n;
    struct sl_csr_block block = sl_csr_alloc(n, entries);
    if (!block.head)
        return NULL;
    for (size_t i = 0, at = 0; i < n; i++) {
        struct sl_sparse_row row = sl_view_row(view, rows[i]);
        memcpy(block.column + at, row.column, row.n * sizeof *row.column);
        memcpy(block.value + at, row.value, row.n * sizeof *row.value);
        block.start[i + 1] = at += row.n;
    }
    return block.head;
}

static inline float dense_value(const struct sl_view *view, size_t at)
{
    return view->dtype == SL_U8    ? (float)((const uint8_t *)view->x)[at]
           : view->dtype == SL_F32 ? ((const float *)view->x)[at]
                                   : sl_cut(((const double *)view->x)[at]);
}

struct sl_csr *sl_csr_from_dense(const struct sl_view *view)
{
    size_t entries = 0;
    for (size_t at = 0; at < view->n * view->d; at++)
        entries += dense_value(view, at) != 0;
    struct sl_csr_block block = sl_csr_alloc(view->n, entries);
    if (!block.head)
        return NULL;
    for (size_t i = 0, e = 0; i < view->n; i++) {
        for (size_t j = 0; j < view->d; j++) {
            float value = dense_value(view, i * view->d + j);
            if (value != 0) {
                block.column[e] = (uint32_t)j;
                block.value[e++] = value;
            }
        }
        block.start[i + 1] = e;
    }
    return block.head;
}

void sl_csr_to_dense(const struct sl_view *view, size_t first, size_t n, enum sl_dtype dtype, void *x)
{
    for (size_t i = 0; i < n; i++) {
        struct sl_sparse_row row = sl_view_row(view, first + i);
        for (size_t e = 0; e < row.n; e++) {
            if (dtype == SL_F64)
                ((double *)x)[i * view->d + row.column[e]] = (double)row.value[e];
            else
                ((float *)x)[i * view->d + row.column[e]] = row.value[e];
        }
    }
}

int sl_csr_check(const struct sl_view *view, struct sl_error *err)
{
    const struct sl_csr *rows = view->x;
    for (size_t i = 0; i < view->n; i++) {
        if (rows->start[i] > rows->start[i + 1])
            return sl_fail(err, SL_EDATA, "sparse row %zu ends before it starts", i);
        struct sl_sparse_row row = sl_view_row(view, i);
        for (size_t e = 0; e < row.n; e++) {
            if (row.column[e] >= view->d)
                return sl_fail(err, SL_EDATA, "sparse row %zu has feature %u; there are %zu", i,
                               row.column[e], view->d);
            if (e && row.column[e] <= row.column[e - 1])
                return sl_fail(err, SL_EDATA, "sparse row %zu: feature %u stands after %u: they must ascend",
                               i, row.column[e], row.column[e - 1]);
        }
    }
    return SL_OK;
}

int sl_csr_check_finite(const struct sl_view *view, struct sl_error *err)
{
    for (size_t i = 0; i < view->n; i++) {
        struct sl_sparse_row row = sl_view_row(view, i);
        size_t bad = sl_first_nonfinite(SL_F32, row.value, row.n);
        if (bad < row.n)
            return sl_fail(err, SL_EDATA, "row %zu, feature %u is %s: every feature must be a finite number",
                           i, row.column[bad], isnan(row.value[bad]) ? "NaN" : "infinite");
    }
    return SL_OK;
}

uint64_t sl_csr_hash(const struct sl_view *view, uint64_t h)
{
    const struct sl_csr *rows = view->x;
    const size_t entries = sl_view_entries(view);
    h = sl_hash64(rows->start, (view->n + 1) * sizeof *rows->start, h);
    h = sl_hash64(rows->column, entries * sizeof *rows->column, h);
    return sl_hash64(rows->value, entries * sizeof *rows->value, h);
}
