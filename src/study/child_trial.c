/* child_trial.c - one trial in its own process: gather the rows, fit, predict, measure, send.
 *
 * Measured: fit_time is sl_model_fit with its encoding and scaling, score_time is sl_model_predict, both from
 * rows that are in memory as the data set has them; cpu_time and peak_memory cover the two.  Threads and
 * libraries are there before (sl_model_warm_up).  What a fit spends on points of its learning curve is taken
 * off both times, and a fit that goes on from an earlier one (child_state.c) has the time of both.  The
 * scores (of which log loss, roc_auc and average_precision are) need another pass, which is not timed, and so
 * do the training rows where their accuracy is asked for.  When all that is done, timing runs follow
 * (child_timing.c).  A fit that the cancel flag ends is not scored; where models are saved, its model so far
 * is saved. */
#include "core/memory.h"
#include "measure/probe.h"
#include "study/channel.h"
#include "study/child_state.h"
#include "study/child_timing.h"
#include "study/child_work.h"
#include "study/limits.h"
#include "study/outcome.h"
#include <shortlist/calibration.h>
#include <shortlist/model.h>
#include <stdio.h>
#include <string.h>

struct trial_run {
    const struct sl_work *work;
    int channel;
    const volatile sig_atomic_t *cancel;
    struct sl_dataset *train, *validation; /* owned; validation: of the learning curve, or NULL */
    struct sl_model *model;
    struct sl_outcome *outcome;
    int cut;  /* the flag was up when the fit ended */
    int lost; /* a record could not be sent */
    struct sl_spent fitted, scored;
    struct sl_child_state state;
    struct sl_error *err;
};

static int gather(struct trial_run *run)
{
    const struct sl_rows *rows = run->work->rows[0];
    int code = sl_dataset_take(run->work->data, rows->fit, rows->n_fit, &run->train, run->err);
    const uint32_t *seen = rows->score ? rows->score : rows->watch;
    size_t n_seen = rows->score ? rows->n_score : rows->n_watch;
    if (!code && n_seen)
        code = sl_dataset_take(run->work->data, seen, n_seen, &run->validation, run->err);
    return code;
}

static int send_epoch(void *arg, const struct sl_epoch *epoch)
{
    struct trial_run *run = arg;
    struct sl_writer w = {0};
    sl_epoch_write(epoch, &w);
    run->lost |= sl_channel_send(run->channel, SL_RECORD_EPOCH, &w) != 0;
    return run->lost;
}

static int fit(struct trial_run *run)
{
    const struct sl_trial *trial = run->work->trials[0];
    struct sl_outcome *o = run->outcome;
    struct sl_fit_report report;
    struct sl_fit_options options = sl_child_fit_options(run->work, run->cancel);
    options.on_epoch = send_epoch;
    options.arg = run;
    options.state = run->state.fit.bytes || run->state.fit.kept ? &run->state.fit : NULL;
    struct sl_spent start = sl_spent_now();
    int code = sl_model_fit(trial->type, trial->config, run->train, run->validation, &options, &report,
                            &run->model, run->err);
    run->fitted = sl_spent_since(start);
    run->fitted.seconds += run->state.earlier.seconds - report.aside;
    run->fitted.cpu += run->state.earlier.cpu - report.aside_cpu;
    o->fit_time = run->fitted.seconds;
    o->n_iter = report.n_iter;
    o->converged = report.converged;
    o->objective = report.objective;
    o->oob_accuracy = report.oob_accuracy;
    return code;
}

/* A state that turns out to be of another training is as good as none. */
static int fit_from_state(struct trial_run *run)
{
    const int goes_on = run->state.fit.bytes != NULL;
    int code = fit(run);
    if (goes_on && code == SL_EDATA) {
        run->state.fit.bytes = NULL;
        run->state.earlier = (struct sl_spent){0};
        code = fit(run);
    }
    if (!code && !*run->cancel)
        sl_child_state_write(run->work, &run->state, run->fitted);
    sl_child_state_release(&run->state); /* makes room for what follows */
    return code;
}

