/* csv.c - a data set from a CSV file: which line is the header, which column the label, what the values
 * are.  csv_rows.c splits the file; this file gives the fields their meaning.
 *
 * Features that are all whole numbers from 0 to 255 become bytes, any others floats.  A missing value, a
 * word, NaN or infinity among them is an error: this reader does not guess.
 * Cost: O(bytes of the file); memory: the features, twice while the array moves to its final place. */
#include "core/memory.h"
#include "core/text.h"
#include "data/csv_rows.h"
#include "data/labels.h"
#include "data/readers.h"
#include <ctype.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static const size_t max_bytes = (size_t)8 << 30; /* of features and labels */
enum { FIRST_BYTES = 1 << 20 };                  /* room for the first rows */

struct table {
    struct sl_csv *csv;
    const struct sl_read_options *options;
    size_t width, d; /* fields of a row; features: without the label */
    size_t label;    /* its column; width: none */
    char **columns;  /* (width) names, in one block, or NULL: no header */
    size_t n, capacity;
    enum sl_dtype dtype;
    uint8_t *bytes; /* (capacity, d), while dtype is SL_U8 */
    float *floats;  /* (capacity, d), later */
    int32_t *y;     /* (capacity), or NULL */
    struct sl_labels *labels;
};

static void table_release(struct table *t)
{
    free(t->columns);
    free(t->bytes);
    free(t->floats);
    free(t->y);
    sl_labels_free(t->labels);
    sl_csv_close(t->csv);
}

/* Numbers -------------------------------------------------------------------------------------------*/

/* One to three digits that make a number up to 255: nearly every field of an image file. */
static int parse_byte(const char *text, uint8_t *value)
{
    unsigned v = 0, n = 0;
    for (; n < 4 && text[n] >= '0' && text[n] <= '9'; n++)
        v = v * 10 + (unsigned)(text[n] - '0');
    *value = (uint8_t)v;
    return n > 0 && n < 4 && text[n] == 0 && v <= 255;
}

/* Decimals of at most 15 digits and a small exponent: both the digits and the power of ten are exact
 * doubles, so one division rounds correctly (W. Clinger, "How to read floating point numbers accurately",
 * 1990).  0 for anything else. */
static int parse_short_decimal(const char *text, double *value)
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
    return 1;
}

static int parse_number(const char *text, double *value)
{
    return parse_short_decimal(text, value) || sl_parse_real(text, value) == 0;
}

/* The header ----------------------------------------------------------------------------------------*/

static int is_label_name(const char *name)
{
    static const char *const names[] = {"label", "class", "target", "y"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcasecmp(name, names[i]) == 0)
            return 1;
    }
    return 0;
}

/* A header holds no numbers; or it holds a word that names the label column. */
static int looks_like_header(const struct table *t)
{
    double value;
    int numbers = 0;
    for (size_t i = 0; i < t->width; i++) {
        const char *field = sl_csv_field(t->csv, i);
        int is_number = parse_number(field, &value);
        if (!is_number && (is_label_name(field) || (t->options->label && !strcmp(field, t->options->label))))
            return 1;
        numbers += is_number;
    }
    return numbers == 0;
}

static int is_pixel_name(const char *name)
{
    return strncasecmp(name, "pixel", 5) == 0 && isdigit((unsigned char)name[5]);
}

/* Without an option: the column called label, or the first before pixel columns, or the last. */
static size_t guess_label(const struct table *t)
{
    for (size_t i = 0; t->columns && i < t->width; i++) {
        if (is_label_name(t->columns[i]))
            return i;
    }
    if (t->columns && t->width > 1 && !is_pixel_name(t->columns[0]) && is_pixel_name(t->columns[1]))
        return 0;
    return t->width - 1;
}

static int no_such_column(const struct table *t, const char *label, struct sl_error *err)
{
    const char *near = t->columns ? sl_nearest(label, (const char *const *)t->columns, t->width) : NULL;
    sl_csv_fail(t->csv, 0, err, "no label column \"%s\"%s%s%s; expected %sa number from %ld to %zu", label,
                near ? " (did you mean \"" : "", near ? near : "", near ? "\"?)" : "",
                t->columns ? "a name in the header or " : "", -(long)t->width, t->width - 1);
    if (err)
        err->code = SL_EUSAGE; /* the file is as it is: the request is wrong */
    return SL_EUSAGE;
}

static int find_label(struct table *t, struct sl_error *err)
{
    const char *label = t->options->label;
    long number;
    t->label = t->width;
    if (t->options->no_label)
        return SL_OK;
    if (!label) {
        t->label = guess_label(t);
        return SL_OK;
    }
    for (size_t i = 0; t->columns && i < t->width; i++) {
        if (strcmp(t->columns[i], label) == 0) {
            t->label = i;
            return SL_OK;
        }
    }
    if (sl_parse_long(label, &number) != 0 || number < -(long)t->width || number >= (long)t->width)
        return no_such_column(t, label, err);
    t->label = (size_t)(number < 0 ? (long)t->width + number : number);
    return SL_OK;
}

