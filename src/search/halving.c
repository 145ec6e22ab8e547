/* halving.c - successive halving and Hyperband: rungs, each a study of its own.
 *
 * A rung fits its candidates with its budget and judges them by the experiment's metric.  The best third goes
 * on, and with them those that the rung does not tell from the last of these: by McNemar's test where
 * accuracy judges, else where their interval reaches its score; of such ties at most a third as many again,
 * so that a rung's cost is bounded. Hyperband's brackets run on the same rungs: one begins on each, and each
 * selects among its own. The last rung is whole: all folds, rows and epochs.
 *
 * Where rungs differ in epochs, a candidate that goes on does so from where the rung before left its fits
 * (states.h), so that no epoch is trained twice. */
#include "search/halving.h"
#include "core/memory.h"
#include "search/candidates.h"
#include "search/rungs.h"
#include "search/runs.h"
#include "search/states.h"
#include <math.h>
#include <shortlist/show.h>
#include <shortlist/study.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct halving {
    const struct sl_experiment *all; /* the candidates */
    const struct sl_run_options *options;
    struct sl_run_summary *summary;
    struct sl_search_report *report;
    struct sl_budget budgets[SL_BUDGETS_MAX];
    int n_rungs;
    size_t *alive, n_alive; /* candidates on this rung, ascending */
    int *bracket;           /* (candidates) */
    size_t *bracket_size;   /* (n_rungs) */
    double *score;          /* (candidates) on this rung; NaN: none */
    struct sl_states states;
    struct sl_error *err;
};

/* A rung's experiment ------------------------------------------------------------------------------ */

/* The rows of the smallest training part, as the plan will have it, can not be known before the data is read:
 * a share of them is a part of the plan. */
static void set_part(const struct halving *h, int r, struct sl_experiment *rung)
{
    const struct sl_budget *b = &h->budgets[r];
    rung->part.n_folds = b->n_folds == h->all->settings.folds ? 0 : b->n_folds;
    rung->part.rows = b->rows < 1 ? b->rows : 0;
    if (r + 1 < h->n_rungs)
        rung->settings.repeats = 1;
}

static int set_epochs(struct sl_row_spec *row, double share, struct sl_error *err)
{
    const struct sl_param *p = sl_budget_param(row->type);
    char assignment[128];
    if (!p || share >= 1)
        return SL_OK;
    const struct sl_values *values = &row->values[p - row->type->params];
    double whole = strtod(values->n ? values->text[0] : p->def, NULL);
    snprintf(assignment, sizeof assignment, "%s=%.0f", p->name, fmax(1, round(share * whole)));
    return sl_row_spec_assign(row, assignment, err);
}

static int name_rung(const struct halving *h, int r, struct sl_experiment *rung)
{
    char name[SL_STUDY_NAME], title[512];
    const char *of = sl_experiment_name(h->all);
    if (r + 1 == h->n_rungs) {
        snprintf(rung->part.search, sizeof rung->part.search,
                 SL_SEARCH_NOTE
                 "the last %zu of %zu candidates by %s; those that were stopped: studies %.80s-rung-*",
                 h->n_alive, h->all->n_rows,
                 h->all->settings.search == SL_SEARCH_HYPERBAND ? "Hyperband" : "successive halving", of);
        return SL_OK;
    }
    snprintf(rung->part.search, sizeof rung->part.search,
             SL_SEARCH_NOTE "a rung, whose rows ran in part: no basis for a choice");
    snprintf(name, sizeof name, "%.190s-rung-%d", of, r + 1);
    snprintf(title, sizeof title, "%s: rung %d of %d, %zu candidates", of, r + 1, h->n_rungs, h->n_alive);
    int code = sl_experiment_set(rung, "title", title, h->err);
    return code ? code : sl_experiment_set(rung, "name", name, h->err);
}

static int make_rung(const struct halving *h, int r, struct sl_experiment **out)
{
    int code = sl_experiment_copy(h->all, out, h->err);
    if (!code)
        code = name_rung(h, r, *out);
    for (size_t i = 0; i < h->n_alive && !code; i++) {
        code = sl_candidates_copy(*out, &h->all->rows[h->alive[i]], h->err);
        if (!code)
            code = set_epochs(&(*out)->rows[i], h->budgets[r].epochs, h->err);
    }
    if (!code)
        set_part(h, r, *out);
    return code;
}

