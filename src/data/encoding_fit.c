/* encoding_fit.c - what training rows say of each column: what stands for missing values, and which
 * categories there are.
 *
 * Filled-in values count as their category's, as they do where an imputer stands before an encoder.
 * Cost: O(n) a column, O(n log n) for a median or a most frequent number. */
#include "core/memory.h"
#include "core/text.h"
#include "data/encoding.h"
#include "data/notes.h"
#include <gsl/gsl_sort_double.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

struct fit {
    struct sl_encoding *encoding;
    char *const *names; /* (d), or NULL */
    const struct sl_view *train;
    double *values; /* (n): of one column, missing ones left out */
    struct sl_error *err;
};

static struct sl_quoted column_name(const struct fit *f, size_t j)
{
    struct sl_quoted name;
    if (f->names)
        return sl_quote(f->names[j]);
    snprintf(name.text, sizeof name.text, "%zu", j);
    return name;
}

static int fail_gap(const struct fit *f, size_t j)
{
    return sl_fail(f->err, SL_EDATA,
                   "column %s has missing values: missing median, mean, mode or constant=VALUE fills them in",
                   column_name(f, j).text);
}

/* Numbers ---------------------------------------------------------------------------------------------*/

/* The most frequent of sorted numbers, the least of several. */
static double find_mode(const double *sorted, size_t n)
{
    size_t best = 0, at = 0;
    for (size_t i = 0, j; i < n; i = j) {
        for (j = i + 1; j < n && sorted[j] == sorted[i];)
            j++;
        if (j - i > best) {
            best = j - i;
            at = i;
        }
    }
    return sorted[at];
}

static double find_mean(const double *values, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += values[i];
    return sum / (double)n;
}

/* A column without any value tells nothing, whatever stands there. */
static double number_for_gaps(const struct fit *f, size_t n)
{
    const struct sl_encoding_options *options = &f->encoding->options;
    double number;
    if (options->missing == SL_MISSING_CONSTANT)
        return sl_parse_real(options->constant, &number) == 0 ? number : NAN;
    if (!sl_fills(options->missing))
        return NAN;
    if (n == 0)
        return 0;
    if (options->missing == SL_MISSING_MEAN)
        return find_mean(f->values, n);
    gsl_sort(f->values, 1, n);
    return options->missing == SL_MISSING_MODE ? find_mode(f->values, n)
                                               : (f->values[(n - 1) / 2] + f->values[n / 2]) / 2;
}

static int fit_number(struct fit *f, size_t j, size_t present)
{
    struct sl_column_code *code = &f->encoding->code[j];
    code->width = 1;
    code->fill = number_for_gaps(f, present);
    if (present == f->train->n || !isnan(code->fill) || f->encoding->options.missing == SL_MISSING_KEEP)
        return SL_OK;
    if (f->encoding->options.missing != SL_MISSING_CONSTANT)
        return fail_gap(f, j);
    return sl_fail(f->err, SL_EUSAGE, "missing: constant=%s is no number, and column %s holds numbers",
                   sl_quote(f->encoding->options.constant).text, column_name(f, j).text);
}

/* Categories ------------------------------------------------------------------------------------------*/

/* The level that stands for missing values, behind the column's where it is none of them; n_levels + 1: none.
 */
static size_t level_for_gaps(const struct sl_encoding_options *options, const struct sl_column *column,
                             const size_t *count)
{
    size_t best = 0;
    if (options->missing == SL_MISSING_CONSTANT) {
        while (best < column->n_levels && strcmp(column->levels[best], options->constant) != 0)
            best++;
        return best;
    }
    for (size_t l = 1; l < column->n_levels; l++)
        best = count[l] > count[best] ? l : best;
    return column->n_levels && count[best] ? best : column->n_levels + 1;
}

static int is_rare(const struct fit *f, size_t count)
{
    double least = f->encoding->options.min_frequency;
    return (double)count < (least < 1 ? least * (double)f->train->n : least);
}

