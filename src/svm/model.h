/* model.h - a fitted support vector machine. */
#ifndef SL_SVM_MODEL_H
#define SL_SVM_MODEL_H

#include "svm/dual.h"
#include "svm/kernel.h"
#include <shortlist/error.h>

/* Weight vectors (linear kernel, when they are fewer than support vectors), or support vectors.  Owns its
 * arrays. */
struct sl_svm_model {
    struct sl_svm_kernel kernel;
    int k, present, break_ties;
    int32_t *label; /* (present) */
    float *rho;     /* (pairs) */
    size_t d;
    float *weights;        /* (pairs, sl_lanes(d)), on real values; NULL: support vectors */
    struct sl_svm_rows sv; /* sorted by class; n = 0 with weights */
    size_t *first;         /* (present + 1) */
    float *coef;           /* (sl_svm_coef_at(model, present)): see there */
};

/* Support vectors are asked SL_SVM_TILE at a time.  Coefficients of a tile, n vectors of one class, are
 * (present - 1, sl_lanes(n)), zero beyond n: row o is their beta in the pair with the o-th other class.  The
 * tiles of a class follow each other, and so do the classes. */
enum { SL_SVM_TILE = 512 };
/* Where class c's coefficients begin; c = present: how many there are in all. */
size_t sl_svm_coef_at(const struct sl_svm_model *model, int c);

/* Copies what it needs of the rows that have a beta.  0, or -1 out of memory (*out NULL). */
int sl_svm_model_new(const struct sl_view *train, const struct sl_svm_rows *rows,
                     const struct sl_svm_dual *dual, int break_ties, struct sl_svm_model **out);
/* The same without the vectors themselves: sv has no rows.  at: NULL, or which of rows each row of the dual
 * is. chosen (n of the dual) gets the vectors' numbers in the dual, first[present] of them; none with
 * weights. */
int sl_svm_model_new_bare(const struct sl_svm_rows *rows, const uint32_t *at, const struct sl_svm_dual *dual,
                          int k, int break_ties, uint32_t *chosen, struct sl_svm_model **out);
/* Bytes that save writes of the vectors that a bare model lacks. */
size_t sl_svm_vectors_bytes(const struct sl_svm_model *model, const struct sl_svm_rows *rows);
/* SL_EDIVERGED where its decisions of its own support vectors may be beyond the range of floats. */
int sl_svm_model_check(const struct sl_svm_model *model, struct sl_error *err);
/* The same with vectors of squared norms up to norm. */
int sl_svm_model_check_norm(const struct sl_svm_model *model, double norm, struct sl_error *err);

void sl_svm_model_free(void *model);

/* The kernel (but for gamma) and break_ties are the caller's to save. */
void sl_svm_model_save(const void *model, struct sl_writer *w);
/* Reads what save wrote; kernel->gamma is taken from the record where the kernel has one.  SL_ENOMEM;
 * SL_EDATA when the record does not hold a model. */
int sl_svm_model_load(struct sl_reader *r, const struct sl_view *like, const struct sl_svm_kernel *kernel,
                      int break_ties, struct sl_svm_model **out, struct sl_error *err);

#endif
