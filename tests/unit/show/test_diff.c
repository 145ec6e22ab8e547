/* test_diff.c - two studies side by side: which rows belong together, tests and intervals, costs,
 * regressions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "unit/study_fixture.h"
#include <shortlist/diff.h>

enum { N = 400, K = 4 };

static const char split[] = "00112233445566778899aabbccddeeff";

struct pair {
    int32_t *truth[2];
    struct sl_study *study[2];
    struct sl_table *table[2];
    struct sl_diff *diff;
};

/* One row a name; wrong: rows of N that it gets wrong, from `first` on. */
static void add_row(struct sl_study *study, size_t r, const char *name, size_t first, size_t wrong,
                    const int32_t *truth, double seconds)
{
    study->rows[r] = fixture_row(name, "knn", 1);
    fixture_score(&study->rows[r].outcomes[0], truth, N, K, first, wrong, seconds);
    strcpy(study->rows[r].outcomes[0].split, split);
    snprintf(study->rows[r].outcomes[0].key, 33, "%032zu", r);
}

/* Each study has its own copy of the labels, as those of two stores have. */
static struct pair begin(size_t n_before, size_t n_after)
{
    struct pair p = {0};
    for (int i = 0; i < 2; i++) {
        p.truth[i] = fixture_truth(N, K);
        p.study[i] = fixture_study(i ? "after" : "before", i ? n_after : n_before, K);
    }
    return p;
}

static int compare(struct pair *p, int metric, struct sl_diff_options options, struct sl_error *err)
{
    for (int i = 0; i < 2; i++)
        if (sl_table_make(p->study[i], &p->table[i], err) || sl_table_rank(p->table[i], metric, ".", err))
            fail_msg("%s", err->text);
    return sl_diff_make(&(struct sl_diff_side){p->table[0], "."}, &(struct sl_diff_side){p->table[1], "."},
                        &options, &p->diff, err);
}

static const struct sl_diff_options by_noise = {NAN, NAN};

static void compare_well(struct pair *p, int metric, struct sl_diff_options options)
{
    struct sl_error err = {0};
    if (compare(p, metric, options, &err))
        fail_msg("%s", err.text);
}

static void end(struct pair *p)
{
    sl_diff_free(p->diff);
    for (int i = 0; i < 2; i++) {
        sl_table_free(p->table[i]);
        fixture_free(p->study[i]);
        free(p->truth[i]);
    }
}

static const struct sl_diff_row *find(const struct pair *p, const char *name)
{
    for (size_t i = 0; i < p->diff->n; i++) {
        const struct sl_diff_row *row = &p->diff->rows[i];
        if (strcmp((row->after ? row->after : row->before)->row->name, name) == 0)
            return row;
    }
    fail_msg("no row %s", name);
    return NULL;
}

static void test_paired(void **state)
{
    (void)state;
    struct pair p = begin(3, 3);
    add_row(p.study[0], 0, "same", 0, 40, p.truth[0], 1);
    add_row(p.study[1], 0, "same", 0, 40, p.truth[1], 1);
    add_row(p.study[0], 1, "worse", 0, 40, p.truth[0], 1);
    add_row(p.study[1], 1, "worse", 0, 52, p.truth[1], 1); /* 12 more, none fewer */
    add_row(p.study[0], 2, "luck", 0, 40, p.truth[0], 1);
    add_row(p.study[1], 2, "luck", 20, 44, p.truth[1], 1); /* 24 more, 20 fewer */
    compare_well(&p, -1, by_noise);
    const struct sl_diff_row *worse = find(&p, "worse"), *luck = find(&p, "luck");
    assert_true(find(&p, "same")->paired && find(&p, "same")->p == 1);
    assert_true(worse->paired);
    assert_true(fabs(worse->change + 0.03) < 1e-12);
    /* The intervals of the two overlap: only the pairs tell.  Exact binomial, times 3. */
    assert_true(fabs(worse->p - 3 * sl_mcnemar(12, 0)) < 1e-12);
    assert_true(worse->after->ci_high > worse->before->ci_low);
    assert_int_equal(worse->score, SL_CHANGE_WORSE);
    assert_int_equal(worse->score_regressed, 1);
    assert_int_equal(luck->score, SL_CHANGE_NONE);
    assert_int_equal(p.diff->n_compared, 3);
    assert_int_equal(p.diff->n_regressed, 1);
    end(&p);
}

