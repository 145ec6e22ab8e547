/* test_nn_bytes.c - a first layer that multiplies only the bytes that are not 0 makes the same steps as one
 * that multiplies them all, but for rounding, and the same bits on any number of threads. */
#include "nn_fixture.h"

enum { D = 301, STEPS = 3, BACKGROUND = 2 }; /* one byte of so many is not 0 */

static void use_bytes(struct bench *b, const uint8_t *x)
{
    b->view.dtype = SL_U8;
    b->view.x = x;
    b->view.scale = 1 / 255.0f;
}

/* A stepper in the place of the fixture's, which takes rows from b's view. */
static void take_rows(struct bench *b, int threads)
{
    const struct sl_stepper_options options = {.batch = b->view.n, .threads = threads, .rows = &b->view};
    sl_stepper_free(b->stepper);
    assert_int_equal(sl_stepper_new(b->net, &options, &b->stepper, NULL), SL_OK);
}

static int takes_bytes(const struct bench *b)
{
    return b->stepper->first == &sl_first_bytes || b->stepper->first == &sl_first_split_bytes;
}

/* Steps of an optimiser, the second with fewer rows. */
static void train(struct bench *b, const struct sl_optimiser_options *options, float decay)
{
    struct sl_optimiser opt;
    assert_int_equal(sl_optimiser_init(&opt, options, b->net->n_params, NULL), SL_OK);
    for (int i = 0; i < STEPS; i++) {
        struct sl_loss_sum sum = {0};
        double squares = 0;
        sl_optimiser_begin(&opt, 0.01);
        const struct sl_step s = {.view = &b->view,
                                  .rows = b->rows,
                                  .n = i == 1 ? b->view.n - 19 : b->view.n,
                                  .present = present,
                                  .decay = decay,
                                  .optimiser = &opt};
        assert_int_equal(sl_stepper_run(b->stepper, &s, 1, b->params, NULL, &sum, &squares, NULL), SL_OK);
    }
    sl_optimiser_release(&opt);
}

enum way { FLOATS, SPLIT, LAYERS };

/* Takes bytes (the way must be this) and not, on 1 to 3 threads. */
static void compare(const char *line, size_t n, enum way way, const struct sl_optimiser_options *options,
                    float decay)
{
    const struct sl_shape in = {1, 1, D};
    struct sl_rng *rng = sl_rng_new(9, line);
    uint8_t *x = sl_alloc(n * D, 1);
    for (size_t i = 0; i < n * D; i++)
        x[i] = sl_rng_below(rng, BACKGROUND) ? 0 : (uint8_t)(1 + sl_rng_below(rng, 255));
    struct bench floats;
    bench_init(&floats, line, in, n, 2);
    use_bytes(&floats, x);
    float *start = sl_alloc(floats.net->n_params, sizeof *start), *bits = NULL;
    memcpy(start, floats.params, floats.net->n_params * sizeof *start);
    train(&floats, options, decay);
    for (int threads = 1; threads <= 3; threads++) {
        struct bench b;
        bench_init(&b, line, in, n, threads);
        size_t size = b.net->n_params * sizeof *b.params;
        use_bytes(&b, x);
        memcpy(b.params, start, size);
        memcpy(b.y, floats.y, n * sizeof *b.y);
        take_rows(&b, threads);
        assert_int_equal(takes_bytes(&b), way != FLOATS);
        if (way != FLOATS)
            assert_ptr_equal(b.stepper->first, way == SPLIT ? &sl_first_split_bytes : &sl_first_bytes);
        train(&b, options, decay);
        for (size_t i = 0; i < b.net->n_params; i++)
            if (!(fabs((double)b.params[i] - (double)floats.params[i]) <= 2e-4))
                fail_msg("%s: parameter %zu is %g, with floats %g", line, i, (double)b.params[i],
                         (double)floats.params[i]);
        assert_true(memcmp(start, b.params, size) != 0);
        if (!bits)
            bits = memcpy(sl_alloc(b.net->n_params, sizeof *bits), b.params, size);
        assert_memory_equal(bits, b.params, size);
        bench_release(&b);
    }
    bench_release(&floats);
    free(start);
    free(bits);
    free(x);
    sl_rng_free(rng);
}

static const char small[] = "dense 60, relu, dense 20, tanh, dense classes";
static const char wide[] = "dense 330, relu, dense 600, tanh, dense classes";
static const struct sl_optimiser_options sgd = {.kind = SL_SGD};
/* with so large an epsilon rounding of small gradients does not decide a step's sign */
static const struct sl_optimiser_options adam = {
    .kind = SL_ADAM, .beta_1 = 0.9, .beta_2 = 0.999, .epsilon = 0.1};

static void split_by_features(void **state)
{
    (void)state;
    compare(small, 150, SPLIT, &adam, 0.01f);
    compare(small, 150, SPLIT, &sgd, 0.01f);
}

static void layer_by_layer(void **state)
{
    (void)state;
    compare(wide, 32, LAYERS, &sgd, 0);
    compare(wide, 32, LAYERS, &sgd, 0.01f);
    compare(wide, 32, LAYERS, &adam, 0);
    compare(wide, 150, LAYERS, &sgd, 0);
    compare("flatten, dense 330, relu, dense 600, tanh, dense classes", 32, LAYERS, &sgd, 0);
    compare("dense 144, relu, dense 2000, tanh, dense classes", 32, LAYERS, &adam, 0);
}

/* Chained and not split: many outputs, or few weights.  A last tile of few columns. */
static void floats_elsewhere(void **state)
{
    (void)state;
    compare("dense 256, relu, dense classes", 150, FLOATS, &adam, 0);
    compare("dense 20, relu, dense classes", 150, FLOATS, &sgd, 0);
    compare("dense 130, relu, dense 2000, tanh, dense classes", 32, FLOATS, &adam, 0);
    compare("dense 260, relu, dense 2000, tanh, dense classes", 32, FLOATS, &sgd, 0);
    compare("dense 260, relu, dense 2000, tanh, dense classes", 150, FLOATS, &sgd, 0);
}

/* Rows that are not bytes, have an offset or few zeros, and nets whose first layer is narrow. */
static void only_where_it_pays(void **state)
{
    enum { N = 80 };
    const struct sl_shape in = {1, 1, D};
    struct bench b;
    uint8_t x[N * D] = {0};
    (void)state;
    bench_init(&b, "dense 8, relu, dense classes", in, N, 2);
    use_bytes(&b, x);
    take_rows(&b, 2);
    assert_false(takes_bytes(&b));
    bench_release(&b);
    bench_init(&b, small, in, N, 2);
    take_rows(&b, 2);
    assert_false(takes_bytes(&b));
    use_bytes(&b, x);
    b.view.offset = 0.5f;
    take_rows(&b, 2);
    assert_false(takes_bytes(&b));
    b.view.offset = 0;
    memset(x, 1, sizeof x);
    take_rows(&b, 2);
    assert_false(takes_bytes(&b));
    memset(x, 0, sizeof x / 2);
    take_rows(&b, 2);
    assert_true(takes_bytes(&b));
    bench_release(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(split_by_features),
        cmocka_unit_test(layer_by_layer),
        cmocka_unit_test(floats_elsewhere),
        cmocka_unit_test(only_where_it_pays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
