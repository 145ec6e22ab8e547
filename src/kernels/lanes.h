/* lanes.h - up to 32 byte features of some rows side by side, one feature a vector lane: gathered from
 * anywhere in the rows, and what a random split of each needs. */
#ifndef SL_KERNELS_LANES_H
#define SL_KERNELS_LANES_H

#include <stddef.h>
#include <stdint.h>

enum { SL_LANES = 32 };

/* block[i][l] = x[rows[i]][features[l]] for rows of x (., stride), l < lanes <= SL_LANES; the other lanes
 * hold anything. block (n, SL_LANES). */
void sl_lanes_gather(const uint8_t *x, size_t stride, const uint32_t *rows, size_t n,
                     const uint32_t *features, int lanes, uint8_t *block);

/* The same of columns (., n_all): x[row][feature] is columns[feature][row]. */
void sl_lanes_gather_columns(const uint8_t *columns, size_t n_all, const uint32_t *rows, size_t n,
                             const uint32_t *features, int lanes, uint8_t *block);

/* The smallest and the largest byte of each lane; n >= 1. */
void sl_lanes_range(const uint8_t *block, size_t n, uint8_t low[SL_LANES], uint8_t high[SL_LANES]);

/* count[l]: rows whose byte is at most cut[l]. */
void sl_lanes_count(const uint8_t *block, size_t n, const uint8_t cut[SL_LANES], uint32_t count[SL_LANES]);

#endif
