/* repulsion_exact.c - every point against every other.  Cost n^2. */
#include "core/memory.h"
#include "explain/repulsion.h"
#include "explain/shares.h"
#include "kernels/dispatch.h"

enum { BLOCK = 64, EXACT_MOST = 1000, TREE_MOST = 2000 };

struct exact {
    size_t n;
    float *x, *y; /* (n): the coordinates apart */
    double *z;    /* (blocks) */
    float *force;
};

static void exact_free(void *state)
{
    struct exact *s = state;
    if (!s)
        return;
    free(s->x);
    free(s->y);
    free(s->z);
    free(s);
}

static int exact_init(void **state, size_t n, struct sl_error *err)
{
    struct exact *s = sl_alloc_zero(1, sizeof *s);
    *state = s;
    if (!s)
        return sl_fail_memory(err);
    *s = (struct exact){.n = n,
                        .x = sl_alloc(n, sizeof *s->x),
                        .y = sl_alloc(n, sizeof *s->y),
                        .z = sl_alloc(n / BLOCK + 1, sizeof *s->z)};
    return s->x && s->y && s->z ? SL_OK : sl_fail_memory(err);
}

/* Sums of a point over all, itself among them; LANES of them side by side. */
SL_CLONED_VOID(static, sum_point,
               (const float *x, const float *y, size_t n, size_t i, float *force, double *z),
               (x, y, n, i, force, z))
{
    enum { LANES = 16 };
    float fx[LANES] = {0}, fy[LANES] = {0}, w[LANES] = {0};
    size_t j = 0;
    for (; j + LANES <= n; j += LANES)
        for (size_t l = 0; l < LANES; l++) {
            const float dx = x[i] - x[j + l], dy = y[i] - y[j + l], q = 1 / (1 + dx * dx + dy * dy);
            w[l] += q;
            fx[l] += q * q * dx;
            fy[l] += q * q * dy;
        }
    for (; j < n; j++) {
        const float dx = x[i] - x[j], dy = y[i] - y[j], q = 1 / (1 + dx * dx + dy * dy);
        w[0] += q;
        fx[0] += q * q * dx;
        fy[0] += q * q * dy;
    }
    double sx = 0, sy = 0, sum = 0;
    for (size_t l = 0; l < LANES; l++) {
        sx += (double)fx[l];
        sy += (double)fy[l];
        sum += (double)w[l];
    }
    force[0] = (float)sx;
    force[1] = (float)sy;
    *z += sum - 1;
}

static void do_block(void *arg, size_t b, int thread)
{
    (void)thread;
    struct exact *s = arg;
    s->z[b] = 0;
    for (size_t i = b * BLOCK; i < s->n && i < (b + 1) * BLOCK; i++)
        sum_point(s->x, s->y, s->n, i, s->force + 2 * i, &s->z[b]);
}

static int exact_apply(void *state, struct sl_team *team, const float *y, float *force, double *z,
                       struct sl_error *err)
{
    struct exact *s = state;
    const size_t blocks = (s->n + BLOCK - 1) / BLOCK;
    (void)err;
    s->force = force;
    for (size_t i = 0; i < s->n; i++) {
        s->x[i] = y[2 * i];
        s->y[i] = y[2 * i + 1];
    }
    sl_share_out(team, blocks, do_block, s);
    *z = 0;
    for (size_t b = 0; b < blocks; b++)
        *z += s->z[b];
    return SL_OK;
}

const struct sl_repulsion_way sl_repulsion_exact = {"exact", exact_init, exact_apply, exact_free};

const struct sl_repulsion_way *sl_repulsion_for(size_t n)
{
    return n <= EXACT_MOST ? &sl_repulsion_exact : n < TREE_MOST ? &sl_repulsion_tree : &sl_repulsion_grid;
}
