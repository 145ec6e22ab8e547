/* test_nn_tap.c - outputs and gradients inside a net: activations against a plain interpreter of the layers
 * in double, gradients of scores against its finite differences, names of outputs, and wrong requests. */
#include "nn/pass/predict.h"
#include "nn/pass/tap.h"
#include "nn_interpreter.h"

enum { ROWS = 21, CHECKED = 3 }; /* rows: more than a tile of images; of them compared */

static const struct {
    const char *line;
    struct sl_shape in;
    int logistic;
} nets[] = {
    {"dense 9, tanh, dropout .4, dense 5, elu, identity, dense classes", {1, 1, 21}, 0},
    {"dense 30, relu, dropout .2, dense 9, batchnorm, sigmoid, dense classes, tanh", {1, 1, 21}, 0},
    {"conv 4 3x3 same, batchnorm, tanh, avgpool 2, noise .3, conv 5 2x2 stride 2, elu, flatten, dense "
     "classes",
     {8, 7, 2},
     0},
    {"conv 16 3x3, relu, maxpool 2, conv 16 3x3 same, relu, maxpool 2, dropout .2, flatten, dense classes",
     {10, 8, 1},
     0},
    {"conv 16 3x3 same, elu, maxpool 3 stride 2, globalavgpool, dense 6, relu, dense classes", {10, 8, 1}, 0},
    {"residual 2 tanh, residual 3 stride 2 elu, globalavgpool, dense classes", {8, 7, 2}, 0},
    {"conv 3 3x3, residual 3, residual 5 stride 2, maxpool 2, flatten, dense 6, tanh, dense classes",
     {8, 7, 2},
     0},
    {"conv 3 3x3, denseblock 2 4, avgpool 2, flatten, dense classes", {8, 7, 2}, 0},
    {"denseblock 3 2, conv 4 1x1, tanh, residual 4, globalavgpool, dense classes", {6, 5, 3}, 0},
    {"flatten, tanh, dense 6, flatten, sigmoid, dense classes", {8, 7, 2}, 0},
    {"dense 9, tanh, dropout .4, dense 5, relu, dense classes", {1, 1, 21}, 1},
    {"conv 4 3x3, relu, maxpool 2, flatten, dense classes", {8, 7, 2}, 1},
};
enum { N_NETS = sizeof nets / sizeof *nets };

static void begin(struct bench *b, size_t net, int threads, struct sl_tap **tap)
{
    (nets[net].logistic ? bench_init_logistic : bench_init)(b, nets[net].line, nets[net].in, ROWS, 1);
    randomise(b);
    assert_int_equal(sl_tap_new(b->net, b->params, threads, tap, NULL), SL_OK);
}

static float *new_output(const struct bench *b, size_t output)
{
    return sl_alloc(ROWS * sl_shape_size(sl_net_shape(b->net, output)), sizeof(float));
}

static void check_activations(const struct bench *b, struct sl_tap *tap, size_t output)
{
    size_t size = sl_shape_size(sl_net_shape(b->net, output));
    float *out = new_output(b, output);
    assert_int_equal(sl_tap_activations(tap, &b->view, output, out, NULL), SL_OK);
    for (size_t r = 0; r < ROWS; r++) {
        double *value = interpret_row(b, b->x + r * b->view.d);
        for (size_t i = 0; i < size; i++) {
            double expected = value[output * INTERPRETED + i], is = (double)out[r * size + i];
            if (!(fabs(is - expected) <= 1e-4 * fmax(1, fabs(expected))))
                fail_msg("%zu layers, output %zu, row %zu, %zu: %g, expected %g", b->net->n_layers, output, r,
                         i, is, expected);
        }
        free(value);
    }
    free(out);
}

static void activations_are_the_layers_outputs(void **state)
{
    (void)state;
    for (size_t n = 0; n < N_NETS; n++) {
        struct bench b;
        struct sl_tap *tap;
        begin(&b, n, 2, &tap);
        for (size_t output = 0; output <= b.net->n_layers; output++)
            check_activations(&b, tap, output);
        sl_tap_free(tap);
        bench_release(&b);
    }
}

/* d score / d output[i] of the row that value is of: the slopes to either side, which differ at a kink, such
 * as equal numbers in a window of which the largest is taken. */
struct slopes {
    double low, high;
};

