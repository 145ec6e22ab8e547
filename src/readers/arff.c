/* arff.c - a data set from an ARFF file.
 *
 * Attributes are the columns of a table, whose rows csv.c takes: text, dates and missing values (?) are
 * refused or taken as in CSV.  The label is the one that the options name; else that called like one; else
 * the last, where it is nominal, as Weka has it. */
#include "readers/arff.h"
#include "core/memory.h"
#include "input/input.h"
#include "readers/csv_label.h"
#include "readers/csv_rows.h"
#include "readers/formats.h"
#include "readers/readers.h"
#include <stdio.h>
#include <string.h>
#include <strings.h>

int sl_arff_is(const struct sl_head *head)
{
    static const char relation[] = "@relation";
    const char *p = (const char *)head->bytes, *end = p + head->n;
    while (p < end && strchr("% \t\r\n", *p) && *p) {
        if (*p == '%')
            p = memchr(p, '\n', (size_t)(end - p)) ? memchr(p, '\n', (size_t)(end - p)) : end - 1;
        p++;
    }
    return (size_t)(end - p) >= sizeof relation && strncasecmp(p, relation, sizeof relation - 1) == 0;
}

/* Takes the lines of the header that are whole in the chunk; *data: @data was among them. */
static int take_lines(struct sl_csv *csv, struct sl_arff *arff, int *data, struct sl_error *err)
{
    char *end;
    *data = 0;
    while (!*data && (end = memchr(csv->chunk + csv->at, '\n', csv->end - csv->at))) {
        struct sl_error why = {0};
        char *line = csv->chunk + csv->at;
        size_t length = (size_t)(end - line);
        csv->at += length + 1;
        csv->line = csv->next_line++;
        *end = 0;
        if (length && end[-1] == '\r')
            end[-1] = 0;
        int code = sl_arff_take_line(arff, line, data, &why);
        if (code == SL_EDATA)
            return sl_csv_fail(csv, 0, err, "%s", why.text);
        if (code)
            return sl_fail_memory(err);
    }
    return SL_OK;
}

static int read_header(struct sl_csv *csv, struct sl_arff *arff, struct sl_error *err)
{
    int data = 0, code = sl_csv_load(csv, err);
    csv->next_line = 1;
    while (!code && !data) {
        code = take_lines(csv, arff, &data, err);
        if (code || data)
            break;
        if (csv->ended || csv->chunk_size >= SL_CSV_MAX_ROW)
            code = sl_csv_fail(csv, 0, err, "no line @data: expected @relation, @attribute ..., @data");
        else
            code = sl_csv_load(csv, err);
    }
    return code;
}

/* Room in a row's text for the names, or for the first values of a sparse row. */
static int reserve_names(struct sl_csv *csv, const struct sl_arff *arff, struct sl_error *err)
{
    size_t names = 0, values = 2;
    for (size_t i = 0; i < arff->n; i++) {
        const struct sl_labels *of = arff->attribute[i].values;
        names += strlen(arff->attribute[i].name) + 1;
        values += of ? strlen(sl_labels_names(of)[0]) + 1 : 0;
    }
    csv->reserved = names > values ? names : values;
    csv->err = err;
    sl_csv_reserve_text(csv);
    return csv->code;
}

/* The name of the attribute that is the label though nothing says so; NULL: csv_label.c looks for one. */
static const char *last_is_label(const struct sl_arff *arff, const struct sl_read_options *options)
{
    const struct sl_arff_attribute *last = &arff->attribute[arff->n - 1];
    if (options->label || options->like || options->n_features || options->no_label)
        return NULL;
    for (size_t i = 0; i < arff->n; i++) {
        if (sl_label_rank(arff->attribute[i].name))
            return NULL;
    }
    return last->type == SL_ARFF_NOMINAL ? last->name : NULL;
}

static int read_rows(struct sl_csv *csv, struct sl_arff *arff, const char *name,
                     const struct sl_read_options *options, struct sl_dataset **out, struct sl_error *err)
{
    struct sl_read_options own = *options;
    const char *label = last_is_label(arff, options);
    own.label = label ? label : options->label;
    own.header = 1;
    csv->arff = arff;
    csv->parse_row = sl_arff_parse_row;
    return sl_csv_read_table(csv, name, &own, out, err);
}

int sl_arff_read(struct sl_input *in, const char *name, enum sl_part part,
                 const struct sl_read_options *options, struct sl_dataset **out, struct sl_error *err)
{
    struct sl_csv *csv;
    struct sl_arff arff = {0};
    (void)part;
    *out = NULL;
    int code = sl_csv_open(in, &csv, err);
    if (code)
        return code;
    code = read_header(csv, &arff, err);
    if (!code)
        code = reserve_names(csv, &arff, err);
    if (!code)
        code = read_rows(csv, &arff, name, options, out, err);
    sl_csv_close(csv);
    sl_arff_release(&arff);
    return code;
}
