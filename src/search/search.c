/* search.c - the kinds of search, and the winner's fit on all training rows. */
#include "core/memory.h"
#include "search/candidates.h"
#include "search/halving.h"
#include "search/runs.h"
#include <shortlist/study.h>
#include <stdio.h>
#include <string.h>

static int is_by_rungs(const struct sl_experiment *e)
{
    return e->settings.search == SL_SEARCH_HALVING || e->settings.search == SL_SEARCH_HYPERBAND;
}

static int check(const struct sl_experiment *e, const struct sl_run_options *options, struct sl_error *err)
{
    if (e->settings.search == SL_SEARCH_GRID && e->settings.trials)
        return sl_fail(err, SL_EUSAGE,
                       "trials: a grid is fitted whole: search random, halving or hyperband draws from it");
    if (is_by_rungs(e) && *e->settings.train_sizes)
        return sl_fail(err, SL_EUSAGE, "train_sizes: a search by rungs chooses the numbers of rows itself");
    if (is_by_rungs(e) && e->settings.final)
        return sl_fail(
            err, SL_EUSAGE,
            "final: rungs select by what they score, and the test file is scored once, at the end: "
            "refit does so");
    if (is_by_rungs(e) && options->budget > 0)
        return sl_fail(err, SL_EUSAGE, "budget: not with a search by rungs, which itself stops rows early");
    return is_by_rungs(e) ? sl_search_alone("a search by rungs", options, err) : SL_OK;
}

int sl_search(const struct sl_experiment *experiment, const struct sl_run_options *options,
              struct sl_experiment **ran, struct sl_run_summary *summary, struct sl_search_report *report,
              struct sl_error *err)
{
    struct sl_experiment *candidates = NULL;
    *ran = NULL;
    *summary = (struct sl_run_summary){0};
    *report = (struct sl_search_report){.cost = 0};
    int code = check(experiment, options, err);
    if (!code)
        code = sl_candidates_make(experiment, &candidates, report->note, err);
    if (code)
        return code;
    report->candidates = candidates->n_rows;
    if (experiment->settings.search == SL_SEARCH_RANDOM)
        snprintf(candidates->part.search, sizeof candidates->part.search,
                 SL_SEARCH_NOTE "%zu combinations, drawn", candidates->n_rows);
    if (is_by_rungs(experiment)) {
        code = sl_halving_run(candidates, options, ran, summary, report, err);
        sl_experiment_free(candidates);
        return code;
    }
    code = sl_run(experiment->settings.search == SL_SEARCH_GRID ? experiment : candidates, options, summary,
                  err);
    if (code || summary->interrupted)
        sl_experiment_free(candidates);
    else
        *ran = candidates;
    return code;
}

int sl_search_estimate(const struct sl_experiment *experiment, const struct sl_run_options *options,
                       const char *file, struct sl_estimation **out, struct sl_error *err)
{
    struct sl_experiment *candidates = NULL;
    char note[256];
    *out = NULL;
    int code = check(experiment, options, err);
    if (!code && experiment->settings.search == SL_SEARCH_GRID)
        return sl_estimate(experiment, options, file, out, err);
    if (!code)
        code = sl_candidates_make(experiment, &candidates, note, err);
    if (code)
        return code;
    code = sl_estimate(candidates, options, file, out, err);
    sl_experiment_free(candidates);
    return code;
}

/* Refit --------------------------------------------------------------------------------------------- */

/* With folds all training rows are fitted, and there are no others.  Without, the sizes stay what they are:
 * final fits training and validation rows, else the trial is the winner's own, whose model is kept. */
static int set_protocol(struct sl_experiment *refit, int final, struct sl_error *err)
{
    struct sl_settings *s = &refit->settings;
    if (s->folds)
        s->validation = 0;
    s->folds = 0;
    s->repeats = 1;
    s->search = SL_SEARCH_GRID;
    s->trials = 0;
    *s->train_sizes = 0;
    return sl_experiment_set(refit, "final", final ? "true" : "false", err);
}

int sl_search_refit(const struct sl_experiment *ran, size_t i, int final,
                    const struct sl_run_options *options, struct sl_run_summary *summary,
                    char study[SL_STUDY_NAME], struct sl_error *err)
{
    struct sl_experiment *refit;
    struct sl_run_options own = *options;
    char title[512];
    own.save_models = 1;
    *summary = (struct sl_run_summary){0};
    if (i >= ran->n_rows)
        return sl_fail(err, SL_EUSAGE, "refit: rows were left out, so that the winner can not be told");
    int code = sl_search_alone("refit", options, err);
    if (!code)
        code = sl_experiment_copy(ran, &refit, err);
    if (code)
        return code;
    snprintf(study, SL_STUDY_NAME, "%.190s-refit", sl_experiment_name(ran));
    snprintf(title, sizeof title, "%s: its winner, fitted on all training rows", sl_experiment_name(ran));
    code = sl_candidates_copy(refit, &ran->rows[i], err);
    if (!code)
        code = set_protocol(refit, final, err);
    if (!code)
        code = sl_experiment_set(refit, "title", title, err);
    if (!code)
        code = sl_experiment_set(refit, "name", study, err);
    if (!code)
        code = sl_run(refit, &own, summary, err);
    sl_experiment_free(refit);
    return code;
}
