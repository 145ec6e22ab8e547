/* linear_svm.c - linear support vector machine, as scikit-learn's LinearSVC.
 *
 * Minimises, for each class against the rest,
 *     1/2 |w|^2 (or |w|_1) + C sum_i max(0, 1 - y_i w . x_i)^p,     p = 2 (squared_hinge) or 1 (hinge),
 * where the intercept is the weight of a constant feature, and is penalised like the others; or Crammer
 * and Singer's one problem for all classes.  solver=own: linear/svc.c, Newton's method in the primal or
 * coordinate descent in the dual, or a proximal Newton method (penalty=l1).  solver=liblinear:
 * linear/liblinear.c.  Both stop by LIBLINEAR's rules.  The objective reported is the sum over the classes.
 */
#include "classifiers/params.h"
#include "core/memory.h"
#include "core/threads.h"
#include "linear/liblinear.h"
#include "linear/members.h"
#include "linear/model.h"
#include "linear/proximal.h"
#include "linear/svc.h"
#include <linear.h>

enum { PENALTY_L1, PENALTY_L2 };
enum { LOSS_HINGE, LOSS_SQUARED_HINGE };
enum { MULTI_OVR, MULTI_CRAMMER_SINGER };
enum { DUAL_FALSE, DUAL_TRUE, DUAL_AUTO };
enum { SOLVER_OWN, SOLVER_LIBLINEAR };
enum { LIBLINEAR_MAX_ITER = 1000 };

struct config {
    int penalty, loss, dual, multi_class, fit_intercept, balanced, solver, max_iter;
    double C, tol, intercept_scaling;
};

static const struct sl_word penalties[] = {{"l2", PENALTY_L2}, {"l1", PENALTY_L1}, {0}};
static const struct sl_word losses[] = {{"squared_hinge", LOSS_SQUARED_HINGE}, {"hinge", LOSS_HINGE}, {0}};
static const struct sl_word duals[] = {{"auto", DUAL_AUTO}, {"true", DUAL_TRUE}, {"false", DUAL_FALSE}, {0}};
static const struct sl_word multi_classes[] = {
    {"ovr", MULTI_OVR}, {"crammer_singer", MULTI_CRAMMER_SINGER}, {0}};
static const struct sl_word solvers[] = {{"own", SOLVER_OWN}, {"liblinear", SOLVER_LIBLINEAR}, {0}};

static const struct sl_param params[] = {
    SL_CHOICE_PARAM("penalty", struct config, penalty, "l2", penalties, "l2",
                    "norm of the weights in the objective; l1 needs loss=squared_hinge, primal"),
    SL_FLAGGED_CHOICE_PARAM("loss", struct config, loss, "squared_hinge", SL_SHARED, losses,
                            "squared_hinge,hinge", "what a row on the wrong side of its margin costs"),
    SL_FLAGGED_CHOICE_PARAM(
        "dual", struct config, dual, "auto", SL_SHARED, duals, "auto,true",
        "true: coordinate descent in the dual, false: Newton in the primal (squared_hinge); auto: dual "
        "where features outnumber rows, or the primal is not to be had"),
    SL_FLAGGED_TOL_PARAM(struct config, tol, SL_SHARED, "0.0001", "0.0001,0.01",
                         "primal: the gradient's norm, or for l1 the violations' sum, as a share of its "
                         "first times the rarer side's share of the rows; "
                         "dual: range of the projected gradients"),
    SL_C_PARAM(struct config, C, SL_SHARED, "0.001:10:log5", "weight of the losses against the penalty"),
    SL_CHOICE_PARAM(
        "multi_class", struct config, multi_class, "ovr", multi_classes, "ovr",
        "one against the rest, or Crammer and Singer's problem for all classes, which has no loss, "
        "penalty or dual to choose"),
    SL_FIT_INTERCEPT_PARAM(struct config, fit_intercept),
    SL_INTERCEPT_SCALING_PARAM(struct config, intercept_scaling, ""),
    SL_FLAGGED_CLASS_WEIGHT_PARAM(struct config, balanced, SL_SHARED, SL_CLASS_WEIGHT_GRID,
                                  SL_CLASS_WEIGHT_HELP),
    SL_CHOICE_PARAM("solver", struct config, solver, "own", solvers, NULL,
                    "liblinear: the reference implementation"),
    SL_MAX_ITER_PARAM(struct config, max_iter, "1000", NULL,
                      "limit of Newton steps, or of passes over the rows (own)"),
    {0}};

