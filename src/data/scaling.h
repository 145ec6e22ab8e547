/* scaling.h - a scaling in a record, for model files. */
#ifndef SL_DATA_SCALING_H
#define SL_DATA_SCALING_H

#include <shortlist/pack.h>
#include <shortlist/scaling.h>

void sl_scaling_save(const struct sl_scaling *scaling, struct sl_writer *w);

/* Reads what sl_scaling_save wrote for rows of d features.  The record may be hostile: SL_EDATA when it
 * does not hold such a scaling, SL_ENOMEM; *out is NULL then. */
int sl_scaling_load(struct sl_reader *r, size_t d, struct sl_scaling **out, struct sl_error *err);

#endif
