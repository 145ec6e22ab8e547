/* class_report.c - one row of a table in full: precision, recall and F1 of each class, and the confusion
 * matrix.  Predictions of all folds and repeats are counted together. */
#include "core/memory.h"
#include "show/columns.h"
#include "show/json.h"
#include "show/report.h"
#include <inttypes.h>
#include <shortlist/text.h>
#include <string.h>

/* A row of the classifier called so (knn for k-NN), else the row with the nearest name. */
static struct sl_hint hint_at(const struct sl_table *table, const char *name, const char *const *names)
{
    for (size_t i = 0; i < table->n; i++)
        if (strcmp(table->rows[i].row->classifier, name) == 0)
            return sl_did_you_mean(names[i], &names[i], 1);
    return sl_did_you_mean(name, names, table->n);
}

const struct sl_table_row *sl_table_find(const struct sl_table *table, const char *name, struct sl_error *err)
{
    const char **names = sl_alloc(table->n, sizeof *names);
    if (!names) {
        sl_fail_memory(err);
        return NULL;
    }
    for (size_t i = 0; i < table->n; i++) {
        names[i] = table->rows[i].row->name;
        if (strcmp(names[i], name) == 0) {
            free(names);
            return &table->rows[i];
        }
    }
    struct sl_hint hint = hint_at(table, name, names);
    free(names);
    if (*hint.text)
        sl_fail(err, SL_EUSAGE, "study %s has no row '%.80s'%s", table->study->name, name, hint.text);
    else
        sl_fail(err, SL_EUSAGE, "study %s has no row '%.80s': 'shortlist show %s' lists its rows",
                table->study->name, name, table->study->name);
    return NULL;
}

void sl_class_report_free(struct sl_class_report *report)
{
    free(report->counts);
    free(report->classes);
    *report = (struct sl_class_report){0};
}

static int add_counts(const struct sl_outcome *o, int k, uint64_t *one, uint64_t *sum, struct sl_error *err)
{
    int code = sl_confusion(o->truth, o->predicted, o->n_validation, k, one, err);
    for (size_t i = 0; i < (size_t)k * (size_t)k && !code; i++)
        sum[i] += one[i];
    return code;
}

int sl_class_report_make(const struct sl_table *table, const struct sl_table_row *row,
                         struct sl_class_report *report, struct sl_error *err)
{
    int code = SL_OK, k = table->study->k;
    size_t cells = (size_t)k * (size_t)k;
    *report = (struct sl_class_report){.table = table, .row = row, .k = k};
    if (!row->n_scores && row->status == SL_TRIAL_OK)
        return sl_fail(err, SL_EUSAGE, "row '%.80s' has no predictions: nothing was scored", row->row->name);
    if (!row->n_scores)
        return sl_fail(err, SL_EUSAGE, "row '%.80s' has no predictions (%s%s%s)", row->row->name,
                       sl_trial_status_name(row->status), *row->reason ? ": " : "", row->reason);
    uint64_t *one = sl_alloc(cells, sizeof *one);
    report->counts = sl_alloc_zero(cells, sizeof *report->counts);
    report->classes = sl_alloc_zero((size_t)k, sizeof *report->classes);
    if (!one || !report->counts || !report->classes)
        code = sl_fail_memory(err);
    for (size_t i = 0; i < row->row->n_outcomes && !code; i++) {
        const struct sl_outcome *o = &row->row->outcomes[i];
        if (o->status == SL_TRIAL_OK && o->predicted && o->truth)
            code = add_counts(o, k, one, report->counts, err);
    }
    free(one);
    if (code) {
        sl_class_report_free(report);
        return code;
    }
    sl_metrics_compute(report->counts, k, &report->metrics, report->classes);
    sl_metrics_weighted(report->classes, k, &report->weighted);
    return SL_OK;
}

static void heading(const struct sl_class_report *report, struct sl_grid *grid)
{
    const struct sl_study *study = report->table->study;
    const char *params = report->row->row->params;
    sl_study_heading(study, grid);
    sl_grid_above(grid, "%s: %s%s%s%s", report->row->row->name, report->row->row->classifier,
                  params && *params ? " (" : "", params ? params : "", params && *params ? ")" : "");
}

static struct sl_class_scores macro_average(const struct sl_class_report *report)
{
    const struct sl_metrics *m = &report->metrics;
    return (struct sl_class_scores){m->precision_macro, m->recall_macro, m->f1_macro,
                                    report->weighted.support};
}

static void add_scores(struct sl_grid *grid, const char *name, const struct sl_class_scores *s, int exact)
{
    const double scores[] = {s->precision, s->recall, s->f1};
    sl_grid_add(grid, "%s", name);
    for (int i = 0; i < 3; i++)
        sl_grid_add(grid, exact ? "%.15g" : "%.3f", scores[i]);
    sl_grid_add(grid, "%" PRIu64, s->support);
}

