/* train.c - fitting a net: epochs of shuffled batches until a rule stops them.
 *
 * The rules are scikit-learn's (MLPClassifier): stop when the training loss (with early_stopping the loss or
 * the accuracy on a stratified part of the training rows) has not improved by tol for more than
 * n_iter_no_change epochs; with the adaptive schedule divide the learning rate by 5 instead, down to 1e-6.
 * Early stopping keeps the best weights.  With ema_decay a mean of the weights over the steps takes their
 * place wherever they are judged or kept (Polyak and Juditsky, 1992; exponential, with a decay that starts at
 * 2/11 and grows, so that the first weights are soon forgotten).  The rows that a model is scored on are
 * never used for it.  With prune_ratio an epoch passes over rows that are easy (prune.h), and its loss and
 * accuracy are estimates of those of all.  Weights of rows multiply losses, of steps and of the rows that
 * early stopping holds out; they are normalised: their mean is 1.  (scikit-learn 1.2 has neither them nor
 * class_weight here.) Cost: epochs * n * (three forward passes); memory: the net's workspace, and 16 to 32
 * bytes a parameter. */
#include "nn/train/train.h"
#include "core/clock.h"
#include "nn/train/state.h"
#include "nn/train/trainer.h"
#include <math.h>
#include <string.h>

/* Epochs ------------------------------------------------------------------------------------------- */

static int cancelled(const struct sl_trainer *t)
{
    return t->fit->cancel && *t->fit->cancel;
}

static int prunes(const struct sl_trainer *t)
{
    return t->o->prune_ratio > 0;
}

/* The learning rate of the step that begins with row `done` of the epoch. */
static double rate_at(const struct sl_trainer *t, size_t done)
{
    const struct sl_moment at = {
        .epoch = t->epoch,
        .epochs = (size_t)t->o->epochs,
        .step = done / t->batch,
        .steps = (t->n_epoch + t->batch - 1) / t->batch,
        .rows = t->n,
    };
    return t->slower * sl_schedule_rate(&t->o->schedule, &at);
}

static float decay_of(const struct sl_trainer *t, size_t rows)
{
    int adamw = t->o->optimiser.kind == SL_ADAMW;
    return (float)(adamw ? t->o->optimiser.weight_decay : t->o->alpha / (double)rows);
}

/* Grows to ema_decay while the mean has seen few steps. */
static float average_decay(const struct sl_trainer *t)
{
    double step = (double)t->optimiser.step, early = (1 + step) / (10 + step);
    return (float)(early < t->o->ema_decay ? early : t->o->ema_decay);
}

/* The next up to SL_TRAINER_STEPS batches of the epoch; *done: rows of it that have had their step. */
static int run_batches(struct sl_trainer *t, size_t *done, struct sl_loss_sum *sum, double *squares,
                       struct sl_error *err)
{
    size_t n = 0;
    for (; n < SL_TRAINER_STEPS && *done < t->n_epoch; n++) {
        size_t left = t->n_epoch - *done, rows = t->batch < left ? t->batch : left;
        sl_optimiser_begin(&t->optimiser, rate_at(t, *done));
        t->begun[n] = t->optimiser;
        t->steps[n] = (struct sl_step){
            .view = t->fit->train,
            .rows = t->epoch_rows + *done,
            .n = rows,
            .present = t->network->present,
            .key = t->key + (uint64_t)t->optimiser.step * 0xd1342543de82ef95u,
            .decay = decay_of(t, rows),
            .smoothing = (float)t->o->label_smoothing,
            .row_weights = prunes(t) ? t->prune.weights : t->row_weights,
            .results = t->prune.result,
            .optimiser = &t->begun[n],
            .average = t->average,
            .average_decay = average_decay(t),
        };
        *done += rows;
    }
    return sl_stepper_run(t->stepper, t->steps, n, t->network->params, t->fit->cancel, sum, squares, err);
}

/* Which rows the epoch goes through. */
static void choose_rows(struct sl_trainer *t)
{
    if (!prunes(t))
        return;
    const int all = sl_prune_takes_all(t->epoch, (size_t)t->o->epochs);
    sl_prune_choose(&t->prune, t->rows, t->n, all, t->row_weights);
    t->epoch_rows = t->prune.rows;
    t->n_epoch = t->prune.n;
}

/* Sets *loss (with the L2 term, as scikit-learn reports it) and *accuracy, both running over the epoch. */
static int run_epoch(struct sl_trainer *t, double *loss, double *accuracy, struct sl_error *err)
{
    struct sl_loss_sum sum = {0};
    double squares = 0;
    size_t done = 0;
    *loss = *accuracy = 0;
    if (t->o->shuffle)
        sl_rng_shuffle(t->order, t->rows, t->n);
    choose_rows(t);
    while (done < t->n_epoch && !cancelled(t)) {
        int code = run_batches(t, &done, &sum, &squares, err);
        if (code)
            return code;
    }
    if (!done)
        return SL_OK;
    *loss = sum.loss / (double)(prunes(t) ? t->n : done) + 0.5 * t->o->alpha * squares / (double)done;
    *accuracy = prunes(t) ? sl_prune_accuracy(&t->prune) : (double)sum.correct / (double)done;
    return SL_OK;
}

/* The weights that count. */
static const float *weights(const struct sl_trainer *t)
{
    return t->average ? t->average : t->network->params;
}

static void keep_weights(struct sl_trainer *t)
{
    if (t->kept)
        memcpy(t->kept, weights(t), t->network->net->n_params * sizeof *t->kept);
    t->any_kept = t->kept != NULL;
}