static int keep_columns(struct table *t, struct sl_error *err)
{
    const char **fields = sl_alloc(t->width, sizeof *fields);
    for (size_t i = 0; fields && i < t->width; i++)
        fields[i] = sl_csv_field(t->csv, i);
    t->columns = fields ? sl_names_copy(fields, t->width) : NULL;
    free(fields);
    return t->columns ? SL_OK : sl_fail_memory(err);
}

/* Reads the first row, and the second where the first is a header. */
static int read_head(struct table *t, int *got, struct sl_error *err)
{
    int code = sl_csv_next(t->csv, got, err);
    if (code)
        return code;
    if (!*got)
        return sl_csv_fail(t->csv, 0, err, "the file is empty; expected rows of numbers");
    t->width = sl_csv_width(t->csv);
    int header = t->options->header;
    if (header > 0 || (header == 0 && looks_like_header(t))) {
        code = keep_columns(t, err);
        if (!code)
            code = find_label(t, err);
        return code ? code : sl_csv_next(t->csv, got, err);
    }
    return find_label(t, err);
}

/* Rows ----------------------------------------------------------------------------------------------*/

static int reserve_row(struct table *t, struct sl_error *err)
{
    if (t->n < t->capacity)
        return SL_OK;
    size_t size = sl_dtype_size(t->dtype), row = t->d * size + sizeof *t->y;
    size_t capacity = t->capacity ? t->capacity * 2 : 1 + FIRST_BYTES / row;
    if (t->n && row > max_bytes / t->n)
        return sl_csv_fail(t->csv, 0, err, "more than %zu bytes of data", max_bytes);
    void *x = sl_realloc(t->dtype == SL_U8 ? (void *)t->bytes : (void *)t->floats, capacity, t->d * size);
    if (x && t->dtype == SL_U8)
        t->bytes = x;
    else if (x)
        t->floats = x;
    int32_t *y = sl_realloc(t->y, capacity, sizeof *y);
    t->y = y ? y : t->y;
    if (!x || !y)
        return sl_fail_memory(err);
    t->capacity = capacity;
    return SL_OK;
}

/* A value that is no byte has turned up: all features become floats. */
static int widen(struct table *t, struct sl_error *err)
{
    t->floats = sl_realloc(NULL, t->capacity, t->d * sizeof *t->floats);
    if (!t->floats)
        return sl_fail_memory(err);
    for (size_t i = 0; i < (t->n + 1) * t->d; i++)
        t->floats[i] = t->bytes[i];
    free(t->bytes);
    t->bytes = NULL;
    t->dtype = SL_F32;
    return SL_OK;
}

static int bad_feature(const struct table *t, size_t column, const char *field, struct sl_error *err)
{
    char name[96] = "";
    if (t->columns)
        snprintf(name, sizeof name, " in column \"%.64s\"", t->columns[column]);
    if (!*field)
        return sl_csv_fail(t->csv, column + 1, err, "a missing value%s; expected a number", name);
    return sl_csv_fail(t->csv, column + 1, err, "\"%.40s\"%s; expected a finite number", field, name);
}

static int read_float(struct table *t, size_t column, const char *field, float *value, struct sl_error *err)
{
    double real;
    if (!parse_number(field, &real) || fabs(real) > FLT_MAX)
        return bad_feature(t, column, field, err);
    *value = (float)real;
    return SL_OK;
}

static int read_features(struct table *t, struct sl_error *err)
{
    size_t at = t->n * t->d;
    if (t->dtype == SL_U8)
        memset(t->bytes + at, 0, t->d); /* widen converts the whole row */
    for (size_t i = 0; i < t->width; i++) {
        const char *field = sl_csv_field(t->csv, i);
        int code = SL_OK;
        if (i == t->label)
            continue;
        if (t->dtype == SL_U8 && parse_byte(field, &t->bytes[at])) {
            at++;
            continue;
        }
        float value = 0;
        code = read_float(t, i, field, &value, err);
        if (!code && t->dtype == SL_U8)
            code = widen(t, err);
        if (code)
            return code;
        t->floats[at++] = value;
    }
    return SL_OK;
}

/* "3.0", as some programs write the label 3, is the class "3". */
static void drop_zero_fraction(char *name)
{
    char *point = strchr(name, '.');
    size_t digits = strspn(name + (*name == '-'), "0123456789");
    if (point && digits && point == name + (*name == '-') + digits && point[1] &&
        strspn(point + 1, "0") == strlen(point + 1))
        *point = 0;
}

