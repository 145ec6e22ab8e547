/* sgd.c - stochastic gradient descent: epochs for several classes side by side.
 *
 * For each row in a fresh random order, with p = w . x + b and y = +1 for the class, -1 for the rest,
 *     w <- (1 - eta alpha (1 - l1_ratio)) w - eta loss'(p, y) x,     b <- b - eta loss'(p, y),
 * and the cumulative L1 penalty of Tsuruoka, Tsujii and Ananiadou (ACL 2009).  Bottou, "Stochastic
 * gradient descent tricks" (2012), for the schedule "optimal", eta = 1 / (alpha (t0 + t)), and for
 * keeping w as a scale times a vector.  A class stops when the sum of its losses in an epoch (or, with
 * early_stopping, its accuracy on held-out rows) has not improved by tol for n_iter_no_change epochs.
 *
 * Passive-aggressive steps (Crammer et al., JMLR 7, 2006) are as long as the row asks for, and not longer:
 *     w <- w + y tau x,  b <- b + y tau,  tau = min(C, loss / |x|^2) or loss / (|x|^2 + 1 / (2 C)),
 * with the hinge loss in both, as scikit-learn has it.
 *
 * O(n d) an epoch and class.  All classes see the rows in one order, so rows are read and converted once for
 * a group of classes (sgd_pass.c; sparse ones in sgd_sparse.c).  An epoch deals the classes that have not
 * stopped to groups; a class's steps are the same to the last bit in any group.  The threads live as long as
 * the training and take the groups in turn; one that finds none left puts the rows in the order of the next
 * epoch.  Weights are floats. A row's weight multiplies its steps, and its share of the accuracy on held-out
 * rows; the sum of losses that is watched counts each row once.  Weights are not normalised: all of it as in
 * scikit-learn 1.2. Leaves out averaging, warm starts, and the regression losses. */
#include "linear/sgd.h"
#include "core/barrier.h"
#include "core/clock.h"
#include "core/memory.h"
#include "core/threads.h"
#include "kernels/skinny.h"
#include "kernels/sparse_row.h"
#include "linear/sgd_pass.h"
#include "linear/sgd_sparse.h"
#include "linear/shuffle.h"
#include <math.h>
#include <omp.h>
#include <string.h>

#define ETA_MIN 1e-6 /* adaptive: no smaller steps */

struct training {
    const struct sl_sgd_options *options;
    const struct sl_view *train;
    const uint32_t *list; /* (train->n), or NULL */
    const struct sl_classes *classes;
    const struct sl_linear_run *run;
    struct sl_sgd_rows rows;
    size_t n, n_held_out;            /* rows to train on, rows to validate on */
    uint32_t *order, *next_order;    /* (n) */
    uint32_t *held_out;              /* (n_held_out) */
    struct sl_sgd_learner *learners; /* (vectors) */
    int vectors;
    int *active; /* (n_active) learners that have not stopped */
    size_t n_active;
    float *memory, *x; /* all v and q; (threads, SL_ROWS_STEP, ld) */
    double t, start;   /* t: steps done */
    int epoch, over, code;
    int threads; /* as many as an epoch is worth */
    struct sl_barrier barrier;
    _Atomic size_t next; /* task of this epoch */
    struct sl_error *err;
};

/* Setting up ---------------------------------------------------------------------------------------*/

/* Bottou's t0: the first step is as long as typical weights make it. */
static double find_t0(const struct sl_sgd_options *options)
{
    if (options->learning_rate != SL_SGD_OPTIMAL)
        return 0;
    double typical = sqrt(1 / sqrt(options->alpha));
    double eta = typical / fmax(1, sl_sgd_dloss(options->loss, -typical, 1));
    return 1 / (eta * options->alpha);
}

/* Holds out the same share of every class, at random; at least one row stays in training.  Fits side by side
 * have the same classes, so they are not written to. */
