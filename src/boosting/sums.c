/* sums.c - sums of gradients by bin, and the best split that they give.
 *
 * Eight features stand side by side: a row's eight bins are one read, its additions go to eight different
 * numbers of one near block of 16 KiB, and the splits of eight features are scored at once.  Rows whose eight
 * bins are all 0 are passed over, as half of an image's are.  O(8 n), and O(256) vectors; of few rows O(n^2)
 * vectors. */
#include "boosting/sums.h"
#include "kernels/dispatch.h"
#include <endian.h>
#include <string.h>

typedef uint64_t u64x4 __attribute__((vector_size(32)));
typedef uint64_t u64x4_anywhere __attribute__((vector_size(32), aligned(8), may_alias));
typedef uint8_t u8x4 __attribute__((vector_size(4)));
typedef int64_t i64x4 __attribute__((vector_size(32)));
typedef int32_t i32x8 __attribute__((vector_size(32)));
typedef uint32_t u32x8 __attribute__((vector_size(32)));
typedef float f32x8 __attribute__((vector_size(32)));

struct sl_sums_layout sl_sums_layout_for(size_t n)
{
    int bits = 1;
    while (n >> bits)
        bits++;
    if (bits <= 20) { /* each part has room for n units beside its sum: see quantise */
        const int curvature = (64 - bits) / 2 < 30 ? (64 - bits) / 2 : 30;
        const int gradient = 64 - bits - curvature < 32 ? 64 - bits - curvature : 32;
        return (struct sl_sums_layout){gradient, 64 - gradient - bits, bits, 0};
    }
    return (struct sl_sums_layout){32, 32, 0, 0};
}

void sl_sums_add(const uint8_t *code, size_t stride, const uint32_t *rows, const uint64_t *packed, size_t n,
                 uint64_t sums[SL_SUMS_BLOCK])
{
    enum { AHEAD = 16 }; /* rows */
    for (size_t i = 0; i < n; i++) {
        uint64_t bins, add = packed[i];
        memcpy(&bins, code + rows[i] * stride, sizeof bins);
        if (i + AHEAD < n)
            __builtin_prefetch(code + rows[i + AHEAD] * stride);
        if (!bins)
            continue;
        bins = le64toh(bins);
#pragma GCC unroll 8
        for (int f = 0; f < SL_SUMS_FEATURES; f++)
            sums[(bins >> 8 * f & 255) * SL_SUMS_FEATURES + (size_t)f] += add;
    }
}

SL_CLONED_VOID(extern, sl_sums_add_four,
               (const uint8_t *code, size_t stride, const uint32_t *rows,
                const uint64_t (*packed)[SL_SUMS_FOUR], size_t n, uint64_t sums[SL_SUMS_QUAD]),
               (code, stride, rows, packed, n, sums))
{
    u64x4_anywhere *sum = (u64x4_anywhere *)(void *)sums;
    for (size_t i = 0; i < n; i++) {
        uint32_t bins;
        memcpy(&bins, code + rows[i] * stride, sizeof bins);
        if (!bins)
            continue;
        bins = le32toh(bins);
        const u64x4 add = *(const u64x4_anywhere *)(const void *)packed[i];
#pragma GCC unroll 4
        for (unsigned f = 0; f < SL_SUMS_FOUR; f++)
            sum[(bins >> 8 * f & 255) * SL_SUMS_FOUR + f] += add;
    }
}

SL_CLONED_VOID(extern, sl_sums_subtract,
               (uint64_t parent[SL_SUMS_BLOCK], const uint64_t child[SL_SUMS_BLOCK], size_t bins),
               (parent, child, bins))
{
    for (size_t i = 0; i < bins * SL_SUMS_FEATURES; i++)
        parent[i] -= child[i];
}

/* The lower or upper halves of eight numbers, in an order of their own: features 0 1 4 5 2 3 6 7. */
#define LOWER(a, b) ((u32x8)__builtin_shufflevector((i32x8)(a), (i32x8)(b), 0, 2, 8, 10, 4, 6, 12, 14))
#define UPPER(a, b) ((i32x8)__builtin_shufflevector((i32x8)(a), (i32x8)(b), 1, 3, 9, 11, 5, 7, 13, 15))

struct side {
    f32x8 gradient, curvature, rows;
};

/* By address: clang has no way to pass vectors to functions of any processor. */
SL_INLINE struct side unpack(const u64x4 sums[2], const struct sl_sums_layout *layout)
{
    const u64x4 a = sums[0], b = sums[1];
    const int above = layout->curvature_bits + layout->count_bits - 32; /* >= 0 */
    const int count = layout->count_bits;
    const uint32_t mask = (uint32_t)((1ull << layout->curvature_bits) - 1);
    const i32x8 curvature = (i32x8)(LOWER(a >> count, b >> count) & mask);
    struct side side = {.gradient = __builtin_convertvector(UPPER(a, b) >> above, f32x8),
                        .curvature = __builtin_convertvector(curvature, f32x8)};
    if (count)
        side.rows = __builtin_convertvector((i32x8)(LOWER(a, b) & ((1u << count) - 1)), f32x8);
    else {
        /* Up to 2^32: beyond what a signed number holds. */
        const i32x8 upper = (i32x8)(LOWER(a, b) >> 16), lower = (i32x8)(LOWER(a, b) & 0xffff);
        side.curvature =
            __builtin_convertvector(upper, f32x8) * 65536 + __builtin_convertvector(lower, f32x8);
        side.rows = side.curvature * layout->rows_a_curvature;
    }
    return side;
}

