/* liblinear.c - LIBLINEAR behind the library's rules.
 *
 * Fan, Chang, Hsieh, Wang, Lin, "LIBLINEAR: a library for large linear classification", JMLR 9 (2008).
 * Rows become its sparse (index, value) pairs, 16 bytes each, in one piece of memory.  It prints through
 * one function and shuffles with rand(), both the process's own: a fit holds a lock, sets both, and reads
 * iteration counts from what is printed.  Each class is a binary problem of its own with the generator
 * seeded anew, so that a class's weights do not depend on the others.
 * LIBLINEAR's limits of iterations are fixed: 1000, and 100 Newton steps with penalty l1.
 *
 * It is loaded by the first fit, not linked: it brings the system's BLAS, and OpenBLAS starts threads as soon
 * as it is loaded, and where memory is short asks for it without end.  A program that lists or shows wants
 * neither, and one that forks its trials must have no thread (study/executor.c). */
#include "linear/liblinear.h"
#include "core/memory.h"
#include "core/threads.h"
#include "kernels/sparse_row.h"
#include <dlfcn.h>
#include <linear.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* The library --------------------------------------------------------------------------------------*/

/* Under the lock; all NULL until it is loaded, which it then stays. */
static struct {
    __typeof__(&check_parameter) check_parameter;
    __typeof__(&train) train;
    __typeof__(&free_and_destroy_model) free_model;
    __typeof__(&set_print_string_function) set_print;
} library;

/* The loader says only in words that memory ran out, and not always so. */
static int fail_load(const char *reason, struct sl_error *err)
{
    static const char *const memory[] = {"memory", "map segment", "cannot create", "cannot allocate"};
    int no_memory = 0;
    for (size_t i = 0; i < sizeof memory / sizeof *memory; i++)
        no_memory |= strstr(reason, memory[i]) != NULL;
    if (no_memory)
        return sl_fail(err, SL_ENOMEM, "out of memory: LIBLINEAR cannot be loaded: %s", reason);
    return sl_fail(err, SL_EIO, "LIBLINEAR cannot be loaded (Debian: package " SL_LIBLINEAR_PACKAGE "): %s",
                   reason);
}

static int load(struct sl_error *err)
{
    if (library.train)
        return SL_OK;
    void *handle = dlopen(SL_LIBLINEAR, RTLD_NOW | RTLD_LOCAL);
    if (handle) {
        library.check_parameter = dlsym(handle, "check_parameter");
        library.free_model = dlsym(handle, "free_and_destroy_model");
        library.set_print = dlsym(handle, "set_print_string_function");
    }
    if (library.check_parameter && library.free_model && library.set_print)
        library.train = dlsym(handle, "train");
    const char *reason = library.train ? NULL : dlerror();
    return library.train ? SL_OK : fail_load(reason ? reason : "no reason given", err);
}

void sl_liblinear_warm_up(void)
{
    pthread_mutex_lock(&lock);
    load(NULL);
    pthread_mutex_unlock(&lock);
}

/* What LIBLINEAR prints ----------------------------------------------------------------------------*/

static struct {
    int iterations, limited;
} heard; /* under the lock */

static void listen(const char *text)
{
    int iteration;
    if (sscanf(text, " iter %d", &iteration) == 1 ||
        sscanf(text, " optimization finished, #iter = %d", &iteration) == 1)
        heard.iterations = iteration > heard.iterations ? iteration : heard.iterations;
    if (strstr(text, "reaching max number of iterations"))
        heard.limited = 1;
}

/* Rows as LIBLINEAR reads them ---------------------------------------------------------------------*/

struct rows {
    struct problem problem;
    struct feature_node *nodes;
    size_t *start; /* (n + 1) of each row in nodes */
};

static void rows_release(struct rows *rows)
{
    free(rows->problem.y);
    free(rows->problem.x);
    free(rows->nodes);
    free(rows->start);
}

