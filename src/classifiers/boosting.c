/* boosting.c - gradient boosting of trees on histograms, as scikit-learn's HistGradientBoostingClassifier.
 *
 * Gradients are rounded at random to whole numbers, so that another seed gives another model; bytes are their
 * own bins, all 256.  A missing value of the table comes as it is, and goes to the side that the split learns
 * for it, where the training rows had none to that of more rows.  One training gives every smaller max_iter.
 * Cost: O(max_iter outputs n d). Columns of words come as codes,
 * and are split by sets of them.  Leaves out: constraints, warm_start. */
#include "boosting/fit.h"
#include "classifiers/params.h"
#include "core/clock.h"
#include "core/memory.h"
#include <limits.h>
#include <math.h>
#include <shortlist/classifier.h>
#include <string.h>

struct config {
    struct sl_boost_options boost;
    int spread; /* categories, as for other classifiers */
};

static const struct sl_word none[] = {{"none", 0}, {NULL, 0}};
static const struct sl_word early[] = {
    {"auto", SL_BOOST_EARLY_AUTO}, {"true", SL_BOOST_EARLY_YES}, {"false", SL_BOOST_EARLY_NO}, {NULL, 0}};

static const struct sl_word categorical[] = {{"from_dtype", 0}, {"none", 1}, {NULL, 0}};

static const struct sl_param params[] = {
    SL_REAL_PARAM("learning_rate", struct config, boost.learning_rate, "0.1", 0, 1e3, SL_LOG | SL_OPEN_MIN,
                  "0.03,0.1,0.3", "what each tree counts"),
    SL_INT_PARAM("max_iter", struct config, boost.max_iter, "100", 1, 100000,
                 SL_LOG | SL_SHARED | SL_SIMPLER_LOW, "25,50,100,200",
                 "iterations at most: a tree for each class, or one for two classes"),
    SL_INT_OR_WORD_PARAM("max_leaf_nodes", struct config, boost.limits.max_leaf_nodes, "31", 2, INT_MAX,
                         SL_LOG | SL_SIMPLER_LOW, none, "15,31,63",
                         "leaves of a tree, the best splits first; none: no limit"),
    SL_INT_OR_WORD_PARAM("max_depth", struct config, boost.limits.max_depth, "none", 1, INT_MAX,
                         SL_SIMPLER_LOW, none, "3,6,none", "splits on a tree's longest path; none: no limit"),
    SL_INT_PARAM("min_samples_leaf", struct config, boost.limits.min_samples_leaf, "20", 1, INT_MAX,
                 SL_LOG | SL_SIMPLER_HIGH, "5,20,50", "rows that a leaf needs"),
    SL_REAL_PARAM("l2_regularization", struct config, boost.limits.l2_regularization, "0", 0, 1e9,
                  SL_SIMPLER_HIGH, "0,1,10", "penalty of a leaf's value"),
    SL_INT_PARAM("max_bins", struct config, boost.max_bins, "255", 2, 255, 0, NULL,
                 "bins of a feature; 255 leaves bytes as they are"),
    SL_CHOICE_PARAM(
        "categorical_features", struct config, spread, "from_dtype", categorical, "from_dtype,none",
        "from_dtype: a column of words is split by any set of up to 255; none: spread, as --categories says"),
    SL_CHOICE_PARAM("class_weight", struct config, boost.balanced, "none", sl_words_class_weight, NULL,
                    SL_CLASS_WEIGHT_HELP),
    SL_CHOICE_PARAM("early_stopping", struct config, boost.early_stopping, "auto", early, NULL,
                    "hold out rows, and stop when their loss gets no better; auto: with more than 10,000"),
    SL_REAL_PARAM("validation_fraction", struct config, boost.validation_fraction, "0.1", 0, 1,
                  SL_OPEN_MIN | SL_OPEN_MAX, NULL,
                  "share of the training rows that early stopping holds out"),
    SL_INT_PARAM("n_iter_no_change", struct config, boost.n_iter_no_change, "10", 1, INT_MAX, 0, NULL,
                 "iterations without a better loss before early stopping"),
    SL_REAL_PARAM("tol", struct config, boost.tol, "1e-7", 0, INFINITY, 0, NULL,
                  "how much better a loss must be"),
    {0}};

