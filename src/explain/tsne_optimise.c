/* tsne_optimise.c - gradient descent on the divergence of a t-SNE.
 *
 * Momentum, gains (Jacobs, Increased rates of convergence through learning rate adaptation, 1988) and early
 * exaggeration as van der Maaten and Hinton have them, and as scikit-learn does: momentum .5 while what pulls
 * is exaggerated, then .8; a gain grows by .2 where the gradient keeps on against the last step, else shrinks
 * to .8 of it, from .01 on.  The learning rate is the number of points divided by the exaggeration (Belkina
 * et al., Nature Communications 10, 2019).  Cost an iteration: that of what pushes (repulsion.h), and
 * O(entries). */
#include "core/cores.h"
#include "core/memory.h"
#include "core/threads.h"
#include "explain/shares.h"
#include "explain/tsne.h"
#include <math.h>
#include <string.h>

enum { BLOCK = 128 /* points */ };

struct descent {
    const struct sl_affinities *a;
    const struct sl_repulsion_way *way;
    void *pushing; /* the way's state */
    const struct sl_tsne_options *options;
    float *y;                           /* (n, 2) */
    float *push, *step, *gain;          /* (n, 2) each, one block; step and gain NULL: the gradient alone */
    float *gradient;                    /* (n, 2), the caller's, or NULL */
    float exaggeration, momentum, rate; /* of this iteration */
    float by;                           /* 1 / z */
    double z;
    double *centre; /* (blocks, 2): sums of points */
    int code;
    struct sl_error *err;
};

static size_t blocks_of(const struct descent *d)
{
    return (d->a->n + BLOCK - 1) / BLOCK;
}

/* One coordinate's step. */
static void move(struct descent *d, size_t c, float gradient)
{
    float *step = d->step + c, *gain = d->gain + c;
    *gain = gradient * *step < 0 ? *gain + 0.2F : *gain * 0.8F;
    *gain = *gain < 0.01F ? 0.01F : *gain;
    *step = d->momentum * *step - d->rate * *gain * gradient;
}

/* Gradients of a block's points, and their steps: places change later, when all have seen the old ones. */
static void pull_block(void *arg, size_t block, int thread)
{
    struct descent *d = arg;
    (void)thread;
    for (size_t i = block * BLOCK; i < d->a->n && i < (block + 1) * BLOCK; i++) {
        float pull[2];
        sl_affinities_pull(d->a, i, d->y, pull);
        for (size_t c = 0; c < 2; c++) {
            const float gradient = d->exaggeration * pull[c] - d->push[2 * i + c] * d->by;
            if (d->gradient)
                d->gradient[2 * i + c] = gradient;
            else
                move(d, 2 * i + c, 4 * gradient);
        }
    }
}

static void step_block(void *arg, size_t block, int thread)
{
    struct descent *d = arg;
    double sum[2] = {0};
    (void)thread;
    for (size_t i = block * BLOCK; i < d->a->n && i < (block + 1) * BLOCK; i++)
        for (size_t c = 0; c < 2; c++)
            sum[c] += (double)(d->y[2 * i + c] += d->step[2 * i + c]);
    memcpy(d->centre + 2 * block, sum, sizeof sum);
}

/* The points' mean becomes 0, so that none drifts to where floats are coarse. */
static void centre(struct descent *d)
{
    double mean[2] = {0};
    for (size_t b = 0; b < blocks_of(d); b++)
        for (size_t c = 0; c < 2; c++)
            mean[c] += d->centre[2 * b + c] / (double)d->a->n;
    for (size_t i = 0; i < 2 * d->a->n; i++)
        d->y[i] -= (float)mean[i & 1];
}

static void iterate(struct descent *d, struct sl_team *team)
{
    d->code = d->way->apply(d->pushing, team, d->y, d->push, &d->z, d->err);
    if (d->code)
        return;
    d->by = (float)(1 / d->z);
    sl_share_out(team, blocks_of(d), pull_block, d);
}

static void lead_gradient(struct sl_team *team, void *arg)
{
    iterate(arg, team);
}

static void lead_descent(struct sl_team *team, void *arg)
{
    struct descent *d = arg;
    const struct sl_tsne_options *o = d->options;
    for (int i = 0; i < o->n_iter && !d->code; i++) {
        const int early = i < o->exaggeration_iter;
        d->exaggeration = early ? (float)o->early_exaggeration : 1;
        d->momentum = early ? 0.5F : 0.8F;
        iterate(d, team);
        if (d->code)
            return;
        sl_share_out(team, blocks_of(d), step_block, d);
        centre(d);
        if (o->cancel && *o->cancel)
            d->code = sl_fail(d->err, SL_ECANCELLED, "t-SNE was interrupted");
    }
}

static int run(struct descent *d, int threads, void (*lead)(struct sl_team *team, void *arg))
{
    const size_t n = d->a->n;
    const double operations = (double)d->a->start[n] * 8 + (double)n * 512;
    d->push = sl_alloc(6 * n, sizeof *d->push);
    d->centre = sl_alloc(2 * blocks_of(d), sizeof *d->centre);
    d->code = d->push && d->centre ? d->way->init(&d->pushing, n, d->err) : sl_fail_memory(d->err);
    if (!d->code) {
        d->step = d->push + 2 * n;
        d->gain = d->step + 2 * n;
        for (size_t i = 0; i < 2 * n; i++) {
            d->step[i] = 0;
            d->gain[i] = 1;
        }
        sl_team_lead(sl_threads_between(operations, threads), lead, d);
    }
    if (d->pushing)
        d->way->free(d->pushing);
    free(d->push);
    free(d->centre);
    return d->code;
}

int sl_tsne_gradient(const struct sl_affinities *a, const struct sl_repulsion_way *way, const float *y,
                     double exaggeration, int threads, float *gradient, struct sl_error *err)
{
    struct descent d = {.a = a,
                        .way = way,
                        .y = (float *)y,
                        .gradient = gradient,
                        .exaggeration = (float)exaggeration,
                        .err = err};
    return run(&d, threads, lead_gradient);
}

int sl_tsne_optimise(const struct sl_affinities *a, const struct sl_repulsion_way *way,
                     const struct sl_tsne_options *options, float *y, double *divergence,
                     struct sl_error *err)
{
    const double rate = options->learning_rate > 0 ? options->learning_rate
                                                   : fmax((double)a->n / options->early_exaggeration / 4, 50);
    struct descent d = {.a = a,
                        .way = way ? way : sl_repulsion_for(a->n),
                        .options = options,
                        .y = y,
                        .rate = (float)rate,
                        .err = err};
    int code = run(&d, options->threads > 0 ? options->threads : sl_cores(), lead_descent);
    if (code)
        return code;
    for (size_t i = 0; i < 2 * a->n; i++)
        if (!isfinite(y[i]))
            return sl_fail(err, SL_EDIVERGED, "t-SNE diverged: try a smaller learning rate than %g", rate);
    *divergence = sl_affinities_divergence(a, y) + log(d.z);
    return SL_OK;
}