/* The paired bootstrap finds by another metric what the pairs tell; nothing where predictions are the same.
 */
static void test_paired_metric(void **state)
{
    (void)state;
    struct pair p = begin(2, 2);
    for (int i = 0; i < 2; i++) {
        add_row(p.study[i], 0, "same", 0, 40, p.truth[i], 1);
        add_row(p.study[i], 1, "better", 0, i ? 30 : 42, p.truth[i], 1);
    }
    compare_well(&p, SL_MEASURE_f1_macro, by_noise);
    assert_true(find(&p, "same")->p == 1);
    assert_int_equal(find(&p, "better")->score, SL_CHANGE_BETTER);
    assert_true(find(&p, "better")->p < 0.05);
    assert_int_equal(p.diff->n_regressed, 0);
    end(&p);
}

/* Another split, or other labels under the same name: no pairs. */
static void test_intervals(void **state)
{
    (void)state;
    for (int way = 0; way < 2; way++) {
        struct pair p = begin(2, 2);
        for (int i = 0; i < 2; i++) {
            add_row(p.study[i], 0, "near", 0, i ? 52 : 40, p.truth[i], 1);
            add_row(p.study[i], 1, "far", 0, i ? 90 : 40, p.truth[i], 1);
        }
        if (way)
            p.truth[1][N - 1] = 0;
        else
            for (int r = 0; r < 2; r++)
                p.study[1]->rows[r].outcomes[0].split[0] = 'f';
        compare_well(&p, -1, by_noise);
        assert_false(find(&p, "near")->paired);
        assert_int_equal(find(&p, "near")->score, SL_CHANGE_NONE);
        assert_int_equal(find(&p, "far")->score, SL_CHANGE_WORSE);
        /* 0.90 and 0.775 of 400: z is about 4.9 (pooled), here by Wilson's intervals. */
        assert_true(find(&p, "far")->p < 1e-5 && find(&p, "far")->p > 1e-8);
        end(&p);
    }
}

static void test_rows_belong_together(void **state)
{
    (void)state;
    struct pair p = begin(3, 3);
    add_row(p.study[0], 0, "kept", 0, 4, p.truth[0], 1);
    add_row(p.study[0], 1, "old name", 0, 5, p.truth[0], 1);
    add_row(p.study[0], 2, "gone", 0, 6, p.truth[0], 1);
    add_row(p.study[1], 0, "new", 0, 7, p.truth[1], 1);
    add_row(p.study[1], 1, "new name", 0, 5, p.truth[1], 1);
    add_row(p.study[1], 2, "kept", 0, 4, p.truth[1], 1);
    fixture_text(&p.study[0]->rows[0].params_json, "{\"C\": 1, \"gamma\": \"scale\"}");
    fixture_text(&p.study[1]->rows[2].params_json, "{\"C\": 10, \"gamma\": \"scale\", \"later\": 2}");
    fixture_text(&p.study[0]->rows[1].params_json, "{\"C\": 5}");
    fixture_text(&p.study[1]->rows[1].params_json, "{\"C\": 5}");
    fixture_text(&p.study[1]->rows[0].params_json, "{\"C\": 7}");
    compare_well(&p, -1, by_noise);
    assert_int_equal(p.diff->n, 4);
    assert_string_equal(find(&p, "kept")->before->row->name, "kept");
    assert_string_equal(find(&p, "kept")->settings, "C 1 -> 10, later none -> 2");
    assert_string_equal(find(&p, "new name")->before->row->name, "old name");
    assert_string_equal(find(&p, "new name")->settings, "name old name -> new name");
    assert_null(find(&p, "new")->before);
    assert_null(find(&p, "gone")->after);
    assert_int_equal(p.diff->n_regressed, 0);
    end(&p);
}

static void test_tolerance(void **state)
{
    (void)state;
    for (int way = 0; way < 2; way++) {
        struct pair p = begin(1, 1);
        for (int i = 0; i < 2; i++)
            add_row(p.study[i], 0, "row", 0, i ? 42 : 40, p.truth[i], 1); /* half a point */
        compare_well(&p, -1, (struct sl_diff_options){way ? 0.4 : 0.5, NAN});
        assert_int_equal(find(&p, "row")->score, SL_CHANGE_NONE);
        assert_int_equal(find(&p, "row")->score_regressed, way);
        end(&p);
    }
}

