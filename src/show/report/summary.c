/* summary.c - what a study comes to: its verdict, which rows can not be told apart, and what to do next. */
#include "core/memory.h"
#include "show/report/report.h"
#include "show/rules.h"
#include <math.h>
#include <shortlist/classifier.h>
#include <shortlist/metrics.h>
#include <string.h>

enum { GROUPS = 8, CONSIDERED = 40, NAMED = 8 };

/* Rows that the row at the head of those left can not be told from, by McNemar's test with Holm's correction;
 * in[] is 1 for those that are left, and becomes 2. */
static void find_group(const struct sl_table *table, const size_t *ranked, size_t n, size_t head, char *in)
{
    double p[CONSIDERED];
    size_t which[CONSIDERED], m = 0;
    for (size_t i = head + 1; i < n; i++) {
        double chance =
            in[i] == 1 ? sl_rows_mcnemar(table->rows[ranked[head]].row, table->rows[ranked[i]].row) : NAN;
        if (isnan(chance))
            continue;
        p[m] = chance;
        which[m++] = i;
    }
    sl_holm(p, m);
    in[head] = 2;
    for (size_t i = 0; i < m; i++)
        if (p[i] >= 0.05)
            in[which[i]] = 2;
}

/* "A, B and C": rows whose mark is 2, which becomes 0. */
static size_t name_group(const struct sl_table *table, const size_t *ranked, size_t n, char *in,
                         struct sl_string *text)
{
    size_t m = 0, left = 0, at = 0;
    for (size_t i = 0; i < n; i++)
        m += in[i] == 2;
    left = m > NAMED ? m - NAMED : 0;
    for (size_t i = 0; i < n; i++) {
        if (in[i] != 2)
            continue;
        in[i] = 0;
        if (at < NAMED)
            sl_string_add(text, "%s%s",
                          !at           ? ""
                          : at + 1 == m ? " and "
                                        : ", ",
                          table->rows[ranked[i]].row->name);
        at++;
    }
    if (left)
        sl_string_add(text, " and %zu more", left);
    return m;
}

static void write_groups(struct sl_report *report)
{
    static const char *const numbers[] = {"two", "three", "four", "five", "six", "seven", "eight", "nine"};
    const struct sl_table *table = report->table;
    char in[CONSIDERED];
    struct sl_grid lines = {0};
    size_t n = 0, groups = 0;
    while (n < table->n && n < CONSIDERED && sl_row_counts(&table->rows[report->ranked[n]]))
        in[n++] = 1;
    for (size_t head = 0; head < n && groups < GROUPS; head++) {
        struct sl_string text = {0};
        if (in[head] != 1)
            continue;
        find_group(table, report->ranked, n, head, in);
        size_t m = name_group(table, report->ranked, n, in, &text);
        if (text.text && m == 1)
            sl_grid_below(&lines, "%s", text.text);
        else if (text.text && m <= 9)
            sl_grid_below(&lines, "%s: these %s cannot be told apart on these rows", text.text,
                          numbers[m - 2]);
        else if (text.text)
            sl_grid_below(&lines, "%s: these %zu cannot be told apart on these rows", text.text, m);
        report->page->failed |= text.failed;
        sl_string_release(&text);
        groups++;
    }
    if (groups > 1) {
        sl_page_heading(report->page, "In this order");
        sl_page_items(report->page, &lines.below, 1);
        sl_page_text(report->page,
                     "Each group is its best row and what cannot be told from that one (McNemar's test on "
                     "the same rows, "
                     "Holm's correction, p >= 0.05)%s.",
                     n < table->n ? "; further rows are left out here" : "");
    }
    report->page->failed |= lines.failed;
    sl_grid_release(&lines);
}

static void write_warnings(struct sl_report *report)
{
    const struct sl_warnings *warnings = &report->table->warnings;
    struct sl_grid lines = {0};
    for (size_t i = 0; i < warnings->n; i++)
        sl_grid_below(&lines, "%s %s", sl_warning_kinds[warnings->list[i].id].code, warnings->list[i].text);
    if (warnings->n) {
        sl_page_heading(report->page, "What misleads");
        sl_page_items(report->page, &lines.below, 0);
    }
    report->page->failed |= lines.failed;
    sl_grid_release(&lines);
}

void sl_report_summary(struct sl_report *report)
{
    const struct sl_table *table = report->table;
    sl_report_section(report, "summary", "What it comes to");
    if (table->verdict.text)
        sl_page_strong(report->page, table->verdict.text);
    else
        sl_page_text(report->page, "Nothing was scored.");
    if (table->metric == SL_MEASURE_accuracy && table->best < table->n)
        write_groups(report);
    write_warnings(report);
}

/* What to do next ---------------------------------------------------------------------------------- */