static int hold_out(struct training *tr)
{
    size_t n = tr->train->n, m = (size_t)tr->classes->m, kept = 0;
    const int32_t *number = tr->classes->number;
    for (size_t i = 0; i < n; i++)
        tr->order[i] = (uint32_t)i;
    tr->n = n;
    if (!tr->options->early_stopping)
        return SL_OK;
    size_t *left = sl_alloc(m, sizeof *left);
    if (!left)
        return sl_fail_memory(tr->err);
    for (size_t c = 0; c < m; c++)
        left[c] = (size_t)((double)tr->classes->count[c] * tr->options->validation_fraction);
    sl_shuffle_rows(tr->run->rng, tr->order, n);
    for (size_t i = 0; i < n; i++) {
        uint32_t row = tr->order[i];
        if (left[number[row]] > 0) {
            left[number[row]]--;
            tr->held_out[tr->n_held_out++] = row;
        } else
            tr->order[kept++] = row;
    }
    tr->n = kept;
    free(left);
    return SL_OK;
}

static void learner_init(struct training *tr, int v, const double *weights)
{
    int pair = tr->classes->m == 2, l1 = tr->rows.l1_ratio > 0;
    int c = pair ? 1 : v;
    float *memory = tr->memory + (size_t)v * tr->rows.ld * (l1 ? 2 : 1);
    tr->learners[v] = (struct sl_sgd_learner){
        .class_number = c,
        .v = memory,
        .q = l1 ? memory + tr->rows.ld : NULL,
        .scale = 1,
        .eta = tr->options->eta0,
        .weight_own = weights[c],
        .weight_rest = pair ? weights[0] : 1,
        .best = tr->options->early_stopping ? -INFINITY : INFINITY,
        .finite = 1,
    };
}

static void training_release(struct training *tr)
{
    free(tr->order);
    free(tr->next_order);
    free(tr->held_out);
    free(tr->learners);
    free(tr->active);
    free(tr->memory);
    free(tr->x);
}

/* Of an epoch: a step of a class reads and changes its weights, and waits for what the step before it made.
 */
static double count_operations(const struct training *tr)
{
    enum { STEP = 64, ENTRY = 8 };
    if (tr->train->dtype == SL_SPARSE)
        return tr->vectors * (2.0 * ENTRY * (double)sl_view_entries(tr->train) + STEP * (double)tr->train->n);
    return (double)tr->train->n * tr->vectors * (2 * (double)tr->rows.ld + STEP);
}

static int training_init(struct training *tr, const double *weights, int vectors, struct sl_error *err)
{
    const struct sl_sgd_options *options = tr->options;
    const struct sl_view *view = tr->train;
    size_t m = (size_t)vectors, ld = sl_lanes(view->d);
    tr->rows = (struct sl_sgd_rows){
        .options = options, .view = view, .list = tr->list, .number = tr->classes->number, .ld = ld};
    tr->rows.l1_ratio = options->penalty == SL_SGD_L1           ? 1
                        : options->penalty == SL_SGD_ELASTICNET ? options->l1_ratio
                                                                : 0;
    tr->rows.t0 = find_t0(options);
    tr->vectors = vectors;
    tr->threads = sl_threads_between(count_operations(tr), tr->run->threads);
    tr->err = err;
    tr->order = sl_alloc(view->n, sizeof *tr->order);
    tr->next_order = sl_alloc(view->n, sizeof *tr->next_order);
    tr->held_out = sl_alloc(view->n, sizeof *tr->held_out);
    tr->learners = sl_alloc(m, sizeof *tr->learners);
    tr->active = sl_alloc(m, sizeof *tr->active);
    tr->memory = sl_alloc_zero(m * (tr->rows.l1_ratio > 0 ? 2 : 1) * ld, sizeof *tr->memory);
    tr->x =
        sl_alloc_zero(view->dtype == SL_SPARSE ? 0 : (size_t)tr->threads * SL_ROWS_STEP * ld, sizeof *tr->x);
    if (!tr->order || !tr->next_order || !tr->held_out || !tr->learners || !tr->active || !tr->memory ||
        !tr->x)
        return sl_fail_memory(err);
    for (int v = 0; v < vectors; v++) {
        learner_init(tr, v, weights);
        tr->active[v] = v;
    }
    tr->n_active = m;
    return hold_out(tr);
}

