/* csr.h - sparse rows (struct sl_csr in view.h) as one piece of memory: making, gathering and converting
 * them.
 *
 * The head and its three arrays are one block, so that a view's x is freed as that of any other type. */
#ifndef SL_DATA_CSR_H
#define SL_DATA_CSR_H

#include <shortlist/error.h>
#include <shortlist/view.h>

/* A block in the making: the arrays of the head that it begins with, to be filled. */
struct sl_csr_block {
    struct sl_csr *head; /* what is freed */
    size_t *start;       /* (n + 1) */
    uint32_t *column;    /* (entries) */
    float *value;        /* (entries) */
};

/* Room for n rows of so many entries; its head is NULL where there is none. */
struct sl_csr_block sl_csr_alloc(size_t n, size_t entries);

/* Bytes that such rows take. */
double sl_csr_bytes(size_t n, size_t entries);

/* Fresh rows of the listed ones (below view->n), in that order; free() them.  NULL: no memory. */
struct sl_csr *sl_csr_take(const struct sl_view *view, const uint32_t *rows, size_t n);

/* Fresh rows of a view of bytes, floats or doubles, unscaled: doubles are rounded, zeros left out.  NULL: no
 * memory. */
struct sl_csr *sl_csr_from_dense(const struct sl_view *view);

/* x (n, d), zeroed, gets rows first ... first + n - 1 of a sparse view as floats or doubles. */
void sl_csr_to_dense(const struct sl_view *view, size_t first, size_t n, enum sl_dtype dtype, void *x);

/* Do starts and columns ascend, and columns stay below d?  SL_EDATA names the row. */
int sl_csr_check(const struct sl_view *view, struct sl_error *err);
/* Are the values finite?  SL_EDATA names row and feature. */
int sl_csr_check_finite(const struct sl_view *view, struct sl_error *err);

uint64_t sl_csr_hash(const struct sl_view *view, uint64_t seed);

#endif
