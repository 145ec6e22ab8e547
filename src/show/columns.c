/* columns.c - the table for people: which columns there are, how their numbers are printed, and the
 * notes under them.  Adding a column: a function that prints one row's cell, and a line in `columns`. */
#include "show/columns.h"
#include "show/json.h"
#include <inttypes.h>
#include <math.h>
#include <string.h>

enum { CELL = 256, NOTES_MAX = 64 };

/* What the cells need to know of the table, and what they ask the notes to explain. */
struct context {
    const struct sl_table *table;
    int digits; /* decimals of a score */
    int any_std, any_published, any_published_train, any_published_time;
    int failures;    /* rows with a status */
    int tied, alone; /* rows tied with the best; rows that could not be compared */
    int outside;     /* a published number lies outside our interval */
    int shared;
    int threads_least, threads_most; /* over all rows */
    int no_log_loss, no_time, no_memory;
};

void sl_print_seconds(double value, char *buf, size_t size)
{
    if (isnan(value))
        snprintf(buf, size, "n/a");
    else if (value < 0.0005)
        snprintf(buf, size, "<0.001");
    else if (value < 0.9995)
        snprintf(buf, size, "%.3f", value);
    else if (value < 9.995)
        snprintf(buf, size, "%.2f", value);
    else if (value < 99.95)
        snprintf(buf, size, "%.1f", value);
    else
        snprintf(buf, size, "%.0f", value);
}

void sl_print_count(uint64_t value, char *buf, size_t size)
{
    char digits[32];
    int n = snprintf(digits, sizeof digits, "%" PRIu64, value);
    size_t used = 0;
    for (int i = 0; i < n && used + 2 < size; i++) {
        if (i && (n - i) % 3 == 0)
            buf[used++] = ',';
        buf[used++] = digits[i];
    }
    buf[used] = 0;
}

static void print_score(const struct context *context, double value, char *buf)
{
    snprintf(buf, CELL, "%.*f", context->digits, value);
}

static void cell_mark(struct context *context, const struct sl_table_row *row, char *buf)
{
    if (context->table->best < context->table->n && row == &context->table->rows[context->table->best])
        strcpy(buf, "*");
    else if (row->tied_with_best == 1) {
        strcpy(buf, "=");
        context->tied++;
    } else if (row->tied_with_best < 0 && row->status == SL_TRIAL_OK)
        context->alone++;
}

static void cell_name(struct context *context, const struct sl_table_row *row, char *buf)
{
    (void)context;
    snprintf(buf, CELL, "%s", row->row->name);
}

/* The status stands where the score would; the note of that number says why. */
static void cell_accuracy(struct context *context, const struct sl_table_row *row, char *buf)
{
    if (row->status != SL_TRIAL_OK)
        snprintf(buf, CELL, "%s [%d]", sl_trial_status_name(row->status), ++context->failures);
    else
        print_score(context, row->accuracy, buf);
}

static void cell_interval(struct context *context, const struct sl_table_row *row, char *buf)
{
    if (row->status == SL_TRIAL_OK)
        snprintf(buf, CELL, "%.*f-%.*f", context->digits, row->ci_low, context->digits, row->ci_high);
}

static void cell_std(struct context *context, const struct sl_table_row *row, char *buf)
{
    if (row->status == SL_TRIAL_OK && !isnan(row->accuracy_std))
        print_score(context, row->accuracy_std, buf);
}

static void cell_published(struct context *context, const struct sl_table_row *row, char *buf)
{
    double published = sl_json_find(row->row->published, "accuracy");
    if (isnan(published))
        return;
    int outside = row->status == SL_TRIAL_OK && (published < row->ci_low || published > row->ci_high);
    snprintf(buf, CELL, "%.4f%s", published, outside ? "!" : " ");
    context->outside |= outside;
}

static void cell_difference(struct context *context, const struct sl_table_row *row, char *buf)
{
    double published = sl_json_find(row->row->published, "accuracy");
    if (!isnan(published) && row->status == SL_TRIAL_OK)
        snprintf(buf, CELL, "%+.*f", context->digits, row->accuracy - published);
}

static void cell_train(struct context *context, const struct sl_table_row *row, char *buf)
{
    if (row->status == SL_TRIAL_OK && !isnan(row->train_accuracy))
        print_score(context, row->train_accuracy, buf);
}

static void cell_published_train(struct context *context, const struct sl_table_row *row, char *buf)
{
    double published = sl_json_find(row->row->published, "train_accuracy");
    (void)context;
    if (!isnan(published))
        snprintf(buf, CELL, "%.4f", published);
}

