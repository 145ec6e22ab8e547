/* part.h - what the fits of a group know of one part of its rows: its classes. */
#ifndef SL_LINEAR_PART_H
#define SL_LINEAR_PART_H

#include "data/classes.h"
#include <shortlist/classifier.h>

/* The classes of the rows that the part fits.  number is by row of the group's view: -1 for those that it
 * does not fit.  SL_ENOMEM (nothing held). */
int sl_part_classes(const struct sl_view *rows, const struct sl_group_part *part, struct sl_classes *classes,
                    struct sl_error *err);

#endif
