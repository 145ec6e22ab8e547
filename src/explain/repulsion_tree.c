/* repulsion_tree.c - cells of a quadtree push in the place of the points in them, where they are far enough
 * away.
 *
 * Barnes and Hut (Nature 324, 1986), for t-SNE van der Maaten (Accelerating t-SNE using tree-based
 * algorithms, JMLR 15, 2014): a cell counts as one point, its points' mean, where its side is less than THETA
 * of the distance to that.  A cell is split until it holds LEAF points, or DEPTH times, so that equal points
 * end in one. Points are first put in the order of the tree (by Morton's curve), so that a cell is a range of
 * them. Cost O(n log n). */
#include "core/memory.h"
#include "explain/repulsion.h"
#include "explain/shares.h"
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

enum { BLOCK = 64, LEAF = 8, DEPTH = 24 };
#define THETA 0.5F

struct cell {
    float x, y;      /* mean of its points */
    float side2;     /* squared side, divided by THETA squared */
    uint32_t points; /* from `first` on */
    uint32_t first;
    uint32_t skip; /* the next cell that is not part of this one */
};

struct place {
    uint64_t code; /* Morton's, of DEPTH bits a coordinate */
    uint32_t row;
};

struct tree {
    size_t n, n_cells, room;
    struct cell *cell;   /* (room), each before its parts */
    struct place *place; /* (n), in the order of the curve */
    float *at;           /* (n, 2): the points in that order */
    double *z;           /* (blocks) */
    float *force;        /* the caller's, in the order of rows */
    float side;
};

static void tree_free(void *state)
{
    struct tree *t = state;
    if (!t)
        return;
    free(t->cell);
    free(t->place);
    free(t->at);
    free(t->z);
    free(t);
}

static int tree_init(void **state, size_t n, struct sl_error *err)
{
    struct tree *t = sl_alloc_zero(1, sizeof *t);
    *state = t;
    if (!t)
        return sl_fail_memory(err);
    t->n = n;
    t->place = sl_alloc(n, sizeof *t->place);
    t->at = sl_alloc(2 * n, sizeof *t->at);
    t->z = sl_alloc(n / BLOCK + 1, sizeof *t->z);
    return t->place && t->at && t->z ? SL_OK : sl_fail_memory(err);
}

/* Building ---------------------------------------------------------------------------------------- */

/* The bits of v, a 0 between each two. */
static uint64_t spread_bits(uint64_t v)
{
    v = (v | v << 16) & 0x0000FFFF0000FFFF;
    v = (v | v << 8) & 0x00FF00FF00FF00FF;
    v = (v | v << 4) & 0x0F0F0F0F0F0F0F0F;
    v = (v | v << 2) & 0x3333333333333333;
    return (v | v << 1) & 0x5555555555555555;
}

static int by_code(const void *a, const void *b)
{
    const struct place *p = a, *q = b;
    if (p->code != q->code)
        return p->code < q->code ? -1 : 1;
    return (p->row > q->row) - (p->row < q->row);
}

static int order_points(struct tree *t, const float *y, struct sl_error *err)
{
    float low[2] = {y[0], y[1]}, high[2] = {y[0], y[1]};
    for (size_t i = 0; i < 2 * t->n; i++) {
        low[i & 1] = fminf(low[i & 1], y[i]);
        high[i & 1] = fmaxf(high[i & 1], y[i]);
    }
    t->side = fmaxf(fmaxf(high[0] - low[0], high[1] - low[1]), 1e-30F);
    if (!isfinite(t->side))
        return sl_fail(err, SL_EDIVERGED, "t-SNE diverged: try a smaller learning rate");
    const float cells = (float)(1 << DEPTH) * 0.999999F;
    for (size_t i = 0; i < t->n; i++) {
        const uint64_t x = (uint64_t)((y[2 * i] - low[0]) / t->side * cells);
        const uint64_t v = (uint64_t)((y[2 * i + 1] - low[1]) / t->side * cells);
        t->place[i] = (struct place){spread_bits(x) | spread_bits(v) << 1, (uint32_t)i};
    }
    qsort(t->place, t->n, sizeof *t->place, by_code);
    for (size_t i = 0; i < t->n; i++) {
        t->at[2 * i] = y[2 * t->place[i].row];
        t->at[2 * i + 1] = y[2 * t->place[i].row + 1];
    }
    return SL_OK;
}

