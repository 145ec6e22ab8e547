/* passive_aggressive.c - passive-aggressive classifiers, one-vs-rest, as scikit-learn's
 * PassiveAggressiveClassifier: a row within its margin leaves the weights, any other moves them just as far
 * as it takes to be outside, or as C allows.
 *
 * Crammer, Dekel, Keshet, Shalev-Shwartz and Singer, "Online passive-aggressive algorithms", JMLR 7 (2006):
 * loss=hinge is their PA-I, squared_hinge PA-II.  The engine is linear/sgd.c.  O(n d) an epoch and class.
 * Leaves out averaging and warm starts. */
#include "classifiers/descents.h"

static const struct sl_word losses[] = {
    {"hinge", SL_LOSS_HINGE}, {"squared_hinge", SL_LOSS_SQUARED_HINGE}, {0}};

static const struct sl_param params[] = {
    SL_C_PARAM(struct sl_descents_config, sgd.C, SL_SHARED, "0.0001:1:log5",
               "longest step; squared_hinge: the higher, the less steps are shortened"),
    SL_DESCENTS_EPOCH_PARAMS,
    SL_FLAGGED_CHOICE_PARAM("loss", struct sl_descents_config, sgd.loss, "hinge", SL_SHARED, losses,
                            "hinge,squared_hinge", "hinge: the step is cut at C; squared_hinge: shortened"),
    SL_DESCENTS_STOPPING_PARAMS,
    {0}};

/* Both rules step by the hinge loss, and stop by it. */
static struct sl_sgd_options options_of(const struct sl_descents_config *config)
{
    struct sl_sgd_options options = config->sgd;
    options.learning_rate = config->sgd.loss == SL_LOSS_HINGE ? SL_SGD_PA1 : SL_SGD_PA2;
    options.loss = SL_LOSS_HINGE;
    options.penalty = SL_SGD_NO_PENALTY;
    options.eta0 = 1;
    return options;
}

static int passive_aggressive_fit(const struct sl_fit *fit, void **out, struct sl_error *err)
{
    return sl_descents_fit(fit, options_of, out, err);
}

static int passive_aggressive_fit_group(const struct sl_group *group, struct sl_error *err)
{
    return sl_descents_fit_group(group, options_of, err);
}

const struct sl_classifier_type sl_classifier_passive_aggressive = {
    .name = "passive_aggressive",
    .title = "Passive-aggressive",
    .reference = "Crammer, Dekel, Keshet, Shalev-Shwartz and Singer, JMLR 7 (2006); one-vs-rest",
    .flags = SL_DESCENTS_FLAGS,
    .inside = SL_INSIDE_LINEAR,
    .config_size = sizeof(struct sl_descents_config),
    .params = params,
    .fit = passive_aggressive_fit,
    .fit_group = passive_aggressive_fit_group,
    .shares = sl_descents_shares,
    .predict = sl_linear_predict,
    .scores = sl_linear_scores,
    .save = sl_linear_save,
    .load = sl_linear_load,
    .free = sl_linear_free,
};
