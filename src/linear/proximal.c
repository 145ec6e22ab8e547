/* proximal.c - absolute values or squares of the weights penalised, by a proximal Newton method.
 *
 * Yuan, Ho and Lin, "An improved GLMNET for L1-regularized logistic regression", JMLR 13 (2012): each step
 * minimises a quadratic model of the losses plus the penalties (proximal_model.c), and moves there if the
 * objective falls enough, else part of the way.  The stopping rule is LIBLINEAR's: the violations of
 * optimality sum to at most tol min(n_own, n_rest) / n times what they sum to at w = 0; of squares it is the
 * gradient's length.
 *
 * The model's curvature may come from some of the rows, and from an earlier point: that costs steps, not
 * exactness, since losses, gradients and violations are those of all rows, in double.  It is made anew when a
 * step gains little or meets another curvature than the model's, and of more rows when the model lacked that
 * of its own point: directions are long in which the sample has few rows.  Its damping goes by whether whole
 * steps are taken, as Levenberg's and Marquardt's does.
 *
 * Sums over rows are cut into chunks by their number, and added in order: the threads do not change a bit. */
#include "linear/proximal.h"
#include "core/memory.h"
#include "linear/proximal_model.h"
#include <math.h>
#include <string.h>

enum {
    CHUNKS_MAX = 32,
    CHUNK_MIN = 64,      /* rows */
    SAMPLE_OF_SIZE = 16, /* rows of the first model, for each feature */
    IDLE_MAX = 10,       /* steps without progress, one after the other */
};

#define FORCING 0.01       /* of the violations: what a model is solved to */
#define ENOUGH 0.01        /* of the decrease that the slope promises: the least that a step must bring */
#define GAIN 0.8           /* of the violations: what a good step leaves at most */
#define BEND_RANGE 2       /* curvature met, divided by the model's, of a model that is still good */
#define DAMPING_FIRST 0.01 /* of H's diagonal */
#define DAMPING_LEAST 1e-6
#define DAMPING_GROWS 10
#define DAMPING_SHRINKS 3
#define ROUNDING 1e-13     /* of f */
#define PROGRESS_MIN 1e-12 /* of f: less is rounding */
#define STEP_LEAST 1e-10

struct proximal {
    struct sl_svc_class *p;
    struct sl_proximal_model model;
    int logistic;
    size_t sample;             /* rows that a model is made of, at most */
    double damping;            /* of the model */
    double *C;                 /* (n) */
    double *m, *u;             /* (n) margins, and what the direction changes them by */
    double *g, *d;             /* (size) gradient of the losses, direction */
    double *sums;              /* (CHUNKS_MAX, size) */
    double losses[CHUNKS_MAX]; /* of the chunks */
    double f, violation;
};

/* Losses --------------------------------------------------------------------------------------------*/

static double loss_of(const struct proximal *t, double m)
{
    if (t->logistic)
        return m > 0 ? log1p(exp(-m)) : log1p(exp(m)) - m;
    return m < 1 ? (1 - m) * (1 - m) : 0;
}

static double slope_of(const struct proximal *t, double m)
{
    if (t->logistic)
        return -1 / (1 + exp(m));
    return m < 1 ? -2 * (1 - m) : 0;
}

static double bend_of(const struct proximal *t, double m)
{
    if (t->logistic) {
        const double e = exp(-fabs(m));
        return e / ((1 + e) * (1 + e));
    }
    return m < 1 ? 2 : 0;
}

/* Rows ----------------------------------------------------------------------------------------------*/

static size_t count_chunks(const struct proximal *t)
{
    const size_t chunks = (t->p->rows->n + CHUNK_MIN - 1) / CHUNK_MIN;
    return chunks < CHUNKS_MAX ? chunks : CHUNKS_MAX;
}

static double run_chunk(struct proximal *t, size_t first, size_t end, const double *d, double s, double *sum)
{
    const struct sl_svc_class *p = t->p;
    double losses = 0;
    memset(sum, 0, p->rows->size * sizeof *sum);
    for (size_t i = first; i < end; i++) {
        const double sign = sl_svc_sign(p, i);
        if (d)
            t->u[i] = sign * sl_svc_score(p->rows, i, d);
        const double m = t->m[i] + s * t->u[i], slope = t->C[i] * slope_of(t, m);
        losses += t->C[i] * loss_of(t, m);
        if (slope != 0)
            sl_svc_add(p->rows, i, sign * slope, sum);
    }
    return losses;
}