/* Judging ------------------------------------------------------------------------------------------ */

/* Does the rung tell row a, which is worse, from row b? */
static int is_told(const struct sl_table *table, size_t a, size_t b)
{
    const struct sl_table_row *x = &table->rows[a], *y = &table->rows[b];
    if (table->metric == SL_MEASURE_accuracy) {
        double p = sl_rows_mcnemar(x->row, y->row);
        return !isnan(p) && p < 0.05;
    }
    if (isnan(x->score_low))
        return 1;
    return sl_metric_rises(table->metric) ? x->score_high < y->score : x->score_low > y->score;
}

struct placed {
    size_t at; /* in alive and in the table */
    double score;
    int rises;
};

/* The best first; those without a score last. */
static int by_score(const void *va, const void *vb)
{
    const struct placed *a = va, *b = vb;
    if (isnan(a->score) || isnan(b->score))
        return isnan(a->score) != isnan(b->score) ? (isnan(a->score) ? 1 : -1)
                                                  : (a->at > b->at) - (a->at < b->at);
    if (a->score != b->score)
        return (a->score < b->score) == a->rises ? 1 : -1;
    return (a->at > b->at) - (a->at < b->at);
}

/* Marks in goes_on (n_alive) those of a bracket that go on; returns how many of them by a tie. */
static size_t select_bracket(const struct halving *h, int r, int bracket, const struct sl_table *table,
                             struct placed *placed, unsigned char *goes_on)
{
    size_t n = 0, ties = 0;
    for (size_t i = 0; i < h->n_alive; i++)
        if (h->bracket[h->alive[i]] == bracket)
            placed[n++] = (struct placed){i, table->rows[i].score, sl_metric_rises(table->metric)};
    if (!n)
        return 0;
    qsort(placed, n, sizeof *placed, by_score);
    size_t quota = sl_rung_quota(h->bracket_size[bracket], r + 1 - bracket);
    const size_t most_ties = quota >= 3 ? quota / 3 : 1;
    for (size_t i = 0; i < n && !isnan(placed[i].score); i++) {
        int tie = i >= quota && ties < most_ties && !is_told(table, placed[i].at, placed[quota - 1].at);
        ties += (size_t)tie;
        goes_on[placed[i].at] = (unsigned char)(i < quota || tie);
    }
    return ties;
}

/* Who goes on from rung r, and who comes new on the next. */
static int next_alive(struct halving *h, int r, const struct sl_table *table)
{
    struct sl_rung *rung = &h->report->rungs[r];
    struct placed *placed = sl_alloc(h->n_alive, sizeof *placed);
    unsigned char *goes_on = sl_alloc_zero(h->all->n_rows, 1), *next = sl_alloc_zero(h->all->n_rows, 1);
    int code = placed && goes_on && next ? SL_OK : sl_fail_memory(h->err);
    for (int b = 0; b <= r && !code; b++)
        rung->ties += select_bracket(h, r, b, table, placed, goes_on);
    for (size_t i = 0; i < h->n_alive && !code; i++) {
        next[h->alive[i]] = goes_on[i];
        rung->stopped += !goes_on[i];
    }
    size_t n = 0;
    for (size_t c = 0; c < h->all->n_rows && !code; c++)
        if (next[c] || h->bracket[c] == r + 1)
            h->alive[n++] = c;
    h->n_alive = n;
    free(placed);
    free(goes_on);
    free(next);
    if (!code && !n)
        code =
            sl_fail(h->err, SL_EDATA, "no candidate ended well: 'shortlist show %s' says why", rung->study);
    return code;
}

static int judge(struct halving *h, int r)
{
    struct sl_study *study;
    struct sl_table *table = NULL;
    int code = sl_study_load(h->options->out, h->report->rungs[r].study, &study, h->err);
    if (code)
        return code;
    code = sl_table_make(study, &table, h->err);
    if (!code && study->metric >= 0)
        code = sl_table_rank(table, study->metric, h->options->out, h->err);
    if (!code && table->n != h->n_alive)
        code = sl_fail(h->err, SL_EINTERNAL, "study %s: it has other rows than its rung", study->name);
    if (!code)
        code = next_alive(h, r, table);
    sl_table_free(table);
    sl_study_free(study);
    return code;
}

