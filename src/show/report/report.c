/* report.c - a document of studies: which sections it has, and which rows have one of their own.
 *
 * Cost: that of the tables' texts, O(rows), and of the pictures that are not drawn yet; tests of groups of
 * rows look at the best 40. */
#include "show/report/report.h"
#include "core/file.h"
#include "core/memory.h"
#include "core/names.h"
#include "show/report.h"
#include "show/rules.h"
#include <string.h>

static const struct sl_page_type *const types[] = {[SL_REPORT_HTML] = &sl_page_html,
                                                   [SL_REPORT_MARKDOWN] = &sl_page_markdown,
                                                   [SL_REPORT_LATEX] = &sl_page_latex};
enum { N_TYPES = sizeof types / sizeof *types };

const char *sl_report_format_name(size_t i)
{
    return i < N_TYPES ? types[i]->name : NULL;
}

const char *sl_report_ending(enum sl_report_format format)
{
    return types[format]->ending;
}

int sl_report_format_parse(const char *name, enum sl_report_format *format, struct sl_error *err)
{
    const char *names[N_TYPES];
    for (size_t i = 0; i < N_TYPES; i++) {
        names[i] = types[i]->name;
        if (strcmp(names[i], name) == 0) {
            *format = (enum sl_report_format)i;
            return SL_OK;
        }
    }
    return sl_fail_unknown(err, "format", name, names, N_TYPES);
}

/* Rows --------------------------------------------------------------------------------------------- */

/* The best first; equal ones, and those without a score, as they stand. */
static int rank(struct sl_report *report)
{
    const struct sl_table *table = report->table;
    size_t *ranked = report->ranked = sl_alloc(table->n, sizeof *ranked);
    if (!ranked)
        return sl_fail_memory(report->err);
    for (size_t i = 0; i < table->n; i++) {
        size_t at = i;
        for (; at && sl_row_counts(&table->rows[i]) &&
               (!sl_row_counts(&table->rows[ranked[at - 1]]) || sl_table_is_better(table, i, ranked[at - 1]));
             at--)
            ranked[at] = ranked[at - 1];
        ranked[at] = i;
    }
    return SL_OK;
}

static int choose(struct sl_report *report)
{
    const size_t n = report->table->n;
    char id[64], kind[32];
    report->chosen = sl_alloc_zero(n, 1);
    report->links = sl_alloc_zero(n, sizeof *report->links);
    if (!report->chosen || !report->links)
        return sl_fail_memory(report->err);
    for (size_t i = 0; i < n; i++) {
        size_t row = report->ranked[i];
        report->chosen[row] =
            i < SL_REPORT_ROWS || sl_report_is_asked_for(report, report->table->rows[row].row->name);
        snprintf(kind, sizeof kind, "row-%zu", row + 1);
        if (report->chosen[row] &&
            !(report->links[row] = sl_strdup(sl_report_id(report, kind, id, sizeof id))))
            return sl_fail_memory(report->err);
    }
    return SL_OK;
}

/* Every name must be a row's of some study; the error is that of the first. */
static int check_rows(const struct sl_report_request *request, struct sl_error *err)
{
    for (size_t i = 0; i < request->n_rows; i++) {
        int found = 0;
        for (size_t s = 0; s < request->n && !found; s++)
            found = sl_table_find(request->tables[s], request->rows[i], s ? NULL : err) != NULL;
        if (!found)
            return err && err->code ? err->code : SL_EUSAGE;
    }
    return SL_OK;
}

/* -------------------------------------------------------------------------------------------------- */

static int write_sections(struct sl_report *report)
{
    int code = SL_OK;
    sl_report_summary(report);
    sl_report_next(report);
    code = sl_report_ranking(report);
    if (code)
        return code;
    sl_report_published(report);
    code = sl_report_sweep(report);
    if (code)
        return code;
    sl_report_setup(report);
    sl_report_commands(report);
    for (size_t i = 0; i < report->table->n && !code; i++)
        if (report->chosen[report->ranked[i]])
            code = sl_report_row(report, report->ranked[i]);
    return code;
}

static void release(struct sl_report *report)
{
    for (size_t i = 0; report->links && i < report->table->n; i++)
        free(report->links[i]);
    free(report->links);
    free(report->ranked);
    free(report->chosen);
    free(report->folder);
}

static int write_study(struct sl_report_request *request, struct sl_page *page, size_t s,
                       struct sl_error *err)
{
    struct sl_report report = {
        .request = request, .page = page, .table = request->tables[s], .number = s, .err = err};
    report.folder = sl_format("%s/%s/plots", request->out, report.table->study->name);
    int code = report.folder ? rank(&report) : sl_fail_memory(err);
    if (!code)
        code = choose(&report);
    if (!code)
        code = write_sections(&report);
    if (!code && s + 1 == request->n)
        sl_report_cite(&report);
    release(&report);
    return code;
}

static int write_document(struct sl_page *page, const char *path, struct sl_error *err)
{
    char *text = NULL;
    size_t size = 0;
    FILE *memory = open_memstream(&text, &size);
    int code = memory ? sl_page_write(page, memory, err) : sl_fail_memory(err);
    if (memory && fclose(memory) && !code)
        code = sl_fail_memory(err);
    if (!code)
        code = sl_file_write(path, text, size, err);
    free(text);
    return code;
}

int sl_report_write(struct sl_report_request *request, const char *path, struct sl_error *err)
{
    struct sl_page page;
    const struct sl_study *first = request->tables[0]->study;
    char *folder = sl_strdup(path), *slash = folder ? strrchr(folder, '/') : NULL;
    request->n_missing = 0;
    int code = folder ? check_rows(request, err) : sl_fail_memory(err);
    if (!code)
        code = sl_page_begin(&page, types[request->format],
                             request->n > 1                  ? "Studies side by side"
                             : first->title && *first->title ? first->title
                                                             : first->name,
                             err);
    if (code) {
        free(folder);
        return code;
    }
    if (slash)
        *slash = 0;
    page.folder = slash ? folder : NULL;
    struct sl_report all = {.request = request, .page = &page, .table = request->tables[0], .err = err};
    code = sl_report_compare(&all);
    for (size_t s = 0; s < request->n && !code; s++)
        code = write_study(request, &page, s, err);
    if (!code)
        code = write_document(&page, path, err);
    sl_page_release(&page);
    free(folder);
    return code;
}
