/* fields.h - columns of the store, checked as they are read: a store may be damaged, or come from anybody. */
#ifndef SL_STUDY_FIELDS_H
#define SL_STUDY_FIELDS_H

#include "study/db.h"

/* A row of a query.  The first column that does not hold what it should is the error; it and later ones read
 * as 0. */
struct sl_fields {
    struct sl_db *db;
    sqlite3_stmt *query;
    const char *study; /* whose row it is, for the error */
    struct sl_error *err;
    int code; /* SL_OK so far */
};

/* SL_EDATA: "PATH: study NAME: WHAT: the store is damaged". */
int sl_fields_fail(struct sl_fields *fields, const char *what);

/* A whole number from min to max. */
int64_t sl_take_int(struct sl_fields *fields, int column, int64_t min, int64_t max);
/* A number from min to max, or NaN for null. */
double sl_take_real(struct sl_fields *fields, int column, double min, double max);
/* Text as it stands there, gone with the next step of the query; "" for null. */
const char *sl_take_text(struct sl_fields *fields, int column);
/* Fresh text to be shown on a line: control characters, which a terminal would obey, are blanks. */
char *sl_take_line(struct sl_fields *fields, int column);
/* Fresh text of a JSON object, NULL for null. */
char *sl_take_object(struct sl_fields *fields, int column);

/* Makes blanks of control characters. */
void sl_make_line(char *text);

#endif
