/* logreg.c - logistic regression: multinomial, binary, or one-vs-rest.
 *
 * Minimises, as scikit-learn's LogisticRegression does,
 *     C sum_i weight_i loss_i + 1/2 sum_c |w_c|^2,     intercepts not penalised,
 * from zero by L-BFGS (linear/logistic.c, which says when it stops): O(n d k) an iteration.  solver=liblinear
 * is LIBLINEAR's trust region Newton method (penalty l2) or coordinate descent (l1), one-vs-rest, where the
 * intercept is the weight of a constant feature and is penalised like the others.  solver=own
 * (linear/proximal.c) has LIBLINEAR's objectives and stopping rules.  Leaves out the solvers
 * newton-cg, sag and saga, elasticnet, warm starts and dual. */
#include "classifiers/params.h"
#include "core/memory.h"
#include "linear/liblinear.h"
#include "linear/logistic.h"
#include "linear/logistic_group.h"
#include "linear/logistic_member.h"
#include "linear/proximal.h"
#include "linear/svc.h"
#include <linear.h>
#include <math.h>

enum { PENALTY_NONE, PENALTY_L1, PENALTY_L2 };
enum { SOLVER_LBFGS, SOLVER_OWN, SOLVER_LIBLINEAR };
enum { MULTI_AUTO, MULTI_OVR, MULTI_MULTINOMIAL };

struct config {
    int penalty, solver, multi_class, balanced, fit_intercept, max_iter;
    double C, tol, intercept_scaling;
};

static const struct sl_word penalties[] = {
    {"l2", PENALTY_L2}, {"l1", PENALTY_L1}, {"none", PENALTY_NONE}, {0}};
static const struct sl_word solvers[] = {
    {"lbfgs", SOLVER_LBFGS}, {"own", SOLVER_OWN}, {"liblinear", SOLVER_LIBLINEAR}, {0}};
static const struct sl_word multi_classes[] = {
    {"auto", MULTI_AUTO}, {"ovr", MULTI_OVR}, {"multinomial", MULTI_MULTINOMIAL}, {0}};

static const struct sl_param params[] = {
    SL_CHOICE_PARAM("penalty", struct config, penalty, "l2", penalties, "l2,none",
                    "norm of the weights in the objective; l1 needs solver=own or liblinear"),
    SL_C_PARAM(struct config, C, SL_SHARED, "0.001:1000:log7", "weight of the losses against the penalty"),
    SL_FLAGGED_TOL_PARAM(
        struct config, tol, SL_SHARED, "0.0001", "0.0001,0.01",
        "largest gradient element at which to stop; own, liblinear: the violations of optimality, as a share "
        "of the first ones times the rarer side's share of the rows"),
    SL_FLAGGED_MAX_ITER_PARAM(struct config, max_iter, SL_SHARED, "100", "10,100,1000",
                              "limit of iterations (lbfgs, own)"),
    SL_FIT_INTERCEPT_PARAM(struct config, fit_intercept),
    SL_INTERCEPT_SCALING_PARAM(struct config, intercept_scaling, "own, liblinear: "),
    SL_CHOICE_PARAM(
        "solver", struct config, solver, "lbfgs", solvers, "lbfgs",
        "lbfgs; own: LIBLINEAR's one-vs-rest, by a Newton method; liblinear: the reference for it"),
    SL_FLAGGED_CHOICE_PARAM("multi_class", struct config, multi_class, "auto", SL_SHARED, multi_classes,
                            "auto,ovr", "auto: multinomial with lbfgs and more than two classes, else ovr"),
    SL_FLAGGED_CLASS_WEIGHT_PARAM(struct config, balanced, SL_SHARED, SL_CLASS_WEIGHT_GRID,
                                  SL_CLASS_WEIGHT_HELP),
    {0}};

static int logreg_check(const void *vconfig, const struct sl_view *view, struct sl_error *err)
{
    const struct config *config = vconfig;
    if (view->weight && config->solver == SOLVER_LIBLINEAR)
        return sl_fail(err, SL_EUSAGE, "solver=liblinear takes no weights of rows; solver=own and lbfgs do");
    if (config->solver == SOLVER_LBFGS && config->penalty == PENALTY_L1)
        return sl_fail(err, SL_EUSAGE,
                       "penalty=l1 needs solver=own or liblinear; solver=lbfgs takes penalty=l2 or none");
    if (config->solver != SOLVER_LBFGS && config->penalty == PENALTY_NONE)
        return sl_fail(err, SL_EUSAGE, "penalty=none needs solver=lbfgs; solver=%s takes penalty=l2 or l1",
                       config->solver == SOLVER_OWN ? "own" : "liblinear");
    if (config->solver != SOLVER_LBFGS && config->multi_class == MULTI_MULTINOMIAL)
        return sl_fail(err, SL_EUSAGE, "multi_class=multinomial needs solver=lbfgs; solver=%s fits ovr",
                       config->solver == SOLVER_OWN ? "own" : "liblinear");
    const char *what = config->penalty == PENALTY_L1 ? "penalty=l1" : "logistic regression";
    return config->solver == SOLVER_OWN ? sl_proximal_check(view, what, err) : SL_OK;
}

static void logreg_warm_up(const void *vconfig, const struct sl_view *view)
{
    const struct config *config = vconfig;
    if (config->solver == SOLVER_LIBLINEAR)
        sl_liblinear_warm_up();
    else if (config->solver == SOLVER_OWN)
        sl_svc_warm_up(0, view->n, view->d);
}

