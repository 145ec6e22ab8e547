/* lanes.c - up to 32 byte features of some rows side by side.  O(32 n) each, most of it the gather's: it
 * reads bytes that lie anywhere. */
#include "kernels/lanes.h"
#include "kernels/dispatch.h"
#include <endian.h>
#include <string.h>

enum {
    STEP = 8,  /* lanes that are gathered at a time, written as one number */
    ROWS = 32, /* rows whose lines of memory stay near while their lanes are gathered step by step */
};

/* The bytes of a step, the first one lowest. */
SL_INLINE uint64_t join(const uint8_t *a, const size_t at[STEP])
{
    uint64_t low = a[at[0]] | (uint32_t)a[at[1]] << 8 | (uint32_t)a[at[2]] << 16 | (uint32_t)a[at[3]] << 24;
    uint64_t high = a[at[4]] | (uint32_t)a[at[5]] << 8 | (uint32_t)a[at[6]] << 16 | (uint32_t)a[at[7]] << 24;
    return low | high << 32;
}

SL_INLINE void store(uint64_t bytes, uint8_t *to)
{
    bytes = htole64(bytes);
    memcpy(to, &bytes, sizeof bytes);
}

void sl_lanes_gather(const uint8_t *x, size_t stride, const uint32_t *rows, size_t n,
                     const uint32_t *features, int lanes, uint8_t *block)
{
    size_t at[SL_LANES];
    for (int l = 0; l < SL_LANES; l++)
        at[l] = features[l < lanes ? l : 0];
    for (size_t first = 0; first < n; first += ROWS) {
        const size_t m = n - first < ROWS ? n - first : ROWS;
        for (int l = 0; l < lanes; l += STEP)
            for (size_t i = 0; i < m; i++)
                store(join(x + rows[first + i] * stride, at + l), block + (first + i) * SL_LANES + l);
    }
}

/* Some rows at a time, so that their block stays near while lane after lane is filled. */
void sl_lanes_gather_columns(const uint8_t *columns, size_t n_all, const uint32_t *rows, size_t n,
                             const uint32_t *features, int lanes, uint8_t *block)
{
    enum { MANY = 256 };
    size_t at[SL_LANES];
    for (int l = 0; l < SL_LANES; l++)
        at[l] = features[l < lanes ? l : 0] * n_all;
    for (size_t first = 0; first < n; first += MANY) {
        const size_t m = n - first < MANY ? n - first : MANY;
        for (int l = 0; l < lanes; l += STEP)
            for (size_t i = 0; i < m; i++)
                store(join(columns + rows[first + i], at + l), block + (first + i) * SL_LANES + l);
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
