/* test_prune.c - rows that an epoch passes over: which may be, how many are, and what the others weigh. */
#include "nn/train/prune.h"
#include "nn/train/train.h"
#include <math.h>
#include <setjmp.h>
#include <shortlist/rng.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { N = 4000, HARD = 1000 };

/* The first HARD rows have a loss of 2, the others of 0.1. */
static struct sl_prune begun(double ratio, uint32_t *rows)
{
    struct sl_prune p;
    struct sl_rng *rng = sl_rng_new(3, "prune");
    assert_int_equal(sl_prune_begin(&p, ratio, N, rng, NULL), SL_OK);
    sl_rng_free(rng);
    for (uint32_t i = 0; i < N; i++)
        rows[i] = N - 1 - i;
    return p;
}

static void tell_losses(struct sl_prune *p)
{
    for (size_t i = 0; i < N; i++)
        p->result[i] = (struct sl_row_result){i < HARD ? 2 : 0.1f, i >= HARD};
}

static void the_first_epoch_takes_all(void **state)
{
    uint32_t rows[N];
    struct sl_prune p = begun(0.5, rows);
    (void)state;
    sl_prune_choose(&p, rows, N, 0, NULL);
    assert_int_equal(p.n, N);
    assert_memory_equal(p.rows, rows, sizeof rows);
    for (size_t i = 0; i < N; i++)
        assert_true(p.weights[i] == 1);
    sl_prune_release(&p);
}

static void so_does_the_last_eighth(void **state)
{
    uint32_t rows[N];
    struct sl_prune p = begun(0.5, rows);
    (void)state;
    assert_true(sl_prune_takes_all(0, 1));
    assert_false(sl_prune_takes_all(13, 16));
    assert_true(sl_prune_takes_all(14, 16));
    assert_false(sl_prune_takes_all(2, 4));
    assert_true(sl_prune_takes_all(3, 4));
    tell_losses(&p);
    sl_prune_choose(&p, rows, N, 1, NULL);
    assert_int_equal(p.n, N);
    assert_true(p.weights[N - 1] == 1);
    sl_prune_release(&p);
}

/* Hard rows stay, each once, in their order; of the easy ones so many, and together they weigh as before. */
static void a_share_of_the_easy_rows_is_left_out(void **state)
{
    const double ratios[] = {0.25, 0.5, 0.9};
    (void)state;
    for (size_t r = 0; r < 3; r++) {
        uint32_t rows[N];
        float own[N];
        size_t hard = 0;
        double easy = 0;
        struct sl_prune p = begun(ratios[r], rows);
        tell_losses(&p);
        for (size_t i = 0; i < N; i++)
            own[i] = i % 2 ? 2 : 0; /* rows of no weight count in the accuracy as others do */
        sl_prune_choose(&p, rows, N, 0, own);
        for (size_t i = 0; i < p.n; i++) {
            const uint32_t row = p.rows[i];
            assert_true(i == 0 || row < p.rows[i - 1]);
            hard += row < HARD;
            easy += row < HARD ? 0 : (double)p.weights[row];
            const double want = (double)own[row] / (row < HARD ? 1 : 1 - ratios[r]);
            assert_true(fabs((double)p.weights[row] - want) < 1e-5);
        }
        assert_int_equal(hard, HARD);
        const double stay = (1 - ratios[r]) * (N - HARD), deviation = sqrt(stay * ratios[r]);
        assert_true(fabs((double)(p.n - HARD) - stay) < 5 * deviation);
        assert_true(fabs(easy - (N - HARD)) < 10 * deviation / (1 - ratios[r]));
        assert_true(fabs(sl_prune_accuracy(&p) - 0.75) < 0.02);
        sl_prune_release(&p);
    }
}

/* Only among the rows that it is given: others are held out, and their loss is never told. */
static void rows_held_out_are_not_asked(void **state)
{
    uint32_t rows[N];
    struct sl_prune p = begun(0.5, rows);
    (void)state;
    tell_losses(&p);
    p.result[0].loss = INFINITY; /* row 0 is the last of rows */
    sl_prune_choose(&p, rows, N - 1, 0, NULL);
    assert_true(p.n < N - 1 && p.n > HARD);
    sl_prune_release(&p);
}

