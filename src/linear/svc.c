/* svc.c - linear SVMs, one class against the rest: the rows, the classes' problems side by side, the model.
 *
 * The files, in reading order: svc_rows.c the rows and their products, svc_dual.c coordinate descent in the
 * dual, svc_newton.c Newton's method in the primal with svc_metric.c its preconditioner and svc_search.c its
 * line search, proximal.c absolute weights penalised, svc_joint.c one problem for all classes.  Classes go to
 * the threads; where there are fewer classes, the threads share the loops over rows.  A row's C is C times
 * its weight and its class's, not normalised, as in scikit-learn. */
#include "linear/svc.h"
#include "core/memory.h"
#include "core/threads.h"
#include "data/features.h"
#include "kernels/gemm.h"
#include "kernels/sparse_row.h"
#include "linear/proximal.h"
#include "linear/shuffle.h"
#include "linear/svc_dual.h"
#include "linear/svc_joint.h"
#include "linear/svc_newton.h"
#include <math.h>

enum { SAMPLE_MIN = 4096, SAMPLE_OF_SIZE = 8 }; /* rows of the first factor, and for each feature */

struct fit {
    const struct sl_svc_options *options;
    const double *row_weight; /* (n), or NULL: all 1 */
    const struct sl_classes *classes;
    const struct sl_linear_run *run;
    const struct sl_svc_rows *rows;
    struct sl_svc_metric start; /* Newton: a factor for w = 0 */
    int can_factor;
    struct sl_classes turned;    /* coordinate descent on sparse rows: those of rows in a random order, */
    struct sl_csr *shuffled;     /* and these rows, */
    struct sl_svc_rows in_order; /* which then are the rows */
    double *squares;             /* (n) coordinate descent: squares of the rows */
    double *w;                   /* (vectors, rows.size) */
    struct sl_svc_class *each;   /* (vectors) */
};

static double weight_of(const struct fit *fit, size_t i)
{
    return fit->row_weight ? fit->row_weight[i] : 1;
}

static double largest_weight(const struct fit *fit)
{
    double most = fit->row_weight ? 0 : 1;
    for (size_t i = 0; fit->row_weight && i < fit->rows->n; i++)
        most = fmax(most, fit->row_weight[i]);
    return most;
}

/* Of rows far apart, each for as many as it stands for: a preconditioner needs no more. */
static int factor_start(struct fit *fit)
{
    size_t n = fit->rows->n, least = SAMPLE_OF_SIZE * fit->rows->size;
    size_t every = n / (least > SAMPLE_MIN ? least : SAMPLE_MIN), count = 0;
    double most = largest_weight(fit);
    uint32_t *list = sl_alloc(n, sizeof *list);
    float *h = sl_alloc(n, sizeof *h);
    int code = list && h && sl_svc_metric_init(&fit->start, fit->rows) ? SL_OK : SL_ENOMEM;
    for (size_t i = 0; i < n && !code; i += every ? every : 1) {
        list[count++] = (uint32_t)i;
        h[i] = (float)((double)(every ? every : 1) * weight_of(fit, i) / most);
    }
    if (!code)
        code = sl_svc_metric_factor(&fit->start, fit->rows, list, count, h, fit->options->C * most,
                                    fit->run->threads);
    free(list);
    free(h);
    return code;
}

/* Puts sparse rows in a random order, in which coordinate descent goes through memory (svc_dual.c). */
static int shuffle_rows(struct fit *fit)
{
    const size_t n = fit->rows->n;
    struct sl_rng *rng = sl_rng_split(fit->run->rng, 1);
    uint32_t *order = sl_alloc(n, sizeof *order);
    const struct sl_view view = {
        .dtype = SL_SPARSE, .n = n, .d = fit->rows->d, .x = fit->rows->x, .scale = 1};
    fit->turned = *fit->classes;
    fit->turned.number = sl_alloc(n, sizeof *fit->turned.number);
    int code = rng && order && fit->turned.number ? SL_OK : SL_ENOMEM;
    for (size_t i = 0; i < n && !code; i++)
        order[i] = (uint32_t)i;
    if (!code) {
        sl_shuffle_rows(rng, order, n);
        fit->shuffled = sl_view_take(&view, order, n);
        code = fit->shuffled ? SL_OK : SL_ENOMEM;
    }
    for (size_t i = 0; i < n && !code; i++)
        fit->turned.number[i] = fit->classes->number[order[i]];
    if (!code) {
        fit->in_order = *fit->rows;
        fit->in_order.x = fit->shuffled;
        fit->rows = &fit->in_order;
        fit->classes = &fit->turned;
    }
    free(order);
    sl_rng_free(rng);
    return code;
}

