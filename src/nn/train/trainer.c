/* trainer.c - what a net's training needs before its first epoch: random streams, the order of the rows,
 * initial weights, and what makes and judges steps; see train.c. */
#include "nn/train/trainer.h"
#include "core/memory.h"
#include "data/classes.h"
#include <math.h>
#include <string.h>

void sl_trainer_release(struct sl_trainer *t)
{
    sl_stepper_free(t->stepper);
    sl_predictor_free(t->judge);
    sl_optimiser_release(&t->optimiser);
    sl_augmenter_release(&t->augmenter);
    sl_rng_free(t->order);
    sl_held_out_release(&t->held_out);
    sl_prune_release(&t->prune);
    free(t->rows);
    free(t->kept);
    free(t->average);
    free(t->row_weights);
    free(t->begun);
    free(t->steps);
    free(t->curve);
}

int sl_trainer_keep_point(struct sl_trainer *t, const struct sl_epoch *point)
{
    const size_t n = t->n_curve;
    if ((n & (n - 1)) == 0) { /* 0, 1, 2, 4 ... */
        struct sl_epoch *more = sl_realloc(t->curve, n ? 2 * n : 1, sizeof *more);
        if (!more)
            return SL_ENOMEM;
        t->curve = more;
    }
    t->curve[t->n_curve++] = *point;
    return SL_OK;
}

/* Random streams, the order of the rows, initial weights unless a state brings weights. */
static int begin_rows(struct sl_trainer *t, struct sl_error *err)
{
    const struct sl_view *train = t->fit->train;
    struct sl_rng *init = sl_rng_split(t->fit->rng, 1), *keys = sl_rng_split(t->fit->rng, 2);
    t->order = sl_rng_split(t->fit->rng, 3);
    t->rows = sl_alloc(train->n, sizeof *t->rows);
    t->begun = sl_alloc(SL_TRAINER_STEPS, sizeof *t->begun);
    t->steps = sl_alloc(SL_TRAINER_STEPS, sizeof *t->steps);
    int code = init && keys && t->order && t->rows && t->begun && t->steps ? SL_OK : sl_fail_memory(err);
    for (size_t i = 0; !code && i < train->n; i++) {
        t->rows[i] = (uint32_t)i;
        t->network->present[train->y[i]] = 1;
    }
    if (!code) {
        t->key = sl_rng_bits(keys);
        if (!t->fit->state || !t->fit->state->bytes)
            sl_net_init(t->network->net, (enum sl_init)t->o->init, init, t->network->params);
    }
    sl_rng_free(init);
    sl_rng_free(keys);
    t->n = train->n;
    if (!code && t->o->early_stopping)
        code =
            sl_held_out_take(train, t->o->validation_fraction, t->order, t->rows, &t->n, &t->held_out, err);
    if (!code && t->o->prune_ratio > 0)
        code = sl_prune_begin(&t->prune, t->o->prune_ratio, train->n, t->fit->rng, err);
    t->batch = (size_t)t->o->batch_size < t->n ? (size_t)t->o->batch_size : t->n;
    t->epoch_rows = t->rows;
    t->n_epoch = t->n;
    return code;
}

/* From all training rows, also those that early stopping holds out.  The mean of the rows' own weights
 * becomes 1, so that learning rates mean what they mean without. */
static int begin_weights(struct sl_trainer *t, struct sl_error *err)
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
static int begin_params(struct sl_trainer *t, struct sl_error *err)
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
static int begin_passes(struct sl_trainer *t, struct sl_error *err)
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

int sl_trainer_begin(struct sl_trainer *t, struct sl_error *err)
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
