/* sets.c - sequential minimal optimisation on working sets.
 *
 * SMO changes two betas at a time; alone it would walk over all n rows at every step.  Here, as in Joachims
 * (Making large-scale SVM learning practical, 1999), a working set of the worst offenders is solved by
 * itself, in cache, by SMO with second-order selection, and then f is brought up to date for all rows: with
 * the kernel rows of the set, matrix products in place of single rows, each computed once, when its row
 * first enters; or with one weight vector, where the kernel is linear (weights.c).  From one set to the
 * next the worst offenders take the places of the oldest members.
 * Inside a set f is single precision; betas, and f outside, are double, so rounding does not pile up.
 * Cost: products O(touched rows * n * d), updates O(sets * SET * n), both together O(sets * n * d) where the
 * kernel is linear, steps O(SET).  Leaves out shrinking: rows that stay at a bound never enter a set. */
#include "svm/sets.h"
#include "core/memory.h"
#include "kernels/dispatch.h"
#include <math.h>
#include <string.h>

enum {
    SET = SL_SVM_SET,
    OFFENDERS = SL_SVM_ENTERING,
    SET_MIN = 64,
    SHARE = 4,  /* a set holds a SHARE-th of the pair's rows, between SET_MIN and SET */
    TILE = 512, /* rows whose f is brought up to date at a time, in cache */
};

enum { OUTSIDE, INSIDE, NEEDED }; /* pinned[i]; NEEDED: an offender while places are given away */

/* The rows of a set, and when each offended last. */
struct set {
    uint32_t row[SET];
    long age[SET];
    size_t n, room;
    uint32_t changed[OFFENDERS]; /* places that have a new row */
    size_t n_changed;
    uint32_t place[SET]; /* whose beta the steps have changed */
    double delta[SET];   /* by so much */
    const float *tile[SET];
};

/* up = max f over {beta < hi}, low = min f over {beta > lo}. */
static void measure_gap(struct sl_svm_work *k)
{
    const double *f = k->f, *beta = k->beta;
    double up = -INFINITY, low = INFINITY;
    for (size_t i = 0; i < k->n; i++) {
        if (beta[i] < sl_svm_upper(k, i) && f[i] > up)
            up = f[i];
        if (beta[i] > sl_svm_lower(k, i) && f[i] < low)
            low = f[i];
    }
    k->up = up;
    k->low = low;
}

/* The place of the member that has offended least lately, and does not now; SET if all do. */
static size_t oldest(const struct set *set, const uint8_t *state)
{
    size_t best = SET;
    for (size_t t = 0; t < set->n; t++)
        if (state[set->row[t]] != NEEDED && (best == SET || set->age[t] < set->age[best]))
            best = t;
    return best;
}

static size_t find_place(struct set *set, uint8_t *state)
{
    if (set->n < set->room)
        return set->n++;
    const size_t place = oldest(set, state);
    if (place < SET)
        state[set->row[place]] = OUTSIDE;
    return place;
}

/* Gives the worst offenders places in the set. */
static void choose_set(struct sl_svm_work *k, struct set *set, long now)
{
    uint8_t *state = k->w->cache.pinned;
    uint32_t found[OFFENDERS];
    const size_t m = sl_svm_offenders(k, OFFENDERS, found);
    for (size_t t = 0; t < m; t++)
        if (state[found[t]] == INSIDE)
            state[found[t]] = NEEDED;
    for (size_t t = 0; t < set->n; t++)
        if (state[set->row[t]] == NEEDED)
            set->age[t] = now;
    set->n_changed = 0;
    for (size_t t = 0; t < m; t++) {
        const size_t place = state[found[t]] == OUTSIDE ? find_place(set, state) : SET;
        if (place == SET)
            continue;
        set->row[place] = found[t];
        set->age[place] = now;
        state[found[t]] = NEEDED;
        set->changed[set->n_changed++] = (uint32_t)place;
    }
    for (size_t t = 0; t < set->n; t++)
        state[set->row[t]] = INSIDE;
}

static int is_linear(const struct sl_svm_work *k)
{
    return k->w->cache.rows->kernel.kind == SL_SVM_LINEAR;
}

/* Kernel values between the set's rows, of those that are new in it. */
static int load_products(struct sl_svm_work *k, const struct set *set)
{
    struct sl_svm_workspace *w = k->w;
    struct sl_svm_steps *s = w->steps;
    if (is_linear(k)) {
        for (size_t c = 0; c < set->n_changed; c++)
            sl_svm_weights_enter(&w->weights, w->cache.rows, set->changed[c],
                                 sl_svm_pair_row(k->pair, set->row[set->changed[c]]));
        const int code = sl_svm_weights_products(&w->weights, set->changed, set->n_changed, set->n);
        if (code)
            return code;
        for (size_t c = 0; c < set->n_changed; c++)
            memcpy(s->K[set->changed[c]], w->weights.products + c * set->n, set->n * sizeof(float));
    } else {
        const int code = sl_svm_cache_fetch(&w->cache, set->row, set->n);
        if (code)
            return code;
        for (size_t c = 0; c < set->n_changed; c++)
            sl_svm_steps_gather(s, set->changed[c], sl_svm_cache_row(&w->cache, set->row[set->changed[c]]),
                                set->row);
    }
    sl_svm_steps_mirror(s, set->changed, set->n_changed);
    return 0;
}

