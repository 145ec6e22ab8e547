/* test_json_memory.c - memory that runs out while JSON is parsed: it is told, and nothing is written where
 * nothing is, which Jansson by itself does where a string's last quote needed the room. */
#include "core/json_text.h"
#include "unit/check.h"

/* An allocator that can fail, and looks whether something was written behind a block. */
enum { HEAD = 16, GUARD = 64, MARK = 0xa5 };
static long calls, fail_at;

static void *guarded_malloc(size_t size)
{
    if (++calls == fail_at)
        return NULL;
    unsigned char *block = malloc(HEAD + size + GUARD);
    assert_non_null(block);
    memcpy(block, &size, sizeof size);
    memset(block + HEAD + size, MARK, GUARD);
    return block + HEAD;
}

static void guarded_free(void *p)
{
    unsigned char *block = p ? (unsigned char *)p - HEAD : NULL;
    size_t size;
    if (!block)
        return;
    memcpy(&size, block, sizeof size);
    for (size_t i = 0; i < GUARD; i++)
        assert_int_equal(block[HEAD + size + i], MARK);
    free(block);
}

/* Strings of every length near that at which the parser needs more room, and every allocation of it. */
static void memory_that_runs_out_is_told(void **state)
{
    char text[64];
    (void)state;
    for (int length = 1; length < 40; length++) {
        int no_memory = 1;
        snprintf(text, sizeof text, "{\"%.*s\": 0.83}", length,
                 "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz");
        for (fail_at = 1; no_memory; fail_at++) {
            calls = no_memory = 0;
            json_t *value = sl_json_parse(text, &no_memory);
            assert_int_equal(no_memory, calls >= fail_at);
            assert_int_equal(!value, no_memory);
            json_decref(value);
        }
        fail_at = 0;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(memory_that_runs_out_is_told)};
    json_set_alloc_funcs(guarded_malloc, guarded_free); /* before the parser's first use */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
