/* kernel_shap.c - Shapley values of any classifier, by weighted least squares over coalitions of regions or
 * columns; those that a coalition lacks are the background's, whose rows' scores are averaged.
 *
 * Lundberg and Lee, NIPS 2017: with Shapley's kernel as weights the coefficients are the Shapley values; that
 * they add up is a constraint, by which the last player is eliminated.  With all coalitions they are exact;
 * with drawn ones their standard error comes from the residuals of the drawn pairs (Covert and Lee, AISTATS
 * 2021, section 4: sandwich), and score->deviation keeps the largest.  Rows with as many regions share their
 * coalitions.  Cost: 2 p + 2,048 predictions a row of p players, times the background's rows, and O(n p^2).
 */
#include "core/memory.h"
#include "explain/coalitions.h"
#include "explain/least_squares.h"
#include "explain/masked.h"
#include "explain/regions.h"
#include <math.h>
#include <string.h>

enum { SAMPLES = 2048 };

/* Of the number of players that came last. */
struct state {
    struct sl_coalitions c;
    double *a; /* (n, p - 1): membership less the last player's */
    struct sl_normal normal;
};

static void state_release(struct state *state)
{
    sl_coalitions_release(&state->c);
    sl_normal_release(&state->normal);
    free(state->a);
    *state = (struct state){0};
}

static int begin(struct sl_explainer *e, struct sl_error *err)
{
    e->state = sl_alloc_zero(1, sizeof(struct state));
    return e->state ? SL_OK : sl_fail_memory(err);
}

static void end(struct sl_explainer *e)
{
    if (e->state)
        state_release(e->state);
    free(e->state);
}

/* Makes the state that of p players. */
static int set_players(struct sl_explainer *e, size_t p, struct sl_error *err)
{
    struct state *state = e->state;
    const size_t q = p - 1, budget = e->options.samples ? (size_t)e->options.samples : 2 * p + SAMPLES;
    if (state->c.p == p)
        return SL_OK;
    state_release(state);
    struct sl_rng *rng = sl_rng_split(e->rng, ~(uint64_t)p);
    int code = rng ? sl_coalitions_make(p, budget < 2 * p ? 2 * p : budget, rng, &state->c) : SL_ENOMEM;
    sl_rng_free(rng);
    state->a = code ? NULL : sl_alloc(state->c.n * q, sizeof *state->a);
    if (!state->a)
        return sl_fail_memory(err);
    for (size_t i = 0; i < state->c.n; i++)
        for (size_t j = 0; j < q; j++)
            state->a[i * q + j] = state->c.kept[i * p + j] - state->c.kept[i * p + q];
    return sl_normal_make(state->a, state->c.weight, state->c.n, q, 0, &state->normal) ? sl_fail_memory(err)
                                                                                       : SL_OK;
}

/* What one row needs: y (n), value (p), and of an error h (p - 1), variance (p). */
struct scratch {
    double *y, *value, *h, *variance;
    float *scores; /* (n, k) */
};

static void scratch_release(struct scratch *s)
{
    free(s->y);
    free(s->value);
    free(s->h);
    free(s->variance);
    free(s->scores);
}

static int scratch_new(const struct sl_coalitions *c, size_t k, struct scratch *s, struct sl_error *err)
{
    *s = (struct scratch){sl_alloc(c->n, sizeof(double)), sl_alloc(c->p, sizeof(double)),
                          sl_alloc(c->p, sizeof(double)), sl_alloc(c->p, sizeof(double)),
                          sl_alloc(c->n, k * sizeof(float))};
    return s->y && s->value && s->h && s->variance && s->scores ? SL_OK : sl_fail_memory(err);
}