static int load_set(struct sl_svm_work *k, const struct set *set)
{
    struct sl_svm_steps *s = k->w->steps;
    s->n = set->n;
    for (size_t t = 0; t < set->n; t++) {
        const uint32_t i = set->row[t];
        s->f[t] = (float)k->f[i];
        s->beta[t] = k->beta[i];
        s->lo[t] = sl_svm_lower(k, i);
        s->hi[t] = sl_svm_upper(k, i);
        s->diagonal[t] = k->w->diagonal[sl_svm_pair_row(k->pair, i)];
    }
    return load_products(k, set);
}

/* f[0 ... n-1] -= sum_t delta[t] * row[t]; four rows at a time. */
SL_CLONED_VOID(static, update_tile,
               (double *restrict f, size_t n, const double *delta, const float *const *row, size_t m),
               (f, n, delta, row, m))
{
    size_t t = 0;
    for (; t + 4 <= m; t += 4) {
        const float *restrict a = row[t], *restrict b = row[t + 1], *restrict c = row[t + 2],
                              *restrict e = row[t + 3];
        const double p = delta[t], q = delta[t + 1], r = delta[t + 2], s = delta[t + 3];
        for (size_t j = 0; j < n; j++)
            f[j] -= (p * (double)a[j] + q * (double)b[j]) + (r * (double)c[j] + s * (double)e[j]);
    }
    for (; t < m; t++)
        for (size_t j = 0; j < n; j++)
            f[j] -= delta[t] * (double)row[t][j];
}

/* f -= sum_t delta[t] * kernel row of the set's member place[t], t < m. */
static void update(struct sl_svm_work *k, struct set *set, size_t m)
{
    const struct sl_svm_cache *cache = &k->w->cache;
    const double *delta = set->delta;
    const uint32_t *place = set->place;
    const float **tile = set->tile;
    if (is_linear(k)) {
        sl_svm_weights_update(&k->w->weights, cache->rows, k->pair, cache->threads, delta, place, m, k->f);
        return;
    }
    for (size_t at = 0; at < k->n; at += TILE) {
        for (size_t t = 0; t < m; t++)
            tile[t] = sl_svm_cache_row(cache, set->row[place[t]]) + at;
        update_tile(k->f + at, k->n - at < TILE ? k->n - at : TILE, delta, tile, m);
    }
}

/* Takes the set's betas over and brings f up to date. */
static void store_set(struct sl_svm_work *k, struct set *set)
{
    const struct sl_svm_steps *s = k->w->steps;
    size_t m = 0;
    for (size_t t = 0; t < set->n; t++) {
        const uint32_t i = set->row[t];
        const double change = s->beta[t] - k->beta[i];
        if (change == 0)
            continue;
        k->beta[i] = s->beta[t];
        set->place[m] = (uint32_t)t;
        set->delta[m++] = change;
    }
    update(k, set, m);
}

static size_t room_for(size_t n)
{
    const size_t share = (n / SHARE + SET_MIN - 1) / SET_MIN * SET_MIN;
    return share < SET_MIN ? SET_MIN : share > SET ? SET : share;
}

static int solve(struct sl_svm_work *k, struct set *set)
{
    const struct sl_svm_limits *limits = k->limits;
    for (long now = 0;; now++) {
        measure_gap(k);
        if (k->up - k->low <= limits->tol || k->steps >= limits->max_steps ||
            (limits->cancel && *limits->cancel))
            return 0;
        choose_set(k, set, now);
        const int code = load_set(k, set);
        if (code)
            return code;
        const double gap = fmax(0.5 * limits->tol, 0.1 * (k->up - k->low));
        const long steps = sl_svm_steps_run(k->w->steps, gap, limits->max_steps - k->steps);
        store_set(k, set);
        k->steps += steps;
        if (steps == 0)
            return 0; /* rounding: no pair of the worst offenders can move */
    }
}

int sl_svm_solve_by_sets(struct sl_svm_work *k)
{
    struct set *set = sl_alloc_zero(1, sizeof *set);
    if (!set)
        return SL_ENOMEM;
    set->room = room_for(k->n);
    int code = solve(k, set);
    free(set);
    return code;
}
