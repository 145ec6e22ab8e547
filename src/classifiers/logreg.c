/* logreg.c - logistic regression: multinomial, binary, or one-vs-rest.
 *
 * Minimises, as scikit-learn's LogisticRegression does,
 *     C sum_i loss_i + 1/2 sum_c |w_c|^2,     intercepts not penalised,
 * from zero by L-BFGS (lbfgs.c): O(n d k) an iteration, one pass over the rows.  solver=liblinear is
 * LIBLINEAR's trust region Newton method (penalty l2) or coordinate descent (l1), one-vs-rest, where the
 * intercept is the weight of a constant feature and is penalised like the others. Stops, as scikit-learn 1.2
 * with SciPy's L-BFGS-B, at max_iter, at a largest gradient element of tol (of the sum of losses + 1/(2C)
 * |w|^2), or when the objective falls by less than 2.2e-9 of itself. Leaves out the solvers newton-cg, sag
 * and saga, elasticnet, warm starts and dual. */
#include "classifiers/lbfgs.h"
#include "classifiers/liblinear.h"
#include "classifiers/linear_model.h"
#include "classifiers/logistic_loss.h"
#include "core/clock.h"
#include "core/memory.h"
#include <float.h>
#include <linear.h>
#include <math.h>

#define DECREASE_TOLERANCE 2.220446049250313e-9 /* SciPy's ftol: 1e7 times the spacing of doubles at 1 */

enum { PENALTY_NONE, PENALTY_L1, PENALTY_L2 };
enum { SOLVER_LBFGS, SOLVER_LIBLINEAR };
enum { MULTI_AUTO, MULTI_OVR, MULTI_MULTINOMIAL };
enum { WEIGHT_NONE, WEIGHT_BALANCED };

struct config {
    int penalty, solver, multi_class, class_weight, fit_intercept, max_iter;
    double C, tol, intercept_scaling;
};

static const struct sl_word penalties[] = {
    {"l2", PENALTY_L2}, {"l1", PENALTY_L1}, {"none", PENALTY_NONE}, {0}};
static const struct sl_word solvers[] = {{"lbfgs", SOLVER_LBFGS}, {"liblinear", SOLVER_LIBLINEAR}, {0}};
static const struct sl_word multi_classes[] = {
    {"auto", MULTI_AUTO}, {"ovr", MULTI_OVR}, {"multinomial", MULTI_MULTINOMIAL}, {0}};
static const struct sl_word class_weights[] = {{"none", WEIGHT_NONE}, {"balanced", WEIGHT_BALANCED}, {0}};

#define AT(field) offsetof(struct config, field)
static const struct sl_param params[] = {
    {.name = "penalty",
     .type = SL_PARAM_CHOICE,
     .offset = AT(penalty),
     .def = "l2",
     .words = penalties,
     .grid = "l2,none",
     .help = "norm of the weights in the objective; l1 needs solver=liblinear"},
    {.name = "C",
     .type = SL_PARAM_REAL,
     .offset = AT(C),
     .def = "1",
     .min = 0,
     .max = 1e12,
     .flags = SL_LOG | SL_OPEN_MIN,
     .grid = "0.001:1000:log7",
     .help = "weight of the losses against the penalty"},
    {.name = "tol",
     .type = SL_PARAM_REAL,
     .offset = AT(tol),
     .def = "0.0001",
     .min = 0,
     .max = 1,
     .flags = SL_LOG | SL_OPEN_MIN,
     .grid = "0.0001,0.01",
     .help = "largest gradient element at which to stop"},
    {.name = "max_iter",
     .type = SL_PARAM_INT,
     .offset = AT(max_iter),
     .def = "100",
     .min = 1,
     .max = 1e9,
     .flags = SL_LOG,
     .grid = "10,100,1000",
     .help = "limit of iterations (lbfgs)"},
    {.name = "fit_intercept",
     .type = SL_PARAM_CHOICE,
     .offset = AT(fit_intercept),
     .def = "true",
     .words = sl_words_bool,
     .grid = "true,false",
     .help = "fit a constant for each class"},
    {.name = "intercept_scaling",
     .type = SL_PARAM_REAL,
     .offset = AT(intercept_scaling),
     .def = "1",
     .min = 0,
     .max = 1e6,
     .flags = SL_LOG | SL_OPEN_MIN,
     .grid = "1,10",
     .help = "liblinear: value of the constant feature whose weight is the intercept"},
    {.name = "solver",
     .type = SL_PARAM_CHOICE,
     .offset = AT(solver),
     .def = "lbfgs",
     .words = solvers,
     .grid = "lbfgs",
     .help = "lbfgs, or LIBLINEAR's one-vs-rest as a reference"},
    {.name = "multi_class",
     .type = SL_PARAM_CHOICE,
     .offset = AT(multi_class),
     .def = "auto",
     .words = multi_classes,
     .grid = "auto,ovr",
     .help = "auto: multinomial with lbfgs and more than two classes, else ovr"},
    {.name = "class_weight",
     .type = SL_PARAM_CHOICE,
     .offset = AT(class_weight),
     .def = "none",
     .words = class_weights,
     .grid = "none,balanced",
     .help = "balanced: classes weigh the same however many rows they have"},
    {0}};

