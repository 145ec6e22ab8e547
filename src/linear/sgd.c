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
 * O(n d) an epoch and class.  All classes, and the values of hyperparameters that are trained together, see
 * the rows in one order: an epoch deals the vectors that have not stopped to the threads, and each takes its
 * share through the rows, which are read and converted once for all of them (sgd_pass.c; sparse ones in
 * sgd_sparse.c). A vector's steps are the same to the last bit in any company.  The threads live as long as
 * the training; one that finds no vectors left puts the rows in the order of the next epoch.  A fit of fewer
 * epochs is the first part of a longer one.  Weights are floats. A row's weight multiplies its steps, and its
 * share of the accuracy on held-out rows; the sum of losses that is watched counts each row once.  Weights
 * are not normalised: all of it as in scikit-learn 1.2. Leaves out averaging, warm starts, and the regression
 * losses. */
#include "linear/sgd.h"
#include "core/clock.h"
#include "core/memory.h"
#include "linear/sgd_sparse.h"
#include "linear/sgd_training.h"
#include "linear/shuffle.h"
#include <math.h>
#include <omp.h>
#include <string.h>

#define ETA_MIN 1e-6 /* adaptive: no smaller steps */

/* Epochs -------------------------------------------------------------------------------------------*/

static int all_finite(const struct sl_sgd_learner *learner, size_t ld)
{
    float sum = 0; /* NaN or infinite as soon as one product with 0 is */
    for (size_t j = 0; j < ld; j++)
        sum += 0 * learner->v[j];
    return sum == 0 && isfinite(learner->b) && isfinite(learner->scale);
}

