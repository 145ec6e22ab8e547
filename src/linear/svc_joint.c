/* svc_joint.c - Crammer and Singer's linear SVM by a sequential method in the dual.
 *
 *     minimise 1/2 sum_c |w_c|^2 + sum_i C_i max_c (e_ic - (w_yi - w_c).x_i),     e_ic = 1 if c != y_i, else
 * 0 dual: 1/2 sum_c |w_c|^2 + sum_ic e_ic a_ic,     w_c = sum_i a_ic x_i, sum_c a_ic = 0,     a_ic <= U_ic =
 * C_i if c = y_i, else 0
 *
 * Crammer and Singer, JMLR 2 (2001); Keerthi, Sundararajan, Chang, Hsieh and Lin, "A sequential dual method
 * for large scale multi-class linear SVMs", KDD (2008), with its stopping rule: no row's gradients lie
 * further apart than tol.  Shrinking is more careful than its: a multiplier is left out only where its
 * gradient is further off than any was in the pass before, as otherwise hundreds of early passes are spent on
 * the few rows that are hardest.  A step puts all multipliers of one row to their least, where the one
 * unknown, the multiplier of the constraint, comes from Michelot, "A finite algorithm for finding the
 * projection of a point onto the canonical simplex of R^n", J. Optim. Theory Appl. 50 (1986).
 *
 * O(d) a row, class and pass, in a new random order each pass.  One row after the other: on one thread. */
#include "linear/svc_joint.h"
#include "core/memory.h"
#include "linear/shuffle.h"
#include "linear/svc_vector.h"
#include <math.h>
#include <string.h>

struct joint {
    struct sl_svc_class *classes; /* (m) */
    size_t m;
    const struct sl_svc_rows *rows;
    const double *squares;         /* (n) */
    struct sl_svc_vector *vectors; /* (m) */
    double *a;                     /* (n, m) multipliers */
    uint8_t *shrunk;               /* (n, m): those that are left out */
    int32_t *n_active;             /* (n): the others */
    uint32_t *order;               /* (n) */
    double loose;  /* a pass with less violation than this ends the shrinking: all are looked at again */
    double widest; /* the largest violation of this pass */
    double slack;  /* that of the pass before: what is further off than that stays where it is */
    int n_iter, converged;
    /* Of one row: its active classes, */
    size_t n;
    int32_t *active; /* (m) */
    double *g;       /* (m) gradients, then gradients less what the multipliers themselves do, */
    double *top;     /* (m) and that where the multiplier is at its bound */
};

static double C_of(const struct joint *t, size_t i)
{
    return sl_svc_C(&t->classes[t->classes[0].number[i]], i);
}

static double bound(const struct joint *t, size_t i, int c)
{
    return c == t->classes[0].number[i] ? C_of(t, i) : 0;
}

/* The weights from the multipliers. */
static void renew(struct joint *t)
{
    const struct sl_svc_rows *rows = t->rows;
    double longest = 0;
    for (size_t i = 0; i < rows->n; i++)
        longest = fmax(longest, t->squares[i]);
    for (size_t c = 0; c < t->m; c++) {
        memset(t->vectors[c].w, 0, rows->size * sizeof(double));
        for (size_t i = 0; i < rows->n; i++)
            if (t->a[i * t->m + c] != 0)
                sl_svc_add(rows, i, t->a[i * t->m + c], t->vectors[c].w);
        sl_svc_vector_renew(&t->vectors[c], rows, longest, t->classes[0].options->tol);
    }
}

/* One row ------------------------------------------------------------------------------------------*/

static void list_active(struct joint *t, size_t i)
{
    t->n = 0;
    for (size_t c = 0; c < t->m; c++)
        if (!t->shrunk[i * t->m + c])
            t->active[t->n++] = (int32_t)c;
}

static void find_gradients(struct joint *t, size_t i)
{
    const struct sl_svc_vector *each[SL_SVC_GROUP];
    for (size_t first = 0; first < t->n; first += SL_SVC_GROUP) {
        size_t n = t->n - first < SL_SVC_GROUP ? t->n - first : SL_SVC_GROUP;
        for (size_t s = 0; s < n; s++)
            each[s] = &t->vectors[t->active[first + s]];
        sl_svc_vector_scores(each, n, t->rows, i, t->g + first);
    }
    for (size_t s = 0; s < t->n; s++)
        t->g[s] += t->active[s] != t->classes[0].number[i];
}

/* Leaves out multipliers at their bound whose gradient keeps them there; how far apart are the gradients that
 * ought to be alike? */
static double shrink(struct joint *t, size_t i)
{
    double least = INFINITY, most = -INFINITY;
    const double *a = t->a + i * t->m;
    size_t kept = 0;
    for (size_t s = 0; s < t->n; s++) {
        most = fmax(most, t->g[s]);
        if (a[t->active[s]] < bound(t, i, t->active[s]))
            least = fmin(least, t->g[s]);
    }
    for (size_t s = 0; s < t->n; s++) {
        const int32_t c = t->active[s];
        if (t->g[s] < least - t->slack && a[c] == bound(t, i, c)) {
            t->shrunk[i * t->m + (size_t)c] = 1;
            continue;
        }
        t->active[kept] = c;
        t->g[kept++] = t->g[s];
    }
    t->n = kept;
    t->n_active[i] = (int32_t)kept;
    return most - least;
}

/* The gradient that all multipliers have which are not at their bounds when the row's problem is solved. */
static double find_level(const struct joint *t, size_t i)
{
    const double whole = t->squares[i] * C_of(t, i);
    double level = -INFINITY;
    size_t n = SIZE_MAX, before;
    do { /* fewer from one time to the next, but for rounding */
        double sum = -whole;
        before = n;
        n = 0;
        for (size_t s = 0; s < t->n; s++)
            if (t->top[s] > level) {
                sum += t->top[s];
                n++;
            }
        level = n > 0 ? sum / (double)n : level;
    } while (n < before);
    return level;
}

