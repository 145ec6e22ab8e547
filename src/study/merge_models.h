/* merge_models.h - models that a store knows of, brought to another. */
#ifndef SL_STUDY_MERGE_MODELS_H
#define SL_STUDY_MERGE_MODELS_H

#include "study/db.h"
#include <stddef.h>

/* Copies each model's file whose trial's outcome to has, and then says so there; one that to has stays, and
 * one whose file is gone is left out.  Adds to *copied. */
int sl_merge_models(struct sl_db *to, struct sl_db *from, size_t *copied, struct sl_error *err);

#endif
