/* fit.c - trees until there are enough, or the rows held out say so.
 *
 * The outputs' trees of one iteration depend on what was summed up before it only: they are grown a thread
 * each, or, where there are fewer of them than threads, one by one with all threads in each.  O(iterations
 * outputs n d depth / 2).
 */
#include "boosting/fit.h"
#include "boosting/grow.h"
#include "boosting/loss.h"
#include "boosting/roots.h"
#include "boosting/state.h"
#include "core/clock.h"
#include "core/memory.h"
#include "core/threads.h"
#include <math.h>
#include <omp.h>
#include <string.h>

static struct sl_boost_fitness measure(const struct sl_boost_state *f, const uint32_t *rows, size_t n,
                                       int derivatives)
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

/* What output `first + o` of a wave is grown on. */
static struct sl_boost_step step_of(const struct sl_boost_state *f, int iteration, size_t first, size_t o)
{
    const size_t at = (first + o) * f->job->x->n, root = f->bins.width / SL_SUMS_FEATURES * SL_SUMS_BLOCK;
    const size_t tree = (size_t)iteration * (size_t)f->n_outputs + first + o;
    return (struct sl_boost_step){.bins = &f->bins,
                                  .joint = &f->joint,
                                  .rows = f->rows,
                                  .n = f->n,
                                  .gradient = f->gradient + at,
                                  .curvature = f->curvature + at,
                                  .packed = &f->packed[o],
                                  .root = f->roots ? f->roots + o * root : NULL,
                                  .seed = f->seed + (tree + 1) * 0xd1342543de82ef95u,
                                  .limits = f->options->limits,
                                  .learning_rate = f->options->learning_rate,
                                  .threads = f->inner,
                                  .cancel = f->job->cancel};
}

/* The trees of n outputs from `first` on. */
static int grow_wave(struct sl_boost_state *f, int iteration, size_t first, size_t n)
{
    const int packing = sl_threads_for(8 * (double)(n * f->n), f->job->threads);
    int failure = SL_OK;
#pragma omp parallel for num_threads(packing) schedule(dynamic)
    for (size_t o = 0; o < n; o++) {
        const struct sl_boost_step step = step_of(f, iteration, first, o);
        sl_boost_pack(&step, &f->packed[o]);
    }
    const struct sl_boost_roots roots = {.bins = &f->bins,
                                         .joint = &f->joint,
                                         .rows = f->rows,
                                         .n = f->n,
                                         .packed = f->packed,
                                         .n_outputs = n,
                                         .sums = f->roots};
    if (f->roots && sl_boost_sum_roots(&roots, f->job->threads))
        return SL_ENOMEM;
#pragma omp parallel for num_threads(f->outer) schedule(dynamic)
    for (size_t o = 0; o < n; o++) {
        const struct sl_boost_step step = step_of(f, iteration, first, o);
        const int code = sl_boost_grow(&step, f->space[omp_get_thread_num()], &f->tree[first + o],
                                       f->raw + (first + o) * f->job->x->n);
        if (code) {
#pragma omp atomic write
            failure = code;
        }
    }
    return failure;
}

/* The iteration's trees, added to the model; none where one fails. */
static int grow_trees(struct sl_boost_state *f, int iteration)
{
    const size_t outputs = (size_t)f->n_outputs;
    int failure = SL_OK;
    for (size_t o = 0; o < outputs && !failure; o += f->wave)
        failure = grow_wave(f, iteration, o, outputs - o < f->wave ? outputs - o : f->wave);
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
static void apply_trees(const struct sl_boost_state *f, const struct sl_view *x, const uint32_t *rows,
                        size_t n, size_t stride, int scattered, float *raw)
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
static int has_stalled(const struct sl_boost_state *f, size_t n)
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
static void measure_watched(struct sl_boost_state *f, struct sl_boost_point *point)
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
static int report(struct sl_boost_state *f, struct sl_boost_fitness fitness)
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

static int iterate(struct sl_boost_state *f)
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
    struct sl_boost_state f = {.job = job, .options = options, .out = out};
    *out = (struct sl_boost_result){.stopped_early = -1};
    int code = sl_boost_prepare(&f, err);
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
    sl_boost_release_state(&f);
    return code;
}
