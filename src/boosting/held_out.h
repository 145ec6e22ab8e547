/* held_out.h - training rows that are held out, so that boosting stops early by them. */
#ifndef SL_BOOSTING_HELD_OUT_H
#define SL_BOOSTING_HELD_OUT_H

#include <shortlist/rng.h>
#include <stddef.h>
#include <stdint.h>

/* Moves about fraction of the n rows of each of k classes (y: by row number) to held (n), drawn at random, at
 * least one row of a class staying; both lists stay in their order.  Returns how many were moved; SIZE_MAX
 * without memory. */
size_t sl_boost_hold_out(const int32_t *y, int k, double fraction, struct sl_rng *rng, uint32_t *rows,
                         size_t *n, uint32_t *held);

#endif
