/* sheet.h - a CSV file in the making, which is written when it is whole. */
#ifndef SL_EXPLAIN_SHEET_H
#define SL_EXPLAIN_SHEET_H

#include <shortlist/error.h>
#include <stdio.h>

struct sl_sheet {
    FILE *to;
    char *text;
    size_t size;
};

/* SL_ENOMEM. */
int sl_sheet_open(struct sl_sheet *csv, struct sl_error *err);
/* Closes it, writes FOLDER/NAME unless something failed, and tells its path unless made is NULL. */
int sl_sheet_close(struct sl_sheet *csv, const char *folder, const char *name,
                   void (*made)(void *arg, const char *path), void *arg, struct sl_error *err);

#endif
