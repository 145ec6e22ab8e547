/* test_nn_graph.c - nets that are more than a chain, and batch normalisation: prediction against a plain
 * interpreter of the layers in double, running statistics against their definition, training against
 * prediction, records, and the options of named nets. */
#include "nn/train/train.h"
#include "nn_fixture.h"
#include "nn_interpreter.h"

enum { ROWS = 37 };
static const struct sl_shape image = {8, 7, 2}, grey = {10, 8, 1};

static const char *const graph_nets[] = {
    "batchnorm, flatten, dense classes",
    "conv 3 3x3 same, batchnorm, relu, flatten, dense 9, batchnorm, sigmoid, dense classes, batchnorm",
    "residual 2, globalavgpool, dense classes",
    "denseblock 2 3, globalavgpool, dense classes",
    ("conv 5 3x3, denseblock 3 4, batchnorm, relu, conv 6 1x1, avgpool 2, denseblock 2 17, globalavgpool, "
     "dense classes"),
    ("conv 16 3x3 same, batchnorm, tanh, conv 16 3x3 nobias, batchnorm, conv 4 1x1 stride 2, batchnorm, elu, "
     "flatten, dense classes"),
    "residual 5 stride 2 elu, dropout .3, residual 5 sigmoid, residual 3 tanh, globalavgpool, dense classes",
};
enum { N_GRAPH_NETS = sizeof graph_nets / sizeof *graph_nets };

/* Of grey images: poolings that go with the convolution before them, and leave out what lies at an edge. */
static const char *const pooled_nets[] = {
    "conv 16 3x3, relu, maxpool 2, conv 16 3x3 same, relu, maxpool 2, dropout .2, flatten, dense classes",
    ("conv 16 3x3 nobias, maxpool 2, tanh, conv 24 3x3 same, avgpool 2 stride 3, batchnorm, flatten, dense "
     "classes"),
    "conv 16 3x3 same, elu, maxpool 3 stride 2, globalavgpool, dense classes",
    "conv 32 3x3 padding 1, maxpool 2 stride 1, flatten, dense classes",
};
enum { N_POOLED_NETS = sizeof pooled_nets / sizeof *pooled_nets };

static void predict(const struct bench *b, const struct sl_view *view, int threads, float *p)
{
    const struct sl_predictor_options options = {.threads = threads};
    struct sl_predictor *predictor;
    assert_int_equal(sl_predictor_new(b->net, &options, &predictor, NULL), SL_OK);
    assert_int_equal(sl_predict(predictor, b->params, view, present, p, NULL), SL_OK);
    sl_predictor_free(predictor);
}

static void follows_the_layers(const char *line, struct sl_shape in)
{
    struct bench b;
    float p[ROWS * CLASSES];
    bench_init(&b, line, in, ROWS, 1);
    randomise(&b);
    predict(&b, &b.view, 2, p);
    for (size_t r = 0; r < ROWS; r++) {
        double expected[CLASSES];
        interpret(&b, b.x + r * b.view.d, expected);
        for (size_t c = 0; c < CLASSES; c++)
            if (fabs((double)p[r * CLASSES + c] - expected[c]) > 2e-5)
                fail_msg("%s: row %zu: %g, expected %g", line, r, (double)p[r * CLASSES + c], expected[c]);
    }
    bench_release(&b);
}

static void prediction_follows_the_layers(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_GRAPH_NETS; i++)
        follows_the_layers(graph_nets[i], image);
    for (size_t i = 0; i < N_POOLED_NETS; i++)
        follows_the_layers(pooled_nets[i], grey);
}

static void a_row_is_predicted_the_same_alone(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_GRAPH_NETS; i++) {
        struct bench b;
        float p[ROWS * CLASSES], one[CLASSES];
        bench_init(&b, graph_nets[i], image, ROWS, 1);
        randomise(&b);
        predict(&b, &b.view, 3, p);
        for (size_t r = 0; r < ROWS; r += 5) {
            struct sl_view row = b.view;
            row.n = 1;
            row.x = b.x + r * row.d;
            predict(&b, &row, 1, one);
            assert_memory_equal(one, p + r * CLASSES, sizeof one);
        }
        bench_release(&b);
    }
}

/* Statistics ---------------------------------------------------------------------------------------- */

/* Fewer rows than the pass has room for, in several tiles of which the last is not full: what pads it must
 * not count.  The mean is far from 0, as that of features can be. */
