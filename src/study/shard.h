/* shard.h - the part of a plan that one of several runs takes, which know nothing of each other. */
#ifndef SL_STUDY_SHARD_H
#define SL_STUDY_SHARD_H

#include "study/unit.h"

enum { SL_SHARDS_MAX = 10000 };

/* Deals units to shards: the longest first, each to the shard that has the least so far; of equal ones the
 * key of the first trial decides, a hash, so that no shard gets all of a hyperparameter's value.  The same in
 * every run of the same plan.  seconds (trials): what each takes, or NULL: all the same.  Sets mine (trials)
 * to 1 for the trials of shard's units.  SL_ENOMEM.  Cost: O(u log u + u s) for u units and s shards. */
int sl_shard_deal(const struct sl_plan *plan, const struct sl_units *units, const double *seconds, int shard,
                  int shards, unsigned char *mine, struct sl_error *err);

#endif
