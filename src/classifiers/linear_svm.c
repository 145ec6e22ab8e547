/* linear_svm.c - linear support vector machine by LIBLINEAR, as scikit-learn's LinearSVC.
 *
 * Minimises, for each class against the rest,
 *     1/2 |w|^2 (or |w|_1) + C sum_i max(0, 1 - y_i w . x_i)^p,     p = 2 (squared_hinge) or 1 (hinge),
 * where the intercept is the weight of a constant feature, and is penalised like the others; or Crammer
 * and Singer's one problem for all classes.  Dual coordinate descent, one pass O(non-zero features);
 * see linear/liblinear.c.  The objective reported is the sum over the classes.
 * Leaves out max_iter: LIBLINEAR's own limits hold. */
#include "classifiers/params.h"
#include "core/memory.h"
#include "linear/liblinear.h"
#include "linear/model.h"
#include <linear.h>

enum { PENALTY_L1, PENALTY_L2 };
enum { LOSS_HINGE, LOSS_SQUARED_HINGE };
enum { MULTI_OVR, MULTI_CRAMMER_SINGER };

struct config {
    int penalty, loss, dual, multi_class, fit_intercept, balanced;
    double C, tol, intercept_scaling;
};

static const struct sl_word penalties[] = {{"l2", PENALTY_L2}, {"l1", PENALTY_L1}, {0}};
static const struct sl_word losses[] = {{"squared_hinge", LOSS_SQUARED_HINGE}, {"hinge", LOSS_HINGE}, {0}};
static const struct sl_word multi_classes[] = {
    {"ovr", MULTI_OVR}, {"crammer_singer", MULTI_CRAMMER_SINGER}, {0}};

static const struct sl_param params[] = {
    SL_CHOICE_PARAM("penalty", struct config, penalty, "l2", penalties, "l2",
                    "norm of the weights in the objective; l1 needs loss=squared_hinge and dual=false"),
    SL_CHOICE_PARAM("loss", struct config, loss, "squared_hinge", losses, "squared_hinge,hinge",
                    "what a row on the wrong side of its margin costs"),
    SL_BOOL_PARAM("dual", struct config, dual, "true", "true,false",
                  "solve the dual problem (false: the primal one, for more rows than features)"),
    SL_TOL_PARAM(struct config, tol, "0.0001", "0.0001,0.01", "tolerance of LIBLINEAR's stopping rule"),
    SL_C_PARAM(struct config, C, "0.001:10:log5", "weight of the losses against the penalty"),
    SL_CHOICE_PARAM("multi_class", struct config, multi_class, "ovr", multi_classes, "ovr",
                    "one against the rest, or Crammer and Singer's joint problem"),
    SL_FIT_INTERCEPT_PARAM(struct config, fit_intercept),
    SL_INTERCEPT_SCALING_PARAM(struct config, intercept_scaling, ""),
    SL_CLASS_WEIGHT_PARAM(struct config, balanced, SL_CLASS_WEIGHT_GRID, SL_CLASS_WEIGHT_HELP),
    {0}};

/* LIBLINEAR's solver for a configuration, -1 where it has none. */
static int choose_solver(const struct config *config)
{
    if (config->multi_class == MULTI_CRAMMER_SINGER)
        return MCSVM_CS;
    if (config->penalty == PENALTY_L1)
        return config->loss == LOSS_SQUARED_HINGE && !config->dual ? L1R_L2LOSS_SVC : -1;
    if (config->loss == LOSS_HINGE)
        return config->dual ? L2R_L1LOSS_SVC_DUAL : -1;
    return config->dual ? L2R_L2LOSS_SVC_DUAL : L2R_L2LOSS_SVC;
}

static int linear_svm_check(const void *vconfig, const struct sl_view *view, struct sl_error *err)
{
    const struct config *config = vconfig;
    (void)view;
    if (choose_solver(config) >= 0)
        return SL_OK;
    if (config->penalty == PENALTY_L1)
        return sl_fail(err, SL_EUSAGE, "penalty=l1 needs loss=squared_hinge and dual=false");
    return sl_fail(err, SL_EUSAGE, "loss=hinge needs dual=true; loss=squared_hinge takes either");
}

static void linear_svm_warm_up(const void *config, const struct sl_view *view)
{
    (void)config;
    (void)view;
    sl_liblinear_warm_up();
}

static int linear_svm_fit(const struct sl_fit *fit, void **out, struct sl_error *err)
{
    const struct config *config = fit->config;
    struct sl_classes classes;
    *out = NULL;
    int code = sl_classes_find(fit->train, &classes, err);
    if (code)
        return code;
    int joint = config->multi_class == MULTI_CRAMMER_SINGER;
    struct sl_linear *model = sl_linear_new(&classes, fit->train, SL_LINK_MARGIN, joint);
    double *weights = sl_alloc((size_t)classes.m, sizeof *weights);
    if (!model || !weights)
        code = sl_fail_memory(err);
    else if (classes.m > 1) {
        sl_classes_weights(&classes, fit->train->n, config->balanced, weights);
        const struct sl_liblinear request = {
            .solver = choose_solver(config),
            .C = config->C,
            .tol = config->tol,
            .intercept_scaling = config->fit_intercept ? config->intercept_scaling : 0,
            .weights = weights,
            .seed = (unsigned)sl_rng_bits(fit->rng),
            .threads = fit->threads,
            .cancel = fit->cancel,
        };
        code = sl_liblinear_fit(&request, fit->train, &classes, model, fit->report, err);
    }
    free(weights);
    sl_classes_release(&classes);
    if (code)
        sl_linear_free(model);
    else
        *out = model;
    return code;
}

const struct sl_classifier_type sl_classifier_linear_svm = {
    .name = "linear_svm",
    .title = "Linear SVM (LIBLINEAR)",
    .reference = "Fan, Chang, Hsieh, Wang, Lin, LIBLINEAR, JMLR 9 (2008)",
    .flags = SL_WANTS_SCALED | SL_RANDOM | SL_ROW_ORDER,
    .config_size = sizeof(struct config),
    .params = params,
    .check = linear_svm_check,
    .warm_up = linear_svm_warm_up,
    .fit = linear_svm_fit,
    .predict = sl_linear_predict,
    .scores = sl_linear_scores,
    .save = sl_linear_save,
    .load = sl_linear_load,
    .free = sl_linear_free,
};
