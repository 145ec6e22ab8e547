/* svmlight_row.c - one row of an svmlight file.
 *
 *     label [qid:number] index:value index:value ... [# comment]
 *
 * Indices ascend; what is not written is 0.  O(bytes); a row's entries get their room at once, from the
 * length of its line, so that the loop over them checks none. */
#include "core/text.h"
#include "readers/csv_number.h"
#include "readers/foreign.h"
#include "readers/svmlight.h"
#include <float.h>
#include <math.h>
#include <string.h>

enum { SHORTEST = 4 }; /* bytes of " 1:0" */

static inline int is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static inline int ends_word(char c)
{
    return is_blank(c) || c == 0 || c == '#';
}

static inline char *skip_blanks(char *p)
{
    while (is_blank(*p))
        p++;
    return p;
}

static char *end_of_word(char *p)
{
    return p + strcspn(p, " \t#");
}

/* The label -----------------------------------------------------------------------------------------*/

/* "+1" and "1" are one class, called as it is written first. */
static const char *known_as(const struct sl_labels *names, const char *label, char *other, size_t size)
{
    double value;
    if (sl_labels_find(names, label) >= 0 || sl_parse_real(label, &value) != 0 || *label == '-')
        return label;
    snprintf(other, size, "%s%s", *label == '+' ? "" : "+", *label == '+' ? label + 1 : label);
    return sl_labels_find(names, other) >= 0 ? other : label;
}

static int add_label(struct sl_svmlight *file, char *label, struct sl_error *err)
{
    char other[64];
    if (strchr(label, ','))
        return sl_lines_fail(&file->lines, err,
                             "the labels \"%.40s\": one row of several classes; expected one label a row",
                             label);
    sl_csv_drop_zero_fraction(label);
    const char *name = known_as(file->labels.names, label, other, sizeof other);
    if (sl_labels_find(file->labels.names, name) < 0 && sl_is_missing(name))
        return sl_lines_fail(&file->lines, err, "\"%.40s\" is a missing label; expected the name of a class",
                             label);
    int code = sl_label_column_add(&file->labels, name, err);
    return code != SL_EDATA
               ? code
               : sl_lines_fail(&file->lines, err, "more than %d different labels; expected classes",
                               SL_CLASSES_MAX);
}

/* Takes the first word where it is a label. */
static int take_label(struct sl_svmlight *file, char **p, struct sl_error *err)
{
    char *end = end_of_word(*p), after = *end, *colon = memchr(*p, ':', (size_t)(end - *p));
    int code = SL_OK;
    if (colon && file->unlabelled)
        return SL_OK;
    *end = 0;
    if (colon)
        code =
            sl_lines_fail(&file->lines, err,
                          "\"%.40s\" stands in the place of the label; expected label index:value ...", *p);
    else if (!file->unlabelled)
        code = add_label(file, *p, err);
    *end = after;
    *p = end;
    return code;
}

/* The values ----------------------------------------------------------------------------------------*/

static int bad_pair(struct sl_svmlight *file, char *p, const char *why, struct sl_error *err)
{
    *end_of_word(p) = 0;
    return sl_lines_fail(&file->lines, err, "\"%.40s\": %s", p, why);
}

/* What the scan does not take: many digits, far exponents, and what is no number. */
static int take_long_value(struct sl_svmlight *file, char *pair, char **p, double *value,
                           struct sl_error *err)
{
    char *end = end_of_word(*p), after = *end;
    *end = 0;
    int failed = sl_parse_real(*p, value);
    *end = after;
    *p = end;
    if (failed)
        return bad_pair(file, pair, "expected index:value, a finite number", err);
    if (fabs(*value) > FLT_MAX)
        return bad_pair(file, pair, "it is beyond the range of float numbers, -3.4e38 to 3.4e38", err);
    return SL_OK;
}

/* "index:"; the index, or -1. */
static inline int64_t take_index(char **p)
{
    uint64_t index = 0;
    char *q = *p;
    for (; *q >= '0' && *q <= '9' && q - *p < 11; q++)
        index = index * 10 + (uint64_t)(*q - '0');
    if (q == *p || *q != ':')
        return -1;
    *p = q + 1;
    return (int64_t)index;
}

static int bad_index(struct sl_svmlight *file, char *pair, int64_t index, int64_t last, struct sl_error *err)
{
    char why[120];
    if (index < 0)
        return bad_pair(file, pair, "expected index:value, a whole number and a number", err);
    if (index >= SL_SPARSE_COLUMNS)
        return bad_pair(file, pair, "the index is too large", err);
    snprintf(why, sizeof why, "index %lld after %lld: the indices of a row must ascend", (long long)index,
             (long long)last);
    return bad_pair(file, pair, why, err);
}

static int take_pair(struct sl_svmlight *file, char **p, int64_t *last, struct sl_error *err)
{
    char *pair = *p;
    double value;
    int n_digits = 0;
    int64_t index = take_index(p);
    if (index <= *last || index >= SL_SPARSE_COLUMNS)
        return bad_index(file, pair, index, *last, err);
    *last = index;
    const char *end = sl_number_scan(*p, &value, &n_digits);
    if (end && ends_word(*end))
        *p += end - *p;
    else {
        int code = take_long_value(file, pair, p, &value, err);
        if (code)
            return code;
        n_digits = FLT_DIG + 1;
    }
    if (value != 0)
        sl_sparse_add(&file->rows, (uint32_t)index, value, n_digits > FLT_DIG);
    return SL_OK;
}

/* "qid:3" groups rows for ranking: nothing here ranks. */
static char *skip_query(struct sl_svmlight *file, char *p)
{
    if (strncmp(p, "qid:", 4) != 0)
        return p;
    file->queries++;
    return skip_blanks(end_of_word(p));
}

/* What the rows take may be as large as a table; a small packed file can become any size. */
static int check_size(const struct sl_svmlight *file, struct sl_error *err)
{
    const size_t entry = sizeof *file->rows.column + sizeof *file->rows.value;
    const size_t row = sizeof *file->rows.start + sizeof *file->labels.y;
    if (file->rows.n * row + file->rows.n_entries * entry <= SL_TABLE_MOST)
        return SL_OK;
    return sl_lines_fail(&file->lines, err, "more than %zu bytes of data", SL_TABLE_MOST);
}

static int parse_row(struct sl_svmlight *file, char *p, size_t length, struct sl_error *err)
{
    int64_t last = -1;
    int code = check_size(file, err);
    if (!code)
        code = take_label(file, &p, err);
    if (!code && sl_sparse_reserve(&file->rows, length / SHORTEST + 1))
        code = sl_fail_memory(err);
    p = skip_query(file, skip_blanks(p));
    for (int first = 1; !code && *p && *p != '#'; p = skip_blanks(p), first = 0) {
        code = take_pair(file, &p, &last, err);
        if (!code && first && last < file->least)
            file->least = (uint32_t)last;
    }
    if (last >= file->most)
        file->most = (uint32_t)last;
    if (!code)
        sl_sparse_end_row(&file->rows);
    return code;
}

int sl_svmlight_next(struct sl_svmlight *file, int *got, struct sl_error *err)
{
    size_t length;
    int code;
    char *line, *p;
    *got = 0;
    while ((line = sl_lines_next(&file->lines, &length, &code, err))) {
        p = skip_blanks(line);
        if (!*p || *p == '#')
            continue;
        *got = 1;
        return parse_row(file, p, length, err);
    }
    return code;
}
