/* executor.c - runs a plan: the trials the store does not hold yet, in units, each in a process of its own.
 *
 * The parent starts units, reads what they tell and writes the store; it starts no thread and calls neither
 * OpenMP nor oneDNN, so that its children may.  Outcomes are committed as they come, those that come fast
 * together (batch.h): whatever ends the run, running again goes on from there. */
#include "core/clock.h"
#include "core/memory.h"
#include "core/text.h"
#include "study/child_state.h"
#include "study/estimate_units.h"
#include "study/execution.h"
#include "study/experiment.h"
#include "study/mpi_rank.h"
#include <math.h>
#include <shortlist/study.h>
#include <shortlist/warnings.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int is_cancelled(const struct sl_execution *run)
{
    return run->options->cancel && *run->options->cancel;
}

/* Is the run to end, whatever is at work? */
static int is_over(const struct sl_execution *run)
{
    return is_cancelled(run) || (run->budget && sl_now() - run->began >= run->budget->seconds);
}

/* Progress ---------------------------------------------------------------------------------------- */

/* An epoch of a trial alone, and how long it is at work. */
struct pace {
    const struct sl_epoch *epoch;
    double spent;
};

/* A trial has ended in this run, or was found in the store. */
static void count_time(struct sl_execution *run, size_t trial, int ran)
{
    if (!run->seconds)
        return;
    run->eta.rest = fmax(run->eta.rest - run->seconds[trial], 0);
    run->eta.done += ran ? run->seconds[trial] : 0;
    run->eta.told = sl_now() - run->began;
}

static double left_by_estimates(struct sl_execution *run, double elapsed)
{
    run->eta.elapsed = elapsed;
    run->eta.width = run->pool_type->width(run->pool);
    return run->done == run->total ? 0 : sl_eta_left(&run->eta);
}

/* Seconds left.  One trial at a time that tells how many epochs there will be: from its own pace, and of the
 * others from those that are done, or else as many as this one takes. */
static double left(struct sl_execution *run, double elapsed, const struct pace *pace)
{
    if (run->seconds)
        return left_by_estimates(run, elapsed);
    double trials = (double)(run->total - run->done);
    if (!pace || pace->epoch->epochs < pace->epoch->epoch || run->jobs > 1)
        return run->ran ? elapsed / (double)run->ran * trials : NAN;
    const int again = run->experiment->settings.timing_runs > 1 ? run->experiment->settings.timing_runs : 0;
    double whole = pace->spent / pace->epoch->epoch * pace->epoch->epochs * (1 + again);
    double other = run->ran ? (elapsed - pace->spent) / (double)run->ran : whole;
    return whole - pace->spent + other * (trials - 1);
}

static void report(struct sl_execution *run, size_t trial, const struct sl_outcome *outcome,
                   const struct pace *pace)
{
    if (!run->options->progress)
        return;
    double elapsed = sl_now() - run->began;
    struct sl_progress progress = {
        .done = run->done,
        .total = run->total,
        .held = run->held,
        .row = run->plan->rows[run->plan->trials[trial].row].name,
        .outcome = outcome,
        .epoch = pace ? pace->epoch : NULL,
        .elapsed = elapsed,
        .eta = left(run, elapsed, pace),
    };
    run->options->progress(run->options->arg, &progress);
}

/* Which trials to run ----------------------------------------------------------------------------- */

static int look_at_all(struct sl_execution *run)
{
    int code = SL_OK;
    for (size_t i = 0; i < run->plan->n_trials && !code; i++) {
        run->state[i] = SL_TRIAL_MISSING;
        if (run->mine[i])
            code = sl_execution_look(run, i);
        run->held += run->state[i] != SL_TRIAL_MISSING;
        run->eta.rest +=
            run->seconds && run->mine[i] && run->state[i] == SL_TRIAL_MISSING ? run->seconds[i] : 0;
    }
    run->done = run->held;
    return code;
}

/* As many as there are places for, where groups can be cut. */
static int make_units(struct sl_execution *run)
{
    struct sl_view shape = sl_dataset_view(run->data);
    unsigned char *wish = sl_alloc(run->plan->n_trials, 1);
    if (!wish)
        return sl_fail_memory(run->err);
    for (size_t i = 0; i < run->plan->n_trials; i++)
        wish[i] = !run->mine[i] || run->state[i] != SL_TRIAL_MISSING
                      ? SL_UNIT_NONE
                      : (unsigned char)sl_execution_wish(run, i);
    int code = sl_units_make(run->plan, &shape, wish, &run->units, run->err);
    if (!code)
        code = sl_units_split(&run->units, run->plan, (size_t)run->pool_type->width(run->pool), run->err);
    free(wish);
    return code;
}

static int start(struct sl_execution *run, const struct sl_unit *unit)
{
    struct sl_work *work;
    const char *file = unit->n == 1 ? sl_execution_model_file(run, unit->trials[0]) : NULL;
    int code = sl_work_make(&run->site, unit, &work, run->err);
    if (code)
        return code;
    work->model_path = file ? sl_execution_model_path(run, file) : NULL;
    if (unit->n == 1)
        code = sl_child_state_name(work, run->options->states_from, run->options->states_to);
    if (code || (file && !work->model_path)) {
        sl_work_free(work);
        return sl_fail_memory(run->err);
    }
    report(run, unit->trials[0], NULL, NULL);
    return run->pool_type->start(run->pool, work, run->err);
}