/* The losses at margins m + s u; u is found first where d is given.  The chunks' sums get the gradient: a row
 * is read once for both. */
static double run_rows(struct proximal *t, const double *d, double s)
{
    const size_t n = t->p->rows->n, size = t->p->rows->size, chunks = count_chunks(t);
    double losses = 0;
#pragma omp parallel for num_threads(t->p->threads) if (t->p->threads > 1)
    for (size_t c = 0; c < chunks; c++)
        t->losses[c] = run_chunk(t, n * c / chunks, n * (c + 1) / chunks, d, s, t->sums + c * size);
    for (size_t c = 0; c < chunks; c++)
        losses += t->losses[c];
    return losses;
}

/* The sum of the violations of optimality; of squares the length of the gradient, as LIBLINEAR has it. */
static double find_violation(const struct proximal *t)
{
    double sum = 0;
    for (size_t j = 0; j < t->p->rows->size; j++) {
        const double penalty = sl_proximal_penalty(t->p->rows, j), g = t->g[j] / penalty,
                     square = g + penalty * t->p->w[j];
        sum += t->model.squared ? square * square : sl_proximal_violation(g, t->p->w[j]);
    }
    return t->model.squared ? sqrt(sum) : sum;
}

/* From the chunks' sums. */
static void take_gradient(struct proximal *t)
{
    const size_t size = t->p->rows->size, chunks = count_chunks(t);
    memset(t->g, 0, size * sizeof *t->g);
    for (size_t c = 0; c < chunks; c++)
        for (size_t j = 0; j < size; j++)
            t->g[j] += t->sums[c * size + j];
    t->violation = find_violation(t);
}

static double losses_at(const struct proximal *t, double s)
{
    double sum = 0;
    for (size_t i = 0; i < t->p->rows->n; i++)
        sum += t->C[i] * loss_of(t, t->m[i] + s * t->u[i]);
    return sum;
}

static double norm_at(const struct proximal *t, double s)
{
    double sum = 0;
    for (size_t j = 0; j < t->p->rows->size; j++)
        sum += sl_proximal_norm(&t->model, j, t->p->w[j] + s * t->d[j]);
    return sum;
}

/* Steps ---------------------------------------------------------------------------------------------*/

/* How far along d, at most 1, the objective falls enough; 0 where it does not.  Leaves the losses' gradient
 * there in the chunks' sums, and the objective in *f. */
static double search(struct proximal *t, double *f)
{
    double promise = norm_at(t, 1) - norm_at(t, 0), s = 1;
    for (size_t j = 0; j < t->p->rows->size; j++)
        promise += t->g[j] * t->d[j];
    *f = run_rows(t, t->d, s) + norm_at(t, s);
    if (*f <= t->f + ENOUGH * promise + ROUNDING * t->f)
        return s;
    do {
        s = s > STEP_LEAST ? s / 2 : 0;
        *f = losses_at(t, s) + norm_at(t, s);
    } while (s > 0 && !(*f <= t->f + ENOUGH * s * promise));
    run_rows(t, NULL, s);
    return s;
}

static double move(struct proximal *t)
{
    struct sl_svc_class *p = t->p;
    double f;
    const double s = search(t, &f);
    for (size_t i = 0; i < p->rows->n; i++)
        t->m[i] += s * t->u[i];
    for (size_t j = 0; j < p->rows->size; j++)
        p->w[j] += s * t->d[j];
    t->f = f;
    take_gradient(t);
    return s;
}

/* The losses' curvature along d, where margins are m + s u, divided by the model's. */
static double compare_bend(const struct proximal *t, double s)
{
    double sum = 0;
    for (size_t i = 0; i < t->p->rows->n; i++)
        sum += t->C[i] * bend_of(t, t->m[i] + s * t->u[i]) * t->u[i] * t->u[i];
    return sum / sl_proximal_model_bend(&t->model, t->d);
}

