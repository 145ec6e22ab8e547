/* csv_number.c - numbers as CSV files write them. */
#include "data/csv_number.h"
#include "core/text.h"
#include <limits.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* Decimals of at most 15 digits and a small exponent: both the digits and the power of ten are exact
 * doubles, so one division rounds correctly (W. Clinger, "How to read floating point numbers accurately",
 * 1990).  0 for anything else. */
static int parse_short_decimal(const char *text, double *value, int *n_digits)
{
    static const double powers[] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                    1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
    const char *p = text + (*text == '-');
    int64_t digits = 0;
    int n = 0, after = 0, point = 0;
    for (; n <= 15 && ((*p >= '0' && *p <= '9') || (*p == '.' && !point)); p++) {
        if (*p == '.') {
            point = 1;
            continue;
        }
        digits = digits * 10 + (*p - '0');
        n++;
        after += point;
    }
    if (*p || n == 0 || n > 15)
        return 0;
    *value = (double)digits / powers[after];
    *value = *text == '-' ? -*value : *value;
    *n_digits = n;
    return 1;
}

int sl_csv_parse_number(const char *text, double *value, int *n_digits)
{
    *n_digits = INT_MAX;
    return parse_short_decimal(text, value, n_digits) || sl_parse_real(text, value) == 0;
}

void sl_csv_drop_zero_fraction(char *name)
{
    double value;
    if (!strchr(name, '.') || sl_parse_real(name, &value) != 0 || value != floor(value) || fabs(value) > 1e15)
        return;
    char whole[24];
    snprintf(whole, sizeof whole, "%.0f", value == 0 ? 0.0 : value);
    if (strlen(whole) <= strlen(name))
        memcpy(name, whole, strlen(whole) + 1);
}
