/* costs_sample.c - which samples are run to tell what units cost.
 *
 * Each unit is run on three sizes that double, or grow fourfold while that costs little.  The time that is
 * left then goes, sample by sample, to the unit whose largest size is farthest from the whole, up to half of
 * it: a law is the less wrong the less far it is followed.  Epochs take equally long: where a sample
 * would take long, some are run in the place of all. */
#include "core/clock.h"
#include "core/memory.h"
#include "core/text.h"
#include "study/costs.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { SCORED = 4000, FIRST = 100, SHARE = 64, BRIEF = 5, EPOCHS_LEAST = 2 };

static const double sample_limit = 30, share_least = 0.15, share_most = 2, /* seconds */
    doubled = 3; /* times as long, about, with twice the rows */

struct sampling {
    const struct sl_site *site;
    double share; /* seconds of a unit, about, beside what is left over */
    const volatile sig_atomic_t *cancel;
    struct sl_error *err;
};

/* Sizes ------------------------------------------------------------------------------------------- */

/* The hyperparameter that limits iterations, and its value: infinite where there is no limit. */
static double cap_of(const struct sl_trial *trial)
{
    static const char *const names[] = {"max_iter", "epochs"};
    for (const struct sl_param *p = trial->type->params; p->name; p++)
        for (size_t i = 0; i < sizeof names / sizeof *names; i++)
            if (strcmp(p->name, names[i]) == 0) {
                char text[SL_TEXT_MAX];
                double value;
                sl_param_print(p, trial->config, text, sizeof text);
                return sl_parse_real(text, &value) == 0 && value > 0 ? value : INFINITY;
            }
    return NAN;
}

/* The smallest sample has some rows of each class, more rows than features where all have far more
 * (methods choose their way by that), and leaves room for three. */
static size_t first_size(size_t n, const struct sl_view *shape)
{
    const size_t k = (size_t)shape->k, d = (size_t)shape->d;
    size_t wanted = 4 * k > FIRST ? 4 * k : FIRST;
    wanted = n / SHARE > wanted ? n / SHARE : wanted;
    wanted = n / 8 > d && wanted <= d ? d + 1 : wanted;
    return wanted < n / 4 ? wanted : n / 4;
}

/* 0: the sizes are enough. */
static size_t next_size(const struct sl_costs *costs, size_t n, double seconds)
{
    const size_t half = costs->n_fit / 2;
    const size_t next = 4 * n <= half && 10 * costs->last <= seconds ? 4 * n : 2 * n;
    const size_t most = costs->count < SL_LAW_LEAST ? costs->n_fit : half;
    return next <= most && costs->count < SL_LAW_MOST ? next : 0;
}

static size_t rows_to_score(const struct sl_costs *costs, size_t n)
{
    if (costs->members > 1)
        return (size_t)ceil((double)costs->n_score * (double)n / (double)costs->n_fit);
    return costs->n_score < SCORED ? costs->n_score : SCORED;
}

/* Epochs ------------------------------------------------------------------------------------------ */

static const struct sl_param *epochs_param(const struct sl_trial *trial)
{
    for (const struct sl_param *p = trial->type->params; p->name; p++)
        if (p->flags & SL_BUDGET)
            return p;
    return NULL;
}

/* How many epochs of the next sample are run; 0: all. */
static int epochs_to_run(const struct sampling *s, const struct sl_costs *costs)
{
    if (costs->members > 1 || !costs->count || !epochs_param(&s->site->plan->trials[costs->unit->trials[0]]))
        return 0;
    const size_t i = costs->count - 1;
    const double n = (double)costs->next, all = sl_costs_iterations(costs, n);
    const double some = floor(all * 2 * s->share / (costs->fit[i] * n / costs->size[i]));
    return some < all ? (int)fmax(some, fmin(EPOCHS_LEAST, all)) : 0;
}

/* A configuration of the unit's trial with so many epochs. */
static void *with_epochs(const struct sl_trial *trial, int epochs, struct sl_error *err)
{
    char text[16];
    void *config = sl_alloc(1, trial->type->config_size);
    if (!config) {
        sl_fail_memory(err);
        return NULL;
    }
    memcpy(config, trial->config, trial->type->config_size);
    snprintf(text, sizeof text, "%d", epochs);
    if (sl_config_set(trial->type->params, config, epochs_param(trial)->name, text, err)) {
        free(config);
        return NULL;
    }
    return config;
}

/* Samples ----------------------------------------------------------------------------------------- */

static int run_once(const struct sampling *s, const struct sl_costs *costs, int epochs, double limit,
                    struct sl_sample *sample)
{
    const size_t n = costs->next;
    const struct sl_trial *trial = &s->site->plan->trials[costs->unit->trials[0]];
    void *config = epochs ? with_epochs(trial, epochs, s->err) : NULL;
    if (epochs && !config)
        return SL_ENOMEM;
    int code = sl_sample_run(s->site, costs->unit, config, n, rows_to_score(costs, n), limit, s->cancel,
                             sample, s->err);
    free(config);
    return code;
}

