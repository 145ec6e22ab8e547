/* executor.c - runs a plan: the trials the store does not hold yet, each in a process of its own.
 *
 * The parent forks, reads records, watches limits and writes the store; it starts no thread and calls
 * neither OpenMP nor oneDNN, so that its children may.  It loads the data once, and the children share its
 * pages.  Every outcome is committed as it comes: whatever ends the run, running again goes on from there. */
#include "core/clock.h"
#include "core/cores.h"
#include "core/file.h"
#include "core/memory.h"
#include "core/text.h"
#include "study/outcome.h"
#include "study/plan.h"
#include "study/scores.h"
#include "study/store.h"
#include "study/worker.h"
#include <errno.h>
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { POLL_LIMITED = 20, POLL_IDLE = 100 /* ms */, JOBS_MAX = 1024 };

struct run {
    const struct sl_experiment *experiment;
    const struct sl_run_options *options;
    const char *out;
    int jobs, threads;
    struct sl_dataset *data, *test; /* owned */
    struct sl_plan *plan;           /* owned */
    struct sl_partition *partition; /* owned */
    char (*keys)[33];            /* (trials) in the store, owned */
    char **files;                /* (table rows) names of model files, or NULL; owned */
    enum sl_trial_status *state; /* (trials), owned */
    enum sl_keep_scores keep_scores;
    char scores[256]; /* as in the summary */
    struct sl_db *db;            /* owned */
    struct sl_worker *workers;   /* (jobs), owned */
    int n_workers;
    size_t next, done, held, ran; /* trials */
    double began;
    struct sl_error *err;
};

static int is_cancelled(const struct run *run)
{
    return run->options->cancel && *run->options->cancel;
}

/* Progress ---------------------------------------------------------------------------------------- */

/* Seconds left.  One trial at a time that tells how many epochs there will be: from its own pace, and of the others
 * from those that are done, or else as many as this one takes. */
static double left(const struct run *run, double elapsed, const struct sl_epoch *epoch)
{
    double trials = (double)(run->plan->n_trials - run->done);
    if (!epoch || epoch->epochs < epoch->epoch || run->jobs > 1)
        return run->ran ? elapsed / (double)run->ran * trials : NAN;
    double spent = sl_now() - run->workers[0].started, whole = spent / epoch->epoch * epoch->epochs;
    double other = run->ran ? (elapsed - spent) / (double)run->ran : whole;
    return whole - spent + other * (trials - 1);
}

static void report(struct run *run, size_t trial, const struct sl_outcome *outcome,
                   const struct sl_epoch *epoch)
{
    if (!run->options->progress)
        return;
    double elapsed = sl_now() - run->began;
    struct sl_progress progress = {
        .done = run->done,
        .total = run->plan->n_trials,
        .held = run->held,
        .row = run->plan->rows[run->plan->trials[trial].row].name,
        .outcome = outcome,
        .epoch = epoch,
        .elapsed = elapsed,
        .eta = left(run, elapsed, epoch),
    };
    run->options->progress(run->options->arg, &progress);
}

static void report_epoch(void *arg, const struct sl_worker *worker)
{
    report(arg, worker->trial, NULL, &worker->outcome.curve[worker->outcome.n_curve - 1]);
}

/* Which trials to run ----------------------------------------------------------------------------- */

/* Name of the file that keeps the trial's model; NULL where none is wanted. */
static const char *model_file(const struct run *run, size_t trial)
{
    const struct sl_trial *t = &run->plan->trials[trial];
    return run->files && t->repeat == 0 ? run->files[t->row] : NULL;
}

static char *model_path(const struct run *run, const char *file)
{
    return sl_format("%s/%s/models/%s", run->out, sl_experiment_name(run->experiment), file);
}

/* Sets *has: does the file exist, and is it this trial's? */
static int look_for_model(struct run *run, size_t trial, int *has)
{
    const char *file = model_file(run, trial);
    *has = 1;
    if (!file)
        return SL_OK;
    char *path = model_path(run, file);
    if (!path)
        return sl_fail_memory(run->err);
    int exists = access(path, R_OK) == 0;
    free(path);
    *has = 0;
    return exists ? sl_store_has_model(run->db, sl_experiment_name(run->experiment), file, run->keys[trial],
                                       has, run->err)
                  : SL_OK;
}

