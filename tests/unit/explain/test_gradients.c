/* test_gradients.c - maps from gradients: against finite differences of the scores, integrated gradients that
 * add up, SmoothGrad without noise, Grad-CAM against a case by hand, refusals, and the same bytes on any
 * number of threads. */
#include "explain_fixture.h"

enum { ROWS = 7 };

static const char *const nets[] = {
    "net=conv 4 3x3, tanh, avgpool 2, flatten, dense classes; epochs=1",
    "net=conv 4 3x3, batchnorm, elu, maxpool 2, residual 4, globalavgpool, dense classes; epochs=1",
    ("net=conv 4 3x3, denseblock 2 3, relu, maxpool 2, dropout .2, flatten, dense 8, sigmoid, dense classes; "
     "epochs=1"),
};

static double slope(const struct scene *s, const float *x, size_t j, int32_t class, double by)
{
    float *moved = malloc(s->rows.d * sizeof *moved);
    memcpy(moved, x, s->rows.d * sizeof *moved);
    moved[j] = x[j] + (float)by;
    double high = scene_score(s, moved, class);
    moved[j] = x[j] - (float)by;
    double low = scene_score(s, moved, class);
    free(moved);
    return (high - low) / (2 * by);
}

/* Of a column, by which it is scaled. */
static double deviation(const struct scene *s, size_t j)
{
    const float *x = s->rows.x;
    double sum = 0, squares = 0, n = (double)s->rows.n;
    for (size_t i = 0; i < s->rows.n; i++) {
        sum += (double)x[i * s->rows.d + j];
        squares += pow((double)x[i * s->rows.d + j], 2);
    }
    return sqrt(squares / n - pow(sum / n, 2));
}

static void gradients_are_finite_differences(void **state)
{
    (void)state;
    struct scene s;
    scene_table(&s, "mlp", "hidden_layer_sizes=8,5; activation=tanh; max_iter=20", 200, 6, 3, 0);
    struct sl_explained out = scene_explain(&s, (struct sl_explain_options){.method = "gradient"}, ROWS, 2);
    for (size_t p = 0; p < ROWS * 2; p++)
        for (size_t j = 0; j < 6; j++) {
            const float *x = (const float *)s.rows.x + p / 2 * 6;
            const double width = deviation(&s, j);
            double expected = width * slope(&s, x, j, (int32_t)((p / 2 + p % 2) % 3), .01 * width);
            double is = (double)out.values[p * 6 + j];
            if (!(fabs(is - expected) <= 1e-3))
                fail_msg("pair %zu, column %zu: %g, expected %g", p, j, is, expected);
        }
    scene_forget(&out);
    scene_release(&s);
}

/* Pixels are scaled by 1 / 255. */
static void gradients_of_pixels_are_finite_differences(void **state)
{
    (void)state;
    struct scene s;
    float x[784];
    scene_images(&s, "cnn", nets[0], 0);
    struct sl_explained out = scene_explain(&s, (struct sl_explain_options){.method = "gradient"}, 2, 1);
    for (size_t i = 0; i < 2; i++) {
        double most = 0, off = 0;
        for (size_t j = 0; j < 784; j++)
            x[j] = (float)((const uint8_t *)s.rows.x)[i * 784 + j];
        for (size_t j = 100; j < 784; j += 17) {
            if (x[j] < 2 || x[j] > 253) /* pixels stay bytes */
                continue;
            double expected = 255 * slope(&s, x, j, (int32_t)i, 2);
            most = fmax(most, fabs(expected));
            off = fmax(off, fabs(expected - (double)out.values[i * 784 + j]));
        }
        assert_true(most > 1e-3);
        if (!(off < .02 * most))
            fail_msg("row %zu: %g off, of %g", i, off, most);
    }
    scene_forget(&out);
    scene_release(&s);
}

