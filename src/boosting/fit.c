/* fit.c - trees until there are enough, or the rows held out say so.
 *
 * The outputs' trees of one iteration depend on what was summed up before it only: they are grown a thread
 * each, or, where there are fewer of them than threads, one by one with all threads in each.  O(iterations
 * outputs n d depth / 2).
 */
#include "boosting/fit.h"
#include "boosting/held_out.h"
#include "boosting/loss.h"
#include "core/clock.h"
#include "core/memory.h"
#include "core/threads.h"
#include <math.h>
#include <omp.h>
#include <string.h>

struct fit {
    const struct sl_boost_job *job;
    const struct sl_boost_options *options;
    struct sl_boost_result *out;
    struct sl_bins bins;
    uint32_t *rows, *held, *all_watched; /* all_watched: 0, 1, ... */
    size_t n, n_held;
    int32_t *class, *y, *watched_y;    /* class (k): its number among those present, or -1; y of x's rows */
    double *weight;                    /* of x's rows, or NULL */
    float *raw, *gradient, *curvature; /* (outputs, rows of x) */
    float *watched_raw;                /* (outputs, n_watch) */
    int n_outputs, outer, inner;       /* threads: over outputs, and within a tree */
    struct sl_boost_space **space;     /* (outer) */
    struct sl_boost_tree *tree;        /* (n_outputs): of the iteration */
    double *held_loss;                 /* (max_iter + 1) */
    uint64_t seed;
};

static void release(struct fit *f)
{
    for (int t = 0; f->space && t < f->outer; t++)
        sl_boost_space_free(f->space[t]);
    sl_bins_release(&f->bins);
    free(f->space);
    free(f->tree);
    free(f->rows);
    free(f->held);
    free(f->all_watched);
    free(f->class);
    free(f->y);
    free(f->watched_y);
    free(f->weight);
    free(f->raw);
    free(f->gradient);
    free(f->curvature);
    free(f->watched_raw);
    free(f->held_loss);
}

/* Preparation ---------------------------------------------------------------------------------------------*/

/* Rows, and which classes they have. */
static int take_rows(struct fit *f, int *n_present)
{
    const struct sl_view *x = f->job->x;
    f->n = f->job->n;
    f->rows = sl_alloc(f->n, sizeof *f->rows);
    f->held = sl_alloc(f->n, sizeof *f->held);
    f->class = sl_alloc((size_t)x->k, sizeof *f->class);
    f->y = sl_alloc(x->n, sizeof *f->y);
    if (!f->rows || !f->held || !f->class || !f->y)
        return SL_ENOMEM;
    for (int c = 0; c < x->k; c++)
        f->class[c] = -1;
    for (size_t i = 0; i < f->n; i++) {
        f->rows[i] = f->job->rows ? f->job->rows[i] : (uint32_t)i;
        f->class[x->y[f->rows[i]]] = 0;
    }
    *n_present = 0;
    for (int c = 0; c < x->k; c++)
        if (f->class[c] == 0)
            f->class[c] = (*n_present)++;
    for (size_t i = 0; i < x->n; i++)
        f->y[i] = f->class[x->y[i]];
    return SL_OK;
}

static int hold_out(struct fit *f, int n_present, struct sl_error *err)
{
    const struct sl_boost_options *o = f->options;
    const size_t all = f->n;
    if (o->early_stopping == SL_BOOST_EARLY_NO || (o->early_stopping == SL_BOOST_EARLY_AUTO && f->n <= 10000))
        return SL_OK;
    struct sl_rng *rng = sl_rng_split(f->job->rng, 1);
    if (!rng)
        return sl_fail_memory(err);
    f->n_held = sl_boost_hold_out(f->y, n_present, o->validation_fraction, rng, f->rows, &f->n, f->held);
    sl_rng_free(rng);
    if (f->n_held == SIZE_MAX)
        return sl_fail_memory(err);
    if (f->n_held == 0)
        return sl_fail(
            err, SL_EUSAGE,
            "early_stopping: of %zu training rows none can be held out with validation_fraction=%g", all,
            o->validation_fraction);
    return SL_OK;
}

