/* narrow.h - a store of an older version gets predictions of a byte each. */
#ifndef SL_STUDY_NARROW_H
#define SL_STUDY_NARROW_H

#include "study/db.h"

/* Of every outcome that is as it was written; a damaged one stays, and is told of when it is read. */
int sl_store_narrow(struct sl_db *db, struct sl_error *err);

#endif
