/* test_svm_group.c - support vector machines that are fitted together on the products of their rows: on
 * bytes, with any kernel but the linear one, each is that of its own fit to the last bit; with the linear
 * kernel both come to the same optimum within tol. */
#include "core/memory.h"
#include "model/model.h"
#include <math.h>
#include <setjmp.h>
#include <shortlist/shortlist.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { D = 40, FOLDS = 3, MEMBERS = 32 };

struct problem {
    const struct sl_classifier_type *type;
    struct sl_dataset *data;
    size_t n;
    int exact;
    uint32_t *fit[FOLDS], *score[FOLDS];
    struct sl_group_part parts[FOLDS];
    struct sl_group_member members[MEMBERS];
    size_t n_members, done;
};

/* Clouds of bytes that meet; lonely: the last class has one row, which one fold alone scores. */
static struct sl_dataset *clouds(size_t n, int k, int lonely)
{
    struct sl_rng *rng = sl_rng_new(3, "clouds");
    uint8_t *x = sl_alloc(n * D, 1);
    int32_t *y = sl_alloc(n, sizeof *y);
    struct sl_dataset *data = NULL;
    struct sl_error err = {0};
    for (size_t i = 0; i < n; i++) {
        y[i] = (int32_t)sl_rng_below(rng, (uint64_t)(lonely ? k - 1 : k));
        if (lonely && i == 5)
            y[i] = k - 1;
        for (size_t t = 0; t < D; t++) {
            const double v = 90 + 30 * ((y[i] + (int)t) % k) + 40 * sl_rng_normal(rng);
            x[i * D + t] = (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : v);
        }
    }
    const struct sl_view view = {
        .dtype = SL_U8, .n = n, .d = D, .x = x, .y = y, .k = k, .scale = 1, .image = {1, D, 1}};
    assert_int_equal(sl_dataset_new(&view, "clouds", NULL, &data, &err), SL_OK);
    free(x);
    free(y);
    sl_rng_free(rng);
    return data;
}

static void setup(struct problem *p, size_t n, int k, int lonely)
{
    struct sl_error err = {0};
    *p = (struct problem){.n = n, .data = clouds(n, k, lonely), .exact = 1};
    p->type = sl_classifier_find("svm", &err);
    for (size_t f = 0; f < FOLDS; f++) {
        struct sl_group_part *part = &p->parts[f];
        p->fit[f] = sl_alloc(n, sizeof(uint32_t));
        p->score[f] = sl_alloc(n, sizeof(uint32_t));
        part->fit = p->fit[f];
        part->score = p->score[f];
        for (uint32_t i = 0; i < n; i++)
            if (i % FOLDS == f)
                p->score[f][part->n_score++] = i;
            else
                p->fit[f][part->n_fit++] = i;
    }
}

static void teardown(struct problem *p)
{
    for (size_t f = 0; f < FOLDS; f++) {
        free(p->fit[f]);
        free(p->score[f]);
    }
    for (size_t m = 0; m < p->n_members; m++)
        free((void *)p->members[m].config);
    sl_dataset_free(p->data);
}

/* One member for each fold, with the hyperparameters of a text like "C=1 gamma=0.1". */
static void add(struct problem *p, const char *text)
{
    for (size_t f = 0; f < FOLDS; f++) {
        void *config = sl_alloc_zero(1, p->type->config_size);
        struct sl_error err = {0};
        char copy[128], *rest = copy;
        snprintf(copy, sizeof copy, "%s", text);
        sl_config_default(p->type->params, config);
        for (char *word; (word = strtok_r(rest, " ", &rest));) {
            char *value = strchr(word, '=');
            *value++ = 0;
            assert_int_equal(sl_config_set(p->type->params, config, word, value, &err), SL_OK);
        }
        assert_true(p->n_members < MEMBERS);
        p->members[p->n_members++] = (struct sl_group_member){config, f, 1, "svm"};
    }
}

struct separate {
    struct sl_fit_report report;
    struct sl_model *model;
    int32_t *labels;
    float *scores;
    size_t n, k;
};

