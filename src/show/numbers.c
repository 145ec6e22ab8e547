/* numbers.c - numbers as people read them. */
#include "show/numbers.h"
#include <math.h>

void sl_print_seconds(double value, char *buf, size_t size)
{
    if (isnan(value))
        snprintf(buf, size, "n/a");
    else if (value < 0.0005)
        snprintf(buf, size, "<0.001");
    else if (value < 0.9995)
        snprintf(buf, size, "%.3f", value);
    else if (value < 9.995)
        snprintf(buf, size, "%.2f", value);
    else if (value < 99.95)
        snprintf(buf, size, "%.1f", value);
    else
        snprintf(buf, size, "%.0f", value);
}

int sl_score_digits(const struct sl_table *table)
{
    enum { MANY = 1000 };
    for (size_t i = 0; i < table->n; i++)
        if (table->rows[i].n_validation && table->rows[i].n_validation < MANY)
            return 3;
    return 4;
}
