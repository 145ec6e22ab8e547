/* report.h - whole studies as one document: a page that needs no other file, Markdown, or LaTeX. */
#ifndef SHORTLIST_REPORT_H
#define SHORTLIST_REPORT_H

#include <shortlist/api.h>
#include <shortlist/show.h>

SL_API_BEGIN

enum sl_report_format { SL_REPORT_HTML, SL_REPORT_MARKDOWN, SL_REPORT_LATEX };
/* The i-th format's name; NULL past the end. */
const char *sl_report_format_name(size_t i);
int sl_report_format_parse(const char *name, enum sl_report_format *format, struct sl_error *err);
const char *sl_report_ending(enum sl_report_format format); /* of its file: "html", "md", "tex" */

struct sl_report_request {
    const struct sl_table *const *tables; /* (n): the studies, at least one */
    size_t n;
    const char *out;         /* the store's folder: scores are there, and pictures in OUT/STUDY/plots */
    const char *const *rows; /* (n_rows) that have a section of their own, beside the best 20 of each study */
    size_t n_rows;
    enum sl_report_format format;
    /* out: pictures that could not be drawn, and why the first of them; the report is written without them */
    size_t n_missing;
    struct sl_error missing;
};

/* Writes the report to a file, whole or not at all.  The same store gives the same bytes.  Pictures whose
 * data are as they were are not drawn again.  SL_EUSAGE where no study has a row of a name in rows. */
int sl_report_write(struct sl_report_request *request, const char *path, struct sl_error *err);

SL_API_END
#endif