static void cell_precision(struct context *context, const struct sl_table_row *row, char *buf)
{
    if (row->status == SL_TRIAL_OK)
        print_score(context, row->metrics.precision_macro, buf);
}

static void cell_recall(struct context *context, const struct sl_table_row *row, char *buf)
{
    if (row->status == SL_TRIAL_OK)
        print_score(context, row->metrics.recall_macro, buf);
}

static void cell_f1(struct context *context, const struct sl_table_row *row, char *buf)
{
    if (row->status == SL_TRIAL_OK)
        print_score(context, row->metrics.f1_macro, buf);
}

static void cell_log_loss(struct context *context, const struct sl_table_row *row, char *buf)
{
    if (row->status != SL_TRIAL_OK)
        return;
    if (isnan(row->log_loss)) {
        strcpy(buf, "n/a");
        context->no_log_loss = 1;
    } else
        snprintf(buf, CELL, "%.3f", row->log_loss);
}

static void print_time(struct context *context, const struct sl_table_row *row, double value, char *buf)
{
    if (row->status != SL_TRIAL_OK)
        return;
    sl_print_seconds(value, buf, CELL - 1);
    context->no_time |= isnan(value);
    if (row->shared && !isnan(value))
        strcat(buf, "~");
    context->shared |= row->shared;
}

static void cell_fit(struct context *context, const struct sl_table_row *row, char *buf)
{
    print_time(context, row, row->fit_time, buf);
}

static void cell_score(struct context *context, const struct sl_table_row *row, char *buf)
{
    print_time(context, row, row->score_time, buf);
}

static void cell_cpu(struct context *context, const struct sl_table_row *row, char *buf)
{
    print_time(context, row, row->cpu_time, buf);
}

/* "2", or "1-2" where the fits of a row differ. */
static void cell_threads(struct context *context, const struct sl_table_row *row, char *buf)
{
    (void)context;
    if (row->status == SL_TRIAL_OK && row->threads_least == row->threads_most)
        snprintf(buf, CELL, "%d", row->threads_most);
    else if (row->status == SL_TRIAL_OK)
        snprintf(buf, CELL, "%d-%d", row->threads_least, row->threads_most);
}

static void cell_memory(struct context *context, const struct sl_table_row *row, char *buf)
{
    double mib = row->peak_memory / 1048576.0;
    if (row->status != SL_TRIAL_OK)
        return;
    if (isnan(mib)) {
        strcpy(buf, "n/a");
        context->no_memory = 1;
    } else
        snprintf(buf, CELL, mib < 9.95 ? "%.1f" : "%.0f", mib);
}

static void print_published(const struct sl_table_row *row, const char *key, char *buf)
{
    double value = sl_json_find(row->row->published, key);
    if (!isnan(value))
        sl_print_seconds(value, buf, CELL);
}

static void cell_published_fit(struct context *context, const struct sl_table_row *row, char *buf)
{
    (void)context;
    print_published(row, "fit_time", buf);
}

static void cell_published_score(struct context *context, const struct sl_table_row *row, char *buf)
{
    (void)context;
    print_published(row, "score_time", buf);
}

static int if_std(const struct context *context)
{
    return context->any_std;
}

static int if_published(const struct context *context)
{
    return context->any_published;
}

static int if_published_train(const struct context *context)
{
    return context->any_published_train;
}

static int if_threads_differ(const struct context *context)
{
    return context->threads_least != context->threads_most;
}

static int if_published_time(const struct context *context)
{
    return context->any_published_time;
}

static const struct column {
    const char *title;
    int right, rank;
    int (*used)(const struct context *context);                                       /* NULL: always */
    void (*cell)(struct context *context, const struct sl_table_row *row, char *buf); /* buf is "" */
} columns[] = {
    {"", 0, 0, NULL, cell_mark},
    {"classifier", 0, 0, NULL, cell_name},
    {"accuracy", 1, 0, NULL, cell_accuracy},
    {"95 % interval", 1, 0, NULL, cell_interval},
    {"sd", 1, 0, if_std, cell_std},
    {"published", 1, 2, if_published, cell_published},
    {"diff.", 1, 5, if_published, cell_difference},
    {"train acc.", 1, 4, if_published_train, cell_train},
    {"publ. train", 1, 4, if_published_train, cell_published_train},
    {"precision", 1, 8, NULL, cell_precision},
    {"recall", 1, 9, NULL, cell_recall},
    {"F1", 1, 7, NULL, cell_f1},
    {"log loss", 1, 6, NULL, cell_log_loss},
    {"fit s", 1, 1, NULL, cell_fit},
    {"score s", 1, 1, NULL, cell_score},
    {"CPU s", 1, 4, NULL, cell_cpu},
    {"threads", 1, 0, if_threads_differ, cell_threads},
    {"MiB", 1, 3, NULL, cell_memory},
    {"publ. fit s", 1, 9, if_published_time, cell_published_fit},
    {"publ. score s", 1, 9, if_published_time, cell_published_score},
};
enum { N_COLUMNS = sizeof columns / sizeof *columns };

