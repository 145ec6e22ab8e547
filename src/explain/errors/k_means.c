/* k_means.c - rows in k clusters, such that the sum of squared distances to the clusters' means is small.
 *
 * Lloyd's iterations (IEEE Transactions on Information Theory 28, 1982) from beginnings drawn far apart
 * (k-means++: Arthur and Vassilvitskii, SODA 2007); the best of BEGINNINGS.  On the calling thread.  Cost:
 * O(n d k) an iteration, at most ITERATIONS of each beginning. */
#include "core/memory.h"
#include "explain/errors/errors.h"
#include <math.h>
#include <shortlist/rng.h>
#include <string.h>

enum { BEGINNINGS = 10, ITERATIONS = 100 };

struct work {
    const float *x; /* (n, d) */
    size_t n, d, k;
    double *means;   /* (k, d) */
    double *nearest; /* (n): squared distance to the nearest mean */
    size_t *counts;  /* (k) */
    int32_t *cluster;
};

static double squared(const struct work *w, size_t i, size_t c)
{
    double sum = 0;
    for (size_t j = 0; j < w->d; j++) {
        const double off = (double)w->x[i * w->d + j] - w->means[c * w->d + j];
        sum += off * off;
    }
    return sum;
}

static void place_mean(struct work *w, size_t c, size_t i)
{
    for (size_t j = 0; j < w->d; j++)
        w->means[c * w->d + j] = (double)w->x[i * w->d + j];
}

/* The first mean is any row; each other one a row drawn by its squared distance from those. */
static void begin(struct work *w, struct sl_rng *rng)
{
    place_mean(w, 0, (size_t)sl_rng_below(rng, w->n));
    for (size_t i = 0; i < w->n; i++)
        w->nearest[i] = INFINITY;
    for (size_t c = 1; c < w->k; c++) {
        double sum = 0;
        for (size_t i = 0; i < w->n; i++)
            sum += w->nearest[i] = fmin(w->nearest[i], squared(w, i, c - 1));
        double at = sl_rng_uniform(rng) * sum;
        size_t i = 0;
        while (i + 1 < w->n && (at -= w->nearest[i]) >= 0)
            i++;
        place_mean(w, c, i);
    }
}

/* Gives each row to its nearest mean; how many have changed, and the sum of squared distances. */
static size_t assign(struct work *w, double *inertia)
{
    size_t changed = 0;
    *inertia = 0;
    for (size_t i = 0; i < w->n; i++) {
        int32_t best = 0;
        double least = INFINITY;
        for (size_t c = 0; c < w->k; c++) {
            const double here = squared(w, i, c);
            if (here < least) {
                least = here;
                best = (int32_t)c;
            }
        }
        changed += w->cluster[i] != best;
        w->cluster[i] = best;
        *inertia += least;
    }
    return changed;
}

/* A cluster without rows keeps its mean. */
static void average(struct work *w)
{
    memset(w->counts, 0, w->k * sizeof *w->counts);
    for (size_t i = 0; i < w->n; i++)
        w->counts[w->cluster[i]]++;
    for (size_t c = 0; c < w->k; c++)
        for (size_t j = 0; j < w->d && w->counts[c]; j++)
            w->means[c * w->d + j] = 0;
    for (size_t i = 0; i < w->n; i++) {
        const size_t c = (size_t)w->cluster[i];
        for (size_t j = 0; j < w->d; j++)
            w->means[c * w->d + j] += (double)w->x[i * w->d + j] / (double)w->counts[c];
    }
}

static double run(struct work *w, struct sl_rng *rng)
{
    double inertia;
    begin(w, rng);
    memset(w->cluster, -1, w->n * sizeof *w->cluster);
    for (int i = 0; i < ITERATIONS && assign(w, &inertia); i++)
        average(w);
    return inertia;
}

/* Numbers them by size; equal ones as they stand. */
static void number_by_size(struct work *w, int32_t *cluster)
{
    memset(w->counts, 0, w->k * sizeof *w->counts);
    for (size_t i = 0; i < w->n; i++)
        w->counts[cluster[i]]++;
    for (size_t i = 0; i < w->n; i++) {
        const size_t own = (size_t)cluster[i];
        int32_t before = 0;
        for (size_t c = 0; c < w->k; c++)
            before += w->counts[c] > w->counts[own] || (w->counts[c] == w->counts[own] && c < own);
        cluster[i] = before;
    }
}

/* Sum of the squared distances from the mean of all. */
static double total(struct work *w)
{
    double sum = 0;
    memset(w->cluster, 0, w->n * sizeof *w->cluster);
    average(w);
    for (size_t i = 0; i < w->n; i++)
        sum += squared(w, i, 0);
    return sum;
}

int sl_k_means(const float *x, size_t n, size_t d, int k, uint64_t seed, int32_t *cluster, double *explained,
               struct sl_error *err)
{
    struct work w = {.x = x, .n = n, .d = d, .k = (size_t)k};
    struct sl_rng *rng = sl_rng_new(seed, "k-means");
    double best = INFINITY;
    w.means = sl_alloc(w.k * d, sizeof *w.means);
    w.nearest = sl_alloc(n, sizeof *w.nearest);
    w.counts = sl_alloc(w.k, sizeof *w.counts);
    w.cluster = sl_alloc(n, sizeof *w.cluster);
    int code = rng && w.means && w.nearest && w.counts && w.cluster ? SL_OK : sl_fail_memory(err);
    for (int b = 0; b < BEGINNINGS && !code; b++) {
        const double inertia = run(&w, rng);
        if (inertia < best) {
            best = inertia;
            memcpy(cluster, w.cluster, n * sizeof *cluster);
        }
    }
    if (!code) {
        number_by_size(&w, cluster);
        const double all = total(&w);
        *explained = all > 0 ? 1 - best / all : 0;
    }
    sl_rng_free(rng);
    free(w.means);
    free(w.nearest);
    free(w.counts);
    free(w.cluster);
    return code;
}
