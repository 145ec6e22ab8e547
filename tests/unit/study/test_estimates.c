/* test_estimates.c - the file of estimates: what is written is read, and what is no such file is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/file.h"
#include "study/estimates.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct sl_classifier_type type = {.name = "svm"};
static struct sl_plan_row row = {.name = "SVM \"C\"=1, \xc3\xa4", .type = &type};
static struct sl_trial trials[3] = {{.type = &type}, {.type = &type}, {.type = &type}};
static struct sl_plan plan = {.n_rows = 1, .n_trials = 3, .rows = &row, .trials = trials};
static char keys[3][33] = {"ffffffffffffffffffffffffffffffff", "00000000000000000000000000000001",
                           "ffffffffffffffffffffffffffffffff"};
static char path[] = "estimates-test.json";

static void what_is_written_is_read(void **state)
{
    (void)state;
    const struct sl_trial_estimate of[3] = {{1.25, 10}, {NAN, NAN}, {1.25, 10}};
    char other[2][33] = {"00000000000000000000000000000001", "ffffffffffffffffffffffffffffffff"};
    struct sl_trial_estimate read[2];
    double seconds[3];
    struct sl_error err;
    assert_int_equal(sl_estimates_write(path, &plan, keys, of, &err), SL_OK);
    assert_int_equal(sl_estimates_read(path, other, 2, read, &err), SL_OK);
    assert_true(isnan(read[0].seconds) && isnan(read[0].megabytes));
    assert_true(read[1].seconds == 1.25 && read[1].megabytes == 10);
    assert_int_equal(sl_estimates_seconds(path, keys, 3, seconds, &err), SL_OK);
    assert_true(seconds[0] == 1.25 && seconds[1] == 1.25 && seconds[2] == 1.25);
    unlink(path);
}

static void other_trials_are_told(void **state)
{
    (void)state;
    const struct sl_trial_estimate of[3] = {{1, 1}, {1, 1}, {1, 1}};
    char other[1][33] = {"0123456789abcdef0123456789abcdef"};
    struct sl_trial_estimate read[1];
    struct sl_error err;
    assert_int_equal(sl_estimates_write(path, &plan, keys, of, &err), SL_OK);
    assert_int_equal(sl_estimates_read(path, other, 1, read, &err), SL_EUSAGE);
    assert_non_null(strstr(err.text, "other trials"));
    unlink(path);
}

static void refuses(const char *text)
{
    struct sl_trial_estimate read[3];
    struct sl_error err;
    assert_int_equal(sl_file_write(path, text, strlen(text), &err), SL_OK);
    assert_int_equal(sl_estimates_read(path, keys, 3, read, &err), SL_EDATA);
    assert_non_null(strstr(err.text, path));
    unlink(path);
}

static void other_files_are_refused(void **state)
{
    (void)state;
    struct sl_trial_estimate read[3];
    refuses("");
    refuses("{");
    refuses("[]");
    refuses("{\"format\":\"other\",\"version\":1,\"units\":[]}");
    refuses("{\"format\":\"shortlist-estimate\",\"version\":2,\"units\":[]}");
    refuses("{\"format\":\"shortlist-estimate\",\"version\":1,\"units\":{}}");
    refuses("{\"format\":\"shortlist-estimate\",\"version\":1,\"units\":[3]}");
    refuses("{\"format\":\"shortlist-estimate\",\"version\":1,\"units\":[{\"key\":\"a\",\"seconds\":-1,"
            "\"megabytes\":1}]}");
    refuses("{\"format\":\"shortlist-estimate\",\"version\":1,\"units\":[{\"key\":\"a\",\"seconds\":1}]}");
    assert_int_equal(sl_estimates_read("no-such-file.json", keys, 3, read, NULL), SL_EIO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(other_trials_are_told),
        cmocka_unit_test(other_files_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
