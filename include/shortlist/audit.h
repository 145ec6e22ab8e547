/* audit.h - what in a data set would make a comparison misleading. */
#ifndef SHORTLIST_AUDIT_H
#define SHORTLIST_AUDIT_H

#include <shortlist/api.h>
#include <shortlist/dataset.h>
#include <shortlist/error.h>
#include <stddef.h>

SL_API_BEGIN

struct sl_audit {
    size_t n, n_test, d;
    int k;
    size_t *class_counts, *class_counts_test; /* (k) */
    size_t duplicates;                        /* training rows equal to an earlier training row */
    size_t duplicates_test;                   /* the same within the test part */
    size_t overlap;                           /* test rows that equal some training row */
    size_t conflicts; /* training rows equal in features to a row with another label */
    size_t constant;  /* features with one value throughout the training part */
};

/* Counts what would make a comparison misleading.  test may be NULL. */
int sl_audit(const struct sl_dataset *train, const struct sl_dataset *test, struct sl_audit *out,
             struct sl_error *err);
void sl_audit_release(struct sl_audit *audit);

SL_API_END
#endif
