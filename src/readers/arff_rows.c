/* arff_rows.c - the rows of an ARFF file: values between commas (or blanks), or {index value, ...} where only
 * what is not 0, or not the first of an attribute's values, is written.
 *
 * They become the rows of a table with a header, the names of the attributes.  O(bytes + rows times
 * attributes). */
#include "data/notes.h"
#include "readers/arff.h"
#include "readers/csv_parse.h"
#include <string.h>

static int is_blank(int c)
{
    return c == ' ' || c == '\t';
}

static int ends_line(int c)
{
    return c == '\n' || c == '\r' || c == SL_CSV_END;
}

static int skip_blanks(struct sl_csv *csv, int c)
{
    while (is_blank(c))
        c = sl_csv_get(csv);
    return c;
}

static int take_quoted(struct sl_csv *csv, int quote)
{
    int c;
    csv->quoted++;
    while ((c = sl_csv_get(csv)) != quote) {
        if (c == '\\')
            c = sl_csv_get(csv);
        if (ends_line(c) || c == 0)
            return sl_csv_stop(csv, c ? "the quote that opens here is never closed" : "a NUL byte");
        csv->text[csv->size++] = (char)c;
    }
    return sl_csv_get(csv);
}

/* Copies a value, which begins with c, into the text; returns what follows it. */
static int take_value(struct sl_csv *csv, int c, int sparse)
{
    if (c == '\'' || c == '"')
        c = take_quoted(csv, c);
    else {
        for (; c != ',' && !is_blank(c) && !ends_line(c) && !(sparse && c == '}'); c = sl_csv_get(csv)) {
            if (c == 0)
                return sl_csv_stop(csv, "a NUL byte: expected plain text (ASCII or UTF-8)");
            csv->text[csv->size++] = (char)c;
        }
    }
    csv->text[csv->size++] = 0;
    return skip_blanks(csv, c);
}

/* A nominal attribute has the values that were declared, or none. */
static int check_value(struct sl_csv *csv, size_t i, const char *value)
{
    const struct sl_arff_attribute *attribute = i < csv->arff->n ? &csv->arff->attribute[i] : NULL;
    if (!attribute || !attribute->values || strcmp(value, "?") == 0 || !*value ||
        sl_labels_find(attribute->values, value) >= 0)
        return 0;
    return sl_csv_stop(csv, "%s is none of the values that @attribute %s declares", sl_quote(value).text,
                       sl_quote(attribute->name).text);
}

static int parse_dense(struct sl_csv *csv, int c)
{
    for (;;) {
        if (!sl_csv_begin_field(csv))
            return SL_CSV_END;
        c = take_value(csv, c, 0);
        if (!csv->code)
            check_value(csv, csv->n - 1, csv->text + csv->start[csv->n - 1]);
        if (csv->code || ends_line(c))
            return c;
        if (c == ',')
            c = skip_blanks(csv, sl_csv_get(csv));
    }
}

/* Sparse rows ---------------------------------------------------------------------------------------*/

/* Fields of a row in which nothing is written: "0" is the text's first, and all numbers share it. */
static int begin_sparse(struct sl_csv *csv)
{
    const struct sl_arff *arff = csv->arff;
    memcpy(csv->text, "0", 2);
    csv->size = 2;
    for (size_t i = 0; i < arff->n; i++) {
        const struct sl_labels *values = arff->attribute[i].values;
        if (!sl_csv_begin_field(csv))
            return 0;
        csv->start[i] = 0;
        if (!values)
            continue;
        const char *first = sl_labels_names(values)[0];
        size_t size = strlen(first) + 1;
        csv->start[i] = csv->size;
        memcpy(csv->text + csv->size, first, size);
        csv->size += size;
    }
    return 1;
}

static int take_index(struct sl_csv *csv, int *c, size_t *index)
{
    size_t digits = 0;
    for (*index = 0; *c >= '0' && *c <= '9' && digits < 10; *c = sl_csv_get(csv), digits++)
        *index = *index * 10 + (size_t)(*c - '0');
    if (!digits || !is_blank(*c))
        return sl_csv_stop(csv, "expected index value, index value ... between { and }");
    if (*index >= csv->arff->n)
        return sl_csv_stop(csv, "index %zu: there are %zu attributes, from 0", *index, csv->arff->n);
    *c = skip_blanks(csv, *c);
    return 0;
}

static int parse_sparse(struct sl_csv *csv)
{
    size_t index, last = 0, written = 0;
    if (!begin_sparse(csv))
        return SL_CSV_END;
    int c = skip_blanks(csv, sl_csv_get(csv));
    while (c != '}') {
        if (take_index(csv, &c, &index))
            return SL_CSV_END;
        if (written++ && index <= last)
            return sl_csv_stop(csv, "index %zu after %zu: the indices of a row must ascend", index, last);
        last = index;
        csv->start[index] = csv->size;
        c = take_value(csv, c, 1);
        if (csv->code || check_value(csv, index, csv->text + csv->start[index]))
            return SL_CSV_END;
        if (c != ',' && c != '}')
            return sl_csv_stop(csv, "expected , or } behind a value");
        if (c == ',')
            c = skip_blanks(csv, sl_csv_get(csv));
    }
    csv->size += csv->size == csv->n; /* else the row would count as one without anything */
    return skip_blanks(csv, sl_csv_get(csv));
}

/* Rows ----------------------------------------------------------------------------------------------*/

static int give_names(struct sl_csv *csv)
{
    for (size_t i = 0; i < csv->arff->n; i++) {
        const char *name = csv->arff->attribute[i].name;
        size_t size = strlen(name) + 1;
        if (!sl_csv_begin_field(csv))
            return 0;
        memcpy(csv->text + csv->size, name, size);
        csv->size += size;
    }
    csv->row++;
    return 1;
}

static void skip_line(struct sl_csv *csv, int c)
{
    while (!ends_line(c))
        c = sl_csv_get(csv);
    if (c == '\r' && (c = sl_csv_get(csv)) != '\n' && c != SL_CSV_END)
        csv->at--;
    csv->next_line++;
}

int sl_arff_parse_row(struct sl_csv *csv)
{
    csv->n = csv->size = csv->quoted = 0;
    csv->line = csv->next_line;
    if (csv->row == 0)
        return give_names(csv);
    int c;
    for (;; skip_line(csv, c)) {
        csv->line = csv->next_line;
        c = skip_blanks(csv, sl_csv_get(csv));
        if (c == SL_CSV_END)
            return 0;
        if (c != '%' && !ends_line(c))
            break;
    }
    sl_csv_reserve_text(csv);
    if (csv->code)
        return 0;
    c = c == '{' ? parse_sparse(csv) : parse_dense(csv, c);
    if (!csv->code && !ends_line(c))
        sl_csv_stop(csv, "expected the end of the line");
    if (!csv->code)
        skip_line(csv, c);
    csv->row++;
    return !csv->code;
}