/* Asks the store; state tells MISSING where the trial is to be run. */
static int look(struct run *run, size_t trial)
{
    struct sl_held held;
    int has_model = 1;
    int code = sl_store_look(run->db, run->keys[trial], &held, run->err);
    if (code)
        return code;
    int keep = held.found && !held.again && (held.status == SL_TRIAL_OK || !run->options->retry);
    if (keep && held.status == SL_TRIAL_OK)
        code = look_for_model(run, trial, &has_model);
    run->state[trial] = keep && has_model ? held.status : SL_TRIAL_MISSING;
    return code;
}

static int look_at_all(struct run *run)
{
    int code = SL_OK;
    for (size_t i = 0; i < run->plan->n_trials && !code; i++) {
        code = look(run, i);
        run->held += run->state[i] != SL_TRIAL_MISSING;
    }
    run->done = run->held;
    return code;
}

/* The loop ---------------------------------------------------------------------------------------- */

static int start_trial(struct run *run, size_t i)
{
    const struct sl_trial *t = &run->plan->trials[i];
    const char *file = model_file(run, i);
    struct sl_worker *w = &run->workers[run->n_workers];
    struct sl_rows *rows = NULL;
    char *path = file ? model_path(run, file) : NULL;
    int code = file && !path ? sl_fail_memory(run->err) : sl_rows_make(run->partition, t, &rows, run->err);
    if (code) {
        free(path);
        return code;
    }
    *w = (struct sl_worker){
        .trial = i,
        .time_limit = run->options->time_limit,
        .job = {.trial = t,
                .rows = rows,
                .data = run->data,
                .test = run->test,
                .threads = run->threads,
                .memory_limit = run->options->memory_limit,
                .keep_scores = run->keep_scores,
                .model_path = path},
    };
    report(run, i, NULL, NULL);
    code = sl_worker_start(w, run->err);
    free(path); /* the child has its copy */
    w->job.model_path = NULL;
    if (code)
        sl_rows_free(rows);
    run->n_workers += !code;
    return code;
}

/* Starts trials while there is room for them. */
static int start_more(struct run *run)
{
    int code = SL_OK;
    while (!code && run->n_workers < run->jobs && run->next < run->plan->n_trials && !is_cancelled(run)) {
        size_t i = run->next++;
        if (run->state[i] != SL_TRIAL_MISSING)
            continue;
        /* An equal trial, or another process, may have done it since. */
        code = look(run, i);
        if (!code && run->state[i] == SL_TRIAL_MISSING)
            code = start_trial(run, i);
        else if (!code) {
            run->held++;
            run->done++;
        }
    }
    return code;
}

static int end_trial(struct run *run, int slot)
{
    struct sl_worker w = run->workers[slot];
    const struct sl_trial *t = &run->plan->trials[w.trial];
    struct sl_rows *rows = w.job.rows;
    struct sl_outcome outcome;
    enum sl_ending ending = sl_worker_finish(&w, &outcome);
    run->workers[slot] = run->workers[--run->n_workers];
    int code = SL_OK;
    if (ending != SL_STOPPED) {
        outcome.fold = t->fold;
        outcome.repeat = t->repeat;
        outcome.seed = t->seed;
        outcome.threads = run->threads;
        outcome.shared = run->jobs > 1;
        outcome.truth = rows->truth;
        int has_model = outcome.status == SL_TRIAL_OK || outcome.status == SL_TRIAL_INTERRUPTED;
        code = sl_store_put(run->db, run->keys[w.trial], rows->key, &outcome, ending == SL_KILLED,
                            sl_experiment_name(run->experiment), has_model ? model_file(run, w.trial) : NULL,
                            run->err);
        int whole = !w.stopped || outcome.status != SL_TRIAL_INTERRUPTED;
        run->state[w.trial] = whole ? outcome.status : SL_TRIAL_MISSING;
        run->done += whole;
        run->ran += whole;
        report(run, w.trial, &outcome, NULL);
    }
    sl_outcome_release(&outcome);
    sl_rows_free(rows);
    return code;
}

static void wait_for_records(struct run *run, struct pollfd *fds)
{
    int limited = run->options->memory_limit > 0 || run->options->time_limit > 0;
    for (int i = 0; i < run->n_workers; i++)
        fds[i] = (struct pollfd){.fd = run->workers[i].channel.fd, .events = POLLIN};
    poll(fds, (nfds_t)run->n_workers, limited ? POLL_LIMITED : POLL_IDLE);
}

static int attend(struct run *run, int stopping)
{
    int code = SL_OK;
    for (int i = run->n_workers - 1; i >= 0; i--) { /* end_trial puts the last one in i's place */
        struct sl_worker *w = &run->workers[i];
        if (!sl_worker_pump(w, report_epoch, run)) {
            int ended = end_trial(run, i);
            code = code ? code : ended;
        } else if (stopping)
            sl_worker_stop(w);
        else
            sl_worker_check_limits(w);
    }
    return code;
}

