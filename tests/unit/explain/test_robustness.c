/* Distortions against small cases by hand, and how many disturbed rows are right. */
#include "core/threads.h"
#include <math.h>
#include <setjmp.h>
#include <shortlist/shortlist.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { SIDE = 5, N = SIDE * SIDE };
static const struct sl_image square = {SIDE, SIDE, 1};
static float in[N], out[N];

static size_t find(const char *name)
{
    struct sl_error err;
    size_t i = 0;
    assert_int_equal(sl_distortion_find(name, &i, &err), SL_OK);
    return i;
}

static void distort(const char *name, double strength, uint64_t id)
{
    struct sl_error err;
    assert_int_equal(sl_distort(find(name), strength, &square, 255, 7, id, in, out, &err), SL_OK);
}

static void clear(float value)
{
    for (int i = 0; i < N; i++)
        in[i] = value;
}

/* The one pixel that is not 0. */
static int where(void)
{
    int at = -1;
    for (int i = 0; i < N; i++)
        if (out[i] != 0) {
            assert_int_equal(at, -1);
            at = i;
        }
    return at;
}

static void test_shift_goes_one_way(void **state)
{
    unsigned ways = 0;
    (void)state;
    clear(0);
    in[12] = 200;
    for (uint64_t id = 0; id < 64; id++) {
        distort("shift", 1, id);
        const int one = where();
        distort("shift", 2, id);
        const int two = where();
        const int down = one / SIDE - 2, right = one % SIDE - 2;
        assert_true(out[two] == 200);
        assert_int_equal(two, (2 + 2 * down) * SIDE + 2 + 2 * right);
        ways |= 1u << (3 * (down + 1) + right + 1);
    }
    assert_int_equal(ways, 0x1ef); /* all but staying where it is */
}

static void test_turn_and_scale(void **state)
{
    int left = 0, right = 0;
    (void)state;
    for (int i = 0; i < N; i++)
        in[i] = (float)i;
    for (uint64_t id = 0; id < 16; id++) {
        distort("rotation", 90, id);
        int one = 1, other = 1;
        for (int y = 0; y < SIDE; y++)
            for (int x = 0; x < SIDE; x++) {
                one &= out[y * SIDE + x] == in[x * SIDE + SIDE - 1 - y];
                other &= out[y * SIDE + x] == in[(SIDE - 1 - x) * SIDE + y];
            }
        assert_true(one ^ other);
        left += one;
        right += other;
    }
    assert_true(left && right);
    distort("scale", 1, 0);
    assert_memory_equal(out, in, sizeof in);
    /* Half: two steps in the picture for each; beyond it the median of the edge, 0 ... 4, 5, 9, ... 20
     * ... 24. */
    distort("scale", .5, 0);
    assert_true(out[12] == in[12] && out[13] == in[14] && out[6] == in[0]);
    clear(9);
    in[12] = 100;
    distort("scale", .5, 0);
    assert_true(out[0] == 9 && out[12] == 100);
    distort("scale", .8, 0); /* 1.25 away: nothing of the middle */
    assert_true(out[12] == 100 && out[11] == 9);
}

static void test_levels(void **state)
{
    (void)state;
    clear(100);
    in[0] = 0;
    in[1] = 200;
    distort("contrast", .5, 0);
    assert_true(out[0] == 50 && out[1] == 150 && out[2] == 100);
    distort("brightness", .4, 0);
    assert_true(out[0] == (float).4 * 255 && out[1] == 255);
}

static void test_occlusion_lies_inside(void **state)
{
    int first = -1, moved = 0;
    (void)state;
    clear(0);
    for (uint64_t id = 0; id < 32; id++) {
        int n = 0, top = SIDE, bottom = 0, corner = -1;
        distort("occlusion", .4, id); /* two of five pixels */
        for (int i = 0; i < N; i++)
            if (out[i] != 0) {
                assert_true(out[i] == 127.5f);
                n++;
                corner = corner < 0 ? i : corner;
                top = i / SIDE < top ? i / SIDE : top;
                bottom = i / SIDE > bottom ? i / SIDE : bottom;
            }
        assert_int_equal(n, 4);
        assert_int_equal(bottom, top + 1);
        moved |= first >= 0 && corner != first;
        first = corner;
    }
    assert_true(moved);
}

static void test_noise(void **state)
{
    enum { ROWS = 400 };
    double sum = 0, squares = 0;
    float weak[N], again[N];
    (void)state;
    clear(127);
    for (uint64_t id = 0; id < ROWS; id++) {
        distort("noise", .1, id);
        for (int i = 0; i < N; i++) {
            sum += (double)out[i] - 127;
            squares += pow((double)out[i] - 127, 2);
        }
    }
    assert_true(fabs(sum / (ROWS * N)) < 5 * 25.5 / sqrt(ROWS * N));
    assert_true(fabs(sqrt(squares / (ROWS * N)) / 25.5 - 1) < .03);
    distort("noise", .05, 3);
    memcpy(weak, out, sizeof out);
    distort("noise", .05, 3);
    assert_memory_equal(weak, out, sizeof out);
    distort("noise", .1, 3); /* the same noise, twice as strong */
    for (int i = 0; i < N; i++)
        assert_true(fabsf(out[i] - 127 - 2 * (weak[i] - 127)) < 1e-3f);
    memcpy(again, out, sizeof out);
    distort("noise", .1, 4);
    assert_memory_not_equal(again, out, sizeof out);
}