static void look_over(struct context *context)
{
    size_t least = SIZE_MAX;
    for (size_t i = 0; i < context->table->n; i++) {
        const struct sl_table_row *row = &context->table->rows[i];
        const char *published = row->row->published;
        if (row->n_validation && row->n_validation < least)
            least = row->n_validation;
        if (row->threads_most && (!context->threads_least || row->threads_least < context->threads_least))
            context->threads_least = row->threads_least;
        if (row->threads_most > context->threads_most)
            context->threads_most = row->threads_most;
        context->any_std |= !isnan(row->accuracy_std);
        context->any_published |= !isnan(sl_json_find(published, "accuracy"));
        context->any_published_train |= !isnan(sl_json_find(published, "train_accuracy"));
        context->any_published_time |=
            !isnan(sl_json_find(published, "fit_time")) || !isnan(sl_json_find(published, "score_time"));
    }
    context->digits = least < 1000 ? 3 : 4;
}

static void note_marks(const struct context *context, struct sl_grid *grid)
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

static void note_interval(const struct context *context, struct sl_grid *grid)
{
    const struct sl_study *study = context->table->study;
    const char *over = study->folds > 1 && study->repeats > 1 ? "folds and repeats"
                       : study->folds > 1                     ? "folds"
                                                              : "repeats";
    sl_grid_below(grid, "95 %% interval: Wilson's, for the accuracy on unseen rows%s.%s%s%s",
                  study->folds > 1 ? ", from the rows of all folds" : "",
                  context->any_std ? " sd: standard deviation over " : "", context->any_std ? over : "",
                  context->any_std ? "." : "");
    if (context->outside)
        sl_grid_below(grid, "published!: lies outside our interval.");
    sl_grid_note(grid, "F1", "precision, recall, F1: macro averages, in which every class counts alike.");
    sl_grid_note(grid, "train acc.",
                 "train acc.: on the training rows in the last epoch, measured while it trained.");
}

static void note_costs(const struct context *context, struct sl_grid *grid)
{
    const struct sl_study *study = context->table->study;
    char threads[40] = "";
    if (context->threads_most && !if_threads_differ(context))
        snprintf(threads, sizeof threads, " on %d thread%s", context->threads_most,
                 context->threads_most == 1 ? "" : "s");
    sl_grid_below(grid,
                  "fit s, score s: wall-clock seconds%s to fit on the training rows and to predict the "
                  "%s rows%s.%s",
                  threads, study->final ? "test" : "validation",
                  study->folds > 1 || study->repeats > 1 ? ", the mean over all fits" : "",
                  context->shared ? " A time with ~ was measured beside other trials: it does not compare."
                                  : "");
    sl_grid_note(
        grid, "threads",
        "threads: that a row's times were measured with; times on other numbers of threads do not compare.");
    sl_grid_note(grid, "CPU s", "CPU s: processor seconds of all threads, fit and score together.");
    sl_grid_note(grid, "MiB", "MiB: peak memory above that at the trial's start%s%s.",
                 study->folds > 1 || study->repeats > 1 ? ", the largest of all fits" : "",
                 context->no_memory ? "; n/a: it could not be measured" : "");
    if (context->no_log_loss)
        sl_grid_note(grid, "log loss", "log loss n/a: the classifier gives no probabilities.");
    if (context->no_time)
        sl_grid_below(grid, "time n/a: it could not be measured.");
}

static void note_failures(const struct context *context, struct sl_grid *grid)
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

void sl_table_grid(const struct sl_table *table, struct sl_grid *grid)
{
    struct context context = {.table = table};
    look_over(&context);
    sl_study_heading(table->study, grid);
    for (size_t c = 0; c < N_COLUMNS; c++)
        if (!columns[c].used || columns[c].used(&context))
            sl_grid_column(grid, columns[c].title, columns[c].right, columns[c].rank);
    for (size_t i = 0; i < table->n; i++)
        for (size_t c = 0; c < N_COLUMNS; c++) {
            char buf[CELL] = "";
            if (columns[c].used && !columns[c].used(&context))
                continue;
            columns[c].cell(&context, &table->rows[i], buf);
            sl_grid_add(grid, "%s", buf);
        }
    note_marks(&context, grid);
    note_interval(&context, grid);
    note_costs(&context, grid);
    note_failures(&context, grid);
}
