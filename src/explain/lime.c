/* lime.c - a linear model of the scores around a row, on which of its regions are kept.
 *
 * Ribeiro, Singh, Guestrin, KDD 2016.  Versions of the row keep each region with probability 1/2 (the first
 * one all), others are those of a background row drawn for the version.  Ridge regression with penalty 1 and
 * an intercept, weighted by sqrt(exp(-(1 - cos)^2 / .25^2)), where cos is the cosine between what is kept and
 * all of it.  A region's value is its coefficient, of which the ridge regression gives a standard error:
 * that of another draw of versions, as far as what the line misses is noise.  All regions stay in the model;
 * columns of a table are regions, and are not made intervals.  Cost: 1,000 predictions a row, and
 * O(samples regions^2 + regions^3). */
#include "core/memory.h"
#include "explain/least_squares.h"
#include "explain/masked.h"
#include "explain/regions.h"
#include <gsl/gsl_sort_double.h>
#include <math.h>
#include <string.h>

enum { SAMPLES = 1000, SEEDS = 10, TOP = 5 };
static const double WIDTH = .25, PENALTY = 1;

/* The perturbed versions of a row. */
struct versions {
    size_t n, p;        /* versions, regions */
    uint8_t *kept;      /* (n, p) */
    uint32_t *from;     /* (n): background rows */
    double *a, *weight; /* (n, p): kept less its weighted mean; (n) */
    double *mean;       /* (p) */
    float *scores;      /* (n, k) */
    double *y, *x;      /* (n); (p) */
};

static void versions_release(struct versions *v)
{
    free(v->kept);
    free(v->from);
    free(v->a);
    free(v->weight);
    free(v->mean);
    free(v->scores);
    free(v->y);
    free(v->x);
}

static int versions_new(struct versions *v, size_t n, size_t p, size_t k)
{
    *v = (struct versions){.n = n,
                           .p = p,
                           .kept = sl_alloc(n, p),
                           .from = sl_alloc(n, sizeof *v->from),
                           .a = sl_alloc(n * p, sizeof *v->a),
                           .weight = sl_alloc(n, sizeof *v->weight),
                           .mean = sl_alloc(p, sizeof *v->mean),
                           .scores = sl_alloc(n, k * sizeof *v->scores),
                           .y = sl_alloc(n, sizeof *v->y),
                           .x = sl_alloc(p, sizeof *v->x)};
    return v->kept && v->from && v->a && v->weight && v->mean && v->scores && v->y && v->x ? SL_OK
                                                                                           : SL_ENOMEM;
}

static void draw(struct versions *v, size_t background, struct sl_rng *rng)
{
    for (size_t i = 0; i < v->n; i++) {
        size_t kept = 0;
        uint64_t bits = 0;
        for (size_t j = 0; j < v->p; j++) {
            bits = j % 64 ? bits >> 1 : sl_rng_bits(rng);
            v->kept[i * v->p + j] = i == 0 || (bits & 1);
            kept += v->kept[i * v->p + j];
        }
        v->from[i] = (uint32_t)sl_rng_below(rng, background);
        const double away = 1 - sqrt((double)kept / (double)v->p);
        v->weight[i] = sqrt(exp(-away * away / (WIDTH * WIDTH)));
    }
}

static double weighted_mean(const double *weight, const double *y, size_t n)
{
    double sum = 0, all = 0;
    for (size_t i = 0; i < n; i++) {
        sum += weight[i] * y[i];
        all += weight[i];
    }
    return sum / all;
}

static void centre(struct versions *v)
{
    for (size_t j = 0; j < v->p; j++) {
        for (size_t i = 0; i < v->n; i++)
            v->y[i] = v->kept[i * v->p + j];
        v->mean[j] = weighted_mean(v->weight, v->y, v->n);
        for (size_t i = 0; i < v->n; i++)
            v->a[i * v->p + j] = v->y[i] - v->mean[j];
    }
}

/* The largest variance of a coefficient where the noise has variance 1: of H^-1 A'WA H^-1, where H = A'WA +
 * PENALTY I, which is H^-1 - PENALTY H^-2.  Overwrites v->x. */
static double largest_variance(struct versions *v, const struct sl_normal *normal)
{
    double most = 0;
    for (size_t j = 0; j < v->p; j++) {
        double squares = 0;
        memset(v->x, 0, v->p * sizeof *v->x);
        v->x[j] = 1;
        sl_normal_solve(normal, v->x);
        for (size_t l = 0; l < v->p; l++)
            squares += v->x[l] * v->x[l];
        most = fmax(most, v->x[j] - PENALTY * squares);
    }
    return most;
}

/* v->x becomes the coefficients for a class.  r2: NaN where all scores are one; noise: the variance of what
 * the line misses, NaN where there are too few versions. */
static void fit(struct versions *v, const struct sl_normal *normal, size_t k, size_t class, double *r2,
                double *noise)
{
    double left = 0, all = 0;
    for (size_t i = 0; i < v->n; i++)
        v->y[i] = (double)v->scores[i * k + class];
    const double mean = weighted_mean(v->weight, v->y, v->n);
    for (size_t i = 0; i < v->n; i++)
        v->y[i] -= mean;
    sl_normal_right(v->a, v->weight, v->y, v->n, v->p, v->x);
    sl_normal_solve(normal, v->x);
    for (size_t i = 0; i < v->n; i++) {
        double off = v->y[i];
        for (size_t j = 0; j < v->p; j++)
            off -= v->a[i * v->p + j] * v->x[j];
        left += v->weight[i] * off * off;
        all += v->weight[i] * v->y[i] * v->y[i];
    }
    *r2 = all > 0 ? 1 - left / all : NAN;
    *noise = v->n > v->p + 1 ? left / (double)(v->n - v->p - 1) : NAN;
}

