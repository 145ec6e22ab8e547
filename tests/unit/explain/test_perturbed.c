/* test_perturbed.c - occlusion, LIME, Kernel SHAP and GradientSHAP: against linear models, whose values are
 * known, and exact Shapley values; superpixels; the same on any number of threads. */
#include "explain/regions.h"
#include "explain_fixture.h"

enum { N = 300, D = 6, K = 3 };

/* A table's model on columns as they are. */
static void unscaled_table(struct scene *s, const char *classifier, const char *settings, size_t d,
                           size_t behind)
{
    scene_table(s, classifier, settings, N, d, K, behind);
    sl_model_free(s->model);
    s->model = scene_fit(classifier, settings, s->data, SL_SCALE_NONE);
}

static double largest(const struct sl_explained *out, size_t n)
{
    double most = 0;
    for (size_t i = 0; i < n; i++)
        most = fmax(most, fabs((double)out->values[i]));
    return most;
}

/* Values of two methods are one, up to a share of the largest. */
static void same_values(const struct scene *s, struct sl_explain_options a, struct sl_explain_options b,
                        size_t n, double within)
{
    struct sl_explained one = scene_explain(s, a, n, 2), other = scene_explain(s, b, n, 2);
    const size_t size = n * 2 * s->rows.d;
    const double most = largest(&other, size);
    assert_true(most > 0);
    for (size_t i = 0; i < size; i++)
        if (!(fabs((double)one.values[i] - (double)other.values[i]) <= within * most))
            fail_msg("%s and %s, %zu: %g and %g", a.method, b.method, i, (double)one.values[i],
                     (double)other.values[i]);
    scene_forget(&one);
    scene_forget(&other);
}

static void lime_recovers_a_linear_model(void **state)
{
    (void)state;
    struct scene s;
    unscaled_table(&s, "logreg", "", D, 1);
    struct sl_explain_options lime = {.method = "lime", .samples = 3000, .agreement = 1};
    same_values(&s, lime, (struct sl_explain_options){.method = "linear-shap"}, 10, .01);
    struct sl_explained out = scene_explain(&s, lime, 10, 2);
    for (size_t p = 2; p < 20; p++) /* row 0 is the background's */
        if (!(out.score[p].fit > .999 && out.score[p].fit <= 1 && out.score[p].agreement > .9))
            fail_msg("%zu: R2 %g, agreement %g", p, out.score[p].fit, out.score[p].agreement);
    scene_forget(&out);
    scene_release(&s);
}

static void lime_tells_a_poor_fit(void **state)
{
    (void)state;
    struct scene s;
    unscaled_table(&s, "tree", "", D, 20);
    struct sl_explained out = scene_explain(&s, (struct sl_explain_options){.method = "lime"}, 10, 1);
    for (size_t p = 0; p < 10; p++)
        assert_true((out.score[p].fit < .9 || isnan(out.score[p].fit)) && isnan(out.score[p].agreement));
    scene_forget(&out);
    scene_release(&s);
}

/* What other seeds give lies as far apart as the standard error says. */
static void lime_states_the_spread_over_seeds(void **state)
{
    enum { SEEDS = 16, ROWS = 10 };
    (void)state;
    struct scene s;
    struct sl_explained out[SEEDS];
    double squares = 0, stated = 0;
    unscaled_table(&s, "tree", "", D, 20);
    for (uint64_t seed = 0; seed < SEEDS; seed++)
        out[seed] = scene_explain(&s, (struct sl_explain_options){.method = "lime", .seed = seed}, ROWS, 1);
    for (size_t p = 0; p < ROWS; p++) {
        double most = 0;
        for (size_t j = 0; j < D; j++) {
            double sum = 0, sum2 = 0;
            for (int seed = 0; seed < SEEDS; seed++) {
                sum += (double)out[seed].values[p * D + j];
                sum2 += pow((double)out[seed].values[p * D + j], 2);
            }
            most = fmax(most, (sum2 - sum * sum / SEEDS) / (SEEDS - 1));
        }
        squares += most;
        stated += pow(out[0].score[p].deviation, 2);
    }
    if (!(squares > 0 && squares < 3 * stated && stated < 3 * squares))
        fail_msg("standard error %g, spread %g", sqrt(stated), sqrt(squares));
    for (int seed = 0; seed < SEEDS; seed++)
        scene_forget(&out[seed]);
    scene_release(&s);
}

static void occlusion_of_a_linear_model_is_its_part(void **state)
{
    (void)state;
    struct scene s;
    const struct sl_explain_options linear = {.method = "linear-shap"};
    unscaled_table(&s, "logreg", "", D, 9);
    same_values(&s, (struct sl_explain_options){.method = "occlusion"}, linear, 10, 1e-5);
    scene_release(&s);
    scene_images(&s, "logreg", "", 0);
    same_values(&s, (struct sl_explain_options){.method = "occlusion", .window = 1}, linear, 3, 1e-4);
    scene_release(&s);
}

