/* execution.c - opens what a run of a plan works on, and checks it.
 *
 * The data is loaded once, and units that run in processes share its pages. */
#include "study/execution.h"
#include "core/clock.h"
#include "core/cores.h"
#include "core/file.h"
#include "core/hash.h"
#include "core/memory.h"
#include "core/text.h"
#include "data/dataset.h"
#include "study/estimates.h"
#include "study/experiment.h"
#include "study/scores.h"
#include "study/shard.h"
#include "study/trial_key.h"
#include <shortlist/study.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { JOBS_MAX = 1024 };

/* A model is saved by a fit of its own, timing runs are of one, and so is what predicts its training rows. */
enum sl_unit_wish sl_execution_wish(const struct sl_execution *run, size_t trial)
{
    const int saves = run->options->save_models && run->plan->trials[trial].repeat == 0;
    const struct sl_settings *s = &run->experiment->settings;
    return run->options->separate || s->timing_runs > 1 || s->evaluate_train || saves ? SL_UNIT_ALONE
                                                                                      : SL_UNIT_SHARED;
}

int sl_execution_look(struct sl_execution *run, size_t trial)
{
    struct sl_held held;
    int has_model = 1;
    int code = sl_store_look(run->db, run->keys[trial], &held, run->err);
    if (code)
        return code;
    int keep = held.found && !held.again && (held.status == SL_TRIAL_OK || !run->options->retry);
    const struct sl_settings *s = &run->experiment->settings;
    if (held.status == SL_TRIAL_OK &&
        (held.fit_runs < s->timing_runs || (s->evaluate_train && !held.evaluated)))
        keep = 0;
    if (keep && held.status == SL_TRIAL_OK)
        code = sl_execution_look_for_model(run, trial, &has_model);
    run->state[trial] = keep && has_model ? held.status : SL_TRIAL_MISSING;
    return code;
}

static int check_options(const struct sl_run_options *o, const struct sl_settings *s, struct sl_error *err)
{
    if (o->jobs < 0 || o->jobs > JOBS_MAX)
        return sl_fail(err, SL_EUSAGE, "jobs: %d is not allowed: 1 to %d trials run at a time", o->jobs,
                       JOBS_MAX);
    if (o->threads < 0 || o->threads > SL_THREADS_MAX)
        return sl_fail(err, SL_EUSAGE, "threads: %d is not allowed: a trial takes 1 to %d", o->threads,
                       SL_THREADS_MAX);
    if (!(o->budget >= 0))
        return sl_fail(err, SL_EUSAGE, "a budget of time can not be negative");
    if (!(o->time_limit >= 0) || o->memory_limit < 0)
        return sl_fail(err, SL_EUSAGE, "a time limit or memory limit can not be negative");
    if (o->shards < 0 || o->shards > SL_SHARDS_MAX || (o->shards && (o->shard < 0 || o->shard >= o->shards)))
        return sl_fail(
            err, SL_EUSAGE,
            "shard: %d of %d is not allowed: of N shards, at most %d, the first is 0 and the last N - 1",
            o->shard, o->shards, SL_SHARDS_MAX);
    if (o->save_models && s->folds)
        return sl_fail(err, SL_EUSAGE,
                       "save-models: a cross-validated row has no model of its own: leave out folds");
    if (o->calibrate && (!o->save_models || s->final || s->validation == 0))
        return sl_fail(err, SL_EUSAGE,
                       "calibrate: a temperature is fitted on validation rows, and kept in the models: %s",
                       !o->save_models ? "keep those (save-models)"
                       : s->final      ? "the test file is none of them: leave out final"
                                       : "there are none of them");
    if (s->validation == 0 && !s->folds && !s->final && !o->save_models)
        return sl_fail(err, SL_EUSAGE,
                       "validation: without rows to score there is nothing to compare: keep the models "
                       "(save-models), or score by folds or final");
    return SL_OK;
}

/* The rows of both files in the wider of their two types. */
static int widen_narrower(struct sl_execution *run)
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

/* A file of its own, which is said. */
static int open_test_file(const char *path, const struct sl_read_options *read, struct sl_dataset **test,
                          struct sl_error *err)
{
    int code = sl_dataset_open(path, SL_PART_TRAIN, read, test, err);
    if (code)
        return code;
    sl_notes_add(&(*test)->origin.notes, "%s", sl_quote(path).text);
    return (*test)->origin.notes.failed ? sl_fail_memory(err) : SL_OK;
}

