/* lanes.c - up to 32 byte features of some rows side by side.  O(32 n) each, most of it the gather's: it
 * reads bytes that lie anywhere. */
#include "kernels/lanes.h"
#include "kernels/dispatch.h"
#include <string.h>

enum {
    STEP = 4,  /* lanes that are gathered at a time */
    AHEAD = 4, /* rows that are asked for before they are read */
};

void sl_lanes_gather(const uint8_t *x, size_t stride, const uint32_t *rows, size_t n,
                     const uint32_t *features, int lanes, uint8_t *block)
{
    uint32_t at[SL_LANES];
    int whole = (lanes + STEP - 1) / STEP * STEP;
    for (int l = 0; l < whole; l++)
        at[l] = features[l < lanes ? l : 0];
    for (size_t i = 0; i < n; i++, block += SL_LANES) {
        const uint8_t *row = x + rows[i] * stride, *next = x + rows[i + AHEAD < n ? i + AHEAD : i] * stride;
        for (int l = 0; l < whole; l += STEP) {
            __builtin_prefetch(next + at[l]);
            for (int j = 0; j < STEP; j++)
                block[l + j] = row[at[l + j]];
        }
        for (int l = lanes; l < SL_LANES; l++)
            block[l] = 0;
    }
}

/* Some rows at a time, so that their block stays near while lane after lane is filled. */
void sl_lanes_gather_columns(const uint8_t *columns, size_t n_all, const uint32_t *rows, size_t n,
                             const uint32_t *features, int lanes, uint8_t *block)
{
    enum { ROWS = 256 };
    for (size_t first = 0; first < n; first += ROWS) {
        const size_t m = n - first < ROWS ? n - first : ROWS;
        for (int l = 0; l < SL_LANES; l += STEP) {
            const uint8_t *column[STEP];
            for (int j = 0; j < STEP; j++)
                column[j] = columns + features[l + j < lanes ? l + j : 0] * n_all;
            for (size_t i = 0; i < m; i++) {
                const uint32_t row = rows[first + i];
                uint8_t *to = block + (first + i) * SL_LANES + l;
                for (int j = 0; j < STEP; j++)
                    to[j] = column[j][row];
            }
        }
    }
}

SL_CLONED_VOID(extern, sl_lanes_range,
               (const uint8_t *block, size_t n, uint8_t low[SL_LANES], uint8_t high[SL_LANES]),
               (block, n, low, high))
{
    uint8_t least[SL_LANES], most[SL_LANES];
    memcpy(least, block, sizeof least);
    memcpy(most, block, sizeof most);
    for (size_t i = 1; i < n; i++)
        for (int l = 0; l < SL_LANES; l++) {
            uint8_t x = block[i * SL_LANES + (size_t)l];
            least[l] = x < least[l] ? x : least[l];
            most[l] = x > most[l] ? x : most[l];
        }
    memcpy(low, least, sizeof least);
    memcpy(high, most, sizeof most);
}

SL_CLONED_VOID(extern, sl_lanes_count,
               (const uint8_t *block, size_t n, const uint8_t cut[SL_LANES], uint32_t count[SL_LANES]),
               (block, n, cut, count))
{
    uint8_t most[SL_LANES];
    memcpy(most, cut, sizeof most);
    memset(count, 0, SL_LANES * sizeof *count);
    for (size_t first = 0; first < n; first += 255) {
        const size_t end = first + 255 < n ? first + 255 : n;
        uint8_t some[SL_LANES] = {0};
        for (size_t i = first; i < end; i++)
            for (int l = 0; l < SL_LANES; l++)
                some[l] = (uint8_t)(some[l] + (block[i * SL_LANES + (size_t)l] <= most[l]));
        for (int l = 0; l < SL_LANES; l++)
            count[l] += some[l];
    }
}
