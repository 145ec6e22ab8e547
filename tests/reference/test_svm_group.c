/* test_svm_group.c - support vector machines that are fitted together on the products of their rows: each
 * comes to the optimum of its own fit within tol; with a kernel that is not positive semidefinite, on bytes,
 * by the same path, to the last bit. */
#include "group_fixture.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_kernels), cmocka_unit_test(test_poly),
                                       cmocka_unit_test(test_sigmoid), cmocka_unit_test(test_classes),
                                       cmocka_unit_test(test_linear)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