static void test_blur(void **state)
{
    double weight = 1;
    (void)state;
    clear(60);
    distort("blur", 1, 0);
    for (int i = 0; i < N; i++)
        assert_true(fabsf(out[i] - 60) < 1e-4f);
    clear(0);
    in[12] = 200;
    distort("blur", .5, 0);
    for (int r = 1; r <= 2; r++)
        weight += 2 * exp(-2. * r * r);
    assert_true(fabs((double)out[12] - 200 / (weight * weight)) < 1e-3);
    assert_true(fabs((double)out[13] - 200 * exp(-2) / (weight * weight)) < 1e-3);
    assert_true(out[11] == out[13] && out[7] == out[17]);
}

/* A block of one level has but its first coefficient, 8 times the level above 128, which 16 and 80 divide. */
static void test_blocks(void **state)
{
    (void)state;
    clear(130);
    distort("jpeg", 50, 0);
    assert_true(fabsf(out[7] - 130) < 1e-3f);
    clear(129.9f); /* 15.2 / 16 */
    distort("jpeg", 50, 0);
    assert_true(fabsf(out[7] - 130) < 1e-3f);
    clear(128.9f); /* 7.2 / 16 */
    distort("jpeg", 50, 0);
    assert_true(fabsf(out[7] - 128) < 1e-3f);
    clear(135); /* 56 / 80 */
    distort("jpeg", 10, 0);
    assert_true(fabsf(out[7] - 138) < 1e-3f);
}

static void test_unknown_name(void **state)
{
    struct sl_error err;
    size_t i;
    (void)state;
    assert_int_equal(sl_distortion_find("nois", &i, &err), SL_EUSAGE);
    assert_non_null(strstr(err.text, "noise"));
}

static void test_counts_on_any_threads(void **state)
{
    struct sl_error err;
    struct sl_dataset *data = NULL;
    struct sl_model *model = NULL;
    const struct sl_fit_options how = {.scaling = SL_SCALE_MINMAX, .seed = 1};
    size_t right[2][16][SL_STRENGTHS], plain = 0;
    int32_t labels[1100];
    (void)state;
    sl_thread_operations = 1;
    assert_int_equal(
        sl_dataset_open("synthetic:1100", SL_PART_TRAIN, &(struct sl_read_options){0}, &data, &err), SL_OK);
    const struct sl_view view = sl_dataset_view(data);
    assert_int_equal(sl_model_fit(sl_classifier_find("nearest_centroid", &err), NULL, data, NULL, &how, NULL,
                                  &model, &err),
                     SL_OK);
    assert_int_equal(sl_model_predict(model, &view, 1, labels, &err), SL_OK);
    for (size_t i = 0; i < view.n; i++)
        plain += labels[i] == view.y[i];
    for (int t = 0; t < 2; t++) {
        struct sl_robustness result = {.right = right[t]};
        const struct sl_robustness_options options = {.seed = 3, .threads = 1 + 2 * t};
        assert_int_equal(sl_robustness_measure(model, &view, view.y, &options, &result, &err), SL_OK);
        assert_int_equal(result.n, 1100);
        assert_int_equal(result.undisturbed, plain);
    }
    assert_memory_equal(right[0], right[1], sl_distortion_count() * sizeof right[0][0]);
    /* The strongest takes something away, and nothing is counted twice. */
    for (size_t i = 0; i < sl_distortion_count(); i++)
        assert_true(right[0][i][0] <= 1100);
    assert_true(right[0][find("shift")][4] < plain);
    /* A table has no places. */
    struct sl_view table = view;
    struct sl_robustness result = {.right = right[0]};
    table.image = (struct sl_image){0};
    assert_int_equal(
        sl_robustness_measure(model, &table, view.y, &(struct sl_robustness_options){0}, &result, &err),
        SL_EUSAGE);
    assert_non_null(strstr(err.text, "distortions are of images"));
    sl_model_free(model);
    sl_dataset_free(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_shift_goes_one_way),
                                       cmocka_unit_test(test_turn_and_scale),
                                       cmocka_unit_test(test_levels),
                                       cmocka_unit_test(test_occlusion_lies_inside),
                                       cmocka_unit_test(test_noise),
                                       cmocka_unit_test(test_blur),
                                       cmocka_unit_test(test_blocks),
                                       cmocka_unit_test(test_unknown_name),
                                       cmocka_unit_test(test_counts_on_any_threads)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
