/* sgd.c - linear classifiers by stochastic gradient descent, one-vs-rest, as scikit-learn's SGDClassifier.
 *
 * The engine is linear/sgd.c, which says how w is changed and when a class stops.  O(n d) an epoch and class.
 * Leaves out averaging, warm starts, and the regression losses. */
#include "linear/sgd.h"
#include "classifiers/params.h"
#include "core/memory.h"
#include "linear/members.h"

struct config {
    struct sl_sgd_options sgd;
    int balanced;
};

static const struct sl_word losses[] = {{"hinge", SL_LOSS_HINGE},
                                        {"log_loss", SL_LOSS_LOG},
                                        {"modified_huber", SL_LOSS_MODIFIED_HUBER},
                                        {"squared_hinge", SL_LOSS_SQUARED_HINGE},
                                        {"perceptron", SL_LOSS_PERCEPTRON},
                                        {0}};
static const struct sl_word penalties[] = {{"l2", SL_SGD_L2},
                                           {"l1", SL_SGD_L1},
                                           {"elasticnet", SL_SGD_ELASTICNET},
                                           {"none", SL_SGD_NO_PENALTY},
                                           {0}};
static const struct sl_word rates[] = {{"optimal", SL_SGD_OPTIMAL},
                                       {"constant", SL_SGD_CONSTANT},
                                       {"invscaling", SL_SGD_INVSCALING},
                                       {"adaptive", SL_SGD_ADAPTIVE},
                                       {0}};
static const struct sl_word tolerances[] = {{"none", -1}, {0}};

static const struct sl_param params[] = {
    SL_FLAGGED_CHOICE_PARAM(
        "loss", struct config, sgd.loss, "hinge", SL_SHARED, losses,
        "hinge,log_loss,modified_huber,squared_hinge,perceptron",
        "hinge: linear SVM; log_loss: logistic regression; modified_huber: smooth, bears outliers"),
    SL_FLAGGED_CHOICE_PARAM("penalty", struct config, sgd.penalty, "l2", SL_SHARED, penalties,
                            "l2,l1,elasticnet", "norm of the weights in the objective"),
    SL_REAL_PARAM("alpha", struct config, sgd.alpha, "0.0001", 0, 1e6, SL_LOG | SL_SIMPLER_HIGH | SL_SHARED,
                  "1e-06:0.01:log5", "weight of the penalty"),
    SL_REAL_PARAM("l1_ratio", struct config, sgd.l1_ratio, "0.15", 0, 1, SL_SHARED, "0.15,0.5,0.85",
                  "elasticnet: share of the L1 norm"),
    SL_FIT_INTERCEPT_PARAM(struct config, sgd.fit_intercept),
    SL_FLAGGED_MAX_ITER_PARAM(struct config, sgd.max_iter, SL_SHARED, "1000", "5,20,100,1000",
                              "limit of epochs"),
    SL_REAL_OR_WORD_PARAM("tol", struct config, sgd.tol, "0.001", 0, 1e6, SL_LOG | SL_SHARED, tolerances,
                          "0.0001,0.001,0.01", "improvement a row below which an epoch counts as none"),
    SL_BOOL_PARAM("shuffle", struct config, sgd.shuffle, "true", "true",
                  "another order of the rows in every epoch"),
    SL_CHOICE_PARAM("learning_rate", struct config, sgd.learning_rate, "optimal", rates, "optimal",
                    "optimal: 1 / (alpha (t0 + t)); constant: eta0; invscaling: eta0 / t^power_t; "
                    "adaptive: eta0, a fifth when stuck"),
    SL_REAL_PARAM("eta0", struct config, sgd.eta0, "0", 0, 1e6, SL_LOG | SL_SHARED, "0.001,0.01,0.1",
                  "learning rate at the start, for all schedules but optimal"),
    SL_REAL_PARAM("power_t", struct config, sgd.power_t, "0.5", 0, 10, 0, "0.25,0.5", "invscaling: exponent"),
    SL_EARLY_STOPPING_PARAM(struct config, sgd.early_stopping, "false,true",
                            "hold rows out, and stop by accuracy on them"),
    SL_VALIDATION_FRACTION_PARAM(struct config, sgd.validation_fraction, "0.1,0.2",
                                 "early_stopping: share of the training rows held out, of every class"),
    SL_INT_PARAM("n_iter_no_change", struct config, sgd.n_iter_no_change, "5", 1, 1e6, SL_SHARED, "2,5,10",
                 "epochs without improvement before a class stops"),
    SL_FLAGGED_CLASS_WEIGHT_PARAM(struct config, balanced, SL_SHARED, SL_CLASS_WEIGHT_GRID,
                                  SL_CLASS_WEIGHT_HELP),
    {0}};

