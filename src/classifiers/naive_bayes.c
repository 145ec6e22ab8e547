/* naive_bayes.c - naive Bayes, as scikit-learn's GaussianNB, MultinomialNB and BernoulliNB: their names,
 * defaults and meaning, and which of the three as the hyperparameter distribution. */
#include "densities/naive_bayes.h"
#include <shortlist/classifier.h>

struct config {
    int distribution, fit_prior;
    double var_smoothing, alpha, binarize;
};

static const struct sl_word distributions[] = {{"gaussian", SL_BAYES_GAUSSIAN},
                                               {"multinomial", SL_BAYES_MULTINOMIAL},
                                               {"bernoulli", SL_BAYES_BERNOULLI},
                                               {0}};

static const struct sl_param params[] = {
    SL_CHOICE_PARAM(
        "distribution", struct config, distribution, "gaussian", distributions,
        "gaussian,multinomial,bernoulli",
        "of a feature in a class; multinomial: counts, 0 and above; bernoulli: above binarize or not"),
    SL_REAL_PARAM("var_smoothing", struct config, var_smoothing, "1e-9", 0, 1e6, SL_LOG | SL_SIMPLER_HIGH,
                  "1e-9:1:log10", "gaussian: share of the largest variance that every variance is raised by"),
    SL_REAL_PARAM("alpha", struct config, alpha, "1", 0, 1e12, SL_LOG | SL_SIMPLER_HIGH, "0.01:100:log5",
                  "multinomial, bernoulli: what is added to every count"),
    SL_BOOL_PARAM("fit_prior", struct config, fit_prior, "true", NULL,
                  "classes are as likely as they are frequent, else all alike"),
    SL_REAL_PARAM("binarize", struct config, binarize, "0", -1e12, 1e12, 0, NULL,
                  "bernoulli: a feature above it is 1, else 0"),
    {0}};

static struct sl_bayes_options options_of(const struct config *config)
{
    return (struct sl_bayes_options){.features = (enum sl_bayes_features)config->distribution,
                                     .var_smoothing = config->var_smoothing,
                                     .alpha = config->alpha,
                                     .binarize = config->binarize,
                                     .fit_prior = config->fit_prior};
}

static int naive_bayes_fit(const struct sl_fit *fit, void **out, struct sl_error *err)
{
    const struct sl_bayes_options options = options_of(fit->config);
    struct sl_bayes *model;
    int code = sl_bayes_fit(&options, fit->train, fit->threads, &model, err);
    *out = model;
    return code;
}

static int naive_bayes_load(struct sl_reader *r, const struct sl_view *like, const void *config, void **out,
                            struct sl_error *err)
{
    const struct sl_bayes_options options = options_of(config);
    struct sl_bayes *model;
    int code = sl_bayes_load(r, like, &options, &model, err);
    *out = model;
    return code;
}

const struct sl_classifier_type sl_classifier_naive_bayes = {
    .name = "naive_bayes",
    .title = "Naive Bayes",
    .reference = "Hastie, Tibshirani and Friedman, The elements of statistical learning, 2009, section 6.6.3",
    .flags = SL_PROBABILITIES | SL_WEIGHS_ROWS | SL_TAKES_SPARSE,
    .config_size = sizeof(struct config),
    .params = params,
    .fit = naive_bayes_fit,
    .predict = sl_bayes_predict,
    .scores = sl_bayes_scores,
    .save = sl_bayes_save,
    .load = naive_bayes_load,
    .free = sl_bayes_free,
};
