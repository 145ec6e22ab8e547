/* test_extrapolated.c - a table with estimates at another number of training rows, made by hand: cells,
 * fields, notes, and what it says of rows that would take too much. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "unit/study_fixture.h"
#include <shortlist/estimate.h>

enum { N = 300, K = 3, ROWS = 3 };

struct fixture {
    int32_t *truth;
    struct sl_study *study;
    struct sl_table *table;
    struct sl_extrapolation extrapolation;
    struct sl_extrapolated_row rows[ROWS];
};

/* In another order than the study's. */
static int set_up(void **state)
{
    static struct fixture f;
    f.truth = fixture_truth(N, K);
    f.study = fixture_study("scaled", ROWS, K);
    const char *const names[] = {"svm, slow", "net", "unknown"};
    for (size_t r = 0; r < ROWS; r++) {
        f.study->rows[r] = fixture_row(names[r], "svm", 1);
        fixture_score(&f.study->rows[r].outcomes[0], f.truth, N, K, 0, 30 * r, 1);
    }
    f.rows[0] = (struct sl_extrapolated_row){(char *)"net", {80, 2}, {0.5, 1.1}, {3e11, 1.5}, 1, ""};
    f.rows[1] =
        (struct sl_extrapolated_row){(char *)"svm, slow", {7000, 1.25}, {200, 1.1}, {1e9, 1}, 1.94, ""};
    f.rows[2] = (struct sl_extrapolated_row){(char *)"unknown", {NAN, NAN}, {NAN, NAN},
                                             {NAN, NAN},        NAN,        "too few rows for three samples"};
    f.extrapolation = (struct sl_extrapolation){
        .n_train = 1234567, .n_rows = ROWS, .rows = f.rows, .time_bound = 3600, .memory_bound = 8589934592.0};
    *state = &f;
    struct sl_error err;
    return sl_table_make(f.study, &f.table, &err) || sl_table_extrapolate(f.table, &f.extrapolation, &err);
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    sl_table_free(f->table);
    fixture_free(f->study);
    free(f->truth);
    return 0;
}

/* Owned by the caller, with one blank for each stretch of blanks and newlines. */
static char *written(const struct sl_table *table, enum sl_output_format format, const char *columns)
{
    char *text = NULL;
    size_t size;
    struct sl_error err;
    FILE *to = open_memstream(&text, &size);
    assert_int_equal(sl_table_write(table, format, columns, 1000, to, &err), SL_OK);
    fclose(to);
    char *end = text;
    for (const char *at = text; *at; at++) {
        const char c = *at == '\n' ? ' ' : *at;
        if (c != ' ' || end == text || end[-1] != ' ')
            *end++ = c;
    }
    *end = 0;
    return text;
}

static void has(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("lacks '%s': %s", part, text);
}

static void people_see_intervals_and_growth(void **state)
{
    struct fixture *f = *state;
    char *text = written(f->table, SL_FORMAT_TEXT, NULL);
    has(text, "7000 (5600-8750)");
    has(text, "80.0 (40.0-160)");
    has(text, "n^1.9");
    has(text, "286102 (190735-429153)");
    has(text, "estimated at 1,234,567 training rows");
    has(text, "No estimate for unknown: too few rows for three samples.");
    free(text);
}

static void what_would_take_too_much_is_named(void **state)
{
    struct fixture *f = *state;
    char *text = written(f->table, SL_FORMAT_TEXT, NULL);
    has(text,
        "W18 at 1,234,567 training rows, by estimate, longer than an hour: svm, slow about 2.0 h, growing "
        "as n^1.9");
    has(text,
        "W18 at 1,234,567 training rows, by estimate, more memory than this machine's 8.0 GiB: net about "
        "279 GiB");
    assert_null(strstr(text, "unknown about"));
    free(text);
    assert_int_equal(f->table->warnings.list[f->table->warnings.n - 2].rows[0], 0);
    assert_int_equal(f->table->warnings.list[f->table->warnings.n - 1].rows[0], 1);
}

static void nothing_is_said_without_need(void **state)
{
    struct fixture *f = *state;
    struct sl_table *table;
    struct sl_error err;
    assert_int_equal(sl_table_make(f->study, &table, &err), SL_OK);
    char *text = written(table, SL_FORMAT_CSV, NULL);
    assert_null(strstr(text, "estimated"));
    free(text);
    f->extrapolation.time_bound = 1e5;
    f->extrapolation.memory_bound = 1e13;
    assert_int_equal(sl_table_extrapolate(table, &f->extrapolation, &err), SL_OK);
    text = written(table, SL_FORMAT_TEXT, NULL);
    assert_null(strstr(text, "W18"));
    free(text);
    sl_table_free(table);
}

static void programs_get_fields(void **state)
{
    struct fixture *f = *state;
    char *text = written(f->table, SL_FORMAT_JSON, NULL);
    has(text, "\"estimated_n_train\": 1234567");
    has(text, "\"estimated_fit_time\": 7000.0");
    has(text, "\"estimated_fit_time_low\": 5600.0");
    has(text, "\"estimated_peak_memory_high\": 450000000000");
    has(text, "\"estimated_growth\": null");
    free(text);
    text = written(f->table, SL_FORMAT_CSV, NULL);
    has(text, ",estimated_score_time,estimated_score_time_low,estimated_score_time_high,");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(people_see_intervals_and_growth),
        cmocka_unit_test(what_would_take_too_much_is_named),
        cmocka_unit_test(programs_get_fields),
        cmocka_unit_test(nothing_is_said_without_need),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
