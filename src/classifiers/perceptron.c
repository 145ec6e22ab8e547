/* perceptron.c - the perceptron, one-vs-rest, as scikit-learn's Perceptron: stochastic gradient descent by
 * the loss max(0, -y p) in steps of one length, so that a row moves the weights where it is misclassified.
 *
 * The engine is linear/sgd.c.  O(n d) an epoch and class.  Leaves out warm starts. */
#include "classifiers/descents.h"

static const struct sl_param params[] = {SL_DESCENTS_PENALTY_PARAMS("none"),
                                         SL_DESCENTS_EPOCH_PARAMS,
                                         SL_REAL_PARAM("eta0", struct sl_descents_config, sgd.eta0, "1", 0,
                                                       1e6, SL_LOG | SL_OPEN_MIN | SL_SHARED, "0.01,0.1,1",
                                                       "length of a step"),
                                         SL_DESCENTS_STOPPING_PARAMS,
                                         {0}};

static struct sl_sgd_options options_of(const struct sl_descents_config *config)
{
    struct sl_sgd_options options = config->sgd;
    options.loss = SL_LOSS_PERCEPTRON;
    options.learning_rate = SL_SGD_CONSTANT;
    return options;
}

static int perceptron_fit(const struct sl_fit *fit, void **out, struct sl_error *err)
{
    return sl_descents_fit(fit, options_of, out, err);
}

static int perceptron_fit_group(const struct sl_group *group, struct sl_error *err)
{
    return sl_descents_fit_group(group, options_of, err);
}

const struct sl_classifier_type sl_classifier_perceptron = {
    .name = "perceptron",
    .title = "Perceptron",
    .reference = "Rosenblatt, Psychological Review 65 (1958); one-vs-rest",
    .flags = SL_DESCENTS_FLAGS,
    .inside = SL_INSIDE_LINEAR,
    .config_size = sizeof(struct sl_descents_config),
    .params = params,
    .fit = perceptron_fit,
    .fit_group = perceptron_fit_group,
    .shares = sl_descents_shares,
    .predict = sl_linear_predict,
    .scores = sl_linear_scores,
    .save = sl_linear_save,
    .load = sl_linear_load,
    .free = sl_linear_free,
};
