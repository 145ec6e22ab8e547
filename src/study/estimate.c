/* estimate.c - what a run will take: each kind of unit is measured on samples, the rest is the same work.
 *
 * Units of the same row with as many trials are alike: the first one's costs are those of all.  Cost: some
 * seconds in all, a few samples a kind at least. */
#include "core/clock.h"
#include "core/memory.h"
#include "study/costs.h"
#include "study/estimate_units.h"
#include "study/estimates.h"
#include "study/execution.h"
#include "study/experiment.h"
#include "study/limits.h"
#include <math.h>
#include <shortlist/estimate.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const double usual_patience = 30; /* seconds, of all kinds together */

struct estimating {
    struct sl_execution *run;
    int strict;                       /* takes no longer than twice that */
    double patience;                  /* seconds for all kinds of units together */
    size_t n_kinds, *kind_of;         /* (units) */
    struct sl_costs *kinds;           /* (n_kinds), each of its first unit */
    struct sl_trial_estimate *trials; /* (trials) */
    double *processes;                /* (units) seconds */
    struct sl_estimation *out;
};

/* Units ------------------------------------------------------------------------------------------- */

/* Without a store nothing is held. */
static int look_at_store(struct estimating *e)
{
    struct sl_execution *run = e->run;
    char *path = sl_format("%s/shortlist.db", run->out);
    for (size_t i = 0; i < run->plan->n_trials; i++)
        run->state[i] = SL_TRIAL_MISSING;
    if (!path)
        return sl_fail_memory(run->err);
    const int exists = access(path, F_OK) == 0;
    free(path);
    int code = exists ? sl_db_open(run->out, SL_DB_READ, &run->db, run->err) : SL_OK;
    for (size_t i = 0; i < run->plan->n_trials && !code && exists; i++)
        code = sl_execution_look(run, i);
    return code;
}

static int make_units(struct estimating *e, int all)
{
    struct sl_execution *run = e->run;
    const struct sl_view shape = sl_dataset_view(run->data);
    unsigned char *wish = sl_alloc(run->plan->n_trials, 1);
    if (!wish)
        return sl_fail_memory(run->err);
    for (size_t i = 0; i < run->plan->n_trials; i++)
        wish[i] = !all && run->state[i] != SL_TRIAL_MISSING ? SL_UNIT_NONE
                                                            : (unsigned char)sl_execution_wish(run, i);
    int code = sl_units_make(run->plan, &shape, wish, &run->units, run->err);
    free(wish);
    return code;
}

static int are_alike(const struct sl_plan *plan, const struct sl_unit *a, const struct sl_unit *b)
{
    return a->n == b->n && plan->trials[a->trials[0]].row == plan->trials[b->trials[0]].row;
}

static int find_kinds(struct estimating *e)
{
    const struct sl_units *units = &e->run->units;
    e->kind_of = sl_alloc(units->n, sizeof *e->kind_of);
    e->kinds = sl_alloc_zero(units->n, sizeof *e->kinds);
    e->processes = sl_alloc_zero(units->n, sizeof *e->processes);
    if (!e->kind_of || !e->kinds || !e->processes)
        return sl_fail_memory(e->run->err);
    for (size_t u = 0; u < units->n; u++) {
        size_t k = 0;
        while (k < e->n_kinds && !are_alike(e->run->plan, e->kinds[k].unit, &units->units[u]))
            k++;
        if (k == e->n_kinds)
            e->kinds[e->n_kinds++].unit = &units->units[u];
        e->kind_of[u] = k;
    }
    return SL_OK;
}

/* Times ------------------------------------------------------------------------------------------- */

/* Seconds that a process spends on runs of a time that are for the clock alone (measure/timing.h). */
static double repeated(double seconds, int timing_runs)
{
    static const double brief = 0.1, budget = 0.02;
    if (timing_runs)
        return timing_runs > 1 ? timing_runs * seconds : 0;
    return seconds < brief ? fmax(2 * seconds, budget) : 0;
}

/* A unit's process from its start to its end; scores are another pass over the rows. */
static double process_seconds(const struct estimating *e, const struct sl_unit *unit,
                              const struct sl_costs *costs)
{
    const int runs = e->run->site.timing_runs;
    const double n = (double)costs->n_fit, fit = sl_costs_fit(costs, n);
    const double score = sl_costs_score(costs, n, (double)costs->n_score);
    if (unit->n > 1)
        return (double)unit->n * (fit + score) + costs->overhead;
    const int again = e->run->plan->trials[unit->trials[0]].type->scores != NULL;
    return fit + (1 + again) * score + repeated(fit, runs) + repeated(score, runs) + costs->overhead;
}