static void integrated_gradients_add_up(void **state)
{
    (void)state;
    for (size_t n = 0; n < sizeof nets / sizeof *nets; n++) {
        struct scene s;
        scene_images(&s, "cnn", nets[n], 0);
        struct sl_explained out =
            scene_explain(&s, (struct sl_explain_options){.method = "integrated-gradients"}, 20, 2);
        for (size_t p = 0; p < 40; p++) { /* within 1 %, but where the two scores are all but the same */
            const struct sl_explained_score *t = &out.score[p];
            const double wanted = t->score - t->base, same = 1e-4 * (fabs(t->score) + fabs(t->base));
            if (!(fabs(t->sum - wanted) <= .01 * fabs(wanted) + same))
                fail_msg("%s: %g of %g", nets[n], t->sum, wanted);
        }
        scene_forget(&out);
        scene_release(&s);
    }
}

/* One step is the gradient half way. */
static void one_step_is_the_gradient_half_way(void **state)
{
    (void)state;
    struct scene s;
    uint8_t even[784], half[784];
    scene_images(&s, "cnn", nets[0], 0);
    for (size_t j = 0; j < 784; j++) {
        half[j] = ((const uint8_t *)s.rows.x)[j] / 2;
        even[j] = (uint8_t)(2 * half[j]);
    }
    s.rows.x = even;
    struct sl_explained out =
        scene_explain(&s, (struct sl_explain_options){.method = "integrated-gradients", .samples = 1}, 1, 1);
    s.rows.x = half;
    struct sl_explained gradient = scene_explain(&s, (struct sl_explain_options){.method = "gradient"}, 1, 1);
    for (size_t j = 0; j < 784; j++)
        assert_float_equal(out.values[j], gradient.values[j] * (float)even[j] / 255, 1e-5);
    scene_forget(&out);
    scene_forget(&gradient);
    scene_release(&s);
}

static void little_noise_is_the_gradient(void **state)
{
    (void)state;
    struct scene s;
    scene_images(&s, "cnn", nets[0], 0);
    struct sl_explained plain = scene_explain(&s, (struct sl_explain_options){.method = "gradient"}, 3, 1);
    struct sl_explained smooth = scene_explain(
        &s, (struct sl_explain_options){.method = "smoothgrad", .noise = 1e-6, .samples = 4}, 3, 1);
    struct sl_explained noisy =
        scene_explain(&s, (struct sl_explain_options){.method = "smoothgrad", .samples = 4}, 3, 1);
    double apart = 0;
    for (size_t j = 0; j < 3 * 784; j++) {
        assert_float_equal(plain.values[j], smooth.values[j], 1e-4);
        apart = fmax(apart, fabs((double)plain.values[j] - (double)noisy.values[j]));
    }
    assert_true(apart > 1e-3);
    scene_forget(&plain);
    scene_forget(&smooth);
    scene_forget(&noisy);
    scene_release(&s);
}

/* Grad-CAM ----------------------------------------------------------------------------------------- */

/* A net whose one filter passes on the pixel in the middle of its window, and whose head reads the mean of
 * it: the score is 2 mean(pixels 1 ... 26), so that the gradient at each of 676 pixels is 2 / 676, the weight
 * of the channel likewise, and the map 2 / 676 pixel. */