/* Draws and scores versions of a row by one seed. */
static int sample(const struct sl_masker *masker, size_t row, const struct sl_regions *regions, uint64_t id,
                  uint64_t seed, struct versions *v, struct sl_normal *normal, struct sl_error *err)
{
    struct sl_rng *of_row = sl_explain_rng(masker->explainer, id),
                  *rng = of_row ? sl_rng_split(of_row, seed) : NULL;
    int code = rng ? SL_OK : sl_fail_memory(err);
    if (!code) {
        draw(v, masker->background.n, rng);
        centre(v);
        code = sl_normal_make(v->a, v->weight, v->n, v->p, PENALTY, normal) ? sl_fail_memory(err) : SL_OK;
    }
    if (!code)
        code = sl_masked_scores(masker, row, regions->of, regions->n, v->kept, v->n, v->from, v->scores, err);
    sl_rng_free(of_row);
    sl_rng_free(rng);
    return code;
}

/* The regions with the largest |coefficient|, as a set of at most TOP. */
static size_t find_top(const double *x, size_t p, size_t *top)
{
    const size_t n = p < TOP ? p : TOP;
    for (size_t i = 0; i < n; i++) {
        size_t best = SIZE_MAX;
        for (size_t j = 0; j < p; j++) {
            int taken = 0;
            for (size_t l = 0; l < i; l++)
                taken |= top[l] == j;
            if (!taken && (best == SIZE_MAX || fabs(x[j]) > fabs(x[best])))
                best = j;
        }
        top[i] = best;
    }
    return n;
}

/* Of two sets of n, how many are in both, as a share. */
static double agreement(const size_t *a, const size_t *b, size_t n)
{
    size_t both = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            both += a[i] == b[j];
    return (double)both / (double)n;
}

static double mean_agreement(size_t top[][TOP], size_t seeds, size_t n)
{
    double sum = 0;
    for (size_t a = 0; a < seeds; a++)
        for (size_t b = a + 1; b < seeds; b++)
            sum += agreement(top[a], top[b], n);
    return sum / ((double)(seeds * (seeds - 1)) / 2);
}

/* Values by the first seed; the others say how far the top regions agree.  top (m, SEEDS, TOP). */
static int explain_row(const struct sl_masker *masker, const struct sl_explain_block *b, size_t row,
                       const struct sl_regions *regions, struct versions *v, size_t (*top)[SEEDS][TOP],
                       struct sl_error *err)
{
    const struct sl_explainer *e = masker->explainer;
    const size_t seeds = e->options.agreement ? SEEDS : 1, k = e->scorer.k;
    double variance = 0, r2, noise;
    size_t shown = 0;
    int code = SL_OK;
    for (size_t seed = 0; seed < seeds && !code; seed++) {
        struct sl_normal normal = {0};
        code = sample(masker, row, regions, b->ids[row], seed, v, &normal, err);
        if (!code && seed == 0)
            variance = largest_variance(v, &normal);
        for (size_t c = 0; c < b->m && !code; c++) {
            const size_t item = row * b->m + c;
            fit(v, &normal, k, (size_t)b->classes[item], &r2, &noise);
            shown = find_top(v->x, v->p, top[c][seed]);
            if (seed == 0) {
                b->score[item].fit = r2;
                b->score[item].deviation = sqrt(noise * variance);
                sl_regions_spread(regions, v->x, e->d, b->values + item * e->d);
            }
        }
        sl_normal_release(&normal);
    }
    for (size_t c = 0; c < b->m && !code && seeds > 1; c++)
        b->score[row * b->m + c].agreement = mean_agreement(top[c], seeds, shown);
    return code;
}

static int run(struct sl_explainer *e, const struct sl_explain_block *b, struct sl_error *err)
{
    const size_t samples = e->options.samples ? (size_t)e->options.samples : SAMPLES;
    struct sl_masker masker;
    size_t(*top)[SEEDS][TOP] = sl_alloc(b->m, sizeof *top);
    int code = top ? sl_masker_init(&masker, e, &b->raw, err) : sl_fail_memory(err);
    if (!top)
        return code;
    for (size_t i = 0; i < b->n && !code; i++) {
        struct sl_regions regions;
        struct versions v = {0};
        code = sl_regions_make(e, &b->raw, i, &regions, err);
        if (!code && versions_new(&v, samples, regions.n, e->scorer.k))
            code = sl_fail_memory(err);
        if (!code)
            code = explain_row(&masker, b, i, &regions, &v, top, err);
        versions_release(&v);
        sl_regions_release(&regions);
    }
    free(top);
    sl_masker_release(&masker);
    return code;
}

const struct sl_method sl_method_lime = {
    .about = {.name = "lime",
              .title = "LIME",
              .needs = "any classifier with scores, and dense rows",
              .help = "coefficients of a linear model around the row, on superpixels (--segments) or columns",
              .reference = "Ribeiro, Singh, Guestrin, KDD 2016",
              .usual = 20},
    .run = run,
};
