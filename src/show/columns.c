/* columns.c - the table for people: which columns there are, and how their numbers are printed.  Every
 * measure is a column (measures.h); adding another one: a function that prints one row's cell, and a line in
 * `beside`. */
#include "show/columns.h"
#include "core/names.h"
#include "show/extrapolated.h"
#include "show/json.h"
#include "show/notes.h"
#include "show/numbers.h"
#include "show/published_cells.h"
#include <math.h>
#include <shortlist/text.h>
#include <string.h>

enum { CELL = SL_CELL, BESIDE_ACCURACY = 3 /* rank: among the last to be left out */, BAR = 8 };

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
    } else if (row->tied_with_best < 0 && !isnan(row->score_low))
        context->alone++;
}

static void cell_name(struct sl_table_context *context, const struct sl_table_row *row, char *buf)
{
    (void)context;
    snprintf(buf, CELL, "%s", row->row->name);
}

/* The status stands where the score would; the note of that number says why. */
static void cell_score(struct sl_table_context *context, const struct sl_table_row *row, char *buf)
{
    if (row->status != SL_TRIAL_OK)
        snprintf(buf, CELL, "%s [%d]", sl_trial_status_name(row->status), ++context->failures);
    else if (isnan(row->score)) {
        context->missing[context->table->metric] = 1;
        strcpy(buf, "n/a");
    } else
        print_score(context, row->score, buf);
}

/* In eighths of a character, from the worst row's one to the best one's. */
static void cell_bar(struct sl_table_context *context, const struct sl_table_row *row, char *buf)
{
    static const char *const parts[] = {"",       "\u258f", "\u258e", "\u258d",
                                        "\u258c", "\u258b", "\u258a", "\u2589"};
    double low = INFINITY, high = -INFINITY;
    for (size_t i = 0; i < context->table->n; i++) {
        low = fmin(low, context->table->rows[i].score); /* not NaN's */
        high = fmax(high, context->table->rows[i].score);
    }
    if (row->status != SL_TRIAL_OK || isnan(row->score))
        return;
    double share = high > low ? (row->score - low) / (high - low) : 1;
    if (high > low && !sl_metric_rises(context->table->metric))
        share = 1 - share;
    int eighths = 1 + (int)lround(share * (8 * BAR - 1));
    for (int i = 0; i < eighths / 8; i++)
        strcat(buf, "\u2588");
    strcat(buf, parts[eighths % 8]);
}

static void cell_interval(struct sl_table_context *context, const struct sl_table_row *row, char *buf)
{
    if (isnan(row->score))
        return;
    context->no_interval |= isnan(row->score_low);
    context->no_width |= context->table->metric != SL_MEASURE_accuracy && row->score_low == row->score_high;
    if (isnan(row->score_low))
        strcpy(buf, "n/a");
    else
        snprintf(buf, CELL, "%.*f-%.*f", context->digits, row->score_low, context->digits, row->score_high);
}

/* "1-3", or "2". */
static void cell_rank(struct sl_table_context *context, const struct sl_table_row *row, char *buf)
{
    (void)context;
    if (isnan(row->rank_low))
        return;
    int used = snprintf(buf, CELL, "%.0f", row->rank_low);
    if (row->rank_high > row->rank_low)
        snprintf(buf + used, CELL - (size_t)used, "-%.0f", row->rank_high);
}

/* Samples tell no more than two digits. */
static void cell_p_best(struct sl_table_context *context, const struct sl_table_row *row, char *buf)
{
    (void)context;
    if (!isnan(row->p_best))
        snprintf(buf, CELL, "%.2f", row->p_best);
}

static void cell_std(struct sl_table_context *context, const struct sl_table_row *row, char *buf)
{
    if (!isnan(row->score_std))
        print_score(context, row->score_std, buf);
}

/* What older stores, single runs, shared work and most classifiers do not have. */
static int is_of_some(int id)
{
    return id == SL_MEASURE_oob_accuracy || (id >= SL_MEASURE_fit_time_std && id <= SL_MEASURE_latency);
}

