/* features.h - the features of a view, whatever their type: copies, some of the rows, another type. */
#ifndef SL_DATA_FEATURES_H
#define SL_DATA_FEATURES_H

#include <shortlist/error.h>
#include <shortlist/view.h>

/* Of a feature of dense rows. */
static inline size_t sl_dtype_size(enum sl_dtype dtype)
{
    return dtype == SL_U8 ? 1 : dtype == SL_F32 ? sizeof(float) : sizeof(double);
}

/* Fresh features, as a view's x: free() them.  NULL: no memory. */
void *sl_view_copy(const struct sl_view *view);
/* Those of the listed rows (below from->n), in that order. */
void *sl_view_take(const struct sl_view *from, const uint32_t *rows, size_t n);

/* *x becomes them as another type, fresh.  Scale and offset are left aside.  SL_ENOMEM; to bytes SL_EDATA,
 * where one is no whole number 0 ... 255: why goes on behind its row and number. */
int sl_view_convert(const struct sl_view *view, enum sl_dtype dtype, const char *why, void **x,
                    struct sl_error *err);

/* Rows first ... first + n - 1 of a view of any type, without weights and labels; head: room for that of
 * sparse rows, which must outlive them. */
struct sl_view sl_view_rows(const struct sl_view *view, size_t first, size_t n, struct sl_csr *head);

#endif
