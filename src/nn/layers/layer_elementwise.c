/* layer_elementwise.c - layers that change each number by itself, in place: activations, dropout, noise.
 *
 * An activation's derivative is written in its output a, so that nothing but the output is kept.
 * Dropout and noise draw from a counter: element i of a step is a hash of (key, i), the same in whatever
 * order and on whatever thread it is asked for, and backward asks again instead of keeping masks.
 * The hash is C. Wellons' 32-bit mixer with two multiplications ("Prospecting for Hash Functions", 2018).
 * Dropout: Srivastava et al., JMLR 15 (2014), scaled by 1 / (1 - rate) while training. */
#include "kernels/dispatch.h"
#include "kernels/exp.h"
#include "nn/layers/layer.h"
#include "nn/layers/words.h"
#include <math.h>

/* Activations -------------------------------------------------------------------------------------- */

/* apply_WORD and derive_WORD from a = f(a) and the derivative, both of the output a. */
#define ACTIVATION(word, value, slope, more)                                                                 \
    SL_CLONED_VOID(static, apply_##word,                                                                     \
                   (const struct sl_layer *layer, const struct sl_call *run, float *restrict rows,           \
                    size_t ld, struct sl_tile tile),                                                         \
                   (layer, run, rows, ld, tile))                                                             \
    {                                                                                                        \
        (void)layer;                                                                                         \
        (void)run;                                                                                           \
        for (size_t i = 0; i < tile.rows; i++) {                                                             \
            float *restrict row = rows + i * ld + tile.col0;                                                 \
            for (size_t j = 0; j < tile.cols; j++) {                                                         \
                float a = row[j];                                                                            \
                row[j] = (value);                                                                            \
            }                                                                                                \
        }                                                                                                    \
    }                                                                                                        \
    SL_CLONED_VOID(static, derive_##word,                                                                    \
                   (const struct sl_layer *layer, const struct sl_call *run, const float *restrict rows,     \
                    float scale, float *restrict grads, size_t ld, struct sl_tile tile),                     \
                   (layer, run, rows, scale, grads, ld, tile))                                               \
    {                                                                                                        \
        (void)layer;                                                                                         \
        (void)run;                                                                                           \
        float over = 1 / scale;                                                                              \
        for (size_t i = 0; i < tile.rows; i++) {                                                             \
            const float *restrict row = rows + i * ld + tile.col0;                                           \
            float *restrict d = grads + i * ld + tile.col0;                                                  \
            for (size_t j = 0; j < tile.cols; j++) {                                                         \
                float a = scale * row[j];                                                                    \
                (void)a;                                                                                     \
                (void)over;                                                                                  \
                d[j] = (slope);                                                                              \
            }                                                                                                \
        }                                                                                                    \
    }                                                                                                        \
    const struct sl_layer_type sl_layer_##word = {                                                           \
        .name = #word,                                                                                       \
        .usage = #word,                                                                                      \
        .help = "activation: " HELP_##word,                                                                  \
        .flags = SL_IN_PLACE | SL_ACTIVATION | SL_MONOTONE | (more),                                         \
        .reach = REACH_##word,                                                                               \
        .apply = apply_##word,                                                                               \
        .derive = derive_##word,                                                                             \
    };

#define HELP_relu "max(a, 0)"
#define HELP_elu "a where positive, else exp(a) - 1"
#define HELP_tanh "the hyperbolic tangent"
#define HELP_sigmoid "1 / (1 + exp(-a)), the logistic function"
#define HELP_identity "a itself"

#define REACH_relu NULL
#define REACH_elu NULL
#define REACH_tanh at_most_1
#define REACH_sigmoid at_most_1
#define REACH_identity NULL

static double at_most_1(const struct sl_layer *layer, const float *w, double in)
{
    (void)layer;
    (void)w;
    (void)in;
    return 1;
}

ACTIVATION(relu, a<0 ? 0.0f : a, a> 0 ? d[j] * over : 0.0f, SL_ZERO_STOPS)
ACTIVATION(elu, a > 0 ? a : sl_exp_minus_1(a), a > 0 ? d[j] : d[j] * (a + 1), 0)
ACTIVATION(tanh, sl_tanh(a), d[j] * (1 - a * a), 0)
ACTIVATION(sigmoid, sl_logistic(a), d[j] * a * (1 - a), SL_SMALL_INIT)
ACTIVATION(identity, a, d[j], 0)

/* Random numbers by counter ------------------------------------------------------------------------ */

static inline uint32_t mix32(uint32_t x)
{
    x ^= x >> 16;
    x *= 0x21f0aaadu;
    x ^= x >> 15;
    x *= 0x735a2d97u;
    x ^= x >> 15;
    return x;
}

/* Random bits of column j of a row; key as two halves, the row's first index folded into one. */
static inline uint32_t bits_at(uint32_t row_key, uint32_t j)
{
    return mix32(row_key + j * 0x9e3779b9u);
}

static uint32_t row_key(const struct sl_call *run, size_t row)
{
    uint64_t x = (run->key ^ (uint64_t)row * 0x9e3779b97f4a7c15u) * 0xbf58476d1ce4e5b9u;
    return (uint32_t)(x >> 32) ^ mix32((uint32_t)x);
}

