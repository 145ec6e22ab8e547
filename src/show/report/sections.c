/* sections.c - what the sections of a document have in common: names, headings, pictures. */
#include "core/memory.h"
#include "show/report/report.h"
#include <shortlist/plot.h>
#include <stdio.h>
#include <string.h>

const char *sl_report_id(const struct sl_report *report, const char *kind, char *buf, size_t size)
{
    if (report->request->n > 1)
        snprintf(buf, size, "s%zu-%s", report->number + 1, kind);
    else
        snprintf(buf, size, "%s", kind);
    return buf;
}

void sl_report_section(struct sl_report *report, const char *kind, const char *title)
{
    char id[64];
    char *whole =
        report->request->n > 1 ? sl_format("%s: %s", report->table->study->name, title) : sl_strdup(title);
    report->page->failed |= !whole;
    if (whole)
        sl_page_section(report->page, SL_SECTION_ALL, sl_report_id(report, kind, id, sizeof id), whole);
    free(whole);
}

/* Pictures ----------------------------------------------------------------------------------------- */

struct embedding {
    struct sl_report *report;
    const char *row; /* "": those of the study alone */
};

static void embed(void *arg, const struct sl_plot_made *made)
{
    struct embedding *embedding = arg;
    struct sl_report_request *request = embedding->report->request;
    if ((embedding->row && !*embedding->row && made->row) ||
        !sl_page_picture(embedding->report->page, made->path, made->alt))
        return;
    if (!request->n_missing++)
        sl_fail(&request->missing, SL_EIO, "%s can not be a part of the report", made->path);
}

static int draw(struct sl_report *report, const struct sl_plot_kind *kind, const char *row)
{
    struct embedding embedding = {report, row};
    struct sl_plot_request request = {.table = report->table,
                                      .kind = kind,
                                      .row = row && *row ? row : NULL,
                                      .together = row && !*row,
                                      .out = report->request->out,
                                      .dir = report->folder,
                                      .keep = 1,
                                      .made = embed,
                                      .arg = &embedding};
    struct sl_error why = {0};
    int code = sl_plot_draw(&request, &why);
    if (code == SL_EUSAGE) /* nothing to draw */
        return SL_OK;
    if (code == SL_EIO) {
        if (!report->request->n_missing++)
            report->request->missing = why;
        sl_page_text(report->page, "The picture %s could not be drawn.", kind->name);
        return SL_OK;
    }
    return code ? sl_fail(report->err, code, "%s", why.text) : SL_OK;
}

int sl_report_pictures(struct sl_report *report, const char *kind, const char *row)
{
    const struct sl_plot_kind *found = NULL;
    for (size_t i = 0; sl_plot_at(i) && !found; i++)
        found = strcmp(sl_plot_at(i)->name, kind) == 0 ? sl_plot_at(i) : NULL;
    return found ? draw(report, found, row) : SL_OK;
}

/* Rows --------------------------------------------------------------------------------------------- */

int sl_report_is_asked_for(const struct sl_report *report, const char *name)
{
    for (size_t i = 0; i < report->request->n_rows; i++)
        if (strcmp(report->request->rows[i], name) == 0)
            return 1;
    return 0;
}
