/* test_costs.c - what a unit costs on any number of rows, from sizes whose costs follow a known law. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "study/costs.h"
#include <math.h>
#include <string.h>

/* 2 ms and 3 us n^1.5 to fit, 1 us n a scored row, 100 bytes a row. */
static struct sl_sample sample_of(size_t n)
{
    const double rows = (double)n;
    return (struct sl_sample){.n_fit = n,
                              .n_score = 200,
                              .fit = 2e-3 + 3e-6 * pow(rows, 1.5),
                              .score = 200 * 1e-6 * rows,
                              .bytes = 100 * rows,
                              .n_iter = NAN};
}

static void is_within(double value, double expected, double share)
{
    if (!(fabs(value - expected) <= share * expected))
        fail_msg("%g, expected %g", value, expected);
}

static void what_was_measured_whole_is_a_size(void **state)
{
    struct sl_costs costs = {.members = 1, .n_fit = 4000, .n_score = 200, .cap = NAN};
    (void)state;
    strcpy(costs.reason, "too few rows for three samples");
    for (size_t n = 1000; n <= 4000; n *= 2) {
        assert_true(*costs.reason);
        const struct sl_sample sample = sample_of(n);
        sl_costs_add(&costs, &sample);
    }
    assert_string_equal(costs.reason, "");
    const struct sl_sample again = sample_of(4000), smaller = sample_of(100);
    sl_costs_add(&costs, &again);
    sl_costs_add(&costs, &smaller);
    assert_int_equal(costs.count, 3);
}

static void costs_follow_their_laws(void **state)
{
    struct sl_costs costs = {.members = 1, .n_fit = 32000, .n_score = 200, .cap = NAN};
    (void)state;
    for (size_t n = 1000; n <= 32000; n *= 2) {
        const struct sl_sample sample = sample_of(n);
        sl_costs_add(&costs, &sample);
    }
    const struct sl_sample far = sample_of(256000);
    is_within(sl_costs_fit(&costs, 256000), far.fit, 0.1);
    is_within(sl_costs_score(&costs, 256000, 200), far.score, 0.1);
    is_within(sl_costs_score(&costs, 256000, 1000), 5 * far.score, 0.1);
    is_within(sl_costs_bytes(&costs, 256000), far.bytes, 0.1);
    assert_true(sl_costs_fit_error(&costs, 256000) >= 1.1 && sl_costs_fit_error(&costs, 256000) < 1.5);
    assert_true(sl_costs_score_error(&costs, 256000) >= 1.1 && sl_costs_score_error(&costs, 256000) < 1.5);
}

/* Another process that takes the machine makes a sample longer, and never a shorter one of more rows. */
static void a_disturbed_size_is_put_right(void **state)
{
    struct sl_costs costs = {.members = 1, .n_fit = 16000, .n_score = 200, .cap = NAN};
    (void)state;
    for (size_t n = 1000; n <= 16000; n *= 2) {
        struct sl_sample sample = sample_of(n);
        sample.fit = n == 4000 ? 100 : 1e-5 * (double)n;
        sample.bytes = n == 4000 ? 1e9 : sample.bytes;
        sl_costs_add(&costs, &sample);
    }
    is_within(sl_costs_fit(&costs, 64000), 0.64, 0.35);
    is_within(sl_costs_bytes(&costs, 64000), 6.4e6, 0.35);
}

/* Iterations that scatter do not run away. */
static void iterations_hardly_grow(void **state)
{
    struct sl_costs costs = {.members = 1, .n_fit = 8000, .n_score = 200, .cap = 1000};
    static const double iterations[] = {65, 80, 100};
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct sl_sample sample = sample_of(1000 << i);
        sample.n_iter = iterations[i];
        sample.fit = 1e-7 * (double)sample.n_fit * iterations[i];
        sl_costs_add(&costs, &sample);
    }
    const double seconds = sl_costs_fit(&costs, 64000);
    assert_true(seconds > 1e-7 * 64000 * 80 && seconds < 1e-7 * 64000 * 250);
}

/* Steps that have no limit grow with the rows, and what is known of their number is what decides. */
static void steps_grow_by_a_law_of_their_own(void **state)
{
    struct sl_costs costs = {.members = 1, .n_fit = 64000, .n_score = 200, .cap = INFINITY};
    (void)state;
    for (size_t n = 1000; n <= 8000; n *= 2) {
        struct sl_sample sample = sample_of(n);
        sample.n_iter = 0.5 * pow((double)n, 1.4);
        sample.fit = 1e-6 * sample.n_iter;
        sl_costs_add(&costs, &sample);
    }
    const double steps = 0.5 * pow(64000, 1.4);
    is_within(sl_costs_iterations(&costs, 64000), steps, 0.3);
    is_within(sl_costs_fit(&costs, 64000), 1e-6 * steps, 0.45);
    costs.cap = 10000;
    assert_true(sl_costs_iterations(&costs, 64000) <= 10000);
}

/* Samples that grow faster, as caches overflow, do not make a pass over the rows superlinear. */
static void passes_grow_no_faster_than_the_rows(void **state)
{
    struct sl_costs costs = {.members = 1, .n_fit = 64000, .n_score = 200, .cap = 100};
    (void)state;
    for (size_t n = 1000; n <= 8000; n *= 2) {
        struct sl_sample sample = sample_of(n);
        sample.n_iter = 100;
        sample.fit = 1e-6 * pow((double)n, 1.5);
        sl_costs_add(&costs, &sample);
    }
    const double last = 1e-6 * pow(8000, 1.5);
    assert_true(sl_costs_fit(&costs, 64000) <= 1.05 * 8 * last);
    costs.cap = NAN; /* of a method that does not iterate they do */
    assert_true(sl_costs_fit(&costs, 64000) > 1.5 * 8 * last);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_measured_whole_is_a_size),
        cmocka_unit_test(costs_follow_their_laws),
        cmocka_unit_test(a_disturbed_size_is_put_right),
        cmocka_unit_test(iterations_hardly_grow),
        cmocka_unit_test(passes_grow_no_faster_than_the_rows),
        cmocka_unit_test(steps_grow_by_a_law_of_their_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