/* A window of 2 by steps of 1 on the corner: one window covers it, of 4 pixels. */
static void windows_are_shared_by_their_pixels(void **state)
{
    (void)state;
    struct scene s;
    scene_images(&s, "logreg", "", 0);
    struct sl_explained pixel = scene_explain(&s, (struct sl_explain_options){.method = "linear-shap"}, 1, 1);
    struct sl_explained pairs =
        scene_explain(&s, (struct sl_explain_options){.method = "occlusion", .window = 2}, 1, 1);
    const float *v = pixel.values;
    assert_float_equal(pairs.values[0], (v[0] + v[1] + v[28] + v[29]) / 4, 1e-5);
    const size_t at = 10 * 28 + 10;
    float sum = 0;
    for (int dy = -1; dy <= 0; dy++)
        for (int dx = -1; dx <= 0; dx++)
            for (int q = 0; q < 4; q++)
                sum += v[(int)at + (dy + q / 2) * 28 + dx + q % 2] / 16;
    assert_float_equal(pairs.values[at], sum, 1e-5);
    scene_forget(&pixel);
    scene_forget(&pairs);
    scene_release(&s);
}

/* With all coalitions. */
static void kernel_shap_is_exact_for_few_columns(void **state)
{
    (void)state;
    static const struct {
        const char *classifier, *exact;
    } cases[] = {{"tree", "tree-shap-interventional"},
                 {"forest", "tree-shap-interventional"},
                 {"logreg", "linear-shap"}};
    for (size_t i = 0; i < 3; i++) {
        struct scene s;
        unscaled_table(&s, cases[i].classifier, "", D, 8);
        struct sl_explain_options kernel = {.method = "kernel-shap"};
        same_values(&s, kernel, (struct sl_explain_options){.method = cases[i].exact}, 8, 2e-6);
        struct sl_explained out = scene_explain(&s, kernel, 8, 1);
        for (size_t p = 0; p < 8; p++)
            assert_true(out.score[p].deviation == 0);
        scene_forget(&out);
        scene_release(&s);
    }
}

/* With some of them: within four standard errors, which are neither 0 nor so large that they say nothing. */
static void kernel_shap_is_within_its_stated_error(void **state)
{
    (void)state;
    struct scene s;
    unscaled_table(&s, "tree", "max_depth=8", 14, 5);
    struct sl_explained exact =
        scene_explain(&s, (struct sl_explain_options){.method = "tree-shap-interventional"}, 12, 2);
    for (int samples = 300; samples <= 3000; samples *= 10) {
        struct sl_explained kernel = scene_explain(
            &s, (struct sl_explain_options){.method = "kernel-shap", .samples = samples}, 12, 2);
        double squares = 0, stated = 0;
        for (size_t p = 0; p < 24; p++) {
            const double error = kernel.score[p].deviation;
            double most = 0;
            for (size_t j = 0; j < 14; j++)
                most = fmax(most, fabs((double)kernel.values[p * 14 + j] - (double)exact.values[p * 14 + j]));
            if (!(most <= 4 * error + 1e-6))
                fail_msg("%d samples, %zu: off by %g, stated %g", samples, p, most, error);
            assert_true(sl_explained_error(&kernel.score[p]) < 1e-4 ||
                        fabs(kernel.score[p].score - kernel.score[p].base) < 1e-3);
            squares += most * most;
            stated += error * error;
        }
        assert_true(squares > stated / 25);
        scene_forget(&kernel);
    }
    scene_forget(&exact);
    scene_release(&s);
}

/* Regions of a linear model add up, so that drawn coalitions are exact. */
static void kernel_shap_of_regions_is_their_sum(void **state)
{
    (void)state;
    struct scene s;
    scene_images(&s, "logreg", "", 0);
    struct sl_explained pixel = scene_explain(&s, (struct sl_explain_options){.method = "linear-shap"}, 2, 2);
    struct sl_explained out = scene_explain(
        &s,
        (struct sl_explain_options){.method = "kernel-shap", .segments = SL_SEGMENTS_GRID, .samples = 400}, 2,
        2);
    for (size_t p = 0; p < 4; p++)
        for (size_t y = 0; y < 7; y++)
            for (size_t x = 0; x < 7; x++) {
                double sum = 0;
                for (size_t q = 0; q < 16; q++)
                    sum += (double)pixel.values[p * 784 + (4 * y + q / 4) * 28 + 4 * x + q % 4];
                assert_float_equal(out.values[p * 784 + 4 * y * 28 + 4 * x] * 16, sum, 1e-3);
            }
    scene_forget(&pixel);
    scene_forget(&out);
    scene_release(&s);
}