/* Running ------------------------------------------------------------------------------------------- */

/* In whole fits.  Those that were on the rung below have done its epochs; rungs are of one repeat, the last
 * one of all. */
static double rung_cost(const struct halving *h, int r)
{
    const int is_last = r + 1 == h->n_rungs, folds = h->all->settings.folds;
    const double n = (double)h->n_alive, repeats = h->all->settings.repeats;
    const double whole = n * sl_budget_cost(&h->budgets[r], folds) / (is_last ? 1 : repeats);
    const double old = r && h->states.used ? n - (double)h->bracket_size[r] : 0;
    return old > 0 ? whole - old * sl_budget_cost(&h->budgets[r - 1], folds) / repeats : whole;
}

static int run_rung(struct halving *h, int r, struct sl_experiment **ran)
{
    struct sl_run_summary one = {0};
    struct sl_run_options options = *h->options;
    struct sl_rung *rung = &h->report->rungs[r];
    const int is_last = r + 1 == h->n_rungs;
    if (!is_last)
        options.save_models = 0;
    int code = make_rung(h, r, ran);
    if (code)
        return code;
    *rung = (struct sl_rung){.n = h->n_alive,
                             .n_folds = h->budgets[r].n_folds,
                             .rows = h->budgets[r].rows,
                             .epochs = h->budgets[r].epochs};
    snprintf(rung->study, sizeof rung->study, "%s", sl_experiment_name(*ran));
    h->report->n_rungs = (size_t)r + 1;
    h->report->cost += rung_cost(h, r) / (double)h->all->n_rows;
    code = sl_states_begin(&h->states, r, is_last, &options, h->err);
    if (!code)
        code = sl_run(*ran, &options, &one, h->err);
    sl_search_add(h->summary, &one);
    if (!code && !one.interrupted)
        sl_states_end(&h->states, r);
    return code || is_last || one.interrupted ? code : judge(h, r);
}

static int deal_brackets(struct halving *h)
{
    const size_t n = h->all->n_rows;
    h->alive = sl_alloc(n, sizeof *h->alive);
    h->bracket = sl_alloc_zero(n, sizeof *h->bracket);
    h->bracket_size = sl_alloc_zero((size_t)h->n_rungs, sizeof *h->bracket_size);
    if (!h->alive || !h->bracket || !h->bracket_size)
        return sl_fail_memory(h->err);
    h->bracket_size[0] = n;
    if (h->all->settings.search == SL_SEARCH_HYPERBAND)
        sl_bracket_sizes(n, h->n_rungs, h->bracket_size);
    size_t c = 0;
    for (int b = 0; b < h->n_rungs; b++)
        for (size_t i = 0; i < h->bracket_size[b]; i++)
            h->bracket[c++] = b;
    for (c = 0; c < n; c++)
        if (h->bracket[c] == 0)
            h->alive[h->n_alive++] = c;
    return SL_OK;
}

int sl_halving_run(const struct sl_experiment *candidates, const struct sl_run_options *options,
                   struct sl_experiment **ran, struct sl_run_summary *summary,
                   struct sl_search_report *report, struct sl_error *err)
{
    struct halving h = {
        .all = candidates, .options = options, .summary = summary, .report = report, .err = err};
    h.n_rungs = sl_budgets_make(candidates, h.budgets);
    int code = deal_brackets(&h);
    if (!code)
        code = sl_states_init(&h.states, options->out, sl_experiment_name(candidates),
                              h.n_rungs > 1 && h.budgets[0].epochs < 1, err);
    for (int r = 0; r < h.n_rungs && !code && !summary->interrupted; r++) {
        sl_experiment_free(*ran);
        code = run_rung(&h, r, ran);
    }
    if (code || summary->interrupted) {
        sl_experiment_free(*ran);
        *ran = NULL;
    }
    sl_states_release(&h.states);
    free(h.alive);
    free(h.bracket);
    free(h.bracket_size);
    return code;
}
