/* nested.c - nested cross-validation: the search itself is cross-validated.
 *
 * For each outer fold the search runs on the other training rows, with its own folds of those (study
 * NAME-outer-K); its winner is fitted on all of them and scores the fold (study NAME-outer-K-chosen).  No row
 * that is scored there had a part in the choice. */
#include "search/candidates.h"
#include "search/runs.h"
#include <math.h>
#include <shortlist/search.h>
#include <shortlist/show.h>
#include <shortlist/study.h>
#include <stdio.h>
#include <string.h>

struct nested_run {
    const struct sl_experiment *experiment;
    const struct sl_run_options *options;
    struct sl_run_summary *summary;
    struct sl_nested *nested;
    int outer;
    struct sl_error *err;
};

/* The best row of a study by its metric: index, name and score. */
static int look_at_best(struct nested_run *n, const char *study, size_t *best, char *name, double *score)
{
    struct sl_study *loaded;
    struct sl_table *table = NULL;
    int code = sl_study_load(n->options->out, study, &loaded, n->err);
    if (code)
        return code;
    code = sl_table_make(loaded, &table, n->err);
    if (!code && loaded->metric >= 0)
        code = sl_table_rank(table, loaded->metric, n->options->out, n->err);
    if (!code && table->best == table->n)
        code = sl_fail(n->err, SL_EDATA, "no row ended well: 'shortlist show %s' says why", study);
    if (!code) {
        *best = table->best;
        *score = table->rows[table->best].score;
        snprintf(name, SL_STUDY_NAME, "%s", table->rows[table->best].row->name);
    }
    sl_table_free(table);
    sl_study_free(loaded);
    return code;
}

static int copy_rows(struct nested_run *n, struct sl_experiment *inner)
{
    int code = SL_OK;
    for (size_t r = 0; r < n->experiment->n_rows && !code; r++)
        code = sl_experiment_copy_row(inner, &n->experiment->rows[r], n->err);
    return code;
}

/* The search without the outer fold. */
static int search_rest(struct nested_run *n, int fold, struct sl_experiment **ran, char *study)
{
    struct sl_experiment *inner;
    struct sl_search_report report;
    struct sl_run_summary one;
    snprintf(study, SL_STUDY_NAME, "%.180s-outer-%d", sl_experiment_name(n->experiment), fold + 1);
    int code = sl_experiment_copy(n->experiment, &inner, n->err);
    if (code)
        return code;
    inner->part.outer = n->outer;
    inner->part.outer_fold = fold;
    code = copy_rows(n, inner);
    if (!code)
        code = sl_experiment_set(inner, "name", study, n->err);
    if (!code)
        code = sl_search(inner, n->options, ran, &one, &report, n->err);
    if (!code)
        sl_search_add(n->summary, &one);
    sl_experiment_free(inner);
    return code;
}

/* The winner on the outer fold. */
static int score_fold(struct nested_run *n, int fold, const struct sl_experiment *ran, size_t best,
                      const char *study)
{
    struct sl_experiment *chosen;
    struct sl_run_summary one = {0};
    char name[SL_STUDY_NAME], unused[SL_STUDY_NAME];
    size_t row;
    if (best >= ran->n_rows)
        return sl_fail(n->err, SL_EUSAGE, "nested: rows were left out, so that the winner can not be told");
    int code = sl_experiment_copy(ran, &chosen, n->err);
    if (code)
        return code;
    chosen->part = (struct sl_run_part){.n_folds = 1, .first_fold = fold};
    chosen->settings.folds = n->outer;
    chosen->settings.repeats = 1;
    chosen->settings.search = SL_SEARCH_GRID;
    chosen->settings.trials = 0;
    snprintf(name, sizeof name, "%.200s-chosen", study);
    code = sl_candidates_copy(chosen, &ran->rows[best], n->err);
    if (!code)
        code = sl_experiment_set(chosen, "name", name, n->err);
    if (!code)
        code = sl_run(chosen, n->options, &one, n->err);
    sl_search_add(n->summary, &one);
    if (!code && !one.interrupted)
        code = look_at_best(n, name, &row, unused, &n->nested->scores[fold]);
    if (!code && !one.interrupted)
        n->nested->n = fold + 1;
    sl_experiment_free(chosen);
    return code;
}

static int run_fold(struct nested_run *n, int fold)
{
    struct sl_experiment *ran = NULL;
    char study[SL_STUDY_NAME];
    size_t best;
    double inner_score;
    int code = search_rest(n, fold, &ran, study);
    if (!code && ran)
        code = look_at_best(n, study, &best, n->nested->chosen[fold], &inner_score);
    if (!code && ran)
        code = score_fold(n, fold, ran, best, study);
    sl_experiment_free(ran);
    return code;
}

static void take_mean(struct sl_nested *nested)
{
    double sum = 0, squares = 0;
    for (int i = 0; i < nested->n; i++)
        sum += nested->scores[i];
    nested->mean = nested->n ? sum / nested->n : NAN;
    for (int i = 0; i < nested->n; i++)
        squares += (nested->scores[i] - nested->mean) * (nested->scores[i] - nested->mean);
    nested->std = nested->n > 1 ? sqrt(squares / (nested->n - 1)) : NAN;
}

int sl_search_nested(const struct sl_experiment *experiment, int outer, const struct sl_run_options *options,
                     struct sl_nested *nested, struct sl_run_summary *summary, struct sl_error *err)
{
    struct nested_run n = {experiment, options, summary, nested, outer, err};
    int code = sl_search_alone("nested", options, err);
    *nested = (struct sl_nested){.n = 0};
    *summary = (struct sl_run_summary){0};
    if (outer < 2 || outer > SL_OUTER_MAX)
        return sl_fail(err, SL_EUSAGE, "nested: %d is not allowed: it takes 2 to %d outer folds", outer,
                       SL_OUTER_MAX);
    if (!experiment->settings.folds)
        return sl_fail(err, SL_EUSAGE, "nested: the search itself needs folds, too: set folds");
    if (*experiment->settings.train_sizes)
        return sl_fail(err, SL_EUSAGE,
                       "nested: a winner is no number of training rows: leave out train_sizes");
    for (int fold = 0; fold < outer && !code && !summary->interrupted; fold++)
        code = run_fold(&n, fold);
    take_mean(nested);
    return code;
}
