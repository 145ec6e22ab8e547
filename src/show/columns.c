/* columns.c - the table for people: which columns there are, and how their numbers are printed.  Adding a
 * column: a function that prints one row's cell, and a line in `columns`. */
#include "show/columns.h"
#include "core/names.h"
#include "show/json.h"
#include "show/notes.h"
#include <math.h>
#include <shortlist/text.h>
#include <string.h>

enum { CELL = 1024 };

static void print_score(const struct sl_table_context *context, double value, char *buf)
{
    snprintf(buf, CELL, "%.*f", context->digits, value);
}

static void cell_mark(struct sl_table_context *context, const struct sl_table_row *row, char *buf)
{
    if (context->table->best < context->table->n && row == &context->table->rows[context->table->best])
        strcpy(buf, "*");
    else if (row->tied_with_best == 1) {
        strcpy(buf, "=");
        context->tied++;
    } else if (row->tied_with_best < 0 && row->status == SL_TRIAL_OK)
        context->alone++;
}

static void cell_name(struct sl_table_context *context, const struct sl_table_row *row, char *buf)
{
    (void)context;
    snprintf(buf, CELL, "%s", row->row->name);
}

/* The status stands where the score would; the note of that number says why. */
static void cell_accuracy(struct sl_table_context *context, const struct sl_table_row *row, char *buf)
{
    if (row->status != SL_TRIAL_OK)
        snprintf(buf, CELL, "%s [%d]", sl_trial_status_name(row->status), ++context->failures);
    else
        print_score(context, row->accuracy, buf);
}

static void cell_interval(struct sl_table_context *context, const struct sl_table_row *row, char *buf)
{
    if (row->status == SL_TRIAL_OK)
        snprintf(buf, CELL, "%.*f-%.*f", context->digits, row->ci_low, context->digits, row->ci_high);
}

static void cell_std(struct sl_table_context *context, const struct sl_table_row *row, char *buf)
{
    if (row->status == SL_TRIAL_OK && !isnan(row->accuracy_std))
        print_score(context, row->accuracy_std, buf);
}

static void cell_published(struct sl_table_context *context, const struct sl_table_row *row, char *buf)
{
    double published = sl_json_find(row->row->published, "accuracy", &context->out_of_memory);
    if (isnan(published))
        return;
    int outside = row->status == SL_TRIAL_OK && (published < row->ci_low || published > row->ci_high);
    snprintf(buf, CELL, "%.4f%s", published, outside ? "!" : " ");
    context->outside |= outside;
}

static void cell_difference(struct sl_table_context *context, const struct sl_table_row *row, char *buf)
{
    double published = sl_json_find(row->row->published, "accuracy", &context->out_of_memory);
    if (!isnan(published) && row->status == SL_TRIAL_OK)
        snprintf(buf, CELL, "%+.*f", context->digits, row->accuracy - published);
}

static void cell_train(struct sl_table_context *context, const struct sl_table_row *row, char *buf)
{
    if (row->status == SL_TRIAL_OK && !isnan(row->train_accuracy))
        print_score(context, row->train_accuracy, buf);
}

static void cell_published_train(struct sl_table_context *context, const struct sl_table_row *row, char *buf)
{
    double published = sl_json_find(row->row->published, "train_accuracy", &context->out_of_memory);
    if (!isnan(published))
        snprintf(buf, CELL, "%.4f", published);
}

static void cell_precision(struct sl_table_context *context, const struct sl_table_row *row, char *buf)
{
    if (row->status == SL_TRIAL_OK)
        print_score(context, row->metrics.precision_macro, buf);
}

static void cell_recall(struct sl_table_context *context, const struct sl_table_row *row, char *buf)
{
    if (row->status == SL_TRIAL_OK)
        print_score(context, row->metrics.recall_macro, buf);
}

static void cell_f1(struct sl_table_context *context, const struct sl_table_row *row, char *buf)
{
    if (row->status == SL_TRIAL_OK)
        print_score(context, row->metrics.f1_macro, buf);
}

