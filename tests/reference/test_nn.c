/* test_nn.c - gradients of every layer against finite differences of the loss, shapes and parameter counts of
 * published nets, error texts of net lines, dropout, and the optimisers against their formulas. */
#include "nn_fixture.h"
#include <shortlist/network.h>

/* Smooth nets, and nets with kinks: there a few differences may straddle one. */
static const struct {
    const char *line;
    int image, kinks;
    size_t rows;
} gradient_nets[] = {
    {"dense classes", 0, 0, 7},
    {"dense 7, tanh, dense classes", 0, 0, 9},
    {"dense 7, sigmoid, dropout .3, dense 5, identity, dense classes", 0, 0, 9},
    {"dense 300, elu, dense 260, tanh, dense 3", 0, 0, 5},
    {"dense 40, tanh, dense 30, elu, dense 3", 0, 0, 150},
    {"dense 6, tanh, elu, dense classes, tanh", 0, 0, 9},
    {"dense 6, dropout .2, tanh, dropout .1, dense classes", 0, 0, 9},
    {"dropout .3, dense 6, noise .2, sigmoid, noise .1, dense classes", 0, 0, 9},
    {"dense 16, identity, relu, dropout .5, dense classes", 0, 1, 9},
    {"dense 16, tanh, dropout .3, relu, dropout .4, dense classes", 0, 1, 9},
    {"flatten, dense 8, relu, dense classes", 1, 1, 11},
    {"conv 4 3x3, elu, flatten, dense classes", 1, 0, 5},
    {"conv 4 3x3 same, tanh, maxpool 2, dropout .2, conv 5 2x2 stride 2, elu, flatten, dense 6, tanh, dense "
     "3",
     1, 1, 20},
    {"conv 3 3x3 padding 2, identity, avgpool 2, noise .1, sigmoid, flatten, dense classes", 1, 0, 5},
    {"conv 4 3x3, relu, noise .1, maxpool 3 stride 2, dropout .1, flatten, dense classes", 1, 1, 5},
    {"maxpool 2, conv 3 2x2, tanh, avgpool 2 stride 1, flatten, dense classes", 1, 1, 5},
    {"conv 5 3x3, sigmoid, globalavgpool, tanh, dense classes", 1, 0, 19},
    {"batchnorm, dense 6, batchnorm, tanh, dense classes", 0, 0, 40},
    {"conv 4 3x3 nobias, batchnorm, tanh, dropout .2, flatten, dense classes, batchnorm", 1, 0, 37},
    {"conv 2 3x3, batchnorm, tanh, avgpool 2, flatten, dense classes", 1, 0, 150}, /* two tiles a lane */
    {"conv 17 3x3, sigmoid, batchnorm epsilon .01, avgpool 2, flatten, dense classes", 1, 0, 21},
    {"residual 2 tanh, residual 3 stride 2 elu, globalavgpool, dense classes", 1, 0, 35},
    {"conv 3 3x3, residual 3 sigmoid, dropout .2, residual 4 tanh, flatten, dense 5, batchnorm, dense "
     "classes",
     1, 0, 20},
    {"denseblock 2 3, globalavgpool, dense classes", 1, 1, 21},
    {"conv 3 3x3 same, denseblock 3 2, batchnorm, tanh, conv 4 1x1 nobias, avgpool 2, denseblock 1 5, "
     "batchnorm, tanh, globalavgpool, dense classes",
     1, 1, 20},
    {"conv 3 3x3, residual 3, maxpool 2, residual 3, noise .1, flatten, dense classes", 1, 1, 17},
    {"conv 16 3x3, tanh, maxpool 2, conv 16 3x3 same, maxpool 2, sigmoid, flatten, dense classes", 2, 1, 20},
    {"conv 16 3x3 same nobias, maxpool 2, batchnorm, tanh, conv 16 3x3, avgpool 3, flatten, dense classes", 2,
     1, 20},
    {"tanh, conv 4 1x1, tanh, conv 4 3x3, tanh, conv 2 3x3, flatten, dropout .2, dense classes", 1, 0, 35},
};
enum { N_GRADIENT_NETS = sizeof gradient_nets / sizeof *gradient_nets };

