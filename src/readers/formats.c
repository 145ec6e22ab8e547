/* formats.c - which format a file has. */
#include "readers/formats.h"
#include "core/names.h"
#include "input/input.h"
#include "input/unpack.h"
#include "readers/readers.h"
#include <string.h>
#include <strings.h>

static const struct sl_format formats[] = {
    {"idx", "", 0, SL_TAKES_LABELS, 0, sl_idx_is, sl_idx_read_with_labels},
    {"npy", "npy", 0, SL_TAKES_LABELS | SL_TAKES_GAPS, 0, sl_npy_is, sl_npy_read},
    {"npz", "npz", 0, SL_TAKES_LABELS | SL_TAKES_WEIGHTS | SL_TAKES_GAPS, 1, sl_npz_is, sl_npz_read},
    {"arff", "arff", 1, SL_TAKES_COLUMNS | SL_TAKES_WEIGHTS | SL_TAKES_GAPS, 0, sl_arff_is, sl_arff_read},
    {"svmlight", "svm libsvm svmlight", 1, SL_TAKES_STORAGE, 0, sl_svmlight_is, sl_svmlight_read},
    {"csv", "csv tsv txt dat data tab", 1,
     SL_TAKES_COLUMNS | SL_TAKES_WEIGHTS | SL_TAKES_DIALECT | SL_TAKES_GAPS, 0, NULL, sl_csv_read},
};

enum { FORMATS = sizeof formats / sizeof *formats };

const struct sl_format *sl_format_at(size_t i)
{
    return i < FORMATS ? &formats[i] : NULL;
}

int sl_format_has_ending(const struct sl_format *format, const char *name)
{
    size_t n = sl_unpacked_length(name), m;
    for (const char *ending = format->endings; *ending; ending += m + (ending[m] == ' ')) {
        m = strcspn(ending, " ");
        if (n > m && name[n - m - 1] == '.' && strncasecmp(name + n - m, ending, m) == 0)
            return 1;
    }
    return 0;
}

static int find_named(const char *name, const struct sl_format **out, struct sl_error *err)
{
    const char *names[FORMATS];
    for (size_t i = 0; i < FORMATS; i++) {
        names[i] = formats[i].name;
        if (strcmp(name, names[i]) != 0)
            continue;
        *out = &formats[i];
        return SL_OK;
    }
    return sl_fail_unknown(err, "format of data", name, names, FORMATS);
}

/* What is text is looked at as text. */
static int find_by_content(struct sl_input *in, int is_text, const struct sl_format **out,
                           struct sl_error *err)
{
    unsigned char bytes[SL_INPUT_PEEK];
    struct sl_head head = {bytes, 0, sl_input_zip(in)};
    int code = is_text ? sl_input_as_text(in, err) : SL_OK;
    if (!code)
        code = sl_input_peek(in, bytes, sizeof bytes, &head.n, err);
    for (size_t i = 0; i < FORMATS && !code && !*out; i++) {
        if (formats[i].is_text == is_text && formats[i].is && formats[i].is(&head))
            *out = &formats[i];
    }
    return code;
}

/* Where no content tells: text of the form that the name says, else CSV. */
static const struct sl_format *find_by_ending(const char *path)
{
    for (size_t i = 0; i < FORMATS; i++) {
        if (formats[i].is_text && formats[i].is && sl_format_has_ending(&formats[i], path))
            return &formats[i];
    }
    return &formats[FORMATS - 1];
}

int sl_format_find(struct sl_input *in, const struct sl_read_options *options, const struct sl_format **out,
                   struct sl_error *err)
{
    int code = SL_OK;
    *out = NULL;
    if (options->format && *options->format) {
        code = find_named(options->format, out, err);
        return code || !(*out)->is_text ? code : sl_input_as_text(in, err);
    }
    for (int is_text = 0; is_text < 2 && !code && !*out; is_text++)
        code = find_by_content(in, is_text, out, err);
    if (!code && !*out)
        *out = find_by_ending(sl_input_path(in));
    return code;
}

int sl_format_check(const struct sl_format *format, const struct sl_read_options *options, const char *name,
                    struct sl_error *err)
{
    const int asks_gaps = options->encoding.missing != SL_MISSING_ERROR;
    const struct {
        const char *option, *value;
        unsigned takes;
        const char *why;
    } all[] = {
        {"label", options->label, SL_TAKES_COLUMNS, "names a column, and such files have none"},
        {"drop", options->drop, SL_TAKES_COLUMNS, "names columns, and such files have none"},
        {"columns", options->columns, SL_TAKES_COLUMNS, "names columns, and such files have none"},
        {"id", options->id, SL_TAKES_COLUMNS, "names a column, and such files have none"},
        {"groups", options->groups, SL_TAKES_COLUMNS, "names a column, and such files have none"},
        {"weights", options->weights, SL_TAKES_WEIGHTS, "names a column, and such files have none"},
        {"categorical", options->categorical, SL_TAKES_COLUMNS, "names columns, and such files have none"},
        {"delimiter", options->delimiter, SL_TAKES_DIALECT, "is for CSV"},
        {"decimal", options->decimal, SL_TAKES_DIALECT, "is for CSV"},
        {"storage", options->storage, SL_TAKES_STORAGE, "is for svmlight"},
        {"missing", asks_gaps ? "asked" : NULL, SL_TAKES_GAPS,
         "has no effect: no value can be missing there"},
        {"labels", options->labels, SL_TAKES_LABELS, "is for NPY and IDX: here the file holds the labels"}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (all[i].value && *all[i].value && !(format->takes & all[i].takes))
            return sl_fail(err, SL_EUSAGE, "%s is %s: %s %s", name, format->name, all[i].option, all[i].why);
    }
    return SL_OK;
}
