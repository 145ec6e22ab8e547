/* sample.c - runs a unit on some of its rows, as a run would on all.
 *
 * The plan's trials are copied with fewer rows to fit (n_fit), and the rows to score are thinned evenly.
 * Nothing reaches the store. */
#include "study/sample.h"
#include "core/clock.h"
#include "core/memory.h"
#include "study/pool.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

/* Another process may take a part of the machine for a while, and samples are short: of several runs the
 * shortest is the one that tells what the work takes. */

/* Pool events ------------------------------------------------------------------------------------- */

static void pass_epoch(void *arg, const struct sl_work *work, const struct sl_epoch *epoch,
                       double since_start)
{
    (void)arg, (void)work, (void)epoch, (void)since_start;
}

static int take_outcome(void *arg, const struct sl_work *work, size_t member, struct sl_outcome *outcome,
                        enum sl_ending ending)
{
    struct sl_sample *sample = arg;
    (void)member, (void)ending;
    if (outcome->status != SL_TRIAL_OK) {
        snprintf(sample->reason, sizeof sample->reason, "%s%s%.200s", sl_trial_status_name(outcome->status),
                 *outcome->reason ? ": " : "", outcome->reason);
        return SL_OK;
    }
    sample->fit += fmin(outcome->fit_time, outcome->fit_time_min);
    sample->score += isnan(outcome->score_time) ? 0 : fmin(outcome->score_time, outcome->score_time_min);
    sample->bytes = fmax(sample->bytes, (double)outcome->peak_memory);
    sample->n_iter = work->n == 1 && outcome->n_iter > 0 ? outcome->n_iter : NAN;
    return SL_OK;
}

static int take_lost(void *arg, const struct sl_work *work, size_t member)
{
    struct sl_sample *sample = arg;
    (void)work, (void)member;
    snprintf(sample->reason, sizeof sample->reason, "its group came to no end on a sample");
    return SL_OK;
}

/* Running ----------------------------------------------------------------------------------------- */

static int run_work(const struct sl_site *site, struct sl_work *work, const volatile sig_atomic_t *cancel,
                    struct sl_sample *sample, struct sl_error *err)
{
    const struct sl_pool_events events = {
        .arg = sample, .epoch = pass_epoch, .outcome = take_outcome, .lost = take_lost};
    const struct sl_pool_type *type = &sl_pool_processes;
    void *pool;
    int code = type->open(site, 1, &pool, err);
    if (code) {
        sl_work_free(work);
        return code;
    }
    const double began = sl_now();
    code = type->start(pool, work, err);
    while (!code && !type->is_idle(pool)) {
        if (cancel && *cancel)
            type->stop(pool);
        code = type->wait(pool, &events, err);
    }
    type->close(pool);
    sample->took = sl_now() - began;
    return !code && cancel && *cancel ? sl_fail(err, SL_ECANCELLED, "interrupted") : code;
}

/* The same trials with so many rows to fit, by config unless it is NULL: owned by the caller. */
static struct sl_trial *with_fewer(const struct sl_plan *plan, const struct sl_unit *unit, const void *config,
                                   size_t n_fit)
{
    struct sl_trial *trials = sl_alloc(plan->n_trials, sizeof *trials);
    if (!trials)
        return NULL;
    memcpy(trials, plan->trials, plan->n_trials * sizeof *trials);
    for (size_t m = 0; m < unit->n; m++)
        trials[unit->trials[m]].n_fit = n_fit;
    if (config)
        trials[unit->trials[0]].config = config;
    return trials;
}

int sl_sample_run(const struct sl_site *site, const struct sl_unit *unit, const void *config, size_t n_fit,
                  size_t n_score, double time_limit, const volatile sig_atomic_t *cancel,
                  struct sl_sample *sample, struct sl_error *err)
{
    struct sl_plan plan = *site->plan;
    struct sl_site own = *site;
    struct sl_work *work = NULL;
    *sample = (struct sl_sample){.n_iter = NAN};
    plan.trials = with_fewer(site->plan, unit, config, n_fit);
    own.plan = &plan;
    own.time_limit = time_limit;
    own.timing_runs = 0;
    own.evaluate_train = 0;
    own.memory_limit = 0; /* it is to be told, not kept */
    own.keep_scores = SL_KEEP_NONE;
    int code = plan.trials ? sl_work_make(&own, unit, &work, err) : sl_fail_memory(err);
    if (!code)
        code = sl_work_thin(work, n_score, sl_partition_rows(site->partition), err);
    if (!code) {
        sample->n_fit = work->rows[0]->n_fit;
        sample->n_score = work->rows[0]->n_score;
        code = run_work(&own, work, cancel, sample, err);
    } else
        sl_work_free(work);
    free(plan.trials);
    return code;
}

int sl_sample_whole(const struct sl_site *site, const struct sl_unit *unit, size_t *n_fit, size_t *n_score,
                    struct sl_error *err)
{
    struct sl_rows *rows;
    int code = sl_rows_make(site->partition, &site->plan->trials[unit->trials[0]], &rows, err);
    if (code)
        return code;
    *n_fit = rows->n_fit;
    *n_score = rows->n_score;
    sl_rows_free(rows);
    return SL_OK;
}
