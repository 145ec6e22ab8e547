/* split.h - which rows train and which validate, and folds.
 *
 * Stratified and shuffled: each part holds each class in the data set's proportion, to within one row.
 * The same (labels, sizes, seed) give the same rows on every machine.  The rows of a validation part
 * do not depend on n_train, and a larger n_train holds the rows of a smaller one. */
#ifndef SHORTLIST_SPLIT_H
#define SHORTLIST_SPLIT_H

#include <shortlist/api.h>
#include <shortlist/error.h>
#include <shortlist/view.h>
#include <stddef.h>
#include <stdint.h>

SL_API_BEGIN

/* Row numbers of a training and a validation part; free() each.  n_train 0: all that validation
 * leaves.  SL_EUSAGE when the data set is too small, with the numbers. */
int sl_split(const struct sl_view *data, size_t n_train, size_t n_validation, uint64_t seed, uint32_t **train,
             size_t *n_train_out, uint32_t **validation, struct sl_error *err);

/* fold_of[i] in 0 ... folds-1 for every row of the view, stratified; 2 <= folds <= n. */
int sl_folds(const struct sl_view *data, int folds, uint64_t seed, uint16_t *fold_of, struct sl_error *err);

/* Rows that belong together, of one patient, say: they are never on both sides. */
struct sl_groups {
    size_t n;          /* groups */
    const int32_t *of; /* (rows): the group of each, 0 ... n-1 */
};

/* The same with groups: parts hold whole groups, and come as near to their sizes, and to stratified ones, as
 * groups allow (the training rows may be fewer than those that validation leaves).  SL_EUSAGE where groups
 * are too few. */
int sl_group_split(const struct sl_view *data, const struct sl_groups *groups, size_t n_train,
                   size_t n_validation, uint64_t seed, uint32_t **train, size_t *n_train_out,
                   uint32_t **validation, size_t *n_validation_out, struct sl_error *err);
int sl_group_folds(const struct sl_view *data, const struct sl_groups *groups, int folds, uint64_t seed,
                   uint16_t *fold_of, struct sl_error *err);

SL_API_END
#endif