/* Those of the unit's trials that are still to be run: an equal trial, or another process, may have done one.
 */
static int start_unit(struct sl_execution *run, const struct sl_unit *unit)
{
    size_t *trials = sl_alloc(unit->n, sizeof *trials), n = 0;
    int code = trials ? SL_OK : sl_fail_memory(run->err);
    for (size_t m = 0; m < unit->n && !code; m++) {
        if (sl_batch_has(&run->batch, run->keys[unit->trials[m]]))
            code = sl_batch_commit(&run->batch, run->err);
        if (!code)
            code = sl_execution_look(run, unit->trials[m]);
        if (!code && run->state[unit->trials[m]] == SL_TRIAL_MISSING)
            trials[n++] = unit->trials[m];
        else if (!code) {
            run->held++;
            run->done++;
            count_time(run, unit->trials[m], 0);
        }
    }
    if (!code && n)
        code = start(run, &(struct sl_unit){n, trials});
    free(trials);
    return code;
}

static int start_or_cut(struct sl_execution *run, const struct sl_unit *unit)
{
    if (run->budget &&
        sl_budget_cuts(run->budget, unit, run->budget->seconds - (sl_now() - run->began), run->seconds))
        return SL_OK;
    return start_unit(run, unit);
}

static int start_more(struct sl_execution *run)
{
    int code = SL_OK;
    while (!code && run->pool_type->has_room(run->pool) && !is_over(run)) {
        if (run->n_again)
            code = start_or_cut(run, &(struct sl_unit){1, &run->again[--run->n_again]});
        else if (run->next < run->units.n)
            code = start_or_cut(run, &run->units.units[run->next++]);
        else
            break;
    }
    return code;
}

/* What units tell --------------------------------------------------------------------------------- */

static void take_epoch(void *arg, const struct sl_work *work, const struct sl_epoch *epoch,
                       double since_start)
{
    report(arg, work->numbers[0], NULL, &(struct pace){epoch, since_start});
}

/* An outcome is in the store. */
static void tell(void *arg, const struct sl_pending *one)
{
    struct sl_execution *run = arg;
    run->state[one->trial] = one->whole ? one->outcome.status : SL_TRIAL_MISSING;
    run->done += (size_t)one->whole;
    run->ran += (size_t)one->whole;
    if (one->whole)
        count_time(run, one->trial, 1);
    report(run, one->trial, &one->outcome, NULL);
}

static int keep(struct sl_execution *run, const struct sl_work *work, size_t m, struct sl_outcome *outcome,
                enum sl_ending ending)
{
    const size_t trial = work->numbers[m];
    const int has_model = outcome->status == SL_TRIAL_OK || outcome->status == SL_TRIAL_INTERRUPTED;
    struct sl_pending one = {
        .trial = trial,
        .again = ending == SL_KILLED,
        .whole = !is_over(run) || outcome->status != SL_TRIAL_INTERRUPTED,
        .model = has_model && work->model_path ? sl_execution_model_file(run, trial) : NULL,
    };
    strcpy(one.split, work->rows[m]->key);
    outcome->fold = work->trials[m]->fold;
    outcome->repeat = work->trials[m]->repeat;
    outcome->seed = work->trials[m]->seed;
    outcome->threads = run->threads;
    outcome->shared = run->jobs > 1;
    outcome->truth = work->rows[m]->truth;
    if (run->budget) /* now: it may wait for a second until it is committed */
        sl_budget_count(run->budget, trial, outcome);
    return sl_batch_add(&run->batch, &one, outcome, run->err);
}

static int take_outcome(void *arg, const struct sl_work *work, size_t m, struct sl_outcome *outcome,
                        enum sl_ending ending)
{
    return ending == SL_STOPPED ? SL_OK : keep(arg, work, m, outcome, ending);
}

static int take_lost(void *arg, const struct sl_work *work, size_t m)
{
    struct sl_execution *run = arg;
    run->again[run->n_again++] = work->numbers[m];
    return SL_OK;
}

/* On an error of its own the executor stops its units and returns the first one. */
static int loop(struct sl_execution *run)
{
    const struct sl_pool_events events = {
        .arg = run, .epoch = take_epoch, .outcome = take_outcome, .lost = take_lost};
    struct sl_error *err = run->err, later;
    run->batch = (struct sl_batch){.db = run->db,
                                   .study = sl_experiment_name(run->experiment),
                                   .keys = run->keys,
                                   .told = tell,
                                   .arg = run};
    int code = start_more(run);
    while (!run->pool_type->is_idle(run->pool)) {
        run->err = code ? &later : err;
        if (code || is_over(run))
            run->pool_type->stop(run->pool);
        int failed = run->pool_type->wait(run->pool, &events, run->err);
        if (!failed && !code)
            failed = start_more(run);
        if (sl_batch_is_due(&run->batch) || run->pool_type->is_idle(run->pool)) {
            const int kept = sl_batch_commit(&run->batch, failed ? &later : run->err);
            failed = failed ? failed : kept;
        }
        code = code ? code : failed;
    }
    run->err = err;
    return code;
}