static int sgd_check(const void *vconfig, const struct sl_view *view, struct sl_error *err)
{
    const struct sl_sgd_options *sgd = &((const struct config *)vconfig)->sgd;
    (void)view;
    if (sgd->learning_rate != SL_SGD_OPTIMAL && sgd->eta0 == 0)
        return sl_fail(err, SL_EUSAGE, "eta0 must be above 0 unless learning_rate=optimal");
    if (sgd->learning_rate == SL_SGD_OPTIMAL && sgd->alpha == 0)
        return sl_fail(err, SL_EUSAGE, "alpha must be above 0 with learning_rate=optimal");
    return SL_OK;
}

static int sgd_fit(const struct sl_fit *fit, void **out, struct sl_error *err)
{
    const struct config *config = fit->config;
    struct sl_classes classes;
    *out = NULL;
    int code = sl_classes_find(fit->train, &classes, err);
    if (code)
        return code;
    struct sl_linear *model = sl_linear_new(&classes, fit->train, SL_LINK_MARGIN, 0);
    double *weights = sl_alloc((size_t)classes.m, sizeof *weights);
    if (!model || !weights)
        code = sl_fail_memory(err);
    else if (classes.m > 1) {
        sl_classes_weights(&classes, fit->train->n, config->balanced, weights);
        const struct sl_linear_run run = {
            .threads = fit->threads,
            .rng = fit->rng,
            .cancel = fit->cancel,
            .on_epoch = fit->on_epoch,
            .arg = fit->arg,
        };
        code = sl_sgd_train(&config->sgd, fit->train, NULL, &classes, weights, &run, model, fit->report, err);
    }
    free(weights);
    sl_classes_release(&classes);
    if (code)
        sl_linear_free(model);
    else
        *out = model;
    return code;
}

/* Many at once: they share the rows, and each thread fits one after the other. */

static int sgd_shares(const void *config, const struct sl_view *view)
{
    (void)config;
    return sl_linear_shares(view);
}

static int fit_member(void *arg, const struct sl_member_fit *fit, struct sl_error *err)
{
    const struct sl_group *group = arg;
    const struct config *config = group->members[fit->number].config;
    double *weights = sl_alloc((size_t)fit->classes->m, sizeof *weights);
    if (!weights)
        return sl_fail_memory(err);
    sl_classes_weights(fit->classes, fit->train->n, config->balanced, weights);
    int code = sl_sgd_train(&config->sgd, fit->train, fit->list, fit->classes, weights, &fit->run, fit->model,
                            fit->report, err);
    free(weights);
    return code;
}

static int sgd_fit_group(const struct sl_group *group, struct sl_error *err)
{
    const struct sl_view *rows = group->rows;
    const double epoch = (double)rows->n * (double)rows->d * rows->k;
    struct sl_group own = *group;
    return sl_members_fit(group, epoch, fit_member, &own, err);
}

const struct sl_classifier_type sl_classifier_sgd = {
    .name = "sgd",
    .title = "Stochastic gradient descent",
    .reference = "Bottou, Stochastic gradient descent tricks (2012); one-vs-rest",
    .flags = SL_WANTS_SCALED | SL_RANDOM | SL_ITERATES | SL_ROW_ORDER | SL_WEIGHS_ROWS | SL_TAKES_SPARSE |
             SL_SHARES_STREAM,
    .inside = SL_INSIDE_LINEAR,
    .config_size = sizeof(struct config),
    .params = params,
    .check = sgd_check,
    .fit = sgd_fit,
    .fit_group = sgd_fit_group,
    .shares = sgd_shares,
    .predict = sl_linear_predict,
    .scores = sl_linear_scores,
    .save = sl_linear_save,
    .load = sl_linear_load,
    .free = sl_linear_free,
};
