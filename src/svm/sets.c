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
    SHARE = 4, /* a set holds a SHARE-th of the pair's rows, between SET_MIN and SET */
};

enum { OUTSIDE, INSIDE, NEEDED }; /* pinned[i]; NEEDED: an offender while places are given away */

/* The rows of a set, and when each offended last. */
struct set {
    _Alignas(64) float K[SET][SET]; /* kernel values between them */
    uint32_t row[SET];
    long age[SET];
    size_t n, room;
    uint32_t changed[OFFENDERS]; /* places that have a new row */
    size_t n_changed;
    uint32_t place[SET]; /* whose beta the steps have changed */
    double delta[SET];   /* by so much */
    const float *changes[SET];
};

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

static int has_weights(const struct sl_svm_work *k)
{
    return k->w->weights.sum != NULL;
}

SL_CLONED_VOID(static, gather, (float *restrict out, const float *row, const uint32_t *index, size_t n),
               (out, row, index, n))
{
    for (size_t c = 0; c < n; c++)
        out[c] = row[index[c]];
}

/* The columns of the new rows, and what stands beyond them, from their rows. */
static void mirror(struct set *set)
{
    const size_t n = set->n;
    for (size_t r = 0; r < n; r++)
        for (size_t c = 0; c < set->n_changed; c++)
            set->K[r][set->changed[c]] = set->K[set->changed[c]][r];
    /* Row by row, by memset: gcc 14 turns the loop over columns around, and then takes K[r][n] for the
     * beginning of an aligned vector. */
    for (size_t r = 0; r < n; r++)
        memset(&set->K[r][n], 0, (sl_svm_steps_width(n) - n) * sizeof set->K[r][0]);
}

/* Kernel values between the set's rows, of those that are new in it. */
static int load_products(struct sl_svm_work *k, struct set *set)
{
    struct sl_svm_workspace *w = k->w;
    if (has_weights(k)) {
        for (size_t c = 0; c < set->n_changed; c++)
            sl_svm_weights_enter(&w->weights, w->cache.rows, set->changed[c],
                                 sl_svm_pair_row(k->pair, set->row[set->changed[c]]));
        const int code = sl_svm_weights_products(&w->weights, set->changed, set->n_changed, set->n);
        if (code)
            return code;
        for (size_t c = 0; c < set->n_changed; c++)
            memcpy(set->K[set->changed[c]], w->weights.products + c * set->n, set->n * sizeof(float));
    } else {
        const int code = sl_svm_cache_fetch(&w->cache, set->row, set->n);
        if (code)
            return code;
        for (size_t c = 0; c < set->n_changed; c++)
            gather(set->K[set->changed[c]], sl_svm_cache_row(&w->cache, set->row[set->changed[c]]), set->row,
                   set->n);
    }
    mirror(set);
    return 0;
}

static int load_set(struct sl_svm_work *k, struct set *set)
{
    struct sl_svm_steps *s = &k->w->steps;
    s->n = set->n;
    for (size_t t = 0; t < set->n; t++) {
        const uint32_t i = set->row[t];
        s->f[t] = (float)k->f[i];
        s->beta[t] = k->beta[i];
        s->lo[t] = sl_svm_lower(k, i);
        s->hi[t] = sl_svm_upper(k, i);
        s->diagonal[t] = k->w->diagonal[sl_svm_pair_row(k->pair, i)];
        s->row[t] = set->K[t];
    }
    return load_products(k, set);
}

/* f -= sum_t delta[t] * kernel row of the set's member place[t], t < m. */
static void update(struct sl_svm_work *k, struct set *set, size_t m)
{
    const struct sl_svm_cache *cache = &k->w->cache;
    const double *delta = set->delta;
    const uint32_t *place = set->place;
    if (has_weights(k)) {
        sl_svm_weights_update(&k->w->weights, cache->rows, k->pair, cache->threads, delta, place, m, k->f);
        return;
    }
    for (size_t t = 0; t < m; t++)
        set->changes[t] = sl_svm_cache_row(cache, set->row[place[t]]);
    sl_svm_update(k, delta, set->changes, m);
}

/* Takes the set's betas over and brings f up to date. */
static void store_set(struct sl_svm_work *k, struct set *set)
{
    const struct sl_svm_steps *s = &k->w->steps;
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
        sl_svm_measure_gap(k);
        if (k->up - k->low <= limits->tol || k->steps >= limits->max_steps ||
            (limits->cancel && *limits->cancel))
            return 0;
        choose_set(k, set, now);
        const int code = load_set(k, set);
        if (code)
            return code;
        const double gap = fmax(0.5 * limits->tol, 0.1 * (k->up - k->low));
        long steps;
        sl_svm_steps_run(&k->w->steps, NULL, gap, limits->max_steps - k->steps, &steps);
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
