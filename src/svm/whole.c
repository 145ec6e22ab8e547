/* whole.c - sequential minimal optimisation among all rows of a pair.
 *
 * Where kernel rows are cheap (gram.h), a pair of a few thousand rows is a working set of its own: fewer
 * steps are needed than where sets are chosen, and little is gathered.  Where they are not, sets touch fewer
 * of them (sets.c). Steps go in rounds.  As in a set, f is single precision in a round, and is then brought
 * up to date in double, for all rows.  A round leaves out rows at a bound that no step could move as f stands
 * (the shrinking of Joachims, 1999); where that is most of them, the others' kernel values are copied side by
 * side. Cost: O(n) a step, a touched row, and an update of each changed row. */
#include "svm/whole.h"
#include "core/memory.h"
#include <math.h>

enum { FEW_ACTIVE = 4 /* so many times more steps in a round where few rows take part */ };

/* A round of steps: which rows of the pair take part, and what it has changed. */
struct round {
    struct sl_svm_work *k;
    uint32_t *active;  /* (steps->n): rows of the pair, ascending */
    float *values;     /* NULL: all rows take part; else room for steps->n rows of their kernel values */
    double *delta;     /* (n) */
    const float **row; /* (n) */
};

int sl_svm_fits_whole(const struct sl_svm_work *k)
{
    return k->w->cache.gram && k->n <= SL_SVM_WHOLE && k->n <= k->w->cache.slots;
}

/* The kernel row of the pair's row number i. */
static int hold(const struct round *r, uint32_t i, const float **row)
{
    struct sl_svm_cache *cache = &r->k->w->cache;
    *row = sl_svm_cache_row(cache, i);
    const int code = *row ? SL_OK : sl_svm_cache_fetch(cache, &i, 1);
    if (!code)
        *row = sl_svm_cache_row(cache, i);
    return code;
}

static int bring(void *arg, struct sl_svm_steps *s, size_t t)
{
    const struct round *r = arg;
    const float *all;
    const int code = hold(r, r->active[t], &all);
    if (code || !r->values) {
        s->row[t] = all;
        return code;
    }
    const size_t width = sl_svm_steps_width(s->n);
    float *own = r->values + t * width;
    for (size_t c = 0; c < s->n; c++)
        own[c] = all[r->active[c]];
    for (size_t c = s->n; c < width; c++)
        own[c] = 0;
    s->row[t] = own;
    return SL_OK;
}

/* Rows between their bounds, and those at a bound that would offend with the worst of the others. */
static size_t choose_active(const struct sl_svm_work *k, uint32_t *active)
{
    size_t n = 0;
    for (size_t i = 0; i < k->n; i++) {
        const int grows = k->beta[i] < sl_svm_upper(k, i);
        const int shrinks = k->beta[i] > sl_svm_lower(k, i);
        if ((grows && shrinks) || (grows && k->f[i] > k->low) || (shrinks && k->f[i] < k->up))
            active[n++] = (uint32_t)i;
    }
    return n;
}

/* Takes all rows, or, if they are less than half, the active ones. */
static int begin(struct round *r)
{
    const struct sl_svm_work *k = r->k;
    struct sl_svm_steps *s = &k->w->steps;
    s->n = choose_active(k, r->active);
    r->values = NULL;
    if (s->n > k->n / 2) {
        s->n = k->n;
        for (size_t i = 0; i < k->n; i++)
            r->active[i] = (uint32_t)i;
    } else {
        r->values = sl_alloc(s->n * sl_svm_steps_width(s->n), sizeof *r->values);
        if (!r->values)
            return SL_ENOMEM;
    }
    for (size_t t = 0; t < s->n; t++) {
        const uint32_t i = r->active[t];
        s->f[t] = (float)k->f[i];
        s->beta[t] = k->beta[i];
        s->lo[t] = sl_svm_lower(k, i);
        s->hi[t] = sl_svm_upper(k, i);
        s->diagonal[t] = k->w->diagonal[sl_svm_pair_row(k->pair, i)];
        s->row[t] = r->values ? NULL : sl_svm_cache_row(&k->w->cache, i);
    }
    return SL_OK;
}

/* Takes the betas over and brings f up to date. */
static void end(struct round *r)
{
    struct sl_svm_work *k = r->k;
    const struct sl_svm_steps *s = &k->w->steps;
    size_t m = 0;
    for (size_t t = 0; t < s->n; t++) {
        const uint32_t i = r->active[t];
        const double change = s->beta[t] - k->beta[i];
        if (change == 0)
            continue;
        k->beta[i] = s->beta[t];
        r->delta[m] = change;
        r->row[m++] = sl_svm_cache_row(&k->w->cache, i);
    }
    sl_svm_update(k, r->delta, r->row, m);
    free(r->values);
    r->values = NULL;
}

static int solve(struct round *r)
{
    struct sl_svm_work *k = r->k;
    const struct sl_svm_limits *limits = k->limits;
    const struct sl_svm_source source = {bring, r};
    for (;;) {
        sl_svm_measure_gap(k);
        if (k->up - k->low <= limits->tol || k->steps >= limits->max_steps ||
            (limits->cancel && *limits->cancel))
            return SL_OK;
        const double gap = fmax(0.5 * limits->tol, 0.01 * (k->up - k->low));
        long steps = 0;
        int code = begin(r);
        const long left = limits->max_steps - k->steps, most = (r->values ? FEW_ACTIVE : 1) * (long)k->n,
                   limit = left < most ? left : most;
        if (!code)
            code = sl_svm_steps_run(&k->w->steps, &source, gap, limit, &steps);
        if (code)
            return code;
        end(r);
        k->steps += steps;
        if (steps == 0)
            return SL_OK; /* rounding: no pair of rows can move */
    }
}

int sl_svm_solve_whole(struct sl_svm_work *k)
{
    struct round r = {.k = k,
                      .active = sl_alloc(k->n, sizeof *r.active),
                      .delta = sl_alloc(k->n, sizeof *r.delta),
                      .row = sl_alloc(k->n, sizeof *r.row)};
    const int code = r.active && r.delta && r.row ? solve(&r) : SL_ENOMEM;
    free(r.active);
    free(r.values);
    free(r.delta);
    free(r.row);
    return code;
}
