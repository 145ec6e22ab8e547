/* roots.c - gradients as whole numbers, and the sums of roots.
 *
 * All outputs' trees begin with the same rows.  A bin is read once for four of them, and one vector is added
 * to: a fourth of the steps of sl_sums_add.  Chunks of rows stay in cache while a group's features pass over
 * them.  O(n d) for four outputs. */
#include "boosting/roots.h"
#include "core/memory.h"
#include "core/threads.h"
#include "kernels/dispatch.h"
#include <math.h>
#include <string.h>

enum {
    AT_ONCE = 32 << 20, /* bytes of roots' sums */
    CHUNK = 2048,       /* rows */
    PACKED = 512,       /* rows whose gradients are packed side by side */
    QUADS = SL_BINS_GROUP / SL_SUMS_FOUR,
};

/* 64 random bits of the i-th row (splitmix64's mixing). */
SL_INLINE uint64_t mix(uint64_t seed, uint64_t i)
{
    uint64_t z = seed + (i + 1) * 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

/* From real numbers to whole ones. */
struct scale {
    struct sl_sums_layout layout;
    uint64_t seed;
    double gradient, curvature;
};

/* Of the n rows from number `first` on, whatever rows stand beside them. */
SL_CLONED_VOID(static, round_rows,
               (const struct scale *scale, size_t first, size_t n, const float *gradient,
                const float *curvature, uint64_t *sum),
               (scale, first, n, gradient, curvature, sum))
{
    const struct scale s = *scale;
    for (size_t i = 0; i < n; i++) {
        const uint64_t bits = mix(s.seed, first + i);
        const double up = (double)(int64_t)(bits & 0xffffffff) * 0x1p-32;
        const double also_up = (double)(int64_t)(bits >> 32) * 0x1p-32;
        const double g = (double)gradient[i] * s.gradient + up,
                     h = (double)curvature[i] * s.curvature + also_up;
        const int64_t towards_0 = (int64_t)g;
        sum[i] = sl_sums_pack(&s.layout, towards_0 - ((double)towards_0 > g), (uint64_t)(int64_t)h);
    }
}

static void pack_rows(const struct sl_boost_step *step, const struct scale *scale, size_t from, size_t n,
                      uint64_t *sum)
{
    const uint32_t *rows = step->rows + from;
    float gradient[PACKED], curvature[PACKED];
    uint64_t packed[PACKED];
    for (size_t i = 0; i < n; i++) {
        gradient[i] = step->gradient[rows[i]];
        curvature[i] = step->curvature[rows[i]];
    }
    round_rows(scale, from, n, gradient, curvature, packed);
    for (size_t i = 0; i < n; i++)
        sum[rows[i]] = packed[i];
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
    const struct scale scale = {.layout = layout, .seed = step->seed, .gradient = g, .curvature = h};
    for (size_t from = 0; from < step->n; from += PACKED) {
        const size_t left = step->n - from, n = left < PACKED ? left : PACKED;
        pack_rows(step, &scale, from, n, packed->sum);
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

/* A slice of the rows by a group's features, or the bytes that they are joined in, for up to four outputs. */
struct task {
    const struct sl_boost_roots *of;
    size_t from, n;                     /* of the rows */
    size_t group, output, n_outputs;    /* the first output, and how many */
    const struct sl_joint_group *joint; /* NULL: the features themselves */
    const uint8_t *code;
    size_t stride; /* columns, and bytes from row to row */
};

struct scratch {
    uint64_t near[CHUNK][SL_SUMS_FOUR];
    uint64_t sums[QUADS][SL_SUMS_QUAD];
    uint64_t blocks[SL_BINS_GROUP / SL_SUMS_FEATURES * SL_SUMS_BLOCK];
};

static struct task task_of(const struct sl_boost_roots *of, size_t group, size_t output)
{
    const size_t left = of->n_outputs - output;
    struct task task = {
        .of = of, .group = group, .output = output, .n_outputs = left < SL_SUMS_FOUR ? left : SL_SUMS_FOUR};
    task.code = sl_bins_column(of->bins, group * SL_BINS_GROUP, &task.stride);
    if (of->joint && of->joint->group[group].width) {
        task.joint = &of->joint->group[group];
        task.code = task.joint->code;
        task.stride = task.joint->width;
    }
    return task;
}

/* The chunk's whole numbers side by side; 0 for outputs that there are not. */
static void gather(const struct task *task, size_t from, size_t n, struct scratch *scratch)
{
    const uint32_t *rows = task->of->rows + from;
    for (size_t o = 0; o < SL_SUMS_FOUR; o++)
        for (size_t i = 0; i < n; i++)
            scratch->near[i][o] = o < task->n_outputs ? task->of->packed[task->output + o].sum[rows[i]] : 0;
}

/* Adds one output's sums, of four columns and four outputs side by side, to its blocks. */
static void add_output(const struct task *task, const struct scratch *scratch, size_t o, uint64_t *blocks)
{
    for (size_t c = 0; c < task->stride; c += SL_SUMS_FOUR) {
        const uint64_t *from = scratch->sums[c / SL_SUMS_FOUR] + o;
        uint64_t *to = blocks + c / SL_SUMS_FEATURES * SL_SUMS_BLOCK + c % SL_SUMS_FEATURES;
        for (size_t bin = 0; bin < 256; bin++)
            for (size_t lane = 0; lane < SL_SUMS_FOUR; lane++)
                to[bin * SL_SUMS_FEATURES + lane] += from[(bin * SL_SUMS_FOUR + lane) * SL_SUMS_FOUR];
    }
}

static void add_slice(const struct task *task, struct scratch *scratch)
{
    const size_t n_blocks = task->of->bins->width / SL_SUMS_FEATURES;
    const size_t first = task->group * SL_BINS_GROUP / SL_SUMS_FEATURES;
    for (size_t o = 0; o < task->n_outputs; o++) {
        uint64_t *to = task->of->sums + ((task->output + o) * n_blocks + first) * SL_SUMS_BLOCK;
        if (!task->joint) {
            add_output(task, scratch, o, to);
            continue;
        }
        memset(scratch->blocks, 0, task->stride / SL_SUMS_FEATURES * SL_SUMS_BLOCK * sizeof *to);
        add_output(task, scratch, o, scratch->blocks);
        sl_joint_add_parted(task->joint, scratch->blocks, to);
    }
}

static void sum_slice(const struct task *task, struct scratch *scratch)
{
    memset(scratch->sums, 0, task->stride / SL_SUMS_FOUR * sizeof *scratch->sums);
    for (size_t at = 0; at < task->n; at += CHUNK) {
        const size_t from = task->from + at, n = task->n - at < CHUNK ? task->n - at : CHUNK;
        gather(task, from, n, scratch);
        for (size_t c = 0; c < task->stride; c += SL_SUMS_FOUR)
            sl_sums_add_four(task->code + c, task->stride, task->of->rows + from, scratch->near, n,
                             scratch->sums[c / SL_SUMS_FOUR]);
    }
}

/* The rows are sliced where there are fewer groups and fours of outputs than threads. */
static size_t slice_of(const struct sl_boost_roots *of, size_t n_groups, int threads)
{
    const size_t tasks = n_groups * ((of->n_outputs + SL_SUMS_FOUR - 1) / SL_SUMS_FOUR);
    const size_t slices = ((size_t)threads + tasks - 1) / tasks;
    return (of->n + slices - 1) / slices;
}

int sl_boost_sum_roots(const struct sl_boost_roots *of, int threads)
{
    const size_t n_groups = (of->bins->width + SL_BINS_GROUP - 1) / SL_BINS_GROUP;
    size_t failed = 0;
    threads = sl_threads_for(2 * (double)of->n * (double)(of->bins->width * of->n_outputs), threads);
    const size_t slice = slice_of(of, n_groups, threads);
    memset(of->sums, 0, of->n_outputs * of->bins->width * 256 * sizeof *of->sums);
#pragma omp parallel num_threads(threads) reduction(+ : failed)
    {
        struct scratch *scratch = sl_alloc(1, sizeof *scratch);
        failed += !scratch;
#pragma omp for schedule(dynamic) collapse(3)
        for (size_t g = 0; g < n_groups; g++)
            for (size_t o = 0; o < of->n_outputs; o += SL_SUMS_FOUR)
                for (size_t from = 0; from < of->n; from += slice) {
                    struct task task = task_of(of, g, o);
                    task.from = from;
                    task.n = of->n - from < slice ? of->n - from : slice;
                    if (!scratch)
                        continue;
                    sum_slice(&task, scratch);
#pragma omp critical(sl_boost_roots)
                    add_slice(&task, scratch);
                }
        free(scratch);
    }
    return failed ? SL_ENOMEM : SL_OK;
}
