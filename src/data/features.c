/* features.c - the features of a view, whatever their type.  Cost: O(n d); of sparse rows that stay sparse,
 * O(entries). */
#include "data/features.h"
#include "core/memory.h"
#include "data/csr.h"
#include "kernels/convert.h"
#include "kernels/sparse_row.h"
#include <string.h>

static void *copy_sparse(const struct sl_view *view)
{
    const struct sl_csr *from = view->x;
    const size_t entries = sl_view_entries(view), first = from->start[0];
    struct sl_csr_block block = sl_csr_alloc(view->n, entries);
    if (!block.head)
        return NULL;
    for (size_t i = 0; i <= view->n; i++)
        block.start[i] = from->start[i] - first;
    memcpy(block.column, from->column + first, entries * sizeof *block.column);
    memcpy(block.value, from->value + first, entries * sizeof *block.value);
    return block.head;
}

void *sl_view_copy(const struct sl_view *view)
{
    if (view->dtype == SL_SPARSE)
        return copy_sparse(view);
    const size_t size = sl_dtype_size(view->dtype);
    void *x = sl_alloc(view->n, view->d * size);
    return x ? memcpy(x, view->x, view->n * view->d * size) : NULL;
}

void *sl_view_take(const struct sl_view *from, const uint32_t *rows, size_t n)
{
    if (from->dtype == SL_SPARSE)
        return sl_csr_take(from, rows, n);
    const size_t width = from->d * sl_dtype_size(from->dtype);
    char *x = sl_alloc(n, width);
    for (size_t i = 0; x && i < n; i++)
        memcpy(x + i * width, (const char *)from->x + rows[i] * width, width);
    return x;
}

/* Between types of dense rows. */
static int convert_dense(const struct sl_view *view, enum sl_dtype dtype, const char *why, void **x,
                         struct sl_error *err)
{
    const size_t size = view->n * view->d;
    *x = sl_alloc(size, sl_dtype_size(dtype));
    if (!*x)
        return sl_fail_memory(err);
    size_t done = sl_convert(view->dtype, view->x, size, dtype, *x);
    if (done == size)
        return SL_OK;
    free(*x);
    *x = NULL;
    return sl_fail(err, SL_EDATA, "row %zu, feature %zu is no whole number 0 ... 255%s", done / view->d,
                   done % view->d, why);
}

/* From sparse rows; bytes by way of floats. */
static int convert_sparse(const struct sl_view *view, enum sl_dtype dtype, const char *why, void **x,
                          struct sl_error *err)
{
    const enum sl_dtype first = dtype == SL_F64 ? SL_F64 : SL_F32;
    *x = sl_alloc_zero(view->n * view->d, sl_dtype_size(first));
    if (!*x)
        return sl_fail_memory(err);
    sl_csr_to_dense(view, 0, view->n, first, *x);
    if (dtype == first)
        return SL_OK;
    struct sl_view floats = *view;
    void *wide = *x;
    floats.dtype = first;
    floats.x = wide;
    int code = convert_dense(&floats, dtype, why, x, err);
    free(wide);
    return code;
}

int sl_view_convert(const struct sl_view *view, enum sl_dtype dtype, const char *why, void **x,
                    struct sl_error *err)
{
    if (dtype == SL_SPARSE) {
        *x = view->dtype == SL_SPARSE ? copy_sparse(view) : sl_csr_from_dense(view);
        return *x ? SL_OK : sl_fail_memory(err);
    }
    return view->dtype == SL_SPARSE ? convert_sparse(view, dtype, why, x, err)
                                    : convert_dense(view, dtype, why, x, err);
}

struct sl_view sl_view_rows(const struct sl_view *view, size_t first, size_t n, struct sl_csr *head)
{
    struct sl_view part = *view;
    part.n = n;
    part.y = NULL;
    part.weight = NULL;
    if (view->dtype == SL_SPARSE) {
        *head = *(const struct sl_csr *)view->x;
        head->start += first;
        part.x = head;
    } else
        part.x = (const char *)view->x + first * view->d * sl_dtype_size(view->dtype);
    return part;
}
