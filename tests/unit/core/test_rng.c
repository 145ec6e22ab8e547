/* Random streams: known answers, independence of streams, evenness of what is drawn. */
#include "core/hash.h"
#include "unit/check.h"
#include <math.h>
#include <shortlist/rng.h>

/* xoshiro256** and its seeding, written down a second time; checked against published output first. */
static uint64_t rotate(uint64_t x, int k)
{
    return x << k | x >> (64 - k);
}

static uint64_t plain_next(uint64_t s[4])
{
    uint64_t result = rotate(s[1] * 5, 7) * 9, t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 45);
    return result;
}

static uint64_t plain_splitmix(uint64_t *x)
{
    uint64_t z = *x += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

static void published(void **state)
{
    /* The reference code of Blackman and Vigna, state 1 2 3 4; of splitmix64, state 1234567. */
    static const uint64_t xoshiro[] = {11520u,
                                       0u,
                                       1509978240u,
                                       1215971899390074240u,
                                       1216172134540287360u,
                                       607988272756665600u,
                                       16172922978634559625u,
                                       8476171486693032832u,
                                       10595114339597558777u,
                                       2904607092377533576u};
    static const uint64_t splitmix[] = {6457827717110365317u, 3203168211198807973u, 9817491932198370423u,
                                        4593380528125082431u, 16408922859458223821u};
    (void)state;
    uint64_t s[4] = {1, 2, 3, 4}, x = 1234567, y = 1234567;
    for (size_t i = 0; i < 10; i++)
        assert_true(plain_next(s) == xoshiro[i]);
    for (size_t i = 0; i < 5; i++) {
        assert_true(plain_splitmix(&x) == splitmix[i]);
        assert_true(sl_splitmix(&y) == splitmix[i]);
    }
}

static void known_answers(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 20; seed++) {
        struct sl_rng *rng = sl_rng_new(seed, "key");
        uint64_t x = sl_hash64("key", 3, seed), s[4];
        for (int i = 0; i < 4; i++)
            s[i] = plain_splitmix(&x);
        for (int i = 0; i < 100; i++)
            assert_true(sl_rng_bits(rng) == plain_next(s));
        double uniform = sl_rng_uniform(rng);
        assert_true(uniform == (double)(plain_next(s) >> 11) / 9007199254740992.0);
        sl_rng_free(rng);
    }
}

/* Published numbers depend on these: they must never change. */
static void frozen(void **state)
{
    static const uint64_t trial[] = {0xc9e30d3b8c3156d5, 0xcf01ba8a11c1727e, 0x946f95238fd2ca53,
                                     0x69e035d10ba882ee};
    static const uint64_t third[] = {0x10c8b11f854272f0, 0xccbabad6ae89bd47};
    (void)state;
    struct sl_rng *rng = sl_rng_new(42, "trial");
    for (size_t i = 0; i < 4; i++)
        assert_true(sl_rng_bits(rng) == trial[i]);
    struct sl_rng *split = sl_rng_split(rng, 3);
    for (size_t i = 0; i < 2; i++)
        assert_true(sl_rng_bits(split) == third[i]);
    sl_rng_free(rng);
    sl_rng_free(split);
}

static void keys_and_seeds(void **state)
{
    (void)state;
    struct sl_rng *a = sl_rng_new(1, "a"), *same = sl_rng_new(1, "a"), *key = sl_rng_new(1, "b");
    struct sl_rng *seed = sl_rng_new(2, "a"), *null = sl_rng_new(1, NULL), *empty = sl_rng_new(1, "");
    uint64_t bits = sl_rng_bits(a);
    assert_true(bits == sl_rng_bits(same));
    assert_true(bits != sl_rng_bits(key) && bits != sl_rng_bits(seed));
    assert_true(sl_rng_bits(null) == sl_rng_bits(empty));
    sl_rng_free(a);
    sl_rng_free(same);
    sl_rng_free(key);
    sl_rng_free(seed);
    sl_rng_free(null);
    sl_rng_free(empty);
    sl_rng_free(NULL);
}

/* A split depends on the stream's origin, not on how far it has run, and does not move it. */
static void splits(void **state)
{
    (void)state;
    struct sl_rng *rng = sl_rng_new(5, "s"), *twin = sl_rng_new(5, "s");
    struct sl_rng *early = sl_rng_split(rng, 0), *other = sl_rng_split(rng, 1);
    for (int i = 0; i < 10; i++)
        assert_true(sl_rng_bits(rng) == sl_rng_bits(twin));
    struct sl_rng *late = sl_rng_split(rng, 0), *deeper = sl_rng_split(early, 0);
    uint64_t first = sl_rng_bits(early);
    assert_true(first == sl_rng_bits(late));
    assert_true(first != sl_rng_bits(other) && first != sl_rng_bits(deeper));
    /* 32,000 bits of neighbouring splits, compared: half agree, give or take 6 standard deviations. */
    int agree = 0;
    for (int i = 0; i < 500; i++)
        agree += __builtin_popcountll(~(sl_rng_bits(late) ^ sl_rng_bits(other)));
    assert_in_range(agree, 16000 - 540, 16000 + 540);
    sl_rng_free(rng);
    sl_rng_free(twin);
    sl_rng_free(early);
    sl_rng_free(other);
    sl_rng_free(late);
    sl_rng_free(deeper);
}

