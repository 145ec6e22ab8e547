/* step.c - steps of training: which way they go, and their order among threads.
 *
 * Each thread goes through all steps, and waits for the others where it needs what they computed.  The way
 * forward and back is a strategy's: layer by layer, chained, or in segments between batch normalisations.
 * Gradients that need all rows (dense layers) are computed tile by tile of the weight matrix when all rows
 * have passed, and the tile is updated while it is in cache.  All sums have a fixed order, so a step gives
 * the same bits on any number of threads.  Cost: about three times the forward pass. */
#include "nn/train/step.h"
#include "core/memory.h"
#include "core/threads.h"
#include "kernels/denormals.h"
#include "nn/pass/stage.h"
#include "nn/train/step_first.h"
#include <omp.h>
#include <string.h>

/* The first that suits serves; the last suits what the others leave. */
static const struct sl_strategy *const strategies[] = {&sl_strategy_segments, &sl_strategy_chained,
                                                       &sl_strategy_layers};

static const struct sl_strategy *choose(const struct sl_net *net, size_t batch)
{
    size_t i = 0;
    while (!strategies[i]->suits(net, batch))
        i++;
    return strategies[i];
}

static int new_pass(struct sl_stepper *t, const struct sl_net *net, const struct sl_stepper_options *o,
                    struct sl_error *err)
{
    enum { MEETINGS = 3 }; /* of a step: as a rule after the way forth and back, the gradients, the update */
    /* Forth, and back twice: gradients of inputs and of weights. */
    const double operations = 3 * (double)o->batch * sl_net_operations(net);
    const struct sl_pass_options options = {
        .threads = sl_threads_between(operations / MEETINGS, o->threads),
        .row_tile = t->cut.rows,
        .batch = o->batch,
        .training = 1,
        .backward = 1,
        .keeps_out = t->strategy->keeps_out,
        .keeps_d = t->strategy->keeps_d,
    };
    return sl_pass_new(net, &options, &t->pass, err);
}

static int begin_first(struct sl_stepper *t, const struct sl_view *rows, struct sl_error *err)
{
    const struct sl_first_type *const *type = t->strategy->firsts;
    while (!(*type)->suits(t, rows))
        type++;
    t->first = *type;
    return t->first->begin ? t->first->begin(t, rows, err) : SL_OK;
}

static int begin(struct sl_stepper *t, const struct sl_net *net, const struct sl_stepper_options *o,
                 struct sl_error *err)
{
    t->augmenter = o->augmenter;
    t->strategy = choose(net, o->batch);
    t->cut = t->strategy->cut(net, o->batch);
    int code = new_pass(t, net, o, err);
    if (code)
        return code;
    if (sl_weights_cut(t))
        return sl_fail_memory(err);
    t->grads = sl_alloc_zero(net->n_params, sizeof *t->grads);
    t->squares = sl_alloc_zero(t->n_weight_tiles, sizeof *t->squares);
    t->sums = sl_alloc_zero(t->pass->n_row_tiles, sizeof *t->sums);
    if (!t->grads || !t->squares || !t->sums)
        return sl_fail_memory(err);
    code = t->strategy->begin ? t->strategy->begin(t, err) : SL_OK;
    return code ? code : begin_first(t, o->rows, err);
}

int sl_stepper_new(const struct sl_net *net, const struct sl_stepper_options *options,
                   struct sl_stepper **out, struct sl_error *err)
{
    struct sl_stepper *t = sl_alloc_zero(1, sizeof *t);
    *out = NULL;
    if (!t)
        return sl_fail_memory(err);
    int code = begin(t, net, options, err);
    if (code) {
        sl_stepper_free(t);
        return code;
    }
    *out = t;
    return SL_OK;
}

void sl_stepper_free(struct sl_stepper *t)
{
    if (!t)
        return;
    if (t->first && t->first->end)
        t->first->end(t->first_own);
    if (t->strategy->end)
        t->strategy->end(t->own);
    sl_pass_free(t->pass);
    free(t->weights);
    free(t->grads);
    free(t->squares);
    free(t->sums);
    free(t);
}

/* Steps ---------------------------------------------------------------------------------------------- */

static int run_step(const struct sl_job *job)
{
    struct sl_stepper *t = job->stepper;
    int code = t->strategy->run(job);
    if (job->thread == 0 && job->cancel && *job->cancel)
        atomic_store(&t->end, job->step_no + 1); /* all meet before they look: none makes one step more */
    sl_meet(job);
    if (t->strategy->collect)
        code |= t->strategy->collect(job);
    code |= sl_update_weights(job);
    if (!t->first->keeps_weights || job->step->average)
        sl_meet(job);
    if (job->step->average)
        sl_average_weights(job);
    return code;
}

static int run_steps(struct sl_stepper *t, const struct sl_step *steps, float *params,
                     const volatile sig_atomic_t *cancel)
{
    struct sl_job job = {.stepper = t, .pass = t->pass, .params = params, .cancel = cancel};
    job.thread = omp_get_thread_num();
    job.threads = omp_get_num_threads();
    unsigned denormals = sl_flush_denormals();
    int code = SL_OK;
    omp_set_num_threads(1); /* for what is called from here */
    for (size_t i = 0; i < atomic_load(&t->end); i++) {
        job.step = &steps[i];
        job.step_no = i;
        job.n_row_tiles = sl_tiles_of(steps[i].n, t->pass->row_tile);
        code |= run_step(&job);
    }
    sl_restore_denormals(denormals);
    return code;
}

int sl_stepper_run(struct sl_stepper *t, const struct sl_step *steps, size_t n, float *params,
                   const volatile sig_atomic_t *cancel, struct sl_loss_sum *sum, double *squares,
                   struct sl_error *err)
{
    int refused = 0;
    memset(t->sums, 0, t->pass->n_row_tiles * sizeof *t->sums);
    memset(t->squares, 0, t->n_weight_tiles * sizeof *t->squares);
    atomic_store(&t->end, n);
#pragma omp parallel num_threads(t->pass->threads) reduction(| : refused)
    refused |= run_steps(t, steps, params, cancel);
    for (size_t i = 0; i < t->pass->n_row_tiles; i++) {
        sum->loss += t->sums[i].loss;
        sum->correct += t->sums[i].correct;
    }
    for (size_t i = 0; i < t->n_weight_tiles; i++)
        *squares += t->squares[i];
    return refused ? sl_stage_refused(refused, err) : SL_OK;
}
