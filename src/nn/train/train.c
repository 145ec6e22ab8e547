/* train.c - fitting a net: epochs of shuffled batches until a rule stops them.
 *
 * The rules are scikit-learn's (MLPClassifier): stop when the training loss (with early_stopping the loss or
 * the accuracy on a stratified part of the training rows) has not improved by tol for more than
 * n_iter_no_change epochs; with the adaptive schedule divide the learning rate by 5 instead, down to 1e-6.
 * Early stopping keeps the best weights.  With ema_decay a mean of the weights over the steps takes their
 * place wherever they are judged or kept (Polyak and Juditsky, 1992; exponential, with a decay that starts at
 * 2/11 and grows, so that the first weights are soon forgotten).  The rows that a model is scored on are
 * never used for it.  Weights of rows multiply losses, of steps and of the rows that early stopping holds
 * out; they are normalised: their mean is 1.  (scikit-learn 1.2 has neither them nor class_weight here.)
 * Cost: epochs * n * (three forward passes); memory: the net's workspace, and 16 to 32 bytes a parameter. */
#include "nn/train/train.h"
#include "core/clock.h"
#include "core/memory.h"
#include "data/classes.h"
#include "nn/train/held_out.h"
#include "nn/train/step.h"
#include <math.h>
#include <string.h>

enum { STEPS = 64 }; /* in one go: threads are called together once for all */

/* The state of a fit. */
struct trainer {
    struct sl_network *network;
    const struct sl_fit *fit;
    const struct sl_train_options *o;
    struct sl_stepper *stepper;
    struct sl_predictor *judge; /* between epochs; NULL: nothing is judged */
    struct sl_optimiser optimiser;
    struct sl_augmenter augmenter;
    struct sl_rng *order;
    uint64_t key;
    uint32_t *rows;              /* (n): the training rows, shuffled */
    size_t n, batch;             /* batch: rows of a step */
    struct sl_held_out held_out; /* with early stopping */
    float *kept; /* the best weights with early stopping, else those of the latest epoch, which a cancelled
                    fit falls back to; NULL: not needed */
    int any_kept;
    float *average;     /* with ema_decay */
    float *row_weights; /* (rows of train) where they have weights, or classes are balanced */
    size_t epoch;       /* done before this one */
    double slower;      /* what the adaptive schedule has made of the learning rate: 1, 1/5, ... */
    double best, began;
    int no_change;
    struct sl_optimiser *begun; /* (STEPS), with steps: those that are taken in one go */
    struct sl_step *steps;
};

static void trainer_release(struct trainer *t)
{
    sl_stepper_free(t->stepper);
    sl_predictor_free(t->judge);
    sl_optimiser_release(&t->optimiser);
    sl_augmenter_release(&t->augmenter);
    sl_rng_free(t->order);
    sl_held_out_release(&t->held_out);
    free(t->rows);
    free(t->kept);
    free(t->average);
    free(t->row_weights);
    free(t->begun);
    free(t->steps);
}

/* Set-up ------------------------------------------------------------------------------------------- */

/* Random streams, the order of the rows, initial weights. */
static int begin_rows(struct trainer *t, struct sl_error *err)
{
    const struct sl_view *train = t->fit->train;
    struct sl_rng *init = sl_rng_split(t->fit->rng, 1), *keys = sl_rng_split(t->fit->rng, 2);
    t->order = sl_rng_split(t->fit->rng, 3);
    t->rows = sl_alloc(train->n, sizeof *t->rows);
    t->begun = sl_alloc(STEPS, sizeof *t->begun);
    t->steps = sl_alloc(STEPS, sizeof *t->steps);
    int code = init && keys && t->order && t->rows && t->begun && t->steps ? SL_OK : sl_fail_memory(err);
    for (size_t i = 0; !code && i < train->n; i++) {
        t->rows[i] = (uint32_t)i;
        t->network->present[train->y[i]] = 1;
    }
    if (!code) {
        t->key = sl_rng_bits(keys);
        sl_net_init(t->network->net, (enum sl_init)t->o->init, init, t->network->params);
    }
    sl_rng_free(init);
    sl_rng_free(keys);
    t->n = train->n;
    if (!code && t->o->early_stopping)
        code =
            sl_held_out_take(train, t->o->validation_fraction, t->order, t->rows, &t->n, &t->held_out, err);
    t->batch = (size_t)t->o->batch_size < t->n ? (size_t)t->o->batch_size : t->n;
    return code;
}

/* From all training rows, also those that early stopping holds out.  The mean of the rows' own weights
 * becomes 1, so that learning rates mean what they mean without. */