static void step(struct joint *t, size_t i)
{
    const double square = t->squares[i];
    double *a = t->a + i * t->m;
    for (size_t s = 0; s < t->n; s++) {
        t->g[s] -= square * a[t->active[s]];
        t->top[s] = t->g[s] + square * bound(t, i, t->active[s]);
    }
    const double level = find_level(t, i);
    for (size_t s = 0; s < t->n; s++) {
        const int32_t c = t->active[s];
        const double next = fmin(bound(t, i, c), (level - t->g[s]) / square), change = next - a[c];
        if (change == 0)
            continue;
        a[c] = next;
        sl_svc_vector_add(&t->vectors[c], t->rows, i, change);
    }
}

static void visit(struct joint *t, size_t i)
{
    list_active(t, i);
    find_gradients(t, i);
    const double apart = shrink(t, i);
    if (t->n < 2 || apart <= SL_SVC_STEP_MIN)
        return;
    t->widest = fmax(t->widest, apart);
    step(t, i);
}

/* Passes -------------------------------------------------------------------------------------------*/

static void see_all(struct joint *t)
{
    memset(t->shrunk, 0, t->rows->n * t->m);
    for (size_t i = 0; i < t->rows->n; i++)
        t->n_active[i] = t->squares[i] > 0 ? (int32_t)t->m : 1;
}

static void pass(struct joint *t)
{
    const struct sl_svc_rows *rows = t->rows;
    t->widest = 0;
    for (size_t s = 0; s < rows->n; s++) {
        const size_t ahead = s + SL_SVC_AHEAD;
        if (ahead < rows->n && !rows->sparse && t->n_active[t->order[ahead]] > 1)
            sl_svc_vector_prefetch(rows, t->order[ahead]);
        if (t->n_active[t->order[s]] > 1)
            visit(t, t->order[s]);
    }
}

static void run(struct joint *t, struct sl_rng *rng)
{
    const struct sl_svc_options *options = t->classes[0].options;
    int whole = 1; /* the pass began with all multipliers */
    t->loose = fmax(10 * options->tol, 1);
    t->slack = INFINITY;
    while (!t->converged && t->n_iter < options->max_iter && !sl_svc_cancelled(&t->classes[0])) {
        if (t->n_iter % SL_SVC_RENEW == 0)
            renew(t);
        sl_shuffle_rows(rng, t->order, t->rows->n);
        pass(t);
        t->slack = t->widest;
        t->n_iter++;
        t->converged = whole && t->widest < options->tol;
        whole = t->widest < t->loose;
        if (whole) {
            see_all(t);
            t->loose = fmax(t->loose / 2, options->tol);
        }
    }
}

static double objective(const struct joint *t)
{
    double sum = 0;
    for (size_t c = 0; c < t->m; c++)
        for (size_t j = 0; j < t->rows->size; j++)
            sum += sl_svc_penalty(t->rows, j) * t->vectors[c].w[j] * t->vectors[c].w[j] / 2;
    for (size_t i = 0; i < t->rows->n; i++) {
        const size_t y = (size_t)t->classes[0].number[i];
        const double own = sl_svc_score(t->rows, i, t->vectors[y].w);
        double worst = 0;
        for (size_t c = 0; c < t->m; c++)
            if (c != y)
                worst = fmax(worst, 1 + sl_svc_score(t->rows, i, t->vectors[c].w) - own);
        sum += C_of(t, i) * worst;
    }
    return sum;
}

/* Setting up ---------------------------------------------------------------------------------------*/

static int init(struct joint *t)
{
    const size_t n = t->rows->n, m = t->m;
    t->vectors = sl_alloc_zero(m, sizeof *t->vectors);
    t->a = sl_alloc_zero(n, m * sizeof *t->a);
    t->shrunk = sl_alloc_zero(n, m);
    t->n_active = sl_alloc(n, sizeof *t->n_active);
    t->order = sl_alloc(n, sizeof *t->order);
    t->active = sl_alloc(m, sizeof *t->active);
    t->g = sl_alloc(m, sizeof *t->g);
    t->top = sl_alloc(m, sizeof *t->top);
    if (!t->vectors || !t->a || !t->shrunk || !t->n_active || !t->order || !t->active || !t->g || !t->top)
        return 0;
    for (size_t c = 0; c < m; c++) {
        t->vectors[c] =
            (struct sl_svc_vector){.w = t->classes[c].w, .floats = sl_alloc(t->rows->size, sizeof(float))};
        if (!t->vectors[c].floats)
            return 0;
    }
    for (size_t i = 0; i < n; i++)
        t->order[i] = (uint32_t)i;
    see_all(t);
    return 1;
}

static void release(struct joint *t)
{
    for (size_t c = 0; t->vectors && c < t->m; c++)
        free(t->vectors[c].floats);
    free(t->vectors);
    free(t->a);
    free(t->shrunk);
    free(t->n_active);
    free(t->order);
    free(t->active);
    free(t->g);
    free(t->top);
}

int sl_svc_joint(struct sl_svc_class *classes, int m, const double *squares, struct sl_rng *rng)
{
    struct joint t = {.classes = classes, .m = (size_t)m, .rows = classes[0].rows, .squares = squares};
    int code = init(&t) ? SL_OK : SL_ENOMEM;
    if (!code) {
        run(&t, rng);
        renew(&t);
        for (int c = 0; c < m; c++) {
            classes[c].n_iter = t.n_iter;
            classes[c].converged = t.converged;
            classes[c].objective = c == 0 ? objective(&t) : 0;
        }
    }
    release(&t);
    return code;
}
