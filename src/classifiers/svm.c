/* svm.c - support vector classification with linear, polynomial, rbf and sigmoid kernels.
 *
 * C-SVM (Cortes and Vapnik, 1995), one machine for each pair of classes, which vote; the engine is src/svm/.
 * scikit-learn: SVC.  Its scores are SVC's decision_function with shape ovr: votes, and a fraction that ranks
 * equal votes.
 * Cost: fit about O(n d s) for s support vectors; predict O(d s) a row, O(d k^2) with the linear kernel.
 * Leaves out probability estimates. */
#include "classifiers/params.h"
#include "core/memory.h"
#include "svm/fit.h"
#include "svm/group.h"
#include "svm/predict.h"
#include <shortlist/classifier.h>

enum { GAMMA_SCALE = -1, GAMMA_AUTO = -2 };

struct config {
    double C;
    int kernel; /* enum sl_svm_kind */
    int degree;
    double gamma; /* or GAMMA_SCALE, GAMMA_AUTO */
    double coef0;
    int shrinking;
    double tol;
    double cache_size; /* MB */
    int balanced;
    int max_iter;
    int break_ties;
    int solver; /* enum sl_svm_solver */
};

static const struct sl_word kernel_words[] = {{"linear", SL_SVM_LINEAR},
                                              {"poly", SL_SVM_POLY},
                                              {"rbf", SL_SVM_RBF},
                                              {"sigmoid", SL_SVM_SIGMOID},
                                              {NULL, 0}};
static const struct sl_word gamma_words[] = {{"scale", GAMMA_SCALE}, {"auto", GAMMA_AUTO}, {NULL, 0}};
static const struct sl_word solver_words[] = {{"own", SL_SVM_OWN}, {"libsvm", SL_SVM_LIBSVM}, {NULL, 0}};

static const struct sl_param params[] = {
    SL_C_PARAM(struct config, C, SL_SHARED, "0.01:1000:log6", "penalty of errors"),
    SL_CHOICE_PARAM("kernel", struct config, kernel, "rbf", kernel_words, "linear,poly,rbf,sigmoid",
                    "x.y, (gamma x.y + coef0)^degree, exp(-gamma |x - y|^2) or tanh(gamma x.y + coef0)"),
    SL_INT_PARAM("degree", struct config, degree, "3", 0, 100, SL_SHARED | SL_SIMPLER_LOW, "2,3,4",
                 "of the poly kernel"),
    SL_REAL_OR_WORD_PARAM("gamma", struct config, gamma, "scale", 0, 1e12,
                          SL_LOG | SL_OPEN_MIN | SL_SHARED | SL_SIMPLER_LOW, gamma_words, "0.0001:1:log5",
                          "of poly, rbf and sigmoid; scale: 1 / (features * variance), auto: 1 / features"),
    SL_REAL_PARAM("coef0", struct config, coef0, "0", -1e12, 1e12, SL_SHARED, "0,1", "of poly and sigmoid"),
    SL_BOOL_PARAM("shrinking", struct config, shrinking, "true", NULL,
                  "solver=libsvm leaves settled rows out; the own solver's working sets always do"),
    SL_TOL_PARAM(struct config, tol, "0.001", NULL, "stop when no pair of rows violates optimality by more"),
    SL_REAL_PARAM("cache_size", struct config, cache_size, "200", 1, 1e6, SL_LOG, NULL,
                  "MB of kernel rows held for each pair of classes at work"),
    SL_CLASS_WEIGHT_PARAM(struct config, balanced, SL_CLASS_WEIGHT_GRID,
                          "balanced: C is multiplied by rows / (classes * rows of the class)"),
    SL_INT_PARAM("max_iter", struct config, max_iter, "-1", -1, 2e9, 0, NULL,
                 "SMO steps for a pair of classes; -1: as many as it takes"),
    SL_BOOL_PARAM("break_ties", struct config, break_ties, "false", NULL,
                  "equal votes go to the higher score, not to the lower label"),
    SL_CHOICE_PARAM("solver", struct config, solver, "own", solver_words, NULL,
                    "libsvm: the reference implementation"),
    {0}};

