/* Hashes: frozen values, because keys and stores hold them, and no collisions among like inputs. */
#include "core/hash.h"
#include "core/memory.h"
#include "unit/check.h"

/* Computed by a second program, from the scheme's description. */
static void frozen(void **state)
{
    static const struct {
        const char *text;
        uint64_t seed, hash;
    } cases[] = {
        {"", 0, 0xb5720bab822ba358},
        {"a", 0, 0xadfa9a5ab541aefb},
        {"shortlist", 1, 0xcce2711348d7db8d},
        {"shortlist", 2, 0xed7a009a2ad7855a},
        {"0123456789abcdef", 7, 0xb03543404ff9551e},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_true(sl_hash64(cases[i].text, strlen(cases[i].text), cases[i].seed) == cases[i].hash);
    char hex[33];
    sl_hash_hex("shortlist", 9, hex);
    assert_string_equal(hex, "cce2711348d7db8ded7a009a2ad7855a");
    assert_true(sl_hash64(NULL, 0, 0) == cases[0].hash);
}

static int by_value(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* Every single-bit change of a page of zeros, and zeros of every length. */
static void like_inputs_differ(void **state)
{
    enum { SIZE = 1000 };
    (void)state;
    static unsigned char bytes[SIZE];
    static uint64_t hashes[9 * SIZE];
    size_t n = 0;
    for (size_t bit = 0; bit < 8 * SIZE; bit++) {
        bytes[bit / 8] = (unsigned char)(1 << bit % 8);
        hashes[n++] = sl_hash64(bytes, SIZE, 0);
        bytes[bit / 8] = 0;
    }
    for (size_t length = 0; length < SIZE; length++)
        hashes[n++] = sl_hash64(bytes, length, 0);
    qsort(hashes, n, sizeof *hashes, by_value);
    for (size_t i = 1; i < n; i++)
        assert_true(hashes[i - 1] != hashes[i]);
}

static void any_alignment(void **state)
{
    (void)state;
    static const char text[] = "the same bytes at any address";
    char buffer[64];
    uint64_t hash = sl_hash64(text, sizeof text, 3);
    for (size_t at = 0; at < 16; at++) {
        memcpy(buffer + at, text, sizeof text);
        assert_true(sl_hash64(buffer + at, sizeof text, 3) == hash);
    }
}

static void allocation(void **state)
{
    (void)state;
    assert_null(sl_alloc(SIZE_MAX / 2, 3));
    assert_null(sl_alloc(SIZE_MAX, 1));
    assert_null(sl_alloc_zero(SIZE_MAX / 8, 16));
    assert_null(sl_realloc(NULL, SIZE_MAX / 8, 16));
    void *nothing = sl_alloc(0, 8), *none = sl_realloc(NULL, 0, 8);
    assert_true(nothing && none);
    unsigned char *zeros = sl_alloc_zero(100, 3);
    assert_int_equal((uintptr_t)zeros % 64, 0);
    for (int i = 0; i < 300; i++)
        assert_int_equal(zeros[i], 0);
    char *text = sl_format("%s-%d", "a", 5), *copy = sl_strdup(text);
    assert_string_equal(copy, "a-5");
    assert_null(sl_strdup(NULL));
    free(nothing);
    free(none);
    free(zeros);
    free(text);
    free(copy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frozen),
        cmocka_unit_test(like_inputs_differ),
        cmocka_unit_test(any_alignment),
        cmocka_unit_test(allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