static void set_trials(struct estimating *e)
{
    const struct sl_units *units = &e->run->units;
    for (size_t i = 0; i < e->run->plan->n_trials; i++)
        e->trials[i] = (struct sl_trial_estimate){NAN, NAN};
    for (size_t u = 0; u < units->n; u++) {
        const struct sl_unit *unit = &units->units[u];
        const struct sl_costs *costs = &e->kinds[e->kind_of[u]];
        const double seconds = process_seconds(e, unit, costs);
        const double bytes = sl_costs_bytes(costs, (double)costs->n_fit);
        e->processes[u] = seconds;
        for (size_t m = 0; m < unit->n; m++)
            e->trials[unit->trials[m]] = (struct sl_trial_estimate){seconds / (double)unit->n, bytes / 1e6};
    }
}

/* Rows -------------------------------------------------------------------------------------------- */

static int check_limits(struct sl_estimated_row *row, const struct sl_run_options *options)
{
    row->over_time = options->time_limit > 0 && row->fit_time + row->score_time > options->time_limit;
    row->over_memory = options->memory_limit > 0 && row->peak_memory > (double)options->memory_limit;
    return row->over_time || row->over_memory;
}

static void set_row_costs(const struct estimating *e, struct sl_estimated_row *row,
                          const struct sl_costs *costs)
{
    const double n = (double)costs->n_fit;
    row->n_train = costs->n_fit;
    row->n_validation = costs->n_score;
    row->group = (int)costs->members;
    memcpy(row->reason, costs->reason, sizeof row->reason);
    if (*costs->reason)
        return;
    row->fit_time = sl_costs_fit(costs, n);
    row->score_time = sl_costs_score(costs, n, (double)costs->n_score);
    row->peak_memory = sl_costs_bytes(costs, n);
    row->error = sl_costs_error(costs, n);
    check_limits(row, e->run->options);
}

static int make_rows(struct estimating *e)
{
    const struct sl_plan *plan = e->run->plan;
    e->out->rows = sl_alloc_zero(plan->n_rows, sizeof *e->out->rows);
    if (!e->out->rows)
        return sl_fail_memory(e->run->err);
    for (; e->out->n_rows < plan->n_rows; e->out->n_rows++) {
        struct sl_estimated_row *row = &e->out->rows[e->out->n_rows];
        const struct sl_plan_row *from = &plan->rows[e->out->n_rows];
        *row = (struct sl_estimated_row){.name = sl_strdup(from->name),
                                         .classifier = from->type->name,
                                         .group = 1,
                                         .fit_time = NAN,
                                         .score_time = NAN,
                                         .peak_memory = NAN,
                                         .error = NAN};
        if (!row->name)
            return sl_fail_memory(e->run->err);
    }
    return SL_OK;
}

static void fill_rows(struct estimating *e)
{
    const struct sl_execution *run = e->run;
    for (size_t i = 0; i < run->plan->n_trials; i++) {
        struct sl_estimated_row *row = &e->out->rows[run->plan->trials[i].row];
        const int held = run->state[i] != SL_TRIAL_MISSING;
        row->trials++;
        row->held += (size_t)held;
        row->seconds += held ? 0 : e->trials[i].seconds;
    }
    for (size_t u = run->units.n; u-- > 0;) /* the first unit with trials of a row is the row's */
        for (size_t m = 0; m < run->units.units[u].n; m++)
            set_row_costs(e, &e->out->rows[run->plan->trials[run->units.units[u].trials[m]].row],
                          &e->kinds[e->kind_of[u]]);
}

/* Totals ------------------------------------------------------------------------------------------ */

static int has_work(const struct sl_execution *run, const struct sl_unit *unit)
{
    for (size_t m = 0; m < unit->n; m++)
        if (run->state[unit->trials[m]] == SL_TRIAL_MISSING)
            return 1;
    return 0;
}

/* Units are dealt as the pool does: the next one to the job that is free first. */
static int add_up(struct estimating *e)
{
    const struct sl_execution *run = e->run;
    double *busy = sl_alloc_zero((size_t)run->jobs, sizeof *busy);
    if (!busy)
        return sl_fail_memory(run->err);
    for (size_t u = 0; u < run->units.n; u++) {
        int next = 0;
        if (!has_work(run, &run->units.units[u]))
            continue;
        e->out->units++;
        for (int j = 1; j < run->jobs; j++)
            next = busy[j] < busy[next] ? j : next;
        if (!isnan(e->processes[u])) {
            busy[next] += e->processes[u];
            e->out->longest = fmax(e->out->longest, e->processes[u]);
        }
        e->out->seconds = fmax(e->out->seconds, busy[next]);
    }
    free(busy);
    return SL_OK;
}