/* Dropout ------------------------------------------------------------------------------------------ */

/* Zeroes each element with probability rate and scales the others. */
SL_CLONED_VOID(static, drop_row,
               (float *restrict a, size_t col0, size_t cols, uint32_t key, uint32_t threshold, float scale),
               (a, col0, cols, key, threshold, scale))
{
    for (size_t j = 0; j < cols; j++)
        a[j] = bits_at(key, (uint32_t)(col0 + j)) >= threshold ? a[j] * scale : 0.0f;
}

static void drop_rows(const struct sl_layer *layer, const struct sl_call *run, float *a, size_t ld,
                      struct sl_tile tile)
{
    uint32_t threshold = (uint32_t)(layer->rate * 4294967296.0);
    for (size_t i = 0; run->training && i < tile.rows; i++)
        drop_row(a + i * ld + tile.col0, tile.col0, tile.cols, row_key(run, tile.row0 + i), threshold,
                 1 / (1 - layer->rate));
}

static void drop_derive(const struct sl_layer *layer, const struct sl_call *run, const float *a, float scale,
                        float *d, size_t ld, struct sl_tile tile)
{
    (void)a;
    (void)scale;
    drop_rows(layer, run, d, ld, tile);
}

static float drop_kept(const struct sl_layer *layer)
{
    return 1 - layer->rate;
}

static int dropout_parse(struct sl_words *words, struct sl_layer *layer, struct sl_error *err)
{
    return sl_words_real(words, "the share to drop", 0, 1, &layer->rate, err);
}

const struct sl_layer_type sl_layer_dropout = {
    .name = "dropout",
    .usage = "dropout RATE",
    .help = "while training sets this share of the numbers to 0 and scales the others",
    .flags = SL_IN_PLACE,
    .parse = dropout_parse,
    .apply = drop_rows,
    .derive = drop_derive,
    .kept_share = drop_kept,
};

/* Gaussian noise ----------------------------------------------------------------------------------- */

/* ln u of u in (0, 1], the mantissa taken to [sqrt 1/2, sqrt 2): 2 artanh s by its series, s < 0.172. */
static inline float log_of(float u)
{
    union {
        float value;
        int32_t bits;
    } m = {.value = u};
    int32_t exponent = (m.bits - 0x3f3504f3) >> 23; /* the bits of sqrt 1/2 */
    m.bits -= exponent * (1 << 23);
    float s = (m.value - 1) / (m.value + 1), t = s * s;
    float series = 1 + t * (1.0f / 3 + t * (1.0f / 5 + t * (1.0f / 7 + t * (1.0f / 9))));
    return 0.69314718f * (float)exponent + 2 * s * series;
}

/* cos 2 pi v of v in [0, 1) = sin 2 pi (|v - 1/2| - 1/4), whose argument is at most pi / 2: Taylor's series.
 */
static inline float cos_of_turn(float v)
{
    float x = 6.2831853f * (fabsf(v - 0.5f) - 0.25f), t = x * x;
    return x * (1 - t * (1.0f / 6) *
                        (1 - t * (1.0f / 20) *
                                 (1 - t * (1.0f / 42) * (1 - t * (1.0f / 72) * (1 - t * (1.0f / 110))))));
}

/* Box and Muller's method (1958): one normal number of two uniform ones.  Its functions are written out so
 * that the compiler vectorises them; they are good to a few units of 1e-7. */
SL_CLONED_VOID(static, add_noise,
               (float *restrict a, size_t col0, size_t cols, uint32_t key, float deviation),
               (a, col0, cols, key, deviation))
{
    for (size_t j = 0; j < cols; j++) {
        uint32_t at = 2 * (uint32_t)(col0 + j);
        float u = ((float)(int32_t)(bits_at(key, at) >> 8) + 1) * 0x1p-24f;
        float v = (float)(int32_t)(bits_at(key, at + 1) >> 8) * 0x1p-24f;
        a[j] += deviation * sqrtf(-2 * log_of(u)) * cos_of_turn(v);
    }
}

static void noise_apply(const struct sl_layer *layer, const struct sl_call *run, float *a, size_t ld,
                        struct sl_tile tile)
{
    for (size_t i = 0; run->training && i < tile.rows; i++)
        add_noise(a + i * ld + tile.col0, tile.col0, tile.cols, row_key(run, tile.row0 + i), layer->rate);
}

static void noise_derive(const struct sl_layer *layer, const struct sl_call *run, const float *a, float scale,
                         float *d, size_t ld, struct sl_tile tile)
{
    (void)layer;
    (void)run;
    (void)a;
    (void)scale;
    (void)d;
    (void)ld;
    (void)tile; /* the slope of a + noise is 1 */
}

static int noise_parse(struct sl_words *words, struct sl_layer *layer, struct sl_error *err)
{
    return sl_words_real(words, "the standard deviation", 0, 1e6, &layer->rate, err);
}

const struct sl_layer_type sl_layer_noise = {
    .name = "noise",
    .usage = "noise DEVIATION",
    .help = "while training adds Gaussian noise of this standard deviation",
    .flags = SL_IN_PLACE,
    .parse = noise_parse,
    .apply = noise_apply,
    .derive = noise_derive,
};
