/* sgd_train.c - epochs of stochastic gradient descent for several classes side by side; see sgd.c.
 *
 * An epoch deals the classes that have not stopped to groups of up to GROUP; a group goes through the
 * rows once: one product with all weight vectors of the group, then each class's
 * own step, which is none where the row lies outside the class's margin. */
#include "classifiers/sgd_train.h"
#include "core/clock.h"
#include "core/memory.h"
#include "kernels/convert.h"
#include "kernels/dispatch.h"
#include "kernels/skinny.h"
#include <math.h>
#include <string.h>

enum { GROUP = 5 }; /* as many vectors as one pass over a row multiplies at full speed */

#define DLOSS_MAX 1e12 /* keeps one wild row from overflowing the weights */
#define SCALE_MIN 1e-9 /* where the scale is multiplied into the vector */
#define ETA_MIN 1e-6   /* adaptive: no smaller steps */

/* One binary problem: a class against the rest. */
struct learner {
    int class_number;
    float *v; /* (ld) w = scale v */
    float *q; /* (ld) L1 penalty that each weight has received, NULL without */
    double scale, b;
    double u;   /* L1 penalty that each weight should have received */
    double eta; /* adaptive: of this class */
    double weight_own, weight_rest;
    double sum_loss, best; /* best: least sum of losses, or highest accuracy */
    int stalled;           /* epochs without improvement */
    int stopped, finite;
};

struct training {
    const struct sl_fit *fit;
    const struct sl_sgd_config *config;
    const struct sl_classes *classes;
    size_t ld, n, n_held_out; /* rows to train on, rows to validate on */
    uint32_t *order;          /* (n) */
    uint32_t *held_out;       /* (n_held_out) */
    struct learner *learners; /* (vectors) */
    int vectors;
    int *active;            /* (vectors) of those that have not stopped */
    float *memory, *rows;   /* all v and q; (groups, ld) */
    double l1_ratio, t, t0; /* t: steps done */
};

/* Setting up ---------------------------------------------------------------------------------------*/

/* Uniform to within 2^-32: good for an order, and faster than a division a row. */
static void shuffle(struct sl_rng *rng, uint32_t *a, size_t n)
{
    for (size_t i = n; i > 1; i--) {
        size_t j = (size_t)(((unsigned __int128)sl_rng_bits(rng) * i) >> 64);
        uint32_t swap = a[i - 1];
        a[i - 1] = a[j];
        a[j] = swap;
    }
}

/* Bottou's t0: the first step is as long as typical weights make it. */
static double find_t0(const struct sl_sgd_config *config)
{
    if (config->learning_rate != SL_SGD_OPTIMAL)
        return 0;
    double typical = sqrt(1 / sqrt(config->alpha));
    double eta = typical / fmax(1, sl_sgd_dloss(config->loss, -typical, 1));
    return 1 / (eta * config->alpha);
}

/* Holds out the same share of every class, at random; at least one row stays in training. */
static void hold_out(struct training *tr)
{
    size_t n = tr->fit->train->n, kept = 0;
    const int32_t *number = tr->classes->number;
    for (size_t i = 0; i < n; i++)
        tr->order[i] = (uint32_t)i;
    tr->n = n;
    if (!tr->config->early_stopping)
        return;
    shuffle(tr->fit->rng, tr->order, n);
    size_t *left = tr->classes->count; /* borrowed as a counter, and restored */
    for (int c = 0; c < tr->classes->m; c++)
        left[c] = (size_t)((double)left[c] * tr->config->validation_fraction);
    for (size_t i = 0; i < n; i++) {
        uint32_t row = tr->order[i];
        if (left[number[row]] > 0) {
            left[number[row]]--;
            tr->held_out[tr->n_held_out++] = row;
        } else
            tr->order[kept++] = row;
    }
    tr->n = kept;
    for (size_t i = 0; i < n; i++)
        left[number[i]]++;
}

/* Never fewer than two where there are two classes: the last classes to stop keep two cores at work. */
static size_t count_groups(size_t active)
{
    size_t groups = (active + GROUP - 1) / GROUP;
    return active >= 2 && groups < 2 ? 2 : groups;
}

static void learner_init(struct training *tr, int v, const double *weights)
{
    int pair = tr->classes->m == 2, l1 = tr->l1_ratio > 0;
    int c = pair ? 1 : v;
    float *memory = tr->memory + (size_t)v * tr->ld * (l1 ? 2 : 1);
    tr->learners[v] = (struct learner){
        .class_number = c,
        .v = memory,
        .q = l1 ? memory + tr->ld : NULL,
        .scale = 1,
        .eta = tr->config->eta0,
        .weight_own = weights[c],
        .weight_rest = pair ? weights[0] : 1,
        .best = tr->config->early_stopping ? -INFINITY : INFINITY,
        .finite = 1,
    };
}

