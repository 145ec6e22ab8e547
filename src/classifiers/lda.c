/* lda.c - linear discriminant analysis, as scikit-learn's LinearDiscriminantAnalysis: its names, defaults and
 * meaning. The priors are the classes' shares of the rows. */
#include "densities/lda.h"
#include "classifiers/params.h"
#include "core/memory.h"
#include "densities/shrunken.h"
#include "linear/model.h"
#include <shortlist/classifier.h>

struct config {
    int solver;
    double shrinkage, tol;
};

static const struct sl_word solvers[] = {
    {"svd", SL_LDA_SVD}, {"lsqr", SL_LDA_LSQR}, {"eigen", SL_LDA_EIGEN}, {0}};
static const struct sl_word shrinkages[] = {{"none", SL_SHRINKAGE_NONE}, {"auto", SL_SHRINKAGE_AUTO}, {0}};

static const struct sl_param params[] = {
    SL_CHOICE_PARAM("solver", struct config, solver, "svd", solvers, NULL,
                    "svd leaves out directions without variance; lsqr and eigen take shrinkage"),
    SL_REAL_OR_WORD_PARAM(
        "shrinkage", struct config, shrinkage, "none", 0, 1, SL_SIMPLER_HIGH, shrinkages, NULL,
        "lsqr, eigen: how far covariances are drawn towards a multiple of the unit matrix; auto: as "
        "Ledoit and Wolf estimate it"),
    SL_TOL_PARAM(struct config, tol, "0.0001", NULL, "svd: singular values below it are taken for 0"),
    {0}};

static int lda_check(const void *vconfig, const struct sl_view *view, struct sl_error *err)
{
    const struct config *config = vconfig;
    (void)view;
    if (config->solver == SL_LDA_SVD && config->shrinkage != SL_SHRINKAGE_NONE)
        return sl_fail(err, SL_EUSAGE, "shrinkage needs solver=lsqr or eigen; solver=svd takes none");
    return SL_OK;
}

static int fit_classes(const struct sl_fit *fit, const struct sl_classes *classes, struct sl_linear *model,
                       struct sl_error *err)
{
    const struct config *config = fit->config;
    const struct sl_lda_options options = {
        .solver = (enum sl_lda_solver)config->solver, .shrinkage = config->shrinkage, .tol = config->tol};
    const size_t m = (size_t)classes->m, d = fit->train->d;
    double *coef = sl_alloc(m * (d + 1), sizeof *coef);
    if (!coef)
        return sl_fail_memory(err);
    int code = sl_lda_fit(&options, fit->train, classes, fit->threads, coef, coef + m * d, err);
    for (int c = 0; c < classes->m && !code; c++)
        code = sl_linear_set(model, c, coef + (size_t)c * d, coef[m * d + (size_t)c], err);
    free(coef);
    return code;
}

static void lda_warm_up(const void *config, const struct sl_view *view)
{
    (void)config;
    sl_scatter_warm_up(view);
}

static int lda_fit(const struct sl_fit *fit, void **out, struct sl_error *err)
{
    struct sl_classes classes;
    *out = NULL;
    int code = sl_classes_find(fit->train, &classes, err);
    if (code)
        return code;
    struct sl_linear *model = sl_linear_new(&classes, fit->train, SL_LINK_SOFTMAX, 1);
    if (!model)
        code = sl_fail_memory(err);
    else if (classes.m > 1)
        code = fit_classes(fit, &classes, model, err);
    sl_classes_release(&classes);
    if (code)
        sl_linear_free(model);
    else
        *out = model;
    return code;
}

const struct sl_classifier_type sl_classifier_lda = {
    .name = "lda",
    .title = "Linear discriminant analysis",
    .reference = "Fisher, The use of multiple measurements in taxonomic problems, Annals of Eugenics 7, 1936",
    .flags = SL_PROBABILITIES,
    .inside = SL_INSIDE_LINEAR,
    .config_size = sizeof(struct config),
    .params = params,
    .check = lda_check,
    .warm_up = lda_warm_up,
    .fit = lda_fit,
    .predict = sl_linear_predict,
    .scores = sl_linear_scores,
    .save = sl_linear_save,
    .load = sl_linear_load,
    .free = sl_linear_free,
};
