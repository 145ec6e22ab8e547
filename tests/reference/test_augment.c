/* test_augment.c - augmentation: what is drawn stays in its bounds, shifts and flips are exact, sampling is
 * that of its definition, and what comes out does not depend on threads. */
#include "core/memory.h"
#include "nn/pass/augment.h"
#include "nn/train/train.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { H = 9, W = 12, C = 3, SIZE = H * W * C };
static const struct sl_augment_options off;

/* Every number is another. */
static void fill(float *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        x[i] = (float)(i * 37 % 1009) / 7 + 1;
}

static struct sl_augmenter augmenter(struct sl_augment_options options, struct sl_shape shape)
{
    struct sl_augmenter a;
    assert_int_equal(sl_augmenter_init(&a, &options, shape, 2, NULL), SL_OK);
    return a;
}

static void nothing_asked_nothing_done(void **state)
{
    struct sl_augmenter a = augmenter(off, (struct sl_shape){H, W, C});
    float x[2 * SIZE], kept[2 * SIZE];
    (void)state;
    fill(x, 2 * SIZE);
    memcpy(kept, x, sizeof x);
    sl_augment_rows(&a, 77, 3, 2, 1, x);
    assert_memory_equal(x, kept, sizeof x);
    assert_true(sl_augment_is_off(&a.options));
    sl_augmenter_release(&a);
}

/* The pixel that the definition gives: 0 outside. */
static float moved(const float *x, int c, int i, int j, int k, int dx, int dy, int flip)
{
    int row = i - dy, column = flip ? W - 1 - (j - dx) : j - dx;
    return row < 0 || row >= H || column < 0 || column >= W ? 0 : x[(row * W + column) * c + k];
}

static void shifts_and_flips_move_pixels_exactly(void **state)
{
    (void)state;
    for (int c = 1; c <= C; c += 2)
        for (int at = 0; at < 2 * 27 * 21; at++) {
            struct sl_augmenter a = augmenter(off, (struct sl_shape){H, W, c});
            const struct sl_change change = {
                .scale = 1, .flip = at % 2, .dx = at / 2 % 27 - 13, .dy = at / 54 - 10};
            float x[SIZE], out[SIZE];
            fill(x, SIZE);
            memcpy(out, x, sizeof x);
            sl_augment_apply(&a, &change, 0, out);
            for (int p = 0; p < H * W * c; p++)
                assert_true(out[p] ==
                            moved(x, c, p / c / W, p / c % W, p % c, change.dx, change.dy, change.flip));
            sl_augmenter_release(&a);
        }
}

/* Clockwise: what was on the left comes to the top. */
static void a_quarter_turn_moves_rows_to_columns(void **state)
{
    (void)state;
    for (int side = 7; side <= 8; side++)
        for (int c = 1; c <= 2; c++) {
            struct sl_augmenter a = augmenter(off, (struct sl_shape){side, side, c});
            const struct sl_change change = {.scale = 1, .turn = acos(0)};
            float x[8 * 8 * 2], out[8 * 8 * 2];
            fill(x, 8 * 8 * 2);
            memcpy(out, x, sizeof x);
            sl_augment_apply(&a, &change, 0, out);
            for (int i = 0; i < side; i++)
                for (int j = 0; j < side; j++)
                    for (int k = 0; k < c; k++)
                        assert_float_equal(out[(i * side + j) * c + k],
                                           x[((side - 1 - j) * side + i) * c + k], 1e-2);
            sl_augmenter_release(&a);
        }
}

/* By the definition, in double, without padding: zeros around the image. */
static double pixel(const float *x, int c, int i, int j, int k)
{
    return i < 0 || i >= H || j < 0 || j >= W ? 0 : (double)x[(i * W + j) * c + k];
}

static double sampled(const float *x, int c, const struct sl_change *change, int i, int j, int k)
{
    double u = j - change->dx - (W - 1) / 2.0, v = i - change->dy - (H - 1) / 2.0;
    double across = change->scale * (cos(change->turn) * u + sin(change->turn) * v) + change->x * W;
    double down = change->scale * (cos(change->turn) * v - sin(change->turn) * u) + change->y * H;
    double column = (W - 1) / 2.0 + (change->flip ? -across : across), row = (H - 1) / 2.0 + down, sum = 0;
    int left = (int)floor(column), top = (int)floor(row);
    for (int b = 0; b < 2; b++)
        for (int r = 0; r < 2; r++)
            sum +=
                (1 - fabs(column - left - r)) * (1 - fabs(row - top - b)) * pixel(x, c, top + b, left + r, k);
    return sum;
}