static int make_model(struct proximal *t)
{
    for (size_t i = 0; i < t->p->rows->n; i++)
        t->u[i] = t->C[i] * bend_of(t, t->m[i]);
    return sl_proximal_model_make(&t->model, t->u, t->sample, t->p->threads);
}

/* One step; *due: is a new model, before it and after it? */
static int step(struct proximal *t, int *due)
{
    const int fresh = *due;
    const double before = t->violation;
    int code = fresh ? make_model(t) : SL_OK;
    if (!code)
        code = sl_proximal_model_solve(&t->model, t->g, t->p->w, t->damping, FORCING * before, t->d);
    if (code)
        return code;
    const double s = move(t), bend = compare_bend(t, 0);
    *due = s < 1 || t->violation > GAIN * before || !(bend < BEND_RANGE && bend > 1.0 / BEND_RANGE);
    if (fresh && !t->model.whole && !(compare_bend(t, -s) < BEND_RANGE))
        t->sample *= 2;
    t->damping =
        s < 1 ? fmin(t->damping * DAMPING_GROWS, 1) : fmax(t->damping / DAMPING_SHRINKS, DAMPING_LEAST);
    return SL_OK;
}

/* Returns the sum of the violations at which to stop. */
static double start(struct proximal *t)
{
    struct sl_svc_class *p = t->p;
    const size_t n = p->rows->n;
    size_t own = 0;
    for (size_t i = 0; i < n; i++) {
        own += p->number[i] == p->own;
        t->C[i] = sl_svc_C(p, i);
    }
    t->f = run_rows(t, NULL, 0);
    take_gradient(t);
    t->sample = SAMPLE_OF_SIZE * p->rows->size;
    t->damping = DAMPING_FIRST;
    const size_t fewer = own < n - own ? own : n - own;
    return p->options->tol * (double)(fewer ? fewer : 1) / (double)n * t->violation;
}

static int run(struct proximal *t)
{
    struct sl_svc_class *p = t->p;
    const double target = start(t);
    double least = t->violation;
    int code = SL_OK, due = 1, idle = 0;
    while (!code && t->violation > target && p->n_iter < p->options->max_iter && idle < IDLE_MAX &&
           !sl_svc_cancelled(p)) {
        const double f = t->f;
        code = step(t, &due);
        idle = t->f < f - PROGRESS_MIN * f || t->violation < GAIN * least ? 0 : idle + 1;
        least = fmin(least, t->violation);
        p->n_iter++;
    }
    p->converged = t->violation <= target;
    p->objective = t->f;
    return code;
}

static int init(struct proximal *t, struct sl_svc_class *p)
{
    const size_t n = p->rows->n, size = p->rows->size;
    *t = (struct proximal){.p = p, .logistic = p->options->loss == SL_SVC_LOGISTIC};
    t->C = sl_alloc(n, sizeof *t->C);
    t->m = sl_alloc_zero(n, sizeof *t->m);
    t->u = sl_alloc_zero(n, sizeof *t->u);
    t->g = sl_alloc(2 * size, sizeof *t->g);
    t->sums = sl_alloc(CHUNKS_MAX * size, sizeof *t->sums);
    if (!sl_proximal_model_init(&t->model, p->rows, !p->options->l1) || !t->C || !t->m || !t->u || !t->g ||
        !t->sums)
        return 0;
    t->d = t->g + size;
    return 1;
}

static void release(struct proximal *t)
{
    free(t->C);
    free(t->m);
    free(t->u);
    free(t->g);
    free(t->sums);
    sl_proximal_model_release(&t->model);
}

int sl_proximal(struct sl_svc_class *p)
{
    struct proximal t;
    int code = init(&t, p) ? run(&t) : SL_ENOMEM;
    release(&t);
    return code;
}

int sl_proximal_check(const struct sl_view *view, const char *what, struct sl_error *err)
{
    if (view->dtype == SL_SPARSE)
        return sl_fail(err, SL_EUSAGE, "%s by solver=own takes no sparse rows; solver=liblinear does", what);
    if (view->d >= SL_PROXIMAL_SIZE_MOST)
        return sl_fail(err, SL_EUSAGE,
                       "%s by solver=own takes at most %d features, and these are %zu; "
                       "solver=liblinear takes more",
                       what, SL_PROXIMAL_SIZE_MOST - 1, view->d);
    return SL_OK;
}