/* On an error of its own the executor stops its children and returns the first one. */
static int loop(struct run *run)
{
    struct pollfd *fds = sl_alloc((size_t)run->jobs, sizeof *fds);
    struct sl_error *err = run->err, later;
    int code = fds ? SL_OK : sl_fail_memory(err);
    if (!code)
        code = start_more(run);
    while (run->n_workers) {
        wait_for_records(run, fds);
        run->err = code ? &later : err;
        int failed = attend(run, code || is_cancelled(run));
        if (!failed && !code)
            failed = start_more(run);
        code = code ? code : failed;
    }
    run->err = err;
    free(fds);
    return code;
}

/* Preparation ------------------------------------------------------------------------------------- */

static int check_options(const struct sl_run_options *o, int folds, struct sl_error *err)
{
    if (o->jobs < 0 || o->jobs > JOBS_MAX)
        return sl_fail(err, SL_EUSAGE, "jobs: %d is not allowed: 1 to %d trials run at a time", o->jobs,
                       JOBS_MAX);
    if (o->threads < 0 || o->threads > SL_THREADS_MAX)
        return sl_fail(err, SL_EUSAGE, "threads: %d is not allowed: a trial takes 1 to %d", o->threads,
                       SL_THREADS_MAX);
    if (!(o->time_limit >= 0) || o->memory_limit < 0)
        return sl_fail(err, SL_EUSAGE, "a time limit or memory limit can not be negative");
    if (o->save_models && folds)
        return sl_fail(err, SL_EUSAGE,
                       "save-models: a cross-validated row has no model of its own: leave out folds");
    return SL_OK;
}

/* The rows of both files in the wider of their two types. */
static int widen_narrower(struct run *run)
{
    enum sl_dtype train = sl_dataset_view(run->data).dtype, test = sl_dataset_view(run->test).dtype;
    struct sl_dataset **narrower = train < test ? &run->data : &run->test, *wide;
    if (train == test)
        return SL_OK;
    int code = sl_dataset_as(*narrower, train < test ? test : train, &wide, run->err);
    if (code)
        return code;
    sl_dataset_free(*narrower);
    *narrower = wide;
    return SL_OK;
}

static int open_data(struct run *run)
{
    const struct sl_settings *s = &run->experiment->settings;
    struct sl_read_options read = {
        .label = *s->label ? s->label : NULL, .header = s->header, .label_numeric = s->label_numeric};
    int code = sl_dataset_open(s->data, SL_PART_TRAIN, &read, &run->data, run->err);
    if (code || !s->final)
        return code;
    read.like = run->data;
    code = sl_dataset_open(s->data, SL_PART_TEST, &read, &run->test, run->err);
    if (code)
        return code;
    struct sl_view train = sl_dataset_view(run->data), test = sl_dataset_view(run->test);
    if (train.d != test.d || train.k > test.k)
        return sl_fail(run->err, SL_EDATA, "%s: the test file's rows are not like the training file's",
                       s->data);
    return widen_narrower(run);
}

static int set_keys(struct run *run)
{
    size_t n = run->plan->n_trials;
    run->keys = sl_alloc(n, sizeof *run->keys);
    run->state = sl_alloc_zero(n, sizeof *run->state);
    run->workers = sl_alloc_zero((size_t)run->jobs, sizeof *run->workers);
    if (!run->keys || !run->state || !run->workers)
        return sl_fail_memory(run->err);
    for (size_t i = 0; i < n; i++)
        sl_trial_store_key(&run->plan->trials[i], run->test ? sl_dataset_hash(run->test) : NULL,
                           run->keys[i]);
    return SL_OK;
}

/* A model file for each row; rows whose names make the same file name get their number. */
static int name_models(struct run *run)
{
    size_t n = run->plan->n_rows;
    run->files = sl_alloc_zero(n, sizeof *run->files);
    if (!run->files)
        return sl_fail_memory(run->err);
    for (size_t r = 0; r < n; r++) {
        char slug[128];
        int taken = 0;
        sl_slug(run->plan->rows[r].name, slug, sizeof slug);
        run->files[r] = sl_format("%s.slm", slug);
        for (size_t i = 0; i < r && run->files[r]; i++)
            taken |= strcmp(run->files[i], run->files[r]) == 0;
        if (taken) {
            free(run->files[r]);
            run->files[r] = sl_format("%s-row-%zu.slm", slug, r + 1);
        }
        if (!run->files[r])
            return sl_fail_memory(run->err);
    }
    char *folder = model_path(run, "");
    int code = folder ? sl_folder_make(folder, run->err) : sl_fail_memory(run->err);
    free(folder);
    return code;
}