static double value_at(const struct sl_view *view, size_t at)
{
    if (view->dtype == SL_F32)
        return (double)((const float *)view->x)[at];
    return (double)view->scale * ((const uint8_t *)view->x)[at] + (double)view->offset;
}

static size_t count_row(const struct sl_view *view, size_t i)
{
    size_t count = 0;
    if (view->dtype == SL_SPARSE)
        return sl_view_row(view, i).n;
    for (size_t j = 0; j < view->d; j++)
        count += value_at(view, i * view->d + j) != 0;
    return count;
}

static void fill_row(const struct sl_view *view, size_t i, double bias, struct feature_node *node)
{
    if (view->dtype == SL_SPARSE) {
        const struct sl_sparse_row row = sl_view_row(view, i);
        for (size_t e = 0; e < row.n; e++)
            *node++ = (struct feature_node){(int)row.column[e] + 1, (double)row.value[e]};
    }
    for (size_t j = 0; j < view->d && view->dtype != SL_SPARSE; j++) {
        double value = value_at(view, i * view->d + j);
        if (value != 0)
            *node++ = (struct feature_node){(int)j + 1, value};
    }
    if (bias > 0)
        *node++ = (struct feature_node){(int)view->d + 1, bias};
    *node = (struct feature_node){-1, 0};
}

static int rows_init(struct rows *rows, const struct sl_view *view, double bias, int threads,
                     struct sl_error *err)
{
    size_t n = view->n, own = bias > 0 ? 2 : 1;
    *rows =
        (struct rows){.problem = {.l = (int)n, .n = (int)view->d + (bias > 0), .bias = bias > 0 ? bias : -1}};
    rows->problem.y = sl_alloc(n, sizeof *rows->problem.y);
    rows->problem.x = sl_alloc(n, sizeof *rows->problem.x);
    rows->start = sl_alloc(n + 1, sizeof *rows->start);
    if (!rows->problem.y || !rows->problem.x || !rows->start)
        return sl_fail_memory(err);
    rows->start[0] = 0;
#pragma omp parallel for num_threads(threads)
    for (size_t i = 0; i < n; i++)
        rows->start[i + 1] = count_row(view, i) + own;
    for (size_t i = 0; i < n; i++)
        rows->start[i + 1] += rows->start[i];
    rows->nodes = sl_alloc(rows->start[n], sizeof *rows->nodes);
    if (!rows->nodes)
        return sl_fail_memory(err);
#pragma omp parallel for num_threads(threads)
    for (size_t i = 0; i < n; i++) {
        rows->problem.x[i] = rows->nodes + rows->start[i];
        fill_row(view, i, bias, rows->problem.x[i]);
    }
    return SL_OK;
}

/* Objectives ---------------------------------------------------------------------------------------*/

static double loss_at(int solver, double margin)
{
    switch (solver) {
    case L2R_LR:
    case L1R_LR:
    case L2R_LR_DUAL:
        return margin > 0 ? log1p(exp(-margin)) : log1p(exp(margin)) - margin;
    case L2R_L1LOSS_SVC_DUAL:
        return fmax(0, 1 - margin);
    default:
        return fmax(0, 1 - margin) * fmax(0, 1 - margin);
    }
}

static double product(const double *w, size_t stride, const struct feature_node *x)
{
    double sum = 0;
    for (; x->index != -1; x++)
        sum += w[(size_t)(x->index - 1) * stride] * x->value;
    return sum;
}

static double norm(int solver, const double *w, size_t n)
{
    double sum = 0;
    int absolute = solver == L1R_LR || solver == L1R_L2LOSS_SVC;
    for (size_t j = 0; j < n; j++)
        sum += absolute ? fabs(w[j]) : w[j] * w[j] / 2;
    return sum;
}