static struct sl_shape shape_of(size_t net)
{
    static const struct sl_shape shapes[] = {{1, 1, 21}, {8, 7, 2}, {13, 12, 1}};
    return shapes[gradient_nets[net].image];
}

/* Running statistics have no gradient. */
static int is_state(const struct sl_net *net, size_t at)
{
    for (size_t l = 0; l < net->n_layers; l++) {
        const struct sl_layer *layer = &net->layers[l];
        size_t begin = layer->params_at + layer->weights + layer->biases;
        if (at >= begin && at < begin + layer->states)
            return 1;
    }
    return 0;
}

static double slope(struct bench *b, float *params, size_t i, float h, float decay)
{
    float kept = params[i], up = kept + h, down = kept - h;
    params[i] = up;
    double above = step(b, params, 0, decay);
    params[i] = down;
    double below = step(b, params, 0, decay);
    params[i] = kept;
    return (above - below) / ((double)up - (double)down);
}

static void check_gradients(size_t which, float decay)
{
    const char *line = gradient_nets[which].line;
    int kinks = gradient_nets[which].kinks;
    float h = kinks ? 3e-4f : 4e-3f; /* a smaller difference straddles fewer, and is rounded more */
    double tolerance = kinks ? 6e-4 : 2e-4;
    struct bench b;
    bench_init(&b, line, shape_of(which), gradient_nets[which].rows, 2);
    size_t n = b.net->n_params, stride = n / 150 + 1, checked = 0, wrong = 0;
    float *moved = sl_alloc(n, sizeof *moved);
    memcpy(moved, b.params, n * sizeof *moved);
    step(&b, moved, 1, decay);
    for (size_t i = 0; i < n; i += stride, checked++) {
        if (is_state(b.net, i))
            continue;
        double analytic = (double)b.params[i] - (double)moved[i], numeric = slope(&b, b.params, i, h, decay);
        if (fabs(analytic - numeric) <= tolerance + 0.01 * fabs(numeric))
            continue;
        wrong++;
        if (!kinks)
            fail_msg("%s: parameter %zu: gradient %g, finite difference %g", line, i, analytic, numeric);
    }
    if (wrong * 20 > checked)
        fail_msg("%s: %zu of %zu gradients are wrong", line, wrong, checked);
    free(moved);
    bench_release(&b);
}

static void gradients_are_the_slopes_of_the_loss(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_GRADIENT_NETS; i++)
        check_gradients(i, 0);
}

/* Biases carry no penalty, so a net of one layer shows the difference: see also the optimiser's test. */
static void the_penalty_reaches_the_weights_only(void **state)
{
    struct bench b;
    (void)state;
    bench_init(&b, "dense 4, tanh, dense classes", (struct sl_shape){1, 1, 5}, 6, 1);
    size_t n = b.net->n_params;
    float *with = sl_alloc(n, sizeof *with), *without = sl_alloc(n, sizeof *without);
    memcpy(with, b.params, n * sizeof *with);
    memcpy(without, b.params, n * sizeof *without);
    double penalised = step(&b, with, 1, 0.25f), bare = step(&b, without, 1, 0), squares = 0;
    for (size_t l = 0; l < b.net->n_layers; l++) {
        const struct sl_layer *layer = &b.net->layers[l];
        for (size_t i = 0; i < layer->weights + layer->biases; i++) {
            size_t at = layer->params_at + i;
            float expected = i < layer->weights ? 0.25f * b.params[at] : 0;
            assert_float_equal(without[at] - with[at], expected, 1e-6);
            squares += i < layer->weights ? (double)b.params[at] * (double)b.params[at] : 0;
        }
    }
    assert_float_equal(penalised - bare, 0.125 * squares, 1e-5);
    free(with);
    free(without);
    bench_release(&b);
}

