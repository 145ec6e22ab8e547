/* svc_dual.c - a linear SVM with hinge or squared hinge loss by coordinate descent in the dual.
 *
 *     minimise 1/2 sum_ij a_i a_j y_i y_j x_i.x_j + sum_i D_i a_i^2 / 2 - sum_i a_i,     0 <= a_i <= U_i,
 *     D = 0, U = C (hinge) or D = 1 / (2 C), U = infinity (squared hinge);     w = sum_i a_i y_i x_i
 *
 * Hsieh, Chang, Lin, Keerthi and Sundararajan, "A dual coordinate descent method for large-scale linear SVM",
 * ICML (2008), with its shrinking and its stopping rule: the projected gradients of all rows lie within tol
 * of each other.  O(d) a row and pass, in a new random order each pass.
 *
 * Weights are floats as long as their rounding stays below tol, else doubles.  Floats gather rounding errors
 * from one step to the next: they are made anew from the multipliers every few passes. */
#include "linear/svc_dual.h"
#include "core/memory.h"
#include "kernels/row.h"
#include "kernels/skinny.h"
#include <float.h>
#include <math.h>
#include <shortlist/error.h>
#include <shortlist/rng.h>
#include <string.h>

enum { RENEW = 32 }; /* passes with the same floats */

#define STEP_MIN 1e-12 /* projected gradients below it are left */

struct descent {
    struct sl_svc_class *p;
    const double *squares;
    double unit2; /* the rows' unit, squared */
    int hinge;
    int precise;     /* w, else w_floats, takes the steps */
    float *w_floats; /* (size) */
    double *a;       /* (n) multipliers */
    uint32_t *order; /* (n): the first `active` are not shrunk */
    size_t active;
    double above, below; /* projected gradients beyond which a row at its bound is shrunk */
    double most, least;  /* projected gradients of this pass */
};

static double diagonal(const struct descent *t, size_t i)
{
    return t->hinge ? 0 : 0.5 / sl_svc_C(t->p, i);
}

static double bound(const struct descent *t, size_t i)
{
    return t->hinge ? sl_svc_C(t->p, i) : INFINITY;
}

/* w from the multipliers; are floats still good enough? */
static void renew(struct descent *t)
{
    struct sl_svc_class *p = t->p;
    const struct sl_svc_rows *rows = p->rows;
    double norm = 0, longest = 0;
    memset(p->w, 0, rows->size * sizeof *p->w);
    for (size_t i = 0; i < rows->n; i++) {
        longest = fmax(longest, t->squares[i]);
        if (t->a[i] > 0)
            sl_svc_add(rows, i, t->a[i] * p->sign[i], p->w);
    }
    for (size_t j = 0; j < rows->d; j++)
        p->w[j] *= t->unit2;
    for (size_t j = 0; j < rows->size; j++) {
        norm += sl_svc_penalty(rows, j) * p->w[j] * p->w[j];
        t->w_floats[j] = (float)p->w[j];
    }
    t->precise = !((double)FLT_EPSILON * (1 + sqrt(norm * longest)) < p->options->tol);
}

static double score(const struct descent *t, size_t i)
{
    const struct sl_svc_rows *rows = t->p->rows;
    const float *w = t->w_floats;
    if (t->precise)
        return sl_svc_score(rows, i, t->p->w);
    return (double)sl_row_dot(sl_svc_row(rows, i), rows->bytes, w, rows->ld) +
           rows->constant * (double)w[rows->d];
}

static void add_row(struct descent *t, size_t i, double a)
{
    const struct sl_svc_rows *rows = t->p->rows;
    double *w = t->p->w;
    if (t->precise) {
        double intercept = w[rows->d];
        sl_svc_add(rows, i, a * t->unit2, w);
        w[rows->d] = intercept + a * rows->constant;
        return;
    }
    if (rows->bytes)
        sl_skinny_row_add_bytes(t->w_floats, (float)(a * t->unit2), sl_svc_row(rows, i), rows->ld);
    else
        sl_skinny_row_add(t->w_floats, (float)(a * t->unit2), sl_svc_row(rows, i), rows->ld);
    t->w_floats[rows->d] += (float)(a * rows->constant);
}