/* Of rows, and of classes where they are balanced (scikit-learn's n / (classes * rows of the class)). */
static int make_weights(struct fit *f, int n_present)
{
    const struct sl_view *x = f->job->x;
    if (!x->weight && !f->options->balanced)
        return SL_OK;
    double *count = sl_alloc_zero((size_t)n_present, sizeof *count);
    f->weight = sl_alloc(x->n, sizeof *f->weight);
    int code = count && f->weight ? SL_OK : SL_ENOMEM;
    for (size_t i = 0; i < f->job->n && !code; i++)
        count[f->y[f->job->rows ? f->job->rows[i] : i]]++;
    for (size_t i = 0; i < x->n && !code; i++) {
        f->weight[i] = x->weight ? x->weight[i] : 1;
        if (f->options->balanced && f->y[i] >= 0)
            f->weight[i] *= (double)f->job->n / (n_present * count[f->y[i]]);
    }
    free(count);
    return code;
}

/* Log odds, or logarithms of the classes' shares; of the rows that are fitted. */
static int make_model(struct fit *f, int n_present)
{
    struct sl_boost *model = sl_boost_new(f->job->x, n_present);
    double *share = sl_alloc_zero((size_t)n_present, sizeof *share), all = 0;
    f->out->model = model;
    int code = model && share ? SL_OK : SL_ENOMEM;
    for (size_t i = 0; i < f->n && !code; i++) {
        double weight = f->weight ? f->weight[f->rows[i]] : 1;
        share[f->y[f->rows[i]]] += weight;
        all += weight;
    }
    for (int c = 0, o = 0; c < f->job->x->k && !code; c++)
        if (f->class[c] >= 0)
            model->present[o++] = c;
    for (int o = 0; !code && o < model->n_outputs; o++)
        model->baseline[o] = (float)(model->n_outputs == 1 ? log(share[1] / share[0]) : log(share[o] / all));
    free(share);
    return code;
}

static int make_watched(struct fit *f)
{
    const struct sl_boost_job *job = f->job;
    f->watched_y = sl_alloc(job->n_watch, sizeof *f->watched_y);
    f->all_watched = sl_alloc(job->n_watch, sizeof *f->all_watched);
    f->watched_raw = sl_alloc((size_t)f->n_outputs * job->n_watch, sizeof *f->watched_raw);
    if (!f->watched_y || !f->all_watched || !f->watched_raw)
        return SL_ENOMEM;
    for (size_t i = 0; i < job->n_watch; i++)
        f->all_watched[i] = (uint32_t)i;
    for (size_t i = 0; i < job->n_watch; i++)
        f->watched_y[i] = f->class[job->watch->y[job->watch_rows ? job->watch_rows[i] : i]];
    for (int o = 0; o < f->n_outputs; o++)
        for (size_t i = 0; i < job->n_watch; i++)
            f->watched_raw[(size_t)o * job->n_watch + i] = f->out->model->baseline[o];
    return SL_OK;
}

static void choose_threads(struct fit *f)
{
    enum { LEVELS = 4, NODES = 16, SCAN = 512 };
    const double d = (double)f->bins.width;
    const double tree = 8 * LEVELS * d * (double)f->n + NODES * SCAN * d;
    int threads = sl_threads_for(tree * f->n_outputs, f->job->threads);
    f->outer = f->n_outputs >= threads ? threads : 1;
    f->inner = f->n_outputs >= threads ? 1 : f->job->threads;
}

static int make_room(struct fit *f)
{
    const size_t all = f->job->x->n, outputs = (size_t)f->n_outputs;
    f->raw = sl_alloc(outputs * all, sizeof *f->raw);
    f->gradient = sl_alloc(outputs * all, sizeof *f->gradient);
    f->curvature = sl_alloc(outputs * all, sizeof *f->curvature);
    f->held_loss = sl_alloc((size_t)f->options->max_iter + 1, sizeof *f->held_loss);
    f->tree = sl_alloc_zero(outputs, sizeof *f->tree);
    f->space = sl_alloc_zero((size_t)f->outer, sizeof(struct sl_boost_space *));
    if (!f->raw || !f->gradient || !f->curvature || !f->held_loss || !f->tree || !f->space)
        return SL_ENOMEM;
    for (int t = 0; t < f->outer; t++)
        if (!(f->space[t] = sl_boost_space_new(&f->bins, f->n)))
            return SL_ENOMEM;
    for (size_t o = 0; o < outputs; o++)
        for (size_t i = 0; i < all; i++)
            f->raw[o * all + i] = f->out->model->baseline[o];
    return f->job->watch ? make_watched(f) : SL_OK;
}