/* How a model was fitted its encoding says, and a trial's key has the encoding, too. */
static const struct sl_later later[] = {{"categorical_features", "from_dtype", 0}, {0}};

static int spreads_categories(const void *config)
{
    return ((const struct config *)config)->spread;
}

static int boosting_check(const void *vconfig, const struct sl_view *view, struct sl_error *err)
{
    (void)vconfig;
    if (view->n > INT32_MAX / 2)
        return sl_fail(err, SL_EUSAGE, "%zu rows are more than the %d that a tree can hold", view->n,
                       INT32_MAX / 2);
    return SL_OK;
}

static struct sl_epoch epoch_of(const struct sl_boost_point *point, const struct sl_boost_options *options)
{
    return (struct sl_epoch){.epoch = point->iteration,
                             .epochs = options->max_iter,
                             .train_loss = point->train_loss,
                             .train_accuracy = point->train_accuracy,
                             .validation_loss = point->watched_loss,
                             .validation_accuracy = point->watched_accuracy,
                             .learning_rate = options->learning_rate};
}

/* A fit's own points go on at once. */
struct telling {
    const struct sl_fit *fit;
    double began;
    double aside;
};

static int tell(void *arg, const struct sl_boost_point *point)
{
    struct telling *t = arg;
    struct sl_epoch epoch = epoch_of(point, &((const struct config *)t->fit->config)->boost);
    epoch.seconds = sl_now() - t->began;
    return t->fit->on_epoch(t->fit->arg, &epoch);
}

static int boosting_fit(const struct sl_fit *fit, void **out, struct sl_error *err)
{
    struct telling telling = {.fit = fit, .began = sl_now()};
    struct sl_boost_result result;
    const struct sl_boost_job job = {.x = fit->train,
                                     .n = fit->train->n,
                                     .watch = fit->on_epoch ? fit->validation : NULL,
                                     .n_watch = fit->validation ? fit->validation->n : 0,
                                     .rng = fit->rng,
                                     .threads = fit->threads,
                                     .cancel = fit->cancel,
                                     .on_point = fit->on_epoch ? tell : NULL,
                                     .arg = &telling};
    *out = NULL;
    int code = sl_boost_fit(&job, &((const struct config *)fit->config)->boost, &result, err);
    if (code)
        return code;
    fit->report->n_iter = (int)result.model->n_iter;
    fit->report->converged = result.stopped_early;
    fit->report->objective = result.loss;
    fit->report->aside = result.aside;
    fit->report->aside_cpu = result.aside_cpu;
    *out = result.model;
    return SL_OK;
}

/* Many at once: one training of each part, of the largest max_iter. */

static int boosting_shares(const void *config, const struct sl_view *view)
{
    (void)config;
    (void)view;
    return 1;
}

struct curve {
    const struct sl_boost_options *options;
    double began;
    size_t n;
    struct sl_epoch *points; /* (max_iter) */
};

static int keep(void *arg, const struct sl_boost_point *point)
{
    struct curve *curve = arg;
    struct sl_epoch *epoch = &curve->points[curve->n++];
    *epoch = epoch_of(point, curve->options);
    epoch->seconds = sl_now() - curve->began;
    return 0;
}

/* Hands over what a member's fit alone would have come to. */
static int hand_over(const struct sl_group *group, size_t m, const struct sl_boost_result *result,
                     const struct curve *curve, struct sl_spent shared, struct sl_error *err)
{
    const struct sl_boost_options *own = &((const struct config *)group->members[m].config)->boost;
    const size_t all = result->model->n_iter, most = (size_t)own->max_iter, n = all < most ? all : most;
    struct sl_epoch *points = sl_alloc(n, sizeof *points);
    struct sl_boost *model = sl_boost_prefix(result->model, n);
    if (!points || !model) {
        free(points);
        sl_boost_free(model);
        return sl_fail_memory(err);
    }
    for (size_t i = 0; i < n; i++) {
        points[i] = curve->points[i];
        points[i].epochs = own->max_iter;
    }
    struct sl_member_result done = {
        .member = m, .model = model, .curve = points, .n_curve = n, .report = SL_NO_REPORT, .fit = shared};
    done.report.n_iter = (int)n;
    done.report.converged = result->stopped_early == 1 && n < all ? 0 : result->stopped_early;
    done.report.objective = n ? points[n - 1].train_loss : result->loss;
    int code = group->done(group->arg, &done);
    free(points);
    return code;
}

