/* test_scores.c - scores of the classes in 16 bits: how exact they are, which are kept, and records of them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "study/outcome.h"
#include "study/scores.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static void probabilities_are_rounded(void **state)
{
    (void)state;
    static const float scores[] = {0, 1, 0.25f, 0.75f, 1.0f / 3, 2.0f / 3};
    struct sl_scores s;
    assert_int_equal(sl_scores_pack(scores, 3, 2, 1, SL_KEEP_ALL, &s), SL_OK);
    assert_int_equal(s.width, 2);
    assert_null(s.classes);
    for (size_t i = 0; i < 6; i++)
        assert_true(fabs(sl_scores_value(&s, i / 2, (int)(i % 2)) - (double)scores[i]) <= 0.5 / 65535);
    assert_true(sl_scores_value(&s, 0, 0) == 0 && sl_scores_value(&s, 0, 1) == 1);
    sl_scores_free(&s);
}

/* Margins of any size, and of classes without training rows. */
static void margins_keep_their_range(void **state)
{
    (void)state;
    static const float scores[] = {-1e30f, 3e38f, -INFINITY, 5, 0, -INFINITY};
    struct sl_scores s;
    assert_int_equal(sl_scores_pack(scores, 2, 3, 0, SL_KEEP_ALL, &s), SL_OK);
    double step = ((double)scores[1] - (double)scores[0]) / 65534;
    for (size_t i = 0; i < 6; i++) {
        double value = sl_scores_value(&s, i / 3, (int)(i % 3));
        if (isinf(scores[i]))
            assert_true(value == -INFINITY);
        else
            assert_true(fabs(value - (double)scores[i]) <= 0.500001 * step);
    }
    sl_scores_free(&s);
    static const float alike[] = {2, 2, 2, 2};
    assert_int_equal(sl_scores_pack(alike, 2, 2, 0, SL_KEEP_ALL, &s), SL_OK);
    assert_true(sl_scores_value(&s, 1, 1) == 2);
    sl_scores_free(&s);
}

/* The largest first, the lower class first where two are equal. */
static void the_top_two_are_kept(void **state)
{
    (void)state;
    static const float scores[] = {1,      2, 3, 4, /**/ 4,         3,         2, 1,
                                   /**/ 0, 5, 5, 5, /**/ -INFINITY, -INFINITY, 1, -INFINITY};
    static const uint16_t classes[] = {3, 2, 0, 1, 1, 2, 2, 0};
    struct sl_scores s;
    assert_int_equal(sl_scores_pack(scores, 4, 4, 0, SL_KEEP_TOP, &s), SL_OK);
    assert_int_equal(s.width, 2);
    assert_memory_equal(s.classes, classes, sizeof classes);
    assert_true(fabs(sl_scores_value(&s, 0, 0) - 4) < 1e-3 && fabs(sl_scores_value(&s, 0, 1) - 3) < 1e-3);
    assert_true(sl_scores_value(&s, 3, 1) == -INFINITY);
    sl_scores_free(&s);
    /* Of two classes, top is all. */
    assert_int_equal(sl_scores_pack(scores, 4, 2, 0, SL_KEEP_TOP, &s), SL_OK);
    assert_null(s.classes);
    assert_int_equal(s.width, 2);
    sl_scores_free(&s);
}

enum { N = 3, K = 4 };

static struct sl_writer record(enum sl_keep_scores keep)
{
    static const float scores[N * K] = {0.1f, 0.2f, 0.3f, 0.4f, 0.7f, 0.1f, 0.1f, 0.1f, 0, 0, 0, 1};
    struct sl_scores s;
    struct sl_writer w = {0};
    assert_int_equal(sl_scores_pack(scores, N, K, 1, keep, &s), SL_OK);
    sl_scores_write(&s, &w);
    assert_false(w.failed);
    sl_scores_free(&s);
    return w;
}

static int read_back(const unsigned char *bytes, size_t size, size_t n, int k, struct sl_scores *s)
{
    struct sl_reader r = {.bytes = bytes, .size = size};
    *s = (struct sl_scores){0};
    int code = sl_scores_read(s, &r, n, k);
    if (code)
        assert_null(s->codes);
    return code;
}

static void records_read_back(void **state)
{
    (void)state;
    for (int keep = SL_KEEP_ALL; keep <= SL_KEEP_TOP; keep++) {
        struct sl_writer w = record(keep);
        struct sl_scores s;
        assert_int_equal(read_back(w.bytes, w.size, N, K, &s), 0);
        assert_int_equal(s.n, N);
        assert_int_equal(s.k, K);
        assert_true(fabs(sl_scores_value(&s, 1, 0) - 0.7) < 1e-4);
        sl_scores_free(&s);
        assert_int_equal(read_back(w.bytes, w.size, N, K + 1, &s),
                         0); /* a class that the model does not know */
        sl_scores_free(&s);
        assert_int_equal(read_back(w.bytes, w.size, N + 1, K, &s), -1);
        assert_int_equal(read_back(w.bytes, w.size, N, K - 1, &s), -1);
        for (size_t cut = 0; cut < w.size; cut++)
            assert_int_equal(read_back(w.bytes, cut, N, K, &s), -1);
        sl_writer_release(&w);
    }
}