static const struct sl_later later[] = {{"solver", "liblinear", 0}, {"max_iter", "1000", 0}, {0}};

static int is_joint(const struct config *config)
{
    return config->multi_class == MULTI_CRAMMER_SINGER;
}

static int is_proximal(const struct config *config)
{
    return config->penalty == PENALTY_L1 && config->solver == SOLVER_OWN && !is_joint(config);
}

/* LIBLINEAR's solver for a configuration, -1 where it has none. */
static int choose_solver(const struct config *config, int dual)
{
    if (is_joint(config))
        return MCSVM_CS;
    if (config->penalty == PENALTY_L1)
        return config->loss == LOSS_SQUARED_HINGE && !dual ? L1R_L2LOSS_SVC : -1;
    if (config->loss == LOSS_HINGE)
        return dual ? L2R_L1LOSS_SVC_DUAL : -1;
    return dual ? L2R_L2LOSS_SVC_DUAL : L2R_L2LOSS_SVC;
}

/* dual=auto as scikit-learn has it from version 1.3 on: the dual where there are fewer rows than features,
 * but whatever there is a solver for. */
static int find_dual(const struct config *config, const struct sl_view *view)
{
    int dual = view->n < view->d;
    if (config->dual != DUAL_AUTO)
        return config->dual;
    return choose_solver(config, dual) >= 0 ? dual : !dual;
}

static int linear_svm_check(const void *vconfig, const struct sl_view *view, struct sl_error *err)
{
    const struct config *config = vconfig;
    if (view->weight && config->solver == SOLVER_LIBLINEAR)
        return sl_fail(err, SL_EUSAGE, "solver=liblinear takes no weights of rows; solver=own does");
    if (config->solver == SOLVER_LIBLINEAR && config->max_iter != LIBLINEAR_MAX_ITER)
        return sl_fail(err, SL_EUSAGE,
                       "max_iter: LIBLINEAR has limits of its own; leave it out with solver=liblinear");
    if (choose_solver(config, find_dual(config, view)) >= 0)
        return is_proximal(config) ? sl_proximal_check(view, "penalty=l1", err) : SL_OK;
    if (config->penalty == PENALTY_L1)
        return sl_fail(err, SL_EUSAGE, "penalty=l1 needs loss=squared_hinge and dual=false or auto");
    return sl_fail(err, SL_EUSAGE, "loss=hinge needs dual=true or auto; loss=squared_hinge takes any");
}

static struct sl_svc_options options_of(const struct config *config, const struct sl_view *train)
{
    return (struct sl_svc_options){
        .loss = config->loss == LOSS_HINGE ? SL_SVC_HINGE : SL_SVC_SQUARED_HINGE,
        .joint = is_joint(config),
        .l1 = is_proximal(config),
        .dual = is_joint(config) || find_dual(config, train),
        .C = config->C,
        .tol = config->tol,
        .intercept_scaling = config->fit_intercept ? config->intercept_scaling : 0,
        .max_iter = config->max_iter,
    };
}

static int fit_own(const struct sl_fit *fit, const struct sl_classes *classes, const double *weights,
                   struct sl_linear *model, struct sl_error *err)
{
    const struct sl_svc_options options = options_of(fit->config, fit->train);
    const struct sl_linear_run run = {.threads = fit->threads, .rng = fit->rng, .cancel = fit->cancel};
    return sl_svc_fit(&options, fit->train, classes, weights, &run, model, fit->report, err);
}

static int fit_liblinear(const struct sl_fit *fit, const struct sl_classes *classes, const double *weights,
                         struct sl_linear *model, struct sl_error *err)
{
    const struct config *config = fit->config;
    const struct sl_liblinear request = {
        .solver = choose_solver(config, find_dual(config, fit->train)),
        .C = config->C,
        .tol = config->tol,
        .intercept_scaling = config->fit_intercept ? config->intercept_scaling : 0,
        .weights = weights,
        .seed = (unsigned)sl_rng_bits(fit->rng),
        .threads = fit->threads,
        .cancel = fit->cancel,
    };
    return sl_liblinear_fit(&request, fit->train, classes, model, fit->report, err);
}

