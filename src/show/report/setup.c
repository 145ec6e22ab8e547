/* setup.c - what was run: data and what their audit found, split, seeds, machine and versions; how to cite
 * it. */
#include "core/memory.h"
#include "show/json.h"
#include "show/numbers.h"
#include "show/outcomes.h"
#include "show/report/report.h"
#include <inttypes.h>
#include <shortlist/version.h>
#include <stdarg.h>
#include <string.h>

enum { CLASSES_SHOWN = 100 };

static void pair(struct sl_grid *grid, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void pair(struct sl_grid *grid, const char *name, const char *format, ...)
{
    char *text = NULL;
    va_list args;
    va_start(args, format);
    if (vasprintf(&text, format, args) < 0)
        text = NULL;
    va_end(args);
    grid->failed |= !text;
    if (text) {
        sl_grid_add(grid, "%s", name);
        sl_grid_add(grid, "%s", text);
    }
    free(text);
}

static void begin_pairs(struct sl_grid *grid)
{
    sl_grid_column(grid, "", 0, 0);
    sl_grid_column(grid, "", 0, 0);
}

static void add_split(const struct sl_study *study, struct sl_grid *grid)
{
    char train[40], validation[40];
    sl_print_count(study->n_train, train, sizeof train);
    sl_print_count(study->n_validation, validation, sizeof validation);
    if (study->folds > 1)
        pair(grid, "split", "%d stratified folds of %s training rows, %d repeat%s", study->folds, train,
             study->repeats, study->repeats == 1 ? "" : "s");
    else
        pair(grid, "split", "%s rows to fit, %s %s rows to score, stratified", train, validation,
             study->final ? "test" : "validation");
    if (study->folds < 2 && study->repeats > 1)
        pair(grid, "repeats", "%d seeds a row", study->repeats);
    pair(grid, "seed", "%" PRIu64 ", of the split and of every random stream", study->seed);
}

static void add_scaling(const struct sl_study *study, struct sl_grid *grid)
{
    for (size_t i = 1; i < study->n_rows; i++)
        if (strcmp(study->rows[i].scaling, study->rows[0].scaling) != 0) {
            pair(grid, "scaling", "by row: see there");
            return;
        }
    if (study->n_rows)
        pair(grid, "scaling", "%s", study->rows[0].scaling);
}

static void write_data(struct sl_report *report)
{
    const struct sl_study *study = report->table->study;
    struct sl_grid grid = {0};
    struct sl_html_look look = {.header = 0, .caption = "Data and protocol"};
    begin_pairs(&grid);
    pair(&grid, "study", "%s", study->name);
    pair(&grid, "data", "%s", study->data);
    pair(&grid, "content hash", "%s", study->data_hash);
    pair(&grid, "classes", "%d", study->k);
    add_split(study, &grid);
    add_scaling(study, &grid);
    pair(&grid, "judged by", "%s", sl_measure_types[report->table->metric].name);
    if (study->timing_runs)
        pair(&grid, "timing runs", "%d", study->timing_runs);
    if (study->created)
        pair(&grid, "begun", "%s", study->created);
    sl_page_table(report->page, &grid, &look);
}

/* What the readers found out and what in the data misleads. */
static void write_audit(struct sl_report *report)
{
    const struct sl_study *study = report->table->study;
    struct sl_grid lines = {0};
    for (size_t i = 0; i < study->n_notes; i++)
        sl_grid_below(&lines, "%s", study->notes[i]);
    sl_page_heading(report->page, "What the audit of the data says");
    if (study->n_notes)
        sl_page_items(report->page, &lines.below, 0);
    else
        sl_page_text(report->page, "Nothing in the data was found that makes the comparison misleading.");
    report->page->failed |= lines.failed;
    sl_grid_release(&lines);
}

/* Rows of each class among those that were scored, once each. */
static void write_classes(struct sl_report *report)
{
    const struct sl_study *study = report->table->study;
    struct sl_grid grid = {0};
    struct sl_html_look look = {.header = 0, .caption = "Classes among the scored rows"};
    uint64_t *counts = sl_alloc_zero((size_t)study->k, sizeof *counts), all = 0;
    const struct sl_study_row *row = NULL;
    for (size_t i = 0; i < report->table->n && !row; i++)
        row = report->table->rows[i].n_scores ? report->table->rows[i].row : NULL;
    for (size_t i = 0; counts && row && i < row->n_outcomes; i++)
        for (size_t j = 0; row->outcomes[i].repeat == 0 && sl_is_scored(&row->outcomes[i]) &&
                           j < row->outcomes[i].n_validation;
             j++, all++)
            counts[row->outcomes[i].truth[j]]++;
    report->page->failed |= !counts;
    sl_grid_column(&grid, "class", 0, 0);
    sl_grid_column(&grid, "rows", 1, 0);
    sl_grid_column(&grid, "share", 1, 0);
    for (int c = 0; counts && c < study->k && c < CLASSES_SHOWN; c++) {
        sl_grid_add(&grid, "%s", study->classes[c]);
        sl_grid_add(&grid, "%" PRIu64, counts[c]);
        sl_grid_add(&grid, "%.1f %%", all ? 100.0 * (double)counts[c] / (double)all : 0.0);
    }
    if (study->k > CLASSES_SHOWN)
        sl_grid_below(&grid, "%d more classes are left out.", study->k - CLASSES_SHOWN);
    free(counts);
    if (all)
        sl_page_table(report->page, &grid, &look);
    else
        sl_grid_release(&grid);
}

/* A member of the machine's description: versions of libraries are an object of their own. */
static void add_member(struct sl_grid *grid, const char *name, json_t *value)
{
    const char *key;
    json_t *member;
    if (json_is_object(value)) {
        json_object_foreach(value, key, member) add_member(grid, key, member);
        return;
    }
    if (strcmp(name, "memory") == 0 && json_is_number(value))
        pair(grid, name, "%.1f GiB", json_number_value(value) / 1073741824.0);
    else if (json_is_string(value))
        pair(grid, name, "%s", json_string_value(value));
    else if (json_is_number(value))
        pair(grid, name, "%.15g", json_number_value(value));
}

static void write_machine(struct sl_report *report)
{
    struct sl_grid grid = {0};
    struct sl_html_look look = {.header = 0, .caption = "Machine and versions"};
    json_t *machine = sl_json_parse(report->table->study->machine, &grid.failed);
    begin_pairs(&grid);
    add_member(&grid, "", machine);
    json_decref(machine);
    if (grid.n_cells)
        sl_page_table(report->page, &grid, &look);
    else
        sl_grid_release(&grid);
}

void sl_report_setup(struct sl_report *report)
{
    sl_report_section(report, "setup", "What was run");
    write_data(report);
    write_audit(report);
    write_classes(report);
    write_machine(report);
}

/* Text for a paper's section on methods, and an entry of its bibliography. */
void sl_report_cite(struct sl_report *report)
{
    const struct sl_study *study = report->table->study;
    char train[40];
    sl_print_count(study->n_train, train, sizeof train);
    sl_page_section(report->page, SL_SECTION_ALL, "cite", "How to cite");
    sl_page_text(
        report->page,
        "%zu classifiers were compared on %s (content hash %s; %s training rows, seed %" PRIu64
        ") by shortlist %s. Intervals are %s.",
        report->table->n, study->data, study->data_hash, train, study->seed, sl_version(),
        report->table->metric == SL_MEASURE_accuracy
            ? "Wilson's (1927); rows were compared by McNemar's test (1947) with Holm's correction (1979)"
            : "percentiles of 1,000 bootstrap samples of the scored rows; rows were compared by the paired "
              "bootstrap with Holm's correction (1979)");
    char *entry = sl_format("@software{shortlist, title = {shortlist}, version = {%s}, year = {%.4s}}",
                            sl_version(), study->created && *study->created ? study->created : "");
    report->page->failed |= !entry;
    if (entry)
        sl_page_code(report->page, entry);
    free(entry);
    sl_page_text(report->page, "Cite the source of the data, too.");
}
