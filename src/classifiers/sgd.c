/* sgd.c - linear classifiers by stochastic gradient descent, one-vs-rest, as scikit-learn's SGDClassifier.
 *
 * The engine is linear/sgd.c, which says how w is changed and when a class stops.  O(n d) an epoch and class.
 * Leaves out averaging, warm starts, and the regression losses. */
#include "classifiers/descents.h"

static const struct sl_word losses[] = {{"hinge", SL_LOSS_HINGE},
                                        {"log_loss", SL_LOSS_LOG},
                                        {"modified_huber", SL_LOSS_MODIFIED_HUBER},
                                        {"squared_hinge", SL_LOSS_SQUARED_HINGE},
                                        {"perceptron", SL_LOSS_PERCEPTRON},
                                        {0}};
static const struct sl_word rates[] = {{"optimal", SL_SGD_OPTIMAL},
                                       {"constant", SL_SGD_CONSTANT},
                                       {"invscaling", SL_SGD_INVSCALING},
                                       {"adaptive", SL_SGD_ADAPTIVE},
                                       {0}};

static const struct sl_param params[] = {
    SL_FLAGGED_CHOICE_PARAM(
        "loss", struct sl_descents_config, sgd.loss, "hinge", SL_SHARED, losses,
        "hinge,log_loss,modified_huber,squared_hinge,perceptron",
        "hinge: linear SVM; log_loss: logistic regression; modified_huber: smooth, bears outliers"),
    SL_DESCENTS_PENALTY_PARAMS("l2"),
    SL_DESCENTS_EPOCH_PARAMS,
    SL_CHOICE_PARAM("learning_rate", struct sl_descents_config, sgd.learning_rate, "optimal", rates,
                    "optimal",
                    "optimal: 1 / (alpha (t0 + t)); constant: eta0; invscaling: eta0 / t^power_t; "
                    "adaptive: eta0, a fifth when stuck"),
    SL_REAL_PARAM("eta0", struct sl_descents_config, sgd.eta0, "0", 0, 1e6, SL_LOG | SL_SHARED,
                  "0.001,0.01,0.1", "learning rate at the start, for all schedules but optimal"),
    SL_REAL_PARAM("power_t", struct sl_descents_config, sgd.power_t, "0.5", 0, 10, 0, "0.25,0.5",
                  "invscaling: exponent"),
    SL_DESCENTS_STOPPING_PARAMS,
    {0}};

static int sgd_check(const void *vconfig, const struct sl_view *view, struct sl_error *err)
{
    const struct sl_sgd_options *sgd = &((const struct sl_descents_config *)vconfig)->sgd;
    (void)view;
    if (sgd->learning_rate != SL_SGD_OPTIMAL && sgd->eta0 == 0)
        return sl_fail(err, SL_EUSAGE, "eta0 must be above 0 unless learning_rate=optimal");
    if (sgd->learning_rate == SL_SGD_OPTIMAL && sgd->alpha == 0)
        return sl_fail(err, SL_EUSAGE, "alpha must be above 0 with learning_rate=optimal");
    return SL_OK;
}

static struct sl_sgd_options as_they_are(const struct sl_descents_config *config)
{
    return config->sgd;
}

static int sgd_fit(const struct sl_fit *fit, void **out, struct sl_error *err)
{
    return sl_descents_fit(fit, as_they_are, out, err);
}

static int sgd_fit_group(const struct sl_group *group, struct sl_error *err)
{
    return sl_descents_fit_group(group, as_they_are, err);
}

const struct sl_classifier_type sl_classifier_sgd = {
    .name = "sgd",
    .title = "Stochastic gradient descent",
    .reference = "Bottou, Stochastic gradient descent tricks (2012); one-vs-rest",
    .flags = SL_DESCENTS_FLAGS,
    .inside = SL_INSIDE_LINEAR,
    .config_size = sizeof(struct sl_descents_config),
    .params = params,
    .check = sgd_check,
    .fit = sgd_fit,
    .fit_group = sgd_fit_group,
    .shares = sl_descents_shares,
    .predict = sl_linear_predict,
    .scores = sl_linear_scores,
    .save = sl_linear_save,
    .load = sl_linear_load,
    .free = sl_linear_free,
};