static double moved_score(const struct bench *b, double *value, size_t output, size_t i, size_t score,
                          double by)
{
    double *at = value + output * INTERPRETED + i, kept = *at;
    *at = kept + by;
    interpret_from(b, output, value);
    const double *last = value + b->net->n_layers * INTERPRETED;
    double moved = !b->net->logistic ? last[score] : score == 1 ? last[0] : -last[0];
    *at = kept;
    return moved;
}

static struct slopes differences(const struct bench *b, double *value, size_t output, size_t i, size_t score)
{
    const double h = 1e-6;
    double here = moved_score(b, value, output, i, score, 0);
    double left = (here - moved_score(b, value, output, i, score, -h)) / h;
    double right = (moved_score(b, value, output, i, score, h) - here) / h;
    return (struct slopes){fmin(left, right), fmax(left, right)};
}

static void check_gradient(const struct bench *b, struct sl_tap *tap, const char *line, size_t output)
{
    const struct sl_shape shape = sl_net_shape(b->net, output);
    const size_t size = sl_shape_size(shape);
    size_t step = size / 40 + 1, moving = 0;
    step += step % (size_t)shape.c == 0; /* channels lie side by side: not one of them alone */
    float *out = new_output(b, output);
    int32_t scores[ROWS];
    for (size_t r = 0; r < ROWS; r++)
        scores[r] = (int32_t)(r % b->net->classes);
    assert_int_equal(sl_tap_gradient(tap, &b->view, scores, output, out, NULL), SL_OK);
    for (size_t r = 0; r < ROWS; r += ROWS / CHECKED) {
        double *value = interpret_row(b, b->x + r * b->view.d);
        for (size_t i = 0; i < size; i += step) {
            struct slopes expected = differences(b, value, output, i, (size_t)scores[r]);
            double is = (double)out[r * size + i], near = 1e-4 * fmax(1, fabs(is));
            moving += fabs(is) > near;
            if (!(is >= expected.low - near && is <= expected.high + near))
                fail_msg("%s: output %zu, row %zu, %zu: %g, finite differences %g and %g", line, output, r, i,
                         is, expected.low, expected.high);
        }
        free(value);
    }
    if (moving == 0)
        fail_msg("%s: output %zu: no slope of those compared differs from 0", line, output);
    free(out);
}

static void gradients_are_the_slopes_of_the_scores(void **state)
{
    (void)state;
    for (size_t n = 0; n < N_NETS; n++) {
        struct bench b;
        struct sl_tap *tap;
        begin(&b, n, 2, &tap);
        for (size_t output = 0; output <= b.net->n_layers; output++)
            check_gradient(&b, tap, nets[n].line, output);
        sl_tap_free(tap);
        bench_release(&b);
    }
}

/* One row at a time, and on any number of threads, to the bit. */
static void a_row_is_the_same_alone(void **state)
{
    (void)state;
    for (size_t n = 0; n < N_NETS; n++) {
        struct bench b;
        struct sl_tap *tap, *other;
        begin(&b, n, 3, &tap);
        assert_int_equal(sl_tap_new(b.net, b.params, 1, &other, NULL), SL_OK);
        float *all = new_output(&b, 0), *one = new_output(&b, 0);
        const int32_t scores[ROWS] = {0};
        assert_int_equal(sl_tap_gradient(tap, &b.view, scores, 0, all, NULL), SL_OK);
        for (size_t r = 0; r < ROWS; r += 4) {
            struct sl_view row = b.view;
            row.n = 1;
            row.x = b.x + r * row.d;
            assert_int_equal(sl_tap_gradient(other, &row, scores, 0, one, NULL), SL_OK);
            assert_memory_equal(one, all + r * row.d, row.d * sizeof *one);
        }
        free(all);
        free(one);
        sl_tap_free(tap);
        sl_tap_free(other);
        bench_release(&b);
    }
}

