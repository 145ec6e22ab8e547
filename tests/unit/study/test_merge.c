/* test_merge.c - which of two outcomes of the same key stays, and that a merge is whole or nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "study/checksum.h"
#include "study/outcome.h"
#include "study/store.h"
#include <shortlist/study.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char folder[] = "merge-XXXXXX";
static char paths[3][64];
static int tests_so_far;

static int set_up(void **state)
{
    (void)state;
    return !mkdtemp(folder);
}

static int tear_down(void **state)
{
    (void)state;
    char command[64];
    snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command);
}

/* Stores of its own for each test. */
static int name_stores(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++)
        snprintf(paths[i], sizeof paths[i], "%s/%d-%d", folder, tests_so_far, i);
    tests_so_far++;
    return 0;
}

static struct sl_db *open_store(int store)
{
    struct sl_db *db;
    struct sl_error err;
    if (sl_db_open(paths[store], SL_DB_CREATE, &db, &err))
        fail_msg("%s", err.text);
    return db;
}

/* n_train tells the outcomes of a key apart. */
static void put(int store, const char *key, enum sl_trial_status status, size_t n_train)
{
    struct sl_db *db = open_store(store);
    struct sl_error err;
    struct sl_outcome outcome;
    sl_outcome_init(&outcome);
    outcome.status = status;
    outcome.n_train = n_train;
    outcome.threads = 1;
    int code = sl_db_exec(db, "BEGIN; INSERT OR IGNORE INTO truth VALUES ('split', 0, zeroblob(0))", &err);
    if (!code)
        code = sl_store_put(db, key, "split", &outcome, 0, "study", NULL, &err);
    if (sl_db_end(db, code, &err))
        fail_msg("%s", err.text);
    sl_outcome_release(&outcome);
    sl_db_close(db);
}

static int64_t ask(int store, const char *sql)
{
    struct sl_db *db = open_store(store);
    struct sl_error err;
    int64_t number;
    if (sl_db_number(db, &err, &number, sql, ""))
        fail_msg("%s", err.text);
    sl_db_close(db);
    return number;
}

/* Stores 1 and 2 into 0. */
static struct sl_merged merge(void)
{
    const char *const stores[] = {paths[1], paths[2]};
    struct sl_merged merged;
    struct sl_error err;
    if (sl_study_merge(paths[0], stores, 2, 0, &merged, &err))
        fail_msg("%s", err.text);
    return merged;
}

static void check(int held_by_1, int held_by_2, size_t n_train, size_t taken, size_t held)
{
    put(1, held_by_1 ? "k" : "other", held_by_1 == 2 ? SL_TRIAL_FAILED : SL_TRIAL_OK, 1);
    put(2, held_by_2 ? "k" : "another", held_by_2 == 2 ? SL_TRIAL_FAILED : SL_TRIAL_OK, 2);
    const struct sl_merged merged = merge();
    assert_int_equal(ask(0, "SELECT n_train FROM outcome WHERE key = 'k'"), n_train);
    assert_int_equal(merged.outcomes, taken);
    assert_int_equal(merged.held, held);
}

static void test_first_stays(void **state)
{
    (void)state;
    check(1, 1, 1, 1, 1);
}

static void test_ended_well_stays(void **state)
{
    (void)state;
    check(2, 1, 2, 2, 0);
}

static void test_ended_well_is_kept(void **state)
{
    (void)state;
    check(1, 2, 1, 1, 1);
}

static void test_both_failed(void **state)
{
    (void)state;
    check(2, 2, 1, 1, 1);
}

static void test_own_stays(void **state)
{
    (void)state;
    put(0, "k", SL_TRIAL_OK, 7);
    check(1, 1, 7, 0, 2);
}

