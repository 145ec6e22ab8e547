/* numbers.h - numbers as people read them. */
#ifndef SL_SHOW_NUMBERS_H
#define SL_SHOW_NUMBERS_H

#include <shortlist/show.h>

/* 0.023, 1.24, 12.3, 123: three digits that mean something; "n/a" for NaN. */
void sl_print_seconds(double value, char *buf, size_t size);
/* Decimals of a score that rows enough were scored for. */
int sl_score_digits(const struct sl_table *table);

#endif
