/* test_linear_group.c - linear classifiers that are fitted together, beside separate fits: sgd, perceptron,
 * passive_aggressive and linear_svm to the last bit; logreg, whose sums have another order, to the same
 * optimum, or for as many iterations. */
#include "group_fixture.h"

static const struct clouds kinds[] = {
    {.n = 400, .k = 4},             /* bytes */
    {.n = 400, .k = 4, .zeros = 7}, /* mostly 0 */
    {.n = 400, .k = 4, .floats = 1},
    {.n = 300, .k = 3, .lonely = 1, .zeros = 7},  /* a class that one fold does not fit */
    {.n = 300, .k = 3, .lonely = 1, .floats = 1}, /* the same */
    {.n = 300, .k = 2, .lonely = 1},              /* one class alone in one fold */
};

enum { KINDS = sizeof kinds / sizeof *kinds };

/* Some converge after a few iterations, some are stopped before. */
static void test_logreg(void **state)
{
    (void)state;
    for (size_t i = 0; i < KINDS; i++) {
        struct problem p;
        setup(&p, "logreg", &kinds[i]);
        p.exact = 0;
        add(&p, "C=0.001 tol=1e-5");
        add(&p, "C=0.01 max_iter=3");
        add(&p, "C=0.1 class_weight=balanced tol=0.001 max_iter=1000");
        add(&p, "C=1 tol=0.001 fit_intercept=false max_iter=1000");
        add(&p, "C=0.1 tol=0.001 multi_class=ovr max_iter=1000");
        add(&p, "C=0.1 tol=0.001 multi_class=ovr class_weight=balanced max_iter=1000");
        add(&p, "C=10 max_iter=5");
        run(&p, 1);
        run(&p, 3);
        teardown(&p);
    }
}

/* So few columns that they are multiplied as vectors. */
static void test_narrow(void **state)
{
    (void)state;
    for (size_t i = 0; i < KINDS; i++) {
        struct problem p;
        setup(&p, "logreg", &kinds[i]);
        p.exact = 0;
        add(&p, "C=0.1 tol=0.001 max_iter=1000");
        run(&p, 2);
        teardown(&p);
    }
}

static void test_sgd(void **state)
{
    (void)state;
    for (size_t i = 0; i < KINDS; i++) {
        struct problem p;
        setup(&p, "sgd", &kinds[i]);
        add(&p, "alpha=1e-05 max_iter=30");
        add(&p, "alpha=0.01");
        add(&p, "loss=log_loss alpha=0.001 class_weight=balanced");
        add(&p, "penalty=l1 max_iter=10");
        add(&p, "penalty=elasticnet max_iter=10");
        for (int most = 1; most < 1000;
             most *= 6) { /* one training: values that end first, and that converge */
            char text[32];
            snprintf(text, sizeof text, "alpha=0.01 max_iter=%d", most);
            add(&p, text);
        }
        add(&p, "early_stopping=true learning_rate=adaptive eta0=0.1 max_iter=20");
        add(&p, "shuffle=false max_iter=5");
        run(&p, 1);
        run(&p, 3);
        teardown(&p);
    }
}

static void test_perceptron(void **state)
{
    (void)state;
    for (size_t i = 0; i < KINDS; i++) {
        struct problem p;
        setup(&p, "perceptron", &kinds[i]);
        add(&p, "max_iter=30");
        add(&p, "penalty=l2 alpha=0.01 eta0=0.1");
        add(&p, "penalty=l1 max_iter=10 class_weight=balanced");
        run(&p, 1);
        run(&p, 3);
        teardown(&p);
    }
}

static void test_passive_aggressive(void **state)
{
    (void)state;
    for (size_t i = 0; i < KINDS; i++) {
        struct problem p;
        setup(&p, "passive_aggressive", &kinds[i]);
        add(&p, "max_iter=30");
        add(&p, "C=0.001 early_stopping=true max_iter=20");
        add(&p, "loss=squared_hinge C=0.1 class_weight=balanced");
        run(&p, 1);
        run(&p, 3);
        teardown(&p);
    }
}

static void test_linear_svm(void **state)
{
    (void)state;
    for (size_t i = 0; i < KINDS; i++) {
        struct problem p;
        setup(&p, "linear_svm", &kinds[i]);
        add(&p, "C=0.01");
        add(&p, "C=1 class_weight=balanced");
        add(&p, "C=0.1 loss=hinge");
        add(&p, "C=0.1 dual=true fit_intercept=false");
        add(&p, "C=10 max_iter=2");
        run(&p, 1);
        run(&p, 3);
        teardown(&p);
    }
}

/* Fewer members than threads: the threads share each fit. */
static void test_few(void **state)
{
    static const char *const types[] = {"logreg", "sgd", "linear_svm"};
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct problem p;
        setup(&p, types[i], &kinds[0]);
        p.exact = i > 0;
        add(&p, "tol=0.001");
        run(&p, 8);
        teardown(&p);
    }
}

/* Values so far apart that rows are divided: by another number in the fold that lacks the far row. */
static void test_far(void **state)
{
    struct problem p;
    (void)state;
    setup(&p, "linear_svm", &(struct clouds){.n = 300, .k = 3, .floats = 1, .far = 1e8f});
    add(&p, "C=0.1 max_iter=50");
    p.left_out = 1;
    run(&p, 2);
    teardown(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_logreg),
        cmocka_unit_test(test_narrow),
        cmocka_unit_test(test_sgd),
        cmocka_unit_test(test_perceptron),
        cmocka_unit_test(test_passive_aggressive),
        cmocka_unit_test(test_linear_svm),
        cmocka_unit_test(test_few),
        cmocka_unit_test(test_far),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