static int prepare(struct fit *f, struct sl_error *err)
{
    int n_present, code = take_rows(f, &n_present);
    if (code)
        return sl_fail_memory(err);
    f->n_outputs = sl_boost_outputs(n_present);
    struct sl_rng *rng = sl_rng_split(f->job->rng, 0);
    if (!rng)
        return sl_fail_memory(err);
    f->seed = sl_rng_bits(rng);
    sl_rng_free(rng);
    if (f->n_outputs)
        code = hold_out(f, n_present, err);
    if (!code && (make_weights(f, n_present) || make_model(f, n_present)))
        code = sl_fail_memory(err);
    if (!code && f->n_outputs)
        code = sl_bins_make(f->job->x, f->job->rows, f->job->n, f->options->max_bins, f->job->threads,
                            &f->bins, err);
    if (code || !f->n_outputs)
        return code;
    choose_threads(f);
    return make_room(f) ? sl_fail_memory(err) : SL_OK;
}

/* Iterations ----------------------------------------------------------------------------------------------*/

static struct sl_boost_fitness measure(const struct fit *f, const uint32_t *rows, size_t n, int derivatives)
{
    const struct sl_boost_loss loss = {.rows = rows,
                                       .n = n,
                                       .y = f->y,
                                       .weight = f->weight,
                                       .n_outputs = f->n_outputs,
                                       .stride = f->job->x->n,
                                       .threads = f->job->threads};
    return sl_boost_measure(&loss, f->raw, derivatives ? f->gradient : NULL, f->curvature);
}

static int grow_output(struct fit *f, int iteration, size_t o, struct sl_boost_space *space)
{
    const size_t all = f->job->x->n, tree = (size_t)iteration * (size_t)f->n_outputs + o;
    const struct sl_boost_step step = {.bins = &f->bins,
                                       .rows = f->rows,
                                       .n = f->n,
                                       .gradient = f->gradient + o * all,
                                       .curvature = f->curvature + o * all,
                                       .seed = f->seed + (tree + 1) * 0xd1342543de82ef95u,
                                       .limits = f->options->limits,
                                       .learning_rate = f->options->learning_rate,
                                       .threads = f->inner,
                                       .cancel = f->job->cancel};
    return sl_boost_grow(&step, space, &f->tree[o], f->raw + o * all);
}

/* The iteration's trees, added to the model; none where one fails. */
static int grow_trees(struct fit *f, int iteration)
{
    int failure = SL_OK;
#pragma omp parallel for num_threads(f->outer) schedule(dynamic)
    for (int o = 0; o < f->n_outputs; o++) {
        int code = grow_output(f, iteration, (size_t)o, f->space[omp_get_thread_num()]);
        if (code) {
#pragma omp atomic write
            failure = code;
        }
    }
    struct sl_boost *model = f->out->model;
    for (int o = 0; o < f->n_outputs; o++) {
        if (failure)
            sl_boost_tree_release(&f->tree[o]);
        else
            failure = sl_boost_add(model, f->tree[o]);
        f->tree[o] = (struct sl_boost_tree){0};
    }
    model->n_iter += !failure;
    return failure;
}

/* Adds the iteration's trees to the raw sums of rows that they were not grown on: (outputs, stride), row i of
 * rows at raw[i], or at raw[rows[i]] where it is scattered. */
static void apply_trees(const struct fit *f, const struct sl_view *x, const uint32_t *rows, size_t n,
                        size_t stride, int scattered, float *raw)
{
    enum { BLOCK = 512, STEP = 192 };
    const size_t outputs = (size_t)f->n_outputs;
    const struct sl_boost_tree *tree = f->out->model->trees->tree + (f->out->model->n_iter - 1) * outputs;
    const int threads = sl_threads_for(STEP * (double)(n * outputs), f->job->threads);
#pragma omp parallel for num_threads(threads) schedule(dynamic) collapse(2)
    for (size_t o = 0; o < outputs; o++)
        for (size_t first = 0; first < n; first += BLOCK) {
            const size_t m = n - first < BLOCK ? n - first : BLOCK;
            float sum[BLOCK], *to = raw + o * stride;
            uint32_t row[BLOCK];
            for (size_t i = 0; i < m; i++) {
                row[i] = rows ? rows[first + i] : (uint32_t)(first + i);
                sum[i] = to[scattered ? row[i] : first + i];
            }
            sl_boost_tree_apply(&tree[o], x, row, m, sum);
            for (size_t i = 0; i < m; i++)
                to[scattered ? row[i] : first + i] = sum[i];
        }
}