/* Prediction computes layers together; the scores become the same probabilities. */
static void the_last_output_is_what_is_predicted(void **state)
{
    (void)state;
    for (size_t n = 0; n < N_NETS; n++) {
        const struct sl_predictor_options options = {.threads = 2};
        struct bench b;
        struct sl_tap *tap;
        struct sl_predictor *predictor;
        float p[ROWS * CLASSES], scores[ROWS * CLASSES], made[ROWS * CLASSES];
        begin(&b, n, 2, &tap);
        assert_int_equal(sl_predictor_new(b.net, &options, &predictor, NULL), SL_OK);
        assert_int_equal(sl_predict(predictor, b.params, &b.view, present, p, NULL), SL_OK);
        assert_int_equal(sl_tap_activations(tap, &b.view, b.net->n_layers, scores, NULL), SL_OK);
        if (b.net->logistic)
            sl_logistic(scores, ROWS, present, made);
        else
            sl_softmax(memcpy(made, scores, sizeof made), ROWS, CLASSES, present);
        for (size_t i = 0; i < ROWS * b.net->classes; i++)
            assert_float_equal(made[i], p[i], 1e-5);
        sl_predictor_free(predictor);
        sl_tap_free(tap);
        bench_release(&b);
    }
}

/* Names and wrong requests --------------------------------------------------------------------------- */

static void outputs_have_names(void **state)
{
    static const struct {
        const char *name;
        size_t output;
    } right[] = {{"input", 0}, {"conv1", 1},   {"relu1", 2},  {"conv2", 4},
                 {"conv", 4},  {"flatten", 5}, {"dense1", 6}, {"dense", 6}};
    static const struct {
        const char *name, *text;
    } wrong[] = {
        {"conv3", "the net has no layer 'conv3' (did you mean conv"},
        {"", "the net has no layer ''"},
        {"conf1", "(did you mean conv1?)"},
        {"conv0", "no layer 'conv0'"},
        {"conv1x", "no layer 'conv1x'"},
        {"conv99999999999999999999999", "no layer"},
        {"99", "no layer '99'"},
        {"dropout1", "such as conv1"},
    };
    struct sl_net *net;
    size_t output;
    (void)state;
    assert_int_equal(sl_net_new("conv 4 3x3, relu, maxpool 2, conv 5 2x2, flatten, dense classes",
                                (struct sl_shape){8, 8, 1}, CLASSES, &net, NULL),
                     SL_OK);
    for (size_t i = 0; i < sizeof right / sizeof *right; i++) {
        assert_int_equal(sl_net_output(net, right[i].name, &output, NULL), SL_OK);
        assert_int_equal(output, right[i].output);
    }
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct sl_error err = {0};
        assert_int_equal(sl_net_output(net, wrong[i].name, &output, &err), SL_EUSAGE);
        if (!strstr(err.text, wrong[i].text))
            fail_msg("%s: '%s' does not hold '%s'", wrong[i].name, err.text, wrong[i].text);
    }
    sl_net_free(net);
}

static void wrong_requests_are_refused(void **state)
{
    struct bench b;
    struct sl_tap *tap;
    struct sl_error err = {0};
    float out[ROWS * 21];
    int32_t scores[ROWS] = {0};
    (void)state;
    begin(&b, 0, 1, &tap);
    assert_int_equal(sl_tap_activations(tap, &b.view, b.net->n_layers + 1, out, &err), SL_EUSAGE);
    assert_string_equal(err.text, "output 8: the net has 7 layers");
    scores[4] = CLASSES;
    assert_int_equal(sl_tap_gradient(tap, &b.view, scores, 0, out, &err), SL_EUSAGE);
    assert_string_equal(err.text, "row 4: there is no score 3: the net has 3");
    scores[4] = -1;
    assert_int_equal(sl_tap_gradient(tap, &b.view, scores, 0, out, &err), SL_EUSAGE);
    struct sl_view narrow = b.view;
    narrow.d = 20;
    assert_int_equal(sl_tap_activations(tap, &narrow, 0, out, &err), SL_EUSAGE);
    assert_string_equal(err.text, "the rows have 20 features, but the net takes 21");
    sl_tap_free(tap);
    bench_release(&b);
    begin(&b, N_NETS - 1, 1, &tap);
    scores[4] = 2;
    assert_int_equal(sl_tap_gradient(tap, &b.view, scores, 0, out, &err), SL_EUSAGE);
    assert_string_equal(err.text, "row 4: there is no score 2: the net has 2");
    sl_tap_free(tap);
    bench_release(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(activations_are_the_layers_outputs),
        cmocka_unit_test(gradients_are_the_slopes_of_the_scores),
        cmocka_unit_test(a_row_is_the_same_alone),
        cmocka_unit_test(the_last_output_is_what_is_predicted),
        cmocka_unit_test(outputs_have_names),
        cmocka_unit_test(wrong_requests_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