void sl_class_report_grid(const struct sl_class_report *report, struct sl_grid *grid)
{
    heading(report, grid);
    static const char *const titles[] = {"class", "precision", "recall", "F1", "rows"};
    for (int i = 0; i < 5; i++)
        sl_grid_column(grid, titles[i], i > 0, 0);
    for (int c = 0; c < report->k; c++)
        add_scores(grid, report->table->study->classes[c], &report->classes[c], 0);
    const struct sl_class_scores macro = macro_average(report);
    add_scores(grid, "macro average", &macro, 0);
    add_scores(grid, "weighted average", &report->weighted, 0);
    sl_grid_below(grid, "Accuracy %.4f, 95 %% interval %.4f-%.4f.", report->metrics.accuracy,
                  report->row->ci_low, report->row->ci_high);
    sl_grid_below(
        grid, "macro average: classes count alike; weighted: by their rows, so that recall is the accuracy.");
    if (report->row->n_scores > 1)
        sl_grid_below(grid, "Predictions of all %zu folds and repeats are counted together.",
                      report->row->n_scores);
}

/* Rows are true classes, columns predicted ones, named by number to keep them narrow. */
void sl_confusion_grid(const struct sl_class_report *report, struct sl_grid *grid)
{
    char title[24];
    sl_grid_above(grid, "Confusion matrix: true class by row, predicted class by column");
    sl_grid_column(grid, "", 1, 0);
    sl_grid_column(grid, "true class", 0, 0);
    for (int c = 0; c < report->k; c++) {
        snprintf(title, sizeof title, "%d", c);
        sl_grid_column(grid, title, 1, 0);
    }
    for (int t = 0; t < report->k; t++) {
        sl_grid_add(grid, "%d", t);
        sl_grid_add(grid, "%s", report->table->study->classes[t]);
        for (int p = 0; p < report->k; p++)
            sl_grid_add(grid, "%" PRIu64, report->counts[t * report->k + p]);
    }
}

/* For spreadsheets: one record a class, scores and counts side by side; the means have no counts. */
void sl_class_record_grid(const struct sl_class_report *report, struct sl_grid *grid)
{
    static const char *const titles[] = {"class", "precision", "recall", "f1", "support"};
    const struct sl_class_scores macro = macro_average(report);
    for (int i = 0; i < 5; i++)
        sl_grid_column(grid, titles[i], 0, 0);
    for (int c = 0; c < report->k; c++) {
        char *title = sl_format("predicted_%s", report->table->study->classes[c]);
        sl_grid_column(grid, title ? title : "", 0, 0);
        grid->failed |= !title;
        free(title);
    }
    for (int t = 0; t < report->k; t++) {
        add_scores(grid, report->table->study->classes[t], &report->classes[t], 1);
        for (int p = 0; p < report->k; p++)
            sl_grid_add(grid, "%" PRIu64, report->counts[t * report->k + p]);
    }
    add_scores(grid, "macro average", &macro, 1);
    for (int p = 0; p < report->k; p++)
        sl_grid_add(grid, "%s", "");
    add_scores(grid, "weighted average", &report->weighted, 1);
    for (int p = 0; p < report->k; p++)
        sl_grid_add(grid, "%s", "");
}

static json_t *scores_json(const struct sl_class_scores *s)
{
    return json_pack("{s:f, s:f, s:f}", "precision", s->precision, "recall", s->recall, "f1", s->f1);
}

static json_t *class_json(const struct sl_class_report *report, int c)
{
    const struct sl_class_scores *s = &report->classes[c];
    return json_pack("{s:o, s:f, s:f, s:f, s:I}", "class", sl_json_string(report->table->study->classes[c]),
                     "precision", s->precision, "recall", s->recall, "f1", s->f1, "support",
                     (json_int_t)s->support);
}

json_t *sl_class_report_json(const struct sl_class_report *report)
{
    json_t *classes = json_array(), *matrix = json_array();
    const struct sl_class_scores macro = macro_average(report);
    int failed = 0;
    for (int t = 0; t < report->k; t++) {
        json_t *line = json_array();
        failed |= json_array_append_new(classes, class_json(report, t)) != 0;
        for (int p = 0; p < report->k; p++)
            failed |=
                json_array_append_new(line, json_integer((json_int_t)report->counts[t * report->k + p])) != 0;
        failed |= json_array_append_new(matrix, line) != 0;
    }
    json_t *all = json_pack("{s:s, s:o, s:I, s:f, s:o, s:o, s:o, s:o}", "study", report->table->study->name,
                            "row", sl_row_json(report->table, report->row), "support",
                            (json_int_t)report->weighted.support, "accuracy", report->metrics.accuracy,
                            "classes", classes, "macro_average", scores_json(&macro), "weighted_average",
                            scores_json(&report->weighted), "confusion", matrix);
    if (failed) {
        json_decref(all);
        return NULL;
    }
    return all;
}
