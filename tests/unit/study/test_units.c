/* test_units.c - which parts a plan's units are cut to, and how they are dealt to shards. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/memory.h"
#include "study/shard.h"
#include <stdio.h>
#include <string.h>

static const struct sl_classifier_type exact = {.name = "exact"},
                                       rounds = {.name = "rounds", .flags = SL_GROUP_ROUNDS};

enum { MOST = 1024 };
static struct sl_trial trials[MOST];
static struct sl_plan plan = {.trials = trials};
static struct sl_units units;

static int clear(void **state)
{
    (void)state;
    sl_units_release(&units);
    plan.n_trials = 0;
    units.trials = sl_alloc(MOST, sizeof *units.trials);
    units.units = sl_alloc_zero(MOST, sizeof *units.units);
    return !units.trials || !units.units;
}

static int release(void **state)
{
    (void)state;
    sl_units_release(&units);
    return 0;
}

/* A unit of so many values by so many folds, as a plan has them: fold by fold of each value. */
static void add(const struct sl_classifier_type *type, int values, int folds)
{
    struct sl_unit *unit = &units.units[units.n++];
    *unit = (struct sl_unit){(size_t)(values * folds), units.trials + plan.n_trials};
    for (int v = 0; v < values; v++)
        for (int f = 0; f < folds; f++) {
            struct sl_trial *t = &trials[plan.n_trials];
            *t = (struct sl_trial){.row = (size_t)v, .type = type, .fold = f, .folds = folds};
            snprintf(t->key, sizeof t->key, "%03zx",
                     (plan.n_trials * 37) % 1024); /* another order than the plan's */
            units.trials[plan.n_trials] = plan.n_trials;
            plan.n_trials++;
        }
}

/* "0-2 5, 3 4": the trials of each unit. */
static const char *described(void)
{
    static char text[1024];
    size_t used = 0;
    *text = 0;
    for (size_t u = 0; u < units.n; u++)
        for (size_t m = 0; m < units.units[u].n; m++)
            used += (size_t)snprintf(text + used, sizeof text - used, "%s%zu",
                                     m   ? " "
                                     : u ? ", "
                                         : "",
                                     units.units[u].trials[m]);
    return text;
}

static void split(size_t wanted)
{
    struct sl_error err;
    assert_int_equal(sl_units_split(&units, &plan, wanted, &err), SL_OK);
}

static void test_enough(void **state)
{
    (void)state;
    add(&exact, 2, 2);
    add(&exact, 1, 1);
    split(2);
    assert_string_equal(described(), "0 1 2 3, 4");
}

static void test_folds_stay_together(void **state)
{
    (void)state;
    add(&exact, 2, 4);
    split(2);
    assert_string_equal(described(), "0 1 4 5, 2 3 6 7");
    split(4);
    assert_string_equal(described(), "0 4, 1 5, 2 6, 3 7");
    split(5);
    assert_string_equal(described(), "0, 1 5, 2 6, 3 7, 4");
    split(MOST); /* there are no more */
    assert_string_equal(described(), "0, 1, 2, 3, 4, 5, 6, 7");
}

static void test_odd(void **state)
{
    (void)state;
    add(&exact, 1, 3);
    split(2);
    assert_string_equal(described(), "0 1, 2");
    clear(NULL);
    add(&exact, 3, 1);
    split(2);
    assert_string_equal(described(), "0 1, 2");
}

/* Members of such a group may round otherwise in other company. */
static void test_rounding_groups_stay(void **state)
{
    (void)state;
    add(&rounds, 3, 3);
    add(&exact, 2, 1);
    split(10);
    assert_string_equal(described(), "0 1 2 3 4 5 6 7 8, 9, 10");
}

