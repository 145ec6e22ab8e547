/* findings_columns.h - what the parts of findings.c share. */
#ifndef SL_DATA_FINDINGS_COLUMNS_H
#define SL_DATA_FINDINGS_COLUMNS_H

#include "core/text.h"
#include "data/dataset.h"
#include "data/notes.h"

enum { SL_FINDINGS_SHOWN = 5 }; /* names in one note */

struct sl_finder {
    struct sl_dataset *data;
    const struct sl_dataset *like;
    struct sl_notes *notes;
    struct sl_error *err;
};

/* Adds the n-th name, from 0, to a list of at most SL_FINDINGS_SHOWN. */
void sl_list_name(struct sl_string *list, size_t n, const char *name);
/* The note is before, the list of n names and behind; the list is released. */
int sl_list_note(struct sl_finder *f, struct sl_string *list, size_t n, const char *before,
                 const char *behind);

/* Columns that number the rows, that have one value, or that tell the classes apart by themselves. */
int sl_note_columns(struct sl_finder *f);

#endif