static int find_squares(struct fit *fit)
{
    fit->squares = sl_alloc(fit->rows->n, sizeof *fit->squares);
    if (!fit->squares)
        return SL_ENOMEM;
#pragma omp parallel for num_threads(fit->run->threads)
    for (size_t i = 0; i < fit->rows->n; i++)
        fit->squares[i] = sl_svc_square(fit->rows, i);
    return SL_OK;
}

/* Vector v: class v, or of two classes the second, against the rest. */
static void describe_class(const struct fit *fit, int v, const double *weights)
{
    int pair = fit->classes->m == 2 && !fit->options->joint, c = pair ? 1 : v;
    fit->each[v] = (struct sl_svc_class){.options = fit->options,
                                         .rows = fit->rows,
                                         .number = fit->classes->number,
                                         .own = c,
                                         .C_own = fit->options->C * weights[c],
                                         .C_rest = fit->options->C * (pair ? weights[0] : 1),
                                         .weight = fit->row_weight,
                                         .threads = 1,
                                         .cancel = fit->run->cancel,
                                         .w = fit->w + (size_t)v * fit->rows->size};
}

static int is_proximal(const struct fit *fit)
{
    return fit->options->l1 || fit->options->loss == SL_SVC_LOGISTIC;
}

static int fit_class(const struct fit *fit, int v)
{
    if (is_proximal(fit))
        return sl_proximal(&fit->each[v]);
    return sl_svc_newton(&fit->each[v], fit->can_factor ? &fit->start : NULL);
}

static int fit_primal(const struct fit *fit, int vectors)
{
    int threads = fit->run->threads, code = SL_OK;
    if (vectors < threads) {
        for (int v = 0; v < vectors && !code; v++) {
            fit->each[v].threads = threads;
            code = fit_class(fit, v);
        }
        return code;
    }
#pragma omp parallel for num_threads(threads) schedule(dynamic) reduction(max : code)
    for (int v = 0; v < vectors; v++) {
        int own = fit_class(fit, v);
        code = own > code ? own : code;
    }
    return code;
}

static int fit_joint(const struct fit *fit, int vectors)
{
    struct sl_rng *rng = sl_rng_split(fit->run->rng, 0);
    int code = rng ? sl_svc_joint(fit->each, vectors, fit->squares, rng) : SL_ENOMEM;
    sl_rng_free(rng);
    return code;
}

/* As few groups as can be, but one for each thread. */
static int fit_dual(const struct fit *fit, int vectors)
{
    int threads = fit->run->threads, most = threads < vectors ? threads : vectors, code = SL_OK;
    int groups = (vectors + SL_SVC_GROUP - 1) / SL_SVC_GROUP;
    groups = groups > most ? groups : most;
#pragma omp parallel for num_threads(threads) schedule(dynamic) reduction(max : code)
    for (int g = 0; g < groups; g++) {
        int first = (int)((long)vectors * g / groups), end = (int)((long)vectors * (g + 1) / groups);
        struct sl_rng *rng = sl_rng_split(fit->run->rng, 0);
        int own = rng ? sl_svc_coordinates(fit->each + first, end - first, fit->squares, rng) : SL_ENOMEM;
        code = own > code ? own : code;
        sl_rng_free(rng);
    }
    return code;
}

