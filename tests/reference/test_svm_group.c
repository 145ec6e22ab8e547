/* test_svm_group.c - support vector machines that are fitted together on the products of their rows: each
 * comes to the optimum of its own fit within tol; with a kernel that is not positive semidefinite, on bytes,
 * by the same path, to the last bit. */
#include "group_fixture.h"
#include "svm/group_memory.h"

/* C=100 and C=1000 at a wide gamma: no coefficient comes to its bound, and one solution serves both. */
static void test_kernels(void **state)
{
    struct problem p;
    (void)state;
    setup(&p, "svm", &(struct clouds){.n = 400, .k = 4});
    p.exact = 0;
    add(&p, "C=0.5 gamma=0.1 tol=1e-5");
    add(&p, "C=1000 gamma=1 tol=1e-5");
    add(&p, "C=100 gamma=1 tol=1e-5");
    add(&p, "C=2 tol=1e-5");
    add(&p, "C=3 class_weight=balanced gamma=0.1 tol=1e-5");
    run(&p, 1);
    run(&p, 3);
    teardown(&p);
}

static void test_poly(void **state)
{
    struct problem p;
    (void)state;
    setup(&p, "svm", &(struct clouds){.n = 400, .k = 4});
    p.exact = 0;
    add(&p, "kernel=poly degree=2 coef0=1 gamma=0.1 tol=1e-5");
    add(&p, "kernel=poly degree=3 coef0=1 gamma=0.1 C=0.1 tol=1e-5");
    run(&p, 2);
    teardown(&p);
}

static void test_sigmoid(void **state)
{
    struct problem p;
    (void)state;
    setup(&p, "svm", &(struct clouds){.n = 400, .k = 4});
    add(&p, "kernel=sigmoid gamma=0.01");
    add(&p, "kernel=sigmoid gamma=0.02 C=10");
    run(&p, 1);
    run(&p, 3);
    teardown(&p);
}

/* Two classes: one pair, which threads share; and one that a fold does not fit. */
static void test_classes(void **state)
{
    struct problem p;
    (void)state;
    setup(&p, "svm", &(struct clouds){.n = 600, .k = 2});
    p.exact = 0;
    add(&p, "C=1 gamma=0.05 tol=1e-5");
    add(&p, "C=10 gamma=0.5 tol=1e-5");
    run(&p, 2);
    teardown(&p);
    setup(&p, "svm", &(struct clouds){.n = 300, .k = 3, .lonely = 1});
    p.exact = 0;
    add(&p, "C=1 gamma=0.05 tol=1e-5");
    add(&p, "C=10 gamma=0.5 tol=1e-5");
    run(&p, 2);
    teardown(&p);
}

static void test_linear(void **state)
{
    struct problem p;
    (void)state;
    setup(&p, "svm", &(struct clouds){.n = 400, .k = 4});
    p.exact = 0;
    add(&p, "kernel=linear C=0.01 tol=1e-5");
    add(&p, "kernel=linear C=1 tol=1e-5");
    run(&p, 1);
    run(&p, 2);
    teardown(&p);
}

/* With less memory fewer threads and members are at work at once, and
 * products are made again: the results stay, those of floats, too.  Where nothing fits, nothing is begun. */
static void test_memory(void **state)
{
    static const size_t limits[] = {1600000, 1200000, 850000, 720000};
    struct problem p;
    struct sl_error err = {0};
    (void)state;
    for (int floats = 0; floats < 2; floats++) {
        setup(&p, "svm", &(struct clouds){.n = 400, .k = 4, .floats = floats});
        p.exact = 0;
        add(&p, "C=0.5 gamma=0.1 tol=1e-5");
        add(&p, "C=10 gamma=0.1 tol=1e-5");
        add(&p, "C=2 gamma=0.01 tol=1e-5");
        for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
            p.memory = limits[i];
            run(&p, 3);
        }
        const struct sl_group_options least = {
            .scaling = p.scaling, .memory = 100000, .threads = 3, .done = compare, .arg = &p};
        p.done = 0;
        assert_int_equal(
            sl_model_fit_group(p.type, p.data, p.parts, FOLDS, p.members, p.n_members, &least, &err),
            SL_ENOMEM);
        assert_int_equal(p.done, 0);
        teardown(&p);
    }
}

/* What of a group is at work at once, as there is less and less memory. */
static void test_layouts(void **state)
{
    struct sl_view rows = {.dtype = SL_U8, .n = 4000, .d = 100, .k = 4};
    const struct sl_group_part part = {.n_fit = 3000, .n_score = 1000};
    struct sl_member members[8] = {0};
    struct sl_group group = {.rows = &rows, .parts = &part, .n_parts = 1, .members = members, .n_members = 8};
    struct sl_svm_member own[8] = {0};
    size_t first[] = {0, 1000, 2000, 3000, 4000};
    struct sl_svm_run run = {
        .group = &group, .all = {.present = 4, .first = first}, .members = own, .n_members = 8};
    struct sl_svm_layout layout, last = {0};
    double largest = 0;
    (void)state;
    own[0].options.cache_size = 1;
    assert_int_equal(sl_svm_members_at_once(&group, 0, 2000, 1), 8);
    assert_int_equal(sl_svm_members_at_once(&group, 5, 2000, 1), 3);
    layout = sl_svm_layout_of(&run, 2000, 4);
    assert_true(layout.threads == 4 && !layout.together && layout.within);
    layout = sl_svm_layout_of(&run, 2000, 7); /* pairs: 6 */
    assert_true(layout.threads == 7 && layout.together && layout.within);
    for (size_t megabytes = 200; megabytes > 22; megabytes--) {
        group.memory = megabytes * 1000000;
        layout = sl_svm_layout_of(&run, 2000, 4);
        const double grams = layout.together ? 1 : layout.threads;
        const double taken = grams * 16 + layout.threads * 1.2 + 16.0 * layout.within;
        assert_true(taken <= (double)megabytes);
        largest = taken > largest ? taken : largest;
        if (megabytes < 200)
            assert_true(layout.threads <= last.threads);
        last = layout;
    }
    assert_true(largest > 80); /* four threads, all at hand */
    assert_true(last.threads == 1 && last.together && !last.within);
    group.memory = 22000000;
    assert_in_range(sl_svm_members_at_once(&group, 0, 2000, 1), 1, 7);
    group.memory = 16000000;
    assert_int_equal(sl_svm_members_at_once(&group, 0, 2000, 1), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_kernels), cmocka_unit_test(test_poly),
                                       cmocka_unit_test(test_sigmoid), cmocka_unit_test(test_classes),
                                       cmocka_unit_test(test_linear),  cmocka_unit_test(test_memory),
                                       cmocka_unit_test(test_layouts)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
