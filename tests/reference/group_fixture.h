/* group_fixture.h - fits of a group, compared with separate fits of the same rows. */
#ifndef SL_TESTS_GROUP_FIXTURE_H
#define SL_TESTS_GROUP_FIXTURE_H

#include "config_fixture.h"
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

enum { D = 40, FOLDS = 3, MEMBERS = 64, LONELY = 5 };

struct problem {
    const struct sl_classifier_type *type;
    struct sl_dataset *data;
    size_t n;
    enum sl_scaling_kind scaling;
    int exact;       /* to the last bit */
    size_t left_out; /* members that are to be left to fits of their own */
    uint32_t *fit[FOLDS], *score[FOLDS];
    struct sl_group_part parts[FOLDS];
    struct sl_group_member members[MEMBERS];
    size_t n_members, done;
    size_t memory; /* 0: as much as they like */
};

/* What rows are like. */
struct clouds {
    size_t n;
    int k;
    int lonely; /* the last class has one row, which one fold alone scores */
    int zeros;  /* so many of ten features are 0 */
    int floats; /* in the place of bytes */
    float far;  /* what that one row is multiplied by; 0: nothing */
};

static inline float *as_floats(const struct clouds *of, const uint8_t *x)
{
    float *out = sl_alloc(of->n * D, sizeof *out);
    for (size_t i = 0; i < of->n * D; i++)
        out[i] = (float)x[i] / 255 * (of->far > 0 && i / D == LONELY ? of->far : 1);
    return out;
}

static inline struct sl_dataset *clouds(const struct clouds *of)
{
    const size_t n = of->n;
    const int k = of->k, lonely = of->lonely;
    struct sl_rng *rng = sl_rng_new(3, "clouds");
    uint8_t *x = sl_alloc(n * D, 1);
    int32_t *y = sl_alloc(n, sizeof *y);
    struct sl_dataset *data = NULL;
    struct sl_error err = {0};
    for (size_t i = 0; i < n; i++) {
        y[i] = (int32_t)sl_rng_below(rng, (uint64_t)(lonely ? k - 1 : k));
        if (lonely && i == LONELY)
            y[i] = k - 1;
        for (size_t t = 0; t < D; t++) {
            const double v = 90 + 30 * ((y[i] + (int)t) % k) + 40 * sl_rng_normal(rng);
            const int zero = of->zeros && (int)sl_rng_below(rng, 10) < of->zeros;
            x[i * D + t] = (uint8_t)(zero || v < 0 ? 0 : v > 255 ? 255 : v);
        }
    }
    struct sl_view view = {
        .dtype = SL_U8, .n = n, .d = D, .x = x, .y = y, .k = k, .scale = 1, .image = {1, D, 1}};
    float *floats = of->floats ? as_floats(of, x) : NULL;
    if (floats) {
        view.dtype = SL_F32;
        view.x = floats;
        view.image = (struct sl_image){0};
    }
    assert_int_equal(sl_dataset_new(&view, "clouds", NULL, &data, &err), SL_OK);
    free(floats);
    free(x);
    free(y);
    sl_rng_free(rng);
    return data;
}

/* Folds of images share a scaling; floats are not scaled. */
static inline void setup(struct problem *p, const char *type, const struct clouds *of)
{
    const size_t n = of->n;
    struct sl_error err = {0};
    *p = (struct problem){
        .n = n, .data = clouds(of), .exact = 1, .scaling = of->floats ? SL_SCALE_NONE : SL_SCALE_MINMAX};
    p->type = sl_classifier_find(type, &err);
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

static inline void teardown(struct problem *p)
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
static inline void add(struct problem *p, const char *text)
{
    for (size_t f = 0; f < FOLDS; f++) {
        assert_true(p->n_members < MEMBERS);
        p->members[p->n_members++] = (struct sl_group_member){config_of(p->type, text), f, 1, "group"};
    }
}

struct separate {
    struct sl_fit_report report;
    struct sl_model *model;
    int32_t *labels;
    float *scores;
    size_t n, k, points; /* points: of the learning curve */
    double first, last;  /* their losses */
};

static inline int count_point(void *arg, const struct sl_epoch *point)
{
    struct separate *s = arg;
    if (s->points++ == 0)
        s->first = point->train_loss;
    s->last = point->train_loss;
    return 0;
}

static inline struct separate fit_alone(const struct problem *p, const struct sl_group_member *member)
{
    const struct sl_group_part *part = &p->parts[member->part];
    struct sl_dataset *train, *scored;
    struct separate s = {0};
    const struct sl_fit_options options = {
        .scaling = p->scaling, .seed = 1, .key = "group", .threads = 1, .on_epoch = count_point, .arg = &s};
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

static inline int compare(void *arg, const struct sl_group_result *result)
{
    struct problem *p = arg;
    struct separate s = fit_alone(p, &p->members[result->member]);
    assert_int_equal(result->code, SL_OK);
    assert_int_equal(result->report.converged, s.report.converged);
    if (s.points && isfinite(s.first)) {
        assert_true(result->n_curve >= 1);
        assert_true(fabs(result->curve[0].train_loss - s.first) <= 1e-5 * s.first);
        assert_true(fabs(result->curve[result->n_curve - 1].train_loss - s.last) <= 1e-3 * s.last);
        assert_true(result->curve[0].epoch == 1 && result->curve[0].seconds > 0);
    }
    if (s.report.converged == 0)
        assert_int_equal(result->report.n_iter, s.report.n_iter);
    if (p->exact) {
        assert_memory_equal(result->labels, s.labels, s.n * sizeof *s.labels);
        assert_memory_equal(result->scores, s.scores, s.n * s.k * sizeof *s.scores);
        assert_int_equal(result->model_bytes, sl_model_bytes(s.model));
        assert_int_equal(result->report.n_iter, s.report.n_iter);
        assert_int_equal(result->n_curve, s.points);
        assert_memory_equal(&result->report.objective, &s.report.objective, sizeof(double));
    } else {
        size_t other = 0;
        for (size_t i = 0; i < s.n; i++)
            other += result->labels[i] != s.labels[i];
        assert_true(other <= 1);
        assert_int_equal(isnan(result->report.objective), isnan(s.report.objective)); /* one class alone */
        assert_false(fabs(result->report.objective - s.report.objective) > 1e-4 * fabs(s.report.objective));
    }
    free(s.labels);
    free(s.scores);
    sl_model_free(s.model);
    p->done++;
    return SL_OK;
}

static inline void run(struct problem *p, int threads)
{
    const struct sl_group_options options = {
        .scaling = p->scaling, .memory = p->memory, .threads = threads, .done = compare, .arg = p};
    struct sl_error err = {0};
    p->done = 0;
    if (sl_model_fit_group(p->type, p->data, p->parts, FOLDS, p->members, p->n_members, &options, &err))
        fail_msg("%s", err.text);
    assert_int_equal(p->done, p->n_members - p->left_out);
}

#endif
