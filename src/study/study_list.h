/* study_list.h - which studies a store holds. */
#ifndef SL_STUDY_STUDY_LIST_H
#define SL_STUDY_STUDY_LIST_H

#include "study/db.h"

/* The name as the store has it, fresh; name NULL asks for the study that ran last.  SL_EUSAGE with the
 * nearest name if there is none, SL_EDATA for one that can not be a study's name. */
int sl_study_find(struct sl_db *db, const char *name, char **found, struct sl_error *err);

#endif