/* Epochs -------------------------------------------------------------------------------------------*/

static int all_finite(const struct sl_sgd_learner *learner, size_t ld)
{
    float sum = 0; /* NaN or infinite as soon as one product with 0 is */
    for (size_t j = 0; j < ld; j++)
        sum += 0 * learner->v[j];
    return sum == 0 && isfinite(learner->b) && isfinite(learner->scale);
}

/* Has the class improved in this epoch?  Stops it, or its steps shrink, when it has not for long. */
static void judge(const struct training *tr, struct sl_sgd_learner *learner, double accuracy)
{
    const struct sl_sgd_options *options = tr->options;
    int improved;
    if (options->early_stopping) {
        improved = !(accuracy < learner->best + options->tol);
        learner->best = fmax(learner->best, accuracy);
    } else {
        improved = !(learner->sum_loss > learner->best - options->tol * (double)tr->train->n);
        learner->best = fmin(learner->best, learner->sum_loss);
    }
    learner->stalled = improved || options->tol < 0 ? 0 : learner->stalled + 1;
    if (learner->stalled < options->n_iter_no_change)
        return;
    if (options->learning_rate == SL_SGD_ADAPTIVE && learner->eta > ETA_MIN) {
        learner->eta /= 5;
        learner->stalled = 0;
    } else
        learner->stopped = 1;
}

/* The active classes first ... end - 1. */
static void run_group(struct training *tr, size_t first, size_t end, float *x)
{
    struct sl_sgd_group group = {.size = (int)(end - first), .x = x};
    double accuracy[SL_SGD_GROUP] = {0};
    for (int g = 0; g < group.size; g++) {
        group.learners[g] = &tr->learners[tr->active[first + (size_t)g]];
        group.v[g] = group.learners[g]->v;
        group.learners[g]->sum_loss = 0;
    }
    int sparse = tr->train->dtype == SL_SPARSE;
    if (sparse)
        sl_sgd_train_sparse(&tr->rows, &group, tr->order, tr->n, tr->t);
    else
        sl_sgd_train_group(&tr->rows, &group, tr->order, tr->n, tr->t);
    if (tr->options->early_stopping && sparse)
        sl_sgd_validate_sparse(&tr->rows, &group, tr->held_out, tr->n_held_out, accuracy);
    else if (tr->options->early_stopping)
        sl_sgd_validate_group(&tr->rows, &group, tr->held_out, tr->n_held_out, accuracy);
    for (int g = 0; g < group.size; g++) {
        group.learners[g]->finite = all_finite(group.learners[g], tr->rows.ld);
        judge(tr, group.learners[g], accuracy[g]);
    }
}

/* As few as a pass can take together, but one for each thread. */
static size_t count_groups(size_t active, size_t threads)
{
    size_t groups = (active + SL_SGD_GROUP - 1) / SL_SGD_GROUP, most = threads < active ? threads : active;
    return groups > most ? groups : most;
}

static void order_next(struct training *tr)
{
    memcpy(tr->next_order, tr->order, tr->n * sizeof *tr->order);
    sl_shuffle_rows(tr->run->rng, tr->next_order, tr->n);
}

