/* Numbers of text files: the scan gives what strtod gives, to the last bit, or leaves them to it. */
#include "readers/csv_number.h"
#include "unit/check.h"
#include <shortlist/rng.h>

static int scanned, left;

static void check_number(const char *text)
{
    double value = 0, exact = strtod(text, NULL);
    int n_digits = 0;
    const char *end = sl_number_scan(text, &value, &n_digits);
    left += !end;
    scanned += end != NULL;
    if (end && (*end || memcmp(&value, &exact, sizeof value) != 0))
        fail_msg("%s: %.17g, not %.17g", text, value, exact);
}

static void test_printed(void **state)
{
    struct sl_rng *rng = sl_rng_new(1, "numbers");
    char text[64];
    (void)state;
    scanned = left = 0;
    for (int i = 0; i < 200000; i++) {
        double value = sl_rng_normal(rng) * (i % 3 ? 1 : 1000);
        for (int digits = 14; digits <= 19; digits++) {
            snprintf(text, sizeof text, "%.*g", digits, value);
            check_number(text);
        }
        snprintf(text, sizeof text, "%.*e", 15 + i % 4, value * 1e-5);
        check_number(text);
    }
    sl_rng_free(rng);
    if (scanned < 9 * left)
        fail_msg("%d numbers were scanned, %d left to strtod", scanned, left);
}

/* Between two doubles, just below and just above: what rounding twice would get wrong. */
static void test_halves(void **state)
{
    struct sl_rng *rng = sl_rng_new(2, "halves");
    char text[64];
    (void)state;
    for (int i = 0; i < 200000; i++) {
        const uint64_t half = ((uint64_t)1 << 53) + 2 * sl_rng_below(rng, (uint64_t)1 << 52) + 1;
        for (int off = -1; off <= 1; off++) {
            for (int tenths = 0; tenths <= 9; tenths += 3) {
                snprintf(text, sizeof text, "%llu.%d", (unsigned long long)(half + (uint64_t)off), tenths);
                check_number(text);
                snprintf(text, sizeof text, "%llu%de-3", (unsigned long long)(half + (uint64_t)off), tenths);
                check_number(text);
            }
        }
    }
    sl_rng_free(rng);
}

static void test_ends(void **state)
{
    static const char *const numbers[] = {"0",
                                          "-0",
                                          "0.0000000000000000",
                                          "9999999999999999999",
                                          "999999999999999999.9e27",
                                          "1e27",
                                          "1e28",
                                          "1234567890123456789e-27",
                                          "0.1234567890123456789",
                                          "-9007199254740993",
                                          "9007199254740993",
                                          "9007199254740992.5",
                                          "18014398509481985",
                                          "18014398509481987",
                                          "1.7976931348623157e-27"};
    (void)state;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        check_number(numbers[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_printed),
        cmocka_unit_test(test_halves),
        cmocka_unit_test(test_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