/* A penalty that takes all of the weights in one step leaves the biases where the loss moves them. */
static void biases_outlive_their_weights(void **state)
{
    struct bench b;
    (void)state;
    bench_init(&b, "dense classes", (struct sl_shape){1, 1, 6}, 7, 1);
    float *free_of_it = sl_alloc(b.net->n_params, sizeof *free_of_it);
    memcpy(free_of_it, b.params, b.net->n_params * sizeof *free_of_it);
    step(&b, free_of_it, 0.5, 0);
    step(&b, b.params, 0.5, 2);
    for (size_t i = b.net->layers[0].weights; i < b.net->n_params; i++)
        assert_float_equal(b.params[i], free_of_it[i], 1e-6);
    free(free_of_it);
    bench_release(&b);
}

static void a_step_is_the_same_on_any_number_of_threads(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_GRADIENT_NETS; i++) {
        struct bench one, three;
        bench_init(&one, gradient_nets[i].line, shape_of(i), 70, 1);
        bench_init(&three, gradient_nets[i].line, shape_of(i), 70, 3);
        for (int s = 0; s < 3; s++)
            assert_true(step(&one, one.params, 0.1, 0.01f) == step(&three, three.params, 0.1, 0.01f));
        assert_memory_equal(one.params, three.params, one.net->n_params * sizeof(float));
        bench_release(&one);
        bench_release(&three);
    }
}

/* Papoutsis's net of three convolutions, layer by layer. */
static void the_published_net_has_its_shapes_and_parameters(void **state)
{
    static const struct {
        const char *name;
        int h, w, c;
        size_t params;
    } expected[] = {
        {"conv", 26, 26, 32, 320},    {"maxpool", 13, 13, 32, 0}, {"conv", 11, 11, 64, 18496},
        {"maxpool", 5, 5, 64, 0},     {"conv", 3, 3, 128, 73856}, {"flatten", 1, 1, 1152, 0},
        {"dense", 1, 1, 128, 147584}, {"dense", 1, 1, 10, 1290},
    };
    struct sl_net *net;
    struct sl_net_row *rows;
    size_t at = 0, n, total = 0;
    (void)state;
    assert_int_equal(sl_net_new("cnn3", (struct sl_shape){28, 28, 1}, 10, &net, NULL), SL_OK);
    for (size_t i = 0; i < net->n_layers; i++) {
        const struct sl_layer *layer = &net->layers[i];
        if (layer->type->flags & SL_IN_PLACE)
            continue;
        assert_string_equal(layer->type->name, expected[at].name);
        assert_int_equal(layer->out.h, expected[at].h);
        assert_int_equal(layer->out.w, expected[at].w);
        assert_int_equal(layer->out.c, expected[at].c);
        assert_int_equal(layer->weights + layer->biases, expected[at].params);
        at++;
    }
    assert_int_equal(at, sizeof expected / sizeof *expected);
    assert_int_equal(net->n_params, 241546);
    sl_net_free(net);
    assert_int_equal(sl_net_rows("cnn3", 28, 28, 1, 10, &rows, &n, NULL), SL_OK);
    assert_string_equal(rows[0].layer, "conv 32 3x3");
    assert_string_equal(rows[0].output, "26x26x32");
    for (size_t i = 0; i < n; i++)
        total += rows[i].depth ? 0 : rows[i].params;
    assert_int_equal(total, 241546);
    free(rows);
}

static void every_preset_fits_grey_images(void **state)
{
    (void)state;
    for (const struct sl_net_preset *p = sl_net_presets; p->name; p++) {
        struct sl_net *net;
        assert_int_equal(sl_net_new(p->name, (struct sl_shape){28, 28, 1}, 10, &net, NULL), SL_OK);
        sl_net_free(net);
    }
}