static void gradient_shap_adds_up(void **state)
{
    (void)state;
    struct scene s;
    scene_images(&s, "cnn",
                 "net=conv 4 3x3, relu, maxpool 2, flatten, dense 10, relu, dense classes; epochs=1", 9);
    struct sl_explained out =
        scene_explain(&s, (struct sl_explain_options){.method = "gradient-shap", .samples = 10}, 10, 2);
    for (size_t p = 0; p < 20; p++) {
        assert_true(sl_explained_error(&out.score[p]) < .01);
        assert_true(isfinite(out.score[p].rest) && out.score[p].deviation > 0);
    }
    scene_forget(&out);
    scene_release(&s);
    /* A net without bends, one background row: each sample is the whole. */
    scene_table(&s, "mlp", "activation=identity; max_iter=20", N, D, K, 1);
    same_values(&s, (struct sl_explain_options){.method = "gradient-shap", .samples = 3},
                (struct sl_explain_options){.method = "integrated-gradients"}, 10, 1e-5);
    scene_release(&s);
}

/* Superpixels ----------------------------------------------------------------------------------------- */

/* Every region is one connected piece. */
static void check_connected(const int32_t *labels, int h, int w, size_t n)
{
    int *seen = calloc((size_t)(h * w), sizeof *seen), *part = malloc((size_t)(h * w) * sizeof *part);
    size_t pieces = 0;
    for (int i = 0; i < h * w; i++) {
        int count = 1;
        assert_in_range(labels[i], 0, n - 1);
        if (seen[i])
            continue;
        pieces++;
        part[0] = i;
        seen[i] = 1;
        for (int at = 0; at < count; at++) {
            const int y = part[at] / w, x = part[at] % w;
            const int around[4] = {y > 0 ? part[at] - w : -1, y + 1 < h ? part[at] + w : -1,
                                   x > 0 ? part[at] - 1 : -1, x + 1 < w ? part[at] + 1 : -1};
            for (int a = 0; a < 4; a++)
                if (around[a] >= 0 && !seen[around[a]] && labels[around[a]] == labels[i]) {
                    seen[around[a]] = 1;
                    part[count++] = around[a];
                }
        }
    }
    assert_int_equal(pieces, n);
    free(seen);
    free(part);
}

static void superpixels_follow_edges(void **state)
{
    (void)state;
    float x[30 * 20];
    int32_t labels[30 * 20];
    for (int i = 0; i < 600; i++) /* an edge that no grid has */
        x[i] = i % 20 + i / 20 / 4 < 13 ? 0 : 200;
    for (int wanted = 4; wanted <= 60; wanted += 14) {
        size_t n = sl_slic(x, 30, 20, 1, 255, wanted, labels), crossing = 0;
        assert_in_range(n, 2, 2 * wanted + 2);
        check_connected(labels, 30, 20, n);
        for (int i = 0; i < 600; i++)
            for (int j = 0; j < i; j++)
                crossing += labels[i] == labels[j] && x[i] != x[j];
        assert_int_equal(crossing, 0);
    }
    memset(x, 0, sizeof x); /* nothing to follow: a grid */
    size_t n = sl_slic(x, 30, 20, 1, 255, 24, labels);
    assert_int_equal(n, 24);
    check_connected(labels, 30, 20, n);
    assert_int_equal(sl_slic(x, 1, 1, 1, 255, 49, labels), 1);
    assert_int_equal(sl_slic(x, 2, 3, 1, 255, 1, labels), 1);
}

static void threads_change_nothing(void **state)
{
    (void)state;
    static const char *const methods[] = {"occlusion", "lime", "kernel-shap", "gradient-shap"};
    struct scene s;
    scene_images(&s, "cnn", "net=conv 4 3x3, relu, maxpool 2, flatten, dense classes; epochs=1", 2);
    for (size_t m = 0; m < 4; m++) {
        struct sl_explain_options options = {.method = methods[m], .samples = 60, .regions = 9, .threads = 1};
        struct sl_explained one = scene_explain(&s, options, 3, 2);
        options.threads = 4;
        struct sl_explained four = scene_explain(&s, options, 3, 2);
        assert_memory_equal(one.values, four.values, 3 * 2 * 784 * sizeof(float));
        scene_forget(&one);
        scene_forget(&four);
    }
    scene_release(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lime_recovers_a_linear_model),
        cmocka_unit_test(lime_tells_a_poor_fit),
        cmocka_unit_test(lime_states_the_spread_over_seeds),
        cmocka_unit_test(occlusion_of_a_linear_model_is_its_part),
        cmocka_unit_test(windows_are_shared_by_their_pixels),
        cmocka_unit_test(kernel_shap_is_exact_for_few_columns),
        cmocka_unit_test(kernel_shap_is_within_its_stated_error),
        cmocka_unit_test(kernel_shap_of_regions_is_their_sum),
        cmocka_unit_test(gradient_shap_adds_up),
        cmocka_unit_test(superpixels_follow_edges),
        cmocka_unit_test(threads_change_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