static void print_measure(struct sl_table_context *context, const struct sl_table_row *row, int id, char *buf)
{
    double value = row->measures[id], mib = value / 1048576.0;
    enum sl_measure_unit unit = sl_measure_types[id].unit;
    if (row->status != SL_TRIAL_OK || (is_of_some(id) && isnan(value)))
        return;
    context->missing[id] |= isnan(value);
    context->shared |= unit == SL_MEASURED_SECONDS && row->shared;
    context->grouped |=
        unit == SL_MEASURED_SECONDS && !row->shared && !isnan(row->measures[SL_MEASURE_group]);
    if (isnan(value))
        strcpy(buf, unit == SL_MEASURED_FRACTION && !sl_measure_types[id].member ? "" : "n/a");
    else if (unit == SL_MEASURED_FRACTION || unit == SL_MEASURED_COEFFICIENT)
        print_score(context, value, buf);
    else if (unit == SL_MEASURED_SECONDS) {
        sl_print_seconds(value, buf, CELL - 1);
        strcat(buf, row->shared ? "~" : isnan(row->measures[SL_MEASURE_group]) ? "" : "+");
    } else if (unit == SL_MEASURED_BYTES)
        snprintf(buf, CELL, mib < 9.95 ? "%.1f" : "%.0f", mib);
    else if (unit == SL_MEASURED_FLAG)
        strcpy(buf, value ? "yes" : "no");
    else if (unit == SL_MEASURED_MOMENT)
        snprintf(buf, CELL, "%.3g%s", 1000 * value, row->shared ? "~" : "");
    else
        snprintf(buf, CELL, unit == SL_MEASURED_LOSS ? "%.3f" : "%.4g", value);
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

/* A column of a measure has no cell function of its own. */
struct column {
    const char *name, *title;
    int right, rank; /* rank -1: only where it is asked for */
    size_t used;     /* where the context says (an int) whether it has anything; 0: always */
    void (*cell)(struct sl_table_context *context, const struct sl_table_row *row, char *buf); /* buf is "" */
    int measure;
};

#define IF(member) offsetof(struct sl_table_context, member)

/* The columns beside the measures'.  Before a column stand those of the measures up to the one that
 * `measures` names ("": up to the last one). */
static const struct beside {
    const char *measures;
    struct column column;
} beside[] = {
    {NULL, {"mark", "", 0, 0, 0, cell_mark, 0}},
    {NULL, {"classifier", "classifier", 0, 0, 0, cell_name, 0}},
    {NULL, {"score", "", 1, 0, 0, cell_score, 0}}, /* the table's metric, and called so */
    {NULL, {"bar", "", 0, 2, IF(bars), cell_bar, 0}},
    {NULL, {"interval", "95 % interval", 1, 2, 0, cell_interval, 0}},
    {NULL, {"sd", "sd", 1, 3, IF(any_std), cell_std, 0}},
    {NULL, {"rank", "rank", 1, 3, IF(ranked), cell_rank, 0}},
    {NULL, {"p_best", "P(best)", 1, 4, IF(ranked), cell_p_best, SL_MEASURE_p_best}},
    {NULL, {"published", "published", 1, 4, IF(any_published), sl_cell_published, 0}},
    {NULL, {"difference", "diff.", 1, 7, IF(any_published), sl_cell_difference, 0}},
    {NULL, {"train_accuracy", "train acc.", 1, 6, IF(any_evaluated), NULL, SL_MEASURE_train_accuracy}},
    {NULL, {"epoch_accuracy", "epoch acc.", 1, 6, IF(any_epoch), NULL, SL_MEASURE_epoch_accuracy}},
    {NULL,
     {"published_train_accuracy", "publ. train", 1, 6, IF(any_published_train), sl_cell_published_train, 0}},
    {NULL, {"oob_accuracy", "OOB acc.", 1, 5, IF(any_out_of_bag), NULL, SL_MEASURE_oob_accuracy}},
    {"cpu_time", {"threads", "threads", 1, 1, IF(threads_differ), cell_threads, 0}},
    {NULL, {"estimated_fit_time", "est. fit s", 1, 1, IF(extrapolated), sl_cell_estimated_fit, 0}},
    {NULL, {"estimated_score_time", "est. score s", 1, 3, IF(extrapolated), sl_cell_estimated_score, 0}},
    {NULL, {"estimated_memory", "est. MiB", 1, 2, IF(extrapolated), sl_cell_estimated_memory, 0}},
    {NULL, {"growth", "growth", 1, 1, IF(extrapolated), sl_cell_growth, 0}},
    {"", {"published_fit_time", "publ. fit s", 1, 11, IF(any_published_time), sl_cell_published_fit, 0}},
    {NULL,
     {"published_score_time", "publ. score s", 1, 11, IF(any_published_time), sl_cell_published_score, 0}},
};
enum {
    N_BESIDE = sizeof beside / sizeof *beside,
    ALWAYS = 2 /* the first, which are not chosen */,
    COLUMNS_MOST = N_BESIDE + SL_N_MEASURES
};

struct columns {
    size_t n;
    struct column column[COLUMNS_MOST];
};

static int has_column(const struct columns *columns, const char *name)
{
    for (size_t c = 0; c < columns->n; c++)
        if (strcmp(columns->column[c].name, name) == 0)
            return 1;
    return 0;
}

/* Adds the measures from *id on, up to the one called last ("": all), that have a column and no place of
 * their own. */
static void add_measures(struct columns *columns, int *id, const char *last)
{
    int end = *last ? sl_measure_find(last) + 1 : SL_N_MEASURES;
    for (; *id < end; ++*id) {
        const struct sl_measure_type *type = &sl_measure_types[*id];
        if (type->column && !has_column(columns, type->column))
            columns->column[columns->n++] =
                (struct column){type->column, type->title, 1, type->rank, 0, NULL, *id};
    }
}

/* All columns, in the order of a table that is judged by the metric. */
static struct columns all_columns(enum sl_measure_id metric)
{
    struct columns columns = {0};
    int id = 0;
    for (int i = 0; i < N_BESIDE; i++) {
        if (beside[i].measures)
            add_measures(&columns, &id, beside[i].measures);
        struct column *column = &columns.column[columns.n++];
        *column = beside[i].column;
        if (column->cell != cell_score)
            continue;
        column->name = sl_measure_types[metric].column;
        column->title = sl_measure_types[metric].title;
    }
    return columns;
}

const char *sl_column_name(size_t i)
{
    const struct columns columns = all_columns(SL_MEASURE_accuracy);
    return i + ALWAYS < columns.n ? columns.column[i + ALWAYS].name : NULL;
}

static int fail_column(const char *word, struct sl_error *err)
{
    const char *names[COLUMNS_MOST];
    size_t n = 0;
    while ((names[n] = sl_column_name(n)))
        n++;
    return sl_fail_unknown(err, "column", word, names, n);
}

static const struct column *find_column(const struct columns *all, const char *name)
{
    for (size_t c = ALWAYS; c < all->n; c++)
        if (strcmp(all->column[c].name, name) == 0)
            return &all->column[c];
    return NULL;
}

/* Adds the columns named in list, in its order. */
static int choose(const char *list, enum sl_measure_id metric, struct columns *choice, struct sl_error *err)
{
    const struct columns all = all_columns(metric);
    for (const char *at = list; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL) {
        char word[80];
        snprintf(word, sizeof word, "%.*s", (int)strcspn(at, ","), at);
        const struct column *column = find_column(&all, word);
        if (!column)
            return fail_column(word, err);
        if (has_column(choice, word))
            return sl_fail(err, SL_EUSAGE, "column '%s' is named twice", word);
        choice->column[choice->n++] = *column;
    }
    return SL_OK;
}

/* Is it empty where nothing was scored?  The status stands in the metric's. */
static int is_of_scores(const struct column *column)
{
    static const int others[] = {SL_MEASURE_precision_macro, SL_MEASURE_recall_macro, SL_MEASURE_score_time};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (!column->cell && column->measure == others[i])
            return 1;
    return column->cell == cell_interval || column->cell == cell_rank || column->cell == cell_p_best ||
           (!column->cell && sl_measure_types[column->measure].metric != SL_METRIC_NOT);
}

/* Where a row is no better than the most frequent class, its accuracy says little. */
static int is_wanted_of_unbalanced(const struct sl_table_context *context, const struct column *column)
{
    if (column->cell ||
        (column->measure != SL_MEASURE_balanced_accuracy && column->measure != SL_MEASURE_f1_macro))
        return 0;
    for (size_t i = 0; i < context->table->warnings.n; i++)
        if (context->table->warnings.list[i].id == SL_WARNING_majority)
            return 1;
    return 0;
}

/* Who asks for timing runs wants to see how much they differ. */
static int is_wanted_of_runs(const struct sl_table_context *context, const struct column *column)
{
    return context->table->study->timing_runs > 1 && !column->cell &&
           (column->measure == SL_MEASURE_fit_time_std ||
            (column->measure == SL_MEASURE_score_time_std && !context->unscored));
}

/* And who asks for another prediction of the training rows, what they come to. */
static int is_wanted(const struct sl_table_context *context, const struct column *column)
{
    return (!column->cell && column->measure == SL_MEASURE_train_accuracy && context->any_evaluated) ||
           is_wanted_of_unbalanced(context, column) || is_wanted_of_runs(context, column);
}

/* Has the column anything to show? */
static int is_used(const struct sl_table_context *context, const struct column *column)
{
    int used = 1;
    if (column->used)
        memcpy(&used, (const char *)context + column->used, sizeof used);
    return used;
}

static int make_choice(const char *list, const struct sl_table_context *context, struct columns *choice,
                       struct sl_error *err)
{
    const enum sl_measure_id metric = context->table->metric;
    const struct columns all = all_columns(metric);
    *choice = (struct columns){0};
    for (size_t c = 0; c < (list ? ALWAYS : all.n); c++) {
        const struct column *column = &all.column[c];
        if (context->unscored && is_of_scores(column))
            continue;
        int wanted = is_wanted(context, column);
        if (!wanted && (column->rank < 0 || !is_used(context, column)))
            continue;
        choice->column[choice->n] = *column;
        choice->column[choice->n++].rank = wanted ? BESIDE_ACCURACY : column->rank;
    }
    return list ? choose(list, metric, choice, err) : SL_OK;
}

int sl_columns_check(const char *list, enum sl_output_format format, struct sl_error *err)
{
    struct columns choice = {0};
    if (list && (format == SL_FORMAT_CSV || format == SL_FORMAT_JSON || format == SL_FORMAT_CV_RESULTS))
        return sl_fail(err, SL_EUSAGE,
                       "columns are chosen for what people read: csv and json hold every field, "
                       "cv_results those of scikit-learn");
    return choose(list, SL_MEASURE_accuracy, &choice, err);
}

int sl_table_grid(const struct sl_table *table, const char *list, struct sl_grid *grid, struct sl_error *err)
{
    struct sl_table_context context = {.table = table};
    struct columns choice;
    sl_table_look_over(&context);
    int code = make_choice(list, &context, &choice, err);
    if (code)
        return code;
    sl_study_heading(table->study, grid);
    if (table->verdict.text)
        sl_grid_verdict(grid, table->verdict.text);
    for (size_t c = 0; c < choice.n; c++)
        sl_grid_column(grid, choice.column[c].title, choice.column[c].right,
                       list ? 0 : choice.column[c].rank);
    for (size_t i = 0; i < table->n; i++)
        for (size_t c = 0; c < choice.n; c++) {
            const struct sl_table_row *row = &table->rows[table->order[i]];
            char buf[CELL] = "";
            if (choice.column[c].cell)
                choice.column[c].cell(&context, row, buf);
            else
                print_measure(&context, row, choice.column[c].measure, buf);
            sl_grid_add(grid, "%s", buf);
        }
    sl_table_notes(&context, grid);
    grid->failed |= context.out_of_memory;
    return SL_OK;
}