/* The largest standard error of the values: the residuals of a drawn pair are one draw. */
static double standard_error(const struct state *state, struct scratch *s)
{
    const struct sl_coalitions *c = &state->c;
    const size_t q = c->p - 1, drawn = c->n - c->drawn;
    double most = 0;
    memset(s->variance, 0, c->p * sizeof *s->variance);
    for (size_t i = c->drawn; i < c->n; i += 2) {
        double sum = 0;
        memset(s->h, 0, q * sizeof *s->h);
        for (size_t l = i; l < i + 2; l++) {
            double rest = s->y[l];
            for (size_t j = 0; j < q; j++)
                rest -= state->a[l * q + j] * s->value[j];
            for (size_t j = 0; j < q; j++)
                s->h[j] += c->weight[l] * state->a[l * q + j] * rest;
        }
        sl_normal_solve(&state->normal, s->h);
        for (size_t j = 0; j < q; j++) {
            s->variance[j] += s->h[j] * s->h[j];
            sum += s->h[j];
        }
        s->variance[q] += sum * sum;
    }
    for (size_t j = 0; j < c->p; j++)
        most = fmax(most, s->variance[j]);
    return drawn ? sqrt(most * (double)drawn / fmax((double)drawn - (double)c->p, 1)) : 0;
}

/* s->value from the scores of the coalitions. */
static void solve(const struct state *state, size_t k, size_t class, double base, double whole,
                  struct scratch *s)
{
    const struct sl_coalitions *c = &state->c;
    const size_t q = c->p - 1;
    for (size_t i = 0; i < c->n; i++)
        s->y[i] = (double)s->scores[i * k + class] - base - c->kept[i * c->p + q] * (whole - base);
    sl_normal_right(state->a, c->weight, s->y, c->n, q, s->value);
    sl_normal_solve(&state->normal, s->value);
    s->value[q] = whole - base;
    for (size_t j = 0; j < q; j++)
        s->value[q] -= s->value[j];
}

static int explain_row(const struct sl_masker *masker, const struct sl_explain_block *b, size_t row,
                       const struct sl_regions *regions, struct sl_error *err)
{
    struct sl_explainer *e = masker->explainer;
    struct state *state = e->state;
    struct scratch s = {0};
    const size_t k = e->scorer.k;
    int code = regions->n > 1 ? set_players(e, regions->n, err) : SL_OK;
    if (!code && regions->n > 1)
        code = scratch_new(&state->c, k, &s, err);
    if (!code && regions->n > 1)
        code = sl_masked_scores(masker, row, regions->of, regions->n, state->c.kept, state->c.n, NULL,
                                s.scores, err);
    for (size_t item = row * b->m; item < (row + 1) * b->m && !code; item++) {
        struct sl_explained_score *score = &b->score[item];
        const double alone = score->score - score->base;
        if (regions->n > 1)
            solve(state, k, (size_t)b->classes[item], score->base, score->score, &s);
        score->deviation = regions->n > 1 ? standard_error(state, &s) : 0;
        sl_regions_spread(regions, regions->n > 1 ? s.value : &alone, e->d, b->values + item * e->d);
    }
    scratch_release(&s);
    return code;
}

static int run(struct sl_explainer *e, const struct sl_explain_block *b, struct sl_error *err)
{
    struct sl_masker masker;
    int code = sl_masker_init(&masker, e, &b->raw, err);
    for (size_t i = 0; i < b->n && !code; i++) {
        struct sl_regions regions;
        code = sl_regions_make(e, &b->raw, i, &regions, err);
        if (!code)
            code = explain_row(&masker, b, i, &regions, err);
        sl_regions_release(&regions);
    }
    sl_masker_release(&masker);
    return code;
}

const struct sl_method sl_method_kernel_shap = {
    .about = {.name = "kernel-shap",
              .title = "Kernel SHAP",
              .needs = "any classifier with scores, and dense rows",
              .help = "Shapley values of superpixels (--segments) or columns, with their standard error",
              .reference = "Lundberg, Lee, NIPS 2017; Covert, Lee, AISTATS 2021",
              .usual = 20},
    .begin = begin,
    .end = end,
    .run = run,
};