static int open_data(struct sl_execution *run)
{
    const struct sl_settings *s = &run->experiment->settings;
    struct sl_read_options read = {.label = *s->label ? s->label : NULL,
                                   .drop = s->drop,
                                   .format = s->data_format,
                                   .storage = s->storage,
                                   .labels = *s->labels ? s->labels : NULL,
                                   .delimiter = s->delimiter,
                                   .decimal = s->decimal == '.' ? "point"
                                              : s->decimal      ? "comma"
                                                                : NULL,
                                   .header = s->header,
                                   .categorical = s->categorical,
                                   .columns = s->columns,
                                   .id = s->id,
                                   .groups = s->groups,
                                   .weights = s->weights,
                                   .label_numeric = s->label_numeric};
    int code = sl_settings_encoding(s, &read.encoding, run->err);
    if (!code)
        code = sl_dataset_open(s->data, SL_PART_TRAIN, &read, &run->data, run->err);
    if (!code && *s->test && !s->final)
        code = sl_fail(run->err, SL_EUSAGE, "test: %s is scored only where final is true, or train", s->test);
    if (code || !s->final)
        return code;
    read.like = run->data;
    code = *s->test ? open_test_file(s->test, &read, &run->test, run->err)
                    : sl_dataset_open(s->data, SL_PART_TEST, &read, &run->test, run->err);
    if (code)
        return code;
    struct sl_view train = sl_dataset_view(run->data), test = sl_dataset_view(run->test);
    if (train.d != test.d || train.k > test.k)
        return sl_fail(run->err, SL_EDATA, "%s: the test file's rows are not like the training file's",
                       s->data);
    return widen_narrower(run);
}

/* Where a row has several trials, its times are means already, and as many runs of each cost too much. */
static int timing_runs(const struct sl_execution *run)
{
    const struct sl_settings *s = &run->experiment->settings;
    return s->timing_runs ? s->timing_runs : s->folds || s->repeats > 1 ? 1 : 0;
}

/* Starting ---------------------------------------------------------------------------------------- */

static void set_site(struct sl_execution *run)
{
    run->site = (struct sl_site){
        .plan = run->plan,
        .partition = run->partition,
        .data = run->data,
        .test = run->test,
        .threads = run->threads,
        .timing_runs = timing_runs(run),
        .evaluate_train = run->experiment->settings.evaluate_train,
        .calibrate = run->options->calibrate,
        .time_limit = run->options->time_limit,
        .memory_limit = run->options->memory_limit,
        .keep_scores = run->keep_scores,
    };
    sl_hash_hex(run->keys, run->plan->n_trials * sizeof *run->keys, run->site.hash);
}

static int set_keys(struct sl_execution *run)
{
    size_t n = run->plan->n_trials;
    run->keys = sl_alloc(n, sizeof *run->keys);
    run->state = sl_alloc_zero(n, sizeof *run->state);
    run->again = sl_alloc(n, sizeof *run->again);
    run->mine = sl_alloc(n, 1);
    if (!run->keys || !run->state || !run->again || !run->mine)
        return sl_fail_memory(run->err);
    memset(run->mine, 1, n);
    run->total = n;
    for (size_t i = 0; i < n; i++)
        sl_trial_store_key(&run->plan->trials[i], run->test ? sl_dataset_hash(run->test) : NULL,
                           run->keys[i]);
    return SL_OK;
}

/* A model file for each row; rows whose names make the same file name get their number. */
static int name_models(struct sl_execution *run)
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
    char *folder = sl_execution_model_path(run, "");
    int code = folder ? sl_folder_make(folder, run->err) : sl_fail_memory(run->err);
    free(folder);
    return code;
}

/* A column of measurements or of numbers for the rows, taken for the label, would give a table of nonsense.
 */
static int check_classes(struct sl_execution *run)
{
    const char *name = sl_dataset_name(run->data);
    struct sl_view view = sl_dataset_view(run->data);
    if (view.k > UINT16_MAX)
        return sl_fail(run->err, SL_EDATA, "%d classes: at most %d can be stored", view.k, UINT16_MAX);
    if (view.y && view.k < 2)
        return sl_fail(run->err, SL_EDATA, "%s: one class only, '%.80s': there is nothing to tell apart",
                       name, sl_dataset_class(run->data, 0));
    if (view.y && view.n < 2 * (size_t)view.k)
        return sl_fail(
            run->err, SL_EDATA,
            "%s: %d classes in %zu rows ('%.40s', '%.40s', ...): expected a label column whose values "
            "repeat: the label option names another",
            name, view.k, view.n, sl_dataset_class(run->data, 0), sl_dataset_class(run->data, 1));
    return SL_OK;
}

/* What a killed run left of a model that it was writing. */
static void clean_models(const struct sl_execution *run)
{
    char *folder = sl_execution_model_path(run, "");
    if (folder)
        sl_file_clean(folder, ".slm");
    free(folder);
}

