/* repulsion_mesh.c - points push each other by way of a grid's nodes.
 *
 * A point's charge is spread to the 4 x 4 nodes around it by cubic B-splines, and its force read from them in
 * the same way; in between the grid convolves (mesh.h).  The grid covers the points: its spacing is SPACING,
 * less while they lie close together, so that there are NODES_LEAST of them, and more where there would be
 * more than NODES_MOST.  A new grid is made only where the old one does not fit any more.
 *
 * Points are sorted by bands of rows.  Of two bands beside each other, which share nodes, one waits for the
 * other, the even ones first, so that nodes sum in an order that no number of threads changes.  Cost O(n)
 * beside the grid's. */
#include "core/memory.h"
#include "explain/mesh.h"
#include "explain/repulsion.h"
#include "explain/shares.h"
#include <math.h>
#include <stdint.h>
#include <string.h>

enum { BAND = 8, NODES_LEAST = 60, NODES_MOST = 1600, SIDE = 4, AROUND = SIDE /* nodes beyond the points */ };
#define SPACING 0.36

struct field {
    size_t n;
    struct sl_mesh grid;
    double low[2];
    size_t bands;
    size_t *start;   /* (bands + 1): of a band in order */
    uint32_t *order; /* (n): points, band by band */
    const float *y;
    float *force;
};

static void field_free(void *state)
{
    struct field *f = state;
    if (!f)
        return;
    sl_mesh_release(&f->grid);
    free(f->start);
    free(f->order);
    free(f);
}

static int field_init(void **state, size_t n, struct sl_error *err)
{
    struct field *f = sl_alloc_zero(1, sizeof *f);
    *state = f;
    if (!f)
        return sl_fail_memory(err);
    f->n = n;
    f->order = sl_alloc(n, sizeof *f->order);
    f->start = sl_alloc(NODES_MOST, sizeof *f->start); /* more than there are bands */
    return f->order && f->start ? SL_OK : sl_fail_memory(err);
}

/* Fitting the grid ---------------------------------------------------------------------------------- */

static double extent(const struct field *f, const float *y, double low[2])
{
    float least[2] = {y[0], y[1]}, most[2] = {y[0], y[1]};
    for (size_t i = 0; i < f->n; i++)
        for (size_t c = 0; c < 2; c++) {
            least[c] = y[2 * i + c] < least[c] ? y[2 * i + c] : least[c];
            most[c] = y[2 * i + c] > most[c] ? y[2 * i + c] : most[c];
        }
    low[0] = (double)least[0];
    low[1] = (double)least[1];
    return fmax((double)most[0] - low[0], (double)most[1] - low[1]);
}

/* The spacing is one of a ladder's, so that it changes seldom. */
static double spacing_for(double range)
{
    double h = SPACING;
    if (range > SPACING * NODES_MOST)
        return range / NODES_MOST;
    if (range < SPACING * NODES_LEAST)
        h *= exp2(-0.5 * ceil(2 * log2(SPACING * NODES_LEAST / fmax(range, 1e-30))));
    return h;
}

/* A grid that holds `range`, with some room to grow. */
static int fit_grid(struct field *f, double range, int threads, struct sl_error *err)
{
    const double held = f->grid.h * ((double)f->grid.nodes - AROUND), wanted = spacing_for(range);
    if (f->grid.fft && range <= held && wanted > 0.7 * f->grid.h)
        return SL_OK;
    const size_t nodes = (size_t)(1.04 * range / wanted) + AROUND + 1;
    sl_mesh_release(&f->grid);
    int code = sl_mesh_init(&f->grid, nodes, wanted, threads, err);
    f->bands = f->grid.nodes / BAND + 1;
    return code;
}

/* Points and nodes ---------------------------------------------------------------------------------- */

/* The first of the four nodes around a coordinate, and the spline's values at them. */
static inline size_t around(double place, float weight[SIDE])
{
    const double whole = floor(place);
    const float t = (float)(place - whole), u = 1 - t, t2 = t * t, t3 = t2 * t;
    weight[0] = u * u * u / 6;
    weight[1] = (3 * t3 - 6 * t2 + 4) / 6;
    weight[2] = (-3 * t3 + 3 * t2 + 3 * t + 1) / 6;
    weight[3] = t3 / 6;
    return (size_t)whole;
}

