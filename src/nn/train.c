/* train.c - fitting a net: epochs of shuffled batches until a rule stops them.
 *
 * The rules are scikit-learn's (MLPClassifier): stop when the training loss (with early_stopping the
 * accuracy on a stratified part of the training rows) has not improved by tol for more than
 * n_iter_no_change epochs; with the adaptive schedule divide the learning rate by 5 instead, down to 1e-6.
 * Early stopping keeps the best weights.  The rows that a model is scored on are never used for it.
 * Cost: epochs * n * (three forward passes); memory: the net's workspace, and 12 to 20 bytes a parameter. */
#include "nn/train.h"
#include "core/clock.h"
#include "core/memory.h"
#include "nn/pass.h"
#include <math.h>
#include <string.h>

/* The state of a fit. */
struct trainer {
    struct sl_network *network;
    const struct sl_fit *fit;
    const struct sl_train_options *o;
    struct sl_pass *pass, *judge; /* for steps, and for predictions between epochs (NULL: none are needed) */
    struct sl_optimiser optimiser;
    struct sl_rng *order;
    uint64_t key;
    uint32_t *rows;      /* (n): the training rows, shuffled */
    uint32_t *held_out;  /* (n_held_out): rows that early stopping is judged by */
    size_t n, n_held_out;
    void *held_rows;     /* their features */
    int32_t *held_labels;
    float *best_params;  /* with early stopping */
    double best, rate, began;
    int no_change;
};

static void trainer_release(struct trainer *t)
{
    sl_pass_free(t->pass);
    sl_pass_free(t->judge);
    sl_optimiser_release(&t->optimiser);
    sl_rng_free(t->order);
    free(t->rows);
    free(t->held_out);
    free(t->held_rows);
    free(t->held_labels);
    free(t->best_params);
}

/* Early stopping's rows ---------------------------------------------------------------------------- */

/* Moves the first validation_fraction of each class's shuffled rows from rows to held_out. */
static void hold_out(struct trainer *t)
{
    const struct sl_view *train = t->fit->train;
    size_t kept = 0;
    for (int c = 0; c < train->k; c++) {
        size_t count = 0, seen = 0;
        for (size_t i = 0; i < train->n; i++)
            count += train->y[i] == c;
        size_t share = (size_t)floor((double)count * t->o->validation_fraction + 0.5);
        for (size_t i = 0; i < train->n; i++) {
            uint32_t row = t->rows[i];
            if (row == UINT32_MAX || train->y[row] != c || seen++ >= share)
                continue;
            t->held_out[t->n_held_out++] = row;
            t->rows[i] = UINT32_MAX;
        }
    }
    for (size_t i = 0; i < train->n; i++)
        if (t->rows[i] != UINT32_MAX)
            t->rows[kept++] = t->rows[i];
    t->n = kept;
}

static int copy_held_out(struct trainer *t, struct sl_error *err)
{
    const struct sl_view *train = t->fit->train;
    size_t row = train->d * (train->dtype == SL_U8 ? 1 : sizeof(float));
    t->held_rows = sl_alloc(t->n_held_out, row);
    t->held_labels = sl_alloc(t->n_held_out, sizeof *t->held_labels);
    if (!t->held_rows || !t->held_labels)
        return sl_fail_memory(err);
    for (size_t i = 0; i < t->n_held_out; i++) {
        memcpy((char *)t->held_rows + i * row, (const char *)train->x + t->held_out[i] * row, row);
        t->held_labels[i] = train->y[t->held_out[i]];
    }
    return SL_OK;
}

static int begin_early_stopping(struct trainer *t, struct sl_error *err)
{
    sl_rng_shuffle(t->order, t->rows, t->n);
    hold_out(t);
    if (t->n == 0 || t->n_held_out == 0)
        return sl_fail(err, SL_EUSAGE, "early_stopping: %zu training rows leave %zu to train on and %zu to judge by "
                       "with validation_fraction=%g", t->fit->train->n, t->n, t->n_held_out,
                       t->o->validation_fraction);
    t->best_params = sl_alloc(t->network->net->n_params, sizeof *t->best_params);
    return t->best_params ? copy_held_out(t, err) : sl_fail_memory(err);
}

/* Set-up ------------------------------------------------------------------------------------------- */