static int open_store(struct sl_execution *run)
{
    int code = sl_db_open(run->out, SL_DB_CREATE, &run->db, run->err);
    if (!code)
        clean_models(run);
    if (!code && run->options->save_models)
        code = name_models(run);
    char shard[160] = "";
    if (run->options->shards > 1)
        snprintf(shard, sizeof shard,
                 SL_SHARD_NOTE
                 "%d of %d: a part, with %zu of the study's %zu trials; merge joins the stores of all",
                 run->options->shard, run->options->shards, run->total, run->plan->n_trials);
    const struct sl_definition definition = {run->experiment, run->data, run->test, run->plan,
                                             run->partition,  run->keys, shard};
    return code ? code : sl_store_define(run->db, &definition, run->err);
}

void sl_execution_begin(struct sl_execution *run, const struct sl_experiment *experiment,
                        const struct sl_run_options *options, struct sl_error *err)
{
    *run = (struct sl_execution){.experiment = experiment,
                                 .options = options,
                                 .out = options->out ? options->out : "results",
                                 .jobs = options->jobs ? options->jobs : 1,
                                 .threads = options->threads,
                                 .pool_type = &sl_pool_processes,
                                 .err = err,
                                 .began = sl_now()};
    if (run->threads == 0)
        run->threads = sl_cores() > run->jobs ? sl_cores() / run->jobs : 1;
}

int sl_execution_plan(struct sl_execution *run)
{
    int code = check_options(run->options, &run->experiment->settings, run->err);
    if (!code)
        code = open_data(run);
    if (!code)
        code = check_classes(run);
    if (!code)
        code = sl_plan_make(run->experiment, run->data, &run->plan, run->err);
    run->keep_scores = run->options->keep_scores;
    if (!code)
        code = sl_scores_choose(run->plan, sl_dataset_view(run->data).k,
                                run->test ? sl_dataset_view(run->test).n : 0, &run->keep_scores, run->scores,
                                run->err);
    if (!code)
        code = sl_partition_make(run->plan, run->data, run->test, &run->partition, run->err);
    if (!code)
        code = set_keys(run);
    if (!code)
        set_site(run);
    return code;
}

static int read_estimates(struct sl_execution *run)
{
    const size_t n = run->plan->n_trials;
    run->seconds = sl_alloc(n, sizeof *run->seconds);
    return run->seconds ? sl_estimates_seconds(run->options->estimates, run->keys, n, run->seconds, run->err)
                        : sl_fail_memory(run->err);
}

/* All shards see the same units, whatever their stores hold. */
static int deal(struct sl_execution *run)
{
    const struct sl_view shape = sl_dataset_view(run->data);
    const size_t n = run->plan->n_trials, shards = (size_t)run->options->shards;
    struct sl_units units = {0};
    unsigned char *wish = sl_alloc(n, 1);
    int code = wish ? SL_OK : sl_fail_memory(run->err);
    for (size_t i = 0; i < n && !code; i++)
        wish[i] = (unsigned char)sl_execution_wish(run, i);
    if (!code)
        code = sl_units_make(run->plan, &shape, wish, &units, run->err);
    if (!code)
        code = sl_units_split(&units, run->plan, shards, run->err);
    if (!code)
        code = sl_shard_deal(run->plan, &units, run->seconds, run->options->shard, run->options->shards,
                             run->mine, run->err);
    run->total = 0;
    for (size_t i = 0; i < n && !code; i++)
        run->total += run->mine[i];
    sl_units_release(&units);
    free(wish);
    return code;
}

int sl_execution_prepare(struct sl_execution *run)
{
    int code = sl_execution_plan(run);
    if (!code && run->options->estimates)
        code = read_estimates(run);
    if (!code && run->options->shards > 1)
        code = deal(run);
    if (!code)
        code = open_store(run);
    if (!code)
        code = run->pool_type->open(&run->site, run->jobs, &run->pool, run->err);
    return code;
}

void sl_execution_release(struct sl_execution *run)
{
    for (size_t r = 0; run->files && r < run->plan->n_rows; r++)
        free(run->files[r]);
    free(run->files);
    sl_batch_release(&run->batch);
    sl_db_close(run->db);
    sl_partition_free(run->partition);
    sl_plan_free(run->plan);
    sl_dataset_free(run->data);
    sl_dataset_free(run->test);
    free(run->keys);
    free(run->state);
    free(run->mine);
    free(run->seconds);
    sl_budget_free(run->budget);
    free(run->again);
    sl_units_release(&run->units);
    run->pool_type->close(run->pool);
}