/* A status that is not ok any more, whatever is tolerated. */
static void test_status(void **state)
{
    (void)state;
    struct pair p = begin(2, 2);
    for (int i = 0; i < 2; i++) {
        add_row(p.study[i], 0, "broken", 0, 4, p.truth[i], 1);
        add_row(p.study[i], 1, "mended", 0, 4, p.truth[i], 1);
        p.study[i]->rows[1 - i].outcomes[0].status = SL_TRIAL_CRASHED;
    }
    compare_well(&p, -1, (struct sl_diff_options){100, NAN});
    assert_int_equal(find(&p, "broken")->score_regressed, 1);
    assert_int_equal(find(&p, "mended")->score_regressed, 0);
    assert_int_equal(find(&p, "broken")->score, SL_CHANGE_UNKNOWN);
    end(&p);
}

static void set_costs(struct sl_study *study, size_t r, double seconds, int64_t bytes, int64_t model)
{
    struct sl_outcome *o = &study->rows[r].outcomes[0];
    o->fit_time = seconds;
    o->score_time = 0.0001 * seconds;
    o->peak_memory = bytes;
    o->model_bytes = model;
}

/* A time that was not measured before is no time that has grown. */
static void test_unmeasured(void **state)
{
    (void)state;
    struct pair p = begin(1, 1);
    for (int i = 0; i < 2; i++)
        add_row(p.study[i], 0, "row", 0, 4, p.truth[i], 5);
    set_costs(p.study[0], 0, NAN, -1, -1);
    compare_well(&p, -1, (struct sl_diff_options){NAN, 2});
    const struct sl_diff_row *row = find(&p, "row");
    for (int id = 0; id < SL_N_COSTS; id++)
        assert_true(isnan(row->costs[id].ratio) && row->costs[id].change == SL_CHANGE_UNKNOWN);
    assert_false(row->time_regressed);
    end(&p);
}

static void test_costs(void **state)
{
    (void)state;
    struct pair p = begin(2, 2);
    for (int i = 0; i < 2; i++) {
        add_row(p.study[i], 0, "more", 0, 4, p.truth[i], 1);
        add_row(p.study[i], 1, "short", 0, 4, p.truth[i], 1);
        set_costs(p.study[i], 0, i ? 3.2 : 2, i ? 12 << 20 : 10 << 20, i ? 1000 : 1005);
        set_costs(p.study[i], 1, i ? 0.009 : 0.001, i ? 900 << 10 : 9 << 10, i ? 900 : 1000);
    }
    compare_well(&p, -1, (struct sl_diff_options){NAN, 1.55});
    const struct sl_diff_row *more = find(&p, "more"), *brief = find(&p, "short");
    assert_int_equal(p.diff->times_compare, 1);
    assert_true(fabs(more->costs[SL_COST_FIT_TIME].ratio - 1.6) < 1e-12);
    assert_int_equal(more->costs[SL_COST_FIT_TIME].change, SL_CHANGE_WORSE);
    assert_int_equal(more->costs[SL_COST_SCORE_TIME].change, SL_CHANGE_NONE); /* both below 10 ms */
    assert_int_equal(more->costs[SL_COST_MEMORY].change, SL_CHANGE_WORSE);
    assert_int_equal(more->costs[SL_COST_MODEL].change, SL_CHANGE_NONE);
    assert_int_equal(brief->costs[SL_COST_FIT_TIME].change, SL_CHANGE_NONE);
    assert_int_equal(brief->costs[SL_COST_MEMORY].change, SL_CHANGE_NONE);
    assert_int_equal(brief->costs[SL_COST_MODEL].change, SL_CHANGE_BETTER);
    assert_true(more->time_regressed && !brief->time_regressed);
    end(&p);
}

/* Several timing runs: their spread counts in the place of the factor, and short times are compared. */
static void test_timing_runs(void **state)
{
    (void)state;
    struct pair p = begin(3, 3);
    for (int i = 0; i < 2; i++) {
        const double std[] = {0.01, 0.4, 0.0001}, before[] = {1, 1, 0.002}, after[] = {1.2, 1.2, 0.003};
        for (size_t r = 0; r < 3; r++) {
            add_row(p.study[i], r, (const char *[]){"steady", "noisy", "short"}[r], 0, 4, p.truth[i],
                    i ? after[r] : before[r]);
            struct sl_outcome *o = &p.study[i]->rows[r].outcomes[0];
            o->fit_time_std = std[r];
            o->fit_runs = 10;
        }
    }
    compare_well(&p, -1, (struct sl_diff_options){NAN, 1.4});
    assert_int_equal(find(&p, "steady")->costs[SL_COST_FIT_TIME].change, SL_CHANGE_WORSE);
    assert_int_equal(find(&p, "noisy")->costs[SL_COST_FIT_TIME].change, SL_CHANGE_NONE);
    assert_int_equal(find(&p, "short")->costs[SL_COST_FIT_TIME].change, SL_CHANGE_WORSE);
    assert_false(find(&p, "steady")->time_regressed);
    assert_true(find(&p, "short")->time_regressed);
    end(&p);
}