/* As scikit-learn: none of the last n_iter_no_change losses is better by tol than the one before them. */
static int has_stalled(const struct fit *f, size_t n)
{
    const size_t patience = (size_t)f->options->n_iter_no_change;
    if (n < patience + 1)
        return 0;
    const double reference = f->held_loss[n - patience - 1];
    for (size_t i = n - patience; i < n; i++)
        if (f->held_loss[i] < reference - f->options->tol)
            return 0;
    return 1;
}

/* Rows of classes that the training rows lack are wrong, and as unlikely as can be. */
static void measure_watched(struct fit *f, struct sl_boost_point *point)
{
    const struct sl_boost_job *job = f->job;
    size_t n = 0;
    apply_trees(f, job->watch, job->watch_rows, job->n_watch, job->n_watch, 0, f->watched_raw);
    for (size_t i = 0; i < job->n_watch; i++)
        if (f->watched_y[i] >= 0)
            f->all_watched[n++] = (uint32_t)i;
    const struct sl_boost_loss loss = {.rows = f->all_watched,
                                       .n = n,
                                       .y = f->watched_y,
                                       .n_outputs = f->n_outputs,
                                       .stride = job->n_watch,
                                       .threads = job->threads};
    struct sl_boost_fitness fitness = {0, 0};
    if (n)
        fitness = sl_boost_measure(&loss, f->watched_raw, NULL, NULL);
    const double known = (double)n / (double)job->n_watch;
    point->watched_loss = fitness.loss * known - (1 - known) * log(2.2e-16);
    point->watched_accuracy = fitness.accuracy * known;
}

/* Tells of the iteration that has just ended; returns whether the fit is to end. */
static int report(struct fit *f, struct sl_boost_fitness fitness)
{
    struct sl_boost_point point = {.iteration = (int)f->out->model->n_iter,
                                   .train_loss = fitness.loss,
                                   .train_accuracy = fitness.accuracy,
                                   .watched_loss = NAN,
                                   .watched_accuracy = NAN};
    const double start = sl_now(), cpu = sl_cpu_time();
    if (f->job->watch && f->job->on_point)
        measure_watched(f, &point);
    int stop = f->job->on_point ? f->job->on_point(f->job->arg, &point) : 0;
    f->out->aside += sl_now() - start;
    f->out->aside_cpu += sl_cpu_time() - cpu;
    return stop;
}

static int iterate(struct fit *f)
{
    struct sl_boost_result *out = f->out;
    struct sl_boost_fitness fitness = measure(f, f->rows, f->n, 1);
    if (f->n_held)
        f->held_loss[0] = measure(f, f->held, f->n_held, 0).loss;
    for (int i = 0; i < f->options->max_iter; i++) {
        int code = grow_trees(f, i), stop;
        if (code == SL_ECANCELLED && out->model->n_iter)
            break;
        if (code)
            return code;
        fitness = measure(f, f->rows, f->n, 1);
        stop = report(f, fitness);
        if (f->n_held) {
            apply_trees(f, f->job->x, f->held, f->n_held, f->job->x->n, 1, f->raw);
            f->held_loss[i + 1] = measure(f, f->held, f->n_held, 0).loss;
            out->stopped_early = has_stalled(f, (size_t)i + 2);
        }
        if (stop || out->stopped_early == 1 || (f->job->cancel && *f->job->cancel))
            break;
    }
    out->loss = fitness.loss;
    return SL_OK;
}

int sl_boost_fit(const struct sl_boost_job *job, const struct sl_boost_options *options,
                 struct sl_boost_result *out, struct sl_error *err)
{
    struct fit f = {.job = job, .options = options, .out = out};
    *out = (struct sl_boost_result){.stopped_early = -1};
    int code = prepare(&f, err);
    if (!code && f.n_outputs) {
        out->stopped_early = f.n_held ? 0 : -1;
        code = iterate(&f);
        if (code == SL_ECANCELLED)
            sl_fail(err, SL_ECANCELLED, "boosting: cancelled");
        else if (code)
            sl_fail_memory(err);
    }
    if (code) {
        sl_boost_free(out->model);
        out->model = NULL;
    }
    release(&f);
    return code;
}