static void training_release(struct training *tr)
{
    free(tr->order);
    free(tr->held_out);
    free(tr->learners);
    free(tr->active);
    free(tr->memory);
    free(tr->rows);
}

static int training_init(struct training *tr, const double *weights, int vectors, struct sl_error *err)
{
    const struct sl_sgd_config *config = tr->config;
    size_t n = tr->fit->train->n, m = (size_t)vectors, groups = count_groups(m);
    tr->ld = sl_lanes(tr->fit->train->d);
    tr->vectors = vectors;
    tr->l1_ratio = config->penalty == SL_SGD_L1           ? 1
                   : config->penalty == SL_SGD_ELASTICNET ? config->l1_ratio
                                                          : 0;
    tr->t0 = find_t0(config);
    tr->order = sl_alloc(n, sizeof *tr->order);
    tr->held_out = sl_alloc(n, sizeof *tr->held_out);
    tr->learners = sl_alloc(m, sizeof *tr->learners);
    tr->active = sl_alloc(m, sizeof *tr->active);
    tr->memory = sl_alloc_zero(m * (tr->l1_ratio > 0 ? 2 : 1) * tr->ld, sizeof *tr->memory);
    tr->rows = sl_alloc_zero(groups * tr->ld, sizeof *tr->rows);
    if (!tr->order || !tr->held_out || !tr->learners || !tr->active || !tr->memory || !tr->rows)
        return sl_fail_memory(err);
    for (int v = 0; v < vectors; v++)
        learner_init(tr, v, weights);
    hold_out(tr);
    return SL_OK;
}

/* Steps --------------------------------------------------------------------------------------------*/

static double learning_rate(const struct training *tr, double t)
{
    const struct sl_sgd_config *config = tr->config;
    switch (config->learning_rate) {
    case SL_SGD_OPTIMAL:
        return 1 / (config->alpha * (tr->t0 + t));
    case SL_SGD_INVSCALING:
        return config->eta0 / pow(t + 1, config->power_t);
    default:
        return config->eta0;
    }
}

static void fold_scale(struct learner *learner, size_t ld)
{
    for (size_t j = 0; j < ld; j++)
        learner->v[j] *= (float)learner->scale;
    learner->scale = 1;
}

/* Draws each weight towards 0 by the penalty that it has not received yet, and not beyond. */
SL_CLONES
static void apply_l1(float *restrict v, float *restrict q, float u, float scale, size_t d)
{
    for (size_t j = 0; j < d; j++) {
        float before = v[j], less = before - (u + q[j]) / scale, more = before + (u - q[j]) / scale;
        float after = before > 0 ? (less > 0 ? less : 0) : before < 0 ? (more < 0 ? more : 0) : before;
        q[j] += scale * (after - before);
        v[j] = after;
    }
}

/* A row as the steps read it. */
struct row {
    const uint8_t *bytes; /* unscaled, or NULL: */
    const float *x;       /* (ld) */
};

static void add_row(const struct training *tr, struct learner *learner, const struct row *row, double update)
{
    double a = update / learner->scale;
    if (row->bytes)
        sl_skinny_row_add_bytes(learner->v, (float)(a * (double)tr->fit->train->scale), row->bytes, tr->ld);
    else
        sl_skinny_row_add(learner->v, (float)a, row->x, tr->ld);
}

/* One step of one class for a row with score p. */
static void step(const struct training *tr, struct learner *learner, const struct row *row, double p, int own,
                 double eta)
{
    const struct sl_sgd_config *config = tr->config;
    double y = own ? 1 : -1;
    if (!config->early_stopping)
        learner->sum_loss += sl_sgd_loss(config->loss, p, y);
    double dloss = sl_sgd_dloss(config->loss, p, y);
    dloss = dloss > DLOSS_MAX ? DLOSS_MAX : dloss < -DLOSS_MAX ? -DLOSS_MAX : dloss;
    double update = -eta * dloss * (own ? learner->weight_own : learner->weight_rest);
    if (config->penalty >= SL_SGD_L2) {
        double decay = 1 - (1 - tr->l1_ratio) * eta * config->alpha;
        learner->scale *= decay > 0 ? decay : 0;
        if (learner->scale < SCALE_MIN)
            fold_scale(learner, tr->ld);
    }
    if (update != 0) {
        add_row(tr, learner, row, update);
        if (config->fit_intercept)
            learner->b += update;
    }
    if (learner->q) {
        learner->u += tr->l1_ratio * eta * config->alpha;
        apply_l1(learner->v, learner->q, (float)learner->u, (float)learner->scale, tr->fit->train->d);
    }
}