/* Chi-squared over m cells has mean m - 1 and variance 2 (m - 1): 6 standard deviations. */
static void assert_even(const size_t *count, size_t m, size_t draws)
{
    double expected = (double)draws / (double)m, chi2 = 0, degrees = (double)(m - 1);
    for (size_t i = 0; i < m; i++)
        chi2 += ((double)count[i] - expected) * ((double)count[i] - expected) / expected;
    if (fabs(chi2 - degrees) > 6 * sqrt(2 * degrees) + 1)
        fail_msg("chi-squared %g with %g degrees of freedom", chi2, degrees);
}

static void below_is_even(void **state)
{
    static const uint64_t limits[] = {1, 2, 3, 10, 64, 1000};
    (void)state;
    struct sl_rng *rng = sl_rng_new(6, "below");
    for (size_t i = 0; i < 6; i++) {
        size_t count[1000] = {0}, draws = 100 * (size_t)limits[i] + 10000;
        for (size_t j = 0; j < draws; j++) {
            uint64_t x = sl_rng_below(rng, limits[i]);
            assert_true(x < limits[i]);
            count[x]++;
        }
        if (limits[i] > 1)
            assert_even(count, (size_t)limits[i], draws);
    }
    /* 3/4 of the range: a plain remainder would draw the lower third twice as often as the rest. */
    size_t lower = 0;
    for (int i = 0; i < 30000; i++)
        lower += sl_rng_below(rng, 3ull << 62) < 1ull << 62;
    assert_in_range(lower, 10000 - 490, 10000 + 490);
    sl_rng_free(rng);
}

static void uniform_and_normal(void **state)
{
    enum { N = 200000, CELLS = 100 };
    (void)state;
    struct sl_rng *rng = sl_rng_new(7, "moments");
    size_t count[CELLS] = {0};
    double sum = 0, squares = 0, cubes = 0;
    for (int i = 0; i < N; i++) {
        double u = sl_rng_uniform(rng);
        assert_true(u >= 0 && u < 1);
        count[(size_t)(u * CELLS)]++;
    }
    assert_even(count, CELLS, N);
    for (int i = 0; i < N; i++) {
        double z = sl_rng_normal(rng);
        sum += z;
        squares += z * z;
        cubes += z * z * z;
    }
    /* Standard deviations of the means: 1, sqrt 2 and sqrt 15, over sqrt N. */
    assert_true(fabs(sum / N) < 6 / sqrt(N));
    assert_true(fabs(squares / N - 1) < 6 * sqrt(2.0 / N));
    assert_true(fabs(cubes / N) < 6 * sqrt(15.0 / N));
    sl_rng_free(rng);
}

static void shuffle_is_even(void **state)
{
    enum { DRAWS = 24000 };
    (void)state;
    struct sl_rng *rng = sl_rng_new(8, "shuffle");
    size_t count[256] = {0}, seen = 0, even[24];
    for (int i = 0; i < DRAWS; i++) {
        uint32_t a[4] = {0, 1, 2, 3};
        sl_rng_shuffle(rng, a, 4);
        assert_int_equal(1 << a[0] | 1 << a[1] | 1 << a[2] | 1 << a[3], 15);
        count[a[0] << 6 | a[1] << 4 | a[2] << 2 | a[3]]++;
    }
    for (size_t i = 0; i < 256; i++)
        if (count[i] && seen < 24)
            even[seen++] = count[i];
    assert_int_equal(seen, 24); /* every permutation of 4 */
    assert_even(even, 24, DRAWS);
    uint32_t one[1] = {9};
    sl_rng_shuffle(rng, one, 1);
    sl_rng_shuffle(rng, one, 0);
    assert_int_equal(one[0], 9);
    sl_rng_free(rng);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published),
        cmocka_unit_test(known_answers),
        cmocka_unit_test(frozen),
        cmocka_unit_test(keys_and_seeds),
        cmocka_unit_test(splits),
        cmocka_unit_test(below_is_even),
        cmocka_unit_test(uniform_and_normal),
        cmocka_unit_test(shuffle_is_even),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
