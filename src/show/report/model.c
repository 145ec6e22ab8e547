/* model.c - the section of a row: hyperparameters, scores of each class, confusions, curves, errors. */
#include "core/memory.h"
#include "show/json.h"
#include "show/numbers.h"
#include "show/outcomes.h"
#include "show/report.h"
#include "show/report/report.h"
#include <math.h>
#include <string.h>

enum { MATRIX_MOST = 20 /* classes */, SHADES = 9 };

static void add(struct sl_grid *grid, const char *name, const char *text)
{
    sl_grid_add(grid, "%s", name);
    sl_grid_add(grid, "%s", text);
}

/* What it scored and what it cost. */
static void write_facts(struct sl_report *report, const struct sl_table_row *row)
{
    struct sl_grid grid = {0};
    struct sl_html_look look = {.header = 0, .caption = "Scores and costs"};
    char text[320];
    sl_grid_column(&grid, "", 0, 0);
    sl_grid_column(&grid, "", 0, 0);
    add(&grid, "classifier", row->row->classifier);
    add(&grid, "scaling", row->row->scaling);
    if (row->status != SL_TRIAL_OK) {
        snprintf(text, sizeof text, "%s%s%s", sl_trial_status_name(row->status), *row->reason ? ": " : "",
                 row->reason);
        add(&grid, "status", text);
    }
    if (!isnan(row->score)) {
        int n = snprintf(text, sizeof text, "%.4f", row->score);
        if (!isnan(row->score_low))
            snprintf(text + n, sizeof text - (size_t)n, " (95 %% interval %.4f-%.4f)", row->score_low,
                     row->score_high);
        add(&grid, sl_measure_types[report->table->metric].name, text);
    }
    if (!isnan(row->rank_low)) {
        char most[24] = "";
        if (row->rank_high > row->rank_low)
            snprintf(most, sizeof most, " to %.0f", row->rank_high);
        snprintf(text, sizeof text, "%.0f%s; chance of being the best %.2f", row->rank_low, most,
                 row->p_best);
        add(&grid, "rank", text);
    }
    static const enum sl_measure_id times[] = {SL_MEASURE_fit_time, SL_MEASURE_score_time,
                                               SL_MEASURE_cpu_time};
    for (size_t i = 0; i < 3; i++)
        if (!isnan(row->measures[times[i]])) {
            sl_print_seconds(row->measures[times[i]], text, sizeof text - 3);
            strcat(text, " s");
            add(&grid, sl_measure_types[times[i]].name, text);
        }
    if (!isnan(row->peak_memory)) {
        snprintf(text, sizeof text, "%.1f MiB", row->peak_memory / 1048576.0);
        add(&grid, "peak_memory", text);
    }
    if (!isnan(row->n_iter)) {
        snprintf(text, sizeof text, "%.4g%s", row->n_iter, row->converged == 0 ? ", not converged" : "");
        add(&grid, "n_iter", text);
    }
    sl_page_table(report->page, &grid, &look);
}

static void write_params(struct sl_report *report, const struct sl_table_row *row)
{
    struct sl_grid grid = {0};
    struct sl_html_look look = {.header = 0, .caption = "Hyperparameters"};
    const char *name;
    json_t *value, *params = sl_json_parse(row->row->params_json, &grid.failed);
    sl_grid_column(&grid, "hyperparameter", 0, 0);
    sl_grid_column(&grid, "value", 1, 0);
    json_object_foreach(params, name, value)
    {
        sl_grid_add(&grid, "%s", name);
        sl_json_cell(&grid, value);
    }
    json_decref(params);
    if (grid.n_cells)
        sl_page_table(report->page, &grid, &look);
    else
        sl_grid_release(&grid);
}

/* Classes ------------------------------------------------------------------------------------------ */

static void write_scores(struct sl_report *report, const struct sl_class_report *classes)
{
    struct sl_grid grid = {0};
    struct sl_html_look look = {
        .header = 0, .sorts = classes->k > 2 ? SL_SORTS : SL_SORTS_NOT, .caption = "Scores of each class"};
    sl_class_report_grid(classes, &grid);
    sl_page_table(report->page, &grid, &look);
}

/* The darker, the larger the share of the true class's rows. */
static unsigned char *make_shades(const struct sl_class_report *classes, size_t n_columns)
{
    unsigned char *shades = sl_alloc_zero((size_t)classes->k * n_columns, 1);
    for (int t = 0; shades && t < classes->k; t++)
        for (int p = 0; p < classes->k && classes->classes[t].support; p++) {
            double share = (double)classes->counts[t * classes->k + p] / (double)classes->classes[t].support;
            shades[(size_t)t * n_columns + 2 + (size_t)p] =
                (unsigned char)(share > 0 ? 1 + (int)((SHADES - 1) * sqrt(share)) : 0);
        }
    return shades;
}

static void write_confusions(struct sl_report *report, const struct sl_class_report *classes)
{
    struct sl_grid grid = {0};
    struct sl_html_look look = {.header = 1,
                                .caption = "Confusion matrix: true class by row, predicted class by column"};
    unsigned char *shades = NULL;
    if (classes->k > MATRIX_MOST) {
        look.header = 0;
        look.caption = "Classes that are confused most";
        sl_confused_pairs_grid(classes, &grid);
    } else {
        sl_confusion_grid(classes, &grid);
        look.shades = shades = make_shades(classes, grid.n_columns);
        report->page->failed |= !shades;
    }
    sl_page_table(report->page, &grid, &look);
    free(shades);
}

/* -------------------------------------------------------------------------------------------------- */

static int write_classes(struct sl_report *report, const struct sl_table_row *row)
{
    struct sl_class_report classes;
    int code = sl_class_report_make(report->table, row, &classes, report->err);
    if (code)
        return code;
    write_scores(report, &classes);
    write_confusions(report, &classes);
    sl_class_report_free(&classes);
    return SL_OK;
}

int sl_report_row(struct sl_report *report, size_t i)
{
    const struct sl_table_row *row = &report->table->rows[i];
    struct sl_string command = {0};
    int code = SL_OK;
    sl_page_section(report->page, SL_SECTION_ROW, report->links[i], row->row->name);
    write_facts(report, row);
    sl_report_command(report->table->study, row->row, &command);
    if (command.text)
        sl_page_code(report->page, command.text);
    report->page->failed |= command.failed;
    sl_string_release(&command);
    write_params(report, row);
    if (row->n_scores)
        code = write_classes(report, row);
    if (!code)
        code = sl_report_pictures(report, "curves", row->row->name);
    if (!code && row->n_scores)
        code = sl_report_errors(report, row);
    /* The data are opened for each: some tenths of a second. */
    if (!code && (i == report->table->best || sl_report_is_asked_for(report, row->row->name)))
        code = sl_report_pictures(report, "images-wrong", row->row->name);
    return code;
}
