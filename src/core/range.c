/* range.c - ranges of numbers: FIRST:LAST:logN, FIRST:LAST:linN, FIRST:LAST:STEP and FIRST:LAST.
 *
 * A value is rounded before it is used, so that what a table prints is what was fitted: to 3 significant
 * digits in a logarithmic range, to 3 of the step in a linear one.  Cost: linear in the values. */
#include "core/range.h"
#include <math.h>
#include <shortlist/text.h>
#include <stdio.h>
#include <string.h>

enum { DIGITS = 3, DIGITS_MOST = 12 };

/* Parsing ------------------------------------------------------------------------------------------ */

static int fail_range(const struct sl_param *param, const char *text, struct sl_error *err)
{
    return sl_fail(err, SL_EUSAGE,
                   "%s: '%.60s' is not a range: write FIRST:LAST:logN, FIRST:LAST:linN or FIRST:LAST:STEP; "
                   "for random search FIRST:LAST",
                   param->name, text);
}

/* Its form is right, but nothing stands between its ends in that direction. */
static int fail_direction(const struct sl_param *param, const char *text, const struct sl_range *range,
                          struct sl_error *err)
{
    if (range->kind == SL_RANGE_WHOLE)
        return sl_fail(err, SL_EUSAGE, "%s: '%.60s' has its smaller end last: write the smaller one first",
                       param->name, text);
    return sl_fail(err, SL_EUSAGE, "%s: '%.60s': steps of %g do not lead from %s to %s", param->name, text,
                   range->step, range->first_text, range->last_text);
}

/* The N of "log7": -1 for junk.  More digits than a long holds are very many. */
static double parse_count(const char *text)
{
    long n;
    if (!*text || text[strspn(text, "0123456789")])
        return -1;
    return sl_parse_long(text, &n) ? INFINITY : (double)n;
}

/* Is there a value to take at all? */
static int leads_on(const struct sl_range *range)
{
    const double way = range->last - range->first;
    return range->kind == SL_RANGE_WHOLE   ? way >= 0
           : range->kind == SL_RANGE_STEPS ? range->step != 0 && way / range->step >= 0
                                           : 1;
}

/* What stands behind the second colon ("": nothing does); -1 for junk. */
static int parse_how(const struct sl_param *param, const char *how, struct sl_range *range)
{
    int is_log = strncmp(how, "log", 3) == 0, is_lin = strncmp(how, "lin", 3) == 0;
    range->is_log = is_log || (!*how && (param->flags & SL_LOG) && range->first > 0);
    range->kind = SL_RANGE_WHOLE;
    if (!*how || ((is_log || is_lin) && !how[3]))
        return 0;
    if (is_log || is_lin) {
        range->kind = is_log ? SL_RANGE_LOG : SL_RANGE_LINEAR;
        range->n = parse_count(how + 3);
        return range->n < 0 ? -1 : 0;
    }
    range->kind = SL_RANGE_STEPS;
    if (sl_parse_real(how, &range->step))
        return -1;
    range->n = floor((range->last - range->first) / range->step + 1e-9) + 1;
    return 0;
}

int sl_range_parse(const struct sl_param *param, const char *text, struct sl_range *range,
                   struct sl_error *err)
{
    char copy[3 * SL_RANGE_TEXT];
    *range = (struct sl_range){0};
    if (strlen(text) >= sizeof copy)
        return fail_range(param, text, err);
    strcpy(copy, text);
    char *last = strchr(copy, ':'), *how = last ? strchr(last + 1, ':') : NULL;
    if (!last || (how && !how[1]))
        return fail_range(param, text, err);
    *last++ = 0;
    if (how)
        *how++ = 0;
    if (strlen(copy) >= SL_RANGE_TEXT || strlen(last) >= SL_RANGE_TEXT ||
        sl_parse_real(copy, &range->first) || sl_parse_real(last, &range->last) ||
        parse_how(param, how ? how : "", range))
        return fail_range(param, text, err);
    strcpy(range->first_text, copy);
    strcpy(range->last_text, last);
    if (!leads_on(range))
        return fail_direction(param, text, range, err);
    if (range->is_log && (range->first <= 0 || range->last <= 0))
        return sl_fail(err, SL_EUSAGE, "%s: '%.60s': a logarithmic range needs ends > 0", param->name, text);
    return SL_OK;
}

/* Values ------------------------------------------------------------------------------------------- */

/* Whole numbers that rounding made equal move on by one, and back again before the last.  A range that does
 * not hold so many keeps equal ones. */