/* Weights of stored features become those of real ones. */
static int finish(const struct fit *fit, struct sl_linear *model, struct sl_fit_report *report,
                  struct sl_error *err)
{
    int code = SL_OK;
    report->n_iter = 0;
    report->converged = 1;
    report->objective = 0;
    for (int v = 0; v < model->vectors && !code; v++) {
        const struct sl_svc_class *p = &fit->each[v];
        for (size_t j = 0; j < fit->rows->d; j++)
            p->w[j] /= fit->rows->unit;
        report->n_iter = p->n_iter > report->n_iter ? p->n_iter : report->n_iter;
        report->converged &= p->converged;
        report->objective += p->objective;
        code = sl_linear_set(model, v, p->w, fit->rows->constant * p->w[fit->rows->d], err);
    }
    return code;
}

static int solve(struct fit *fit, const double *weights, struct sl_linear *model,
                 struct sl_fit_report *report, struct sl_error *err)
{
    size_t vectors = (size_t)model->vectors;
    fit->w = sl_alloc_zero(vectors, fit->rows->size * sizeof *fit->w);
    fit->each = sl_alloc_zero(vectors, sizeof *fit->each);
    fit->can_factor = !fit->options->dual && !is_proximal(fit) && sl_svc_can_factor(fit->rows);
    int code = fit->w && fit->each ? SL_OK : SL_ENOMEM;
    for (int v = 0; v < model->vectors && !code; v++)
        describe_class(fit, v, weights);
    if (!code && fit->options->dual)
        code = find_squares(fit);
    if (!code && fit->can_factor)
        code = factor_start(fit);
    if (!code)
        code = fit->options->joint  ? fit_joint(fit, model->vectors)
               : fit->options->dual ? fit_dual(fit, model->vectors)
                                    : fit_primal(fit, model->vectors);
    if (code)
        return sl_product_fail(code, err);
    if (fit->run->cancel && *fit->run->cancel)
        return sl_fail(err, SL_ECANCELLED, "cancelled");
    return finish(fit, model, report, err);
}

void sl_svc_warm_up(int dual, size_t n, size_t d)
{
    if (!dual)
        sl_svc_metric_warm_up(n, d);
}

/* A step goes twice over all rows, or a pass once over them in the dual. */
static int count_threads(double values, int vectors, int threads)
{
    return sl_threads_for(2.0 * values * vectors, threads);
}

static double values_of(const struct sl_svc_rows *rows)
{
    return rows->sparse ? 8 * (double)sl_svc_entries(rows) : (double)rows->n * (double)rows->d;
}

int sl_svc_fit_rows(const struct sl_svc_options *options, const struct sl_svc_rows *rows,
                    const struct sl_classes *classes, const double *row_weight, const double *weights,
                    const struct sl_linear_run *run, struct sl_linear *model, struct sl_fit_report *report,
                    struct sl_error *err)
{
    struct sl_linear_run own = *run;
    own.threads = count_threads(values_of(rows), model->vectors, run->threads);
    struct fit fit = {
        .options = options, .classes = classes, .row_weight = row_weight, .run = &own, .rows = rows};
    int code = options->dual && rows->sparse && shuffle_rows(&fit) ? sl_fail_memory(err) : SL_OK;
    if (!code)
        code = solve(&fit, weights, model, report, err);
    free(fit.w);
    free(fit.each);
    free(fit.squares);
    free(fit.shuffled);
    free(fit.turned.number);
    sl_svc_metric_release(&fit.start);
    return code;
}

int sl_svc_fit(const struct sl_svc_options *options, const struct sl_view *train,
               const struct sl_classes *classes, const double *weights, const struct sl_linear_run *run,
               struct sl_linear *model, struct sl_fit_report *report, struct sl_error *err)
{
    struct sl_svc_rows rows;
    const double values =
        train->dtype == SL_SPARSE ? 8 * (double)sl_view_entries(train) : (double)train->n * (double)train->d;
    const int threads = count_threads(values, model->vectors, run->threads);
    int code = sl_svc_rows_init(&rows, train, options->intercept_scaling, threads, err);
    if (!code)
        code = sl_svc_fit_rows(options, &rows, classes, train->weight, weights, run, model, report, err);
    sl_svc_rows_release(&rows);
    return code;
}
