/* notes.c - what a table for people says under its rows.  A note on a column is left out with it. */
#include "show/notes.h"
#include <stdio.h>
#include <string.h>

static void note_marks(const struct sl_table_context *context, struct sl_grid *grid)
{
    const struct sl_table *table = context->table;
    if (table->best == table->n)
        return;
    size_t compared = 0;
    for (size_t i = 0; i < table->n; i++)
        compared += i != table->best && table->rows[i].tied_with_best >= 0;
    const char *tied = context->tied ? "= tied with it" : "no row is tied with it";
    if (compared)
        sl_grid_below(grid,
                      "* best; %s (McNemar's test on the same %s rows, Holm's correction for %zu "
                      "comparison%s, p >= 0.05).%s",
                      tied, table->study->final ? "test" : "validation", compared, compared == 1 ? "" : "s",
                      context->alone ? " A row that was scored on other rows is not compared." : "");
    else
        sl_grid_below(grid, "* best.");
}

/* The first of the titles (n) that the grid has: a note on several columns stands for that one. */
static const char *first_of(const struct sl_grid *grid, const char *const *titles, int n)
{
    for (int i = 0; i < n; i++)
        for (size_t c = 0; c < grid->n_columns; c++)
            if (strcmp(grid->columns[c].title, titles[i]) == 0)
                return titles[i];
    return NULL;
}

static void note_scores(const struct sl_table_context *context, struct sl_grid *grid)
{
    static const char *const macro[] = {"F1", "precision", "recall"};
    const struct sl_study *study = context->table->study;
    const char *over = study->folds > 1 && study->repeats > 1 ? "folds and repeats"
                       : study->folds > 1                     ? "folds"
                                                              : "repeats";
    const char *averaged = first_of(grid, macro, 3);
    sl_grid_note(grid, "95 % interval", "95 %% interval: Wilson's, for the accuracy on unseen rows%s.",
                 study->folds > 1 ? ", from the rows of all folds" : "");
    sl_grid_note(grid, "sd", "sd: standard deviation over %s.", over);
    if (context->outside)
        sl_grid_note(grid, "published", "published!: lies outside our interval.");
    if (averaged)
        sl_grid_note(grid, averaged,
                     "precision, recall, F1: macro averages, in which every class counts alike.");
    sl_grid_note(grid, "train acc.",
                 "train acc.: on the training rows in the last epoch, measured while it trained.");
}

static void note_costs(const struct sl_table_context *context, struct sl_grid *grid)
{
    static const char *const times[] = {"score s", "fit s", "CPU s"};
    const struct sl_study *study = context->table->study;
    const char *wall = first_of(grid, times, 2), *any = first_of(grid, times, 3);
    int no_time = context->missing[SL_MEASURE_fit_time] || context->missing[SL_MEASURE_score_time] ||
                  context->missing[SL_MEASURE_cpu_time];
    char threads[40] = "";
    if (context->threads_most && context->threads_least == context->threads_most)
        snprintf(threads, sizeof threads, " on %d thread%s", context->threads_most,
                 context->threads_most == 1 ? "" : "s");
    if (wall)
        sl_grid_note(
            grid, wall,
            "fit s, score s: wall-clock seconds%s to fit on the training rows and to predict the "
            "%s rows%s.%s%s",
            threads, study->final ? "test" : "validation",
            study->folds > 1 || study->repeats > 1 ? ", the mean over all fits" : "",
            context->shared ? " A time with ~ was measured beside other trials: it does not compare." : "",
            context->grouped ? " A time with + is a trial's own and its share of work that several had in "
                               "common; --separate fits each by itself."
                             : "");
    sl_grid_note(
        grid, "threads",
        "threads: that a row's times were measured with; times on other numbers of threads do not compare.");
    sl_grid_note(grid, "CPU s", "CPU s: processor seconds of all threads, fit and score together.");
    sl_grid_note(grid, "MiB", "MiB: peak memory above that at the trial's start%s%s.",
                 study->folds > 1 || study->repeats > 1 ? ", the largest of all fits" : "",
                 context->missing[SL_MEASURE_peak_memory] ? "; n/a: it could not be measured" : "");
    if (context->missing[SL_MEASURE_log_loss])
        sl_grid_note(grid, "log loss", "log loss n/a: the classifier gives no probabilities.");
    if (no_time && any)
        sl_grid_note(grid, any, "time n/a: it could not be measured.");
}

static void note_failures(const struct sl_table_context *context, struct sl_grid *grid)
{
    int n = 0;
    for (size_t i = 0; i < context->table->n; i++) {
        const struct sl_table_row *row = &context->table->rows[i];
        if (row->status == SL_TRIAL_OK)
            continue;
        const char *reason = row->reason && *row->reason       ? row->reason
                             : row->status == SL_TRIAL_MISSING ? "not run yet"
                                                               : "no reason was given";
        sl_grid_below(grid, "[%d] %s: %s%s", ++n, row->row->name, reason,
                      row->n_scores ? " (some of its folds or repeats ended well)" : "");
    }
}

void sl_table_notes(const struct sl_table_context *context, struct sl_grid *grid)
{
    note_marks(context, grid);
    note_scores(context, grid);
    note_costs(context, grid);
    note_failures(context, grid);
    for (size_t i = 0; i < context->table->warnings.n; i++) {
        const struct sl_warning *warning = &context->table->warnings.list[i];
        sl_grid_below(grid, "%s %s", sl_warning_kinds[warning->id].code, warning->text);
    }
}