/* Each process has the data of the parent, and copies of the rows that it fits and scores. */
static void add_up_memory(struct estimating *e)
{
    const struct sl_execution *run = e->run;
    const struct sl_view view = sl_dataset_view(run->data);
    static const double sizes[] = {[SL_U8] = 1, [SL_F32] = 4, [SL_F64] = 8, [SL_SPARSE] = 8};
    double rows = 0;
    for (size_t r = 0; r < e->out->n_rows; r++) {
        const struct sl_estimated_row *row = &e->out->rows[r];
        e->out->held += row->held;
        e->out->trials += row->trials;
        e->out->unknown += *row->reason != 0;
        e->out->peak_memory = fmax(e->out->peak_memory, row->peak_memory);
        rows = fmax(rows, (double)(row->n_train + row->n_validation));
    }
    const double copies = rows * (double)view.d * sizes[view.dtype];
    const double resident = fmax((double)sl_resident(0), 0);
    e->out->memory = resident + run->jobs * (copies + e->out->peak_memory);
}

static int estimate(struct estimating *e, const char *file)
{
    struct sl_execution *run = e->run;
    int code = sl_execution_plan(run);
    if (!code)
        code = look_at_store(e);
    if (!code)
        code = make_units(e, file != NULL);
    if (!code)
        code = find_kinds(e);
    if (!code)
        code = sl_costs_measure(&run->site, e->kinds, e->n_kinds, e->patience, e->strict,
                                run->options->cancel, run->err);
    if (!code)
        code = make_rows(e);
    e->trials = code ? NULL : sl_alloc(run->plan->n_trials, sizeof *e->trials);
    if (!code && !e->trials)
        code = sl_fail_memory(run->err);
    if (code)
        return code;
    set_trials(e);
    fill_rows(e);
    add_up_memory(e);
    snprintf(e->out->left_out, sizeof e->out->left_out, "%s", run->plan->left_out ? run->plan->left_out : "");
    code = add_up(e);
    return code || !file ? code : sl_estimates_write(file, run->plan, run->keys, e->trials, run->err);
}

static void release(struct estimating *e)
{
    free(e->kinds);
    free(e->kind_of);
    free(e->processes);
    free(e->trials);
}

int sl_estimate_units(struct sl_execution *run, double patience, double *seconds)
{
    struct estimating e = {.run = run, .patience = patience, .strict = 1};
    double longest = 0;
    int code = find_kinds(&e);
    if (!code)
        code = sl_costs_measure(&run->site, e.kinds, e.n_kinds, patience, e.strict, run->options->cancel,
                                run->err);
    e.trials = code ? NULL : sl_alloc(run->plan->n_trials, sizeof *e.trials);
    if (!code && !e.trials)
        code = sl_fail_memory(run->err);
    if (!code)
        set_trials(&e);
    for (size_t i = 0; i < run->plan->n_trials && !code; i++)
        longest = fmax(longest, e.trials[i].seconds); /* a NaN is not the larger */
    for (size_t i = 0; i < run->plan->n_trials && !code; i++)
        seconds[i] = isnan(e.trials[i].seconds) ? 1.01 * longest : e.trials[i].seconds;
    release(&e);
    return code;
}

int sl_estimate(const struct sl_experiment *experiment, const struct sl_run_options *options,
                const char *file, struct sl_estimation **out, struct sl_error *err)
{
    const double began = sl_now();
    struct sl_execution run;
    struct estimating e = {.run = &run, .patience = usual_patience, .out = sl_alloc_zero(1, sizeof *e.out)};
    *out = NULL;
    if (!e.out)
        return sl_fail_memory(err);
    sl_execution_begin(&run, experiment, options, err);
    int code = estimate(&e, file);
    sl_execution_release(&run);
    release(&e);
    e.out->took = sl_now() - began;
    if (code)
        sl_estimation_free(e.out);
    else
        *out = e.out;
    return code;
}

void sl_estimation_free(struct sl_estimation *estimation)
{
    if (!estimation)
        return;
    for (size_t r = 0; r < estimation->n_rows; r++)
        free(estimation->rows[r].name);
    free(estimation->rows);
    free(estimation);
}
