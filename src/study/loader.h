/* loader.h - a study while it is read from the store. */
#ifndef SL_STUDY_LOADER_H
#define SL_STUDY_LOADER_H

#include "study/fields.h"
#include <shortlist/study.h>

struct sl_loader {
    struct sl_db *db;
    struct sl_study *study;
    struct sl_error *err; /* never NULL */
};

struct sl_fields sl_loader_fields(const struct sl_loader *l, sqlite3_stmt *query);
/* SL_EDATA, as sl_fields_fail. */
int sl_loader_fail(struct sl_loader *l, const char *what);
/* Runs the steps of a query, NULL where it could not be made: row is called for each. */
int sl_loader_each(struct sl_loader *l, sqlite3_stmt *query,
                   int (*row)(struct sl_loader *l, sqlite3_stmt *query));

/* Reads the labels and outcomes of the study's rows, which have been read before. */
int sl_load_outcomes(struct sl_loader *l);
/* Frees study->own: the labels that outcomes share. */
void sl_truths_free(void *truths);

#endif
