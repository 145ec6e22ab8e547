/* rows.h - rows that kernel values are taken with, and the kernel. */
#ifndef SL_SVM_ROWS_H
#define SL_SVM_ROWS_H

#include <shortlist/pack.h>
#include <shortlist/view.h>

enum sl_svm_kind { SL_SVM_LINEAR, SL_SVM_POLY, SL_SVM_RBF, SL_SVM_SIGMOID };

struct sl_svm_kernel {
    enum sl_svm_kind kind;
    int degree;
    double gamma, coef0;
};

/* Rows that kernel values are taken with.  Owns its arrays.  Bytes stay bytes up to
 * SL_BYTEGRAM_MAX_D features; wider rows are held as floats. */
struct sl_svm_rows {
    struct sl_svm_kernel kernel;
    size_t n, d;
    double scale, offset; /* real value of a byte: scale * byte + offset; 1 and 0 for floats */
    int8_t *bytes;        /* (n, d): bytes - 128; NULL for floats */
    int32_t *sum, *norm;  /* (n): sum and squared norm of the bytes */
    float *floats;        /* (n, d): real values, less mean for rbf; NULL for bytes */
    float *mean;          /* (d): of the training rows (rbf on floats, else NULL) */
    float *fnorm;         /* (n): squared norms of floats */
};

/* Copies rows order[0 ... n-1] of the view, or rows first ... first + n - 1 when order is NULL.  mean (d)
 * may be NULL: taken from the rows where the kernel needs it.  SL_OK or SL_ENOMEM (rows released). */
int sl_svm_rows_init(struct sl_svm_rows *rows, const struct sl_svm_kernel *kernel, const struct sl_view *view,
                     const uint32_t *order, size_t first, size_t n, const float *mean);
void sl_svm_rows_release(struct sl_svm_rows *rows);

/* Room for n rows of the same kind as like, for a kernel that needs no mean; sl_svm_rows_put makes row at
 * of them row i of from.  SL_OK or SL_ENOMEM (rows released). */
int sl_svm_rows_room(struct sl_svm_rows *rows, const struct sl_svm_rows *like, size_t n);
void sl_svm_rows_put(struct sl_svm_rows *rows, size_t at, const struct sl_svm_rows *from, size_t i);

/* n and kernel are the caller's to save.  load: 0, or -1 when the record is short or not finite, or out of
 * memory. */
void sl_svm_rows_save(const struct sl_svm_rows *rows, struct sl_writer *w);
int sl_svm_rows_load(struct sl_svm_rows *rows, const struct sl_svm_kernel *kernel, const struct sl_view *like,
                     size_t n, struct sl_reader *r);

/* Rows chosen from rows, as left operands: what sl_svm_block multiplies with.  Owns its arrays. */
struct sl_svm_left {
    size_t m;
    uint8_t *bytes;
    int32_t *sum, *norm;
    float *floats, *fnorm;
};

/* Room for max rows.  SL_OK or SL_ENOMEM. */
int sl_svm_left_init(struct sl_svm_left *left, const struct sl_svm_rows *like, size_t max);
void sl_svm_left_release(struct sl_svm_left *left);
/* Takes rows index[0 ... m-1] of from, or the first m when index is NULL. */
void sl_svm_left_take(struct sl_svm_left *left, const struct sl_svm_rows *from, const uint32_t *index,
                      size_t m);

/* The squared norm of row i, as real values; the largest of all, 0 of none. */
double sl_svm_norm(const struct sl_svm_rows *rows, size_t i);
double sl_svm_largest_norm(const struct sl_svm_rows *rows);

#endif
