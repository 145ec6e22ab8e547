/* svc_newton.c - a linear SVM with squared hinge loss by Newton's method in the primal.
 *
 *     f(w) = 1/2 |w|^2 + sum_i C_i max(0, 1 - y_i w.x_i)^2
 *     g = w - 2 sum_I C_i y_i (1 - y_i w.x_i) x_i,     H = 1 + 2 sum_I C_i x_i x_i',     I: rows with y_i
 * w.x_i < 1
 *
 * Keerthi and DeCoste, "A modified finite Newton method for fast solution of large scale linear SVMs", JMLR 6
 * (2005); the stopping rule is LIBLINEAR's: |g| <= tol min(n_own, n_rest) / n |g at w = 0|.
 *
 * A direction comes from preconditioned conjugate gradients on the rows in I (float products, O(|I| d) a
 * step), the step from an exact line search, margins and gradients are computed in double.  The
 * preconditioner (svc_metric.c) is a Cholesky factor of H for an earlier I, at first of all rows.  It is made
 * anew when the steps since it was made have taken the time of another; where that never pays (many
 * features), it is H's diagonal.  f is quadratic as long as I stays, so that the last Newton step lands on
 * the minimum.
 *
 * Sums over rows are cut into chunks by their number, and added in order: the threads do not change a bit. */
#include "linear/svc_newton.h"
#include "core/memory.h"
#include "linear/svc_search.h"
#include <float.h>
#include <math.h>
#include <string.h>

enum {
    CHUNKS_MAX = 32,
    CHUNK_MIN = 64 /* rows; chunks begin at multiples of four listed rows */
};

#define FORCING 0.1 /* what conjugate gradients reduce the residual to, and by how much more after a step */
                    /* that gained nothing */
#define PROGRESS_MIN 1e-12 /* of f: less is rounding */
#define IDLE_MAX 3         /* steps without progress, one after the other */

struct newton {
    struct sl_svc_class *p;
    struct sl_svc_metric metric;
    double C;       /* the largest C_i */
    float *h;       /* (n) C_i / C, rounded: for directions */
    double *each;   /* (n) C_i */
    double *m, *u;  /* (n) margins, and what the direction changes them by */
    uint32_t *list; /* (n_list) rows inside their margins, ascending */
    size_t n_list;
    double *g, *d, *r, *z, *v, *q; /* (size) gradient, direction; of conjugate gradients */
    double *sums;                  /* (CHUNKS_MAX, size) */
    float *v_floats, *curves;      /* (size), (CHUNKS_MAX, size) */
    double spent;                  /* cost of the steps since the factor was made */
    double forcing;
    double f;
};

/* Chunks of n listed rows ---------------------------------------------------------------------------*/

static size_t count_chunks(const struct newton *t, size_t n)
{
    const struct sl_svc_rows *rows = t->p->rows;
    size_t chunks = (n + CHUNK_MIN - 1) / CHUNK_MIN, size = rows->size;
    if (rows->sparse) { /* a chunk's sums cost as much as some of its rows */
        const size_t worth = sl_svc_entries(rows) / (4 * size);
        chunks = chunks < worth ? chunks : worth > 0 ? worth : 1;
    }
    return chunks < CHUNKS_MAX ? chunks : CHUNKS_MAX;
}

static size_t chunk_start(size_t n, size_t chunk, size_t chunks)
{
    return chunk == chunks ? n : n / 4 * chunk / chunks * 4;
}

static double product(const double *x, const double *y, size_t n)
{
    double sum = 0;
    for (size_t j = 0; j < n; j++)
        sum += x[j] * y[j];
    return sum;
}

/* f, g and I ----------------------------------------------------------------------------------------*/

/* u (n) = y_i d.x_i. */
static void multiply_rows(struct newton *t, const double *d, double *u)
{
    const struct sl_svc_class *p = t->p;
#pragma omp parallel for num_threads(p->threads) if (p->threads > 1)
    for (size_t i = 0; i < p->rows->n; i++)
        u[i] = sl_svc_sign(p, i) * sl_svc_score(p->rows, i, d);
}

static void list_rows(struct newton *t)
{
    t->n_list = 0;
    for (size_t i = 0; i < t->p->rows->n; i++)
        if (t->m[i] < 1)
            t->list[t->n_list++] = (uint32_t)i;
}