static void running_statistics_are_those_of_the_batch(void **state)
{
    enum { PIXELS = ROWS * 8 * 7 };
    struct bench b;
    double mean[2] = {0}, variance[2] = {0};
    (void)state;
    bench_init(&b, "batchnorm momentum .75, flatten, dense classes", image, 64, 2);
    for (size_t i = 0; i < 64 * b.view.d; i++)
        b.x[i] = 100 + 3 * b.x[i];
    b.view.n = ROWS;
    for (size_t i = 0; i < ROWS; i++)
        b.rows[i] = (uint32_t)i;
    for (size_t i = 0; i < 2 * PIXELS; i++)
        mean[i % 2] += (double)b.x[i] / PIXELS;
    for (size_t i = 0; i < 2 * PIXELS; i++)
        variance[i % 2] += pow((double)b.x[i] - mean[i % 2], 2) / (PIXELS - 1);
    step_at(&b, 1, b.params, 0, 0);
    for (size_t c = 0; c < 2; c++) { /* the initial 0 and 1 count for nothing */
        assert_float_equal(b.params[4 + c], mean[c], 1e-4);
        assert_float_equal(b.params[6 + c], variance[c], 1e-4);
        b.params[4 + c] = 0;
        b.params[6 + c] = 1;
    }
    step_at(&b, 3, b.params, 0, 0); /* a third of the mean of three */
    for (size_t c = 0; c < 2; c++) {
        assert_float_equal(b.params[4 + c], mean[c] / 3, 1e-4);
        assert_float_equal(b.params[6 + c], (2 + variance[c]) / 3, 1e-4);
        b.params[4 + c] = 0;
        b.params[6 + c] = 1;
    }
    step_at(&b, 9, b.params, 0, 0); /* by the momentum from the fourth on */
    for (size_t c = 0; c < 2; c++) {
        assert_float_equal(b.params[4 + c], 0.25 * mean[c], 1e-4);
        assert_float_equal(b.params[6 + c], 0.75 + 0.25 * variance[c], 1e-4);
    }
    bench_release(&b);
}

/* With the running statistics of its own batch prediction computes what training did. */
static void prediction_agrees_with_training(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_GRAPH_NETS; i++) {
        struct bench b;
        const struct sl_predictor_options options = {.threads = 2};
        struct sl_predictor *judge;
        double trained, loss, accuracy;
        if (strstr(graph_nets[i], "dropout"))
            continue;
        bench_init(&b, graph_nets[i], image, ROWS, 2);
        trained = step(&b, b.params, 0, 0);
        assert_int_equal(sl_predictor_new(b.net, &options, &judge, NULL), SL_OK);
        assert_int_equal(sl_evaluate(judge, b.params, &b.view, present, &loss, &accuracy, NULL), SL_OK);
        if (fabs(loss - trained) > 0.02 * trained) /* n - 1 in the running variance, n in training */
            fail_msg("%s: loss %g, in training %g", graph_nets[i], loss, trained);
        sl_predictor_free(judge);
        bench_release(&b);
    }
}

/* Test-time augmentation --------------------------------------------------------------------------- */

/* The images as a version shows them, pixel by pixel: 0 from outside. */
static void moved_images(const struct bench *b, int flip, int dx, int dy, float *to)
{
    for (int at = 0; at < ROWS * image.h * image.w; at++) {
        int r = at / (image.h * image.w), i = at / image.w % image.h - dy, j = at % image.w - dx;
        int inside = i >= 0 && i < image.h && j >= 0 && j < image.w;
        size_t from = ((size_t)(r * image.h + i) * (size_t)image.w + (size_t)(flip ? image.w - 1 - j : j)) *
                      (size_t)image.c;
        for (int k = 0; k < image.c; k++)
            to[at * image.c + k] = inside ? b->x[from + (size_t)k] : 0;
    }
}

static void prediction_is_the_mean_of_its_versions(void **state)
{
    enum { CORNERS = 4 };
    static const int places[1 + CORNERS][2] = {{0, 0}, {2, 2}, {2, -2}, {-2, 2}, {-2, -2}};
    static const struct sl_tta ttas[] = {{0, 0}, {1, 0}, {0, 2}, {1, 2}};
    struct bench b;
    struct sl_network *network;
    float p[ROWS * CLASSES], one[ROWS * CLASSES], x[ROWS * 8 * 7 * 2];
    (void)state;
    bench_init(&b, graph_nets[3], image, ROWS, 1);
    randomise(&b);
    assert_int_equal(sl_network_new(graph_nets[3], image, CLASSES, &network, NULL), SL_OK);
    memcpy(network->params, b.params, b.net->n_params * sizeof *b.params);
    memset(network->present, 1, CLASSES);
    for (size_t l = 0; l < sizeof ttas / sizeof *ttas; l++) {
        int n_flips = ttas[l].flip ? 2 : 1, n_places = ttas[l].shift ? 1 + CORNERS : 1;
        double mean[ROWS * CLASSES] = {0};
        for (int v = 0; v < n_flips * n_places; v++) {
            struct sl_view view = b.view;
            view.x = x;
            moved_images(&b, v % n_flips, places[v / n_flips][0], places[v / n_flips][1], x);
            predict(&b, &view, 1, one);
            for (size_t i = 0; i < ROWS * CLASSES; i++)
                mean[i] += (double)one[i] / (n_flips * n_places);
        }
        network->tta = ttas[l];
        assert_int_equal(sl_network_scores(network, &b.view, 2, p, NULL), SL_OK);
        for (size_t i = 0; i < ROWS * CLASSES; i++)
            assert_float_equal(p[i], mean[i], 1e-5);
    }
    sl_network_free(network);
    bench_release(&b);
}