/* What is brief is run twice: another process may have taken the machine for a while.  Of both the lesser. */
static int run_sample(const struct sampling *s, const struct sl_costs *costs, int epochs, double limit,
                      struct sl_sample *sample)
{
    struct sl_sample again;
    int code = run_once(s, costs, epochs, limit, sample);
    if (code || *sample->reason || BRIEF * sample->took > s->share)
        return code;
    code = run_once(s, costs, epochs, limit, &again);
    if (code || *again.reason)
        return code;
    sample->fit = fmin(sample->fit, again.fit);
    sample->score = fmin(sample->score, again.score);
    return SL_OK;
}

/* Those that were not run take as long each. */
static void count_all_epochs(const struct sl_costs *costs, int epochs, struct sl_sample *sample)
{
    if (!epochs || !(sample->n_iter >= epochs))
        return;
    const double all = sl_costs_iterations(costs, (double)sample->n_fit);
    sample->fit *= all / sample->n_iter;
    sample->n_iter = all;
}

/* The unit's next sample; where it fails, its last. */
static int take_sample(const struct sampling *s, struct sl_costs *costs, double limit)
{
    struct sl_sample sample = {.took = 0};
    const size_t n = costs->next;
    const int epochs = epochs_to_run(s, costs);
    costs->next = 0;
    struct sl_costs asked = *costs;
    asked.next = n;
    int code = run_sample(s, &asked, epochs, limit, &sample);
    if (!code && *sample.reason && costs->count < SL_LAW_LEAST)
        snprintf(costs->reason, sizeof costs->reason, "%.200s, on a sample", sample.reason);
    if (code || *sample.reason)
        return code;
    if (!costs->count)
        costs->overhead = fmax(sample.took - sample.fit - sample.score, 0);
    costs->last = sample.took;
    count_all_epochs(costs, epochs, &sample);
    sl_costs_add(costs, &sample);
    costs->next = next_size(costs, n, s->share);
    return SL_OK;
}

/* Units ------------------------------------------------------------------------------------------- */

static int begin(const struct sampling *s, struct sl_costs *costs)
{
    const struct sl_unit *unit = costs->unit;
    const struct sl_view shape = sl_dataset_view(s->site->data);
    *costs = (struct sl_costs){
        .unit = unit, .members = unit->n, .cap = cap_of(&s->site->plan->trials[unit->trials[0]])};
    snprintf(costs->reason, sizeof costs->reason, "too few rows for three samples");
    int code = sl_sample_whole(s->site, unit, &costs->n_fit, &costs->n_score, s->err);
    if (!code)
        costs->next = first_size(costs->n_fit, &shape);
    return code;
}

/* Three samples of the unit. */
static int take_first(const struct sampling *s, struct sl_costs *costs, double limit)
{
    int code = begin(s, costs);
    if (!code && limit <= 0) {
        snprintf(costs->reason, sizeof costs->reason, "no time for samples");
        costs->next = 0;
    }
    while (!code && costs->next && costs->count < SL_LAW_LEAST)
        code = take_sample(s, costs, limit);
    if (code != SL_EUSAGE && code != SL_EDATA)
        return code;
    snprintf(costs->reason, sizeof costs->reason, "%.255s", s->err->text); /* rows that no sample can have */
    costs->next = 0;
    return SL_OK;
}

/* The unit whose sizes are farthest from the whole, of those whose next sample will be done in time. */
static struct sl_costs *farthest(struct sl_costs *costs, size_t n, double left)
{
    struct sl_costs *best = NULL;
    double factor = 1;
    for (size_t i = 0; i < n; i++) {
        if (!costs[i].next || !costs[i].count || doubled * costs[i].last > left)
            continue;
        const double its = (double)costs[i].n_fit / costs[i].size[costs[i].count - 1];
        if (its > factor) {
            factor = its;
            best = &costs[i];
        }
    }
    return best;
}

int sl_costs_measure(const struct sl_site *site, struct sl_costs *costs, size_t n, double patience,
                     int strict, const volatile sig_atomic_t *cancel, struct sl_error *err)
{
    const double began = sl_now();
    const struct sampling s = {site, fmin(fmax(patience / (double)(n ? n : 1), share_least), share_most),
                               cancel, err};
    struct sl_costs *more;
    int code = SL_OK;
    for (size_t i = 0; i < n && !code; i++) {
        const double left = 2 * patience - (sl_now() - began);
        code = take_first(&s, &costs[i], strict ? left / (double)(n - i) : sample_limit);
    }
    while (!code && (more = farthest(costs, n, patience - (sl_now() - began))))
        code = take_sample(&s, more, strict ? 2 * patience - (sl_now() - began) : sample_limit);
    return code;
}