/* Row i to the least of the dual along its multiplier; 0: it is to be shrunk. */
static int step(struct descent *t, size_t i)
{
    const struct sl_svc_class *p = t->p;
    double a = t->a[i], C = bound(t, i), D = diagonal(t, i);
    double gradient = p->sign[i] * score(t, i) - 1 + D * a, projected = gradient;
    if (a == 0) {
        if (gradient > t->above)
            return 0;
        projected = gradient < 0 ? gradient : 0;
    } else if (a == C) {
        if (gradient < t->below)
            return 0;
        projected = gradient > 0 ? gradient : 0;
    }
    t->most = projected > t->most ? projected : t->most;
    t->least = projected < t->least ? projected : t->least;
    if (fabs(projected) > STEP_MIN) {
        t->a[i] = fmin(fmax(a - gradient / (t->squares[i] + D), 0), C);
        add_row(t, i, (t->a[i] - a) * p->sign[i]);
    }
    return 1;
}

static void prefetch_row(const struct descent *t, size_t s)
{
    const struct sl_svc_rows *rows = t->p->rows;
    if (s >= t->active)
        return;
    const char *x = sl_svc_row(rows, t->order[s]);
    size_t width = rows->ld * (rows->bytes ? 1 : sizeof(float));
    for (size_t at = 0; at < width && at < 4096; at += 64)
        __builtin_prefetch(x + at);
}

static void pass(struct descent *t)
{
    t->most = -INFINITY;
    t->least = INFINITY;
    sl_rng_shuffle(t->p->rng, t->order, t->active);
    for (size_t s = 0; s < t->active;) {
        uint32_t i = t->order[s];
        prefetch_row(t, s + 1);
        if (step(t, i)) {
            s++;
            continue;
        }
        t->order[s] = t->order[--t->active];
        t->order[t->active] = i;
    }
}

/* After a pass: has it come to the stopping rule?  All rows are looked at before it is said to hold. */
static int judge(struct descent *t)
{
    int within = !(t->most - t->least > t->p->options->tol);
    if (within && t->active == t->p->rows->n)
        return 1;
    if (within) {
        t->active = t->p->rows->n;
        t->above = INFINITY;
        t->below = -INFINITY;
        return 0;
    }
    t->above = t->most > 0 ? t->most : INFINITY;
    t->below = t->least < 0 ? t->least : -INFINITY;
    return 0;
}

static void run(struct descent *t)
{
    struct sl_svc_class *p = t->p;
    t->active = p->rows->n;
    t->above = INFINITY;
    t->below = -INFINITY;
    for (size_t i = 0; i < p->rows->n; i++)
        t->order[i] = (uint32_t)i;
    for (; p->n_iter < p->options->max_iter && !p->converged && !sl_svc_cancelled(p); p->n_iter++) {
        if (p->n_iter % RENEW == 0 && !t->precise)
            renew(t);
        pass(t);
        p->converged = judge(t);
    }
    if (!t->precise)
        renew(t);
}

static double objective(const struct descent *t)
{
    const struct sl_svc_class *p = t->p;
    double sum = 0;
    for (size_t j = 0; j < p->rows->size; j++)
        sum += sl_svc_penalty(p->rows, j) * p->w[j] * p->w[j] / 2;
    for (size_t i = 0; i < p->rows->n; i++) {
        double gap = fmax(0, 1 - p->sign[i] * sl_svc_score(p->rows, i, p->w));
        sum += sl_svc_C(p, i) * (t->hinge ? gap : gap * gap);
    }
    return sum;
}

int sl_svc_coordinates(struct sl_svc_class *p, const double *squares)
{
    size_t n = p->rows->n;
    struct descent t = {.p = p,
                        .squares = squares,
                        .unit2 = p->rows->unit * p->rows->unit,
                        .hinge = p->options->loss == SL_SVC_HINGE,
                        .w_floats = sl_alloc(p->rows->size, sizeof *t.w_floats),
                        .a = sl_alloc_zero(n, sizeof *t.a),
                        .order = sl_alloc(n, sizeof *t.order)};
    int code = t.w_floats && t.a && t.order ? SL_OK : SL_ENOMEM;
    if (!code) {
        run(&t);
        p->objective = objective(&t);
    }
    free(t.w_floats);
    free(t.a);
    free(t.order);
    return code;
}