static int score(struct trial_run *run, const struct sl_view *rows)
{
    struct sl_outcome *o = run->outcome;
    o->predicted = sl_alloc(rows->n, sizeof *o->predicted);
    if (!o->predicted)
        return sl_fail_memory(run->err);
    struct sl_spent start = sl_spent_now();
    int code = sl_model_predict(run->model, rows, run->work->threads, o->predicted, run->err);
    run->scored = sl_spent_since(start);
    o->score_time = run->scored.seconds;
    return code;
}

/* Another pass over the rows. */
static int take_scores(struct trial_run *run, const struct sl_view *rows)
{
    const struct sl_work *work = run->work;
    const struct sl_classifier_type *type = work->trials[0]->type;
    int probabilities = (type->flags & SL_PROBABILITIES) != 0;
    if (!type->scores)
        return SL_OK;
    int k = sl_model_classes(run->model); /* the rows may be of more */
    float *scores = sl_alloc(rows->n * (size_t)k, sizeof *scores);
    int code = scores ? sl_model_scores(run->model, rows, work->threads, scores, run->err)
                      : sl_fail_memory(run->err);
    if (!code)
        code = sl_child_take_scores(work, 0, scores, k, run->outcome, run->err);
    free(scores);
    return code == SL_EDATA && !probabilities ? SL_OK : code; /* the labels could be told without them */
}

/* Of the model as it will predict: with dropout off, unlike the curve's last point. */
static int evaluate_train(struct trial_run *run)
{
    const struct sl_view rows = sl_dataset_view(run->train);
    int32_t *labels = sl_alloc(rows.n, sizeof *labels);
    size_t right = 0;
    int code = labels ? sl_model_predict(run->model, &rows, run->work->threads, labels, run->err)
                      : sl_fail_memory(run->err);
    for (size_t i = 0; i < rows.n && !code; i++)
        right += labels[i] == rows.y[i];
    if (!code)
        run->outcome->train_accuracy = (double)right / (double)rows.n;
    free(labels);
    return code;
}

/* A temperature of the validation rows, whose scores are taken. */
static int calibrate(struct trial_run *run)
{
    const struct sl_view rows = sl_dataset_view(run->validation);
    const int k = sl_model_classes(run->model); /* the rows may be of more */
    struct sl_calibration found;
    int32_t *truth = sl_alloc(rows.n, sizeof *truth);
    float *scores = sl_alloc(rows.n * (size_t)k, sizeof *scores);
    int code = truth && scores ? sl_model_scores(run->model, &rows, run->work->threads, scores, run->err)
                               : sl_fail_memory(run->err);
    for (size_t i = 0; i < rows.n && !code; i++)
        truth[i] = rows.y[i] < k ? rows.y[i] : -1;
    if (!code)
        code = sl_calibrate(scores, truth, rows.n, (size_t)k, &found, run->err);
    if (!code)
        sl_model_set_temperature(run->model, found.temperature);
    free(truth);
    free(scores);
    return code;
}

/* Nothing of this is measured. */
static int save(struct trial_run *run, const char *path)
{
    const int tempered = run->work->calibrate && run->work->trials[0]->type->flags & SL_PROBABILITIES;
    int code = tempered ? calibrate(run) : SL_OK;
    if (!code)
        code = sl_model_remember(run->model, run->train, run->err);
    return code ? code : sl_model_save(run->model, path, run->err);
}

/* Saves the model so far of a fit that was told to end. */
static int keep_so_far(struct trial_run *run)
{
    struct sl_outcome *o = run->outcome;
    const char *path = run->work->model_path, *file = path ? strrchr(path, '/') : NULL;
    int iterates = run->work->trials[0]->type->flags & SL_ITERATES && o->n_iter > 0;
    char when[40] = "";
    if (iterates)
        snprintf(when, sizeof when, " after %d epoch%s", o->n_iter, o->n_iter == 1 ? "" : "s");
    snprintf(o->reason, sizeof o->reason, "stopped%s%s%.120s%s", when, path ? "; " : "",
             file   ? file + 1
             : path ? path
                    : "",
             path ? " holds the model so far" : "");
    return path ? save(run, path) : SL_OK;
}