static void sampling_is_bilinear(void **state)
{
    const struct sl_augment_options all = {3, 0.5, 180, 0.5, 0.5, 0};
    (void)state;
    for (int c = 1; c <= C; c += 2)
        for (size_t row = 0; row < 200; row++) {
            struct sl_augmenter a = augmenter(all, (struct sl_shape){H, W, c});
            struct sl_change change = sl_augment_draw(&a, 5, row);
            float x[SIZE], out[SIZE];
            for (int p = 0; p < SIZE; p++) /* smooth, so that rounding of the place does not count */
                x[p] = (float)(1 + sin(0.3 * (p / c / W)) * cos(0.4 * (p / c % W)) + p % c);
            memcpy(out, x, sizeof x);
            sl_augment_rows(&a, 5, row, 1, 1, out);
            for (int p = 0; p < H * W * c; p++)
                assert_float_equal(out[p], sampled(x, c, &change, p / c / W, p / c % W, p % c), 2e-4);
            sl_augmenter_release(&a);
        }
}

/* A spot in the middle keeps its mass when it is turned, and grows with the square of the zoom. */
static void mass_is_kept(void **state)
{
    struct sl_augmenter a = augmenter(off, (struct sl_shape){28, 28, 1});
    (void)state;
    for (int at = 0; at < 20; at++) {
        const struct sl_change change = {.scale = 0.8 + 0.02 * at, .turn = 0.3 * at, .dx = at % 3 - 1};
        float x[28 * 28];
        double before = 0, after = 0;
        for (int i = 0; i < 28 * 28; i++) {
            double r = hypot(i / 28 - 13.5, i % 28 - 13.5);
            before += x[i] = (float)exp(-r * r / 20);
        }
        sl_augment_apply(&a, &change, 0, x);
        for (int i = 0; i < 28 * 28; i++)
            after += x[i];
        assert_float_equal(after * change.scale * change.scale / before, 1, 0.01);
    }
    sl_augmenter_release(&a);
}

/* 20,000 draws: in their bounds, reaching near both ends, and with the probability asked for. */
static void draws_keep_their_bounds(void **state)
{
    enum { DRAWS = 20000 };
    const struct sl_augment_options o = {2, 0.3, 15, 0.2, 0.4, 0.25};
    struct sl_augmenter a = augmenter(o, (struct sl_shape){28, 28, 1});
    size_t flips = 0, erased = 0, shifts[25] = {0};
    double low = 9, high = 0, left = 9, right = -9, smallest = 1, largest = 0;
    (void)state;
    for (size_t i = 0; i < DRAWS; i++) {
        struct sl_change d = sl_augment_draw(&a, i / 100, i % 100);
        double most = (1 - 0.6) / 2, area = d.erase_w * d.erase_h / 784.0;
        assert_true(abs(d.dx) <= 2 && abs(d.dy) <= 2 && fabs(d.x) <= most && fabs(d.y) <= most);
        shifts[(d.dx + 2) * 5 + d.dy + 2]++;
        flips += d.flip != 0;
        low = fmin(low, d.scale);
        high = fmax(high, d.scale);
        left = fmin(left, d.turn);
        right = fmax(right, d.turn);
        if (d.erase_w == 0)
            continue;
        erased++;
        smallest = fmin(smallest, area);
        largest = fmax(largest, area);
        assert_true(d.erase_x >= 0 && d.erase_x + d.erase_w <= 28 && d.erase_y >= 0 &&
                    d.erase_y + d.erase_h <= 28);
    }
    assert_float_equal((double)flips / DRAWS, 0.3, 5 * sqrt(0.21 / DRAWS));
    assert_float_equal((double)erased / DRAWS, 0.25, 5 * sqrt(0.1875 / DRAWS));
    for (int s = 0; s < 25; s++)
        assert_float_equal((double)shifts[s] / DRAWS, 0.04, 5 * sqrt(0.0384 / DRAWS));
    assert_true(low >= 0.6 / 1.2 && low < 0.53 && high <= 1 / 0.8 && high > 1.2);
    assert_true(left >= -0.2618 && left < -0.261 && right <= 0.2618 && right > 0.261);
    assert_true(smallest > 0.01 && smallest < 0.03 && largest > 0.18 && largest < 0.22);
    sl_augmenter_release(&a);
}

static void erasing_leaves_a_rectangle_of_zeros(void **state)
{
    const struct sl_augment_options o = {.erase = 1};
    struct sl_augmenter a = augmenter(o, (struct sl_shape){H, W, C});
    (void)state;
    for (size_t row = 0; row < 100; row++) {
        struct sl_change d = sl_augment_draw(&a, 1, row);
        float x[SIZE], kept[SIZE];
        fill(x, SIZE);
        memcpy(kept, x, sizeof x);
        sl_augment_rows(&a, 1, row, 1, 0, x);
        for (int p = 0; p < SIZE; p++) {
            int i = p / C / W - d.erase_y, j = p / C % W - d.erase_x;
            int inside = i >= 0 && i < d.erase_h && j >= 0 && j < d.erase_w;
            assert_true(x[p] == (inside ? 0 : kept[p]));
        }
    }
    sl_augmenter_release(&a);
}

/* Fits --------------------------------------------------------------------------------------------- */

enum { N = 150, K = 3, SIDE = 8 };

