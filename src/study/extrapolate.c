/* extrapolate.c - what the rows of a study would take on more rows than it had.
 *
 * The study's published question is which classifiers scale badly: so each row's first trial is fitted by
 * itself on samples of doubled sizes (costs.h), and what the study has measured is the last size of its power
 * laws, which are followed from there.  Cost: some seconds in all.
 * Left out: a time that is a share of a group's work is not a trial's own, and no size. */
#include "core/clock.h"
#include "core/memory.h"
#include "study/costs.h"
#include "study/execution.h"
#include "study/experiment.h"
#include "study/mpi.h"
#include <math.h>
#include <shortlist/estimate.h>
#include <shortlist/study.h>
#include <string.h>
#include <unistd.h>

static const double patience = 30 /* seconds, of all rows */, an_hour = 3600;

struct extrapolating {
    struct sl_execution *run;
    const struct sl_study *study;
    struct sl_extrapolation *out;
};

/* What was measured ------------------------------------------------------------------------------- */

/* The study's row of this plan's row; a merged store may have others before it. */
static const struct sl_study_row *find_row(const struct extrapolating *x, size_t r)
{
    const struct sl_study *study = x->study;
    const char *name = x->run->plan->rows[r].name;
    if (r < study->n_rows && strcmp(study->rows[r].name, name) == 0)
        return &study->rows[r];
    for (size_t i = 0; i < study->n_rows; i++)
        if (strcmp(study->rows[i].name, name) == 0)
            return &study->rows[i];
    return NULL;
}

/* Means over the trials that ended well and were fitted by themselves; 0 where there are none. */
static size_t take_measured(const struct sl_study_row *row, struct sl_sample *sample)
{
    size_t n = 0;
    *sample = (struct sl_sample){.n_iter = NAN};
    for (size_t i = 0; i < row->n_outcomes; i++) {
        const struct sl_outcome *o = &row->outcomes[i];
        if (o->status != SL_TRIAL_OK || o->group > 1 || isnan(o->fit_time) || o->peak_memory < 0)
            continue;
        sample->n_fit = o->n_train;
        sample->n_score = o->n_validation;
        sample->fit += o->fit_time;
        sample->score += isnan(o->score_time) ? 0 : o->score_time;
        sample->bytes = fmax(sample->bytes, (double)o->peak_memory);
        sample->n_iter = o->n_iter > 0 ? o->n_iter : NAN;
        n++;
    }
    sample->fit /= n ? (double)n : 1;
    sample->score /= n ? (double)n : 1;
    return n;
}

/* Rows -------------------------------------------------------------------------------------------- */

/* Seconds to fit and score, relative to half as many rows. */
static double growth_of(const struct sl_costs *costs, double n)
{
    const double score = (double)costs->n_score;
    const double whole = sl_costs_fit(costs, n) + sl_costs_score(costs, n, score);
    const double half = sl_costs_fit(costs, n / 2) + sl_costs_score(costs, n / 2, score);
    return half > 0 ? log2(whole / half) : NAN;
}

static void set_row(const struct sl_costs *costs, double n, struct sl_extrapolated_row *row)
{
    memcpy(row->reason, costs->reason, sizeof row->reason);
    if (*row->reason)
        return;
    row->fit_time = (struct sl_extrapolated){sl_costs_fit(costs, n), sl_costs_fit_error(costs, n)};
    row->peak_memory = (struct sl_extrapolated){sl_costs_bytes(costs, n), sl_costs_bytes_error(costs, n)};
    row->growth = growth_of(costs, n);
    if (costs->n_score)
        row->score_time = (struct sl_extrapolated){sl_costs_score(costs, n, (double)costs->n_score),
                                                   sl_costs_score_error(costs, n)};
}

static int make_rows(struct extrapolating *x)
{
    const struct sl_plan *plan = x->run->plan;
    const struct sl_extrapolated unknown = {NAN, NAN};
    x->out->rows = sl_alloc_zero(plan->n_rows, sizeof *x->out->rows);
    if (!x->out->rows)
        return sl_fail_memory(x->run->err);
    for (size_t r = 0; r < plan->n_rows; r++) {
        x->out->rows[r] =
            (struct sl_extrapolated_row){sl_strdup(plan->rows[r].name), unknown, unknown, unknown, NAN, ""};
        x->out->n_rows++;
        if (!x->out->rows[r].name)
            return sl_fail_memory(x->run->err);
    }
    return SL_OK;
}

