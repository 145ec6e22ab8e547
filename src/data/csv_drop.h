/* csv_drop.h - columns that somebody wants left out. */
#ifndef SL_DATA_CSV_DROP_H
#define SL_DATA_CSV_DROP_H

#include "data/csv_label.h"

/* dropped (width) of c, zeroed: sets those of the columns that list names, by name or 0-based number
 * (negative: from the end), separated by commas.  SL_EUSAGE for one that is not there, but for names where
 * all are of another file. */
int sl_csv_find_dropped(const struct sl_csv_columns *c, const char *list, int other_file, char *dropped,
                        struct sl_error *err);

#endif
