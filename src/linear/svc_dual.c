/* svc_dual.c - linear SVMs with hinge or squared hinge loss by coordinate descent in the dual.
 *
 *     minimise 1/2 sum_ij a_i a_j y_i y_j x_i.x_j + sum_i D_i a_i^2 / 2 - sum_i a_i,     0 <= a_i <= U_i,
 *     D = 0, U = C (hinge) or D = 1 / (2 C), U = infinity (squared hinge);     w = sum_i a_i y_i x_i
 *
 * Hsieh, Chang, Lin, Keerthi and Sundararajan, "A dual coordinate descent method for large-scale linear SVM",
 * ICML (2008), with its shrinking and its stopping rule: the projected gradients of all rows lie within tol
 * of each other.  O(d) a row, class and pass, in a new random order each pass.
 *
 * Most visits to a row change nothing, and cost its products alone.  So a few classes see the rows in one
 * order, and a row is read and converted once for those that have not shrunk it.  A class's steps are the
 * same to the last bit in any group. */
#include "linear/svc_dual.h"
#include "core/memory.h"
#include "linear/shuffle.h"
#include "linear/svc_vector.h"
#include <math.h>
#include <shortlist/error.h>
#include <string.h>

enum { RUN = 8 }; /* sparse rows that are visited one behind the other */

/* One class. */
struct descent {
    struct sl_svc_class *p;
    const double *squares;
    struct sl_svc_vector vector;
    int hinge, running;  /* running: neither converged nor out of passes */
    double *a;           /* (n) multipliers */
    size_t shrunk;       /* rows left out */
    double above, below; /* projected gradients beyond which a row at its bound is shrunk */
    double most, least;  /* projected gradients of this pass */
};

struct group {
    const struct sl_svc_rows *rows;
    struct descent each[SL_SVC_GROUP];
    int size;
    uint32_t *order;  /* (n) */
    uint32_t *blocks; /* (their number): of sparse rows */
    uint8_t *seen;    /* (n): bit c: class c visits the row */
};

static double diagonal(const struct descent *t, size_t i)
{
    return t->hinge ? 0 : 0.5 / sl_svc_C(t->p, i);
}

static double bound(const struct descent *t, size_t i)
{
    return t->hinge ? sl_svc_C(t->p, i) : INFINITY;
}

/* The weights from the multipliers. */
static void renew(struct descent *t)
{
    const struct sl_svc_class *p = t->p;
    double longest = 0;
    memset(p->w, 0, p->rows->size * sizeof *p->w);
    for (size_t i = 0; i < p->rows->n; i++) {
        longest = fmax(longest, t->squares[i]);
        if (t->a[i] > 0)
            sl_svc_add(p->rows, i, t->a[i] * sl_svc_sign(p, i), p->w);
    }
    sl_svc_vector_renew(&t->vector, p->rows, longest, p->options->tol);
}

/* Row i, whose score is given, to the least of the dual along its multiplier; 0: it is to be shrunk. */
static int step(struct descent *t, size_t i, double score)
{
    double a = t->a[i], C = bound(t, i), D = diagonal(t, i), y = sl_svc_sign(t->p, i);
    double gradient = y * score - 1 + D * a, projected = gradient;
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
    if (fabs(projected) > SL_SVC_STEP_MIN) {
        t->a[i] = fmin(fmax(a - gradient / (t->squares[i] + D), 0), C);
        sl_svc_vector_add(&t->vector, t->p->rows, i, (t->a[i] - a) * y);
    }
    return 1;
}

/* Passes -------------------------------------------------------------------------------------------*/

/* scores[c] of row i for each class that visits it. */
static void score_row(const struct group *g, size_t i, double *scores)
{
    const struct sl_svc_vector *visiting[SL_SVC_GROUP];
    double z[SL_SVC_GROUP];
    int which[SL_SVC_GROUP];
    size_t n = 0;
    for (int c = 0; c < g->size; c++)
        if (g->seen[i] >> c & 1) {
            visiting[n] = &g->each[c].vector;
            which[n++] = c;
        }
    sl_svc_vector_scores(visiting, n, g->rows, i, z);
    for (size_t s = 0; s < n; s++)
        scores[which[s]] = z[s];
}

static void prefetch_sparse(const struct sl_svc_rows *rows, size_t i)
{
    const struct sl_sparse_row x = sl_svc_sparse_row(rows, i);
    for (size_t e = 0; e < x.n && e < 512; e += 16) {
        __builtin_prefetch(x.column + e);
        __builtin_prefetch(x.value + e);
    }
}

static void prefetch_row(const struct group *g, size_t s)
{
    const struct sl_svc_rows *rows = g->rows;
    if (s >= rows->n || !g->seen[g->order[s]])
        return;
    if (rows->sparse)
        prefetch_sparse(rows, g->order[s]);
    else
        sl_svc_vector_prefetch(rows, g->order[s]);
}

static void pass(struct group *g)
{
    double scores[SL_SVC_GROUP];
    for (size_t s = 0; s < g->rows->n; s++) {
        uint32_t i = g->order[s];
        prefetch_row(g, s + (g->rows->sparse ? RUN : SL_SVC_AHEAD));
        if (!g->seen[i])
            continue;
        score_row(g, i, scores);
        for (int c = 0; c < g->size; c++)
            if ((g->seen[i] >> c & 1) && !step(&g->each[c], i, scores[c])) {
                g->seen[i] &= (uint8_t) ~(1u << c);
                g->each[c].shrunk++;
            }
    }
}

