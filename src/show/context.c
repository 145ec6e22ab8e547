/* context.c - what the cells of a table for people need to know of all its rows. */
#include "show/json.h"
#include "show/notes.h"
#include "show/numbers.h"
#include "show/published_cells.h"
#include <math.h>

/* A time of an older store is that of one run. */
static void look_at_runs(struct sl_table_context *context, const struct sl_table_row *row, double time,
                         double runs)
{
    const int n = isnan(runs) ? 1 : (int)runs;
    if (row->status != SL_TRIAL_OK || isnan(time))
        return;
    context->runs_least = !context->runs_least || n < context->runs_least ? n : context->runs_least;
    context->runs_most = n > context->runs_most ? n : context->runs_most;
}

void sl_table_look_over(struct sl_table_context *context)
{
    const struct sl_study *study = context->table->study;
    context->unscored = !study->n_validation && study->folds < 2;
    for (size_t i = 0; i < context->table->n; i++) {
        const struct sl_table_row *row = &context->table->rows[i];
        const char *published = row->row->published;
        context->unscored &= !row->n_scores;
        if (row->threads_most && (!context->threads_least || row->threads_least < context->threads_least))
            context->threads_least = row->threads_least;
        if (row->threads_most > context->threads_most)
            context->threads_most = row->threads_most;
        look_at_runs(context, row, row->fit_time, row->fit_runs);
        look_at_runs(context, row, row->score_time, row->score_runs);
        context->any_std |= !isnan(row->score_std);
        context->any_evaluated |= !isnan(row->train_accuracy);
        context->any_out_of_bag |= !isnan(row->measures[SL_MEASURE_oob_accuracy]);
        context->any_published |= !isnan(sl_find_published(context, row));
        context->any_published_train |=
            !isnan(sl_json_find(published, "train_accuracy", &context->out_of_memory));
        context->any_published_time |= !isnan(sl_json_find(published, "fit_time", &context->out_of_memory)) ||
                                       !isnan(sl_json_find(published, "score_time", &context->out_of_memory));
    }
    context->any_epoch = context->any_published_train && !context->any_evaluated;
    context->bars = context->table->bars && !context->unscored;
    context->extrapolated = context->table->extrapolation != NULL;
    context->ranked = context->table->n_samples > 0;
    context->threads_differ = context->threads_least != context->threads_most;
    context->digits = sl_score_digits(context->table);
}