static void add_chunk(const struct newton *t, size_t first, size_t end, double *sum)
{
    const struct sl_svc_class *p = t->p;
    memset(sum, 0, p->rows->size * sizeof *sum);
    for (size_t l = first; l < end; l++) {
        size_t i = t->list[l];
        sl_svc_add(p->rows, i, -2 * t->each[i] * sl_svc_sign(p, i) * (1 - t->m[i]), sum);
    }
}

static void find_gradient(struct newton *t)
{
    const struct sl_svc_class *p = t->p;
    size_t size = p->rows->size, chunks = count_chunks(t, t->n_list);
#pragma omp parallel for num_threads(p->threads) if (p->threads > 1)
    for (size_t c = 0; c < chunks; c++)
        add_chunk(t, chunk_start(t->n_list, c, chunks), chunk_start(t->n_list, c + 1, chunks),
                  t->sums + c * size);
    for (size_t j = 0; j < size; j++)
        t->g[j] = sl_svc_penalty(p->rows, j) * p->w[j];
    for (size_t c = 0; c < chunks; c++)
        for (size_t j = 0; j < size; j++)
            t->g[j] += t->sums[c * size + j];
}

/* Of the gradient by the real weights. */
static double gradient_norm(const struct newton *t)
{
    double sum = 0;
    for (size_t j = 0; j < t->p->rows->size; j++)
        sum += t->g[j] * t->g[j] / sl_svc_penalty(t->p->rows, j);
    return sqrt(sum);
}

/* Conjugate gradients -------------------------------------------------------------------------------*/

/* q = H v. */
static void curve(struct newton *t, const double *v, double *q)
{
    const struct sl_svc_rows *rows = t->p->rows;
    size_t size = rows->size, chunks = count_chunks(t, t->n_list);
    double largest = 0;
    for (size_t j = 0; j < size; j++)
        largest = fmax(largest, fabs(v[j]));
    if (!(largest > 0))
        largest = 1;
    for (size_t j = 0; j < size; j++)
        t->v_floats[j] = (float)(v[j] / largest);
#pragma omp parallel for num_threads(t->p->threads) if (t->p->threads > 1)
    for (size_t c = 0; c < chunks; c++) {
        size_t first = chunk_start(t->n_list, c, chunks), end = chunk_start(t->n_list, c + 1, chunks);
        sl_svc_curve(rows, t->list + first, end - first, t->h, t->v_floats, t->curves + c * size);
    }
    for (size_t j = 0; j < size; j++)
        q[j] = 0;
    for (size_t c = 0; c < chunks; c++)
        for (size_t j = 0; j < size; j++)
            q[j] += (double)t->curves[c * size + j];
    for (size_t j = 0; j < size; j++)
        q[j] = sl_svc_penalty(rows, j) * v[j] + 2 * t->C * largest * q[j];
}

/* d: about -H^-1 g. */
static void find_direction(struct newton *t)
{
    size_t size = t->p->rows->size, steps_max = size < 1000 ? size : 1000;
    memset(t->d, 0, size * sizeof *t->d);
    for (size_t j = 0; j < size; j++)
        t->r[j] = -t->g[j];
    sl_svc_metric_solve(&t->metric, t->r, t->z);
    memcpy(t->v, t->z, size * sizeof *t->v);
    double rz = product(t->r, t->z, size), target = t->forcing * t->forcing * rz;
    for (size_t step = 0; step < steps_max && rz > target && !sl_svc_cancelled(t->p); step++) {
        curve(t, t->v, t->q);
        t->spent += sl_svc_step_cost(t->p->rows, t->n_list);
        double bend = product(t->v, t->q, size);
        if (!(bend > 0))
            break;
        double along = rz / bend, before = rz;
        for (size_t j = 0; j < size; j++) {
            t->d[j] += along * t->v[j];
            t->r[j] -= along * t->q[j];
        }
        sl_svc_metric_solve(&t->metric, t->r, t->z);
        rz = product(t->r, t->z, size);
        for (size_t j = 0; j < size; j++)
            t->v[j] = t->z[j] + rz / before * t->v[j];
    }
}

/* Before a direction: is another preconditioner due? */
static int renew_metric(struct newton *t, int can_factor)
{
    const struct sl_svc_class *p = t->p;
    if (!can_factor) {
        sl_svc_metric_diagonal(&t->metric, p->rows, t->list, t->n_list, t->h, t->C);
        return SL_OK;
    }
    if (t->spent < sl_svc_factor_cost(p->rows, t->n_list))
        return SL_OK;
    t->spent = 0;
    return sl_svc_metric_factor(&t->metric, p->rows, t->list, t->n_list, t->h, t->C, p->threads);
}

