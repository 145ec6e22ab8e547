/* gram.h - products of the rows of two classes, made once for many fits.
 *
 * Kernels of any gamma, degree and coefficient are made of the same products, and so are those of every part
 * of the rows that a fold leaves.  Bytes: the products are exact, and the kernel values those of a fit that
 * makes its own.  Floats: sums may be rounded otherwise than in blocks of another shape. */
#ifndef SL_SVM_GRAM_H
#define SL_SVM_GRAM_H

#include "svm/kernel.h"

/* Of rows sorted by class: those of two classes, the first class's before the other's.  Owns its arrays. */
struct sl_svm_gram {
    const struct sl_svm_rows *rows;
    size_t first[2], n[2]; /* the classes' rows among all */
    size_t room;           /* rows that there is memory for */
    int32_t *ints;         /* (n, n), as sl_svm_byte_products; NULL for floats */
    float *floats;         /* (n, n); NULL for bytes */
};

/* For pairs of at most room rows of these, which stay the caller's.  SL_OK or SL_ENOMEM. */
int sl_svm_gram_init(struct sl_svm_gram *gram, const struct sl_svm_rows *rows, size_t room);
void sl_svm_gram_release(struct sl_svm_gram *gram);

/* Products of rows first ... first + n - 1 with themselves: out (n, ldo), int32_t for bytes, else float.
 * Single-threaded; as sl_svm_block. */
int sl_svm_products_within(const struct sl_svm_rows *rows, size_t first, size_t n, void *out, size_t ldo);

/* Makes the products of rows first[s] ... first[s] + n[s] - 1 of both sides; within: those of each side with
 * itself, or NULL: they are made, too. */
int sl_svm_gram_fill(struct sl_svm_gram *gram, const size_t first[2], const size_t n[2],
                     const void *const within[2], int threads);

/* Some rows of a gram, and a kernel: where a fit takes its kernel rows from.  Owns its arrays. */
struct sl_svm_gram_part {
    const struct sl_svm_gram *gram;
    struct sl_svm_rows rows; /* the kernel, and sums and norms of the part's rows */
    uint32_t *at;            /* (rows.n): each row's number in the gram; the caller writes it */
    void *picked;            /* (rows.n): products of one row */
};

/* Room for parts of at most room rows.  SL_OK or SL_ENOMEM. */
int sl_svm_gram_part_init(struct sl_svm_gram_part *part, const struct sl_svm_gram *gram, size_t room);
void sl_svm_gram_part_release(struct sl_svm_gram_part *part);

/* The part is the n rows whose numbers stand in at. */
void sl_svm_gram_part_take(struct sl_svm_gram_part *part, const struct sl_svm_kernel *kernel, size_t n);

/* values (n): kernel values of the part's row i with all of them. */
void sl_svm_gram_row(const struct sl_svm_gram_part *part, size_t i, float *values);

#endif
