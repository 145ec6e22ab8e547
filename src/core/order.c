/* order.c - comparators of numbers. */
#include "core/order.h"
#include <math.h>

int sl_compare_reals(double x, double y)
{
    if (x < y)
        return -1;
    return x > y ? 1 : (isnan(x) != 0) - (isnan(y) != 0);
}

static int by_value(double x, double y)
{
    const int order = sl_compare_reals(x, y);
    return order ? order : (signbit(y) != 0) - (signbit(x) != 0);
}

int sl_by_real(const void *a, const void *b)
{
    return by_value(*(const double *)a, *(const double *)b);
}

int sl_by_float(const void *a, const void *b)
{
    return by_value((double)*(const float *)a, (double)*(const float *)b);
}