static int read_label(struct table *t, struct sl_error *err)
{
    const struct sl_dataset *like = t->options->like;
    char *name = sl_csv_field(t->csv, t->label);
    drop_zero_fraction(name);
    if (!*name)
        return sl_csv_fail(t->csv, t->label + 1, err, "no label; expected the name of a class");
    int32_t number = sl_labels_find(t->labels, name);
    if (number < 0 && like) {
        const char *near = sl_nearest(name, (const char *const *)like->classes, (size_t)like->view.k);
        return sl_csv_fail(t->csv, t->label + 1, err, "\"%.64s\" is none of the %d classes of %s%s%s%s", name,
                           like->view.k, like->name, near ? " (did you mean \"" : "", near ? near : "",
                           near ? "\"?)" : "");
    }
    if (number < 0 && sl_labels_count(t->labels) == SL_CLASSES_MAX)
        return sl_csv_fail(t->csv, t->label + 1, err,
                           "more than %d different labels; expected a column of "
                           "classes: name another with the label option",
                           SL_CLASSES_MAX);
    if (number < 0)
        number = sl_labels_add(t->labels, name);
    if (number < 0)
        return sl_fail_memory(err);
    t->y[t->n] = number;
    return SL_OK;
}

static int read_row(struct table *t, struct sl_error *err)
{
    size_t width = sl_csv_width(t->csv);
    if (width != t->width)
        return sl_csv_fail(t->csv, width < t->width ? width : t->width + 1, err,
                           "%zu fields; expected %zu, as in the first line", width, t->width);
    int code = reserve_row(t, err);
    if (!code)
        code = read_features(t, err);
    if (!code && t->label < t->width)
        code = read_label(t, err);
    t->n++;
    return code;
}

static int prepare(struct table *t, struct sl_error *err)
{
    const struct sl_dataset *like = t->options->like;
    t->d = t->width - (t->label < t->width);
    if (t->d == 0)
        return sl_csv_fail(t->csv, 0, err, "one column only; expected features beside the label");
    t->labels = sl_labels_new();
    int failed = !t->labels;
    for (int c = 0; like && !failed && c < like->view.k; c++)
        failed = sl_labels_add(t->labels, like->classes[c]) < 0;
    return failed ? sl_fail_memory(err) : SL_OK;
}

static int read_all(struct table *t, struct sl_error *err)
{
    int got;
    int code = read_head(t, &got, err);
    if (!code)
        code = prepare(t, err);
    if (!code && !got)
        return sl_csv_fail(t->csv, 0, err, "a header and no rows");
    while (!code && got) {
        code = read_row(t, err);
        if (!code)
            code = sl_csv_next(t->csv, &got, err);
    }
    return code;
}

/* The data set --------------------------------------------------------------------------------------*/

/* Columns pixel0, pixel1, ... that make a square are a grey image; so are rows of an image data set. */
static struct sl_image find_image(const struct table *t)
{
    struct sl_image none = {0};
    const struct sl_dataset *like = t->options->like;
    int side = (int)(sqrt((double)t->d) + 0.5);
    if (like && like->view.d == t->d && like->view.image.height)
        return like->view.image;
    if (!t->columns || t->d < 4 || (size_t)side * (size_t)side != t->d)
        return none;
    for (size_t i = 0; i < t->width; i++) {
        if (i != t->label && !is_pixel_name(t->columns[i]))
            return none;
    }
    return (struct sl_image){side, side, 1};
}

/* Moves an array to memory of its exact size, aligned as the library's arrays are. */
static void *settle(void *array, size_t n, size_t size)
{
    void *copy = sl_alloc(n, size);
    if (copy)
        memcpy(copy, array, n * size);
    free(array);
    return copy;
}

static int finish(struct table *t, const char *name, struct sl_dataset **out, struct sl_error *err)
{
    const struct sl_dataset *like = t->options->like;
    int labelled = t->label < t->width;
    if (labelled && !like && sl_labels_sort(t->labels, t->y, t->n))
        return sl_fail_memory(err);
    struct sl_view view = {.dtype = t->dtype, .n = t->n, .d = t->d, .image = find_image(t), .k = 1};
    if (labelled || like)
        view.k = (int)sl_labels_count(t->labels);
    void *x = t->dtype == SL_U8 ? (void *)t->bytes : (void *)t->floats;
    t->bytes = NULL;
    t->floats = NULL;
    view.x = settle(x, t->n, t->d * sl_dtype_size(t->dtype));
    view.y = labelled ? settle(t->y, t->n, sizeof *t->y) : NULL;
    t->y = labelled ? NULL : t->y;
    if (!view.x || (labelled && !view.y)) {
        free((void *)view.x);
        free((void *)view.y);
        return sl_fail_memory(err);
    }
    if (t->columns && labelled) /* the names of the features alone */
        memmove(t->columns + t->label, t->columns + t->label + 1, (t->d - t->label) * sizeof *t->columns);
    return sl_dataset_adopt(&view, name, labelled || like ? sl_labels_names(t->labels) : NULL,
                            (const char *const *)t->columns, out, err);
}

int sl_csv_read(struct sl_input *in, const char *name, const struct sl_read_options *options,
                struct sl_dataset **out, struct sl_error *err)
{
    struct table t = {.options = options, .dtype = SL_U8};
    *out = NULL;
    int code = sl_csv_open(in, &t.csv, err);
    if (!code)
        code = read_all(&t, err);
    if (!code)
        code = finish(&t, name, out, err);
    table_release(&t);
    return code;
}
