/* Which members of a group are fitted by one call: those of one part in company, nested ones always. */
#include "linear/member_calls.h"
#include "unit/check.h"

enum { MOST = 64 };

/* A member: its part, whom it goes with, and what it is a part of. */
struct wish {
    size_t part;
    int company, whole;
};

static enum sl_company compare(void *arg, size_t a, size_t b)
{
    const struct wish *w = arg;
    if (w[a].company != w[b].company)
        return SL_ALONE;
    return w[a].whole == w[b].whole ? SL_NESTED : SL_TOGETHER;
}

/* Every member once; those of a call share part and company; nested ones stand side by side in one. */
static struct sl_member_calls calls_of(struct wish *wishes, size_t n, int alone, int threads)
{
    struct sl_member members[MOST] = {{0}};
    struct sl_member_calls calls;
    int seen[MOST] = {0};
    const struct sl_group group = {.members = members, .n_members = n};
    const struct sl_members_way way = {.company = alone ? NULL : compare, .arg = wishes};
    for (size_t m = 0; m < n; m++)
        members[m].part = wishes[m].part;
    assert_true(sl_member_calls_make(&calls, &group, &way, threads));
    assert_int_equal(calls.first[0], 0);
    assert_int_equal(calls.first[calls.n], n);
    for (size_t c = 0; c < calls.n; c++) {
        assert_true(calls.first[c] < calls.first[c + 1]);
        for (size_t i = calls.first[c]; i < calls.first[c + 1]; i++) {
            const struct wish *own = &wishes[calls.member[i]], *first = &wishes[calls.member[calls.first[c]]];
            assert_false(seen[calls.member[i]]++);
            assert_int_equal(own->part, first->part);
            assert_int_equal(own->company, first->company);
        }
    }
    return calls;
}

static size_t place_of(const struct sl_member_calls *calls, size_t n, size_t member)
{
    size_t i = 0;
    while (i < n && calls->member[i] != member)
        i++;
    return i;
}

/* Six values of alpha in five folds on two threads: two calls a fold, of three each, dealt in turn. */
static void test_values_and_folds(void **state)
{
    struct wish wishes[30];
    (void)state;
    for (int m = 0; m < 30; m++)
        wishes[m] = (struct wish){(size_t)m % 5, 0, m / 5};
    struct sl_member_calls calls = calls_of(wishes, 30, 0, 2);
    assert_int_equal(calls.n, 10);
    for (size_t c = 0; c < calls.n; c++)
        assert_int_equal(calls.first[c + 1] - calls.first[c], 3);
    assert_int_equal(wishes[calls.member[0]].whole, 0);
    assert_int_equal(wishes[calls.member[1]].whole, 2);
    sl_member_calls_release(&calls);
    calls = calls_of(wishes, 30, 0, 1); /* folds enough for a thread */
    assert_int_equal(calls.n, 5);
    sl_member_calls_release(&calls);
    calls = calls_of(wishes, 30, 0, 64); /* more threads than members */
    assert_int_equal(calls.n, 30);
    sl_member_calls_release(&calls);
    calls = calls_of(wishes, 30, 1, 2);
    assert_int_equal(calls.n, 30);
    sl_member_calls_release(&calls);
}

/* Twenty values of max_iter of two alphas, mixed: two trainings, whatever the threads. */
static void test_nested(void **state)
{
    struct wish wishes[40];
    (void)state;
    for (int m = 0; m < 40; m++)
        wishes[m] = (struct wish){0, 0, m % 2};
    for (int threads = 1; threads < 5; threads++) {
        struct sl_member_calls calls = calls_of(wishes, 40, 0, threads);
        assert_int_equal(calls.n, threads == 1 ? 1 : 2);
        for (size_t m = 2; m < 40; m++)
            assert_int_equal(place_of(&calls, 40, m), place_of(&calls, 40, m - 2) + 1);
        sl_member_calls_release(&calls);
    }
}

/* A call has eight members at most, and members that do not go together are apart. */
static void test_many_and_apart(void **state)
{
    struct wish wishes[MOST];
    (void)state;
    for (int m = 0; m < MOST; m++)
        wishes[m] = (struct wish){0, m % 2, m};
    struct sl_member_calls calls = calls_of(wishes, MOST, 0, 1);
    assert_int_equal(calls.n, 8);
    sl_member_calls_release(&calls);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values_and_folds),
        cmocka_unit_test(test_nested),
        cmocka_unit_test(test_many_and_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
