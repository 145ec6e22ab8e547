/* child_timing.c - the timing runs of a trial: its fit and its scoring once more, as often as was asked for
 * or as their brevity wants (measure/timing.c), and the time that a single row takes.
 *
 * The outcome's model, predictions, curve and peak of memory are those of the first run.  Every run does the
 * same work, which is checked: predictions that differ fail the trial.  Where a run fails that nobody asked
 * for (memory that is just enough for one), the runs before it stand. */
#include "study/child_timing.h"
#include "core/clock.h"
#include "core/memory.h"
#include "data/dataset.h"
#include "measure/timing.h"
#include "study/channel.h"
#include <string.h>

static const double latency_budget = 0.002; /* seconds */
enum { LATENCY_ROWS = 100, LATENCY_LEAST = 3, COMPARED = 100 /* rows */ };

/* The seconds of all runs, and their CPU seconds, which may be sorted. */
struct runs {
    size_t n;
    double *seconds, *cpu; /* (SL_TIMING_RUNS_MOST + 1) */
};

struct sl_fit_options sl_child_fit_options(const struct sl_work *work, const volatile sig_atomic_t *cancel)
{
    const struct sl_trial *trial = work->trials[0];
    return (struct sl_fit_options){.scaling = trial->scaling,
                                   .encoding = trial->encoding,
                                   .seed = trial->seed,
                                   .key = trial->stream,
                                   .threads = work->threads,
                                   .cancel = cancel};
}

static int is_cancelled(const struct sl_timed *timed)
{
    return *timed->cancel != 0;
}

/* A time limit is one run's. */
static void restart_limit(const struct sl_timed *timed)
{
    struct sl_writer empty = {0};
    if (timed->work->timing_runs && timed->work->time_limit > 0)
        sl_channel_send(timed->channel, SL_RECORD_AGAIN, &empty);
}

static int same_labels(const struct sl_timed *timed, const int32_t *labels, size_t n)
{
    if (memcmp(labels, timed->outcome->predicted, n * sizeof *labels) == 0)
        return SL_OK;
    return sl_fail(timed->err, SL_EINTERNAL, "%s: other predictions than those of the first run",
                   timed->work->trials[0]->type->name);
}

/* Runs as often as is due.  One that the cancel flag cuts short does not count. */
static int repeat(struct sl_timed *timed, struct sl_spent first,
                  int (*again)(struct sl_timed *timed, void *arg, struct sl_spent *spent), void *arg,
                  struct runs *runs)
{
    double spent = 0;
    const int asked = timed->work->timing_runs;
    runs->seconds = sl_alloc(SL_TIMING_RUNS_MOST + 1, sizeof *runs->seconds);
    runs->cpu = sl_alloc(SL_TIMING_RUNS_MOST + 1, sizeof *runs->cpu);
    if (!runs->seconds || !runs->cpu)
        return sl_fail_memory(timed->err);
    runs->seconds[0] = first.seconds;
    runs->cpu[0] = first.cpu;
    for (runs->n = 1; sl_timing_more(asked, first.seconds, runs->n - 1, spent); runs->n++) {
        struct sl_spent one = {0};
        restart_limit(timed);
        int code = again(timed, arg, &one);
        if (is_cancelled(timed) || (code && code != SL_EINTERNAL && !asked))
            return SL_OK;
        if (code)
            return sl_fail_prefix(timed->err, "timing run %zu", runs->n);
        runs->seconds[runs->n] = one.seconds;
        runs->cpu[runs->n] = one.cpu;
        spent += one.seconds;
    }
    return SL_OK;
}

static void runs_release(struct runs *runs)
{
    free(runs->seconds);
    free(runs->cpu);
}

/* Scoring ----------------------------------------------------------------------------------------- */

struct scoring {
    const struct sl_model *model;
    int32_t *labels; /* (rows) */
};

static int score_again(struct sl_timed *timed, void *arg, struct sl_spent *spent)
{
    struct scoring *s = arg;
    struct sl_spent start = sl_spent_now();
    int code = sl_model_predict(s->model, &timed->rows, timed->work->threads, s->labels, timed->err);
    *spent = sl_spent_since(start);
    return code ? code : same_labels(timed, s->labels, timed->rows.n);
}

/* One of the rows; csr: where sparse ones are. */
static struct sl_view row_of(const struct sl_view *rows, size_t i, struct sl_csr *csr)
{
    struct sl_view row = *rows;
    row.n = 1;
    row.y = NULL;
    row.weight = NULL;
    if (rows->dtype == SL_SPARSE) {
        *csr = *(const struct sl_csr *)rows->x;
        csr->start += i;
        row.x = csr;
    } else
        row.x = (const char *)rows->x + i * rows->d * sl_dtype_size(rows->dtype);
    return row;
}