/* Damaged as the pipe's checksum would not let it through: never a crash, never a class that is none. */
static void damaged_records_are_refused(void **state)
{
    (void)state;
    struct sl_writer w = record(SL_KEEP_TOP);
    for (size_t i = 0; i < w.size; i++)
        for (int bit = 0; bit < 8; bit++) {
            struct sl_scores s;
            w.bytes[i] ^= (unsigned char)(1 << bit);
            if (read_back(w.bytes, w.size, N, K, &s) == 0) {
                for (size_t j = 0; s.classes && j < 2 * s.n; j++)
                    assert_in_range(s.classes[j], 0, K - 1);
                sl_scores_free(&s);
            }
            w.bytes[i] ^= (unsigned char)(1 << bit);
        }
    sl_writer_release(&w);
}

static void outcomes_carry_them(void **state)
{
    (void)state;
    static const float scores[N * 2] = {0.1f, 0.9f, 0.5f, 0.5f, 1, 0};
    int32_t labels[N] = {1, 0, 0};
    struct sl_outcome o, back;
    struct sl_writer w = {0};
    sl_outcome_init(&o);
    sl_outcome_init(&back);
    o.status = SL_TRIAL_OK;
    o.n_train = 1;
    o.n_validation = N;
    o.predicted = labels;
    assert_int_equal(sl_scores_pack(scores, N, 2, 1, SL_KEEP_ALL, &o.scores), SL_OK);
    sl_outcome_write(&o, &w);
    struct sl_reader r = {.bytes = w.bytes, .size = w.size};
    assert_int_equal(sl_outcome_read(&back, &r, N, 2), 0);
    assert_int_equal(back.scores.n, N);
    assert_memory_equal(back.scores.codes, o.scores.codes, 2 * N * sizeof *o.scores.codes);
    sl_scores_free(&o.scores);
    sl_outcome_release(&back);
    sl_writer_release(&w);
}

/* How many are kept ------------------------------------------------------------------------------- */

static struct sl_plan *plan_of(const char *data, const char *train, const char *validation, int *k)
{
    struct sl_experiment *e;
    struct sl_dataset *rows;
    struct sl_plan *plan;
    struct sl_error err = {0};
    assert_int_equal(sl_experiment_new("x", &e, &err), SL_OK);
    assert_int_equal(sl_experiment_set(e, "data", data, &err), SL_OK);
    assert_int_equal(sl_experiment_set(e, "train", train, &err), SL_OK);
    assert_int_equal(sl_experiment_set(e, "validation", validation, &err), SL_OK);
    assert_int_equal(sl_experiment_keep(e, "majority,svm", &err), SL_OK);
    assert_int_equal(sl_dataset_open(data, SL_PART_TRAIN, &(struct sl_read_options){0}, &rows, &err), SL_OK);
    if (sl_plan_make(e, rows, &plan, &err))
        fail_msg("%s", err.text);
    *k = sl_dataset_view(rows).k;
    sl_dataset_free(rows);
    sl_experiment_free(e);
    return plan;
}

static void a_study_stays_within_its_bound(void **state)
{
    (void)state;
    char note[256];
    int k;
    struct sl_error err = {0};
    struct sl_plan *plan = plan_of("synthetic:300", "100", "100", &k);
    enum sl_keep_scores keep = SL_KEEP_AUTO;
    assert_int_equal(sl_scores_choose(plan, k, 0, &keep, note, &err), SL_OK);
    assert_int_equal(keep, SL_KEEP_ALL);
    assert_string_equal(note, "");
    /* Two trials of 100 rows: of 125,000 classes 50 MB, of one more it is more. */
    keep = SL_KEEP_AUTO;
    assert_int_equal(sl_scores_choose(plan, 125000, 0, &keep, note, &err), SL_OK);
    assert_int_equal(keep, SL_KEEP_ALL);
    keep = SL_KEEP_AUTO;
    assert_int_equal(sl_scores_choose(plan, 125001, 0, &keep, note, &err), SL_OK);
    assert_int_equal(keep, SL_KEEP_TOP);
    assert_non_null(strstr(note, "50 MB") ? note : strstr(note, "more than 50"));
    keep = SL_KEEP_ALL;
    assert_int_equal(sl_scores_choose(plan, 125001, 0, &keep, note, &err), SL_OK);
    assert_int_equal(keep, SL_KEEP_ALL);
    assert_string_equal(note, "");
    /* More than a value of the store may be. */
    assert_int_equal(sl_scores_choose(plan, 640001, 0, &keep, note, &err), SL_EUSAGE);
    assert_non_null(strstr(err.text, "keep top"));
    sl_plan_free(plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(probabilities_are_rounded),      cmocka_unit_test(margins_keep_their_range),
        cmocka_unit_test(the_top_two_are_kept),           cmocka_unit_test(records_read_back),
        cmocka_unit_test(damaged_records_are_refused),    cmocka_unit_test(outcomes_carry_them),
        cmocka_unit_test(a_study_stays_within_its_bound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
