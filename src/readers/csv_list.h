/* csv_list.h - columns that somebody names in a list: to leave out, to take, to take for categories. */
#ifndef SL_DATA_CSV_LIST_H
#define SL_DATA_CSV_LIST_H

#include "readers/csv_label.h"

/* marks (width) of c, zeroed: sets those of the columns that list names, separated by commas: a name, a
 * 0-based number (negative: from the end), two of either with a colon between them, or a pattern with *, ? or
 * []. what: for messages, as "to leave out".  SL_EUSAGE for one that is not there, but for names where all
 * are of another file (other_file). */
int sl_csv_find_columns(const struct sl_csv_columns *c, const char *list, const char *what, int other_file,
                        char *marks, struct sl_error *err);

#endif
