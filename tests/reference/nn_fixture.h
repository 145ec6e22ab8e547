/* nn_fixture.h - a net on random images, and a step of it. */
#ifndef NN_FIXTURE_H
#define NN_FIXTURE_H

#include "core/memory.h"
#include "nn/train/step.h"
#include "nn/train/step_first.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { CLASSES = 3 };
static const uint8_t present[CLASSES] = {1, 1, 1};

/* A net on random images, with its parameters. */
struct bench {
    struct sl_net *net;
    struct sl_stepper *stepper;
    struct sl_view view;
    float *x, *params;
    int32_t *y;
    uint32_t *rows;
};

/* Of a bench whose net is made: the rest. */
static inline void bench_fill(struct bench *b, const char *line, size_t n, int threads)
{
    struct sl_rng *rng = sl_rng_new(4, line);
    size_t d = sl_shape_size(b->net->in);
    b->x = sl_alloc(n * d, sizeof *b->x);
    b->y = sl_alloc(n, sizeof *b->y);
    b->rows = sl_alloc(n, sizeof *b->rows);
    b->params = sl_alloc(b->net->n_params, sizeof *b->params);
    for (size_t i = 0; i < n * d; i++)
        b->x[i] = (float)sl_rng_normal(rng);
    for (size_t i = 0; i < n; i++) {
        b->y[i] = (int32_t)sl_rng_below(rng, CLASSES);
        b->rows[i] = (uint32_t)(n - 1 - i);
    }
    sl_net_init(b->net, SL_INIT_SKLEARN, rng, b->params);
    b->view =
        (struct sl_view){.dtype = SL_F32, .n = n, .d = d, .x = b->x, .y = b->y, .k = CLASSES, .scale = 1};
    const struct sl_stepper_options options = {.batch = n, .threads = threads};
    assert_int_equal(sl_stepper_new(b->net, &options, &b->stepper, NULL), SL_OK);
    sl_rng_free(rng);
}

static inline void bench_init(struct bench *b, const char *line, struct sl_shape in, size_t n, int threads)
{
    struct sl_error err = {0};
    if (sl_net_new(line, in, CLASSES, &b->net, &err))
        fail_msg("%s: %s", line, err.text);
    bench_fill(b, line, n, threads);
}

/* Of two classes, with one logistic output; its labels are no classes of the net. */
static inline void bench_init_logistic(struct bench *b, const char *line, struct sl_shape in, size_t n,
                                       int threads)
{
    struct sl_error err = {0};
    if (sl_net_new_logistic(line, in, &b->net, &err))
        fail_msg("%s: %s", line, err.text);
    bench_fill(b, line, n, threads);
}

static inline void bench_release(struct bench *b)
{
    sl_stepper_free(b->stepper);
    sl_net_free(b->net);
    free(b->x);
    free(b->y);
    free(b->rows);
    free(b->params);
}

/* The count-th step (1, 2, ...) of plain SGD at this rate from params, in place; returns the loss before it,
 * mean over rows plus the L2 term. */
static inline double step_at(struct bench *b, long count, float *params, double rate, float decay)
{
    struct sl_optimiser opt;
    const struct sl_optimiser_options plain = {.kind = SL_SGD};
    struct sl_loss_sum sum = {0};
    double squares = 0;
    assert_int_equal(sl_optimiser_init(&opt, &plain, b->net->n_params, NULL), SL_OK);
    opt.step = count - 1;
    sl_optimiser_begin(&opt, rate);
    const struct sl_step s = {.view = &b->view,
                              .rows = b->rows,
                              .n = b->view.n,
                              .present = present,
                              .key = 77,
                              .decay = decay,
                              .optimiser = &opt};
    assert_int_equal(sl_stepper_run(b->stepper, &s, 1, params, NULL, &sum, &squares, NULL), SL_OK);
    sl_optimiser_release(&opt);
    return sum.loss / (double)b->view.n + 0.5 * (double)decay * squares;
}

static inline double step(struct bench *b, float *params, double rate, float decay)
{
    return step_at(b, 1, params, rate, decay);
}

#endif
