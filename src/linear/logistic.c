/* logistic.c - logistic regression, multinomial or one-vs-rest, from zero weights by L-BFGS (lbfgs.c).
 *
 * Stops, as scikit-learn 1.2 with SciPy's L-BFGS-B, at max_iter, at a largest gradient element of tol, or
 * when the objective falls by less than 2.2e-9 of itself.  O(n d k) an iteration, one pass over the rows
 * (logistic_loss.c).  Weights of rows multiply their losses, as there, and are not normalised. */
#include "linear/logistic.h"
#include "core/clock.h"
#include "core/memory.h"
#include "linear/lbfgs.h"
#include "linear/logistic_loss.h"
#include <float.h>
#include <math.h>

#define DECREASE_TOLERANCE 2.220446049250313e-9 /* SciPy's ftol: 1e7 times the spacing of doubles at 1 */

struct task {
    const struct sl_logistic_options *options;
    const struct sl_view *train;
    const struct sl_classes *classes;
    const struct sl_linear_run *run;
    struct sl_linear *model;
    struct sl_fit_report *report;
    struct sl_logistic loss;
    double total_weight; /* of the rows */
    double start;        /* seconds */
    int stopped;         /* on_epoch asked to stop */
};

static double objective(void *arg, const double *x, double *g)
{
    struct task *task = arg;
    return sl_logistic_objective(&task->loss, x, g);
}

static int is_cancelled(const struct task *task)
{
    return task->run->cancel && *task->run->cancel;
}

static int on_iteration(void *arg, int iteration, double f)
{
    struct task *task = arg;
    const struct sl_linear_run *run = task->run;
    (void)f;
    if (is_cancelled(task))
        return 1;
    if (!run->on_epoch)
        return 0;
    struct sl_epoch point = {
        .epoch = iteration,
        .train_loss = task->loss.loss / task->total_weight,
        .train_accuracy = NAN,
        .validation_loss = NAN,
        .validation_accuracy = NAN,
        .learning_rate = NAN,
        .seconds = sl_now() - task->start,
    };
    task->stopped = run->on_epoch(run->arg, &point);
    return task->stopped;
}

void sl_logistic_add_report(const struct sl_logistic_options *options, const struct sl_lbfgs_report *problem,
                            struct sl_fit_report *total)
{
    const int converged = problem->stop == SL_LBFGS_GRADIENT || problem->stop == SL_LBFGS_DECREASE;
    total->n_iter = problem->iterations > total->n_iter ? problem->iterations : total->n_iter;
    total->converged &= converged;
    total->objective += problem->f * (isinf(options->C) ? 1 : options->C);
}

struct sl_lbfgs sl_logistic_descent(const struct sl_logistic_options *options, size_t variables)
{
    return (struct sl_lbfgs){.n = variables,
                             .max_iter = options->max_iter,
                             .gradient_tolerance = options->tol,
                             .decrease_tolerance = DECREASE_TOLERANCE,
                             .precision = FLT_EPSILON};
}

void sl_logistic_weights(const struct sl_logistic_options *options, const struct sl_classes *classes,
                         size_t n, int own, double *weights)
{
    if (own < 0) {
        sl_classes_weights(classes, n, options->balanced, weights);
        return;
    }
    const double count = (double)classes->count[own], all = (double)n;
    for (int c = 0; c < classes->m; c++)
        weights[c] = options->balanced ? all / (2 * (c == own ? count : all - count)) : 1;
}

/* L-BFGS from x, led by this thread. */
struct descent {
    struct task *task;
    const struct sl_lbfgs *problem;
    double *x;
    struct sl_lbfgs_report report;
    struct sl_error *err;
    int code;
};

static void descend(struct sl_team *team, void *arg)
{
    struct descent *d = arg;
    d->task->loss.team = team;
    d->code = sl_lbfgs_minimise(d->problem, d->x, &d->report, d->err);
}

/* Minimises task->loss and copies its vectors to the model's, from vector c on. */
static int minimise(struct task *task, int c, struct sl_error *err)
{
    const struct sl_logistic_options *options = task->options;
    struct sl_logistic *loss = &task->loss;
    loss->view = task->train;
    loss->fit_intercept = options->fit_intercept;
    loss->penalty = 1 / options->C;
    loss->threads = task->run->threads;
    int code = sl_logistic_init(loss, err);
    if (code)
        return code;
    struct sl_lbfgs problem = sl_logistic_descent(options, loss->variables);
    problem.function = objective;
    problem.on_iteration = on_iteration;
    problem.arg = task;
    double *x = sl_alloc_zero(loss->variables, sizeof *x);
    struct descent d = {.task = task, .problem = &problem, .x = x, .err = err};
    if (x)
        sl_team_lead(loss->threads, descend, &d);
    code = x ? d.code : sl_fail_memory(err);
    if (!code && is_cancelled(task))
        code = sl_fail(err, SL_ECANCELLED, "cancelled");
    for (int v = 0; v < loss->vectors && !code; v++)
        code = sl_linear_set(task->model, c + v, x + (size_t)v * loss->ld,
                             x[(size_t)loss->vectors * loss->ld + (size_t)v], err);
    if (!code)
        sl_logistic_add_report(options, &d.report, task->report);
    free(x);
    sl_logistic_release(loss);
    return code;
}

static int fit_multinomial(struct task *task, struct sl_error *err)
{
    const struct sl_classes *classes = task->classes;
    size_t n = task->train->n;
    float *s = sl_alloc(n, sizeof *s);
    double *weights = sl_alloc((size_t)classes->m, sizeof *weights);
    int code = s && weights ? SL_OK : sl_fail_memory(err);
    if (!code) {
        sl_logistic_weights(task->options, classes, n, -1, weights);
        for (size_t i = 0; i < n; i++)
            s[i] = (float)(weights[classes->number[i]] * sl_row_weight(task->train, i));
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
    size_t n = task->train->n;
    float *sign = sl_alloc(n, sizeof *sign), *s = sl_alloc(n, sizeof *s);
    double *weights = sl_alloc((size_t)classes->m, sizeof *weights);
    int code = sign && s && weights ? SL_OK : sl_fail_memory(err);
    for (int v = 0; v < task->model->vectors && !code && !task->stopped; v++) {
        const int own = classes->m == 2 ? 1 : v;
        sl_logistic_weights(task->options, classes, n, own, weights);
        for (size_t i = 0; i < n; i++) {
            sign[i] = classes->number[i] == own ? 1 : -1;
            s[i] = (float)(weights[classes->number[i]] * sl_row_weight(task->train, i));
        }
        task->loss = (struct sl_logistic){.vectors = 1, .sign = sign, .s = s};
        code = minimise(task, v, err);
    }
    free(sign);
    free(s);
    free(weights);
    return code;
}

int sl_logistic_fit(const struct sl_logistic_options *options, const struct sl_view *train,
                    const struct sl_classes *classes, const struct sl_linear_run *run,
                    struct sl_linear *model, struct sl_fit_report *report, struct sl_error *err)
{
    struct task task = {.options = options,
                        .train = train,
                        .classes = classes,
                        .run = run,
                        .model = model,
                        .report = report,
                        .total_weight = sl_total_weight(train),
                        .start = sl_now()};
    report->n_iter = 0;
    report->converged = 1;
    report->objective = 0;
    return sl_logistic_is_multinomial(options, classes->m) ? fit_multinomial(&task, err)
                                                           : fit_one_vs_rest(&task, err);
}