static void grad_cam_is_the_case_by_hand(void **state)
{
    (void)state;
    struct scene s;
    scene_images(&s, "cnn", "net=conv 1 3x3, relu, globalavgpool, dense classes; epochs=1", 0);
    const struct sl_network *network = sl_model_payload(s.model);
    memset(network->params, 0, network->net->n_params * sizeof(float));
    network->params[4] = 1;         /* the middle of 9 weights; the bias is behind them */
    for (size_t c = 0; c < 10; c++) /* then the head's (1, 10) */
        network->params[10 + c] = c < 5 ? 2 : -2;
    struct sl_explained out = scene_explain(&s, (struct sl_explain_options){.method = "grad-cam"}, 10, 1);
    for (size_t i = 0; i < 10; i++) {
        assert_int_equal(out.score[i].blank, i >= 5);
        /* The map's middle: where the images' pixels and the map's are furthest apart by least. */
        const uint8_t *x = (const uint8_t *)s.rows.x + i * 784;
        double sum = 0, expected = 0;
        for (size_t j = 0; j < 784; j++)
            sum += (double)out.values[i * 784 + j];
        for (size_t y = 1; y < 27; y++)
            for (size_t column = 1; column < 27; column++)
                expected += i < 5 ? 2. / 676 * x[y * 28 + column] / 255 : 0;
        if (!(fabs(sum - expected) <= .05 * expected + 1e-9))
            fail_msg("row %zu: %g, expected %g", i, sum, expected);
    }
    /* Bilinear: pixel (14, 14) of 28 lies at (14.5 26 / 28 - .5) of 26, which is 12.964 both ways. */
    const uint8_t *x = s.rows.x;
    double at = 14.5 * 26 / 28 - .5 - 12, value[2][2];
    for (size_t v = 0; v < 2; v++)
        for (size_t u = 0; u < 2; u++)
            value[v][u] = 2. / 676 * x[(13 + v) * 28 + 13 + u] / 255;
    double above = value[0][0] * (1 - at) + value[0][1] * at,
           below = value[1][0] * (1 - at) + value[1][1] * at;
    assert_float_equal(out.values[14 * 28 + 14], (above * (1 - at) + below * at) * 676 / 784, 1e-6);
    scene_forget(&out);
    scene_release(&s);
}

static void refused(const struct scene *s, struct sl_explain_options options, const char *text)
{
    struct sl_explained out;
    struct sl_error err = {0};
    assert_int_equal(scene_try(s, options, 1, 1, &out, &err), SL_EUSAGE);
    assert_holds(err.text, text);
    scene_forget(&out);
}

static void what_can_not_be_explained_is_refused(void **state)
{
    (void)state;
    struct scene s;
    scene_table(&s, "mlp", "max_iter=5", 100, 4, 3, 0);
    refused(&s, (struct sl_explain_options){.method = "grad-cam"}, "needs a convolution layer");
    refused(&s, (struct sl_explain_options){.method = "grad-cam"}, "integrated-gradients");
    refused(&s, (struct sl_explain_options){.method = "grad-kam"}, "did you mean grad-cam");
    scene_release(&s);
    scene_table(&s, "knn", "", 100, 4, 3, 0);
    refused(&s, (struct sl_explain_options){.method = "gradient"}, "knn is none");
    scene_release(&s);
    scene_images(&s, "cnn", nets[0], 0);
    refused(&s, (struct sl_explain_options){.method = "grad-cam", .layer = "conv7"}, "conv");
    refused(&s, (struct sl_explain_options){.method = "grad-cam", .layer = "flatten"}, "several pixels");
    scene_release(&s);
}

static void threads_change_nothing(void **state)
{
    (void)state;
    static const char *const methods[] = {"gradient", "smoothgrad", "integrated-gradients", "grad-cam"};
    for (size_t n = 1; n < sizeof nets / sizeof *nets; n++) {
        struct scene s;
        scene_images(&s, "cnn", nets[n], 0);
        for (size_t m = 0; m < 4; m++) {
            struct sl_explain_options options = {.method = methods[m], .samples = m ? 6 : 0, .seed = 3};
            options.threads = 1;
            struct sl_explained one = scene_explain(&s, options, 9, 2);
            options.threads = 4;
            struct sl_explained four = scene_explain(&s, options, 9, 2);
            assert_memory_equal(one.values, four.values, 9 * 2 * 784 * sizeof(float));
            scene_forget(&one);
            scene_forget(&four);
        }
        scene_release(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gradients_are_finite_differences),
        cmocka_unit_test(gradients_of_pixels_are_finite_differences),
        cmocka_unit_test(integrated_gradients_add_up),
        cmocka_unit_test(one_step_is_the_gradient_half_way),
        cmocka_unit_test(little_noise_is_the_gradient),
        cmocka_unit_test(grad_cam_is_the_case_by_hand),
        cmocka_unit_test(what_can_not_be_explained_is_refused),
        cmocka_unit_test(threads_change_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
