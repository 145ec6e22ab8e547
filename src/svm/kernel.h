/* kernel.h - kernel values between rows, for svm's solver and its predictions. */
#ifndef SL_SVM_KERNEL_H
#define SL_SVM_KERNEL_H

#include "svm/rows.h"
#include <shortlist/error.h>

/* out[i * ldo + j] = K(left i, rows first + j), j < n.  Single-threaded in a parallel region; several
 * threads may share rows and left.  SL_OK, SL_ENOMEM, or SL_EINTERNAL when oneDNN refuses. */
int sl_svm_block(const struct sl_svm_rows *rows, const struct sl_svm_left *left, size_t first, size_t n,
                 float *out, size_t ldo);

/* The two steps of a block: products of left row i with rows first + j, for bytes with those less 128; and
 * values from a left row's products with rows first ..., p (n), of bytes given its sum and norm; of floats
 * in place, given its norm. */
int sl_svm_byte_products(const struct sl_svm_rows *rows, const struct sl_svm_left *left, size_t first,
                         size_t n, int32_t *p, size_t ldp);
int sl_svm_float_products(const struct sl_svm_rows *rows, const struct sl_svm_left *left, size_t first,
                          size_t n, float *p, size_t ldp);
void sl_svm_byte_values(const struct sl_svm_rows *rows, int32_t sum, int32_t norm, size_t first, size_t n,
                        const int32_t *p, float *out);
void sl_svm_float_values(const struct sl_svm_rows *rows, float norm, size_t first, size_t n, float *out);

/* Calls what blocks of kernel values of n rows will call. */
void sl_svm_block_warm_up(enum sl_dtype dtype, size_t n, size_t d);

/* Of one kernel value (core/threads.h). */
double sl_svm_operations(const struct sl_svm_rows *rows);

/* K(row i, row i) (n). */
void sl_svm_diagonal(const struct sl_svm_rows *rows, float *diagonal);

/* Values are floats.  SL_EDIVERGED, with a text that says what is too large, where the kernel's value of two
 * rows of squared norms up to norm, or what it is computed from, may be beyond their range; else SL_OK, and
 * *largest no less than any such |value|. */
int sl_svm_check_range(const struct sl_svm_kernel *kernel, double norm, double *largest,
                       struct sl_error *err);

/* 1 / (d var(x)) over all entries of n rows (NULL: the first n), 1 for constant data: scikit-learn's
 * gamma="scale". */
double sl_svm_gamma_scale(const struct sl_view *view, const uint32_t *rows, size_t n);

#endif