/* Has the class improved in this epoch?  Stops it, or its steps shrink, when it has not for long. */
static void judge(const struct sl_sgd_training *tr, struct sl_sgd_learner *learner)
{
    const struct sl_sgd_options *options = learner->rule->options;
    int improved;
    if (options->early_stopping) {
        improved = !(learner->accuracy < learner->best + options->tol);
        learner->best = fmax(learner->best, learner->accuracy);
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

/* An epoch of some learners. */
static void run_learners(struct sl_sgd_training *tr, struct sl_sgd_learner **learners, size_t n,
                         struct sl_sgd_chunk *chunk)
{
    const int sparse = tr->train->dtype == SL_SPARSE, validates = tr->options->early_stopping;
    for (size_t v = 0; v < n; v++)
        learners[v]->sum_loss = 0;
    if (sparse)
        sl_sgd_train_sparse(&tr->rows, learners, n, tr->order, tr->n, tr->t);
    else
        sl_sgd_train_rows(&tr->rows, learners, n, tr->order, tr->n, tr->t, chunk);
    if (validates && sparse)
        sl_sgd_validate_sparse(&tr->rows, learners, n, tr->held_out, tr->n_held_out);
    else if (validates)
        sl_sgd_validate_rows(&tr->rows, learners, n, tr->held_out, tr->n_held_out, chunk);
    for (size_t v = 0; v < n; v++) {
        learners[v]->finite = all_finite(learners[v], tr->rows.ld);
        judge(tr, learners[v]);
    }
}

static void order_next(struct sl_sgd_training *tr)
{
    memcpy(tr->next_order, tr->order, tr->n * sizeof *tr->order);
    sl_shuffle_rows(tr->run->rng, tr->next_order, tr->n);
}

static void take_next_order(struct sl_sgd_training *tr)
{
    uint32_t *order = tr->order;
    tr->order = tr->next_order;
    tr->next_order = order;
}

/* Ends of epochs -----------------------------------------------------------------------------------*/

static int report_epoch(const struct sl_sgd_training *tr, const struct sl_sgd_descent *descent,
                        const struct sl_sgd_fit *fit)
{
    double sum = 0;
    if (!fit->run->on_epoch)
        return 0;
    for (int v = 0; v < tr->vectors; v++)
        sum += descent->learners[v].sum_loss; /* of a class that has stopped: its last */
    struct sl_epoch point = {
        .epoch = tr->epoch,
        .train_loss = tr->options->early_stopping ? NAN : sum / (double)tr->n,
        .train_accuracy = NAN,
        .validation_loss = NAN,
        .validation_accuracy = NAN,
        .learning_rate = sl_sgd_rate(&descent->rule, tr->t),
        .seconds = fit->seconds,
    };
    return fit->run->on_epoch(fit->run->arg, &point);
}

static int copy_weights(const struct sl_sgd_training *tr, const struct sl_sgd_descent *descent,
                        struct sl_linear *model)
{
    double *w = sl_alloc(tr->rows.ld, sizeof *w);
    int code = w ? SL_OK : sl_fail_memory(tr->err);
    for (int v = 0; v < tr->vectors && !code; v++) {
        const struct sl_sgd_learner *learner = &descent->learners[v];
        for (size_t j = 0; j < tr->rows.ld; j++)
            w[j] = learner->scale * (double)learner->v[j];
        code = sl_linear_set(model, v, w, learner->b, tr->err);
    }
    free(w);
    return code;
}

/* What a fit is told of the epoch, and its model where that was its last one. */
static int end_fit_epoch(struct sl_sgd_training *tr, struct sl_sgd_descent *descent, struct sl_sgd_fit *fit,
                         int finite)
{
    fit->report->n_iter = tr->epoch;
    fit->report->converged = finite && descent->n_active == 0;
    fit->diverged = finite ? 0 : tr->epoch;
    fit->ended = !finite || report_epoch(tr, descent, fit) || descent->n_active == 0 ||
                 tr->epoch == fit->options->max_iter;
    descent->n_ended += (size_t)fit->ended;
    return fit->ended && finite ? copy_weights(tr, descent, fit->model) : SL_OK;
}

/* `seconds`: of the epoch, a learner's part of it. */
static int end_descent_epoch(struct sl_sgd_training *tr, struct sl_sgd_descent *descent, double seconds)
{
    const double part = seconds * (double)descent->n_active / (double)(descent->n_fits - descent->n_ended);
    int finite = 1, code = SL_OK;
    descent->n_active = 0;
    for (int v = 0; v < tr->vectors; v++) {
        finite = finite && descent->learners[v].finite;
        descent->n_active += (size_t)!descent->learners[v].stopped;
    }
    for (size_t i = 0; i < descent->n_fits && !code; i++)
        if (!descent->fits[i].ended) {
            descent->fits[i].seconds += part;
            code = end_fit_epoch(tr, descent, &descent->fits[i], finite);
        }
    if (descent->n_ended == descent->n_fits)
        descent->n_active = 0;
    return code;
}

/* Those go on that have not stopped, of descents of which a fit wants more. */
static void list_active(struct sl_sgd_training *tr)
{
    tr->n_active = 0;
    for (size_t k = 0; k < tr->n_descents; k++)
        for (int v = 0; v < tr->vectors && tr->descents[k].n_active; v++)
            if (!tr->descents[k].learners[v].stopped)
                tr->active[tr->n_active++] = &tr->descents[k].learners[v];
}

/* What one thread does between epochs, while the others wait. */
static void end_epoch(struct sl_sgd_training *tr)
{
    const double now = sl_now(), part = (now - tr->last) / (double)tr->n_active;
    tr->last = now;
    tr->t += (double)tr->n;
    tr->epoch++;
    if (tr->run->cancel && *tr->run->cancel)
        tr->code = sl_fail(tr->err, SL_ECANCELLED, "cancelled");
    for (size_t k = 0; k < tr->n_descents && !tr->code; k++)
        if (tr->descents[k].n_active)
            tr->code = end_descent_epoch(tr, &tr->descents[k], part);
    list_active(tr);
    tr->over = tr->code || tr->n_active == 0;
    if (tr->options->shuffle)
        take_next_order(tr);
    atomic_store(&tr->next, 0);
}

/* One thread's way through all epochs. */
static void run_epochs(struct sl_sgd_training *tr)
{
    size_t thread = (size_t)omp_get_thread_num(), threads = (size_t)omp_get_num_threads(), task;
    while (!tr->over) {
        const size_t active = tr->n_active, tasks = threads < active ? threads : active;
        while ((task = atomic_fetch_add(&tr->next, 1)) <= tasks) {
            const size_t first = active * task / tasks, end = active * (task + 1) / tasks;
            if (task < tasks)
                run_learners(tr, tr->active + first, end - first, tr->chunks[thread]);
            else if (tr->options->shuffle)
                order_next(tr);
        }
        sl_barrier_wait(&tr->barrier, (int)threads);
        if (thread == 0)
            end_epoch(tr);
        sl_barrier_wait(&tr->barrier, (int)threads);
    }
}

int sl_sgd_train(const struct sl_view *train, const uint32_t *list, const struct sl_classes *classes,
                 struct sl_sgd_fit *fits, size_t n, struct sl_error *err)
{
    struct sl_sgd_training tr;
    int code = sl_sgd_training_init(&tr, train, list, classes, fits, n, err);
    if (!code) {
        if (tr.options->shuffle)
            sl_shuffle_rows(tr.run->rng, tr.order, tr.n);
        tr.last = sl_now();
#pragma omp parallel num_threads(tr.threads)
        run_epochs(&tr);
        code = tr.code;
    }
    sl_sgd_training_release(&tr);
    return code;
}

int sl_sgd_fail_diverged(const struct sl_sgd_fit *fit, struct sl_error *err)
{
    return sl_fail(err, SL_EDIVERGED,
                   "the weights overflowed in epoch %d: scale the features, or take smaller steps",
                   fit->diverged);
}