static void spread(double *values, size_t n)
{
    double sign = values[n - 1] < values[0] ? -1 : 1;
    if (n < 2 || fabs(values[n - 1] - values[0]) + 1 < (double)n)
        return;
    for (size_t i = 1; i + 1 < n; i++)
        values[i] = sign * fmax(sign * values[i], sign * values[i - 1] + 1);
    for (size_t i = n - 1; i-- > 1;)
        values[i] = sign * fmin(sign * values[i], sign * values[i + 1] - 1);
}

static double value_at(const struct sl_range *range, size_t i, size_t n)
{
    double t = n == 1 ? 0 : (double)i / (double)(n - 1);
    if (range->kind == SL_RANGE_STEPS)
        return range->first + (double)i * range->step;
    if (i == 0 || i == n - 1)
        return i ? range->last : range->first;
    if (range->kind == SL_RANGE_LOG)
        return exp(log(range->first) + t * (log(range->last) - log(range->first)));
    return range->first + t * (range->last - range->first);
}

void sl_range_values(const struct sl_param *param, const struct sl_range *range, double *values)
{
    size_t n = (size_t)range->n;
    for (size_t i = 0; i < n; i++)
        values[i] = value_at(range, i, n);
    if (param->type != SL_PARAM_INT)
        return;
    for (size_t i = 0; i < n; i++)
        values[i] = round(values[i]);
    if (range->kind != SL_RANGE_STEPS)
        spread(values, n);
}

/* Texts -------------------------------------------------------------------------------------------- */

static int same_text(double a, double b, int digits)
{
    char x[SL_RANGE_TEXT], y[SL_RANGE_TEXT];
    snprintf(x, sizeof x, "%.*g", digits, a);
    snprintf(y, sizeof y, "%.*g", digits, b);
    return strcmp(x, y) == 0;
}

static void print_log(const double *values, size_t n, size_t i, char *text)
{
    int digits = DIGITS;
    while (digits < DIGITS_MOST && ((i > 0 && same_text(values[i], values[i - 1], digits)) ||
                                    (i + 1 < n && same_text(values[i], values[i + 1], digits))))
        digits++;
    snprintf(text, SL_RANGE_TEXT, "%.*g", digits, values[i]);
}

/* Rounds to the step's third digit. */
static void print_linear(double value, double step, char *text)
{
    double unit = step != 0 ? pow(10, floor(log10(fabs(step))) - (DIGITS - 1)) : 0;
    snprintf(text, SL_RANGE_TEXT, "%.12g", unit > 0 ? round(value / unit) * unit : value);
}

void sl_range_text(const struct sl_param *param, const struct sl_range *range, const double *values, size_t i,
                   char text[SL_RANGE_TEXT])
{
    size_t n = (size_t)range->n;
    if (param->type == SL_PARAM_INT)
        snprintf(text, SL_RANGE_TEXT, "%.0f", values[i]);
    else if (range->kind == SL_RANGE_STEPS) /* 12 digits: 0.1 + 0.2 is written 0.3 */
        snprintf(text, SL_RANGE_TEXT, "%.12g", values[i]);
    else if (i == 0 || i == n - 1)
        snprintf(text, SL_RANGE_TEXT, "%s", i ? range->last_text : range->first_text);
    else if (range->kind == SL_RANGE_LOG)
        print_log(values, n, i, text);
    else
        print_linear(values[i], (range->last - range->first) / (double)(n - 1), text);
}

void sl_range_draw(const struct sl_param *param, const struct sl_values *values, double u,
                   char text[SL_RANGE_TEXT])
{
    double low = values->low, high = values->high;
    if (param->type == SL_PARAM_INT) { /* every whole number has its own share */
        double x =
            values->is_log ? exp(log(low) + u * (log(high + 1) - log(low))) : low + u * (high - low + 1);
        snprintf(text, SL_RANGE_TEXT, "%.0f", fmin(floor(x), high));
        return;
    }
    double x = values->is_log ? exp(log(low) + u * (log(high) - log(low))) : low + u * (high - low);
    double parsed;
    if (values->is_log)
        snprintf(text, SL_RANGE_TEXT, "%.*g", DIGITS, x);
    else
        print_linear(x, (high - low) / 10, text);
    if (sl_parse_real(text, &parsed) == 0 && (parsed < low || parsed > high)) /* rounded beyond an end */
        snprintf(text, SL_RANGE_TEXT, "%.12g", x);
}