static const struct {
    enum sl_warning_id id;
    const char *advice;
} advices[] = {
    {SL_WARNING_not_converged,
     "Let the rows that stopped early go on: a larger max_iter, or early_stopping."},
    {SL_WARNING_row_numbers, "Leave out the column that numbers the rows: --drop."},
    {SL_WARNING_giveaway,
     "Find out whether the feature that gives the class away is known before the class is: else --drop it."},
    {SL_WARNING_repeated_rows,
     "Keep rows that belong together in one part: --groups, or take repeated rows out of the file."},
    {SL_WARNING_few_rows, "Collect more rows of the rare classes, or join them with others."},
    {SL_WARNING_unscaled, "Scale the features: --scale standard."},
    {SL_WARNING_grid_edge, "Search beyond the edge at which the best value lies."},
    {SL_WARNING_overfitted, "Restrain the rows that are far better on their training rows: a stronger "
                            "penalty, less depth, more rows."},
    {SL_WARNING_times, "Measure times again, alone on the machine: --jobs 1 --timing-runs 5."},
    {SL_WARNING_few_scored, "Score more rows: more folds and repeats, or a larger validation part."},
    {SL_WARNING_amounts, "Ask whether the classes are amounts: then regression fits better."},
    {SL_WARNING_alike, "Join the classes that differ in their writing only."},
};

static void advise_of_warnings(const struct sl_table *table, struct sl_grid *lines)
{
    for (size_t a = 0; a < sizeof advices / sizeof *advices; a++)
        for (size_t i = 0; i < table->warnings.n; i++)
            if (table->warnings.list[i].id == advices[a].id) {
                sl_grid_below(lines, "%s: %s", sl_warning_kinds[advices[a].id].code, advices[a].advice);
                break;
            }
}

static void add_command(const struct sl_study *study, const char *head, const char *tail,
                        struct sl_grid *lines, const char *before)
{
    static const char *const except[] = {"folds",  "repeats", "validation",  "final",
                                         "search", "trials",  "train_sizes", NULL};
    struct sl_string command = {0};
    sl_string_add(&command, "%s", head);
    sl_report_options(study, except, &command);
    if (command.text)
        sl_grid_below(lines, "%s: %s%s", before, command.text, tail);
    lines->failed |= command.failed;
    sl_string_release(&command);
}

/* The hyperparameters that a sweep of the classifier has a grid for, two at most. */
static char *sweep_of(const struct sl_study_row *row)
{
    const struct sl_classifier_type *type = sl_classifier_find(row->classifier, NULL);
    struct sl_string head = {0};
    size_t n = 0;
    sl_string_add(&head, "shortlist sweep %s", row->classifier);
    for (const struct sl_param *p = type ? type->params : NULL; p && p->name && n < 2; p++)
        if (p->grid) {
            sl_string_add(&head, " %s", p->name);
            n++;
        }
    if (n && !head.failed)
        return head.text;
    sl_string_release(&head);
    return NULL;
}

static int is_sweep(const struct sl_table *table)
{
    for (size_t i = 1; i < table->n; i++)
        if (strcmp(table->rows[i].row->classifier, table->rows[0].row->classifier) == 0)
            return 1;
    return 0;
}

static void advise_of_best(const struct sl_table *table, struct sl_grid *lines)
{
    const struct sl_study *study = table->study;
    const struct sl_verdict *verdict = &table->verdict;
    const struct sl_study_row *best = table->rows[table->best].row;
    if (verdict->n_tied && verdict->fastest < table->n)
        sl_grid_below(
            lines,
            "Take %s, the fastest of those that cannot be told apart, unless more rows tell them apart.",
            table->rows[verdict->fastest].row->name);
    if (verdict->n_tied && study->folds < 2 && !study->final)
        sl_grid_below(lines,
                      "Compare those that are tied on more rows: the same with --folds 5 --repeats 5.");
    char *head = study->folds < 2 || !is_sweep(table) ? sweep_of(best) : NULL;
    if (head)
        add_command(study, head, " --folds 5", lines, "Tune the best row");
    free(head);
}

void sl_report_next(struct sl_report *report)
{
    const struct sl_table *table = report->table;
    struct sl_grid lines = {0};
    size_t waiting = 0;
    for (size_t i = 0; i < table->n; i++)
        waiting += table->rows[i].status == SL_TRIAL_MISSING || table->rows[i].status == SL_TRIAL_INTERRUPTED;
    if (waiting)
        sl_grid_below(&lines, "Run the same command again: %zu row%s not finished yet.", waiting,
                      waiting == 1 ? " is" : "s are");
    advise_of_warnings(table, &lines);
    if (table->best < table->n)
        advise_of_best(table, &lines);
    if (!table->study->final && table->best < table->n)
        sl_grid_below(&lines, "At the very end, once: score the test file with what was chosen (--final).");
    if (lines.below.n) {
        sl_report_section(report, "next", "What to do next");
        sl_page_items(report->page, &lines.below, 1);
    }
    report->page->failed |= lines.failed;
    sl_grid_release(&lines);
}