/* Records and options ------------------------------------------------------------------------------- */

static void a_record_holds_the_statistics(void **state)
{
    struct bench b;
    struct sl_network *saved, *loaded;
    struct sl_writer w = {0};
    float p[2][ROWS * CLASSES];
    (void)state;
    bench_init(&b, graph_nets[3], image, ROWS, 1);
    randomise(&b);
    assert_int_equal(sl_network_new(graph_nets[3], image, CLASSES, &saved, NULL), SL_OK);
    assert_int_equal(sl_network_new(graph_nets[3], image, CLASSES, &loaded, NULL), SL_OK);
    memcpy(saved->params, b.params, b.net->n_params * sizeof *b.params);
    memset(saved->present, 1, CLASSES);
    sl_network_save(saved, &w);
    struct sl_reader r = {.bytes = w.bytes, .size = w.size};
    assert_int_equal(sl_network_load(loaded, &r, &b.view, NULL), SL_OK);
    assert_int_equal(sl_network_scores(saved, &b.view, 1, p[0], NULL), SL_OK);
    assert_int_equal(sl_network_scores(loaded, &b.view, 2, p[1], NULL), SL_OK);
    assert_memory_equal(p[0], p[1], sizeof p[0]);
    sl_writer_release(&w);
    sl_network_free(saved);
    sl_network_free(loaded);
    bench_release(&b);
}

static size_t params_of(const char *name, struct sl_net_options options)
{
    struct sl_string line = {0};
    struct sl_net *net;
    size_t n = 0;
    assert_int_equal(sl_net_line(name, &options, &line, NULL), SL_OK);
    assert_int_equal(sl_net_new(line.text, (struct sl_shape){28, 28, 1}, 10, &net, NULL), SL_OK);
    for (size_t i = 0; i < net->n_layers; i++)
        n += net->layers[i].weights + net->layers[i].biases;
    sl_net_free(net);
    sl_string_release(&line);
    return n;
}

/* Convolutions without biases, two numbers a channel for each normalisation, and the last layer. */
static void the_residual_net_takes_options(void **state)
{
    static const struct sl_net_options wrong[] = {{4, 32, "relu"}, {3, 16, "relu"}, {3, 32, "elu"}};
    static const char *const names[] = {"blocks", "filters", "activation"};
    struct sl_net *net;
    (void)state;
    size_t stem = 9 * 32 + 64, first = 2 * 9 * 32 * 32 + 128;
    size_t second = 9 * 32 * 64 + 9 * 64 * 64 + 32 * 64 + 3 * 128, third = 4 * (second - 3 * 128) + 3 * 256;
    assert_int_equal(params_of("mini-resnet", (struct sl_net_options)SL_NET_OPTIONS),
                     stem + first + second + third + 1290);
    assert_int_equal(params_of("mini-resnet", (struct sl_net_options){1, 32, "elu"}), stem + first + 330);
    assert_int_equal(params_of("mini-resnet", (struct sl_net_options){2, 32, "tanh"}),
                     stem + first + second + 650);
    assert_int_equal(params_of("mini-resnet", (struct sl_net_options){4, 32, "sigmoid"}),
                     stem + 2 * first + second + third + 1290);
    assert_int_equal(sl_net_new("mini-resnet", (struct sl_shape){28, 28, 1}, 10, &net, NULL), SL_OK);
    assert_int_equal(net->n_params, stem + first + second + third + 1290 + 2 * (3 * 32 + 3 * 64 + 3 * 128));
    sl_net_free(net);
    for (size_t i = 0; i < 3; i++) {
        struct sl_error err = {0};
        struct sl_string line = {0};
        assert_int_equal(sl_net_line("cnn3", &wrong[i], &line, &err), SL_EUSAGE);
        assert_true(strncmp(err.text, names[i], strlen(names[i])) == 0);
        sl_string_release(&line);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prediction_follows_the_layers),
        cmocka_unit_test(a_row_is_predicted_the_same_alone),
        cmocka_unit_test(running_statistics_are_those_of_the_batch),
        cmocka_unit_test(prediction_agrees_with_training),
        cmocka_unit_test(prediction_is_the_mean_of_its_versions),
        cmocka_unit_test(a_record_holds_the_statistics),
        cmocka_unit_test(the_residual_net_takes_options),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