/* What the best split is looked for with, and has so far; its features in the order of LOWER. */
struct search {
    struct side node;
    f32x8 best;
    i32x8 bin;
};

SL_INLINE struct search begin_search(uint64_t total, const struct sl_sums_rule *rule)
{
    const u64x4 all[2] = {{total, total, total, total}, {total, total, total, total}};
    const f32x8 zero = {0};
    return (struct search){.node = unpack(all, &rule->layout), .best = zero - 1};
}

/* Takes the splits with these sums on the right where they are better, or as good and at a lower bin. */
SL_INLINE void try_split(struct search *search, const struct sl_sums_rule *rule, const u64x4 right[2],
                         const i32x8 *at)
{
    const f32x8 zero = {0}, l2 = zero + rule->l2, min_rows = zero + rule->min_rows;
    const f32x8 min_curvature = zero + rule->min_curvature;
    const struct side *node = &search->node, r = unpack(right, &rule->layout);
    const f32x8 gradient = node->gradient - r.gradient, curvature = node->curvature - r.curvature;
    const f32x8 rows = node->rows - r.rows;
    const f32x8 below = curvature + l2, r_below = r.curvature + l2; /* one division for both sides */
    const f32x8 l = (gradient * gradient * r_below + r.gradient * r.gradient * below) / (below * r_below);
    const i32x8 fits = (rows >= min_rows) & (r.rows >= min_rows) & (curvature >= min_curvature) &
                       (r.curvature >= min_curvature) &
                       ((l > search->best) | ((l == search->best) & (*at < search->bin)));
    search->best = (f32x8)((fits & (i32x8)l) | (~fits & (i32x8)search->best));
    search->bin = (fits & *at) | (~fits & search->bin);
}

SL_INLINE void end_search(const struct search *search, float score[SL_SUMS_FEATURES],
                          uint8_t bin[SL_SUMS_FEATURES])
{
    static const int order[SL_SUMS_FEATURES] = {0, 1, 4, 5, 2, 3, 6, 7};
    for (int f = 0; f < SL_SUMS_FEATURES; f++) {
        score[order[f]] = search->best[f];
        bin[order[f]] = (uint8_t)search->bin[f];
    }
}

SL_CLONED_VOID(extern, sl_sums_best,
               (const uint64_t sums[SL_SUMS_BLOCK], uint64_t total, const struct sl_sums_rule *rule, int last,
                float score[SL_SUMS_FEATURES], uint8_t bin[SL_SUMS_FEATURES]),
               (sums, total, rule, last, score, bin))
{
    struct search search = begin_search(total, rule);
    u64x4 right[2] = {{0}, {0}};
    for (int b = last; b >= 0; b--) {
        const u64x4_anywhere *here =
            (const u64x4_anywhere *)(const void *)(sums + (size_t)(b + 1) * SL_SUMS_FEATURES);
        const i32x8 at = (i32x8){0} + b;
        right[0] += here[0];
        right[1] += here[1];
        try_split(&search, rule, right, &at);
    }
    end_search(&search, score, bin);
}

/* Codes of one row; those above `most` are -1, which is left of every split. */
SL_INLINE void spread(const uint64_t *bins, int most, i64x4 code[2])
{
    u8x4 bytes[2];
    memcpy(bytes, bins, sizeof bytes);
    for (int half = 0; half < 2; half++) {
        code[half] = __builtin_convertvector(bytes[half], i64x4);
        code[half] |= code[half] > most;
    }
}

SL_CLONED_VOID(extern, sl_sums_best_of_few,
               (const uint8_t *code, size_t stride, const uint32_t *rows, const uint64_t *packed, size_t n,
                uint64_t total, const struct sl_sums_rule *rule, int last, float score[SL_SUMS_FEATURES],
                uint8_t bin[SL_SUMS_FEATURES]),
               (code, stride, rows, packed, n, total, rule, last, score, bin))
{
    i64x4 codes[SL_SUMS_FEW + 1]
               [2]; /* behind the rows' bin 0, which may part missing values from all others */
    uint64_t bins[SL_SUMS_FEW], differs = 0;
    struct search search = begin_search(total, rule);
    for (size_t i = 0; i < n; i++) {
        memcpy(&bins[i], code + rows[i] * stride, sizeof bins[i]);
        differs |= bins[i] ^ bins[0];
    }
    codes[n][0] = codes[n][1] = (i64x4){0};
    for (size_t i = 0; i < n && differs; i++)
        spread(&bins[i], last + 1, codes[i]);
    for (size_t c = 0; c <= n && differs; c++) {
        const i64x4 at[2] = {codes[c][0] & (codes[c][0] >= 0), codes[c][1] & (codes[c][1] >= 0)};
        const i32x8 bin_at = (i32x8)LOWER(at[0], at[1]);
        u64x4 right[2] = {{0}, {0}};
        for (size_t i = 0; i < n; i++) {
            right[0] += packed[i] & (u64x4)(codes[i][0] > at[0]);
            right[1] += packed[i] & (u64x4)(codes[i][1] > at[1]);
        }
        try_split(&search, rule, right, &bin_at);
    }
    end_search(&search, score, bin);
}
