/* qda.c - quadratic discriminant analysis, as scikit-learn's QuadraticDiscriminantAnalysis: its names,
 * defaults and meaning.  The priors are the classes' shares of the rows. */
#include "densities/qda.h"
#include "densities/shrunken.h"
#include <shortlist/classifier.h>

struct config {
    double reg_param;
};

static const struct sl_param params[] = {
    SL_REAL_PARAM("reg_param", struct config, reg_param, "0", 0, 1, SL_SIMPLER_HIGH, "0,0.001,0.01,0.1,0.5",
                  "how far each class's covariance is drawn towards the unit matrix"),
    {0}};

static void qda_warm_up(const void *config, const struct sl_view *view)
{
    (void)config;
    sl_scatter_warm_up(view);
}

static int qda_fit(const struct sl_fit *fit, void **out, struct sl_error *err)
{
    const struct config *config = fit->config;
    struct sl_qda *model;
    int code = sl_qda_fit(fit->train, config->reg_param, fit->threads, &model, err);
    *out = model;
    return code;
}

const struct sl_classifier_type sl_classifier_qda = {
    .name = "qda",
    .title = "Quadratic discriminant analysis",
    .reference = "Friedman, Regularized discriminant analysis, J. Am. Stat. Assoc. 84, 1989",
    .flags = SL_PROBABILITIES | SL_WANTS_SCALED,
    .config_size = sizeof(struct config),
    .params = params,
    .warm_up = qda_warm_up,
    .fit = qda_fit,
    .predict = sl_qda_predict,
    .scores = sl_qda_scores,
    .save = sl_qda_save,
    .load = sl_qda_load,
    .free = sl_qda_free,
};