static void prefetch_row(const struct sl_view *view, size_t row)
{
    size_t size = view->d * (view->dtype == SL_U8 ? 1 : sizeof(float));
    const char *bytes = (const char *)view->x + row * size;
    for (size_t at = 0; at < size; at += 64)
        __builtin_prefetch(bytes + at);
}

struct group {
    struct learner *learners[GROUP];
    const float *v[GROUP];
    int size;
};

/* Bytes that are multiplied by a scale and fill whole registers need no copy as floats: the scale is
 * applied to the product. */
static int stays_bytes(const struct sl_view *view)
{
    return view->dtype == SL_U8 && view->offset == 0 && view->d % SL_LANES == 0;
}

/* The scores p (size) of a row; x (ld) is for its floats. */
static struct row score_row(const struct training *tr, const struct group *group, uint32_t number, float *x,
                            double *p)
{
    const struct sl_view *view = tr->fit->train;
    struct row row = {.x = x};
    float z[GROUP];
    double scale = 1;
    if (stays_bytes(view)) {
        row.bytes = (const uint8_t *)view->x + number * view->d;
        scale = (double)view->scale;
        sl_skinny_row_dot_bytes(row.bytes, group->v, (size_t)group->size, tr->ld, z);
    } else {
        sl_view_block(view, number, 1, x); /* the padding stays zero */
        sl_skinny_row_dot(x, group->v, (size_t)group->size, tr->ld, z);
    }
    for (int g = 0; g < group->size; g++)
        p[g] = group->learners[g]->scale * scale * (double)z[g] + group->learners[g]->b;
    return row;
}

static void train_group(const struct training *tr, const struct group *group, float *x)
{
    int adaptive = tr->config->learning_rate == SL_SGD_ADAPTIVE;
    for (size_t i = 0; i < tr->n; i++) {
        uint32_t number = tr->order[i];
        double p[GROUP], eta = learning_rate(tr, tr->t + (double)i);
        if (i + 2 < tr->n)
            prefetch_row(tr->fit->train, tr->order[i + 2]);
        struct row row = score_row(tr, group, number, x, p);
        for (int g = 0; g < group->size; g++) {
            struct learner *learner = group->learners[g];
            int own = tr->classes->number[number] == learner->class_number;
            step(tr, learner, &row, p[g], own, adaptive ? learner->eta : eta);
        }
    }
}

/* Shares of the held-out rows that each class's problem gets right. */
static void validate_group(const struct training *tr, const struct group *group, float *x, double *accuracy)
{
    for (int g = 0; g < group->size; g++)
        accuracy[g] = 0;
    for (size_t i = 0; i < tr->n_held_out; i++) {
        uint32_t row = tr->held_out[i];
        double p[GROUP];
        score_row(tr, group, row, x, p);
        for (int g = 0; g < group->size; g++)
            accuracy[g] += (p[g] > 0) == (tr->classes->number[row] == group->learners[g]->class_number);
    }
    for (int g = 0; g < group->size; g++)
        accuracy[g] /= tr->n_held_out ? (double)tr->n_held_out : 1;
}

/* Epochs -------------------------------------------------------------------------------------------*/

static int all_finite(const struct learner *learner, size_t ld)
{
    float sum = 0; /* NaN or infinite as soon as one product with 0 is */
    for (size_t j = 0; j < ld; j++)
        sum += 0 * learner->v[j];
    return sum == 0 && isfinite(learner->b) && isfinite(learner->scale);
}

/* Has the class improved in this epoch?  Stops it, or its steps shrink, when it has not for long. */
static void judge(const struct training *tr, struct learner *learner, double accuracy)
{
    const struct sl_sgd_config *config = tr->config;
    int improved;
    if (config->early_stopping) {
        improved = !(accuracy < learner->best + config->tol);
        learner->best = fmax(learner->best, accuracy);
    } else {
        improved = !(learner->sum_loss > learner->best - config->tol * (double)tr->fit->train->n);
        learner->best = fmin(learner->best, learner->sum_loss);
    }
    learner->stalled = improved || config->tol < 0 ? 0 : learner->stalled + 1;
    if (learner->stalled < config->n_iter_no_change)
        return;
    if (config->learning_rate == SL_SGD_ADAPTIVE && learner->eta > ETA_MIN) {
        learner->eta /= 5;
        learner->stalled = 0;
    } else
        learner->stopped = 1;
}

