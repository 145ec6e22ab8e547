/* steps.h - SMO inside a working set, with second-order selection: Fan, Chen and Lin, JMLR 6 (2005). */
#ifndef SL_SVM_STEPS_H
#define SL_SVM_STEPS_H

#include <stddef.h>
#include <stdint.h>

enum { SL_SVM_SET = 512 };

/* Vectors are loaded from the float arrays: each begins on a vector's boundary. */
struct sl_svm_steps {
    _Alignas(64) float K[SL_SVM_SET][SL_SVM_SET];
    float f[SL_SVM_SET], diagonal[SL_SVM_SET], may_grow[SL_SVM_SET], may_shrink[SL_SVM_SET];
    double beta[SL_SVM_SET], lo[SL_SVM_SET], hi[SL_SVM_SET];
    size_t n; /* rows in the set */
};

/* K[t][...] = row[index[...]]. */
void sl_svm_steps_gather(struct sl_svm_steps *s, size_t t, const float *row, const uint32_t *index);
/* Columns t[0 ... m-1] of K from the rows of the same numbers. */
void sl_svm_steps_mirror(struct sl_svm_steps *s, const uint32_t *t, size_t m);

/* Steps until max f over {beta < hi} - min f over {beta > lo} <= gap, or limit steps, or more than a set
 * is worth.  Returns the number of steps. */
long sl_svm_steps_run(struct sl_svm_steps *s, double gap, long limit);

#endif