/* A column of measurements or of numbers for the rows, taken for the label, would give a table of nonsense. */
static int check_classes(struct run *run)
{
    const char *name = sl_dataset_name(run->data);
    struct sl_view view = sl_dataset_view(run->data);
    if (view.k > UINT16_MAX)
        return sl_fail(run->err, SL_EDATA, "%d classes: at most %d can be stored", view.k, UINT16_MAX);
    if (view.y && view.k < 2)
        return sl_fail(run->err, SL_EDATA, "%s: one class only, '%.80s': there is nothing to tell apart", name,
                       sl_dataset_class(run->data, 0));
    if (view.y && view.n < 2 * (size_t)view.k)
        return sl_fail(run->err, SL_EDATA,
                       "%s: %d classes in %zu rows ('%.40s', '%.40s', ...): expected a label column whose values "
                       "repeat: the label option names another",
                       name, view.k, view.n, sl_dataset_class(run->data, 0), sl_dataset_class(run->data, 1));
    return SL_OK;
}

/* What a killed run left of a model that it was writing. */
static void clean_models(const struct run *run)
{
    char *folder = model_path(run, "");
    if (folder)
        sl_file_clean(folder, ".slm");
    free(folder);
}

static int prepare(struct run *run)
{
    int code = check_options(run->options, run->experiment->settings.folds, run->err);
    if (!code)
        code = open_data(run);
    if (!code)
        code = check_classes(run);
    if (!code)
        code = sl_plan_make(run->experiment, run->data, &run->plan, run->err);
    run->keep_scores = run->options->keep_scores;
    if (!code)
        code = sl_scores_choose(run->plan, sl_dataset_view(run->data).k, run->test ? sl_dataset_view(run->test).n : 0,
                                &run->keep_scores, run->scores, run->err);
    if (!code)
        code = sl_partition_make(run->plan, run->data, run->test, &run->partition, run->err);
    if (!code)
        code = set_keys(run);
    if (!code)
        code = sl_db_open(run->out, 1, &run->db, run->err);
    if (!code)
        clean_models(run);
    if (!code && run->options->save_models)
        code = name_models(run);
    struct sl_definition definition = {run->experiment, run->data,      run->test,
                                       run->plan,       run->partition, run->keys};
    if (!code)
        code = sl_store_define(run->db, &definition, run->err);
    return code;
}

static void release(struct run *run)
{
    for (size_t r = 0; run->files && r < run->plan->n_rows; r++)
        free(run->files[r]);
    free(run->files);
    sl_db_close(run->db);
    sl_partition_free(run->partition);
    sl_plan_free(run->plan);
    sl_dataset_free(run->data);
    sl_dataset_free(run->test);
    free(run->keys);
    free(run->state);
    free(run->workers);
}

static void summarise(const struct run *run, struct sl_run_summary *summary)
{
    *summary = (struct sl_run_summary){.trials = run->plan->n_trials, .held = run->held, .run = run->ran};
    for (size_t i = 0; i < run->plan->n_trials; i++)
        summary->failed += run->state[i] != SL_TRIAL_OK && run->state[i] != SL_TRIAL_MISSING;
    snprintf(summary->left_out, sizeof summary->left_out, "%s", run->plan->left_out ? run->plan->left_out : "");
    strcpy(summary->scores, run->scores);
    summary->interrupted = is_cancelled(run) && run->done < run->plan->n_trials;
}

int sl_run(const struct sl_experiment *experiment, const struct sl_run_options *options,
           struct sl_run_summary *summary, struct sl_error *err)
{
    struct run run = {.experiment = experiment, .options = options, .err = err, .began = sl_now()};
    *summary = (struct sl_run_summary){0};
    run.out = options->out ? options->out : "results";
    run.jobs = options->jobs ? options->jobs : 1;
    run.threads = options->threads;
    if (run.threads == 0)
        run.threads = sl_cores() > run.jobs ? sl_cores() / run.jobs : 1;
    int code = prepare(&run);
    if (!code)
        code = look_at_all(&run);
    if (!code)
        code = loop(&run);
    if (run.plan && run.state)
        summarise(&run, summary);
    release(&run);
    return code;
}
