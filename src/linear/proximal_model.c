/* proximal_model.c - the quadratic model of proximal.c: H from rows, and its least value.
 *
 * H takes n size^2 / 2 multiply-adds by matrix products, so that a sample of the rows is worth more than its
 * errors cost.  The least is found by coordinate descent on the matrix (size multiply-adds for each weight
 * that changes) in turn with Newton's method on the weights that are not 0: where features are much alike,
 * coordinate descent alone takes thousands of passes, and soon knows which weights are 0.  With squares it is
 * one system of equations. */
#include "linear/proximal_model.h"
#include "core/memory.h"
#include "kernels/cholesky.h"
#include "kernels/dispatch.h"
#include "linear/svc_metric.h"
#include <math.h>
#include <string.h>

enum {
    PASSES = 20, /* of coordinate descent before the weights that are not 0 move together */
    ROUNDS = 30, /* of both */
    HALVINGS = 10,
};

int sl_proximal_model_init(struct sl_proximal_model *model, const struct sl_svc_rows *rows, int squared)
{
    const size_t size = rows->size;
    *model = (struct sl_proximal_model){.rows = rows, .squared = squared};
    model->H = sl_alloc(size * size, sizeof *model->H);
    model->U = sl_alloc(size * size, sizeof *model->U);
    model->h = sl_alloc(rows->n, sizeof *model->h);
    model->list = sl_alloc(rows->n, sizeof *model->list);
    model->squares = sl_alloc_zero(5 * size, sizeof *model->squares);
    model->active = sl_alloc(size, sizeof *model->active);
    model->e = sl_alloc(size, sizeof *model->e);
    if (!model->H || !model->U || !model->h || !model->list || !model->squares || !model->active || !model->e)
        return 0;
    model->diagonal = model->squares + size;
    model->z = model->diagonal + size;
    model->r = model->z + size;
    model->before = model->r + size;
    for (size_t i = 0; i < rows->n; i++)
        sl_svc_add_squares(rows, i, 1 / (double)rows->n, model->squares);
    return 1;
}

void sl_proximal_model_release(struct sl_proximal_model *model)
{
    free(model->H);
    free(model->U);
    free(model->h);
    free(model->list);
    free(model->squares);
    free(model->active);
    free(model->e);
}

/* H -------------------------------------------------------------------------------------------------*/

/* Rows with much curvature are taken as they are; of those with little, one for every `step` of it, which
 * stands for that much.  Returns how many. */
static size_t choose_rows(struct sl_proximal_model *model, const double *h, size_t most)
{
    const size_t n = model->rows->n;
    double largest = 0, waiting = 0;
    size_t count = 0, all = 0;
    model->bend = 0;
    for (size_t i = 0; i < n; i++) {
        model->bend += h[i];
        largest = fmax(largest, h[i]);
        all += h[i] > 0;
    }
    model->whole = all <= most;
    const double step = model->whole ? 0 : model->bend / (double)most;
    model->scale = largest > 0 ? fmax(largest, step) : 1;
    for (size_t i = 0; i < n; i++) {
        double own = h[i];
        if (own < step) {
            waiting += own;
            own = waiting >= step ? step : 0;
            waiting -= own;
        }
        model->h[i] = (float)(own / model->scale);
        if (own > 0)
            model->list[count++] = (uint32_t)i;
    }
    return count;
}

int sl_proximal_model_make(struct sl_proximal_model *model, const double *h, size_t most, int threads)
{
    const size_t size = model->rows->size, n = choose_rows(model, h, most);
    memset(model->H, 0, size * size * sizeof *model->H);
    int code = sl_svc_add_products(model->H, model->rows, model->list, n, model->h, 1, threads);
    for (size_t j = 0; j < size; j++)
        for (size_t k = 0; k < j; k++)
            model->H[j * size + k] = model->H[k * size + j];
    return code;
}

double sl_proximal_model_bend(const struct sl_proximal_model *model, const double *d)
{
    const size_t size = model->rows->size;
    double sum = 0;
    for (size_t j = 0; j < size; j++) {
        double product = 0;
        for (size_t k = 0; k < size && d[j] != 0; k++)
            product += d[k] * (double)model->H[j * size + k];
        sum += d[j] * product;
    }
    return sum * model->scale;
}

/* A sample may lack the rows of a rare feature: R of it is then as if all rows had the mean curvature. */
static void find_diagonal(struct sl_proximal_model *model, double damping)
{
    const size_t size = model->rows->size;
    for (size_t j = 0; j < size; j++) {
        const double h = model->scale * (double)model->H[j * size + j];
        model->diagonal[j] = h + damping * fmax(h, model->bend * model->squares[j]);
    }
}

/* Coordinate descent --------------------------------------------------------------------------------*/

double sl_proximal_violation(double g, double w)
{
    return w == 0 ? fmax(fabs(g) - 1, 0) : fabs(g + (w > 0 ? 1 : -1));
}

SL_CLONED_VOID(static, add_row, (double *restrict r, double a, const float *restrict row, size_t n),
               (r, a, row, n))
{
    for (size_t j = 0; j < n; j++)
        r[j] += a * (double)row[j];
}

/* r += change times column j of H + R. */
static void add_column(struct sl_proximal_model *model, size_t j, double change)
{
    const size_t size = model->rows->size;
    const double own = model->r[j];
    add_row(model->r, model->scale * change, model->H + j * size, size);
    model->r[j] = own + model->diagonal[j] * change;
}

/* Where the model is least if a weight z alone changes: its gradient is r there, its curvature h. */
static double shrink(double z, double r, double h, double penalty)
{
    const double pull = h * z - r;
    if (fabs(pull) <= penalty)
        return 0;
    return (pull > 0 ? pull - penalty : pull + penalty) / h;
}

