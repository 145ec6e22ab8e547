/* work.c - gathers what a unit of work needs. */
#include "study/work.h"
#include "core/memory.h"

/* The rows of an earlier member that fits and scores the same, or NULL. */
static struct sl_rows *rows_so_far(const struct sl_work *work, size_t n)
{
    for (size_t m = n; m-- > 0;)
        if (work->trials[m]->fold == work->trials[n]->fold)
            return work->rows[m];
    return NULL;
}

static int add_trial(struct sl_work *work, const struct sl_site *site, size_t trial, struct sl_error *err)
{
    size_t m = work->n;
    work->numbers[m] = trial;
    work->trials[m] = &site->plan->trials[trial];
    work->rows[m] = rows_so_far(work, m);
    int code = work->rows[m] ? SL_OK : sl_rows_make(site->partition, work->trials[m], &work->rows[m], err);
    work->n += !code;
    return code;
}

/* Leaves out of all rows those that no member fits or scores, where members fit fewer. */
static int drop_unused(struct sl_work *work, size_t n_data, struct sl_error *err)
{
    unsigned char *used = sl_alloc_zero(n_data, 1);
    size_t kept = 0;
    if (!used)
        return sl_fail_memory(err);
    for (size_t m = 0; m < work->n; m++) {
        const struct sl_rows *rows = work->rows[m];
        if (m && rows == work->rows[m - 1])
            continue;
        for (size_t i = 0; i < rows->n_fit; i++)
            used[rows->fit[i]] = 1;
        for (size_t i = 0; i < rows->n_score; i++)
            used[rows->score[i]] = 1;
    }
    for (size_t i = 0; i < work->n_all; i++)
        if (used[work->all[i]])
            work->all[kept++] = work->all[i];
    work->n_all = kept;
    free(used);
    return SL_OK;
}

int sl_work_make(const struct sl_site *site, const struct sl_unit *unit, struct sl_work **out,
                 struct sl_error *err)
{
    struct sl_work *work = *out = sl_alloc_zero(1, sizeof *work);
    if (!work)
        return sl_fail_memory(err);
    work->data = site->data;
    work->test = site->test;
    work->threads = site->threads;
    work->timing_runs = site->timing_runs;
    work->evaluate_train = site->evaluate_train;
    work->calibrate = site->calibrate;
    work->time_limit = site->time_limit;
    work->memory_limit = site->memory_limit;
    work->keep_scores = site->keep_scores;
    work->numbers = sl_alloc(unit->n, sizeof *work->numbers);
    work->trials = sl_alloc(unit->n, sizeof *work->trials);
    work->rows = sl_alloc_zero(unit->n, sizeof *work->rows);
    int code = work->numbers && work->trials && work->rows ? SL_OK : sl_fail_memory(err);
    for (size_t m = 0; m < unit->n && !code; m++)
        code = add_trial(work, site, unit->trials[m], err);
    if (!code && unit->n > 1)
        code = sl_rows_all(site->partition, work->trials[0], &work->all, &work->n_all, err);
    if (!code && unit->n > 1 && work->trials[0]->n_fit)
        code = drop_unused(work, sl_partition_rows(site->partition), err);
    if (code) {
        sl_work_free(work);
        *out = NULL;
    }
    return code;
}

/* Rows of the test file are none of the data set's: those that are fitted stand for them. */
static int stand_in(const struct sl_work *work, struct sl_rows *rows, struct sl_error *err)
{
    const struct sl_view view = sl_dataset_view(work->data);
    free(rows->truth);
    rows->n_score = rows->n_fit;
    rows->score = sl_alloc(rows->n_score, sizeof *rows->score);
    rows->truth = sl_alloc(rows->n_score, sizeof *rows->truth);
    if (!rows->score || !rows->truth)
        return sl_fail_memory(err);
    for (size_t i = 0; i < rows->n_score; i++) {
        rows->score[i] = rows->fit[i];
        rows->truth[i] = view.y[rows->fit[i]];
    }
    return SL_OK;
}

static void thin(struct sl_rows *rows, size_t n)
{
    const size_t all = rows->n_score;
    for (size_t i = 0; i < n && n < all; i++) {
        const size_t from = (size_t)((double)i * (double)all / (double)n);
        rows->score[i] = rows->score[from];
        rows->truth[i] = rows->truth[from];
    }
    rows->n_score = n < all ? n : all;
}

int sl_work_thin(struct sl_work *work, size_t n_score, size_t n_data, struct sl_error *err)
{
    int code = SL_OK;
    for (size_t m = 0; m < work->n && !code; m++) {
        size_t same = 0;
        while (same < m && work->rows[same] != work->rows[m])
            same++;
        if (same < m)
            continue;
        if (!work->rows[m]->score && work->rows[m]->n_score)
            code = stand_in(work, work->rows[m], err);
        if (!code)
            thin(work->rows[m], n_score);
    }
    return !code && work->n > 1 ? drop_unused(work, n_data, err) : code;
}

void sl_work_free(struct sl_work *work)
{
    if (!work)
        return;
    for (size_t m = 0; m < work->n; m++) { /* the first member with these rows frees them */
        int first = 1;
        for (size_t before = 0; before < m && first; before++)
            first = work->trials[before]->fold != work->trials[m]->fold;
        if (first)
            sl_rows_free(work->rows[m]);
    }
    free(work->numbers);
    free(work->trials);
    free(work->rows);
    free(work->all);
    free(work->model_path);
    free(work->state_from);
    free(work->state_to);
    free(work);
}
