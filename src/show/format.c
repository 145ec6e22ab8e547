/* format.c - the output formats: one line of `formats` each. */
#include "core/names.h"
#include "show/columns.h"
#include "show/diff.h"
#include "show/json.h"
#include "show/report.h"
#include <shortlist/text.h>
#include <string.h>

static int write_markdown(const struct sl_grid *grid, int width, FILE *to)
{
    (void)width;
    return sl_grid_markdown(grid, to);
}

static int write_latex(const struct sl_grid *grid, int width, FILE *to)
{
    (void)width;
    return sl_grid_latex(grid, to);
}

static int write_html(const struct sl_grid *grid, int width, FILE *to)
{
    (void)width;
    return sl_grid_html(grid, to);
}

static int latex_fits(const struct sl_grid *grid, int width)
{
    (void)width;
    return sl_grid_latex_fits(grid);
}

/* A format either writes any grid that people read, or (NULL) records. */
static const struct {
    const char *name;
    int (*write)(const struct sl_grid *grid, int width, FILE *to); /* SL_OK or SL_ENOMEM */
    int (*fits)(const struct sl_grid *grid, int width);            /* NULL: any width does */
} formats[] = {
    [SL_FORMAT_TEXT] = {"text", sl_grid_text, sl_grid_text_fits},
    [SL_FORMAT_MARKDOWN] = {"markdown", write_markdown, NULL},
    [SL_FORMAT_CSV] = {"csv", NULL, NULL},
    [SL_FORMAT_JSON] = {"json", NULL, NULL},
    [SL_FORMAT_LATEX] = {"latex", write_latex, latex_fits},
    [SL_FORMAT_HTML] = {"html", write_html, NULL},
    [SL_FORMAT_CV_RESULTS] = {"cv_results", NULL, NULL},
};
enum { N_FORMATS = sizeof formats / sizeof *formats };

int sl_output_format_parse(const char *name, enum sl_output_format *format, struct sl_error *err)
{
    const char *names[N_FORMATS];
    for (size_t i = 0; i < N_FORMATS; i++) {
        names[i] = formats[i].name;
        if (strcmp(name, names[i]) == 0) {
            *format = (enum sl_output_format)i;
            return SL_OK;
        }
    }
    return sl_fail_unknown(err, "format", name, names, N_FORMATS);
}

int sl_grid_finish(struct sl_grid *grid, FILE *to, int code, struct sl_error *err)
{
    if (!code && grid->failed)
        code = sl_fail_memory(err);
    sl_grid_release(grid);
    if (!code && ferror(to))
        code = sl_fail(err, SL_EIO, "the table could not be written");
    return code;
}

/* Here, just before they are written, texts are made fit for people; JSON and CSV quote them in their own
 * way. */
void sl_grid_write(struct sl_grid *grid, enum sl_output_format format, int width, FILE *to)
{
    if (!grid->failed && formats[format].write)
        sl_grid_visible(grid);
    if (!grid->failed)
        grid->failed =
            (formats[format].write ? formats[format].write(grid, width, to) : sl_grid_csv(grid, to)) != 0;
}

int sl_table_write(const struct sl_table *table, enum sl_output_format format, const char *columns, int width,
                   FILE *to, struct sl_error *err)
{
    struct sl_grid grid = {0};
    int code = sl_columns_check(columns, format, err);
    if (code)
        return code;
    if (format == SL_FORMAT_JSON)
        return sl_json_write(sl_table_json(table), to, err);
    if (format == SL_FORMAT_CSV)
        code = sl_table_record_grid(table, &grid, err);
    else if (format == SL_FORMAT_CV_RESULTS)
        code = sl_cv_results_grid(table, &grid, err);
    else
        code = sl_table_grid(table, columns, &grid, err);
    if (!code)
        sl_grid_write(&grid, format, width, to);
    return sl_grid_finish(&grid, to, code, err);
}

int sl_diff_write(const struct sl_diff *diff, enum sl_output_format format, int width, FILE *to,
                  struct sl_error *err)
{
    struct sl_grid grid = {0};
    int code = SL_OK;
    if (format == SL_FORMAT_JSON)
        return sl_json_write(sl_diff_json(diff), to, err);
    if (format == SL_FORMAT_CSV)
        code = sl_diff_record_grid(diff, &grid, err);
    else
        sl_diff_grid(diff, &grid);
    if (!code)
        sl_grid_write(&grid, format, width, to);
    return sl_grid_finish(&grid, to, code, err);
}

enum { MATRIX_MOST = 20 /* classes */ };

/* A matrix that is too large to read, or wider than what it is written on, is a list of its largest errors.
 */
static int write_for_people(const struct sl_class_report *report, enum sl_output_format format, int width,
                            FILE *to, struct sl_error *err)
{
    struct sl_grid scores = {0}, confusion = {0};
    sl_class_report_grid(report, &scores);
    sl_confusion_grid(report, &confusion);
    if (!confusion.failed &&
        (report->k > MATRIX_MOST || (formats[format].fits && !formats[format].fits(&confusion, width)))) {
        sl_grid_release(&confusion);
        sl_confused_pairs_grid(report, &confusion);
    }
    sl_grid_write(&scores, format, width, to);
    fputc('\n', to);
    sl_grid_write(&confusion, format, width, to);
    int code = sl_grid_finish(&scores, to, SL_OK, err);
    return sl_grid_finish(&confusion, to, code, err);
}

int sl_row_write(const struct sl_table *table, const char *name, enum sl_output_format format, int width,
                 FILE *to, struct sl_error *err)
{
    struct sl_class_report report;
    struct sl_grid grid = {0};
    const struct sl_table_row *row = sl_table_find(table, name, err);
    if (!row)
        return err && err->code ? err->code : SL_EUSAGE;
    int code = format == SL_FORMAT_CV_RESULTS
                   ? sl_fail(err, SL_EUSAGE, "the format cv_results is of whole tables, not of one row")
                   : sl_class_report_make(table, row, &report, err);
    if (code)
        return code;
    if (format == SL_FORMAT_JSON)
        code = sl_json_write(sl_class_report_json(&report), to, err);
    else if (format == SL_FORMAT_CSV) {
        sl_class_record_grid(&report, &grid);
        sl_grid_write(&grid, format, width, to);
        code = sl_grid_finish(&grid, to, SL_OK, err);
    } else
        code = write_for_people(&report, format, width, to, err);
    sl_class_report_free(&report);
    return code;
}