/* A third of 0.1 thrice is rounded to more than 0.1. */
static void of_equal_rows_all_stay(void **state)
{
    uint32_t rows[N];
    struct sl_prune p = begun(0.99, rows);
    (void)state;
    for (size_t n = 1; n < 100; n++) {
        for (size_t i = 0; i < N; i++)
            p.result[i].loss = 1 / (float)(n + 2);
        sl_prune_choose(&p, rows, n, 0, NULL);
        assert_int_equal(p.n, n);
    }
    sl_prune_release(&p);
}

/* Fits ---------------------------------------------------------------------------------------------- */

enum { ROWS = 300, SIDE = 6, K = 3 };

/* Images whose class is where they are bright, but for every seventh. */
static struct sl_view images(uint8_t *x, int32_t *y)
{
    struct sl_rng *rng = sl_rng_new(4, "images");
    for (size_t i = 0; i < ROWS; i++) {
        y[i] = (int32_t)(i % K);
        for (size_t p = 0; p < SIDE * SIDE; p++) {
            const int bright = (int32_t)(p / SIDE / 2) == (i % 7 ? y[i] : 0);
            x[i * SIDE * SIDE + p] = (uint8_t)((bright ? 120 : 0) + sl_rng_below(rng, 100));
        }
    }
    sl_rng_free(rng);
    return (struct sl_view){.dtype = SL_U8,
                            .x = x,
                            .y = y,
                            .n = ROWS,
                            .d = SIDE * SIDE,
                            .k = K,
                            .scale = 1 / 255.0f,
                            .image = {SIDE, SIDE, 1}};
}

/* *loss: that of the last epoch. */
static struct sl_network *fitted(const struct sl_view *view, double ratio, int threads, double *loss)
{
    const struct sl_train_options o = {
        .optimiser = {.kind = SL_ADAM, .beta_1 = 0.9, .beta_2 = 0.999, .epsilon = 1e-7},
        .schedule = {.rate = 0.01},
        .batch_size = 30,
        .epochs = 10,
        .shuffle = 1,
        .prune_ratio = ratio,
    };
    struct sl_network *network;
    struct sl_rng *rng = sl_rng_new(9, "fit");
    struct sl_fit_report report = {.n_iter = -1};
    const struct sl_fit fit = {.train = view, .rng = rng, .threads = threads, .report = &report};
    const char *line = "conv 4 3x3, relu, maxpool 2, flatten, dense classes";
    assert_int_equal(sl_network_new(line, (struct sl_shape){SIDE, SIDE, 1}, K, &network, NULL), SL_OK);
    assert_int_equal(sl_network_train(network, &fit, &o, NULL), SL_OK);
    *loss = report.objective;
    sl_rng_free(rng);
    return network;
}

static void fits_are_the_same_on_any_number_of_threads(void **state)
{
    uint8_t x[ROWS * SIDE * SIDE];
    int32_t y[ROWS];
    struct sl_view view = images(x, y);
    double loss[4];
    (void)state;
    struct sl_network *plain = fitted(&view, 0, 1, &loss[0]), *one = fitted(&view, 0.5, 1, &loss[1]);
    const size_t bytes = one->net->n_params * sizeof *one->params;
    assert_memory_not_equal(plain->params, one->params, bytes);
    assert_true(loss[0] < 1 && fabs(loss[1] - loss[0]) < 0.1); /* the last epoch's, of all rows */
    for (int threads = 2; threads <= 3; threads++) {
        struct sl_network *more = fitted(&view, 0.5, threads, &loss[threads]);
        assert_memory_equal(one->params, more->params, bytes);
        assert_true(loss[threads] == loss[1]);
        sl_network_free(more);
    }
    sl_network_free(plain);
    sl_network_free(one);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_epoch_takes_all),
        cmocka_unit_test(so_does_the_last_eighth),
        cmocka_unit_test(a_share_of_the_easy_rows_is_left_out),
        cmocka_unit_test(rows_held_out_are_not_asked),
        cmocka_unit_test(of_equal_rows_all_stay),
        cmocka_unit_test(fits_are_the_same_on_any_number_of_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
