/* model.h - what the linear classifiers fit: a weight vector and an intercept for each class. */
#ifndef SL_LINEAR_MODEL_H
#define SL_LINEAR_MODEL_H

#include "data/classes.h"
#include <shortlist/error.h>
#include <shortlist/pack.h>

enum sl_link {
    SL_LINK_MARGIN,  /* scores are margins */
    SL_LINK_SOFTMAX, /* scores are exp z_c / sum exp z_c */
    SL_LINK_OVR,     /* scores are 1 / (1 + exp -z_c), divided by their sum */
};

/* The m classes that had training rows are numbered 0 ... m-1 in the order of their labels.  Two classes
 * share one vector, that of the second (vectors 1), unless the method fits one for each (vectors 2);
 * one class alone needs none. */
struct sl_linear {
    int k;       /* classes of the data set */
    int m;       /* classes with training rows, >= 1 */
    int vectors; /* 0, 1, or m */
    enum sl_link link;
    size_t d, ld;      /* features, and the leading dimension of W (kernels/skinny.h) */
    int32_t *label_of; /* (m), ascending */
    float *W;          /* (vectors, ld) */
    float *b;          /* (vectors) */
};

/* Can fits on such rows be members of a group?  Those of weighted or sparse rows are made one by one. */
static inline int sl_linear_shares(const struct sl_view *view)
{
    return !view->weight && view->dtype != SL_SPARSE;
}

/* Zero weights for these classes; one_vector_each: two classes get two vectors.  NULL: no memory. */
struct sl_linear *sl_linear_new(const struct sl_classes *classes, const struct sl_view *view,
                                enum sl_link link, int one_vector_each);

/* Vector c from weights (d) and an intercept; SL_EDIVERGED if one is not finite as a float. */
int sl_linear_set(struct sl_linear *model, int c, const double *weights, double intercept,
                  struct sl_error *err);

/* The functions of a descriptor: predict and scores of rows as wide as the training rows, SL_ENOMEM; load
 * reads no configuration, SL_ENOMEM, SL_EDATA. */
int sl_linear_predict(const void *model, const struct sl_view *x, int threads, int32_t *labels,
                      struct sl_error *err);
int sl_linear_scores(const void *model, const struct sl_view *x, int threads, float *scores,
                     struct sl_error *err);
void sl_linear_save(const void *model, struct sl_writer *w);
int sl_linear_load(struct sl_reader *r, const struct sl_view *like, const void *config, void **model,
                   struct sl_error *err);
void sl_linear_free(void *model);

#endif