/* Where among the levels, which are sorted, the name of the constant would stand. */
static size_t find_turn(const struct sl_encoding_options *options, const struct sl_column *column)
{
    size_t at = 0;
    double a, b;
    int number = sl_parse_real(options->constant, &b) == 0;
    for (; at < column->n_levels; at++) {
        if (number && sl_parse_real(column->levels[at], &a) == 0
                ? a > b
                : strcmp(column->levels[at], options->constant) > 0)
            break;
    }
    return at;
}

/* Places (n) of the levels that there are, the last of which has its turn before that of number turn; the
 * rare ones behind the others.  Returns how many. */
static size_t give_places(const struct fit *f, const size_t *count, size_t n, size_t turn, int32_t *place)
{
    int32_t kept = 0;
    int pooled = 0;
    for (size_t i = 0; i < n; i++) {
        size_t l = i < turn ? i : i == turn ? n - 1 : i - 1;
        int rare = count[l] && is_rare(f, count[l]);
        pooled |= rare;
        place[l] = count[l] && !rare ? kept++ : SL_NO_PLACE;
    }
    for (size_t l = 0; l < n; l++) {
        if (count[l] && place[l] == SL_NO_PLACE)
            place[l] = kept;
    }
    return (size_t)(kept + pooled);
}

static int fit_category(struct fit *f, size_t j, size_t present)
{
    const struct sl_encoding_options *options = &f->encoding->options;
    const struct sl_column *column = &f->encoding->columns->column[j];
    const size_t all = column->n_levels + 1;
    struct sl_column_code *code = &f->encoding->code[j];
    size_t *count = sl_alloc_zero(all, sizeof *count);
    code->place = sl_alloc(all, sizeof *code->place);
    if (!count || !code->place) {
        free(count);
        return sl_fail_memory(f->err);
    }
    for (size_t i = 0; i < present; i++)
        count[(size_t)f->values[i]]++;
    size_t stands = level_for_gaps(options, column, count), gaps = f->train->n - present;
    if (sl_fills(options->missing) && stands < all)
        count[stands] += gaps;
    size_t places = give_places(f, count, all, find_turn(options, column), code->place);
    code->codes = options->codes && places <= SL_CODES_MAX ? (uint16_t)places : 0;
    code->width = options->categories == SL_CATEGORIES_ORDINAL || code->codes ? 1 : places;
    code->fill = !sl_fills(options->missing) ? NAN : stands < all ? code->place[stands] : SL_NO_PLACE;
    free(count);
    return gaps && isnan(code->fill) && options->missing != SL_MISSING_KEEP ? fail_gap(f, j) : SL_OK;
}

/* All columns -----------------------------------------------------------------------------------------*/

static int fit_column(struct fit *f, size_t j)
{
    const double *x = f->train->x;
    size_t present = 0;
    for (size_t i = 0; i < f->train->n; i++) {
        double value = x[i * f->train->d + j];
        if (!isnan(value))
            f->values[present++] = value;
    }
    f->encoding->code[j].lacks = f->encoding->options.indicators && present < f->train->n;
    return f->encoding->columns->column[j].kind == SL_COLUMN_CATEGORY ? fit_category(f, j, present)
                                                                      : fit_number(f, j, present);
}

int sl_encoding_fit(const struct sl_encoding_options *options, struct sl_columns *columns, char *const *names,
                    const struct sl_view *train, struct sl_encoding **out, struct sl_error *err)
{
    struct fit f = {.names = names, .train = train, .err = err};
    *out = NULL;
    if (columns->d != train->d || train->dtype != SL_F64)
        return sl_fail(err, SL_EUSAGE, "an encoding of %zu columns is fitted on doubles, not on %zu features",
                       columns->d, train->d);
    f.encoding = sl_encoding_new(options, columns);
    f.values = sl_alloc(train->n, sizeof *f.values);
    int code = f.encoding && f.values ? SL_OK : sl_fail_memory(err);
    for (size_t j = 0; j < columns->d && !code; j++)
        code = fit_column(&f, j);
    free(f.values);
    if (!code) {
        code = sl_encoding_set_width(f.encoding) ? sl_fail_memory(err) : SL_OK;
        if (!code && !f.encoding->width)
            code = sl_fail(err, SL_EDATA, "no column has a value in the training rows");
    }
    if (code)
        sl_encoding_free(f.encoding);
    else
        *out = f.encoding;
    return code;
}
