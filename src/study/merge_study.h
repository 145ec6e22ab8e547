/* merge_study.h - a study of one store, brought to another. */
#ifndef SL_STUDY_MERGE_STUDY_H
#define SL_STUDY_MERGE_STUDY_H

#include "study/db.h"

/* Inside a transaction of to: copies the study where to has none of its name, else compares the two.
 * SL_EDATA: their rows, trials or data differ. */
int sl_merge_study(struct sl_db *to, struct sl_db *from, const char *name, struct sl_error *err);

#endif