static int begin_weights(struct trainer *t, struct sl_error *err)
{
    const struct sl_view *train = t->fit->train;
    const double mean = sl_total_weight(train) / (double)train->n;
    struct sl_classes classes;
    if (!t->o->balanced && !train->weight)
        return SL_OK;
    int code = sl_classes_find(train, &classes, err);
    if (code)
        return code;
    double *weights = sl_alloc((size_t)classes.m, sizeof *weights);
    t->row_weights = sl_alloc(train->n, sizeof *t->row_weights);
    if (!weights || !t->row_weights)
        code = sl_fail_memory(err);
    else
        sl_classes_weights(&classes, train->n, t->o->balanced, weights);
    for (size_t i = 0; i < train->n && !code; i++)
        t->row_weights[i] = (float)(weights[classes.number[i]] * (sl_row_weight(train, i) / mean));
    free(weights);
    sl_classes_release(&classes);
    return code;
}

/* Copies of the parameters, and what changes them. */
static int begin_params(struct trainer *t, struct sl_error *err)
{
    size_t n = t->network->net->n_params;
    if (t->o->early_stopping || t->fit->cancel)
        t->kept = sl_alloc(n, sizeof *t->kept);
    if (t->o->ema_decay > 0)
        t->average = sl_alloc(n, sizeof *t->average);
    if ((!t->kept && (t->o->early_stopping || t->fit->cancel)) || (!t->average && t->o->ema_decay > 0))
        return sl_fail_memory(err);
    if (t->average)
        memcpy(t->average, t->network->params, n * sizeof *t->average);
    return sl_optimiser_init(&t->optimiser, &t->o->optimiser, n, err);
}

/* What makes steps, and what judges between epochs. */
static int begin_passes(struct trainer *t, struct sl_error *err)
{
    const struct sl_net *net = t->network->net;
    int augmented = !sl_augment_is_off(&t->o->augment), threads = t->fit->threads;
    const struct sl_stepper_options steps = {
        .batch = t->batch,
        .threads = threads,
        .rows = t->fit->train,
        .augmenter = augmented ? &t->augmenter : NULL,
    };
    const struct sl_predictor_options judge = {threads, t->network->tta};
    int code = SL_OK;
    if (augmented)
        code = sl_augmenter_init(&t->augmenter, &t->o->augment, net->in, threads, err);
    if (!code)
        code = sl_stepper_new(net, &steps, &t->stepper, err);
    if (!code && (t->o->early_stopping || (t->fit->on_epoch && t->fit->validation)))
        code = sl_predictor_new(net, &judge, &t->judge, err);
    return code;
}

static int trainer_begin(struct trainer *t, struct sl_error *err)
{
    int code = begin_rows(t, err);
    if (!code)
        code = begin_weights(t, err);
    if (!code)
        code = begin_params(t, err);
    if (!code)
        code = begin_passes(t, err);
    t->slower = 1;
    t->best = -INFINITY;
    return code;
}

/* Epochs ------------------------------------------------------------------------------------------- */

static int cancelled(const struct trainer *t)
{
    return t->fit->cancel && *t->fit->cancel;
}

/* The learning rate of the step that begins with row `done` of the epoch. */
static double rate_at(const struct trainer *t, size_t done)
{
    const struct sl_moment at = {
        .epoch = t->epoch,
        .epochs = (size_t)t->o->epochs,
        .step = done / t->batch,
        .steps = (t->n + t->batch - 1) / t->batch,
        .rows = t->n,
    };
    return t->slower * sl_schedule_rate(&t->o->schedule, &at);
}

static float decay_of(const struct trainer *t, size_t rows)
{
    int adamw = t->o->optimiser.kind == SL_ADAMW;
    return (float)(adamw ? t->o->optimiser.weight_decay : t->o->alpha / (double)rows);
}

/* Grows to ema_decay while the mean has seen few steps. */
static float average_decay(const struct trainer *t)
{
    double step = (double)t->optimiser.step, early = (1 + step) / (10 + step);
    return (float)(early < t->o->ema_decay ? early : t->o->ema_decay);
}