/* Of one vector w against the rest; C of either side. */
static double binary_objective(const struct rows *rows, int solver, const double *w, double C_positive,
                               double C_negative, int threads)
{
    const struct problem *p = &rows->problem;
    double *loss = sl_alloc((size_t)p->l, sizeof *loss), sum = norm(solver, w, (size_t)p->n);
    if (!loss)
        return NAN;
#pragma omp parallel for num_threads(threads)
    for (int i = 0; i < p->l; i++)
        loss[i] = (p->y[i] > 0 ? C_positive : C_negative) * loss_at(solver, p->y[i] * product(w, 1, p->x[i]));
    for (int i = 0; i < p->l; i++)
        sum += loss[i];
    free(loss);
    return sum;
}

/* Of Crammer and Singer's machine; w (n, m), column of class c at position[c]. */
static double joint_objective(const struct rows *rows, const double *w, const int *position, int m,
                              const double *C)
{
    const struct problem *p = &rows->problem;
    double sum = norm(MCSVM_CS, w, (size_t)p->n * (size_t)m);
    for (int i = 0; i < p->l; i++) {
        int y = (int)p->y[i];
        double own = product(w + position[y], (size_t)m, p->x[i]), worst = 0;
        for (int c = 0; c < m; c++)
            if (c != y)
                worst = fmax(worst, 1 + product(w + position[c], (size_t)m, p->x[i]) - own);
        sum += C[y] * worst;
    }
    return sum;
}

/* Fits ---------------------------------------------------------------------------------------------*/

static int run(const struct problem *problem, const struct parameter *parameter, unsigned seed,
               struct model **out, struct sl_error *err)
{
    const char *complaint = library.check_parameter(problem, parameter);
    *out = NULL;
    if (complaint)
        return sl_fail(err, SL_EUSAGE, "LIBLINEAR: %s", complaint);
    srand(seed);
    *out = library.train(problem, parameter);
    return *out ? SL_OK : sl_fail_memory(err);
}

/* Vector v of the model: class c (of two the second) against the rest. */
static int fit_binary(const struct sl_liblinear *request, struct rows *rows, const struct sl_classes *classes,
                      int v, struct sl_linear *model, struct sl_fit_report *report, struct sl_error *err)
{
    int pair = classes->m == 2, c = pair ? 1 : v;
    int labels[] = {1, -1};
    double weights[] = {request->weights[c], pair ? request->weights[0] : 1};
    struct parameter parameter = {.solver_type = request->solver,
                                  .eps = request->tol,
                                  .C = request->C,
                                  .nr_weight = 2,
                                  .weight_label = labels,
                                  .weight = weights,
                                  .p = 0.1};
    struct model *fitted;
    for (int i = 0; i < rows->problem.l; i++)
        rows->problem.y[i] = classes->number[i] == c ? 1 : -1;
    int code = run(&rows->problem, &parameter, request->seed, &fitted, err);
    if (code)
        return code;
    size_t n = (size_t)rows->problem.n;
    if (fitted->label[0] < 0)
        for (size_t j = 0; j < n; j++)
            fitted->w[j] = -fitted->w[j];
    double intercept = request->intercept_scaling > 0 ? fitted->w[n - 1] * request->intercept_scaling : 0;
    code = sl_linear_set(model, v, fitted->w, intercept, err);
    report->objective += binary_objective(rows, request->solver, fitted->w, request->C * weights[0],
                                          request->C * weights[1], request->threads);
    library.free_model(&fitted);
    return code;
}

static int fit_each(const struct sl_liblinear *request, struct rows *rows, const struct sl_classes *classes,
                    struct sl_linear *model, struct sl_fit_report *report, struct sl_error *err)
{
    int code = SL_OK;
    for (int v = 0; v < model->vectors && !code; v++) {
        code = fit_binary(request, rows, classes, v, model, report, err);
        if (!code && request->cancel && *request->cancel)
            code = sl_fail(err, SL_ECANCELLED, "cancelled");
    }
    return code;
}