static int svm_check(const void *vconfig, const struct sl_view *view, struct sl_error *err)
{
    const struct config *config = vconfig;
    if (view->weight && config->solver == SL_SVM_LIBSVM)
        return sl_fail(err, SL_EUSAGE, "solver=libsvm takes no weights of rows; solver=own does");
    if (config->solver == SL_SVM_LIBSVM && config->max_iter != -1)
        return sl_fail(err, SL_EUSAGE,
                       "max_iter: LIBSVM has a limit of its own; leave it out with solver=libsvm");
    if (config->max_iter == 0)
        return sl_fail(err, SL_EUSAGE, "max_iter: 0 is not a number of steps; -1 or at least 1");
    return SL_OK;
}

/* What the kernel does not use is 0 (linear: gamma 1). */
static struct sl_svm_kernel kernel_of(const struct config *config, double gamma)
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

/* Of n rows; rows NULL: the first n. */
static double resolve_gamma(double gamma, const struct sl_view *view, const uint32_t *rows, size_t n)
{
    return gamma == GAMMA_SCALE  ? sl_svm_gamma_scale(view, rows, n)
           : gamma == GAMMA_AUTO ? 1 / (double)view->d
                                 : gamma;
}

static struct sl_svm_options options_of(const struct config *config, double gamma, int threads,
                                        const volatile sig_atomic_t *cancel)
{
    return (struct sl_svm_options){
        .kernel = kernel_of(config, gamma),
        .C = config->C,
        .balanced = config->balanced,
        .solver = (enum sl_svm_solver)config->solver,
        .tol = config->tol,
        .max_iter = config->max_iter,
        .cache_size = config->cache_size,
        .shrinking = config->shrinking,
        .break_ties = config->break_ties,
        .threads = threads,
        .cancel = cancel,
    };
}

static void svm_warm_up(const void *vconfig, const struct sl_view *view)
{
    (void)vconfig; /* rows are scored by the same products whatever solver fitted */
    sl_svm_block_warm_up(view->dtype, view->n, view->d);
}

static int svm_fit(const struct sl_fit *fit, void **out, struct sl_error *err)
{
    const struct config *config = fit->config;
    const struct sl_view *train = fit->train;
    const struct sl_svm_options options =
        options_of(config, resolve_gamma(config->gamma, train, NULL, train->n), fit->threads, fit->cancel);
    struct sl_svm_model *model;
    int code = sl_svm_fit(train, &options, fit->report, &model, err);
    *out = model;
    return code;
}

/* Many at once, where there is room for the products of two classes' rows. */

enum { GROUP_BYTES = 1 << 30 };

static int svm_shares(const void *vconfig, const struct sl_view *view)
{
    const struct config *config = vconfig;
    return config->solver == SL_SVM_OWN && sl_svm_group_bytes(view) <= GROUP_BYTES;
}

static int svm_fit_group(const struct sl_group *group, struct sl_error *err)
{
    struct sl_svm_options *options = sl_alloc(group->n_members, sizeof *options);
    if (!options)
        return sl_fail_memory(err);
    for (size_t m = 0; m < group->n_members; m++) {
        const struct config *config = group->members[m].config;
        const struct sl_group_part *part = &group->parts[group->members[m].part];
        options[m] = options_of(config, resolve_gamma(config->gamma, group->rows, part->fit, part->n_fit),
                                group->threads, group->cancel);
    }
    int code = sl_svm_fit_group(group, options, err);
    free(options);
    return code;
}

static int svm_load(struct sl_reader *r, const struct sl_view *like, const void *vconfig, void **out,
                    struct sl_error *err)
{
    const struct config *config = vconfig;
    const struct sl_svm_kernel kernel = kernel_of(config, 0); /* gamma stands in the record */
    struct sl_svm_model *model;
    int code = sl_svm_model_load(r, like, &kernel, config->break_ties, &model, err);
    *out = model;
    return code;
}

const struct sl_classifier_type sl_classifier_svm = {
    .name = "svm",
    .title = "Support vector machine",
    .reference = "Cortes and Vapnik, Support-vector networks, Machine Learning 20, 1995; "
                 "Fan, Chen and Lin, JMLR 6, 2005",
    .flags = SL_WANTS_SCALED | SL_ROW_ORDER | SL_GROUP_ROUNDS | SL_WEIGHS_ROWS,
    .config_size = sizeof(struct config),
    .params = params,
    .check = svm_check,
    .warm_up = svm_warm_up,
    .fit = svm_fit,
    .fit_group = svm_fit_group,
    .shares = svm_shares,
    .predict = sl_svm_predict,
    .scores = sl_svm_scores,
    .save = sl_svm_model_save,
    .load = svm_load,
    .free = sl_svm_model_free,
};