/* Last of all: the first run's model makes room for the next. */
static int time_again(struct trial_run *run, const struct sl_view *rows)
{
    struct sl_timed timed = {.work = run->work,
                             .channel = run->channel,
                             .cancel = run->cancel,
                             .train = run->train,
                             .validation = run->validation,
                             .rows = *rows,
                             .fit = run->fitted,
                             .score = run->scored,
                             .outcome = run->outcome,
                             .err = run->err};
    int code = rows->n ? sl_child_time_score(&timed, run->model) : SL_OK;
    sl_model_free(run->model);
    run->model = NULL;
    if (!code)
        code = sl_child_time_fit(&timed);
    run->outcome->cpu_time = timed.fit.cpu + timed.score.cpu;
    return code;
}

static int fit_and_score(struct trial_run *run)
{
    struct sl_outcome *o = run->outcome;
    const struct sl_rows *from = run->work->rows[0];
    struct sl_view rows = {0}; /* none, where a model alone is wanted */
    if (from->n_score)
        rows = sl_dataset_view(from->score ? run->validation : run->work->test);
    struct sl_writer start = {0};
    struct sl_probe probe;
    sl_put_u64(&start, (uint64_t)sl_resident(0));
    run->lost |= sl_channel_send(run->channel, SL_RECORD_START, &start) != 0;

    sl_probe_start(&probe);
    int code = run->lost ? SL_OK : fit_from_state(run);
    if (run->lost) /* the parent reads as long as it lives */
        return sl_fail_memory(run->err);
    run->cut = *run->cancel;
    if (!code && run->cut)
        return keep_so_far(run);
    if (!code && rows.n)
        code = score(run, &rows);
    sl_probe_stop(&probe);
    o->cpu_time = run->fitted.cpu + run->scored.cpu;
    o->peak_memory = probe.peak_bytes;

    if (!code && rows.n)
        code = take_scores(run, &rows);
    if (!code && run->work->evaluate_train)
        code = evaluate_train(run);
    if (!code)
        o->model_bytes = (int64_t)sl_model_bytes(run->model);
    if (!code && run->work->model_path)
        code = save(run, run->work->model_path);
    return code ? code : time_again(run, &rows);
}

void sl_child_run_trial(const struct sl_work *work, int channel, const volatile sig_atomic_t *cancel)
{
    struct sl_outcome outcome;
    struct sl_error err = {0};
    struct sl_writer record = {0};
    struct trial_run run = {
        .work = work, .channel = channel, .cancel = cancel, .outcome = &outcome, .err = &err};
    sl_outcome_init(&outcome);
    outcome.n_train = work->rows[0]->n_fit;
    outcome.n_validation = work->rows[0]->n_score;
    int code = gather(&run);
    if (!code) /* before the clock, and before a limit: libraries are not the trial's */
        sl_model_warm_up(work->trials[0]->type, work->trials[0]->config, run.train, work->threads);
    sl_child_state_read(work, &run.state);
    if (!code &&
        work->memory_limit > 0) /* the rows themselves do not count, as they do not in the parent's eyes */
        sl_limit_memory(work->memory_limit, work->threads);
    if (!code)
        code = fit_and_score(&run);
    outcome.status = run.cut && !code ? SL_TRIAL_INTERRUPTED : sl_status_of(code);
    if (code) {
        snprintf(outcome.reason, sizeof outcome.reason, "%.255s", err.text);
        free(outcome.predicted);
        outcome.predicted = NULL;
        sl_scores_free(&outcome.scores);
    }
    sl_put_u64(&record, 0);
    sl_put_u8(&record, run.cut && (code == SL_ECANCELLED || !work->model_path));
    sl_outcome_write(&outcome, &record);
    if (sl_channel_send(channel, SL_RECORD_OUTCOME, &record))
        sl_channel_send_no_memory(channel);
}