static void errors_point_at_the_word(void **state)
{
    static const struct {
        const char *line, *text;
    } wrong[] = {
        {"conv 32 3x3, relu, maxpol 2",
         "character 20 ('maxpol'): there is no layer called so (did you mean maxpool?)"},
        {"conv 32 3x4, relu", "character 9 ('3x4'): expected a square window"},
        {"conv, relu", "character 5: expected the number of filters"},
        {"conv -3 3", "character 6 ('-3'): expected the number of filters"},
        {"dense 12x", "character 7 ('12x'): expected the number of outputs"},
        {"flatten, dense 5 6", "character 18 ('6'): was not expected here: it is dense OUTPUTS|classes"},
        {"flatten,, relu", "character 9: expected a layer"},
        {"", "character 1: expected a layer"},
        {"flatten, ", "character 10: expected a layer"},
        {"dropout 1, flatten, dense classes",
         "character 9 ('1'): expected the share to drop, a number >= 0 and < 1"},
        {"conv 4 3x3, dense classes",
         "character 13 ('dense'): takes a flat row, not 26x26x4: put 'flatten' before it"},
        {"maxpool 14, conv 4 3x3",
         "character 13 ('conv'): a window of 3x3 does not fit into an image of 2x2"},
        {"flatten, dense 9", "character 10 ('dense'): the net ends with 9 outputs, but there are 10 classes"},
        {"flatten, dense 100000, dense 1000000, dense classes",
         "character 24 ('dense'): makes the net too large"},
        {"maxpool 30", "character 1 ('maxpool'): a window of 30x30 does not fit into an image of 28x28"},
        {"conv 8 2x2 same", "character 1 ('conv'): 'same' needs a window of odd size"},
        {"conv 8 2x2 padding 2", "character 1 ('conv'): padding 2 is not less than the window's size 2"},
        {"conv 4 3x3, residual 8 sride 2",
         "character 24 ('sride'): was not expected here: it is residual FILTERS"},
        {"batchnorm epsilon 0", "character 19 ('0'): expected what is added to the variance"},
        {"conv 8 3x3 same padding 2", "character 17 ('padding'): 'same' says what the padding is"},
        {"dropout .99999999, flatten, dense classes",
         "character 9 ('.99999999'): expected the share to drop"},
        {"avgpool 14, flatten", "character 13 ('flatten'): no layer of the net has weights"},
        {"add", "there is no layer called so"},
        {"averyveryveryveryveryveryverylongword", "there is no layer called so"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct sl_error err = {0};
        struct sl_net *net;
        assert_int_equal(sl_net_new(wrong[i].line, (struct sl_shape){28, 28, 1}, 10, &net, &err), SL_EUSAGE);
        assert_null(net);
        if (!strstr(err.text, wrong[i].text))
            fail_msg("'%s' gives '%s', expected '%s'", wrong[i].line, err.text, wrong[i].text);
        assert_int_equal(sl_net_new(wrong[i].line, (struct sl_shape){28, 28, 1}, 10, &net, NULL), SL_EUSAGE);
    }
}

/* 100,000 ones: the share of zeros is within five standard deviations of the rate, the mean stays 1. */
static void dropout_drops_its_share(void **state)
{
    enum { ROWS = 100, COLS = 1000, N = ROWS * COLS };
    static float a[N], b[N];
    struct sl_layer layer = {.type = &sl_layer_dropout, .rate = 0.3f};
    struct sl_call run = {.training = 1, .key = 5};
    struct sl_tile tile = {0, ROWS, 0, COLS};
    size_t zeros = 0, same = 0;
    (void)state;
    for (size_t i = 0; i < N; i++)
        a[i] = b[i] = 1;
    sl_layer_dropout.apply(&layer, &run, a, COLS, tile);
    run.key = 6;
    sl_layer_dropout.apply(&layer, &run, b, COLS, tile);
    for (size_t i = 0; i < N; i++) {
        zeros += a[i] == 0;
        same += a[i] == b[i];
        assert_true(a[i] == 0 || fabsf(a[i] - 1 / 0.7f) < 1e-6f);
    }
    assert_float_equal((double)zeros / N, 0.3, 5 * sqrt(0.21 / N));
    assert_float_equal((double)same / N, 0.3 * 0.3 + 0.7 * 0.7, 5 * sqrt(0.25 / N));
    run.training = 0;
    memcpy(b, a, sizeof b);
    sl_layer_dropout.apply(&layer, &run, b, COLS, tile);
    assert_memory_equal(a, b, sizeof a);
}

/* 100,000 zeros: mean and deviation are within five standard deviations of theirs, other keys draw other
 * numbers, and prediction adds nothing. */
static void noise_has_its_deviation(void **state)
{
    enum { ROWS = 100, COLS = 1000, N = ROWS * COLS };
    static float a[N], b[N];
    struct sl_layer layer = {.type = &sl_layer_noise, .rate = 0.3f};
    struct sl_call run = {.training = 1, .key = 5};
    struct sl_tile tile = {0, ROWS, 0, COLS};
    double sum = 0, squares = 0, products = 0;
    (void)state;
    memset(a, 0, sizeof a);
    memset(b, 0, sizeof b);
    sl_layer_noise.apply(&layer, &run, a, COLS, tile);
    run.key = 6;
    sl_layer_noise.apply(&layer, &run, b, COLS, tile);
    for (size_t i = 0; i < N; i++) {
        sum += (double)a[i];
        squares += (double)a[i] * (double)a[i];
        products += (double)a[i] * (double)b[i];
    }
    assert_float_equal(sum / N, 0, 5 * 0.3 / sqrt(N));
    assert_float_equal(squares / N, 0.09, 5 * 0.09 * sqrt(2.0 / N));
    assert_float_equal(products / N, 0, 5 * 0.09 / sqrt(N));
    run.training = 0;
    memcpy(b, a, sizeof b);
    sl_layer_noise.apply(&layer, &run, b, COLS, tile);
    assert_memory_equal(a, b, sizeof a);
}

/* Weights fill the range of their initialisation, and nothing else; Keras's biases are 0. */
static void check_range(const char *line, enum sl_init init, double gain)
{
    struct bench b;
    bench_init(&b, line, (struct sl_shape){1, 1, 50}, 4, 1);
    struct sl_rng *rng = sl_rng_new(1, "weights");
    sl_net_init(b.net, init, rng, b.params);
    for (size_t l = 0; l < b.net->n_layers; l++) {
        const struct sl_layer *layer = &b.net->layers[l];
        double bound = sqrt(gain / (double)(layer->fan_in + layer->fan_out)), most = 0, bias = 0;
        if (layer->weights == 0)
            continue;
        for (size_t i = 0; i < layer->weights; i++)
            most = fmax(most, fabs((double)b.params[layer->params_at + i]));
        for (size_t i = 0; i < layer->biases; i++)
            bias = fmax(bias, fabs((double)b.params[layer->params_at + layer->weights + i]));
        assert_true(most <= bound * (1 + 1e-6) && most > 0.9 * bound);
        assert_true(init == SL_INIT_KERAS ? bias == 0 : bias > 0 && bias <= bound * (1 + 1e-6));
    }
    sl_rng_free(rng);
    bench_release(&b);
}

static void initial_weights_fill_their_range(void **state)
{
    (void)state;
    check_range("dense 30, relu, dense 20, tanh, dense classes", SL_INIT_KERAS, 6);
    check_range("dense 30, sigmoid, dense 20, sigmoid, dense classes", SL_INIT_KERAS, 6);
    check_range("dense 30, relu, dense 20, relu, dense classes", SL_INIT_SKLEARN, 6);
    check_range("dense 30, sigmoid, dense 20, sigmoid, dense classes", SL_INIT_SKLEARN, 2);
}

/* Adam's moments, bias correction and step, AdamW's decay apart from them, and Nesterov's momentum, in double
 * by their formulas. */
static void optimisers_follow_their_formulas(void **state)
{
    enum { N = 37, STEPS = 4 };
    const struct sl_optimiser_options kinds[] = {
        {.kind = SL_ADAM, .beta_1 = 0.9, .beta_2 = 0.999, .epsilon = 1e-8},
        {.kind = SL_ADAMW, .beta_1 = 0.9, .beta_2 = 0.999, .epsilon = 1e-8},
        {.kind = SL_SGD, .momentum = 0.9, .nesterov = 1},
        {.kind = SL_SGD, .momentum = 0.8},
        {.kind = SL_SGD},
    };
    (void)state;
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        const struct sl_optimiser_options *o = &kinds[k];
        struct sl_optimiser opt;
        float w[N], g[N];
        double ref[N], m[N] = {0}, v[N] = {0}, decay = 0.01, rate = 0.05;
        assert_int_equal(sl_optimiser_init(&opt, o, N, NULL), SL_OK);
        for (int i = 0; i < N; i++)
            ref[i] = w[i] = (float)(i - 18) / 7;
        for (int t = 1; t <= STEPS; t++) {
            sl_optimiser_begin(&opt, rate);
            for (int i = 0; i < N; i++) {
                g[i] = (float)(i % 5 - 2) / (float)t;
                double gi = g[i] + (o->kind == SL_ADAMW ? 0 : decay * ref[i]);
                if (o->kind == SL_ADAMW)
                    ref[i] -= rate * decay * ref[i];
                if (o->kind != SL_SGD) {
                    m[i] = 0.9 * m[i] + 0.1 * gi;
                    v[i] = 0.999 * v[i] + 0.001 * gi * gi;
                    double corrected = rate * sqrt(1 - pow(0.999, t)) / (1 - pow(0.9, t));
                    ref[i] -= corrected * m[i] / (sqrt(v[i]) + 1e-8);
                } else {
                    m[i] = o->momentum * m[i] - rate * gi;
                    ref[i] += o->nesterov ? o->momentum * m[i] - rate * gi : m[i];
                }
            }
            sl_optimiser_update(&opt, w, g, 0, N, (float)decay);
            for (int i = 0; i < N; i++)
                assert_float_equal(w[i], ref[i], 3e-6);
        }
        sl_optimiser_release(&opt);
    }
}

