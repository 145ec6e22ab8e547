/* sweep.c - of a sweep: the winner by cross-validation, the simplest value that is as good, and the curve. */
#include "show/plots/sweep.h"
#include "core/memory.h"
#include "show/report/report.h"
#include <math.h>
#include <string.h>

enum { LEAST = 3 /* rows of a sweep: two that differ are alternatives */ };

static int any_swept(const struct sl_table *table)
{
    for (size_t i = 0; i < table->n; i++) {
        const char *classifier = table->rows[i].row->classifier;
        size_t n = 0;
        for (size_t j = i; j < table->n && n < LEAST; j++)
            n += strcmp(table->rows[j].row->classifier, classifier) == 0;
        if (n == LEAST && sl_is_swept(table, classifier))
            return 1;
    }
    return 0;
}

static void write_folds(struct sl_report *report, const struct sl_table_row *best)
{
    struct sl_string text = {0};
    for (size_t i = 0; i < best->n_scores && i < 50; i++)
        sl_string_add(&text, "%s%.4f", i ? ", " : "", best->scores[i]);
    if (best->n_scores > 1 && text.text)
        sl_page_text(report->page, "Its scores by fold and repeat: %s%s.", text.text,
                     best->n_scores > 50 ? ", ..." : "");
    report->page->failed |= text.failed;
    sl_string_release(&text);
}

static void write_simplest(struct sl_report *report, const struct sl_choice *choice)
{
    const struct sl_table_row *row = &report->table->rows[choice->simplest];
    if (isnan(choice->standard_error))
        return;
    if (choice->simplest == choice->best)
        sl_page_text(report->page, "No simpler value lies within one standard error (%.4f) of it.",
                     choice->standard_error);
    else
        sl_page_text(report->page, "The simplest within one standard error (%.4f) of it is %s (%.4f).",
                     choice->standard_error, row->row->name, row->score);
}

static int write_choice(struct sl_report *report)
{
    const struct sl_table *table = report->table;
    const struct sl_table_row *best = &table->rows[table->best];
    struct sl_choice choice;
    int code = sl_choice_make(table, &choice, report->err);
    if (code)
        return code;
    sl_page_text(report->page, "The winner%s is %s, %s %.4f%s.",
                 table->study->folds > 1 ? " by cross-validation" : "", best->row->name,
                 sl_measure_types[table->metric].name, best->score,
                 table->study->folds > 1 ? ", the mean over the folds" : "");
    write_folds(report, best);
    write_simplest(report, &choice);
    sl_page_text(report->page,
                 "It was chosen by the rows that it is scored on, so that its score is somewhat optimistic: "
                 "judge it on "
                 "rows that had no part in the choice (%s).",
                 table->study->folds > 1 ? "--refit --final, or --nested" : "--final");
    sl_choice_release(&choice);
    return SL_OK;
}

int sl_report_sweep(struct sl_report *report)
{
    if (report->table->best == report->table->n || !any_swept(report->table))
        return SL_OK;
    sl_report_section(report, "sweep", "Sweeps");
    int code = write_choice(report);
    return code ? code : sl_report_pictures(report, "sweep", NULL);
}
