/* steps.h - SMO steps among some rows, with second-order selection: Fan, Chen and Lin, JMLR 6 (2005). */
#ifndef SL_SVM_STEPS_H
#define SL_SVM_STEPS_H

#include <stddef.h>
#include <stdint.h>

/* Vectors are loaded from the float arrays: each begins on a vector's boundary, and has room for n rounded up
 * to whole vectors.  Owns its arrays, but not what row points to. */
struct sl_svm_steps {
    size_t n; /* rows, at least one */
    float *f, *diagonal, *may_grow, *may_shrink;
    double *beta, *lo, *hi; /* lo or hi is 0 */
    const float **row;      /* (n): kernel rows, each as the float arrays above; NULL: not at hand */
    int clipped;            /* set when a beta comes to the bound that is not 0 */
};

/* Room for so many rows.  SL_OK or SL_ENOMEM (nothing held). */
int sl_svm_steps_init(struct sl_svm_steps *s, size_t room);
void sl_svm_steps_release(struct sl_svm_steps *s);

/* n rounded up to whole vectors. */
size_t sl_svm_steps_width(size_t n);

/* Where a kernel row that is not at hand comes from: sets s->row[i].  SL_OK or a code. */
struct sl_svm_source {
    int (*bring)(void *arg, struct sl_svm_steps *s, size_t i);
    void *arg;
};

/* Steps until max f over {beta < hi} - min f over {beta > lo} <= gap, or limit steps, or more than a set is
 * worth.  source may be NULL where all rows are at hand.  *steps: their number.  SL_OK or what bring
 * returned. */
int sl_svm_steps_run(struct sl_svm_steps *s, const struct sl_svm_source *source, double gap, long limit,
                     long *steps);

#endif