/* Times of another machine, with other threads or beside other trials are not judged. */
static void test_conditions(void **state)
{
    (void)state;
    for (int way = 0; way < 4; way++) {
        struct pair p = begin(1, 1);
        for (int i = 0; i < 2; i++)
            add_row(p.study[i], 0, "row", 0, 4, p.truth[i], i ? 5 : 1);
        if (way == 0)
            fixture_text(&p.study[1]->machine, "{\"cpu\": \"Another CPU\", \"cores\": 2}");
        if (way == 1)
            p.study[1]->rows[0].outcomes[0].threads = 1;
        if (way == 2)
            p.study[0]->rows[0].outcomes[0].shared = 1;
        compare_well(&p, -1, by_noise);
        const char *const said[] = {"Another machine: cpu Example CPU -> Another CPU",
                                    "Times: threads 2 to 2 -> 1 to 1",
                                    "Times: measured beside other trials before"};
        assert_int_equal(p.diff->times_compare, way == 3);
        assert_int_equal(find(&p, "row")->costs[SL_COST_FIT_TIME].change,
                         way == 3 ? SL_CHANGE_WORSE : SL_CHANGE_UNKNOWN);
        assert_int_equal(p.diff->n_settings, way < 3);
        if (way < 3)
            assert_string_equal(p.diff->settings[0], said[way]);
        end(&p);
    }
}

static void test_settings(void **state)
{
    (void)state;
    struct pair p = begin(1, 1);
    for (int i = 0; i < 2; i++)
        add_row(p.study[i], 0, "row", 0, 4, p.truth[i], 1);
    p.study[0]->n_train = 100;
    p.study[1]->n_train = 200;
    p.study[1]->seed = 7;
    fixture_text(&p.study[1]->data_hash, "fedcba98765432100123456789abcdef");
    fixture_text(&p.study[0]->machine,
                 "{\"cpu\": \"x\", \"shortlist\": \"0.1.0\", \"libraries\": {\"GSL\": \"2.7\"}}");
    fixture_text(&p.study[1]->machine,
                 "{\"cpu\": \"x\", \"shortlist\": \"0.2.0\", \"libraries\": {\"GSL\": \"2.8\"}}");
    compare_well(&p, -1, by_noise);
    assert_int_equal(p.diff->n_settings, 3);
    assert_string_equal(p.diff->settings[0], "Other data: content 0123456789ab -> fedcba987654");
    assert_string_equal(p.diff->settings[1], "Other settings: training rows 100 -> 200, seed 42 -> 7");
    assert_string_equal(p.diff->settings[2], "Other program: shortlist 0.1.0 -> 0.2.0, GSL 2.7 -> 2.8");
    assert_int_equal(p.diff->times_compare, 1);
    end(&p);
}

static void test_refused(void **state)
{
    (void)state;
    struct sl_error err = {0};
    struct pair p = begin(1, 1);
    for (int i = 0; i < 2; i++)
        add_row(p.study[i], 0, "row", 0, 4, p.truth[i], 1);
    fixture_text(&p.study[1]->classes[K - 1], "another");
    assert_int_equal(compare(&p, -1, by_noise, &err), SL_EUSAGE);
    assert_non_null(strstr(err.text, "other classes"));
    assert_null(p.diff);
    end(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_paired),     cmocka_unit_test(test_paired_metric),
        cmocka_unit_test(test_intervals),  cmocka_unit_test(test_rows_belong_together),
        cmocka_unit_test(test_tolerance),  cmocka_unit_test(test_status),
        cmocka_unit_test(test_costs),      cmocka_unit_test(test_timing_runs),
        cmocka_unit_test(test_unmeasured), cmocka_unit_test(test_conditions),
        cmocka_unit_test(test_settings),   cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
