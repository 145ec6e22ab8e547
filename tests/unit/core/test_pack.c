/* Records: what is written is read back, little-endian; what is too short or too long fails. */
#include "unit/check.h"
#include <math.h>
#include <shortlist/pack.h>

static void round_trip(void **state)
{
    static const int32_t ints[] = {0, 1, -1, INT32_MAX, INT32_MIN};
    static const float floats[] = {0, -0.0f, 1.5f, -3.4e38f, 1e-45f};
    static const double doubles[] = {0.1, -1e300, 5e-324};
    (void)state;
    struct sl_writer w = {0};
    sl_put_u8(&w, 200);
    sl_put_i32(&w, -123456789);
    sl_put_u64(&w, 0x0123456789abcdef);
    sl_put_f32(&w, 0.1f);
    sl_put_f64(&w, M_PI);
    sl_put_text(&w, "text");
    sl_put_text(&w, NULL);
    sl_put_i32s(&w, ints, 5);
    sl_put_f32s(&w, floats, 5);
    sl_put_f64s(&w, doubles, 3);
    sl_put_bytes(&w, "xyz", 3);
    sl_put_bytes(&w, NULL, 0);
    assert_false(w.failed);
    struct sl_reader r = {.bytes = w.bytes, .size = w.size};
    int32_t ints_back[5];
    float floats_back[5];
    double doubles_back[3];
    char bytes[3];
    assert_int_equal(sl_get_u8(&r), 200);
    assert_int_equal(sl_get_i32(&r), -123456789);
    assert_true(sl_get_u64(&r) == 0x0123456789abcdef);
    assert_true(sl_get_f32(&r) == 0.1f);
    assert_true(sl_get_f64(&r) == M_PI);
    char *text = sl_get_text(&r), *empty = sl_get_text(&r);
    assert_string_equal(text, "text");
    assert_string_equal(empty, "");
    free(text);
    free(empty);
    sl_get_i32s(&r, ints_back, 5);
    sl_get_f32s(&r, floats_back, 5);
    sl_get_f64s(&r, doubles_back, 3);
    sl_get_bytes(&r, bytes, 3);
    assert_memory_equal(ints, ints_back, sizeof ints);
    assert_memory_equal(floats, floats_back, sizeof floats);
    assert_memory_equal(doubles, doubles_back, sizeof doubles);
    assert_memory_equal(bytes, "xyz", 3);
    assert_true(r.at == r.size && !r.failed);
    sl_writer_release(&w);
    assert_true(!w.bytes && !w.size);
}

/* NaN and infinities are written, and said to be; only the call that asks for them reads them. */
static void not_finite(void **state)
{
    static const double bad[] = {NAN, -NAN, INFINITY, -INFINITY};
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        for (int arrays = 0; arrays < 2; arrays++) {
            struct sl_writer w = {0};
            double real[] = {1, bad[i]};
            float single[] = {1, (float)bad[i]};
            arrays ? sl_put_f64s(&w, real, 1) : sl_put_f64(&w, real[0]);
            arrays ? sl_put_f32s(&w, single, 1) : sl_put_f32(&w, single[0]);
            assert_false(w.not_finite);
            arrays ? sl_put_f64s(&w, real, 2) : sl_put_f64(&w, real[1]);
            assert_true(w.not_finite);
            w.not_finite = 0;
            arrays ? sl_put_f32s(&w, single, 2) : sl_put_f32(&w, single[1]);
            assert_true(w.not_finite && !w.failed);
            sl_writer_release(&w);
        }
        struct sl_writer w = {0};
        sl_put_f64(&w, bad[i]);
        sl_put_f32(&w, (float)bad[i]);
        sl_put_u8(&w, 7);
        struct sl_reader any = {.bytes = w.bytes, .size = w.size}, r = any, s = any;
        double back = sl_get_any_f64(&any);
        assert_true(!any.failed && memcmp(&back, &bad[i], sizeof back) == 0);
        assert_true(sl_get_f64(&r) == 0 && r.failed && sl_get_u8(&r) == 0);
        s.at = 8;
        assert_true(sl_get_f32(&s) == 0 && s.failed && sl_get_u8(&s) == 0);
        sl_writer_release(&w);
    }
}

