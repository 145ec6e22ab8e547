/* search.h - which of an experiment's values are fitted: all, drawn ones, or the promising ones by rungs.
 *
 * The settings say which kind: `search` (grid, random, halving, hyperband) and `trials`, the number of
 * combinations that are drawn.  A rung is a study of its own, NAME-rung-1, NAME-rung-2, ...: its trials have
 * keys, so that a search resumes as every run does, and its table and curves can be shown.  The last rung is
 * the study NAME itself, on everything that the experiment asks for: only what has run whole is ranked there.
 */
#ifndef SHORTLIST_SEARCH_H
#define SHORTLIST_SEARCH_H

#include <shortlist/api.h>
#include <shortlist/estimate.h>
#include <shortlist/experiment.h>
#include <shortlist/run.h>

SL_API_BEGIN

enum { SL_RUNGS_MAX = 12, SL_OUTER_MAX = 50, SL_STUDY_NAME = 256 };

struct sl_rung {
    char study[SL_STUDY_NAME];
    size_t n;            /* candidates that ran on it */
    size_t stopped;      /* of those, how many did not go on */
    size_t ties;         /* of those that went on, how many by a tie with the last of the others */
    int n_folds;         /* of the experiment's folds; 0: it has none */
    double rows, epochs; /* shares of the training rows and of the epochs */
};

struct sl_search_report {
    size_t candidates;
    size_t n_rungs;
    struct sl_rung rungs[SL_RUNGS_MAX];
    double cost;    /* of the rungs, as a share of fitting every candidate whole */
    char note[256]; /* what was otherwise than asked for; "": nothing */
};

/* Searches as the experiment's settings say.  *ran gets an experiment with one row for each row of the study,
 * in its order (NULL where the run was interrupted before its last rung); free it with sl_experiment_free.
 * summary: over all rungs. */
int sl_search(const struct sl_experiment *experiment, const struct sl_run_options *options,
              struct sl_experiment **ran, struct sl_run_summary *summary, struct sl_search_report *report,
              struct sl_error *err);

/* Fits row i of `ran` on all training rows, saves its model, and with final scores the test file (without
 * folds the validation rows are fitted, too).  The study is NAME-refit, whose name goes to study. */
int sl_search_refit(const struct sl_experiment *ran, size_t i, int final,
                    const struct sl_run_options *options, struct sl_run_summary *summary,
                    char study[SL_STUDY_NAME], struct sl_error *err);

/* sl_estimate of all of a search's candidates, as if each ran whole. */
int sl_search_estimate(const struct sl_experiment *experiment, const struct sl_run_options *options,
                       const char *file, struct sl_estimation **out, struct sl_error *err);

/* Nested cross-validation: what comes of "search, then fit the winner".  The training rows are cut into outer
 * folds; each is scored once by the winner of a search on the others, fitted on those. */
struct sl_nested {
    int n;                       /* outer folds that are done */
    double scores[SL_OUTER_MAX]; /* of the experiment's metric */
    char chosen[SL_OUTER_MAX][SL_STUDY_NAME];
    double mean, std; /* std: sample deviation */
};
int sl_search_nested(const struct sl_experiment *experiment, int outer, const struct sl_run_options *options,
                     struct sl_nested *nested, struct sl_run_summary *summary, struct sl_error *err);

SL_API_END
#endif