/* Class c visits all rows, or none, from now on. */
static void see(struct group *g, int c, int all)
{
    struct descent *t = &g->each[c];
    for (size_t i = 0; i < g->rows->n; i++)
        g->seen[i] = (uint8_t)((g->seen[i] & ~(1u << c)) | (unsigned)(all != 0) << c);
    t->shrunk = 0;
    t->above = INFINITY;
    t->below = -INFINITY;
}

static void begin_pass(struct descent *t)
{
    t->most = -INFINITY;
    t->least = INFINITY;
    if (t->p->n_iter % SL_SVC_RENEW == 0 && !t->vector.precise)
        renew(t);
}

/* After a pass of class c: has it come to the stopping rule?  All rows are looked at before it is said to
 * hold. */
static void end_pass(struct group *g, int c)
{
    struct descent *t = &g->each[c];
    struct sl_svc_class *p = t->p;
    int within = !(t->most - t->least > p->options->tol);
    p->n_iter++;
    p->converged = within && t->shrunk == 0;
    t->running = !p->converged && p->n_iter < p->options->max_iter;
    if (within || !t->running)
        see(g, c, t->running);
    else {
        t->above = t->most > 0 ? t->most : INFINITY;
        t->below = t->least < 0 ? t->least : -INFINITY;
    }
}

/* Sparse rows lie in a random order of their own (svc.c), so that it is enough to draw the order of short
 * runs of them: a row alone is but a few lines of memory, each of which would be waited for. */
static void draw_order(struct group *g, struct sl_rng *rng)
{
    const size_t n = g->rows->n, blocks = (n + RUN - 1) / RUN;
    size_t at = 0;
    if (!g->rows->sparse) {
        sl_shuffle_rows(rng, g->order, n);
        return;
    }
    sl_shuffle_rows(rng, g->blocks, blocks);
    for (size_t b = 0; b < blocks; b++)
        for (uint32_t i = g->blocks[b] * RUN; i < n && i < (g->blocks[b] + 1) * RUN; i++)
            g->order[at++] = i;
}

static void run(struct group *g, struct sl_rng *rng)
{
    int running = g->size;
    while (running && !sl_svc_cancelled(g->each[0].p)) {
        running = 0;
        draw_order(g, rng);
        for (int c = 0; c < g->size; c++)
            if (g->each[c].running)
                begin_pass(&g->each[c]);
        pass(g);
        for (int c = 0; c < g->size; c++) {
            if (g->each[c].running)
                end_pass(g, c);
            running += g->each[c].running;
        }
    }
}

static double objective(const struct descent *t)
{
    const struct sl_svc_class *p = t->p;
    double sum = 0;
    for (size_t j = 0; j < p->rows->size; j++)
        sum += sl_svc_penalty(p->rows, j) * p->w[j] * p->w[j] / 2;
    for (size_t i = 0; i < p->rows->n; i++) {
        double gap = fmax(0, 1 - sl_svc_sign(p, i) * sl_svc_score(p->rows, i, p->w));
        sum += sl_svc_C(p, i) * (t->hinge ? gap : gap * gap);
    }
    return sum;
}

/* Setting up ---------------------------------------------------------------------------------------*/

static int init(struct group *g, struct sl_svc_class *classes, const double *squares)
{
    const struct sl_svc_rows *rows = g->rows;
    g->order = sl_alloc(rows->n, sizeof *g->order);
    g->seen = sl_alloc_zero(rows->n, sizeof *g->seen);
    g->blocks = sl_alloc(rows->n / RUN + 1, sizeof *g->blocks);
    if (!g->order || !g->seen || !g->blocks)
        return 0;
    for (size_t b = 0; b <= rows->n / RUN; b++)
        g->blocks[b] = (uint32_t)b;
    for (size_t i = 0; i < rows->n; i++)
        g->order[i] = (uint32_t)i;
    for (int c = 0; c < g->size; c++) {
        g->each[c] =
            (struct descent){.p = &classes[c],
                             .squares = squares,
                             .hinge = classes[c].options->loss == SL_SVC_HINGE,
                             .running = 1,
                             .vector = {.w = classes[c].w, .floats = sl_alloc(rows->size, sizeof(float))},
                             .a = sl_alloc_zero(rows->n, sizeof(double))};
        if (!g->each[c].vector.floats || !g->each[c].a)
            return 0;
        see(g, c, 1);
    }
    return 1;
}

static void release(struct group *g)
{
    for (int c = 0; c < g->size; c++) {
        free(g->each[c].vector.floats);
        free(g->each[c].a);
    }
    free(g->order);
    free(g->blocks);
    free(g->seen);
}

int sl_svc_coordinates(struct sl_svc_class *classes, int n, const double *squares, struct sl_rng *rng)
{
    struct group g = {.rows = classes[0].rows, .size = n};
    int code = init(&g, classes, squares) ? SL_OK : SL_ENOMEM;
    if (!code)
        run(&g, rng);
    for (int c = 0; c < n && !code; c++) {
        if (!g.each[c].vector.precise)
            renew(&g.each[c]);
        classes[c].objective = objective(&g.each[c]);
    }
    release(&g);
    return code;
}