/* Crammer and Singer's machine: fitted->w (n, m). */
static int copy_joint(const struct sl_liblinear *request, const struct rows *rows, const struct model *fitted,
                      struct sl_linear *model, struct sl_fit_report *report, struct sl_error *err)
{
    size_t n = (size_t)rows->problem.n, m = (size_t)model->m;
    int *position = sl_alloc(m, sizeof *position), code = SL_OK;
    double *w = sl_alloc(n, sizeof *w), *C = sl_alloc(m, sizeof *C);
    if (!position || !w || !C)
        code = sl_fail_memory(err);
    for (size_t l = 0; l < m && !code; l++)
        position[fitted->label[l]] = (int)l;
    for (size_t c = 0; c < m && !code; c++) {
        for (size_t j = 0; j < n; j++)
            w[j] = fitted->w[j * m + (size_t)position[c]];
        C[c] = request->C * request->weights[c];
        double intercept = request->intercept_scaling > 0 ? w[n - 1] * request->intercept_scaling : 0;
        code = sl_linear_set(model, (int)c, w, intercept, err);
    }
    if (!code)
        report->objective = joint_objective(rows, fitted->w, position, (int)m, C);
    free(position);
    free(w);
    free(C);
    return code;
}

static int fit_joint(const struct sl_liblinear *request, struct rows *rows, const struct sl_classes *classes,
                     struct sl_linear *model, struct sl_fit_report *report, struct sl_error *err)
{
    int m = classes->m;
    int *labels = sl_alloc((size_t)m, sizeof *labels);
    double *weights = sl_alloc((size_t)m, sizeof *weights);
    struct parameter parameter = {.solver_type = request->solver,
                                  .eps = request->tol,
                                  .C = request->C,
                                  .nr_weight = m,
                                  .weight_label = labels,
                                  .weight = weights,
                                  .p = 0.1};
    struct model *fitted = NULL;
    int code = labels && weights ? SL_OK : sl_fail_memory(err);
    for (int c = 0; c < m && !code; c++) {
        labels[c] = c;
        weights[c] = request->weights[c];
    }
    if (!code) {
        for (int i = 0; i < rows->problem.l; i++)
            rows->problem.y[i] = classes->number[i];
        code = run(&rows->problem, &parameter, request->seed, &fitted, err);
    }
    if (!code)
        code = copy_joint(request, rows, fitted, model, report, err);
    if (fitted)
        library.free_model(&fitted);
    free(labels);
    free(weights);
    return code;
}

static int fit_loaded(const struct sl_liblinear *request, struct rows *rows, const struct sl_classes *classes,
                      struct sl_linear *model, struct sl_fit_report *report, struct sl_error *err)
{
    library.set_print(listen);
    heard.iterations = heard.limited = 0;
    report->objective = 0;
    int code = request->solver == MCSVM_CS ? fit_joint(request, rows, classes, model, report, err)
                                           : fit_each(request, rows, classes, model, report, err);
    report->n_iter = heard.iterations;
    report->converged = !heard.limited;
    return code;
}

int sl_liblinear_fit(const struct sl_liblinear *request, const struct sl_view *view,
                     const struct sl_classes *classes, struct sl_linear *model, struct sl_fit_report *report,
                     struct sl_error *err)
{
    struct rows rows;
    struct sl_liblinear own = *request;
    own.threads = sl_threads_for(8 * (double)view->n * (double)view->d, request->threads);
    if (view->n > INT32_MAX || view->d >= INT32_MAX)
        return sl_fail(err, SL_EUSAGE, "LIBLINEAR counts rows and features to %d", INT32_MAX);
    int code = rows_init(&rows, view, own.intercept_scaling, own.threads, err);
    if (!code) {
        pthread_mutex_lock(&lock);
        code = load(err);
        if (!code)
            code = fit_loaded(&own, &rows, classes, model, report, err);
        pthread_mutex_unlock(&lock);
    }
    rows_release(&rows);
    return code;
}
