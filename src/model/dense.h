/* dense.h - sparse rows for classifiers that take dense ones. */
#ifndef SL_MODEL_DENSE_H
#define SL_MODEL_DENSE_H

#include <shortlist/classifier.h>
#include <shortlist/model.h>

/* Are these sparse rows, and the type takes none? */
static inline int sl_wants_dense(const struct sl_classifier_type *type, const struct sl_view *rows)
{
    return rows->dtype == SL_SPARSE && !(type->flags & SL_TAKES_SPARSE);
}

/* Bytes that dense rows may take in this process. */
double sl_dense_most(void);

#endif
