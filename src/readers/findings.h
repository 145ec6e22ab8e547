/* findings.h - what a data set that was just read holds that makes a comparison misleading: notes. */
#ifndef SL_DATA_FINDINGS_H
#define SL_DATA_FINDINGS_H

#include "data/dataset.h"

/* Adds notes to data, which was read for a comparison; like: the training part, where data is the test part.
 * SL_ENOMEM; SL_EDATA where data has labels and none of its classes is the training part's. */
int sl_note_findings(struct sl_dataset *data, const struct sl_dataset *like, struct sl_error *err);

#endif
