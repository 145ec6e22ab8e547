/* notes.c - what a table for people says under its rows.  A note on a column is left out with it. */
#include "show/notes.h"
#include "core/text.h"
#include "show/numbers.h"
#include <stdio.h>
#include <string.h>

static const char *metric_of(const struct sl_table *table)
{
    return sl_measure_types[table->metric].name;
}

static void note_marks(const struct sl_table_context *context, struct sl_grid *grid)
{
    const struct sl_table *table = context->table;
    if (context->unscored)
        sl_grid_below(grid, "Nothing was scored: no rows were set aside for it.");
    if (table->best == table->n)
        return;
    size_t compared = 0;
    for (size_t i = 0; i < table->n; i++)
        compared += i != table->best && table->rows[i].tied_with_best >= 0;
    const char *tied = context->tied ? "= tied with it" : "no row is tied with it";
    char by[80] = "";
    if (table->sorted)
        snprintf(by, sizeof by, " by %s, which sorts the rows", metric_of(table));
    if (compared)
        sl_grid_below(grid,
                      "* best%s; %s (%s on the same %s rows, Holm's correction for %zu "
                      "comparison%s, p >= 0.05).%s",
                      by, tied,
                      table->metric == SL_MEASURE_accuracy ? "McNemar's test"
                                                           : "paired bootstrap, 1,000 samples",
                      table->study->final ? "test" : "validation", compared, compared == 1 ? "" : "s",
                      context->alone ? " A row that was scored on other rows is not compared." : "");
    else
        sl_grid_below(grid, "* best%s.", by);
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

static void note_interval(const struct sl_table_context *context, struct sl_grid *grid)
{
    const struct sl_table *table = context->table;
    if (table->metric == SL_MEASURE_accuracy)
        sl_grid_note(grid, "95 % interval", "95 %% interval: Wilson's, for the accuracy on unseen rows%s.",
                     table->study->folds > 1 ? ", from the rows of all folds" : "");
    else
        sl_grid_note(
            grid, "95 % interval",
            "95 %% interval: for the %s on unseen rows, by the bootstrap: percentiles of 1,000 samples "
            "of the scored rows%s.",
            metric_of(table), table->study->folds > 1 ? ", fold by fold" : "");
    if (context->no_width)
        sl_grid_note(
            grid, "95 % interval",
            "An interval of one value: all samples have it, which is no proof that other rows would.");
    if (context->no_interval)
        sl_grid_note(
            grid, "95 % interval",
            "95 %% interval n/a: the store does not have the scores of all classes (--keep-scores all "
            "keeps them).");
}

/* Why a row has no such metric of scores. */
static int is_of_one_class(const struct sl_table *table)
{
    for (size_t r = 0; r < table->n; r++)
        for (size_t i = 0; i < table->rows[r].row->n_outcomes; i++) {
            const struct sl_outcome *o = &table->rows[r].row->outcomes[i];
            size_t j = 0;
            while (o->truth && j < o->n_validation && o->truth[j] == o->truth[0])
                j++;
            if (o->truth && j == o->n_validation)
                return 1;
        }
    return 0;
}

static void note_missing(const struct sl_table_context *context, struct sl_grid *grid)
{
    static const enum sl_measure_id ids[] = {SL_MEASURE_roc_auc, SL_MEASURE_average_precision, SL_MEASURE_mcc,
                                             SL_MEASURE_kappa};
    if (context->missing[SL_MEASURE_log_loss])
        sl_grid_note(grid, "log loss", "log loss n/a: the classifier gives no probabilities.");
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
        if (context->missing[ids[i]])
            sl_grid_note(grid, sl_measure_types[ids[i]].title, "%s n/a: %s.", sl_measure_types[ids[i]].title,
                         is_of_one_class(context->table)
                             ? "the scored rows are of one class"
                             : "the trial was run by a version that did not measure it yet");
}

static void note_ranks(const struct sl_table *table, struct sl_grid *grid)
{
    static const char *const ranks[] = {"rank", "P(best)"};
    const struct sl_study *study = table->study;
    char count[40];
    sl_print_count(table->n_samples, count, sizeof count);
    if (first_of(grid, ranks, 2))
        sl_grid_note(grid, first_of(grid, ranks, 2),
                     "rank, P(best): 95 %% interval of the rank, and share of first places (equal rows share "
                     "them), in %s bootstrap samples of the %s rows%s%s.",
                     count,
                     study->final       ? "test"
                     : study->folds > 1 ? "scored"
                                        : "validation",
                     study->folds > 1 ? " of all folds" : "",
                     study->repeats > 1 ? ", each as large as one repeat" : "");
}

static void note_scores(const struct sl_table_context *context, struct sl_grid *grid)
{
    static const char *const macro[] = {"F1", "precision", "recall"}, *const ranked[] = {"ROC AUC",
                                                                                         "avg. prec."};
    const struct sl_study *study = context->table->study;
    const char *over = study->folds > 1 && study->repeats > 1 ? "folds and repeats"
                       : study->folds > 1                     ? "folds"
                                                              : "repeats";
    const char *averaged = first_of(grid, macro, 3);
    note_interval(context, grid);
    sl_grid_note(grid, "sd", "sd: standard deviation over %s.", over);
    note_ranks(context->table, grid);
    if (context->outside)
        sl_grid_note(grid, "published", "published!: lies outside our interval.");
    if (averaged)
        sl_grid_note(grid, averaged,
                     "precision, recall, F1: macro averages, in which every class counts alike.");
    if (first_of(grid, ranked, 2))
        sl_grid_note(
            grid, first_of(grid, ranked, 2),
            "ROC AUC, average precision: each class against the rest; the mean over the classes that "
            "occur.");
    sl_grid_note(grid, "train acc.", "train acc.: of the fitted model on its training rows.");
    sl_grid_note(grid, "epoch acc.",
                 "epoch acc.: on the training rows in the last epoch, measured while it trained.");
}

static void note_runs(const struct sl_table_context *context, struct sl_grid *grid, const char *wall)
{
    static const char *const spreads[] = {"fit sd", "score sd"};
    const char *spread = first_of(grid, spreads, 2);
    if (context->runs_most > 1 && context->runs_least == context->runs_most)
        sl_grid_note(grid, wall, "Each time is the median of %d runs, after a warm-up.", context->runs_most);
    else if (context->runs_most > 1)
        sl_grid_note(
            grid, wall,
            "A time is the median of %d to %d runs, after a warm-up; the column %s tells of how many.",
            context->runs_least, context->runs_most, *wall == 'f' ? "fit_runs" : "score_runs");
    if (spread)
        sl_grid_note(grid, spread, "fit sd, score sd: standard deviation over these runs, in seconds.");
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
            grid, wall, "fit s%s: wall-clock seconds%s to fit on the training rows%s%s%s.%s%s",
            context->unscored ? "" : ", score s", threads, context->unscored ? "" : " and to predict the ",
            context->unscored ? ""
            : study->final    ? "test rows"
                              : "validation rows",
            study->folds > 1 || study->repeats > 1 ? ", the mean over all fits" : "",
            context->shared ? " A time with ~ was measured beside other trials: it does not compare." : "",
            context->grouped ? " A time with + is a trial's own and its share of work that several had in "
                               "common; --separate fits each by itself."
                             : "");
    if (wall)
        note_runs(context, grid, wall);
    sl_grid_note(grid, "ms a row", "ms a row: milliseconds to predict one row alone, the median over rows.");
    sl_grid_note(
        grid, "threads",
        "threads: that a row's times were measured with; times on other numbers of threads do not compare.");
    sl_grid_note(grid, "CPU s", "CPU s: processor seconds of all threads, fit and score together.");
    sl_grid_note(grid, "MiB", "MiB: peak memory above that at the trial's start%s%s.",
                 study->folds > 1 || study->repeats > 1 ? ", the largest of all fits" : "",
                 context->missing[SL_MEASURE_peak_memory] ? "; n/a: it could not be measured" : "");
    if (!context->unscored)
        note_missing(context, grid);
    if (no_time && any)
        sl_grid_note(grid, any, "time n/a: it could not be measured.");
}

static void note_extrapolation(const struct sl_table_context *context, struct sl_grid *grid)
{
    const struct sl_extrapolation *x = context->table->extrapolation;
    char n[40];
    if (!x)
        return;
    sl_print_count(x->n_train, n, sizeof n);
    sl_grid_below(
        grid,
        "est.: estimated at %s training rows, and as many scored as here, for one fit by itself; from "
        "samples and from what was measured, with the error of the estimate.",
        n);
    sl_grid_note(grid, "growth",
                 "growth: of the time to fit and to score with the number n of training rows, up there.");
    for (size_t r = 0; r < x->n_rows; r++)
        if (*x->rows[r].reason)
            sl_grid_below(grid, "No estimate for %s: %s.", x->rows[r].name, x->rows[r].reason);
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
    note_extrapolation(context, grid);
    note_failures(context, grid);
    for (size_t i = 0; i < context->table->warnings.n; i++) {
        const struct sl_warning *warning = &context->table->warnings.list[i];
        sl_grid_below(grid, "%s %s", sl_warning_kinds[warning->id].code, warning->text);
    }
}