/* The part's members: returns how many, the largest max_iter, and the stream that they have in common. */
static size_t look_at_members(const struct sl_group *group, size_t part, int *max_iter,
                              const struct sl_rng **rng)
{
    size_t n = 0;
    *max_iter = 1;
    for (size_t m = 0; m < group->n_members; m++) {
        const struct config *config = group->members[m].config;
        if (group->members[m].part != part)
            continue;
        n++;
        *rng = group->members[m].rng;
        *max_iter = config->boost.max_iter > *max_iter ? config->boost.max_iter : *max_iter;
    }
    return n;
}

static int fit_part(const struct sl_group *group, size_t part, struct sl_error *err)
{
    struct sl_boost_options options = ((const struct config *)group->members[0].config)->boost;
    struct curve curve = {.options = &options, .began = sl_now()};
    struct sl_boost_result result = {0};
    const struct sl_group_part *rows = &group->parts[part];
    struct sl_boost_job job = {.x = group->rows,
                               .rows = rows->fit,
                               .n = rows->n_fit,
                               .watch = group->rows,
                               .watch_rows = rows->score,
                               .n_watch = rows->n_score,
                               .threads = group->threads,
                               .cancel = group->cancel,
                               .on_point = keep,
                               .arg = &curve};
    const struct sl_spent start = sl_spent_now();
    const size_t n = look_at_members(group, part, &options.max_iter, &job.rng);
    if (n == 0)
        return SL_OK;
    curve.points = sl_alloc((size_t)options.max_iter, sizeof *curve.points);
    int code = curve.points ? sl_boost_fit(&job, &options, &result, err) : sl_fail_memory(err);
    struct sl_spent spent = sl_spent_since(start);
    spent.seconds -= result.aside;
    spent.cpu -= result.aside_cpu;
    const struct sl_spent share = sl_spent_add((struct sl_spent){0}, spent, (double)n);
    for (size_t m = 0; m < group->n_members && !code; m++) {
        if (group->members[m].part != part)
            continue;
        code = group->cancel && *group->cancel ? SL_ECANCELLED
                                               : hand_over(group, m, &result, &curve, share, err);
    }
    sl_boost_free(result.model);
    free(curve.points);
    return code;
}

static int boosting_fit_group(const struct sl_group *group, struct sl_error *err)
{
    int code = SL_OK;
    for (size_t part = 0; part < group->n_parts && !code; part++)
        code = fit_part(group, part, err);
    return code;
}

static int boosting_load(struct sl_reader *r, const struct sl_view *like, const void *config, void **out,
                         struct sl_error *err)
{
    struct sl_boost *boost;
    (void)config;
    int code = sl_boost_load(r, like, &boost, err);
    *out = boost;
    return code;
}

const struct sl_classifier_type sl_classifier_boosting = {
    .name = "boosting",
    .title = "Gradient boosting of trees",
    .reference = "Friedman, Annals of Statistics 29 (2001); Chen and Guestrin, XGBoost, KDD 2016",
    .flags = SL_RANDOM | SL_PROBABILITIES | SL_ITERATES | SL_ROW_ORDER | SL_WEIGHS_ROWS | SL_SHARES_STREAM |
             SL_TAKES_MISSING | SL_TAKES_CATEGORIES,
    .inside = SL_INSIDE_BOOSTING,
    .config_size = sizeof(struct config),
    .params = params,
    .later = later,
    .spreads_categories = spreads_categories,
    .check = boosting_check,
    .fit = boosting_fit,
    .fit_group = boosting_fit_group,
    .shares = boosting_shares,
    .predict = sl_boost_predict,
    .scores = sl_boost_scores,
    .save = sl_boost_save,
    .load = boosting_load,
    .free = sl_boost_free,
};