static int logreg_check(const void *vconfig, const struct sl_view *view, struct sl_error *err)
{
    const struct config *config = vconfig;
    (void)view;
    if (config->solver == SOLVER_LBFGS && config->penalty == PENALTY_L1)
        return sl_fail(err, SL_EUSAGE,
                       "penalty=l1 needs solver=liblinear; solver=lbfgs takes penalty=l2 or none");
    if (config->solver == SOLVER_LIBLINEAR && config->penalty == PENALTY_NONE)
        return sl_fail(err, SL_EUSAGE,
                       "penalty=none needs solver=lbfgs; solver=liblinear takes penalty=l2 or l1");
    if (config->solver == SOLVER_LIBLINEAR && config->multi_class == MULTI_MULTINOMIAL)
        return sl_fail(err, SL_EUSAGE,
                       "multi_class=multinomial needs solver=lbfgs; solver=liblinear fits ovr");
    return SL_OK;
}

/* Fitting with L-BFGS ------------------------------------------------------------------------------*/

struct task {
    const struct sl_fit *fit;
    const struct config *config;
    const struct sl_classes *classes;
    struct sl_linear *model;
    struct sl_logistic loss;
    double start; /* seconds */
    int stopped;  /* on_epoch asked to stop */
};

static double objective(void *arg, const double *x, double *g)
{
    struct task *task = arg;
    return sl_logistic_objective(&task->loss, x, g);
}

static int on_iteration(void *arg, int iteration, double f)
{
    struct task *task = arg;
    const struct sl_fit *fit = task->fit;
    (void)f;
    if (fit->cancel && *fit->cancel)
        return 1;
    if (!fit->on_epoch)
        return 0;
    struct sl_epoch point = {
        .epoch = iteration,
        .train_loss = task->loss.loss / (double)fit->train->n,
        .train_accuracy = NAN,
        .validation_loss = NAN,
        .validation_accuracy = NAN,
        .learning_rate = NAN,
        .seconds = sl_now() - task->start,
    };
    task->stopped = fit->on_epoch(fit->arg, &point);
    return task->stopped;
}

/* Minimises task->loss and copies its vectors to the model's, from vector c on. */
static int minimise(struct task *task, int c, struct sl_error *err)
{
    const struct config *config = task->config;
    struct sl_logistic *loss = &task->loss;
    struct sl_lbfgs_report report;
    loss->view = task->fit->train;
    loss->fit_intercept = config->fit_intercept;
    loss->penalty = config->penalty == PENALTY_NONE ? 0 : 1 / config->C;
    loss->threads = task->fit->threads;
    int code = sl_logistic_init(loss, err);
    if (code)
        return code;
    struct sl_lbfgs problem = {.n = loss->variables,
                               .function = objective,
                               .on_iteration = on_iteration,
                               .arg = task,
                               .max_iter = config->max_iter,
                               .gradient_tolerance = config->tol,
                               .decrease_tolerance = DECREASE_TOLERANCE,
                               .precision = FLT_EPSILON};
    double *x = sl_alloc_zero(loss->variables, sizeof *x);
    code = x ? sl_lbfgs_minimise(&problem, x, &report, err) : sl_fail_memory(err);
    if (!code && task->fit->cancel && *task->fit->cancel)
        code = sl_fail(err, SL_ECANCELLED, "cancelled");
    for (int v = 0; v < loss->vectors && !code; v++)
        code = sl_linear_set(task->model, c + v, x + (size_t)v * loss->ld,
                             x[(size_t)loss->vectors * loss->ld + (size_t)v], err);
    if (!code) {
        struct sl_fit_report *total = task->fit->report;
        double objective = report.f * (config->penalty == PENALTY_NONE ? 1 : config->C);
        int converged = report.stop == SL_LBFGS_GRADIENT || report.stop == SL_LBFGS_DECREASE;
        total->n_iter = report.iterations > total->n_iter ? report.iterations : total->n_iter;
        total->converged = total->converged ? converged : 0;
        total->objective = isnan(total->objective) ? objective : total->objective + objective;
    }
    free(x);
    sl_logistic_release(loss);
    return code;
}