static void summarise(const struct sl_execution *run, struct sl_run_summary *summary)
{
    *summary = (struct sl_run_summary){.trials = run->total, .held = run->held, .run = run->ran};
    for (size_t i = 0; i < run->plan->n_trials; i++)
        summary->failed += run->state[i] != SL_TRIAL_OK && run->state[i] != SL_TRIAL_MISSING;
    snprintf(summary->left_out, sizeof summary->left_out, "%s",
             run->plan->left_out ? run->plan->left_out : "");
    strcpy(summary->scores, run->scores);
    summary->interrupted = is_cancelled(run) && run->done < run->total;
}

/* What the store holds judges rows, too: the study has just been defined, with the plan's rows and trials. */
static int count_held(struct sl_execution *run)
{
    struct sl_study *study;
    size_t trial = 0;
    int code = run->held ? sl_study_load(run->out, sl_experiment_name(run->experiment), &study, run->err) : 0;
    if (code || !run->held)
        return code;
    for (size_t r = 0; r < study->n_rows; r++)
        for (size_t i = 0; i < study->rows[r].n_outcomes && trial < run->plan->n_trials; i++, trial++) {
            const struct sl_outcome *outcome = &study->rows[r].outcomes[i];
            if (run->state[trial] == SL_TRIAL_OK && strcmp(outcome->key, run->keys[trial]) == 0)
                sl_budget_count(run->budget, trial, outcome);
        }
    sl_study_free(study);
    return SL_OK;
}

/* By estimates: those of a file, or of samples, which take a twentieth of the time. */
static int plan_budget(struct sl_execution *run)
{
    static const double share = 0.05, most = 20;
    const size_t n = run->plan->n_trials;
    const double budget = run->options->budget;
    int code = SL_OK;
    if (!run->seconds) {
        run->seconds = sl_alloc_zero(n, sizeof *run->seconds);
        code = run->seconds ? sl_estimate_units(run, fmin(share * budget, most), run->seconds)
                            : sl_fail_memory(run->err);
        for (size_t i = 0; i < n && !code; i++)
            run->eta.rest += run->state[i] == SL_TRIAL_MISSING && run->mine[i] ? run->seconds[i] : 0;
        run->eta.told = sl_now() - run->began;
    }
    if (!code)
        code = sl_budget_make(run->plan, budget, run->experiment->settings.metric, &run->budget, run->err);
    if (!code)
        sl_budget_order(run->budget, &run->units, run->seconds);
    return code ? code : count_held(run);
}

/* What the budget left out is told here, and stands among the study's notes until it runs again. */
static int tell_cut(struct sl_execution *run, struct sl_run_summary *summary)
{
    unsigned char *missing = sl_alloc_zero(run->plan->n_trials, 1);
    if (!missing)
        return sl_fail_memory(run->err);
    for (size_t i = 0; i < run->plan->n_trials; i++)
        missing[i] = run->mine[i] && run->state[i] == SL_TRIAL_MISSING;
    const size_t n =
        is_cancelled(run) ? 0 : sl_budget_tell(run->budget, missing, summary->cut, sizeof summary->cut);
    free(missing);
    return n ? sl_store_warn(run->db, sl_experiment_name(run->experiment), SL_WARNING_cut, summary->cut,
                             run->err)
             : SL_OK;
}

/* One of several MPI ranks, not the first: runs what rank 0 gives it. */
static int serve(struct sl_execution *run)
{
    struct sl_error why, *err = run->err;
    why.text[0] = 0;
    run->err = &why;
    const int code = sl_execution_plan(run);
    run->err = err;
    return sl_mpi_serve(code ? NULL : &run->site, run->jobs, why.text, err);
}

int sl_run(const struct sl_experiment *experiment, const struct sl_run_options *options,
           struct sl_run_summary *summary, struct sl_error *err)
{
    struct sl_execution run;
    int ranks, rank;
    sl_execution_begin(&run, experiment, options, err);
    *summary = (struct sl_run_summary){0};
    sl_mpi_where(&ranks, &rank);
    if (ranks > 1)
        run.pool_type = &sl_pool_mpi;
    if (rank > 0) {
        const int served = serve(&run);
        summary->served = 1;
        sl_execution_release(&run);
        return served;
    }
    int code =
        ranks > 1 && options->budget > 0 && !options->estimates
            ? sl_fail(err, SL_EUSAGE,
                      "budget: under mpirun no samples can be run: estimate to a file before, and name it "
                      "(estimates)")
            : sl_execution_prepare(&run);
    if (!code)
        code = look_at_all(&run);
    if (!code)
        code = make_units(&run);
    if (!code && options->budget > 0)
        code = plan_budget(&run);
    if (!code)
        code = loop(&run);
    if (run.plan && run.state)
        summarise(&run, summary);
    if (!code && run.budget)
        code = tell_cut(&run, summary);
    sl_execution_release(&run);
    return code;
}
