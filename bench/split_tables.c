/* split_tables.c - made-up tables in the place of data.  O(n d). */
#include "core/memory.h"
#include "split.h"
#include <math.h>
#include <shortlist/rng.h>
#include <stdlib.h>
#include <string.h>

/* Rows that are being filled in.  Centres come from a stream of their own, so that both parts of a split have
 * the same ones. */
struct made {
    size_t n, d;
    int k;
    float *x;
    int32_t *y;
    struct sl_rng *centres, *rng;
};

static float into_unit(double value)
{
    return value < 0 ? 0 : value > 1 - 0x1p-20 ? 1 - 0x1p-20f : (float)value;
}

enum { CLOUDS_D = 20, CLOUDS_K = 4 };

/* Distances grow like the root of d: with more features the centres are the nearer to each other in each. */
static int fill_clouds(const struct made *m)
{
    const double apart = 0.05 * sqrt(CLOUDS_D / (double)m->d);
    double *centre = sl_alloc(CLOUDS_K * m->d, sizeof *centre);
    if (!centre)
        return SL_ENOMEM;
    for (size_t j = 0; j < CLOUDS_K * m->d; j++)
        centre[j] = 0.5 + apart * sl_rng_normal(m->centres);
    for (size_t i = 0; i < m->n; i++) {
        m->y[i] = (int32_t)sl_rng_below(m->rng, CLOUDS_K);
        for (size_t j = 0; j < m->d; j++)
            m->x[i * m->d + j] = into_unit(centre[(size_t)m->y[i] * m->d + j] + 0.15 * sl_rng_normal(m->rng));
    }
    free(centre);
    return SL_OK;
}

enum {
    NUMBERS = 10,
    FEW = 4, /* levels */
    MANY = 40,
    MIXED_D = NUMBERS + FEW + MANY,
    MIXED_K = 7,
    GROUPS = 35, /* of rows: five a class */
    OWN = 3,     /* levels of the larger category that a group prefers */
};

struct group {
    double centre[NUMBERS];
    size_t few, many[OWN];
};

static void draw_groups(struct sl_rng *rng, struct group groups[GROUPS])
{
    for (size_t g = 0; g < GROUPS; g++) {
        for (size_t j = 0; j < NUMBERS; j++)
            groups[g].centre[j] = 0.5 + 0.12 * sl_rng_normal(rng);
        groups[g].few = sl_rng_below(rng, FEW);
        for (size_t j = 0; j < OWN; j++)
            groups[g].many[j] = sl_rng_below(rng, MANY);
    }
}

/* Of every eight rows seven are of the first four classes. */
static size_t draw_group(struct sl_rng *rng)
{
    const size_t class = sl_rng_below(rng, 8) ? sl_rng_below(rng, 4) : 4 + sl_rng_below(rng, MIXED_K - 4);
    return class + MIXED_K * sl_rng_below(rng, GROUPS / MIXED_K);
}

/* The group's own level, or in two rows of ten any. */
static size_t draw_level(struct sl_rng *rng, size_t own, size_t levels)
{
    return sl_rng_below(rng, 10) < 2 ? sl_rng_below(rng, levels) : own;
}

static int fill_mixed(const struct made *m)
{
    struct group groups[GROUPS];
    draw_groups(m->centres, groups);
    memset(m->x, 0, m->n * MIXED_D * sizeof *m->x);
    for (size_t i = 0; i < m->n; i++) {
        const size_t g = draw_group(m->rng);
        float *row = m->x + i * MIXED_D;
        m->y[i] = (int32_t)(g % MIXED_K);
        for (size_t j = 0; j < NUMBERS; j++)
            row[j] = into_unit(groups[g].centre[j] + 0.15 * sl_rng_normal(m->rng));
        row[NUMBERS + draw_level(m->rng, groups[g].few, FEW)] = 1;
        row[NUMBERS + FEW + draw_level(m->rng, groups[g].many[sl_rng_below(m->rng, OWN)], MANY)] = 1;
    }
    return SL_OK;
}

int bench_table_make(const struct bench_split *split, size_t n, const char *key, struct sl_dataset **out,
                     struct sl_error *err)
{
    const int mixed = split->table == BENCH_TABLE_MIXED;
    const size_t clouds = split->features ? split->features : CLOUDS_D;
    struct made m = {.n = n, .d = mixed ? MIXED_D : clouds, .k = mixed ? MIXED_K : CLOUDS_K};
    m.x = sl_alloc(n * m.d, sizeof *m.x);
    m.y = sl_alloc(n, sizeof *m.y);
    m.centres = sl_rng_new(split->seed, "centres");
    m.rng = sl_rng_new(split->seed, key);
    int code = m.x && m.y && m.centres && m.rng && (mixed ? fill_mixed : fill_clouds)(&m) == SL_OK
                   ? SL_OK
                   : sl_fail_memory(err);
    if (code == SL_OK) {
        const struct sl_view view = {
            .dtype = SL_F32, .n = n, .d = m.d, .x = m.x, .y = m.y, .k = m.k, .scale = 1};
        code = sl_dataset_new(&view, "table", NULL, out, err);
    }
    sl_rng_free(m.centres);
    sl_rng_free(m.rng);
    free(m.x);
    free(m.y);
    return code;
}
