/* svm.c - support vector classification with linear, polynomial, rbf and sigmoid kernels.
 *
 * C-SVM (Cortes and Vapnik, 1995), one machine for each pair of classes, which vote.  scikit-learn: SVC.
 * Its scores are SVC's decision_function with shape ovr: votes, and a fraction that ranks equal votes.
 * The files: svm_kernel.c kernel values, svm_train.c all pairs, svm_solver.c one pair, svm_sets.c its working
 * sets, svm_steps.c SMO in a set, svm_weights.c the linear kernel's way around kernel rows, svm_libsvm.c all
 * by LIBSVM, svm_model.c the fitted machine, svm_predict.c its use.
 * Cost: fit about O(n d s) for s support vectors; predict O(d s) a row, O(d k^2) with the linear kernel.
 * Leaves out probability estimates. */
#include "classifiers/svm.h"
#include "core/memory.h"
#include <math.h>
#include <string.h>

static const struct sl_word kernel_words[] = {{"linear", SL_SVM_LINEAR},
                                              {"poly", SL_SVM_POLY},
                                              {"rbf", SL_SVM_RBF},
                                              {"sigmoid", SL_SVM_SIGMOID},
                                              {NULL, 0}};
static const struct sl_word gamma_words[] = {
    {"scale", SL_SVM_GAMMA_SCALE}, {"auto", SL_SVM_GAMMA_AUTO}, {NULL, 0}};
static const struct sl_word weight_words[] = {{"none", 0}, {"balanced", 1}, {NULL, 0}};
static const struct sl_word solver_words[] = {{"own", SL_SVM_OWN}, {"libsvm", SL_SVM_LIBSVM}, {NULL, 0}};

#define AT(field) offsetof(struct sl_svm_config, field)

static const struct sl_param params[] = {
    {"C", SL_PARAM_REAL, AT(C), "1", 0, 1e12, SL_LOG | SL_OPEN_MIN, NULL, "0.01:1000:log6", "penalty of errors"},
    {"kernel", SL_PARAM_CHOICE, AT(kernel), "rbf", 0, 0, 0, kernel_words, "linear,poly,rbf,sigmoid",
     "x.y, (gamma x.y + coef0)^degree, exp(-gamma |x - y|^2) or tanh(gamma x.y + coef0)"},
    {"degree", SL_PARAM_INT, AT(degree), "3", 0, 100, 0, NULL, "2,3,4", "of the poly kernel"},
    {"gamma", SL_PARAM_REAL, AT(gamma), "scale", 0, 1e12, SL_LOG | SL_OPEN_MIN, gamma_words, "0.0001:1:log5",
     "of poly, rbf and sigmoid; scale: 1 / (features * variance), auto: 1 / features"},
    {"coef0", SL_PARAM_REAL, AT(coef0), "0", -1e12, 1e12, 0, NULL, "0,1", "of poly and sigmoid"},
    {"shrinking", SL_PARAM_CHOICE, AT(shrinking), "true", 0, 0, 0, sl_words_bool, NULL,
     "solver=libsvm leaves settled rows out; the own solver's working sets always do"},
    {"tol", SL_PARAM_REAL, AT(tol), "0.001", 0, 1, SL_LOG | SL_OPEN_MIN, NULL, NULL,
     "stop when no pair of rows violates optimality by more"},
    {"cache_size", SL_PARAM_REAL, AT(cache_size), "200", 1, 1e6, SL_LOG, NULL, NULL,
     "MB of kernel rows held for each pair of classes at work"},
    {"class_weight", SL_PARAM_CHOICE, AT(class_weight), "none", 0, 0, 0, weight_words, "none,balanced",
     "balanced: C is multiplied by rows / (classes * rows of the class)"},
    {"max_iter", SL_PARAM_INT, AT(max_iter), "-1", -1, 2e9, 0, NULL, NULL,
     "SMO steps for a pair of classes; -1: as many as it takes"},
    {"break_ties", SL_PARAM_CHOICE, AT(break_ties), "false", 0, 0, 0, sl_words_bool, NULL,
     "equal votes go to the higher score, not to the lower label"},
    {"solver", SL_PARAM_CHOICE, AT(solver), "own", 0, 0, 0, solver_words, NULL,
     "libsvm: the reference implementation"},
    {0}};

static int svm_check(const void *vconfig, const struct sl_view *view, struct sl_error *err)
{
    const struct sl_svm_config *config = vconfig;
    (void)view;
    if (config->solver == SL_SVM_LIBSVM && config->max_iter != -1)
        return sl_fail(err, SL_EUSAGE,
                       "max_iter: LIBSVM has a limit of its own; leave it out with solver=libsvm");
    if (config->max_iter == 0)
        return sl_fail(err, SL_EUSAGE, "max_iter: 0 is not a number of steps; -1 or at least 1");
    return SL_OK;
}

struct sl_svm_kernel sl_svm_kernel_of(const struct sl_svm_config *config, double gamma)
{
    struct sl_svm_kernel kernel = {.kind = (enum sl_svm_kind)config->kernel, .gamma = gamma};
    if (kernel.kind == SL_SVM_LINEAR)
        kernel.gamma = 1;
    if (kernel.kind == SL_SVM_POLY)
        kernel.degree = config->degree;
    if (kernel.kind == SL_SVM_POLY || kernel.kind == SL_SVM_SIGMOID)
        kernel.coef0 = config->coef0;
    return kernel;
}

static struct sl_svm_kernel resolve_kernel(const struct sl_svm_config *config, const struct sl_view *train)
{
    double gamma = config->gamma;
    if (gamma == SL_SVM_GAMMA_SCALE)
        gamma = sl_svm_gamma_scale(train);
    else if (gamma == SL_SVM_GAMMA_AUTO)
        gamma = 1 / (double)train->d;
    return sl_svm_kernel_of(config, gamma);
}

static int svm_fit(const struct sl_fit *fit, void **out, struct sl_error *err)
{
    const struct sl_svm_config *config = fit->config;
    const struct sl_view *train = fit->train;
    const struct sl_svm_kernel kernel = resolve_kernel(config, train);
    struct sl_svm_dual dual;
    struct sl_svm_rows rows = {0};
    struct sl_svm_model *model = NULL;
    *out = NULL;
    int code = SL_OK;
    if (sl_svm_dual_init(&dual, train, config) ||
        sl_svm_rows_init(&rows, &kernel, train, dual.order, 0, train->n, NULL))
        code = sl_fail_memory(err);
    if (!code)
        code = config->solver == SL_SVM_LIBSVM ? sl_svm_train_libsvm(fit, &rows, &dual, err)
                                               : sl_svm_train_own(fit, &rows, &dual, err);
    if (!code && sl_svm_model_new(train, &rows, &dual, config->break_ties, &model))
        code = sl_fail_memory(err);
    sl_svm_rows_release(&rows);
    sl_svm_dual_release(&dual);
    *out = model;
    return code;
}

const struct sl_classifier_type sl_classifier_svm = {
    .name = "svm",
    .title = "Support vector machine",
    .reference = "Cortes and Vapnik, Support-vector networks, Machine Learning 20, 1995; "
                 "Fan, Chen and Lin, JMLR 6, 2005",
    .flags = SL_WANTS_SCALED | SL_ROW_ORDER,
    .config_size = sizeof(struct sl_svm_config),
    .params = params,
    .check = svm_check,
    .fit = svm_fit,
    .predict = sl_svm_predict,
    .scores = sl_svm_scores,
    .save = sl_svm_model_save,
    .load = sl_svm_model_load,
    .free = sl_svm_model_free,
};
