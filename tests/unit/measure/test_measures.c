/* test_measures.c - the table of measures is sound, and every measure goes through all that it feeds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "study/outcome.h"
#include "unit/study_fixture.h"
#include <ctype.h>
#include <shortlist/measures.h>
#include <stdio.h>

static void rows_are_sound(void **state)
{
    (void)state;
    for (int i = 0; i < SL_N_MEASURES; i++) {
        const struct sl_measure_type *type = &sl_measure_types[i];
        assert_int_equal(sl_measure_find(type->name), i); /* unique */
        assert_false(type->member && type->compute);      /* neither: of a table's rows together */
        assert_true(*type->help && strlen(type->help) < 80);
        assert_true((type->column != NULL) == (type->title != NULL));
        assert_true((type->column != NULL) == (type->unit != SL_MEASURED_OTHER));
        for (const char *c = type->name; *c; c++)
            assert_true(islower((unsigned char)*c) || *c == '_' || isdigit((unsigned char)*c));
    }
    assert_int_equal(sl_measure_find("beauty"), -1);
}

/* A number that each measure can be. */
static double sample(const struct sl_measure_type *type, int i)
{
    return type->unit == SL_MEASURED_FLAG                                       ? i % 2
           : type->unit == SL_MEASURED_COUNT || type->unit == SL_MEASURED_BYTES ? 3 + i
                                                                                : 0.015625 * i;
}

static void members_are_set_and_read(void **state)
{
    (void)state;
    struct sl_outcome o;
    sl_outcome_init(&o);
    for (int i = 0; i < SL_N_MEASURES; i++)
        assert_true(isnan(sl_measure_get(&sl_measure_types[i], &o)));
    assert_int_equal(o.peak_memory, -1);
    assert_int_equal(o.converged, -1);
    for (int i = 0; i < SL_N_MEASURES; i++) {
        assert_true(sl_measure_allows(&sl_measure_types[i], sample(&sl_measure_types[i], i)));
        sl_measure_set(&sl_measure_types[i], &o, sample(&sl_measure_types[i], i));
    }
    for (int i = 0; i < SL_N_MEASURES; i++)
        if (sl_measure_types[i].member)
            assert_true(sl_measure_get(&sl_measure_types[i], &o) == sample(&sl_measure_types[i], i));
    assert_true(o.fit_time == sample(&sl_measure_types[SL_MEASURE_fit_time], SL_MEASURE_fit_time));
}

static void members_go_through_the_pipe(void **state)
{
    (void)state;
    struct sl_outcome o, back;
    struct sl_writer w = {0};
    sl_outcome_init(&o);
    sl_outcome_init(&back);
    o.status = SL_TRIAL_FAILED;
    for (int i = 0; i < SL_N_MEASURES; i += 2)
        sl_measure_set(&sl_measure_types[i], &o, sample(&sl_measure_types[i], i));
    sl_outcome_write(&o, &w);
    struct sl_reader r = {.bytes = w.bytes, .size = w.size};
    assert_int_equal(sl_outcome_read(&back, &r, 5, 3), 0);
    for (int i = 0; i < SL_N_MEASURES; i++) {
        double sent = sl_measure_get(&sl_measure_types[i], &o),
               got = sl_measure_get(&sl_measure_types[i], &back);
        assert_true(sent == got || (isnan(sent) && isnan(got)));
    }
    sl_writer_release(&w);
}

static void bounds_hold(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        double value;
    } wrong[] = {{"accuracy", 1.01},       {"log_loss", -0.1},  {"fit_time", -1},
                 {"fit_time", INFINITY},   {"peak_memory", -1}, {"peak_memory", 0.5},
                 {"n_iter", 4294967296.0}, {"converged", 2},    {"model_bytes", 1e300},
                 {"objective", NAN}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        if (sl_measure_allows(&sl_measure_types[sl_measure_find(wrong[i].name)], wrong[i].value))
            fail_msg("%s may be %g", wrong[i].name, wrong[i].value);
}

/* Every measure that is shown is a field of JSON and of CSV, a column, and a published number. */
static void all_are_shown(void **state)
{
    (void)state;
    struct sl_study *study = fixture_study("shown", 1, 3);
    int32_t *truth = fixture_truth(10, 3);
    struct sl_table *table;
    struct sl_error err = {0};
    study->rows[0] = fixture_row("row", "tree", 1);
    fixture_score(study->rows[0].outcomes, truth, 10, 3, 0, 2, 1.5);
    assert_int_equal(sl_table_make(study, &table, &err), SL_OK);
    for (int i = 0; i < SL_N_MEASURES; i++) {
        const struct sl_measure_type *type = &sl_measure_types[i];
        char *text = NULL, field[80];
        size_t size;
        if (!type->column)
            continue;
        for (enum sl_output_format format = SL_FORMAT_TEXT; format <= SL_FORMAT_JSON; format++) {
            FILE *to = open_memstream(&text, &size);
            int people = format == SL_FORMAT_TEXT || format == SL_FORMAT_MARKDOWN;
            assert_int_equal(sl_table_write(table, format, people ? type->column : NULL, 0, to, &err), SL_OK);
            fclose(to);
            snprintf(field, sizeof field, format == SL_FORMAT_JSON ? "\"%s\": " : "%s",
                     people ? type->title : type->name);
            if (!strstr(text, field))
                fail_msg("format %d lacks %s: %s", format, field, text);
            free(text);
        }
    }
    sl_table_free(table);
    free(truth);
    fixture_free(study);
}

static void all_can_be_published(void **state)
{
    (void)state;
    for (int i = 0; i < SL_N_MEASURES; i++) {
        const struct sl_measure_type *type = &sl_measure_types[i];
        int shown = type->unit != SL_MEASURED_FLAG && type->unit != SL_MEASURED_OTHER &&
                    (type->member || type->compute);
        struct sl_experiment *e;
        struct sl_error err = {0};
        for (int value = 0; value <= 2; value += 2) {
            FILE *file = fopen("published.yaml", "w");
            fprintf(file, "data: synthetic\nrows:\n  - tree: {}\n    published: {%s: %d}\n", type->name,
                    value);
            fclose(file);
            int code = sl_experiment_open("published.yaml", &e, &err);
            assert_int_equal(code == SL_OK, shown && !(type->unit == SL_MEASURED_FRACTION && value > 1));
            if (!code)
                sl_experiment_free(e);
        }
    }
    remove("published.yaml");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_sound),
        cmocka_unit_test(members_are_set_and_read),
        cmocka_unit_test(members_go_through_the_pipe),
        cmocka_unit_test(bounds_hold),
        cmocka_unit_test(all_are_shown),
        cmocka_unit_test(all_can_be_published),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