/* The larger the better. */
static int judge(struct sl_trainer *t, double train_loss, double *score, struct sl_error *err)
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
static int count_no_change(struct sl_trainer *t, double loss, struct sl_error *err)
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

/* Or is it told how long to train? */
static int may_converge(const struct sl_trainer *t)
{
    return t->o->n_iter_no_change > 0;
}

/* 1 when the fit has converged; the adaptive schedule goes on with a smaller step instead. */
static int should_stop(struct sl_trainer *t)
{
    if (!may_converge(t) || t->no_change <= t->o->n_iter_no_change)
        return 0;
    if (t->o->schedule.kind == SL_RATE_ADAPTIVE && rate_at(t, 0) > 1e-6) {
        t->slower /= 5;
        t->no_change = 0;
        return 0;
    }
    return 1;
}

/* Tells the caller; *stop if it asks to.  Measuring the curve is not part of the seconds it shows. */
static int report_epoch(struct sl_trainer *t, int epoch, double loss, double accuracy, int *stop,
                        struct sl_error *err)
{
    struct sl_epoch point = {
        .epoch = epoch,
        .epochs = t->o->epochs,
        .train_loss = loss,
        .train_accuracy = accuracy,
        .validation_loss = NAN,
        .validation_accuracy = NAN,
        .learning_rate = rate_at(t, t->n_epoch - 1), /* of its last step */
    };
    struct sl_fit_report *report = t->fit->report;
    double now = sl_now(), cpu = sl_cpu_time();
    point.seconds = t->earlier + now - t->began - report->aside;
    if (!t->fit->on_epoch)
        return SL_OK;
    if (t->fit->validation) {
        int code = sl_evaluate(t->judge, weights(t), t->fit->validation, t->network->present,
                               &point.validation_loss, &point.validation_accuracy, err);
        if (code)
            return code;
    }
    if (t->fit->state && sl_trainer_keep_point(t, &point))
        return sl_fail_memory(err);
    *stop = t->fit->on_epoch(t->fit->arg, &point);
    report->aside += sl_now() - now;
    report->aside_cpu += sl_cpu_time() - cpu;
    return SL_OK;
}

/* The weights that the fit has come to. */
static const float *result(const struct sl_trainer *t)
{
    return t->any_kept && (t->o->early_stopping || cancelled(t)) ? t->kept : weights(t);
}

/* Hands out the checkpoints that this epoch, or the end of the fit, has reached. */
static int tell_checkpoints(struct sl_trainer *t, int ended)
{
    const struct sl_checkpoints *c = t->checkpoints;
    const struct sl_fit_report *report = t->fit->report;
    int code = SL_OK;
    while (c && !code && t->reached < c->n && (c->epochs[t->reached] == report->n_iter || ended))
        code = c->reached(c->arg, t->reached++, result(t), report);
    return code;
}

static int run_epochs(struct sl_trainer *t, struct sl_error *err)
{
    struct sl_fit_report *report = t->fit->report;
    int stop = 0;
    if (!t->epoch)
        report->converged = may_converge(t) ? 0 : -1;
    for (int epoch = (int)t->epoch + 1; epoch <= t->o->epochs && !stop && !t->ended;
         t->epoch = (size_t)epoch++) {
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
        t->ended = should_stop(t);
        report->converged = may_converge(t) ? t->ended : -1;
        code = tell_checkpoints(t, t->ended);
        if (code)
            return code;
    }
    return SL_OK;
}

static int take_result(struct sl_trainer *t, struct sl_error *err)
{
    float *params = t->network->params;
    size_t n = t->network->net->n_params;
    if (result(t) != params)
        memcpy(params, result(t), n * sizeof *params);
    for (size_t i = 0; i < n; i++)
        if (!isfinite(params[i]))
            return sl_fail(err, SL_EDIVERGED, "a weight is not finite after epoch %d",
                           t->fit->report->n_iter);
    if (cancelled(t) && t->fit->report->n_iter < 1)
        return sl_fail(err, SL_ECANCELLED, "cancelled before the first epoch was done");
    return sl_network_check(t->network, t->fit->train, err);
}

int sl_train_apart(const struct sl_train_options *options)
{
    return options->prune_ratio > 0 || options->schedule.kind == SL_RATE_COSINE ||
           options->schedule.kind == SL_RATE_ONE_CYCLE;
}

int sl_network_train_by(struct sl_network *network, const struct sl_fit *fit,
                        const struct sl_train_options *options, const struct sl_checkpoints *checkpoints,
                        struct sl_error *err)
{
    struct sl_trainer t = {
        .network = network, .fit = fit, .o = options, .checkpoints = checkpoints, .began = sl_now()};
    const struct sl_fit_state *state = fit->state;
    int code = sl_trainer_begin(&t, err);
    if (!code && state && state->bytes)
        code = sl_train_apart(options)
                   ? sl_fail(err, SL_EDATA, "no fit of so many epochs goes on from one of fewer")
                   : sl_trainer_get_state(&t, state->bytes, state->size, err);
    if (!code)
        code = run_epochs(&t, err);
    if (!code && state && state->kept && !sl_train_apart(options) && !cancelled(&t))
        sl_trainer_put_state(&t, state->kept);
    if (!code)
        code = take_result(&t, err);
    sl_trainer_release(&t);
    return code;
}

int sl_network_train(struct sl_network *network, const struct sl_fit *fit,
                     const struct sl_train_options *options, struct sl_error *err)
{
    return sl_network_train_by(network, fit, options, NULL, err);
}
