/* csv_number.c - numbers as text files write them. */
#include "readers/csv_number.h"
#include "core/text.h"
#include <float.h>
#include <limits.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static inline int is_digit(char c)
{
    return (unsigned char)(c - '0') < 10;
}

/* Takes "e-05" or nothing; *exponent is added to.  Far ones are left to those who round them. */
static const char *scan_exponent(const char *p, int *exponent)
{
    if (*p != 'e' && *p != 'E')
        return p;
    int minus = p[1] == '-', value = 0, n = 0;
    p += 1 + (p[1] == '-' || p[1] == '+');
    for (; n < 3 && is_digit(*p); n++)
        value = value * 10 + (*p++ - '0');
    *exponent += minus ? -value : value;
    return n > 0 && n < 3 ? p : NULL;
}

/* digits * 10^exponent, where both are exact doubles, so that one division or product rounds correctly (W.
 * Clinger, "How to read floating point numbers accurately", 1990). */
static double scale_short(uint64_t digits, int exponent)
{
    static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                    1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    return exponent < 0 ? (double)digits / powers[-exponent] : (double)digits * powers[exponent];
}

/* The same in 64 bits, for more digits.  Rounded again, to a double, it is right unless the bits that fall
 * away are one half: then 0, and the number is left to strtod. */
static int scale_long(uint64_t digits, int exponent, double *value)
{
#if LDBL_MANT_DIG == 64
    static const long double powers[] = {1e0L,  1e1L,  1e2L,  1e3L,  1e4L,  1e5L,  1e6L,  1e7L,  1e8L,  1e9L,
                                         1e10L, 1e11L, 1e12L, 1e13L, 1e14L, 1e15L, 1e16L, 1e17L, 1e18L, 1e19L,
                                         1e20L, 1e21L, 1e22L, 1e23L, 1e24L, 1e25L, 1e26L, 1e27L};
    const long double exact = (long double)digits;
    const long double scaled = exponent < 0 ? exact / powers[-exponent] : exact * powers[exponent];
    uint64_t mantissa;
    memcpy(&mantissa, &scaled, sizeof mantissa); /* its low half: the value's 64 bits */
    *value = (double)scaled;
    return (mantissa & 0x7ff) != 0x400;
#else
    (void)digits;
    (void)exponent;
    (void)value;
    return 0;
#endif
}

const char *sl_number_scan(const char *text, double *value, int *n_digits)
{
    enum { SHORT_DIGITS = 15, SHORT_POWER = 22, LONG_DIGITS = 19, LONG_POWER = 27 };
    const char *p = text + (*text == '-'), *begin = p;
    uint64_t digits = 0; /* of more than LONG_DIGITS it is not looked at */
    int n, exponent = 0;
    while (is_digit(*p))
        digits = digits * 10 + (uint64_t)(*p++ - '0');
    n = (int)(p - begin);
    if (*p == '.') {
        begin = ++p;
        while (is_digit(*p))
            digits = digits * 10 + (uint64_t)(*p++ - '0');
        exponent = (int)(begin - p);
        n -= exponent;
    }
    if (n == 0 || n > LONG_DIGITS || !(p = scan_exponent(p, &exponent)))
        return NULL;
    if (n <= SHORT_DIGITS && abs(exponent) <= SHORT_POWER)
        *value = scale_short(digits, exponent);
    else if (abs(exponent) > LONG_POWER || !scale_long(digits, exponent, value))
        return NULL;
    *value = *text == '-' ? -*value : *value;
    *n_digits = n;
    return p;
}

int sl_csv_parse_number(const char *text, double *value, int *n_digits)
{
    const char *end = sl_number_scan(text, value, n_digits);
    if (end && !*end)
        return 1;
    *n_digits = INT_MAX;
    return sl_parse_real(text, value) == 0;
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