static int trainer_begin(struct trainer *t, struct sl_error *err)
{
    const struct sl_view *train = t->fit->train;
    struct sl_rng *init = sl_rng_split(t->fit->rng, 1), *keys = sl_rng_split(t->fit->rng, 2);
    t->order = sl_rng_split(t->fit->rng, 3);
    t->rows = sl_alloc(train->n, sizeof *t->rows);
    t->held_out = sl_alloc(train->n, sizeof *t->held_out);
    if (!init || !keys || !t->order || !t->rows || !t->held_out) {
        sl_rng_free(init);
        sl_rng_free(keys);
        return sl_fail_memory(err);
    }
    for (size_t i = 0; i < train->n; i++) {
        t->rows[i] = (uint32_t)i;
        t->network->present[train->y[i]] = 1;
    }
    t->n = train->n;
    t->key = sl_rng_bits(keys);
    sl_net_init(t->network->net, t->o->init, init, t->network->params);
    sl_rng_free(init);
    sl_rng_free(keys);
    int code = t->o->early_stopping ? begin_early_stopping(t, err) : SL_OK;
    size_t batch = (size_t)t->o->batch_size < t->n ? (size_t)t->o->batch_size : t->n;
    int judged = t->o->early_stopping || (t->fit->on_epoch && t->fit->validation);
    if (!code)
        code = sl_optimiser_init(&t->optimiser, &t->o->optimiser, t->network->net->n_params, err);
    if (!code)
        code = sl_pass_new(t->network->net, batch, 1, t->fit->threads, &t->pass, err);
    if (!code && judged)
        code = sl_pass_new(t->network->net, 0, 0, t->fit->threads, &t->judge, err);
    t->rate = t->o->learning_rate;
    t->best = t->o->early_stopping ? -INFINITY : INFINITY;
    return code;
}

/* Epochs ------------------------------------------------------------------------------------------- */

static int cancelled(const struct trainer *t)
{
    return t->fit->cancel && *t->fit->cancel;
}

/* The next up to STEPS batches of the epoch; *done: rows of it that have had their step. */
static int run_batches(struct trainer *t, size_t *done, struct sl_loss_sum *sum, double *squares,
                       struct sl_error *err)
{
    enum { STEPS = 64 }; /* in one go: threads are called together once for all */
    struct sl_optimiser begun[STEPS];
    struct sl_step steps[STEPS];
    size_t n = 0;
    for (; n < STEPS && *done < t->n; n++) {
        size_t left = t->n - *done, rows = (size_t)t->o->batch_size;
        rows = rows < left ? rows : left;
        sl_optimiser_begin(&t->optimiser, t->rate);
        begun[n] = t->optimiser;
        steps[n] = (struct sl_step){
            .view = t->fit->train,
            .rows = t->rows + *done,
            .n = rows,
            .present = t->network->present,
            .key = t->key + (uint64_t)t->optimiser.step * 0xd1342543de82ef95u,
            .decay = (float)(t->o->alpha / (double)rows),
            .optimiser = &begun[n],
        };
        *done += rows;
    }
    return sl_pass_steps(t->pass, steps, n, t->network->params, t->fit->cancel, sum, squares, err);
}

/* Sets *loss (with the L2 term, as scikit-learn reports it) and *accuracy, both running over the epoch. */
static int run_epoch(struct trainer *t, double *loss, double *accuracy, struct sl_error *err)
{
    struct sl_loss_sum sum = {0};
    double squares = 0;
    size_t done = 0;
    if (t->o->shuffle)
        sl_rng_shuffle(t->order, t->rows, t->n);
    while (done < t->n && !cancelled(t)) {
        int code = run_batches(t, &done, &sum, &squares, err);
        if (code)
            return code;
    }
    *loss = done ? (sum.loss + 0.5 * t->o->alpha * squares) / (double)done : 0;
    *accuracy = done ? (double)sum.correct / (double)done : 0;
    return SL_OK;
}

static int judge(struct trainer *t, double *accuracy, struct sl_error *err)
{
    struct sl_view held_out = *t->fit->train;
    double loss;
    held_out.n = t->n_held_out;
    held_out.x = t->held_rows;
    held_out.y = t->held_labels;
    return sl_pass_evaluate(t->judge, t->network->params, &held_out, t->network->present, &loss, accuracy, err);
}