/* Of each row the first trial is a unit of its own. */
struct firsts {
    size_t *trials;         /* (rows) */
    struct sl_unit *units;  /* (rows) */
    struct sl_costs *costs; /* (rows) */
};

static int make_firsts(const struct sl_plan *plan, struct firsts *f, struct sl_error *err)
{
    f->trials = sl_alloc(plan->n_rows, sizeof *f->trials);
    f->units = sl_alloc(plan->n_rows, sizeof *f->units);
    f->costs = sl_alloc_zero(plan->n_rows, sizeof *f->costs);
    if (!f->trials || !f->units || !f->costs)
        return sl_fail_memory(err);
    for (size_t i = plan->n_trials; i-- > 0;)
        f->trials[plan->trials[i].row] = i;
    for (size_t r = 0; r < plan->n_rows; r++) {
        f->units[r] = (struct sl_unit){1, &f->trials[r]};
        f->costs[r].unit = &f->units[r];
    }
    return SL_OK;
}

static int extrapolate_rows(struct extrapolating *x)
{
    const struct sl_execution *run = x->run;
    const struct sl_plan *plan = run->plan;
    struct firsts f = {NULL, NULL, NULL};
    struct sl_sample whole;
    int code = make_rows(x);
    if (!code)
        code = make_firsts(plan, &f, run->err);
    if (!code)
        code =
            sl_costs_measure(&run->site, f.costs, plan->n_rows, patience, 0, run->options->cancel, run->err);
    for (size_t r = 0; r < plan->n_rows && !code; r++) {
        const struct sl_study_row *measured = find_row(x, r);
        if (measured && take_measured(measured, &whole))
            sl_costs_add(&f.costs[r], &whole);
        set_row(&f.costs[r], (double)x->out->n_train, &x->out->rows[r]);
    }
    free(f.trials);
    free(f.units);
    free(f.costs);
    return code;
}

/* ------------------------------------------------------------------------------------------------- */

static void set_bounds(const struct sl_run_options *options, struct sl_extrapolation *out)
{
    const long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
    out->time_is_limit = options->time_limit > 0;
    out->memory_is_limit = options->memory_limit > 0;
    out->time_bound = out->time_is_limit ? options->time_limit : an_hour;
    out->memory_bound = out->memory_is_limit    ? (double)options->memory_limit
                        : pages > 0 && page > 0 ? (double)pages * (double)page
                                                : INFINITY;
}

int sl_extrapolate_check(struct sl_error *err)
{
    int ranks, rank;
    sl_mpi_where(&ranks, &rank);
    return ranks > 1 ? sl_fail(err, SL_EUSAGE,
                               "extrapolate: under mpirun no samples can be run; the same command without it "
                               "finds the outcomes in the store")
                     : SL_OK;
}

int sl_extrapolate(const struct sl_experiment *experiment, const struct sl_run_options *options,
                   size_t n_train, struct sl_extrapolation **out, struct sl_error *err)
{
    const double began = sl_now();
    struct sl_execution run;
    struct sl_study *study = NULL;
    *out = NULL;
    int code = sl_extrapolate_check(err);
    if (code)
        return code;
    struct sl_extrapolation *made = sl_alloc_zero(1, sizeof *made);
    if (!made)
        return sl_fail_memory(err);
    made->n_train = n_train;
    set_bounds(options, made);
    sl_execution_begin(&run, experiment, options, err);
    code = sl_study_load(run.out, sl_experiment_name(experiment), &study, err);
    if (!code)
        code = sl_execution_plan(&run);
    if (!code)
        code = extrapolate_rows(&(struct extrapolating){&run, study, made});
    sl_execution_release(&run);
    if (study)
        sl_study_free(study);
    made->took = sl_now() - began;
    if (code)
        sl_extrapolation_free(made);
    else
        *out = made;
    return code;
}

void sl_extrapolation_free(struct sl_extrapolation *extrapolation)
{
    if (!extrapolation)
        return;
    for (size_t r = 0; r < extrapolation->n_rows; r++)
        free(extrapolation->rows[r].name);
    free(extrapolation->rows);
    free(extrapolation);
}
