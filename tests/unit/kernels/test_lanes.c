/* Features side by side, gathered either way, and what is counted of them, against plain loops. */
#include <setjmp.h>
#include <shortlist/rng.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kernels/lanes.h"

enum { N = 1200, D = 90 };

static void lanes(void **state)
{
    static uint8_t x[N * D], columns[D * N], block[2][N * SL_LANES];
    static const size_t sizes[] = {1, 2, 3, 100, 254, 255, 256, 257, 600, 1100};
    static const int widths[] = {1, 3, 4, 28, 31, 32};
    (void)state;
    struct sl_rng *rng = sl_rng_new(3, "lanes");
    for (size_t i = 0; i < N; i++)
        for (size_t f = 0; f < D; f++)
            columns[f * N + i] = x[i * D + f] = (uint8_t)(sl_rng_below(rng, 256) & sl_rng_below(rng, 256));
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
        for (size_t w = 0; w < sizeof widths / sizeof *widths; w++) {
            const size_t n = sizes[s];
            const int width = widths[w];
            uint32_t rows[N], features[SL_LANES], count[SL_LANES];
            uint8_t low[SL_LANES], high[SL_LANES], cut[SL_LANES] = {0};
            for (size_t i = 0; i < n; i++)
                rows[i] = (uint32_t)sl_rng_below(rng, N);
            for (int l = 0; l < width; l++) {
                features[l] = (uint32_t)sl_rng_below(rng, D);
                cut[l] = (uint8_t)sl_rng_below(rng, 256);
            }
            sl_lanes_gather(x, D, rows, n, features, width, block[0]);
            sl_lanes_gather_columns(columns, N, rows, n, features, width, block[1]);
            sl_lanes_range(block[0], n, low, high);
            sl_lanes_count(block[0], n, cut, count);
            for (int l = 0; l < width; l++) {
                uint8_t least = 255, most = 0;
                uint32_t left = 0;
                for (size_t i = 0; i < n; i++) {
                    uint8_t value = x[rows[i] * D + features[l]];
                    assert_int_equal(block[0][i * SL_LANES + (size_t)l], value);
                    assert_int_equal(block[1][i * SL_LANES + (size_t)l], value);
                    least = value < least ? value : least;
                    most = value > most ? value : most;
                    left += value <= cut[l];
                }
                assert_true(low[l] == least && high[l] == most && count[l] == left);
            }
        }
    sl_rng_free(rng);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(lanes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
