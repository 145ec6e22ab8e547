/* child.c - what runs in a trial's own process: gather the rows, fit, predict, measure, send.
 *
 * Measured: fit_time is sl_model_fit with its scaling, score_time is sl_model_predict, both from rows
 * that are in memory as the data set has them; cpu_time and peak_memory cover the two.  What a fit spends
 * on points of its learning curve is taken off both times.  The scores (of which the log loss is) need
 * another pass, which is not timed.
 * Signals: SIGINT is the parent's, which decides what becomes of its children; SIGTERM raises the cancel
 * flag.  A fit that the flag ends is not scored, but where models are saved the model so far is.  Faults end the process whatever handlers the parent had. */
#include "study/child.h"
#include "core/clock.h"
#include "core/memory.h"
#include "measure/probe.h"
#include "study/channel.h"
#include "study/limits.h"
#include "study/outcome.h"
#include "study/scores.h"
#include <fcntl.h>
#include <shortlist/metrics.h>
#include <shortlist/model.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

extern void __gcov_dump(void) __attribute__((weak));

/* This process's own, raised by SIGTERM. */
static volatile sig_atomic_t cancelled;

static void raise_cancelled(int signal_number)
{
    (void)signal_number;
    cancelled = 1;
}

static void set_signals(void)
{
    static const int faults[] = {SIGSEGV, SIGBUS,  SIGFPE,  SIGILL, SIGABRT,
                                 SIGALRM, SIGQUIT, SIGUSR1, SIGUSR2};
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
        signal(faults[i], SIG_DFL);
    signal(SIGINT, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    struct sigaction term = {.sa_handler = raise_cancelled, .sa_flags = SA_RESTART};
    sigaction(SIGTERM, &term, NULL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static void set_streams(int log)
{
    int nothing = open("/dev/null", O_RDWR);
    if (nothing < 0)
        return;
    dup2(nothing, STDIN_FILENO);
    dup2(nothing, STDOUT_FILENO);
    dup2(log >= 0 ? log : nothing, STDERR_FILENO);
    if (nothing > STDERR_FILENO)
        close(nothing);
}

/* ------------------------------------------------------------------------------------------------- */

struct trial_run {
    const struct sl_job *job;
    int channel;
    struct sl_dataset *train, *validation; /* owned; validation: of the learning curve, or NULL */
    struct sl_model *model;
    struct sl_outcome *outcome;
    int cut;          /* the flag was up when the fit ended */
    int lost;         /* a record could not be sent */
    double aside_cpu; /* of the fit: CPU time that is not the fit's own */
    struct sl_error *err;
};

static int gather(struct trial_run *run)
{
    const struct sl_rows *rows = run->job->rows;
    int code = sl_dataset_take(run->job->data, rows->fit, rows->n_fit, &run->train, run->err);
    const uint32_t *seen = rows->score ? rows->score : rows->n_watch ? rows->watch : NULL;
    if (!code && seen)
        code = sl_dataset_take(run->job->data, seen, rows->score ? rows->n_score : rows->n_watch, &run->validation,
                               run->err);
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
    const struct sl_trial *trial = run->job->trial;
    struct sl_outcome *o = run->outcome;
    struct sl_fit_report report;
    struct sl_fit_options options = {
        .scaling = trial->scaling,
        .seed = trial->seed,
        .key = trial->stream,
        .threads = run->job->threads,
        .cancel = &cancelled,
        .on_epoch = send_epoch,
        .arg = run,
    };
    double start = sl_now();
    int code = sl_model_fit(trial->type, trial->config, run->train, run->validation, &options, &report,
                            &run->model, run->err);
    o->fit_time = sl_now() - start - report.aside;
    run->aside_cpu = report.aside_cpu;
    o->n_iter = report.n_iter;
    o->converged = report.converged;
    o->objective = report.objective;
    return code;
}

static int score(struct trial_run *run, const struct sl_view *rows)
{
    struct sl_outcome *o = run->outcome;
    o->predicted = sl_alloc(rows->n, sizeof *o->predicted);
    if (!o->predicted)
        return sl_fail_memory(run->err);
    double start = sl_now();
    int code = sl_model_predict(run->model, rows, run->job->threads, o->predicted, run->err);
    o->score_time = sl_now() - start;
    return code;
}

/* The log loss of probabilities, and the scores that are kept. */
static int take_scores(struct trial_run *run, const struct sl_view *rows)
{
    const struct sl_classifier_type *type = run->job->trial->type;
    struct sl_outcome *o = run->outcome;
    int probabilities = (type->flags & SL_PROBABILITIES) != 0, keep = run->job->keep_scores != SL_KEEP_NONE;
    if (!type->scores || !(probabilities || keep))
        return SL_OK;
    int k = sl_model_classes(run->model); /* the rows may be of more */
    float *scores = sl_alloc(rows->n * (size_t)k, sizeof *scores);
    int code = scores ? sl_model_scores(run->model, rows, run->job->threads, scores, run->err)
                      : sl_fail_memory(run->err);
    if (!code && probabilities)
        o->log_loss = sl_log_loss(run->job->rows->truth, scores, rows->n, k);
    if (!code && keep && sl_scores_pack(scores, rows->n, k, probabilities, run->job->keep_scores, &o->scores))
        code = sl_fail_memory(run->err);
    free(scores);
    return code == SL_EDATA && !probabilities ? SL_OK : code; /* the labels could be told without them */
}

/* Saves what a fit has come to that was told to end. */
static int keep_so_far(struct trial_run *run)
{
    struct sl_outcome *o = run->outcome;
    const char *path = run->job->model_path, *file = path ? strrchr(path, '/') : NULL;
    int iterates = run->job->trial->type->flags & SL_ITERATES && o->n_iter > 0;
    char when[40] = "";
    if (iterates)
        snprintf(when, sizeof when, " after %d epoch%s", o->n_iter, o->n_iter == 1 ? "" : "s");
    snprintf(o->reason, sizeof o->reason, "stopped%s%s%.120s%s", when, path ? "; " : "", file ? file + 1 : path ? path : "",
             path ? " holds the model so far" : "");
    return path ? sl_model_save(run->model, path, run->err) : SL_OK;
}

static int fit_and_score(struct trial_run *run)
{
    struct sl_outcome *o = run->outcome;
    struct sl_view rows = sl_dataset_view(run->job->rows->score ? run->validation : run->job->test);
    struct sl_writer start = {0};
    struct sl_probe probe;
    sl_put_u64(&start, (uint64_t)sl_resident(0));
    run->lost |= sl_channel_send(run->channel, SL_RECORD_START, &start) != 0;

    sl_probe_start(&probe);
    int code = run->lost ? SL_OK : fit(run);
    if (run->lost) /* the parent reads as long as it lives */
        return sl_fail_memory(run->err);
    run->cut = cancelled;
    if (!code && run->cut)
        return keep_so_far(run);
    if (!code)
        code = score(run, &rows);
    sl_probe_stop(&probe);
    o->cpu_time = probe.cpu - run->aside_cpu;
    o->peak_memory = probe.peak_bytes;

    if (!code)
        code = take_scores(run, &rows);
    if (!code)
        o->model_bytes = (int64_t)sl_model_bytes(run->model);
    if (!code && run->job->model_path)
        code = sl_model_save(run->model, run->job->model_path, run->err);
    return code;
}

static enum sl_trial_status status_of(int code)
{
    switch (code) {
    case SL_OK:
        return SL_TRIAL_OK;
    case SL_ENOMEM:
        return SL_TRIAL_MEMORY;
    case SL_EDIVERGED:
        return SL_TRIAL_DIVERGED;
    default:
        return SL_TRIAL_FAILED;
    }
}

static void run_trial(const struct sl_job *job, int channel)
{
    struct sl_outcome outcome;
    struct sl_error err = {0};
    struct sl_writer record = {0};
    struct trial_run run = {.job = job, .channel = channel, .outcome = &outcome, .err = &err};
    sl_outcome_init(&outcome);
    outcome.n_train = job->rows->n_fit;
    outcome.n_validation = job->rows->n_score;
    int code = gather(&run);
    if (!code && job->memory_limit > 0) /* the rows themselves do not count, as they do not in the parent's eyes */
        sl_limit_memory(job->memory_limit, job->threads);
    if (!code)
        code = fit_and_score(&run);
    outcome.status = run.cut && !code ? SL_TRIAL_INTERRUPTED : status_of(code);
    if (code) {
        snprintf(outcome.reason, sizeof outcome.reason, "%.255s", err.text);
        free(outcome.predicted);
        outcome.predicted = NULL;
        sl_scores_free(&outcome.scores);
    }
    sl_put_u8(&record, run.cut && (code == SL_ECANCELLED || !job->model_path));
    sl_outcome_write(&outcome, &record);
    if (sl_channel_send(channel, SL_RECORD_OUTCOME, &record))
        sl_channel_send_no_memory(channel);
}

/* Set before the trial's work begins. */
static int to_parent;

static void tell_no_memory(void)
{
    sl_channel_send_no_memory(to_parent);
}

_Noreturn void sl_child_run(const struct sl_job *job, pid_t parent, int channel, int log)
{
    /* If the parent dies, so does the trial: nobody would read its outcome. */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(1);
    set_signals();
    set_streams(log);
    /* A BLAS that LIBLINEAR brings computes in this thread alone: it makes the same numbers on any number of threads,
     * and asks for no more memory when it is loaded. */
    setenv("OPENBLAS_NUM_THREADS", "1", 1);
    to_parent = channel;
    sl_at_memory_end(tell_no_memory);
    run_trial(job, channel);
    if (__gcov_dump) /* built for coverage: the counters go with the process otherwise */
        __gcov_dump();
    _exit(0); /* no atexit handlers, no flushing of what the parent had buffered */
}