/* The active classes first ... end - 1. */
static void run_group(struct training *tr, size_t first, size_t end, float *x)
{
    struct group group = {.size = (int)(end - first)};
    double accuracy[GROUP] = {0};
    for (int g = 0; g < group.size; g++) {
        group.learners[g] = &tr->learners[tr->active[first + (size_t)g]];
        group.v[g] = group.learners[g]->v;
        group.learners[g]->sum_loss = 0;
    }
    train_group(tr, &group, x);
    if (tr->config->early_stopping)
        validate_group(tr, &group, x, accuracy);
    for (int g = 0; g < group.size; g++) {
        group.learners[g]->finite = all_finite(group.learners[g], tr->ld);
        judge(tr, group.learners[g], accuracy[g]);
    }
}

/* One epoch of the active classes; returns how many go on. */
static size_t run_epoch(struct training *tr, size_t active)
{
    size_t left = 0, groups = count_groups(active);
    if (tr->config->shuffle)
        shuffle(tr->fit->rng, tr->order, tr->n);
#pragma omp parallel for num_threads(tr->fit->threads) schedule(dynamic)
    for (size_t g = 0; g < groups; g++)
        run_group(tr, active * g / groups, active * (g + 1) / groups, tr->rows + g * tr->ld);
    tr->t += (double)tr->n;
    for (size_t i = 0; i < active; i++)
        if (!tr->learners[tr->active[i]].stopped)
            tr->active[left++] = tr->active[i];
    return left;
}

static int report_epoch(const struct training *tr, int epoch, double start)
{
    double sum = 0;
    if (!tr->fit->on_epoch)
        return 0;
    for (int v = 0; v < tr->vectors; v++)
        sum += tr->learners[v].sum_loss; /* of a class that has stopped: its last */
    struct sl_epoch point = {
        .epoch = epoch,
        .train_loss = tr->config->early_stopping ? NAN : sum / (double)tr->n,
        .train_accuracy = NAN,
        .validation_loss = NAN,
        .validation_accuracy = NAN,
        .learning_rate = learning_rate(tr, tr->t),
        .seconds = sl_now() - start,
    };
    return tr->fit->on_epoch(tr->fit->arg, &point);
}

static int run_epochs(struct training *tr, struct sl_error *err)
{
    const struct sl_fit *fit = tr->fit;
    size_t active = (size_t)tr->vectors;
    double start = sl_now();
    int epoch = 0;
    for (int v = 0; v < tr->vectors; v++)
        tr->active[v] = v;
    while (active > 0 && epoch < tr->config->max_iter) {
        active = run_epoch(tr, active);
        epoch++;
        for (int v = 0; v < tr->vectors; v++)
            if (!tr->learners[v].finite)
                return sl_fail(
                    err, SL_EDIVERGED,
                    "the weights overflowed in epoch %d: scale the features, or take smaller steps", epoch);
        if (fit->cancel && *fit->cancel)
            return sl_fail(err, SL_ECANCELLED, "cancelled");
        if (report_epoch(tr, epoch, start))
            break;
    }
    fit->report->n_iter = epoch;
    fit->report->converged = active == 0;
    return SL_OK;
}

static int copy_weights(const struct training *tr, struct sl_linear *model, struct sl_error *err)
{
    double *w = sl_alloc(tr->ld, sizeof *w);
    int code = w ? SL_OK : sl_fail_memory(err);
    for (int v = 0; v < tr->vectors && !code; v++) {
        const struct learner *learner = &tr->learners[v];
        for (size_t j = 0; j < tr->ld; j++)
            w[j] = learner->scale * (double)learner->v[j];
        code = sl_linear_set(model, v, w, learner->b, err);
    }
    free(w);
    return code;
}

int sl_sgd_train(const struct sl_fit *fit, const struct sl_sgd_config *config,
                 const struct sl_classes *classes, const double *weights, struct sl_linear *model,
                 struct sl_error *err)
{
    struct training tr = {.fit = fit, .config = config, .classes = classes};
    int code = training_init(&tr, weights, model->vectors, err);
    if (!code)
        code = run_epochs(&tr, err);
    if (!code)
        code = copy_weights(&tr, model, err);
    training_release(&tr);
    return code;
}