/* Counting keeps nothing, and says the same of sizes and numbers. */
static void counting(void **state)
{
    static const float floats[] = {1, 2, 3}, bad[] = {1, INFINITY};
    (void)state;
    struct sl_writer w = {.counts = 1};
    sl_put_f32s(&w, floats, 3);
    sl_put_i32(&w, 1);
    sl_put_text(&w, "text");
    assert_true(w.size == 12 + 4 + 8 + 4 && !w.bytes && !w.not_finite);
    sl_put_f32s(&w, bad, 2);
    assert_true(w.size == 36 && w.not_finite && !w.failed);
}

static void little_endian(void **state)
{
    static const unsigned char expected[] = {0x04, 0x03, 0x02, 0x01, 1, 0, 0,    0,   0,
                                             0,    0,    0,    'a',  0, 0, 0x80, 0x3f};
    (void)state;
    struct sl_writer w = {0};
    sl_put_i32(&w, 0x01020304);
    sl_put_text(&w, "a");
    sl_put_f32(&w, 1);
    assert_int_equal(w.size, sizeof expected);
    assert_memory_equal(w.bytes, expected, sizeof expected);
    sl_writer_release(&w);
}

static void reads_past_the_end(void **state)
{
    (void)state;
    static const unsigned char bytes[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    for (size_t size = 0; size < 8; size++) {
        struct sl_reader r = {.bytes = bytes, .size = size};
        assert_true(sl_get_u64(&r) == 0);
        assert_true(r.failed);
        assert_int_equal(sl_get_u8(&r), 0); /* a failed reader stays failed */
        assert_int_equal(sl_get_count(&r, 0, 100, 1), 0);
        assert_null(sl_get_text(&r));
        sl_get_bytes(&r, NULL, 0);
        unsigned char zeroed[4] = {9, 9, 9, 9};
        sl_get_bytes(&r, zeroed, 4);
        assert_int_equal(zeroed[0] | zeroed[1] | zeroed[2] | zeroed[3], 0);
    }
}

static void counts(void **state)
{
    static const struct {
        uint64_t count;
        size_t min, max, element, rest; /* bytes that follow the count */
        int good;
    } cases[] = {
        {3, 1, 10, 4, 12, 1},
        {3, 1, 10, 4, 11, 0},
        {0, 1, 10, 4, 12, 0},
        {0, 0, 10, 4, 0, 1},
        {11, 0, 10, 1, 64, 0},
        {UINT64_MAX, 0, SIZE_MAX, 8, 64, 0},
        {UINT64_MAX / 4, 0, SIZE_MAX, 8, 64, 0},
        {1u << 31, 0, SIZE_MAX, 0, 0, 1},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sl_writer w = {0};
        static const unsigned char zeros[64];
        sl_put_u64(&w, cases[i].count);
        sl_put_bytes(&w, zeros, cases[i].rest);
        struct sl_reader r = {.bytes = w.bytes, .size = w.size};
        size_t n = sl_get_count(&r, cases[i].min, cases[i].max, cases[i].element);
        assert_int_equal(!r.failed, cases[i].good);
        assert_true(n == (cases[i].good ? cases[i].count : 0));
        sl_writer_release(&w);
    }
}

static void text_length_lies(void **state)
{
    (void)state;
    struct sl_writer w = {0};
    sl_put_u64(&w, UINT64_MAX - 3);
    sl_put_bytes(&w, "abc", 3);
    struct sl_reader r = {.bytes = w.bytes, .size = w.size};
    assert_null(sl_get_text(&r));
    assert_true(r.failed);
    sl_writer_release(&w);
}

static void grows(void **state)
{
    (void)state;
    struct sl_writer w = {0};
    for (int i = 0; i < 100000; i++)
        sl_put_i32(&w, i);
    struct sl_reader r = {.bytes = w.bytes, .size = w.size};
    for (int i = 0; i < 100000; i++)
        assert_int_equal(sl_get_i32(&r), i);
    assert_true(!w.failed && !r.failed && r.at == r.size);
    sl_writer_release(&w);
}

/* A writer that failed stays as it is. */
static void failed_writer(void **state)
{
    (void)state;
    struct sl_writer w = {.failed = 1};
    sl_put_u64(&w, 1);
    sl_put_text(&w, "text");
    assert_true(w.size == 0 && w.failed);
    sl_writer_release(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(round_trip),         cmocka_unit_test(not_finite),
        cmocka_unit_test(counting),           cmocka_unit_test(little_endian),
        cmocka_unit_test(reads_past_the_end), cmocka_unit_test(counts),
        cmocka_unit_test(text_length_lies),   cmocka_unit_test(grows),
        cmocka_unit_test(failed_writer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