/* Seconds of single rows, after one that is not counted: a library may be called with a new shape. */
static int time_rows(struct sl_timed *timed, struct scoring *s)
{
    double seconds[LATENCY_ROWS + 1], spent = 0;
    size_t n = 0;
    while (n <= LATENCY_ROWS && (n <= LATENCY_LEAST || spent < latency_budget)) {
        struct sl_csr csr;
        const struct sl_view row = row_of(&timed->rows, n % timed->rows.n, &csr);
        double start = sl_now();
        int code = sl_model_predict(s->model, &row, timed->work->threads, s->labels, timed->err);
        seconds[n] = sl_now() - start;
        spent += n ? seconds[n] : 0;
        n++;
        if (code)
            return code;
    }
    timed->outcome->latency = sl_timing_of(seconds, n).median;
    return SL_OK;
}

static void set_score(struct sl_outcome *o, const struct sl_timing *t)
{
    o->score_runs = t->runs;
    o->score_time = t->median;
    if (t->runs == 1)
        return;
    o->score_time_mean = t->mean;
    o->score_time_std = t->std;
    o->score_time_min = t->least;
    o->score_time_max = t->most;
}

int sl_child_time_score(struct sl_timed *timed, const struct sl_model *model)
{
    struct runs runs = {0};
    struct scoring scoring = {.model = model, .labels = sl_alloc(timed->rows.n, sizeof *scoring.labels)};
    int code = scoring.labels ? repeat(timed, timed->score, score_again, &scoring, &runs)
                              : sl_fail_memory(timed->err);
    if (!code) {
        struct sl_timing seconds = sl_timing_of(runs.seconds, runs.n);
        set_score(timed->outcome, &seconds);
        timed->score.cpu = sl_timing_of(runs.cpu, runs.n).median;
    }
    if (!code && !is_cancelled(timed))
        code = time_rows(timed, &scoring);
    runs_release(&runs);
    free(scoring.labels);
    return code;
}

/* Fitting ----------------------------------------------------------------------------------------- */

/* Points of the curve are measured as in the first run, which has told them. */
static int ignore_epoch(void *arg, const struct sl_epoch *epoch)
{
    (void)arg;
    (void)epoch;
    return 0;
}

/* The first rows tell whether it is the same model. */
static int compare(struct sl_timed *timed, const struct sl_model *model)
{
    int32_t labels[COMPARED];
    struct sl_view rows = timed->rows;
    rows.n = rows.n < COMPARED ? rows.n : COMPARED;
    if (!rows.n)
        return SL_OK;
    int code = sl_model_predict(model, &rows, timed->work->threads, labels, timed->err);
    return code ? code : same_labels(timed, labels, rows.n);
}

static int fit_again(struct sl_timed *timed, void *arg, struct sl_spent *spent)
{
    const struct sl_trial *trial = timed->work->trials[0];
    struct sl_fit_options options = sl_child_fit_options(timed->work, timed->cancel);
    struct sl_fit_report report;
    struct sl_model *model;
    (void)arg;
    options.on_epoch = ignore_epoch;
    struct sl_spent start = sl_spent_now();
    int code = sl_model_fit(trial->type, trial->config, timed->train, timed->validation, &options, &report,
                            &model, timed->err);
    *spent = sl_spent_since(start);
    spent->seconds -= report.aside;
    spent->cpu -= report.aside_cpu;
    if (!code && !is_cancelled(timed))
        code = compare(timed, model);
    sl_model_free(model);
    return code;
}

static void set_fit(struct sl_outcome *o, const struct sl_timing *t)
{
    o->fit_runs = t->runs;
    o->fit_time = t->median;
    if (t->runs == 1)
        return;
    o->fit_time_mean = t->mean;
    o->fit_time_std = t->std;
    o->fit_time_min = t->least;
    o->fit_time_max = t->most;
}

int sl_child_time_fit(struct sl_timed *timed)
{
    struct runs runs = {0};
    int code = repeat(timed, timed->fit, fit_again, NULL, &runs);
    if (!code) {
        struct sl_timing seconds = sl_timing_of(runs.seconds, runs.n);
        set_fit(timed->outcome, &seconds);
        timed->fit.cpu = sl_timing_of(runs.cpu, runs.n).median;
    }
    runs_release(&runs);
    return code;
}