/* Counts epochs without improvement; keeps the best weights with early stopping. */
static int count_no_change(struct trainer *t, double loss, struct sl_error *err)
{
    double score = -loss, best = -t->best;
    if (t->o->early_stopping) {
        int code = judge(t, &score, err);
        if (code)
            return code;
        best = t->best;
    }
    t->no_change = score <= best + t->o->tol ? t->no_change + 1 : 0; /* with tol 0, equal is no better */
    if (score > best) {
        t->best = t->o->early_stopping ? score : -score;
        if (t->best_params)
            memcpy(t->best_params, t->network->params, t->network->net->n_params * sizeof *t->best_params);
    }
    return SL_OK;
}

/* 1 when the fit has converged; the adaptive schedule goes on with a smaller step instead. */
static int should_stop(struct trainer *t)
{
    if (t->o->n_iter_no_change == 0 || t->no_change <= t->o->n_iter_no_change)
        return 0;
    if (t->o->optimiser.kind == SL_SGD && t->o->schedule == SL_RATE_ADAPTIVE && t->rate > 1e-6) {
        t->rate /= 5;
        t->no_change = 0;
        return 0;
    }
    return 1;
}

static void next_rate(struct trainer *t, int epoch)
{
    if (t->o->optimiser.kind == SL_SGD && t->o->schedule == SL_RATE_INVSCALING)
        t->rate = t->o->learning_rate / pow((double)epoch * (double)t->n + 1, t->o->power_t);
}

/* Tells the caller; *stop if it asks to.  Measuring the curve is not part of the seconds it shows. */
static int report_epoch(struct trainer *t, int epoch, double loss, double accuracy, int *stop, struct sl_error *err)
{
    struct sl_epoch point = {
        .epoch = epoch,
        .train_loss = loss,
        .train_accuracy = accuracy,
        .validation_loss = NAN,
        .validation_accuracy = NAN,
        .learning_rate = t->rate,
    };
    struct sl_fit_report *report = t->fit->report;
    double now = sl_now(), cpu = sl_cpu_time();
    point.seconds = now - t->began - report->aside;
    if (!t->fit->on_epoch)
        return SL_OK;
    if (t->fit->validation) {
        int code = sl_pass_evaluate(t->judge, t->network->params, t->fit->validation, t->network->present,
                                    &point.validation_loss, &point.validation_accuracy, err);
        if (code)
            return code;
    }
    *stop = t->fit->on_epoch(t->fit->arg, &point);
    report->aside += sl_now() - now;
    report->aside_cpu += sl_cpu_time() - cpu;
    return SL_OK;
}

static int run_epochs(struct trainer *t, struct sl_error *err)
{
    struct sl_fit_report *report = t->fit->report;
    int stop = 0;
    report->converged = 0;
    for (int epoch = 1; epoch <= t->o->epochs && !stop; epoch++) {
        double loss, accuracy;
        int code = run_epoch(t, &loss, &accuracy, err);
        if (code || cancelled(t))
            return code;
        if (!isfinite(loss))
            return sl_fail(err, SL_EDIVERGED, "the training loss is not finite in epoch %d", epoch);
        report->n_iter = epoch;
        report->objective = loss;
        code = count_no_change(t, loss, err);
        if (!code)
            code = report_epoch(t, epoch, loss, accuracy, &stop, err);
        if (code)
            return code;
        next_rate(t, epoch);
        if (should_stop(t)) {
            report->converged = 1;
            break;
        }
    }
    return SL_OK;
}

int sl_network_train(struct sl_network *network, const struct sl_fit *fit, const struct sl_train_options *options,
                     struct sl_error *err)
{
    struct trainer t = {.network = network, .fit = fit, .o = options, .began = sl_now()};
    int code = trainer_begin(&t, err);
    if (!code)
        code = run_epochs(&t, err);
    size_t n = network->net->n_params;
    if (!code && t.best_params && isfinite(t.best))
        memcpy(network->params, t.best_params, n * sizeof *network->params);
    for (size_t i = 0; !code && i < n; i++)
        if (!isfinite(network->params[i]))
            code = sl_fail(err, SL_EDIVERGED, "a weight is not finite after epoch %d", fit->report->n_iter);
    if (!code && cancelled(&t) && fit->report->n_iter < 1)
        code = sl_fail(err, SL_ECANCELLED, "cancelled before the first epoch was done");
    trainer_release(&t);
    return code;
}