static struct sl_view images(uint8_t *x, int32_t *y)
{
    struct sl_rng *rng = sl_rng_new(2, "images");
    for (size_t i = 0; i < N; i++)
        y[i] = (int32_t)(i % K);
    for (size_t i = 0; i < N * SIDE * SIDE; i++)
        x[i] = (uint8_t)sl_rng_below(rng, 256);
    sl_rng_free(rng);
    return (struct sl_view){.dtype = SL_U8,
                            .n = N,
                            .d = SIDE * SIDE,
                            .x = x,
                            .y = y,
                            .k = K,
                            .scale = 1 / 255.0f,
                            .image = {SIDE, SIDE, 1}};
}

static struct sl_network *fitted(const char *line, const struct sl_view *view,
                                 const struct sl_train_options *options, int threads)
{
    struct sl_network *network;
    struct sl_rng *rng = sl_rng_new(9, "fit");
    struct sl_fit_report report = {.n_iter = -1};
    const struct sl_fit fit = {.train = view, .rng = rng, .threads = threads, .report = &report};
    assert_int_equal(sl_network_new(line, (struct sl_shape){SIDE, SIDE, 1}, K, &network, NULL), SL_OK);
    assert_int_equal(sl_network_train(network, &fit, options, NULL), SL_OK);
    sl_rng_free(rng);
    return network;
}

static const struct sl_train_options quick = {
    .optimiser = {.kind = SL_ADAM, .beta_1 = 0.9, .beta_2 = 0.999, .epsilon = 1e-7},
    .schedule = {.rate = 0.01},
    .batch_size = 140, /* the second batch of an epoch is small */
    .epochs = 3,
    .shuffle = 1,
};

/* Image by image, and dense nets of each kind: the last shares its first layer by features where it can. */
static const char *const lines[] = {
    "conv 4 3x3, relu, maxpool 2, flatten, dense classes",
    "flatten, dense 20, relu, dense classes",
    "flatten, dense 300, relu, dense classes",
};

static void threads_change_no_image(void **state)
{
    uint8_t x[N * SIDE * SIDE];
    int32_t y[N];
    struct sl_view view = images(x, y);
    struct sl_train_options o = quick;
    (void)state;
    o.augment = (struct sl_augment_options){1, 0.5, 10, 0.1, 0.1, 0.5};
    o.ema_decay = 0.9;
    for (size_t l = 0; l < sizeof lines / sizeof *lines; l++) {
        struct sl_network *plain = fitted(lines[l], &view, &quick, 1), *one = fitted(lines[l], &view, &o, 1);
        size_t bytes = one->net->n_params * sizeof *one->params;
        assert_memory_not_equal(one->params, plain->params, bytes);
        for (int threads = 2; threads <= 3; threads++) {
            struct sl_network *more = fitted(lines[l], &view, &o, threads);
            assert_memory_equal(one->params, more->params, bytes);
            sl_network_free(more);
        }
        sl_network_free(plain);
        sl_network_free(one);
    }
}

/* A single batch an epoch: a fit of e epochs without the mean gives the weights after step e, from which the
 * mean is made here in double. */
static void the_mean_of_weights_is_exponential(void **state)
{
    enum { STEPS = 6 };
    uint8_t x[N * SIDE * SIDE];
    int32_t y[N];
    struct sl_view view = images(x, y);
    struct sl_train_options o = quick;
    (void)state;
    o.batch_size = N;
    for (size_t l = 0; l < sizeof lines / sizeof *lines; l++) {
        struct sl_network *net;
        double *mean = NULL;
        for (int e = 0; e <= STEPS; e++) {
            o.epochs = e ? e : 1;
            o.schedule.rate = e ? 0.01 : 0; /* no step moves: the initial weights */
            net = fitted(lines[l], &view, &o, 2);
            double decay = fmin(0.4, (1.0 + e) / (10 + e));
            if (!mean)
                mean = sl_alloc_zero(net->net->n_params, sizeof *mean);
            for (size_t i = 0; i < net->net->n_params; i++)
                mean[i] = e ? decay * mean[i] + (1 - decay) * (double)net->params[i] : (double)net->params[i];
            sl_network_free(net);
        }
        o.ema_decay = 0.4; /* less than (1 + t) / (10 + t) from the fifth step on */
        net = fitted(lines[l], &view, &o, 3);
        for (size_t i = 0; i < net->net->n_params; i++)
            assert_float_equal(net->params[i], mean[i], 1e-6);
        o.ema_decay = 0;
        sl_network_free(net);
        free(mean);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_asked_nothing_done),
        cmocka_unit_test(shifts_and_flips_move_pixels_exactly),
        cmocka_unit_test(a_quarter_turn_moves_rows_to_columns),
        cmocka_unit_test(sampling_is_bilinear),
        cmocka_unit_test(mass_is_kept),
        cmocka_unit_test(draws_keep_their_bounds),
        cmocka_unit_test(erasing_leaves_a_rectangle_of_zeros),
        cmocka_unit_test(threads_change_no_image),
        cmocka_unit_test(the_mean_of_weights_is_exponential),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