/* One pass; returns the sum of the violations that it met. */
static double descend(struct sl_proximal_model *model)
{
    double sum = 0;
    for (size_t j = 0; j < model->rows->size; j++) {
        const double h = model->diagonal[j], penalty = sl_proximal_penalty(model->rows, j);
        if (!(h > 0)) /* a feature that is 0 in all rows */
            continue;
        sum += sl_proximal_violation(model->r[j] / penalty, model->z[j]);
        const double z = shrink(model->z[j], model->r[j], h, penalty), change = z - model->z[j];
        model->z[j] = z;
        if (change != 0)
            add_column(model, j, change);
    }
    return sum;
}

/* Newton's method on the weights that are not 0 -----------------------------------------------------*/

static void find_gradient(struct sl_proximal_model *model)
{
    const size_t size = model->rows->size;
    memcpy(model->r, model->g, size * sizeof *model->r);
    for (size_t j = 0; j < size; j++)
        if (model->z[j] != model->w[j])
            add_column(model, j, model->z[j] - model->w[j]);
}

/* The model's value at z, whose gradient is r, but for a constant. */
static double find_value(const struct sl_proximal_model *model)
{
    double sum = 0;
    for (size_t j = 0; j < model->rows->size; j++)
        sum += (model->g[j] + model->r[j]) * (model->z[j] - model->w[j]) / 2 +
               sl_proximal_penalty(model->rows, j) * fabs(model->z[j]);
    return sum;
}

static size_t list_active(struct sl_proximal_model *model)
{
    size_t n = 0;
    for (size_t j = 0; j < model->rows->size; j++)
        if (model->z[j] != 0)
            model->active[n++] = (uint32_t)j;
    return n;
}

/* e: the move of the n active weights to the least value if none changes its sign, times scale / `unit`. */
static int find_move(struct sl_proximal_model *model, size_t n, double *unit)
{
    const size_t size = model->rows->size;
    double largest = 0;
    for (size_t a = 0; a < n; a++) {
        const size_t j = model->active[a];
        const double penalty = sl_proximal_penalty(model->rows, j);
        model->r[j] += model->z[j] > 0 ? penalty : -penalty;
        largest = fmax(largest, fabs(model->r[j]));
        for (size_t b = a; b < n; b++)
            model->U[a * n + b] = model->H[j * size + model->active[b]];
        model->U[a * n + a] = (float)(model->diagonal[j] / model->scale);
    }
    *unit = largest > 0 ? largest : 1;
    for (size_t a = 0; a < n; a++)
        model->e[a] = (float)(-model->r[model->active[a]] / *unit);
    int code = sl_cholesky(model->U, n, n, 1);
    if (!code)
        sl_cholesky_solve(model->U, n, n, model->e);
    return code;
}

/* A weight that would change its sign stops at 0.  Halves the move until the value falls; *fell: did it? */
static int move_active(struct sl_proximal_model *model, int *fell)
{
    const size_t size = model->rows->size, n = list_active(model);
    const double value = find_value(model);
    double unit, s = 1;
    *fell = 0;
    int code = n > 0 ? find_move(model, n, &unit) : SL_OK;
    if (code || n == 0)
        return code;
    memcpy(model->before, model->z, size * sizeof *model->z);
    for (int half = 0; half < HALVINGS && !*fell; half++, s /= 2) {
        for (size_t a = 0; a < n; a++) {
            const size_t j = model->active[a];
            const double z = model->before[j] + s * unit / model->scale * (double)model->e[a];
            model->z[j] = (z > 0) == (model->before[j] > 0) ? z : 0;
        }
        find_gradient(model);
        *fell = find_value(model) < value;
    }
    if (!*fell) {
        memcpy(model->z, model->before, size * sizeof *model->z);
        find_gradient(model);
    }
    return SL_OK;
}

/* Squares: the model's least is where a system of equations says. */
static int solve_squares(struct sl_proximal_model *model, const double *g, const double *w, double *d)
{
    const size_t size = model->rows->size;
    double largest = 0;
    memcpy(model->U, model->H, size * size * sizeof *model->U);
    for (size_t j = 0; j < size; j++) {
        const double penalty = sl_proximal_penalty(model->rows, j);
        model->r[j] = g[j] + penalty * penalty * w[j];
        largest = fmax(largest, fabs(model->r[j]));
        model->U[j * size + j] = (float)((model->diagonal[j] + penalty * penalty) / model->scale);
    }
    for (size_t j = 0; j < size; j++)
        model->e[j] = (float)(largest > 0 ? -model->r[j] / largest : 0);
    int code = sl_cholesky(model->U, size, size, 1);
    if (!code)
        sl_cholesky_solve(model->U, size, size, model->e);
    for (size_t j = 0; j < size; j++)
        d[j] = largest / model->scale * (double)model->e[j];
    return code;
}

int sl_proximal_model_solve(struct sl_proximal_model *model, const double *g, const double *w, double damping,
                            double target, double *d)
{
    const size_t size = model->rows->size;
    double sum = INFINITY;
    int code = SL_OK, falls = 1;
    model->g = g;
    model->w = w;
    memcpy(model->r, g, size * sizeof *g);
    memcpy(model->z, w, size * sizeof *w);
    find_diagonal(model, damping);
    if (model->squared)
        return solve_squares(model, g, w, d);
    for (int round = 0; round < ROUNDS && sum > target && !code; round++) {
        for (int pass = 0; pass < PASSES && sum > target; pass++)
            sum = descend(model);
        if (sum > target && falls)
            code = move_active(model, &falls);
    }
    for (size_t j = 0; j < size; j++)
        d[j] = model->z[j] - w[j];
    return code;
}