/* But for what is so large that it is cut wherever it runs, between folds first. */
static void test_rounding_groups_are_bounded(void **state)
{
    (void)state;
    struct sl_error err;
    add(&rounds, 63, 4);
    assert_int_equal(sl_units_bound(&units, &plan, &err), SL_OK);
    assert_int_equal(units.n, 1);
    clear(NULL);
    add(&rounds, 200, 4);
    assert_int_equal(sl_units_bound(&units, &plan, &err), SL_OK);
    assert_int_equal(units.n, 4);
    for (size_t u = 0; u < 4; u++) {
        assert_int_equal(units.units[u].n, 200);
        for (size_t m = 0; m < 200; m++)
            assert_int_equal(units.units[u].trials[m], 4 * m + u);
    }
    clear(NULL);
    add(&exact, 200, 4);
    assert_int_equal(sl_units_bound(&units, &plan, &err), SL_OK);
    assert_int_equal(units.n, 1);
}

static void test_largest_first(void **state)
{
    (void)state;
    add(&exact, 1, 2);
    add(&exact, 2, 2);
    split(3);
    assert_string_equal(described(), "0 1, 2 4, 3 5");
}

/* Shards ------------------------------------------------------------------------------------------------- */

static size_t deal(const double *seconds, int shard, int shards, unsigned char *mine)
{
    struct sl_error err;
    size_t n = 0;
    assert_int_equal(sl_shard_deal(&plan, &units, seconds, shard, shards, mine, &err), SL_OK);
    for (size_t i = 0; i < plan.n_trials; i++)
        n += mine[i];
    return n;
}

/* Every trial is one shard's, a unit's trials are of one shard, and shards differ by a unit at most. */
static void test_each_once(void **state)
{
    (void)state;
    for (int i = 0; i < 10; i++)
        add(&exact, 1, 1);
    add(&rounds, 1, 3);
    for (int shards = 1; shards <= 14; shards++) {
        unsigned char mine[MOST], all[MOST] = {0};
        for (int shard = 0; shard < shards; shard++) {
            const size_t n = deal(NULL, shard, shards, mine);
            assert_true(n <= (size_t)(13 / shards + 3));
            assert_true(mine[10] == mine[11] && mine[11] == mine[12]);
            for (size_t i = 0; i < plan.n_trials; i++)
                all[i] = (unsigned char)(all[i] + mine[i]);
        }
        for (size_t i = 0; i < plan.n_trials; i++)
            assert_int_equal(all[i], 1);
    }
}

/* The longest first: 5 | 4, then 3 to the second, 2 to the first, and 1 to either of 7 and 7. */
static void test_by_seconds(void **state)
{
    (void)state;
    const double seconds[] = {1, 5, 2, 4, 3};
    unsigned char mine[MOST];
    for (int i = 0; i < 5; i++)
        add(&exact, 1, 1);
    assert_int_equal(deal(seconds, 0, 2, mine), 3);
    assert_memory_equal(mine, "\1\1\1\0\0", 5);
    assert_int_equal(deal(seconds, 1, 2, mine), 2);
    assert_memory_equal(mine, "\0\0\0\1\1", 5);
}

/* Of equal units the keys decide, not where they stand: 0, 37, ..., 999 and then 12 are the keys. */
static void test_by_keys(void **state)
{
    (void)state;
    unsigned char mine[MOST];
    for (int i = 0; i < 29; i++)
        add(&exact, 1, 1);
    assert_int_equal(deal(NULL, 0, 2, mine), 15);
    assert_true(mine[0] && !mine[28] && mine[1] && !mine[2] && mine[27]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_enough, clear, release),
        cmocka_unit_test_setup_teardown(test_folds_stay_together, clear, release),
        cmocka_unit_test_setup_teardown(test_odd, clear, release),
        cmocka_unit_test_setup_teardown(test_rounding_groups_stay, clear, release),
        cmocka_unit_test_setup_teardown(test_rounding_groups_are_bounded, clear, release),
        cmocka_unit_test_setup_teardown(test_largest_first, clear, release),
        cmocka_unit_test_setup_teardown(test_each_once, clear, release),
        cmocka_unit_test_setup_teardown(test_by_seconds, clear, release),
        cmocka_unit_test_setup_teardown(test_by_keys, clear, release),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
