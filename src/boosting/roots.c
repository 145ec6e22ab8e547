/* roots.c - gradients as whole numbers, and the sums of roots.
 *
 * All outputs' trees begin with the same rows.  A bin is read once for four of them, and one vector is added
 * to: a fourth of the steps of sl_sums_add.  Chunks of rows stay in cache while a group's features pass over
 * them.  O(n d) for four outputs. */
#include "boosting/roots.h"
#include "core/memory.h"
#include "core/threads.h"
#include <math.h>
#include <string.h>

enum {
    AT_ONCE = 32 << 20, /* bytes of roots' sums */
    CHUNK = 2048,       /* rows */
    QUADS = SL_BINS_GROUP / SL_SUMS_FOUR,
};

/* 64 random bits of the i-th row (splitmix64's mixing). */
static uint64_t mix(uint64_t seed, uint64_t i)
{
    uint64_t z = seed + (i + 1) * 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

/* Rounded at random, so that a sum of many is what it would be without: up as often as the fraction says. */
void sl_boost_pack(const struct sl_boost_step *step, struct sl_boost_packed *packed)
{
    const struct sl_sums_layout layout = sl_sums_layout_for(step->n);
    const double room = (double)step->n + 2; /* what rounding adds at most */
    double gradients = 0, curvatures = 0;
    for (size_t i = 0; i < step->n; i++) {
        gradients += fabs((double)step->gradient[step->rows[i]]);
        curvatures += (double)step->curvature[step->rows[i]];
    }
    packed->has_gain = gradients > 0 && curvatures > 0;
    const double g = packed->has_gain ? (ldexp(1, layout.gradient_bits - 1) - room) / gradients : 0;
    const double h = packed->has_gain ? (ldexp(1, layout.curvature_bits) - room) / curvatures : 0;
    for (size_t i = 0; i < step->n; i++) {
        const uint32_t row = step->rows[i];
        const uint64_t bits = mix(step->seed, i); /* whatever rows stand beside these */
        const double up = (double)(uint32_t)bits * 0x1p-32, also_up = (double)(bits >> 32) * 0x1p-32;
        packed->sum[row] = sl_sums_pack(&layout, (int64_t)floor((double)step->gradient[row] * g + up),
                                        (uint64_t)((double)step->curvature[row] * h + also_up));
    }
    packed->rule = (struct sl_sums_rule){.layout = layout,
                                         .l2 = (float)(step->limits.l2_regularization * h),
                                         .min_rows = (float)step->limits.min_samples_leaf,
                                         .min_curvature = (float)(1e-3 * h), /* as in scikit-learn */
                                         .one = (float)h};
}

size_t sl_boost_roots_at_once(const struct sl_bins *bins, size_t n_outputs)
{
    const size_t root = bins->width / SL_SUMS_FEATURES * SL_SUMS_BLOCK * sizeof(uint64_t);
    const size_t most = AT_ONCE / root / SL_SUMS_FOUR * SL_SUMS_FOUR;
    return n_outputs < 3 ? 0 : n_outputs < most ? n_outputs : most;
}

/* A group's features and up to four outputs. */
struct task {
    const struct sl_bins *bins;
    const uint32_t *rows;
    size_t n;
    const struct sl_boost_packed *packed; /* (n_outputs) */
    size_t n_outputs, first, n_features;  /* the group's first feature, and how many */
    uint64_t *sums;                       /* (n_outputs, blocks, SL_SUMS_BLOCK) */
};

struct scratch {
    uint64_t near[CHUNK][SL_SUMS_FOUR];
    uint64_t sums[QUADS][SL_SUMS_QUAD];
};

/* The chunk's whole numbers side by side; 0 for outputs that there are not. */
static void gather(const struct task *task, size_t from, size_t n, struct scratch *scratch)
{
    for (size_t o = 0; o < SL_SUMS_FOUR; o++)
        for (size_t i = 0; i < n; i++)
            scratch->near[i][o] = o < task->n_outputs ? task->packed[o].sum[task->rows[from + i]] : 0;
}

/* From four features and four outputs side by side to blocks of each output. */
static void part(const struct task *task, const struct scratch *scratch)
{
    const size_t all = task->bins->width / SL_SUMS_FEATURES * SL_SUMS_BLOCK;
    for (size_t o = 0; o < task->n_outputs; o++)
        for (size_t f = 0; f < task->n_features; f += SL_SUMS_FOUR) {
            const size_t feature = task->first + f, block = feature / SL_SUMS_FEATURES;
            const uint64_t *from = scratch->sums[f / SL_SUMS_FOUR] + o;
            uint64_t *to = task->sums + o * all + block * SL_SUMS_BLOCK + feature % SL_SUMS_FEATURES;
            for (size_t bin = 0; bin < 256; bin++)
                for (size_t lane = 0; lane < SL_SUMS_FOUR; lane++)
                    to[bin * SL_SUMS_FEATURES + lane] = from[(bin * SL_SUMS_FOUR + lane) * SL_SUMS_FOUR];
        }
}

static void run(const struct task *task, struct scratch *scratch)
{
    memset(scratch->sums, 0, sizeof scratch->sums);
    for (size_t from = 0; from < task->n; from += CHUNK) {
        const size_t left = task->n - from, n = left < CHUNK ? left : CHUNK;
        gather(task, from, n, scratch);
        for (size_t f = 0; f < task->n_features; f += SL_SUMS_FOUR) {
            size_t stride;
            const uint8_t *code = sl_bins_column(task->bins, task->first + f, &stride);
            sl_sums_add_four(code, stride, task->rows + from, scratch->near, n,
                             scratch->sums[f / SL_SUMS_FOUR]);
        }
    }
    part(task, scratch);
}

int sl_boost_sum_roots(const struct sl_bins *bins, const uint32_t *rows, size_t n,
                       const struct sl_boost_packed *packed, size_t n_outputs, int threads, uint64_t *sums)
{
    const size_t all = bins->width / SL_SUMS_FEATURES * SL_SUMS_BLOCK;
    size_t failed = 0;
    threads = sl_threads_for(2 * (double)n * (double)(bins->width * n_outputs), threads);
#pragma omp parallel num_threads(threads) reduction(+ : failed)
    {
        struct scratch *scratch = sl_alloc(1, sizeof *scratch);
        failed += !scratch;
#pragma omp for schedule(dynamic) collapse(2)
        for (size_t first = 0; first < bins->width; first += SL_BINS_GROUP)
            for (size_t o = 0; o < n_outputs; o += SL_SUMS_FOUR) {
                const size_t features = bins->width - first, outputs = n_outputs - o;
                const struct task task = {.bins = bins,
                                          .rows = rows,
                                          .n = n,
                                          .packed = packed + o,
                                          .n_outputs = outputs < SL_SUMS_FOUR ? outputs : SL_SUMS_FOUR,
                                          .first = first,
                                          .n_features = features < SL_BINS_GROUP ? features : SL_BINS_GROUP,
                                          .sums = sums + o * all};
                if (scratch)
                    run(&task, scratch);
            }
        free(scratch);
    }
    return failed ? SL_ENOMEM : SL_OK;
}
