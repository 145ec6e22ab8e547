/* rng.h - random streams.
 *
 * A stream is xoshiro256** (Blackman and Vigna, 2018) seeded through splitmix64 and wrapped as a GSL
 * generator, so that GSL's distributions and shuffles work on it.  A stream is derived from a seed and
 * a key (a text or a number that names its purpose), never from the order of calls or the number of
 * threads: the same seed and key give the same numbers on every machine. */
#ifndef SHORTLIST_RNG_H
#define SHORTLIST_RNG_H

#include <shortlist/api.h>
#include <stddef.h>
#include <stdint.h>

SL_API_BEGIN

struct sl_rng;

/* A stream for (seed, key); NULL when out of memory.  key may be NULL.  Free it with sl_rng_free. */
struct sl_rng *sl_rng_new(uint64_t seed, const char *key);
void sl_rng_free(struct sl_rng *rng);

/* How far a stream has advanced, and a stream put there: of the same seed and key. */
void sl_rng_state(const struct sl_rng *rng, uint64_t state[4]);
void sl_rng_set_state(struct sl_rng *rng, const uint64_t state[4]);

/* A new stream, independent of rng's later output, that depends on rng's seed and key and on n only
 * (not on how far rng has advanced): one for each class, tree, layer or thread block. */
struct sl_rng *sl_rng_split(const struct sl_rng *rng, uint64_t n);

uint64_t sl_rng_bits(struct sl_rng *rng);                       /* 64 random bits */
double sl_rng_uniform(struct sl_rng *rng);                      /* [0, 1) */
double sl_rng_normal(struct sl_rng *rng);                       /* mean 0, variance 1 */
uint64_t sl_rng_below(struct sl_rng *rng, uint64_t n);          /* 0 ... n-1, n > 0, without bias */
void sl_rng_shuffle(struct sl_rng *rng, uint32_t *a, size_t n); /* Fisher-Yates, in place */

SL_API_END
#endif