static void cell_log_loss(struct sl_table_context *context, const struct sl_table_row *row, char *buf)
{
    if (row->status != SL_TRIAL_OK)
        return;
    if (isnan(row->log_loss)) {
        strcpy(buf, "n/a");
        context->no_log_loss = 1;
    } else
        snprintf(buf, CELL, "%.3f", row->log_loss);
}

static void print_time(struct sl_table_context *context, const struct sl_table_row *row, double value,
                       char *buf)
{
    if (row->status != SL_TRIAL_OK)
        return;
    sl_print_seconds(value, buf, CELL - 1);
    context->no_time |= isnan(value);
    if (row->shared && !isnan(value))
        strcat(buf, "~");
    context->shared |= row->shared;
}

static void cell_fit(struct sl_table_context *context, const struct sl_table_row *row, char *buf)
{
    print_time(context, row, row->fit_time, buf);
}

static void cell_score(struct sl_table_context *context, const struct sl_table_row *row, char *buf)
{
    print_time(context, row, row->score_time, buf);
}

static void cell_cpu(struct sl_table_context *context, const struct sl_table_row *row, char *buf)
{
    print_time(context, row, row->cpu_time, buf);
}

/* "2", or "1-2" where the fits of a row differ. */
static void cell_threads(struct sl_table_context *context, const struct sl_table_row *row, char *buf)
{
    (void)context;
    if (row->status == SL_TRIAL_OK && row->threads_least == row->threads_most)
        snprintf(buf, CELL, "%d", row->threads_most);
    else if (row->status == SL_TRIAL_OK)
        snprintf(buf, CELL, "%d-%d", row->threads_least, row->threads_most);
}

static void cell_memory(struct sl_table_context *context, const struct sl_table_row *row, char *buf)
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

static void print_published(struct sl_table_context *context, const struct sl_table_row *row, const char *key, char *buf)
{
    double value = sl_json_find(row->row->published, key, &context->out_of_memory);
    if (!isnan(value))
        sl_print_seconds(value, buf, CELL);
}

static void cell_published_fit(struct sl_table_context *context, const struct sl_table_row *row, char *buf)
{
    print_published(context, row, "fit_time", buf);
}

static void cell_published_score(struct sl_table_context *context, const struct sl_table_row *row, char *buf)
{
    print_published(context, row, "score_time", buf);
}

static int if_std(const struct sl_table_context *context)
{
    return context->any_std;
}

static int if_published(const struct sl_table_context *context)
{
    return context->any_published;
}

static int if_published_train(const struct sl_table_context *context)
{
    return context->any_published_train;
}

static int if_threads_differ(const struct sl_table_context *context)
{
    return context->threads_least != context->threads_most;
}

static int if_published_time(const struct sl_table_context *context)
{
    return context->any_published_time;
}

static const struct column {
    const char *name, *title;
    int right, rank;
    int (*used)(const struct sl_table_context *context); /* NULL: always */
    void (*cell)(struct sl_table_context *context, const struct sl_table_row *row, char *buf); /* buf is "" */
} columns[] = {
    {"mark", "", 0, 0, NULL, cell_mark},
    {"classifier", "classifier", 0, 0, NULL, cell_name},
    {"accuracy", "accuracy", 1, 0, NULL, cell_accuracy},
    {"interval", "95 % interval", 1, 2, NULL, cell_interval},
    {"sd", "sd", 1, 3, if_std, cell_std},
    {"published", "published", 1, 4, if_published, cell_published},
    {"difference", "diff.", 1, 7, if_published, cell_difference},
    {"train_accuracy", "train acc.", 1, 6, if_published_train, cell_train},
    {"published_train_accuracy", "publ. train", 1, 6, if_published_train, cell_published_train},
    {"precision", "precision", 1, 10, NULL, cell_precision},
    {"recall", "recall", 1, 11, NULL, cell_recall},
    {"f1", "F1", 1, 9, NULL, cell_f1},
    {"log_loss", "log loss", 1, 8, NULL, cell_log_loss},
    {"fit_time", "fit s", 1, 1, NULL, cell_fit},
    {"score_time", "score s", 1, 1, NULL, cell_score},
    {"cpu_time", "CPU s", 1, 6, NULL, cell_cpu},
    {"threads", "threads", 1, 1, if_threads_differ, cell_threads},
    {"peak_memory", "MiB", 1, 5, NULL, cell_memory},
    {"published_fit_time", "publ. fit s", 1, 11, if_published_time, cell_published_fit},
    {"published_score_time", "publ. score s", 1, 11, if_published_time, cell_published_score},
};
enum {
    N_COLUMNS = sizeof columns / sizeof *columns,
    ALWAYS = 2 /* the first, which are not chosen */,
    CHOSEN_MOST = 40
};