/* Dense nets with large batches share the first layer by features, unless a layer works on the features
 * before it, as noise of none does here: steps of both are the same but for rounding, with fewer rows than
 * the pass has room for as well, and on any number of threads to the bit. */
static void sharing_by_features_changes_no_step(void **state)
{
    enum { N = 150, D = 301, STEPS = 3 };
    const struct sl_shape in = {1, 1, D};
    (void)state;
    for (int threads = 1; threads <= 3; threads++) {
        struct bench b[3];
        bench_init(&b[0], "dense 60, relu, dense 20, tanh, dense classes", in, N, threads);
        bench_init(&b[1], "noise 0, dense 60, relu, dense 20, tanh, dense classes", in, N, threads);
        bench_init(&b[2], "dense 60, relu, dense 20, tanh, dense classes", in, N, 1);
        for (int j = 0; j < 3; j++)
            assert_string_equal(b[j].stepper->first->name, j == 1 ? "floats" : "split");
        size_t n_params = b[0].net->n_params;
        assert_int_equal(n_params, b[1].net->n_params);
        memcpy(b[1].x, b[0].x, N * D * sizeof *b[0].x);
        memcpy(b[1].y, b[0].y, N * sizeof *b[0].y);
        memcpy(b[1].params, b[0].params, n_params * sizeof *b[0].params);
        for (int i = 0; i < STEPS; i++) {
            double loss[3];
            for (int j = 0; j < 3; j++) {
                b[j].view.n = i == 1 ? N - 37 : N;
                loss[j] = step(&b[j], b[j].params, 0.05, 0.01f);
            }
            assert_float_equal(loss[0], loss[1], 1e-4);
        }
        assert_memory_equal(b[0].params, b[2].params, n_params * sizeof *b[0].params);
        for (size_t i = 0; i < n_params; i++)
            assert_float_equal(b[0].params[i], b[1].params[i], 1e-4);
        for (int j = 0; j < 3; j++)
            bench_release(&b[j]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gradients_are_the_slopes_of_the_loss),
        cmocka_unit_test(the_penalty_reaches_the_weights_only),
        cmocka_unit_test(a_step_is_the_same_on_any_number_of_threads),
        cmocka_unit_test(sharing_by_features_changes_no_step),
        cmocka_unit_test(the_published_net_has_its_shapes_and_parameters),
        cmocka_unit_test(every_preset_fits_grey_images),
        cmocka_unit_test(errors_point_at_the_word),
        cmocka_unit_test(dropout_drops_its_share),
        cmocka_unit_test(noise_has_its_deviation),
        cmocka_unit_test(initial_weights_fill_their_range),
        cmocka_unit_test(biases_outlive_their_weights),
        cmocka_unit_test(optimisers_follow_their_formulas),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
