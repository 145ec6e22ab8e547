/* report.h - what a report consists of, a file each. */
#ifndef SL_SHOW_REPORT_REPORT_H
#define SL_SHOW_REPORT_REPORT_H

#include "core/text.h"
#include "show/report/page.h"

enum { SL_REPORT_ROWS = 20 /* the best, which have a section of their own */ };

struct sl_report {
    struct sl_report_request *request;
    struct sl_page *page;
    const struct sl_table *table; /* of the study at work */
    size_t number;                /* of it */
    size_t *ranked;               /* (table->n): its rows, the best first, then those without a score */
    char *chosen;                 /* (table->n): rows with a section of their own */
    char **links;                 /* (table->n): their ids; NULL: none */
    char *folder;                 /* of its pictures */
    struct sl_error *err;
};

/* "s2-KIND" of the second study, "KIND" of the only one; in buf. */
const char *sl_report_id(const struct sl_report *report, const char *kind, char *buf, size_t size);
/* A section's title, with the study's where there are several. */
void sl_report_section(struct sl_report *report, const char *kind, const char *title);

/* Is the row one of those that the request names? */
int sl_report_is_asked_for(const struct sl_report *report, const char *name);

/* Draws (or finds) pictures of a kind, of one row or (NULL) of the study, and puts them into the page. */
int sl_report_pictures(struct sl_report *report, const char *kind, const char *row);

/* The command that makes one row again: the same key, so that the store has it. */
void sl_report_command(const struct sl_study *study, const struct sl_study_row *row,
                       struct sl_string *command);
/* " --data D --label L ...": the settings of a study, as options of run and sweep; but for names and numbers
 * in except (NULL-terminated). */
void sl_report_options(const struct sl_study *study, const char *const *except, struct sl_string *command);
/* A word as a shell takes it. */
void sl_report_quote(struct sl_string *command, const char *word);

/* Each writes nothing where there is nothing to say. */
void sl_report_summary(struct sl_report *report);
void sl_report_next(struct sl_report *report);
int sl_report_ranking(struct sl_report *report);
void sl_report_published(struct sl_report *report);
int sl_report_sweep(struct sl_report *report);
void sl_report_setup(struct sl_report *report);
void sl_report_commands(struct sl_report *report);
void sl_report_cite(struct sl_report *report);
int sl_report_row(struct sl_report *report, size_t i);
int sl_report_errors(struct sl_report *report, const struct sl_table_row *row);
/* Of all studies, row by row. */
int sl_report_compare(struct sl_report *report);

#endif