/* What a table shows. */
struct choice {
    size_t n;
    const struct column *column[CHOSEN_MOST];
};

static int fail_column(const char *word, struct sl_error *err)
{
    const char *names[N_COLUMNS];
    for (size_t c = ALWAYS; c < N_COLUMNS; c++)
        names[c - ALWAYS] = columns[c].name;
    return sl_fail_unknown(err, "column", word, names, N_COLUMNS - ALWAYS);
}

static const struct column *find_column(const char *name)
{
    for (size_t c = ALWAYS; c < N_COLUMNS; c++)
        if (strcmp(columns[c].name, name) == 0)
            return &columns[c];
    return NULL;
}

/* Adds the columns named in list, in its order. */
static int choose(const char *list, struct choice *choice, struct sl_error *err)
{
    for (const char *at = list; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL) {
        char word[80];
        snprintf(word, sizeof word, "%.*s", (int)strcspn(at, ","), at);
        const struct column *column = find_column(word);
        if (!column)
            return fail_column(word, err);
        for (size_t i = 0; i < choice->n; i++)
            if (choice->column[i] == column)
                return sl_fail(err, SL_EUSAGE, "column '%s' is named twice", word);
        choice->column[choice->n++] = column;
    }
    return SL_OK;
}

static int make_choice(const char *list, const struct sl_table_context *context, struct choice *choice,
                       struct sl_error *err)
{
    *choice = (struct choice){0};
    for (size_t c = 0; c < (list ? ALWAYS : N_COLUMNS); c++)
        if (!columns[c].used || columns[c].used(context))
            choice->column[choice->n++] = &columns[c];
    return list ? choose(list, choice, err) : SL_OK;
}

int sl_columns_check(const char *list, enum sl_format format, struct sl_error *err)
{
    struct choice choice = {0};
    if (list && (format == SL_FORMAT_CSV || format == SL_FORMAT_JSON))
        return sl_fail(err, SL_EUSAGE,
                       "columns are chosen for text, markdown and latex: csv and json hold every field");
    return choose(list, &choice, err);
}

static void look_over(struct sl_table_context *context)
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
        context->any_published |= !isnan(sl_json_find(published, "accuracy", &context->out_of_memory));
        context->any_published_train |= !isnan(sl_json_find(published, "train_accuracy", &context->out_of_memory));
        context->any_published_time |=
            !isnan(sl_json_find(published, "fit_time", &context->out_of_memory)) || !isnan(sl_json_find(published, "score_time", &context->out_of_memory));
    }
    context->digits = least < 1000 ? 3 : 4;
}

int sl_table_grid(const struct sl_table *table, const char *list, struct sl_grid *grid, struct sl_error *err)
{
    struct sl_table_context context = {.table = table};
    struct choice choice;
    look_over(&context);
    int code = make_choice(list, &context, &choice, err);
    if (code)
        return code;
    sl_study_heading(table->study, grid);
    for (size_t c = 0; c < choice.n; c++)
        sl_grid_column(grid, choice.column[c]->title, choice.column[c]->right,
                       list ? 0 : choice.column[c]->rank);
    for (size_t i = 0; i < table->n; i++)
        for (size_t c = 0; c < choice.n; c++) {
            char buf[CELL] = "";
            choice.column[c]->cell(&context, &table->rows[i], buf);
            sl_grid_add(grid, "%s", buf);
        }
    sl_table_notes(&context, grid);
    grid->failed |= context.out_of_memory;
    return SL_OK;
}