static inline double place_of(const struct field *f, size_t i, size_t c)
{
    return ((double)f->y[2 * i + c] - f->low[c]) / f->grid.h;
}

static void sort_points(struct field *f)
{
    memset(f->start, 0, (f->bands + 1) * sizeof *f->start);
    for (size_t i = 0; i < f->n; i++)
        f->start[(size_t)place_of(f, i, 1) / BAND + 1]++;
    for (size_t b = 0; b < f->bands; b++)
        f->start[b + 1] += f->start[b];
    for (size_t i = 0; i < f->n; i++)
        f->order[f->start[(size_t)place_of(f, i, 1) / BAND]++] = (uint32_t)i;
    memmove(f->start + 1, f->start, f->bands * sizeof *f->start);
    f->start[0] = 0;
}

static void spread_point(const struct field *f, size_t i)
{
    float wx[SIDE], wy[SIDE];
    const size_t x = around(place_of(f, i, 0), wx), y = around(place_of(f, i, 1), wy);
    float *node = f->grid.charge + y * f->grid.pitch + x;
    for (size_t r = 0; r < SIDE; r++, node += f->grid.pitch)
        for (size_t c = 0; c < SIDE; c++)
            node[c] += wy[r] * wx[c];
}

static void spread_band(struct field *f, size_t band)
{
    for (size_t p = f->start[band]; p < f->start[band + 1]; p++)
        spread_point(f, f->order[p]);
}

static void spread_even(void *arg, size_t i, int thread)
{
    (void)thread;
    spread_band(arg, 2 * i);
}

static void spread_odd(void *arg, size_t i, int thread)
{
    (void)thread;
    spread_band(arg, 2 * i + 1);
}

static void read_point(const struct field *f, size_t i)
{
    float wx[SIDE], wy[SIDE], sx[SIDE] = {0}, sy[SIDE] = {0};
    const size_t x = around(place_of(f, i, 0), wx), y = around(place_of(f, i, 1), wy);
    size_t at = y * f->grid.pitch + x;
    for (size_t r = 0; r < SIDE; r++, at += f->grid.pitch)
        for (size_t c = 0; c < SIDE; c++) {
            sx[c] += wy[r] * f->grid.fx[at + c];
            sy[c] += wy[r] * f->grid.fy[at + c];
        }
    f->force[2 * i] = sx[0] * wx[0] + sx[1] * wx[1] + sx[2] * wx[2] + sx[3] * wx[3];
    f->force[2 * i + 1] = sy[0] * wx[0] + sy[1] * wx[1] + sy[2] * wx[2] + sy[3] * wx[3];
}

static void read_band(void *arg, size_t band, int thread)
{
    const struct field *f = arg;
    (void)thread;
    for (size_t p = f->start[band]; p < f->start[band + 1]; p++)
        read_point(f, f->order[p]);
}

static int field_apply(void *state, struct sl_team *team, const float *y, float *force, double *z,
                       struct sl_error *err)
{
    struct field *f = state;
    const double range = extent(f, y, f->low);
    if (!isfinite(range) || range > 1e9)
        return sl_fail(err, SL_EDIVERGED, "t-SNE diverged: try a smaller learning rate");
    int code = fit_grid(f, range, team->threads, err);
    if (code)
        return code;
    f->y = y;
    f->force = force;
    sort_points(f);
    memset(f->grid.charge, 0, f->grid.nodes * f->grid.pitch * sizeof *f->grid.charge);
    sl_share_out(team, (f->bands + 1) / 2, spread_even, f);
    sl_share_out(team, f->bands / 2, spread_odd, f);
    sl_mesh_convolve(&f->grid, team, z);
    sl_share_out(team, f->bands, read_band, f);
    *z -= (double)f->n; /* each with itself */
    return SL_OK;
}

const struct sl_repulsion_way sl_repulsion_grid = {"grid", field_init, field_apply, field_free};