static int fit_multinomial(struct task *task, struct sl_error *err)
{
    const struct sl_classes *classes = task->classes;
    size_t n = task->fit->train->n;
    float *s = sl_alloc(n, sizeof *s);
    double *weights = sl_alloc((size_t)classes->m, sizeof *weights);
    int code = s && weights ? SL_OK : sl_fail_memory(err);
    if (!code) {
        sl_classes_weights(classes, n, task->config->class_weight == WEIGHT_BALANCED, weights);
        for (size_t i = 0; i < n; i++)
            s[i] = (float)weights[classes->number[i]];
        task->loss = (struct sl_logistic){.vectors = classes->m, .y = classes->number, .s = s};
        code = minimise(task, 0, err);
    }
    free(s);
    free(weights);
    return code;
}

/* Each class against the rest; of two classes, the second against the first. */
static int fit_one_vs_rest(struct task *task, struct sl_error *err)
{
    const struct sl_classes *classes = task->classes;
    size_t n = task->fit->train->n;
    float *sign = sl_alloc(n, sizeof *sign), *s = sl_alloc(n, sizeof *s);
    int code = sign && s ? SL_OK : sl_fail_memory(err);
    for (int v = 0; v < task->model->vectors && !code && !task->stopped; v++) {
        int c = classes->m == 2 ? 1 : v;
        double count = (double)classes->count[c], all = (double)n;
        int balanced = task->config->class_weight == WEIGHT_BALANCED;
        for (size_t i = 0; i < n; i++) {
            int mine = classes->number[i] == c;
            sign[i] = mine ? 1 : -1;
            s[i] = (float)(balanced ? all / (2 * (mine ? count : all - count)) : 1);
        }
        task->loss = (struct sl_logistic){.vectors = 1, .sign = sign, .s = s};
        code = minimise(task, v, err);
    }
    free(sign);
    free(s);
    return code;
}

/* Fitting with LIBLINEAR ---------------------------------------------------------------------------*/

static int fit_liblinear(struct task *task, struct sl_error *err)
{
    const struct config *config = task->config;
    double *weights = sl_alloc((size_t)task->classes->m, sizeof *weights);
    if (!weights)
        return sl_fail_memory(err);
    sl_classes_weights(task->classes, task->fit->train->n, config->class_weight == WEIGHT_BALANCED, weights);
    const struct sl_liblinear request = {
        .solver = config->penalty == PENALTY_L1 ? L1R_LR : L2R_LR,
        .C = config->C,
        .tol = config->tol,
        .intercept_scaling = config->fit_intercept ? config->intercept_scaling : 0,
        .weights = weights,
        .seed = 1, /* L1R_LR visits features in random order: the same for every fit */
        .threads = task->fit->threads,
        .cancel = task->fit->cancel,
    };
    int code =
        sl_liblinear_fit(&request, task->fit->train, task->classes, task->model, task->fit->report, err);
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
    int multinomial = config->solver == SOLVER_LBFGS && config->multi_class != MULTI_OVR &&
                      (config->multi_class == MULTI_MULTINOMIAL || classes.m > 2);
    struct task task = {.fit = fit, .config = config, .classes = &classes, .start = sl_now()};
    task.model =
        sl_linear_new(&classes, fit->train, multinomial ? SL_LINK_SOFTMAX : SL_LINK_OVR, multinomial);
    if (!task.model)
        code = sl_fail_memory(err);
    else if (classes.m > 1)
        code = config->solver == SOLVER_LIBLINEAR ? fit_liblinear(&task, err)
               : multinomial                      ? fit_multinomial(&task, err)
                                                  : fit_one_vs_rest(&task, err);
    sl_classes_release(&classes);
    if (code)
        sl_linear_free(task.model);
    else
        *out = task.model;
    return code;
}

const struct sl_classifier_type sl_classifier_logreg = {
    .name = "logreg",
    .title = "Logistic regression",
    .reference =
        "multinomial logistic regression by L-BFGS: Nocedal and Wright, Numerical optimization (2006); "
        "LIBLINEAR: Fan et al., JMLR 9 (2008)",
    .flags = SL_WANTS_SCALED | SL_PROBABILITIES | SL_ITERATES,
    .config_size = sizeof(struct config),
    .params = params,
    .check = logreg_check,
    .fit = logreg_fit,
    .predict = sl_linear_predict,
    .scores = sl_linear_scores,
    .save = sl_linear_save,
    .load = sl_linear_load,
    .free = sl_linear_free,
};
