/* encoding.c - a table's columns as the numbers that a classifier takes.
 *
 * As scikit-learn's SimpleImputer (with its MissingIndicator) before OneHotEncoder(handle_unknown="ignore")
 * or OrdinalEncoder: a missing value becomes what fill says; a category becomes a 1 among zeros, only zeros
 * where the training rows did not have it, or its rank.  Where missing values are kept, they become NaN, and
 * so does a category that codes do not have.
 * Features stand in the order of their columns,
 * indicators behind all.  Cost: O(n (d + width)), and new rows of doubles. */
#include "data/encoding.h"
#include "core/memory.h"
#include "data/dataset.h"
#include <math.h>

const struct sl_columns *sl_encoding_columns(const struct sl_encoding *encoding)
{
    return encoding->columns;
}

const struct sl_encoding_options *sl_encoding_options_of(const struct sl_encoding *encoding)
{
    return &encoding->options;
}

/* Pixels stay pixels as long as no column becomes another number of features. */
struct sl_view sl_encoding_shape(const struct sl_encoding *encoding, const struct sl_view *raw)
{
    struct sl_view shape = *raw;
    shape.dtype = SL_F64;
    shape.d = encoding->width;
    shape.codes = encoding->codes;
    if (shape.d != raw->d || !sl_columns_are_numbers(encoding->columns))
        shape.image = (struct sl_image){0};
    return shape;
}

size_t sl_encoding_most(const struct sl_encoding_options *options, const struct sl_columns *columns)
{
    size_t most = 0;
    for (size_t j = 0; j < columns->d; j++) {
        const struct sl_column *column = &columns->column[j];
        int spread = column->kind == SL_COLUMN_CATEGORY && options->categories != SL_CATEGORIES_ORDINAL;
        most += (spread ? column->n_levels + 1 : 1) + (size_t)options->indicators;
    }
    return most;
}

/* Apply ----------------------------------------------------------------------------------------------*/

static int fail_gap(size_t row, size_t column, struct sl_error *err)
{
    return sl_fail(err, SL_EDATA,
                   "row %zu, feature %zu is missing, and nothing is fitted that stands in for it", row,
                   column);
}

/* What a value of the column stands for: a number, or a place; NaN: nothing. */
static double value_of(const struct sl_column_code *code, const struct sl_column *column, double x)
{
    if (isnan(x))
        return code->fill;
    if (!code->place)
        return x;
    const int32_t place = x >= 0 && x < (double)column->n_levels ? code->place[(size_t)x] : SL_NO_PLACE;
    return code->codes && place == SL_NO_PLACE ? NAN : place;
}

/* A category becomes a 1 among zeros, all missing where it is; a rank and a number one feature. */
static void put_value(const struct sl_column_code *code, int spread, double value, double *out)
{
    if (!code->place || code->codes || !spread)
        out[0] = value;
    else if (value >= 0)
        out[(size_t)value] = 1;
    else if (isnan(value))
        for (size_t i = 0; i < code->width; i++)
            out[i] = NAN;
}

static int apply_row(const struct sl_encoding *encoding, const double *x, size_t row, double *out,
                     struct sl_error *err)
{
    const int spread = encoding->options.categories != SL_CATEGORIES_ORDINAL;
    const int keeps = encoding->options.missing == SL_MISSING_KEEP;
    size_t at = 0;
    for (size_t j = 0; j < encoding->columns->d; j++) {
        const struct sl_column_code *code = &encoding->code[j];
        double value = value_of(code, &encoding->columns->column[j], x[j]);
        if (isnan(x[j]) && isnan(value) && !keeps)
            return fail_gap(row, j, err);
        put_value(code, spread, value, out + at);
        at += code->width;
    }
    for (size_t j = 0; j < encoding->columns->d; j++) {
        if (encoding->code[j].lacks)
            out[at++] = isnan(x[j]);
    }
    return SL_OK;
}

int sl_encoding_apply(const struct sl_encoding *encoding, const struct sl_view *in, struct sl_view *out,
                      void **owned, struct sl_error *err)
{
    const size_t width = encoding->width;
    const double *rows = in->x;
    int code = SL_OK;
    *owned = NULL;
    if (in->d != encoding->columns->d || in->dtype != SL_F64)
        return sl_fail(err, SL_EUSAGE, "rows of %zu features; the encoding was fitted on %zu, in doubles",
                       in->d, encoding->columns->d);
    if (in->n && width * sizeof(double) > SL_TABLE_MOST / in->n)
        return sl_fail(err, SL_EDATA,
                       "%zu rows would have %zu features, more than memory is taken for: --min-frequency "
                       "pools rare categories, --categories ordinal makes one column of all",
                       in->n, width);
    double *x = sl_alloc_zero(in->n, width * sizeof *x);
    if (!x)
        return sl_fail_memory(err);
    for (size_t i = 0; i < in->n && !code; i++)
        code = apply_row(encoding, rows + i * in->d, i, x + i * width, err);
    if (code) {
        free(x);
        return code;
    }
    *out = sl_encoding_shape(encoding, in);
    out->x = *owned = x;
    return SL_OK;
}