static int report_epoch(const struct training *tr)
{
    double sum = 0;
    if (!tr->run->on_epoch)
        return 0;
    for (int v = 0; v < tr->vectors; v++)
        sum += tr->learners[v].sum_loss; /* of a class that has stopped: its last */
    struct sl_epoch point = {
        .epoch = tr->epoch,
        .train_loss = tr->options->early_stopping ? NAN : sum / (double)tr->n,
        .train_accuracy = NAN,
        .validation_loss = NAN,
        .validation_accuracy = NAN,
        .learning_rate = sl_sgd_rate(&tr->rows, tr->t),
        .seconds = sl_now() - tr->start,
    };
    return tr->run->on_epoch(tr->run->arg, &point);
}

/* What one thread does between epochs, while the others wait. */
static void end_epoch(struct training *tr)
{
    const struct sl_linear_run *run = tr->run;
    uint32_t *order = tr->order;
    size_t left = 0;
    tr->t += (double)tr->n;
    tr->epoch++;
    for (size_t i = 0; i < tr->n_active; i++) {
        const struct sl_sgd_learner *learner = &tr->learners[tr->active[i]];
        if (!learner->finite)
            tr->code = sl_fail(
                tr->err, SL_EDIVERGED,
                "the weights overflowed in epoch %d: scale the features, or take smaller steps", tr->epoch);
        if (!learner->stopped)
            tr->active[left++] = tr->active[i];
    }
    tr->n_active = left;
    if (!tr->code && run->cancel && *run->cancel)
        tr->code = sl_fail(tr->err, SL_ECANCELLED, "cancelled");
    tr->over = tr->code || report_epoch(tr) || left == 0 || tr->epoch == tr->options->max_iter;
    if (tr->options->shuffle) {
        tr->order = tr->next_order;
        tr->next_order = order;
    }
    atomic_store(&tr->next, 0);
}

/* One thread's way through all epochs. */
static void run_epochs(struct training *tr)
{
    size_t thread = (size_t)omp_get_thread_num(), threads = (size_t)omp_get_num_threads(), task;
    float *x = tr->train->dtype == SL_SPARSE ? NULL : tr->x + thread * SL_ROWS_STEP * tr->rows.ld;
    while (!tr->over) {
        size_t active = tr->n_active, groups = count_groups(active, threads);
        while ((task = atomic_fetch_add(&tr->next, 1)) <= groups)
            if (task < groups)
                run_group(tr, active * task / groups, active * (task + 1) / groups, x);
            else if (tr->options->shuffle)
                order_next(tr);
        sl_barrier_wait(&tr->barrier, (int)threads);
        if (thread == 0)
            end_epoch(tr);
        sl_barrier_wait(&tr->barrier, (int)threads);
    }
}

static int copy_weights(const struct training *tr, struct sl_linear *model, struct sl_error *err)
{
    double *w = sl_alloc(tr->rows.ld, sizeof *w);
    int code = w ? SL_OK : sl_fail_memory(err);
    for (int v = 0; v < tr->vectors && !code; v++) {
        const struct sl_sgd_learner *learner = &tr->learners[v];
        for (size_t j = 0; j < tr->rows.ld; j++)
            w[j] = learner->scale * (double)learner->v[j];
        code = sl_linear_set(model, v, w, learner->b, err);
    }
    free(w);
    return code;
}

int sl_sgd_train(const struct sl_sgd_options *options, const struct sl_view *train, const uint32_t *list,
                 const struct sl_classes *classes, const double *weights, const struct sl_linear_run *run,
                 struct sl_linear *model, struct sl_fit_report *report, struct sl_error *err)
{
    struct training tr = {.options = options, .train = train, .list = list, .classes = classes, .run = run};
    int code = training_init(&tr, weights, model->vectors, err);
    if (!code) {
        if (options->shuffle)
            sl_shuffle_rows(run->rng, tr.order, tr.n);
        tr.start = sl_now();
#pragma omp parallel num_threads(tr.threads)
        run_epochs(&tr);
        report->n_iter = tr.epoch;
        report->converged = tr.n_active == 0;
        code = tr.code;
    }
    if (!code)
        code = copy_weights(&tr, model, err);
    training_release(&tr);
    return code;
}
