/* decimal.h - numbers that are written with a decimal comma, or with marks between thousands. */
#ifndef SL_DATA_DECIMAL_H
#define SL_DATA_DECIMAL_H

#include <stddef.h>

enum sl_decimal {
    SL_DECIMAL_PLAIN, /* 1234.5 */
    SL_DECIMAL_POINT, /* 1234.5 and 1,234.5 */
    SL_DECIMAL_COMMA, /* 1234,5 and 1.234,5 */
};

/* What the numbers of a file tell: how many can be meant in one way only. */
struct sl_decimal_count {
    size_t point, thousands, comma; /* 1.5 · 1,234,567 and 1,234.5 · 4,81 and 1.234,5 */
    size_t dotted;                  /* of those with a comma: 1.234,5 and 1.234.567 */
    size_t open;                    /* 1.234, which may be either */
};

void sl_decimal_count(struct sl_decimal_count *count, const char *field);
/* PLAIN where they contradict each other, or tell nothing. */
enum sl_decimal sl_decimal_told(const struct sl_decimal_count *count);

/* Rewrites a number of that form as C has it, in its place; 0 where it has another one. */
int sl_decimal_to_plain(char *field, enum sl_decimal decimal);

#endif