/* The next up to STEPS batches of the epoch; *done: rows of it that have had their step. */
static int run_batches(struct trainer *t, size_t *done, struct sl_loss_sum *sum, double *squares,
                       struct sl_error *err)
{
    size_t n = 0;
    for (; n < STEPS && *done < t->n; n++) {
        size_t left = t->n - *done, rows = t->batch < left ? t->batch : left;
        sl_optimiser_begin(&t->optimiser, rate_at(t, *done));
        t->begun[n] = t->optimiser;
        t->steps[n] = (struct sl_step){
            .view = t->fit->train,
            .rows = t->rows + *done,
            .n = rows,
            .present = t->network->present,
            .key = t->key + (uint64_t)t->optimiser.step * 0xd1342543de82ef95u,
            .decay = decay_of(t, rows),
            .smoothing = (float)t->o->label_smoothing,
            .row_weights = t->row_weights,
            .optimiser = &t->begun[n],
            .average = t->average,
            .average_decay = average_decay(t),
        };
        *done += rows;
    }
    return sl_stepper_run(t->stepper, t->steps, n, t->network->params, t->fit->cancel, sum, squares, err);
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

/* The weights that count. */
static const float *weights(const struct trainer *t)
{
    return t->average ? t->average : t->network->params;
}

static void keep_weights(struct trainer *t)
{
    if (t->kept)
        memcpy(t->kept, weights(t), t->network->net->n_params * sizeof *t->kept);
    t->any_kept = t->kept != NULL;
}

/* The larger the better. */
static int judge(struct trainer *t, double train_loss, double *score, struct sl_error *err)
{
    double loss, accuracy;
    *score = -train_loss;
    if (!t->o->early_stopping)
        return SL_OK;
    int code =
        sl_evaluate(t->judge, weights(t), &t->held_out.view, t->network->present, &loss, &accuracy, err);
    *score = t->o->monitor == SL_MONITOR_LOSS ? -loss : accuracy;
    return code;
}

/* Counts epochs without improvement, and keeps the weights that are the best or the latest. */
static int count_no_change(struct trainer *t, double loss, struct sl_error *err)
{
    double score;
    int code = judge(t, loss, &score, err);
    if (code)
        return code;
    t->no_change = score > t->best + t->o->tol ? 0 : t->no_change + 1; /* with tol 0, equal is no better */
    if (score > t->best || !t->o->early_stopping)
        keep_weights(t);
    if (score > t->best)
        t->best = score;
    return SL_OK;
}

/* 1 when the fit has converged; the adaptive schedule goes on with a smaller step instead. */
static int should_stop(struct trainer *t)
{
    if (t->o->n_iter_no_change == 0 || t->no_change <= t->o->n_iter_no_change)
        return 0;
    if (t->o->schedule.kind == SL_RATE_ADAPTIVE && rate_at(t, 0) > 1e-6) {
        t->slower /= 5;
        t->no_change = 0;
        return 0;
    }
    return 1;
}

/* Tells the caller; *stop if it asks to.  Measuring the curve is not part of the seconds it shows. */
static int report_epoch(struct trainer *t, int epoch, double loss, double accuracy, int *stop,
                        struct sl_error *err)
{
    struct sl_epoch point = {
        .epoch = epoch,
        .epochs = t->o->epochs,
        .train_loss = loss,
        .train_accuracy = accuracy,
        .validation_loss = NAN,
        .validation_accuracy = NAN,
        .learning_rate = rate_at(t, t->n - 1), /* of its last step */
    };
    struct sl_fit_report *report = t->fit->report;
    double now = sl_now(), cpu = sl_cpu_time();
    point.seconds = now - t->began - report->aside;
    if (!t->fit->on_epoch)
        return SL_OK;
    if (t->fit->validation) {
        int code = sl_evaluate(t->judge, weights(t), t->fit->validation, t->network->present,
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
    for (int epoch = 1; epoch <= t->o->epochs && !stop; t->epoch = (size_t)epoch++) {
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
        if (should_stop(t)) {
            report->converged = 1;
            break;
        }
    }
    return SL_OK;
}

/* The weights that the fit has come to. */
static int take_result(struct trainer *t, struct sl_error *err)
{
    float *params = t->network->params;
    size_t n = t->network->net->n_params;
    const float *result = t->any_kept && (t->o->early_stopping || cancelled(t)) ? t->kept : weights(t);
    if (result != params)
        memcpy(params, result, n * sizeof *params);
    for (size_t i = 0; i < n; i++)
        if (!isfinite(params[i]))
            return sl_fail(err, SL_EDIVERGED, "a weight is not finite after epoch %d",
                           t->fit->report->n_iter);
    if (cancelled(t) && t->fit->report->n_iter < 1)
        return sl_fail(err, SL_ECANCELLED, "cancelled before the first epoch was done");
    return sl_network_check(t->network, t->fit->train, err);
}

int sl_network_train(struct sl_network *network, const struct sl_fit *fit,
                     const struct sl_train_options *options, struct sl_error *err)
{
    struct trainer t = {.network = network, .fit = fit, .o = options, .began = sl_now()};
    int code = trainer_begin(&t, err);
    if (!code)
        code = run_epochs(&t, err);
    if (!code)
        code = take_result(&t, err);
    trainer_release(&t);
    return code;
}
