/* extrapolated.c - what a table says of its rows on another number of training rows: times and memory with
 * their intervals, how fast the time grows, and in words which rows would take too much.  The numbers are
 * estimates (study/extrapolate.c). */
#include "show/extrapolated.h"
#include "core/memory.h"
#include "core/text.h"
#include "show/numbers.h"
#include "show/published_cells.h"
#include "show/rules.h"
#include <math.h>
#include <shortlist/estimate.h>
#include <stdio.h>
#include <string.h>

/* Cells ------------------------------------------------------------------------------------------- */

static void print_mib(double bytes, char *buf, size_t size)
{
    const double mib = bytes / 1048576;
    snprintf(buf, size, mib < 9.95 ? "%.1f" : "%.0f", mib);
}

static void print_with_interval(const struct sl_extrapolated *x,
                                void (*print)(double value, char *buf, size_t size), char *buf)
{
    char value[40], low[40], high[40];
    if (isnan(x->value))
        return;
    print(x->value, value, sizeof value);
    print(x->value / x->error, low, sizeof low);
    print(x->value * x->error, high, sizeof high);
    if (strcmp(low, high) == 0)
        snprintf(buf, SL_CELL, "%s", value);
    else
        snprintf(buf, SL_CELL, "%s (%s-%s)", value, low, high);
}

void sl_cell_estimated_fit(struct sl_table_context *context, const struct sl_table_row *row, char *buf)
{
    const struct sl_extrapolated_row *x = sl_row_extrapolated(context->table, row);
    if (x)
        print_with_interval(&x->fit_time, sl_print_seconds, buf);
}

void sl_cell_estimated_score(struct sl_table_context *context, const struct sl_table_row *row, char *buf)
{
    const struct sl_extrapolated_row *x = sl_row_extrapolated(context->table, row);
    if (x)
        print_with_interval(&x->score_time, sl_print_seconds, buf);
}

void sl_cell_estimated_memory(struct sl_table_context *context, const struct sl_table_row *row, char *buf)
{
    const struct sl_extrapolated_row *x = sl_row_extrapolated(context->table, row);
    if (x)
        print_with_interval(&x->peak_memory, print_mib, buf);
}

void sl_cell_growth(struct sl_table_context *context, const struct sl_table_row *row, char *buf)
{
    const struct sl_extrapolated_row *x = sl_row_extrapolated(context->table, row);
    if (x && !isnan(x->growth))
        snprintf(buf, SL_CELL, "n^%.1f", fmax(x->growth, 0));
}

/* In words ---------------------------------------------------------------------------------------- */

static double seconds_of(const struct sl_extrapolated_row *x)
{
    return x->fit_time.value + (isnan(x->score_time.value) ? 0 : x->score_time.value);
}

/* "50 s", "12 min", "7.4 h", "3.1 days" */
static void print_duration(double seconds, char *buf, size_t size)
{
    static const struct {
        const char *name;
        double seconds, from;
    } units[] = {{"years", 31557600, 2}, {"days", 86400, 2}, {"h", 3600, 2},
                 {"min", 60, 2},         {"s", 1, 0.1},      {"ms", 0.001, 0}};
    size_t u = 0;
    while (seconds < units[u].from * units[u].seconds)
        u++;
    const double value = seconds / units[u].seconds;
    snprintf(buf, size, value < 9.95 ? "%.1f %s" : "%.0f %s", value, units[u].name);
}

static void print_bytes(double bytes, char *buf, size_t size)
{
    const double gib = bytes / 1073741824;
    if (gib < 1)
        snprintf(buf, size, "%.0f MiB", 1024 * gib);
    else
        snprintf(buf, size, gib < 9.95 ? "%.1f GiB" : "%.0f GiB", gib);
}

/* Adds "SVM about 7.4 h, growing as n^1.9; k-NN about ..." for the rows above the bound; how many. */
static size_t add_rows(const struct sl_table *table, int of_memory, struct sl_string *text, size_t *rows)
{
    const struct sl_extrapolation *bounds = table->extrapolation;
    size_t n = 0;
    for (size_t i = 0; i < table->n; i++) {
        const struct sl_extrapolated_row *x = sl_row_extrapolated(table, &table->rows[table->order[i]]);
        const double bound = of_memory ? bounds->memory_bound : bounds->time_bound;
        char amount[40];
        if (!x || !((of_memory ? x->peak_memory.value : seconds_of(x)) > bound))
            continue;
        if (of_memory)
            print_bytes(x->peak_memory.value, amount, sizeof amount);
        else
            print_duration(seconds_of(x), amount, sizeof amount);
        sl_string_add(text, "%s %s about %s", n ? ";" : "", x->name, amount);
        if (!of_memory && !isnan(x->growth))
            sl_string_add(text, ", growing as n^%.1f", fmax(x->growth, 0));
        rows[n++] = table->order[i];
    }
    return n;
}

static void say_bound(const struct sl_extrapolation *x, int of_memory, struct sl_string *text)
{
    char n_train[40], bound[40];
    sl_print_count(x->n_train, n_train, sizeof n_train);
    sl_string_add(text, "at %s training rows, by estimate, ", n_train);
    if (of_memory) {
        print_bytes(x->memory_bound, bound, sizeof bound);
        sl_string_add(
            text, "more memory than %s%s:", x->memory_is_limit ? "the limit of " : "this machine's ", bound);
    } else {
        print_duration(x->time_bound, bound, sizeof bound);
        sl_string_add(text, "longer than %s%s:", x->time_is_limit ? "the time limit of " : "an hour",
                      x->time_is_limit ? bound : "");
    }
}

static int warn(struct sl_table *table, int of_memory)
{
    struct sl_string text = {0};
    size_t *rows = sl_alloc(table->n, sizeof *rows);
    if (!rows)
        return SL_ENOMEM;
    say_bound(table->extrapolation, of_memory, &text);
    const size_t n = add_rows(table, of_memory, &text, rows);
    if (n && !text.failed)
        return sl_warnings_add(&table->warnings, SL_WARNING_too_much, text.text, rows, n);
    const int code = text.failed ? SL_ENOMEM : SL_OK;
    sl_string_release(&text);
    free(rows);
    return code;
}

int sl_table_extrapolate(struct sl_table *table, const struct sl_extrapolation *extrapolation,
                         struct sl_error *err)
{
    table->extrapolation = extrapolation;
    if (!extrapolation)
        return SL_OK;
    int code = warn(table, 0);
    if (!code)
        code = warn(table, 1);
    return code ? sl_fail_memory(err) : SL_OK;
}