static struct sl_logistic_options options_of(const struct config *config)
{
    return (struct sl_logistic_options){
        .multi = config->multi_class == MULTI_OVR           ? SL_LOGISTIC_OVR
                 : config->multi_class == MULTI_MULTINOMIAL ? SL_LOGISTIC_MULTINOMIAL
                                                            : SL_LOGISTIC_AUTO,
        .C = config->penalty == PENALTY_NONE ? INFINITY : config->C,
        .balanced = config->balanced,
        .fit_intercept = config->fit_intercept,
        .max_iter = config->max_iter,
        .tol = config->tol,
    };
}

static int fit_lbfgs(const struct sl_fit *fit, const struct sl_classes *classes,
                     const struct sl_logistic_options *options, struct sl_linear *model, struct sl_error *err)
{
    const struct sl_linear_run run = {
        .threads = fit->threads,
        .cancel = fit->cancel,
        .on_epoch = fit->on_epoch,
        .arg = fit->arg,
    };
    return sl_logistic_fit(options, fit->train, classes, &run, model, fit->report, err);
}

static int fit_own(const struct sl_fit *fit, const struct sl_classes *classes, struct sl_linear *model,
                   struct sl_error *err)
{
    const struct config *config = fit->config;
    const struct sl_svc_options options = {
        .loss = SL_SVC_LOGISTIC,
        .l1 = config->penalty == PENALTY_L1,
        .C = config->C,
        .tol = config->tol,
        .intercept_scaling = config->fit_intercept ? config->intercept_scaling : 0,
        .max_iter = config->max_iter,
    };
    const struct sl_linear_run run = {.threads = fit->threads, .cancel = fit->cancel};
    double *weights = sl_alloc((size_t)classes->m, sizeof *weights);
    if (!weights)
        return sl_fail_memory(err);
    sl_classes_weights(classes, fit->train->n, config->balanced, weights);
    int code = sl_svc_fit(&options, fit->train, classes, weights, &run, model, fit->report, err);
    free(weights);
    return code;
}

static int fit_liblinear(const struct sl_fit *fit, const struct sl_classes *classes, struct sl_linear *model,
                         struct sl_error *err)
{
    const struct config *config = fit->config;
    double *weights = sl_alloc((size_t)classes->m, sizeof *weights);
    if (!weights)
        return sl_fail_memory(err);
    sl_classes_weights(classes, fit->train->n, config->balanced, weights);
    const struct sl_liblinear request = {
        .solver = config->penalty == PENALTY_L1 ? L1R_LR : L2R_LR,
        .C = config->C,
        .tol = config->tol,
        .intercept_scaling = config->fit_intercept ? config->intercept_scaling : 0,
        .weights = weights,
        .seed = 1, /* L1R_LR visits features in random order: the same for every fit */
        .threads = fit->threads,
        .cancel = fit->cancel,
    };
    int code = sl_liblinear_fit(&request, fit->train, classes, model, fit->report, err);
    free(weights);
    return code;
}

static int logreg_fit(const struct sl_fit *fit, void **out, struct sl_error *err)
{
    const struct config *config = fit->config;
    struct sl_classes classes;
    *out = NULL;
    int code = sl_classes_find(fit->train, &classes, err);
    if (code)
        return code;
    const struct sl_logistic_options options = options_of(config);
    int multinomial = config->solver == SOLVER_LBFGS && sl_logistic_is_multinomial(&options, classes.m);
    struct sl_linear *model =
        sl_linear_new(&classes, fit->train, multinomial ? SL_LINK_SOFTMAX : SL_LINK_OVR, multinomial);
    if (!model)
        code = sl_fail_memory(err);
    else if (classes.m > 1)
        code = config->solver == SOLVER_LBFGS ? fit_lbfgs(fit, &classes, &options, model, err)
               : config->solver == SOLVER_OWN ? fit_own(fit, &classes, model, err)
                                              : fit_liblinear(fit, &classes, model, err);
    sl_classes_release(&classes);
    if (code)
        sl_linear_free(model);
    else
        *out = model;
    return code;
}

/* Many at once by L-BFGS, where several of them have room side by side. */

enum { MEMBER_BYTES = 1 << 27 };

static int logreg_shares(const void *vconfig, const struct sl_view *view)
{
    const struct config *config = vconfig;
    return config->solver == SOLVER_LBFGS && sl_linear_shares(view) &&
           sl_logistic_member_bytes(view->d, view->k) <= MEMBER_BYTES;
}

static int logreg_fit_group(const struct sl_group *group, struct sl_error *err)
{
    struct sl_logistic_options *options = sl_alloc(group->n_members, sizeof *options);
    if (!options)
        return sl_fail_memory(err);
    for (size_t m = 0; m < group->n_members; m++)
        options[m] = options_of(group->members[m].config);
    int code = sl_logistic_fit_group(group, options, err);
    free(options);
    return code;
}

const struct sl_classifier_type sl_classifier_logreg = {
    .name = "logreg",
    .title = "Logistic regression",
    .reference =
        "multinomial logistic regression by L-BFGS: Nocedal and Wright, Numerical optimization (2006); "
        "Yuan, Ho and Lin, JMLR 13 (2012); LIBLINEAR: Fan et al., JMLR 9 (2008)",
    .flags =
        SL_WANTS_SCALED | SL_PROBABILITIES | SL_ITERATES | SL_GROUP_ROUNDS | SL_WEIGHS_ROWS | SL_TAKES_SPARSE,
    .inside = SL_INSIDE_LINEAR,
    .config_size = sizeof(struct config),
    .params = params,
    .check = logreg_check,
    .warm_up = logreg_warm_up,
    .fit = logreg_fit,
    .fit_group = logreg_fit_group,
    .shares = logreg_shares,
    .predict = sl_linear_predict,
    .scores = sl_linear_scores,
    .save = sl_linear_save,
    .load = sl_linear_load,
    .free = sl_linear_free,
};
