/* rng.c - random streams: xoshiro256** as a GSL generator.
 *
 * Source: D. Blackman and S. Vigna, "Scrambled linear pseudorandom number generators" (2018), and
 * S. Vigna's splitmix64 for seeding. */
#include "core/hash.h"
#include <endian.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <shortlist/rng.h>
#include <stdlib.h>
#include <string.h>

/* GSL passes numbers as unsigned long. */
_Static_assert(sizeof(unsigned long) == sizeof(uint64_t), "64-bit systems only");

struct state {
    uint64_t s[4];
};

struct sl_rng {
    gsl_rng *gsl;
    uint64_t root; /* what the stream was derived from, for sl_rng_split */
};

static uint64_t rotate_left(uint64_t x, int k)
{
    return (x << k) | (x >> (64 - k));
}

static void xoshiro_set(void *vstate, unsigned long seed)
{
    struct state *state = vstate;
    uint64_t x = seed;
    for (int i = 0; i < 4; i++)
        state->s[i] = sl_splitmix(&x);
}

static unsigned long xoshiro_get(void *vstate)
{
    uint64_t *s = ((struct state *)vstate)->s;
    uint64_t result = rotate_left(s[1] * 5, 7) * 9;
    uint64_t t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate_left(s[3], 45);
    return result;
}

static double xoshiro_get_double(void *vstate)
{
    return (double)(xoshiro_get(vstate) >> 11) * 0x1p-53;
}

static const gsl_rng_type xoshiro256 = {
    .name = "xoshiro256**",
    .max = UINT64_MAX,
    .min = 0,
    .size = sizeof(struct state),
    .set = xoshiro_set,
    .get = xoshiro_get,
    .get_double = xoshiro_get_double,
};

static struct sl_rng *from_root(uint64_t root)
{
    struct sl_rng *rng = malloc(sizeof *rng);
    if (!rng)
        return NULL;
    /* gsl_rng_alloc would read GSL_RNG_SEED's default and call an aborting handler on failure. */
    rng->gsl = malloc(sizeof *rng->gsl);
    void *state = malloc(sizeof(struct state));
    if (!rng->gsl || !state) {
        free(rng->gsl);
        free(state);
        free(rng);
        return NULL;
    }
    rng->gsl->type = &xoshiro256;
    rng->gsl->state = state;
    rng->root = root;
    gsl_rng_set(rng->gsl, root ? root : 1); /* GSL reads 0 as "the default seed" */
    return rng;
}

struct sl_rng *sl_rng_new(uint64_t seed, const char *key)
{
    return from_root(sl_hash64(key ? key : "", key ? strlen(key) : 0, seed));
}

struct sl_rng *sl_rng_split(const struct sl_rng *rng, uint64_t n)
{
    uint64_t le = htole64(n);
    return from_root(sl_hash64(&le, sizeof le, rng->root));
}

void sl_rng_free(struct sl_rng *rng)
{
    if (!rng)
        return;
    free(rng->gsl->state);
    free(rng->gsl);
    free(rng);
}

void sl_rng_state(const struct sl_rng *rng, uint64_t state[4])
{
    memcpy(state, rng->gsl->state, sizeof(struct state));
}

void sl_rng_set_state(struct sl_rng *rng, const uint64_t state[4])
{
    memcpy(rng->gsl->state, state, sizeof(struct state));
}

uint64_t sl_rng_bits(struct sl_rng *rng)
{
    return xoshiro_get(rng->gsl->state);
}

double sl_rng_uniform(struct sl_rng *rng)
{
    return xoshiro_get_double(rng->gsl->state);
}

double sl_rng_normal(struct sl_rng *rng)
{
    return gsl_ran_gaussian_ziggurat(rng->gsl, 1.0);
}

uint64_t sl_rng_below(struct sl_rng *rng, uint64_t n)
{
    /* Rejects the incomplete last interval. */
    uint64_t limit = UINT64_MAX - UINT64_MAX % n, x;
    do
        x = sl_rng_bits(rng);
    while (x >= limit);
    return x % n;
}

void sl_rng_shuffle(struct sl_rng *rng, uint32_t *a, size_t n)
{
    for (size_t i = n; i > 1; i--) {
        size_t j = sl_rng_below(rng, i);
        uint32_t swap = a[i - 1];
        a[i - 1] = a[j];
        a[j] = swap;
    }
}