/* Newton's method -----------------------------------------------------------------------------------*/

/* Along d to the least f.  Returns whether f fell, or the gradient did: near the minimum f no longer tells.
 */
static int move(struct newton *t)
{
    struct sl_svc_class *p = t->p;
    size_t n = p->rows->n, size = p->rows->size;
    struct sl_svc_line line = {.n = n, .m = t->m, .u = t->u, .C = t->each};
    multiply_rows(t, t->d, t->u);
    for (size_t j = 0; j < size; j++) {
        double penalty = sl_svc_penalty(p->rows, j);
        line.norm[0] += penalty * p->w[j] * p->w[j] / 2;
        line.norm[1] += penalty * p->w[j] * t->d[j];
        line.norm[2] += penalty * t->d[j] * t->d[j] / 2;
    }
    double s = sl_svc_line_search(&line), f = t->f, norm = gradient_norm(t);
    t->f = sl_svc_line_value(&line, s, NULL, NULL);
    for (size_t j = 0; j < size; j++)
        p->w[j] += s * t->d[j];
    for (size_t i = 0; i < n; i++)
        t->m[i] += s * t->u[i];
    list_rows(t);
    find_gradient(t);
    return t->f < f - PROGRESS_MIN * f || gradient_norm(t) < 0.9 * norm;
}

static int run(struct newton *t, const struct sl_svc_metric *start)
{
    struct sl_svc_class *p = t->p;
    size_t n = p->rows->n, own = 0;
    int code = SL_OK, idle = 0;
    t->forcing = FORCING;
    for (size_t i = 0; i < n; i++) {
        own += p->number[i] == p->own;
        t->each[i] = sl_svc_C(p, i);
        t->C = fmax(t->C, t->each[i]);
        t->f += t->each[i];
    }
    for (size_t i = 0; i < n; i++)
        t->h[i] = (float)(t->each[i] / t->C);
    list_rows(t);
    find_gradient(t);
    size_t fewer = own < n - own ? own : n - own;
    double target = p->options->tol * (double)(fewer ? fewer : 1) / (double)n * gradient_norm(t);
    if (start)
        sl_svc_metric_borrow(&t->metric, start);
    for (; !code && p->n_iter < p->options->max_iter && !sl_svc_cancelled(p); p->n_iter++) {
        p->converged = gradient_norm(t) <= target;
        if (p->converged)
            break;
        code = renew_metric(t, start != NULL);
        if (code)
            break;
        find_direction(t);
        idle = move(t) ? 0 : idle + 1;
        t->forcing *= idle ? FORCING : 1;
        if (idle == IDLE_MAX)
            break;
    }
    p->converged = gradient_norm(t) <= target;
    p->objective = t->f;
    return code;
}

static void release(struct newton *t)
{
    free(t->h);
    free(t->each);
    free(t->m);
    free(t->u);
    free(t->list);
    free(t->g);
    free(t->sums);
    free(t->v_floats);
    sl_svc_metric_release(&t->metric);
}

static int init(struct newton *t, struct sl_svc_class *p)
{
    size_t n = p->rows->n, size = p->rows->size;
    *t = (struct newton){.p = p};
    t->h = sl_alloc(n, sizeof *t->h);
    t->each = sl_alloc(n, sizeof *t->each);
    t->m = sl_alloc_zero(n, sizeof *t->m);
    t->u = sl_alloc(n, sizeof *t->u);
    t->list = sl_alloc(n, sizeof *t->list);
    t->g = sl_alloc(6 * size, sizeof *t->g);
    t->sums = sl_alloc(CHUNKS_MAX * size, sizeof *t->sums);
    t->v_floats = sl_alloc((1 + CHUNKS_MAX) * size, sizeof *t->v_floats);
    if (!sl_svc_metric_init(&t->metric, p->rows) || !t->h || !t->each || !t->m || !t->u || !t->list ||
        !t->g || !t->sums || !t->v_floats)
        return 0;
    t->d = t->g + size;
    t->r = t->d + size;
    t->z = t->r + size;
    t->v = t->z + size;
    t->q = t->v + size;
    t->curves = t->v_floats + size;
    return 1;
}

int sl_svc_newton(struct sl_svc_class *p, const struct sl_svc_metric *start)
{
    struct newton t;
    int code = init(&t, p) ? run(&t, start) : SL_ENOMEM;
    release(&t);
    return code;
}
