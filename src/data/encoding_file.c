/* encoding_file.c - a fitted encoding in a record, for model files.
 *
 *     missing, categories, indicators (bytes), min_frequency (double), constant (text), then of each column:
 *     kind (CODES: a category whose places are codes), lacks (bytes), does something stand for missing values
 * (a byte), what (double); of a category also the number of levels, their names, and their places. */
#include "core/memory.h"
#include "data/dataset.h"
#include "data/encoding.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { CODES = SL_COLUMN_CATEGORY + 1 };

static void put_column(struct sl_writer *w, const struct sl_column *column, const struct sl_column_code *code)
{
    sl_put_u8(w, code->codes ? CODES : (uint8_t)column->kind);
    sl_put_u8(w, (uint8_t)code->lacks);
    sl_put_u8(w, !isnan(code->fill));
    sl_put_f64(w, isnan(code->fill) ? 0 : code->fill);
    if (column->kind != SL_COLUMN_CATEGORY)
        return;
    sl_put_u64(w, column->n_levels);
    for (size_t l = 0; l < column->n_levels; l++)
        sl_put_text(w, column->levels[l]);
    sl_put_u64(w, code->width);
    sl_put_i32s(w, code->place, column->n_levels);
}

void sl_encoding_save(const struct sl_encoding *encoding, struct sl_writer *w)
{
    const struct sl_encoding_options *options = &encoding->options;
    sl_put_u8(w, (uint8_t)options->missing);
    sl_put_u8(w, (uint8_t)options->categories);
    sl_put_u8(w, (uint8_t)options->indicators);
    sl_put_f64(w, options->min_frequency);
    sl_put_text(w, options->constant);
    for (size_t j = 0; j < encoding->columns->d; j++)
        put_column(w, &encoding->columns->column[j], &encoding->code[j]);
}

/* Reading it: every number is checked that apply relies on --------------------------------------------*/

static int bad_record(const struct sl_reader *r, struct sl_error *err)
{
    return sl_reader_fail(r, err, "the record does not hold an encoding of the model's columns");
}

static int get_options(struct sl_reader *r, struct sl_encoding_options *options)
{
    unsigned missing = sl_get_u8(r), categories = sl_get_u8(r), indicators = sl_get_u8(r);
    double least = sl_get_f64(r);
    char *constant = sl_get_text(r);
    int good = constant && strlen(constant) < SL_CONSTANT_MAX && missing <= SL_MISSING_KEEP &&
               categories <= SL_CATEGORIES_DROP && indicators <= 1 && least >= 0;
    *options = (struct sl_encoding_options){.missing = (enum sl_missing)missing,
                                            .categories = (enum sl_categories)categories,
                                            .indicators = (int)indicators,
                                            .min_frequency = least};
    if (good)
        snprintf(options->constant, sizeof options->constant, "%s", constant);
    free(constant);
    return good;
}

static int get_levels(struct sl_reader *r, struct sl_column *column)
{
    char **names = sl_alloc_zero(column->n_levels, sizeof *names);
    int good = names != NULL;
    for (size_t l = 0; good && l < column->n_levels; l++)
        good = (names[l] = sl_get_text(r)) != NULL;
    if (good)
        column->levels = sl_names_copy((const char *const *)names, column->n_levels);
    r->failed |= good && !column->levels;
    r->no_memory |= !names || (good && !column->levels);
    for (size_t l = 0; names && l < column->n_levels; l++)
        free(names[l]);
    free(names);
    return good && column->levels;
}

static int get_category(struct sl_reader *r, struct sl_column *column, struct sl_column_code *code)
{
    column->n_levels = sl_get_count(r, 0, INT32_MAX, 12); /* of each a text's length and a place */
    if (r->failed || !get_levels(r, column))
        return 0;
    code->width = sl_get_u64(r);
    code->place = sl_alloc(column->n_levels + 1, sizeof *code->place);
    r->no_memory |= !code->place;
    if (r->failed || !code->place || code->width > column->n_levels + 1)
        return 0;
    sl_get_i32s(r, code->place, column->n_levels);
    return !r->failed;
}

/* Of codes that one feature holds: as many as the last says. */
static int take_codes(struct sl_column_code *code, size_t n_levels)
{
    int32_t last = SL_NO_PLACE;
    for (size_t l = 0; l < n_levels; l++)
        last = code->place[l] > last ? code->place[l] : last;
    code->codes = last >= 0 && last < SL_CODES_MAX ? (uint16_t)(last + 1) : 0;
    return code->codes > 0 && (isnan(code->fill) || (code->fill >= 0 && code->fill < code->codes));
}

/* No place is beyond the features that there are; ranks have one feature, whatever they are. */
static int has_sound_places(const struct sl_column_code *code, size_t n_levels, int ordinal)
{
    const double most = ordinal ? (double)n_levels + 1 : (double)code->width;
    int sound = isnan(code->fill) ||
                (code->fill >= SL_NO_PLACE && code->fill < most && code->fill == floor(code->fill));
    for (size_t l = 0; l < n_levels && sound; l++)
        sound = code->place[l] >= SL_NO_PLACE && code->place[l] < most;
    return sound && (!ordinal || code->width == 1);
}

static int get_column(struct sl_reader *r, struct sl_encoding_options *options, struct sl_column *column,
                      struct sl_column_code *code)
{
    unsigned kind = sl_get_u8(r), lacks = sl_get_u8(r), fills = sl_get_u8(r);
    code->fill = sl_get_f64(r);
    code->fill = fills ? code->fill : NAN;
    code->width = 1;
    code->lacks = (int)lacks;
    const int codes = kind == CODES, ordinal = codes || options->categories == SL_CATEGORIES_ORDINAL;
    if (r->failed || kind > CODES || lacks > 1 || fills > 1)
        return 0;
    column->kind = codes ? SL_COLUMN_CATEGORY : (enum sl_column_kind)kind;
    options->codes |= codes;
    return column->kind != SL_COLUMN_CATEGORY ||
           (get_category(r, column, code) && has_sound_places(code, column->n_levels, ordinal) &&
            (!codes || take_codes(code, column->n_levels)));
}

int sl_encoding_load(struct sl_reader *r, size_t d, struct sl_encoding **out, struct sl_error *err)
{
    struct sl_encoding_options options;
    *out = NULL;
    if (!get_options(r, &options) || (r->size - r->at) / 11 < d) /* of each column: 3 bytes and a double */
        return bad_record(r, err);
    struct sl_columns *columns = sl_columns_new(d);
    struct sl_encoding *encoding = columns ? sl_encoding_new(&options, columns) : NULL;
    sl_columns_release(columns);
    if (!encoding)
        return sl_fail_memory(err);
    int good = 1;
    for (size_t j = 0; j < d && good; j++)
        good = get_column(r, &encoding->options, &columns->column[j], &encoding->code[j]);
    if (good && sl_encoding_set_width(encoding)) {
        sl_encoding_free(encoding);
        return sl_fail_memory(err);
    }
    if (!good || !encoding->width) {
        sl_encoding_free(encoding);
        return bad_record(r, err);
    }
    *out = encoding;
    return SL_OK;
}