/* Measures and checksums come along: the same merge again finds everything there. */
static void test_again(void **state)
{
    (void)state;
    put(1, "a", SL_TRIAL_OK, 1);
    put(2, "b", SL_TRIAL_CRASHED, 1);
    assert_int_equal(merge().outcomes, 2);
    const int64_t measures = ask(0, "SELECT count(*) FROM measure");
    assert_int_equal(measures,
                     ask(1, "SELECT count(*) FROM measure") + ask(2, "SELECT count(*) FROM measure"));
    assert_int_equal(merge().outcomes, 0);
    assert_int_equal(ask(0, "SELECT count(*) FROM measure"), measures);
}

/* Lean: scores stay behind, and what comes along still has its checksum. */
static void test_lean(void **state)
{
    (void)state;
    const char *const stores[] = {paths[1]};
    struct sl_merged merged;
    struct sl_error err;
    put(1, "a", SL_TRIAL_OK, 1);
    struct sl_db *db = open_store(1);
    assert_int_equal(sl_db_exec(db,
                                "INSERT INTO score (key, n, k, probabilities, low, step, codes) VALUES ('a', "
                                "0, 2, 1, 0, 0, zeroblob(0))",
                                &err),
                     SL_OK);
    assert_int_equal(sl_checksum_put(db, "a", &err), SL_OK);
    sl_db_close(db);
    assert_int_equal(sl_study_merge(paths[0], stores, 1, 1, &merged, &err), SL_OK);
    assert_int_equal(ask(0, "SELECT count(*) FROM score"), 0);
    assert_int_equal(ask(0, "SELECT count(*) FROM measure"), ask(1, "SELECT count(*) FROM measure"));
    int64_t sum;
    db = open_store(0);
    assert_int_equal(sl_checksum_outcome(db, "a", &sum, &err), SL_OK);
    sl_db_close(db);
    assert_int_equal(sum, ask(0, "SELECT checksum FROM outcome"));
    assert_int_not_equal(sum, ask(1, "SELECT checksum FROM outcome"));
}

/* It would be told from none, and be brought again by every merge. */
static void test_status_that_is_none(void **state)
{
    (void)state;
    const char *const store[] = {paths[1]};
    struct sl_merged merged;
    struct sl_error err;
    put(1, "k", SL_TRIAL_OK, 1);
    struct sl_db *db = open_store(1);
    assert_int_equal(sl_db_exec(db, "UPDATE outcome SET status = 'well'", &err), SL_OK);
    assert_int_equal(sl_checksum_put_all(db, &err), SL_OK);
    sl_db_close(db);
    assert_int_equal(sl_study_merge(paths[0], store, 1, 0, &merged, &err), SL_EDATA);
    assert_non_null(strstr(err.text, "status"));
    assert_int_equal(ask(0, "SELECT count(*) FROM outcome"), 0);
}

static void test_nothing_where_one_is_damaged(void **state)
{
    (void)state;
    struct sl_merged merged;
    struct sl_error err;
    const char *const stores[] = {paths[1], paths[2]};
    put(0, "mine", SL_TRIAL_OK, 1);
    put(1, "a", SL_TRIAL_OK, 1);
    put(2, "b", SL_TRIAL_OK, 1);
    struct sl_db *db = open_store(2);
    assert_int_equal(sl_db_exec(db, "UPDATE outcome SET n_train = 2", &err), SL_OK);
    sl_db_close(db);
    assert_int_equal(sl_study_merge(paths[0], stores, 2, 0, &merged, &err), SL_EDATA);
    assert_non_null(strstr(err.text, "checksum"));
    assert_int_equal(ask(0, "SELECT count(*) FROM outcome"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_first_stays, name_stores),
        cmocka_unit_test_setup(test_ended_well_stays, name_stores),
        cmocka_unit_test_setup(test_ended_well_is_kept, name_stores),
        cmocka_unit_test_setup(test_both_failed, name_stores),
        cmocka_unit_test_setup(test_own_stays, name_stores),
        cmocka_unit_test_setup(test_again, name_stores),
        cmocka_unit_test_setup(test_lean, name_stores),
        cmocka_unit_test_setup(test_status_that_is_none, name_stores),
        cmocka_unit_test_setup(test_nothing_where_one_is_damaged, name_stores),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