static void linear_svm_warm_up(const void *vconfig, const struct sl_view *view)
{
    const struct config *config = vconfig;
    if (config->solver == SOLVER_LIBLINEAR)
        sl_liblinear_warm_up();
    else
        sl_svc_warm_up(is_joint(config) || find_dual(config, view), view->n, view->d);
}

static int linear_svm_fit(const struct sl_fit *fit, void **out, struct sl_error *err)
{
    const struct config *config = fit->config;
    struct sl_classes classes;
    *out = NULL;
    int code = sl_classes_find(fit->train, &classes, err);
    if (code)
        return code;
    struct sl_linear *model = sl_linear_new(&classes, fit->train, SL_LINK_MARGIN, is_joint(config));
    double *weights = sl_alloc((size_t)classes.m, sizeof *weights);
    if (!model || !weights)
        code = sl_fail_memory(err);
    else if (classes.m > 1) {
        sl_classes_weights(&classes, fit->train->n, config->balanced, weights);
        code = config->solver == SOLVER_OWN ? fit_own(fit, &classes, weights, model, err)
                                            : fit_liblinear(fit, &classes, weights, model, err);
    }
    free(weights);
    sl_classes_release(&classes);
    if (code)
        sl_linear_free(model);
    else
        *out = model;
    return code;
}

/* Many at once by the own solver: they share the rows, and each thread fits one after the other. */

static int linear_svm_shares(const void *vconfig, const struct sl_view *view)
{
    const struct config *config = vconfig;
    return config->solver == SOLVER_OWN && !is_joint(config) && sl_linear_shares(view);
}

struct group_fit {
    const struct sl_group *group;
    struct sl_svc_rows rows; /* of all parts */
};

static int fit_member(void *arg, struct sl_member_fit *fit, size_t n, struct sl_error *err)
{
    const struct group_fit *all = arg;
    const struct config *config = all->group->members[fit->number].config;
    (void)n; /* members are alone */
    const struct sl_svc_options options = options_of(config, fit->train);
    struct sl_svc_rows rows;
    if (!sl_svc_rows_part(&rows, &all->rows, fit->list, fit->train->n, options.intercept_scaling,
                          fit->run.threads))
        return fit->code = SL_EDIVERGED; /* rows of its own: a fit of its own */
    double *weights = sl_alloc((size_t)fit->classes->m, sizeof *weights);
    if (!weights)
        return sl_fail_memory(err);
    sl_classes_weights(fit->classes, fit->train->n, config->balanced, weights);
    int code = sl_svc_fit_rows(&options, &rows, fit->classes, NULL, weights, &fit->run, fit->model,
                               fit->report, err);
    free(weights);
    return code;
}

static int linear_svm_fit_group(const struct sl_group *group, struct sl_error *err)
{
    const struct sl_view *rows = group->rows;
    const double step = (double)rows->n * (double)rows->d * rows->k;
    struct group_fit all = {.group = group};
    int code = sl_svc_rows_init(&all.rows, rows, 0, sl_threads_for(step, group->threads), err);
    if (!code)
        code = sl_members_fit(group, &(struct sl_members_way){step, NULL, fit_member, &all}, err);
    sl_svc_rows_release(&all.rows);
    return code;
}

const struct sl_classifier_type sl_classifier_linear_svm = {
    .name = "linear_svm",
    .title = "Linear SVM",
    .reference = "Keerthi and DeCoste, JMLR 6 (2005); Hsieh et al., ICML (2008); Keerthi et al., KDD (2008); "
                 "LIBLINEAR: Fan et al., JMLR 9 (2008)",
    .flags = SL_WANTS_SCALED | SL_RANDOM | SL_ROW_ORDER | SL_WEIGHS_ROWS | SL_TAKES_SPARSE,
    .inside = SL_INSIDE_LINEAR,
    .config_size = sizeof(struct config),
    .params = params,
    .later = later,
    .check = linear_svm_check,
    .warm_up = linear_svm_warm_up,
    .fit = linear_svm_fit,
    .fit_group = linear_svm_fit_group,
    .shares = linear_svm_shares,
    .predict = sl_linear_predict,
    .scores = sl_linear_scores,
    .save = sl_linear_save,
    .load = sl_linear_load,
    .free = sl_linear_free,
};