static struct separate fit_alone(const struct problem *p, const struct sl_group_member *member)
{
    const struct sl_group_part *part = &p->parts[member->part];
    const struct sl_fit_options options = {.scaling = SL_SCALE_MINMAX, .seed = 1, .key = "svm", .threads = 1};
    struct sl_dataset *train, *scored;
    struct separate s = {0};
    struct sl_error err = {0};
    assert_int_equal(sl_dataset_take(p->data, part->fit, part->n_fit, &train, &err), SL_OK);
    assert_int_equal(sl_dataset_take(p->data, part->score, part->n_score, &scored, &err), SL_OK);
    if (sl_model_fit(p->type, member->config, train, NULL, &options, &s.report, &s.model, &err))
        fail_msg("%s", err.text);
    const struct sl_view x = sl_dataset_view(scored);
    s.n = x.n;
    s.k = (size_t)x.k;
    s.labels = sl_alloc(s.n, sizeof *s.labels);
    s.scores = sl_alloc(s.n * s.k, sizeof *s.scores);
    assert_int_equal(sl_model_predict(s.model, &x, 1, s.labels, &err), SL_OK);
    assert_int_equal(sl_model_scores(s.model, &x, 1, s.scores, &err), SL_OK);
    sl_dataset_free(train);
    sl_dataset_free(scored);
    return s;
}

static int compare(void *arg, const struct sl_group_result *result)
{
    struct problem *p = arg;
    struct separate s = fit_alone(p, &p->members[result->member]);
    assert_int_equal(result->code, SL_OK);
    assert_int_equal(result->report.converged, s.report.converged);
    if (p->exact) {
        assert_memory_equal(result->labels, s.labels, s.n * sizeof *s.labels);
        assert_memory_equal(result->scores, s.scores, s.n * s.k * sizeof *s.scores);
        assert_int_equal(result->model_bytes, sl_model_bytes(s.model));
        assert_int_equal(result->report.n_iter, s.report.n_iter);
        assert_memory_equal(&result->report.objective, &s.report.objective, sizeof(double));
    } else {
        size_t other = 0;
        for (size_t i = 0; i < s.n; i++)
            other += result->labels[i] != s.labels[i];
        assert_true(other <= 1);
        assert_true(fabs(result->report.objective - s.report.objective) <= 1e-4 * fabs(s.report.objective));
    }
    free(s.labels);
    free(s.scores);
    sl_model_free(s.model);
    p->done++;
    return SL_OK;
}

static void run(struct problem *p, int threads)
{
    const struct sl_group_options options = {
        .scaling = SL_SCALE_MINMAX, .threads = threads, .done = compare, .arg = p};
    struct sl_error err = {0};
    p->done = 0;
    if (sl_model_fit_group(p->type, p->data, p->parts, FOLDS, p->members, p->n_members, &options, &err))
        fail_msg("%s", err.text);
    assert_int_equal(p->done, p->n_members);
}

/* C=100 and C=1000 at a wide gamma: no coefficient comes to its bound, and one solution serves both. */
static void test_kernels(void **state)
{
    struct problem p;
    (void)state;
    setup(&p, 400, 4, 0);
    add(&p, "C=0.5 gamma=0.1");
    add(&p, "C=1000 gamma=1");
    add(&p, "C=100 gamma=1");
    add(&p, "C=2");
    add(&p, "kernel=poly degree=2 coef0=1 gamma=0.1");
    add(&p, "kernel=sigmoid gamma=0.01");
    add(&p, "C=3 class_weight=balanced gamma=0.1");
    add(&p, "C=3 max_iter=20 gamma=0.1");
    run(&p, 1);
    run(&p, 3);
    teardown(&p);
}

/* Two classes: one pair, which threads share; and one that a fold does not fit. */
static void test_classes(void **state)
{
    struct problem p;
    (void)state;
    setup(&p, 600, 2, 0);
    add(&p, "C=1 gamma=0.05");
    add(&p, "C=10 gamma=0.5");
    run(&p, 2);
    teardown(&p);
    setup(&p, 300, 3, 1);
    add(&p, "C=1 gamma=0.05");
    add(&p, "C=10 gamma=0.5");
    run(&p, 2);
    teardown(&p);
}

static void test_linear(void **state)
{
    struct problem p;
    (void)state;
    setup(&p, 400, 4, 0);
    p.exact = 0;
    add(&p, "kernel=linear C=0.01 tol=1e-5");
    add(&p, "kernel=linear C=1 tol=1e-5");
    run(&p, 1);
    run(&p, 2);
    teardown(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_kernels), cmocka_unit_test(test_classes),
                                       cmocka_unit_test(test_linear)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