static int add_cell(struct tree *t, size_t first, size_t points, int depth)
{
    if (t->n_cells == t->room) {
        const size_t room = t->room ? 2 * t->room : 1024;
        struct cell *more = sl_realloc(t->cell, room, sizeof *more);
        if (!more)
            return SL_ENOMEM;
        t->cell = more;
        t->room = room;
    }
    double x = 0, y = 0;
    for (size_t i = first; i < first + points; i++) {
        x += (double)t->at[2 * i];
        y += (double)t->at[2 * i + 1];
    }
    const float side = ldexpf(t->side, -depth) / THETA;
    t->cell[t->n_cells++] = (struct cell){.x = (float)(x / (double)points),
                                          .y = (float)(y / (double)points),
                                          .side2 = side * side,
                                          .points = (uint32_t)points,
                                          .first = (uint32_t)first};
    return SL_OK;
}

/* A cell of points, and its parts. */
static int build(struct tree *t, size_t first, size_t points, int depth)
{
    const size_t own = t->n_cells, end = first + points;
    int code = add_cell(t, first, points, depth);
    for (size_t i = first; i < end && !code && points > LEAF && depth < DEPTH;) {
        const int shift = 2 * (DEPTH - 1 - depth);
        const uint64_t part = t->place[i].code >> shift;
        size_t next = i;
        while (next < end && t->place[next].code >> shift == part)
            next++;
        code = build(t, i, next - i, depth + 1);
        i = next;
    }
    if (!code)
        t->cell[own].skip = (uint32_t)t->n_cells;
    return code;
}

/* Walking ----------------------------------------------------------------------------------------- */

struct sums {
    double x, y, z;
};

static void add(struct sums *s, float dx, float dy, float r2, float points)
{
    const float q = 1 / (1 + r2), push = points * q * q;
    s->z += (double)(points * q);
    s->x += (double)(push * dx);
    s->y += (double)(push * dy);
}

/* What all points but itself do to the p-th of the curve. */
static struct sums walk(const struct tree *t, size_t p)
{
    const float x = t->at[2 * p], y = t->at[2 * p + 1];
    struct sums s = {0};
    for (size_t c = 0; c < t->n_cells;) {
        const struct cell *cell = &t->cell[c];
        const float dx = x - cell->x, dy = y - cell->y, r2 = dx * dx + dy * dy;
        if (cell->side2 < r2) {
            add(&s, dx, dy, r2, (float)cell->points);
            c = cell->skip;
            continue;
        }
        if (cell->skip == c + 1) /* no parts */
            for (size_t i = cell->first; i < cell->first + (size_t)cell->points; i++)
                if (i != p) {
                    const float ex = x - t->at[2 * i], ey = y - t->at[2 * i + 1];
                    add(&s, ex, ey, ex * ex + ey * ey, 1);
                }
        c++;
    }
    return s;
}

static void do_block(void *arg, size_t b, int thread)
{
    (void)thread;
    struct tree *t = arg;
    t->z[b] = 0;
    for (size_t p = b * BLOCK; p < t->n && p < (b + 1) * BLOCK; p++) {
        const struct sums s = walk(t, p);
        float *force = t->force + 2 * (size_t)t->place[p].row;
        force[0] = (float)s.x;
        force[1] = (float)s.y;
        t->z[b] += s.z;
    }
}

static int tree_apply(void *state, struct sl_team *team, const float *y, float *force, double *z,
                      struct sl_error *err)
{
    struct tree *t = state;
    const size_t blocks = (t->n + BLOCK - 1) / BLOCK;
    int code = order_points(t, y, err);
    if (code)
        return code;
    t->n_cells = 0;
    if (build(t, 0, t->n, 0))
        return sl_fail_memory(err);
    t->force = force;
    sl_share_out(team, blocks, do_block, t);
    *z = 0;
    for (size_t b = 0; b < blocks; b++)
        *z += t->z[b];
    return SL_OK;
}

const struct sl_repulsion_way sl_repulsion_tree = {"tree", tree_init, tree_apply, tree_free};
