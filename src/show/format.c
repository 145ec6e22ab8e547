/* format.c - the output formats: one line of `formats` each. */
#include "show/columns.h"
#include "show/json.h"
#include "show/report.h"
#include <shortlist/text.h>
#include <string.h>

static void write_text(const struct sl_grid *grid, int width, FILE *to)
{
    sl_grid_text(grid, width, to);
}

static void write_markdown(const struct sl_grid *grid, int width, FILE *to)
{
    (void)width;
    sl_grid_markdown(grid, to);
}

static void write_latex(const struct sl_grid *grid, int width, FILE *to)
{
    (void)width;
    sl_grid_latex(grid, to);
}

/* A format either writes any grid that people read, or (NULL) records. */
static const struct {
    const char *name;
    void (*write)(const struct sl_grid *grid, int width, FILE *to);
} formats[] = {
    [SL_FORMAT_TEXT] = {"text", write_text},
    [SL_FORMAT_MARKDOWN] = {"markdown", write_markdown},
    [SL_FORMAT_CSV] = {"csv", NULL},
    [SL_FORMAT_JSON] = {"json", NULL},
    [SL_FORMAT_LATEX] = {"latex", write_latex},
};
enum { N_FORMATS = sizeof formats / sizeof *formats };

int sl_format_parse(const char *name, enum sl_format *format, struct sl_error *err)
{
    const char *names[N_FORMATS];
    for (size_t i = 0; i < N_FORMATS; i++) {
        names[i] = formats[i].name;
        if (strcmp(name, names[i]) == 0) {
            *format = (enum sl_format)i;
            return SL_OK;
        }
    }
    const char *nearest = sl_nearest(name, names, N_FORMATS);
    return sl_fail(err, SL_EUSAGE,
                   "there is no format '%.40s'%s%s%s: there are text, markdown, csv, json, latex", name,
                   nearest ? " (did you mean " : "", nearest ? nearest : "", nearest ? "?)" : "");
}

static int finish(struct sl_grid *grid, FILE *to, int code, struct sl_error *err)
{
    if (!code && grid->failed)
        code = sl_fail_memory(err);
    sl_grid_release(grid);
    if (!code && ferror(to))
        code = sl_fail(err, SL_EIO, "the table could not be written");
    return code;
}

int sl_table_write(const struct sl_table *table, enum sl_format format, int width, FILE *to,
                   struct sl_error *err)
{
    struct sl_grid grid = {0};
    int code = SL_OK;
    if (format == SL_FORMAT_JSON)
        return sl_json_write(sl_table_json(table), to, err);
    if (format == SL_FORMAT_CSV) {
        code = sl_table_record_grid(table, &grid, err);
        if (!code && !grid.failed)
            sl_grid_csv(&grid, to);
    } else {
        sl_table_grid(table, &grid);
        if (!grid.failed)
            formats[format].write(&grid, width, to);
    }
    return finish(&grid, to, code, err);
}

static int write_for_people(const struct sl_class_report *report, enum sl_format format, FILE *to,
                            struct sl_error *err)
{
    struct sl_grid scores = {0}, confusion = {0};
    sl_class_report_grid(report, &scores);
    sl_confusion_grid(report, &confusion);
    if (!scores.failed && !confusion.failed) {
        formats[format].write(&scores, 0, to);
        fputc('\n', to);
        formats[format].write(&confusion, 0, to);
    }
    int code = finish(&scores, to, SL_OK, err);
    return finish(&confusion, to, code, err);
}

int sl_row_write(const struct sl_table *table, const char *name, enum sl_format format, FILE *to,
                 struct sl_error *err)
{
    struct sl_class_report report;
    struct sl_grid grid = {0};
    const struct sl_table_row *row = sl_table_find(table, name, err);
    if (!row)
        return err && err->code ? err->code : SL_EUSAGE;
    int code = sl_class_report_make(table, row, &report, err);
    if (code)
        return code;
    if (format == SL_FORMAT_JSON)
        code = sl_json_write(sl_class_report_json(&report), to, err);
    else if (format == SL_FORMAT_CSV) {
        sl_class_record_grid(&report, &grid);
        if (!grid.failed)
            sl_grid_csv(&grid, to);
        code = finish(&grid, to, SL_OK, err);
    } else
        code = write_for_people(&report, format, to, err);
    sl_class_report_free(&report);
    return code;
}
