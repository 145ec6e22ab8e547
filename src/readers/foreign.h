/* foreign.h - what is not read: other formats than IDX and CSV, and values that are no numbers, told apart so
 * that the message can name the cause and what can be done. */
#ifndef SL_DATA_FOREIGN_H
#define SL_DATA_FOREIGN_H

#include "readers/csv_rows.h"

/* SL_EDATA where the first bytes are those of a packed, binary or UTF-16 file. */
int sl_foreign_bytes(struct sl_input *in, struct sl_error *err);

/* SL_EDATA where the first rows are those of another text format, or are separated in another way. */
int sl_foreign_rows(const struct sl_csv *csv, const struct sl_csv_sample *sample, struct sl_error *err);

/* What a field that is no number looks like: "a date", "a percentage", ...; NULL where it is just a word. */
const char *sl_foreign_value(const char *field);
/* The same of a cell that must be a number: a word is none either. */
const char *sl_foreign_cell(const char *field);

/* 1 for true and yes, 0 for false and no, in any case; -1: neither. */
int sl_truth_of(const char *field);

/* Letters first, and not infinity. */
int sl_is_word(const char *field);

/* A number that is written with commas, with % behind or with a currency's sign before it.  *fraction: the
 * comma is a decimal one. */
int sl_is_foreign_number(const char *field, int *fraction);

/* Is this how a missing value is written?  "", "NA", "NaN", "null", "?" and the like. */
int sl_is_missing(const char *field);

#endif
