/* joint.c - features of few bins side by side in one byte.
 *
 * A feature joins the first column that has room for it.  A byte's digits are parted from the highest on: the
 * sums of its digits are those of consecutive bytes, and adding them up leaves the lower digits.  O(n d)
 * once, O(256) a column and node. */
#include "boosting/joint.h"
#include "core/memory.h"
#include "core/threads.h"
#include <stdlib.h>
#include <string.h>

enum { BYTES = 256 };

void sl_joint_release(struct sl_joint *joint)
{
    for (size_t g = 0; joint->group && g < joint->n_groups; g++)
        free(joint->group[g].code);
    free(joint->group);
    *joint = (struct sl_joint){0};
}

/* Gives each feature of the group a column; values (n): of each column.  Returns how many columns. */
static size_t place_features(const struct sl_bins *bins, size_t first, size_t n, struct sl_joint_part *part,
                             unsigned *values)
{
    size_t n_columns = 0;
    for (size_t f = 0; f < n; f++) {
        const uint8_t has_missing = bins->has_missing[first + f];
        const unsigned digits = bins->n_bins[first + f] + has_missing;
        size_t column = 0;
        while (column < n_columns && values[column] * digits > BYTES)
            column++;
        if (column == n_columns)
            values[n_columns++] = 1;
        part[f] = (struct sl_joint_part){.column = (uint8_t)column,
                                         .feature = (uint8_t)f,
                                         .has_missing = has_missing,
                                         .digits = (uint16_t)digits,
                                         .place = (uint16_t)values[column]};
        values[column] *= digits;
    }
    return n_columns;
}

static int by_column(const void *a, const void *b)
{
    const struct sl_joint_part *x = a, *y = b;
    return x->column != y->column ? x->column - y->column : y->feature - x->feature;
}

static void fill_codes(const struct sl_bins *bins, size_t first, int threads, struct sl_joint_group *group)
{
    size_t stride;
    const uint8_t *from = sl_bins_column(bins, first, &stride);
    threads = sl_threads_for(2 * (double)(bins->n * group->n_parts), threads);
#pragma omp parallel for num_threads(threads)
    for (size_t i = 0; i < bins->n; i++)
        for (size_t p = 0; p < group->n_parts; p++) {
            const struct sl_joint_part *part = &group->part[p];
            const unsigned bin = from[i * stride + part->feature], last = part->digits - 1u;
            const unsigned digit = bin < last ? bin : last; /* the bin of missing values is the last digit */
            group->code[i * group->width + part->column] += (uint8_t)(digit * part->place);
        }
}

static int make_group(const struct sl_bins *bins, size_t first, int threads, struct sl_joint_group *group)
{
    const size_t left = bins->width - first, room = left < SL_BINS_GROUP ? left : SL_BINS_GROUP;
    const size_t n = bins->d - first < room ? bins->d - first : room;
    unsigned values[SL_BINS_GROUP];
    const size_t n_columns = place_features(bins, first, n, group->part, values);
    const size_t width = (n_columns + SL_BINS_LANES - 1) / SL_BINS_LANES * SL_BINS_LANES;
    if (width == room)
        return SL_OK;
    group->n_parts = n;
    qsort(group->part, n, sizeof *group->part, by_column);
    group->width = width;
    group->code = sl_alloc_zero(bins->n, width);
    if (!group->code)
        return SL_ENOMEM;
    fill_codes(bins, first, threads, group);
    return SL_OK;
}

int sl_joint_make(const struct sl_bins *bins, int threads, struct sl_joint *joint)
{
    int code = SL_OK;
    *joint = (struct sl_joint){.n_groups = (bins->width + SL_BINS_GROUP - 1) / SL_BINS_GROUP};
    joint->group = sl_alloc_zero(joint->n_groups, sizeof *joint->group);
    if (!joint->group)
        return SL_ENOMEM;
    for (size_t g = 0; g < joint->n_groups && !code; g++) {
        struct sl_joint_group *group = &joint->group[g];
        code = make_group(bins, g * SL_BINS_GROUP, threads, group);
        if (group->width / SL_SUMS_FEATURES > joint->n_blocks)
            joint->n_blocks = group->width / SL_SUMS_FEATURES;
    }
    if (code)
        sl_joint_release(joint);
    return code;
}

/* The highest digit's sums, and the sums by what is below it (place) into the first of sum. */
static void part_digit(const struct sl_joint_part *part, uint64_t *sum, uint64_t *to)
{
    const size_t numbers = part->digits - (size_t)part->has_missing;
    if (part->place == 1) { /* of the lowest nothing is left over */
        for (size_t digit = 0; digit < numbers; digit++)
            to[digit * SL_SUMS_FEATURES] += sum[digit];
        if (part->has_missing)
            to[SL_BINS_MISSING * SL_SUMS_FEATURES] += sum[numbers];
        return;
    }
    for (size_t digit = 0; digit < part->digits; digit++) {
        const uint64_t *here = sum + digit * part->place;
        const size_t bin = digit < numbers ? digit : SL_BINS_MISSING;
        uint64_t all = 0;
        for (size_t i = 0; i < part->place; i++)
            all += here[i];
        to[bin * SL_SUMS_FEATURES] += all;
        for (size_t i = 0; digit && i < part->place; i++)
            sum[i] += here[i];
    }
}

void sl_joint_add_parted(const struct sl_joint_group *group, const uint64_t *joint, uint64_t *sums)
{
    uint64_t column[BYTES];
    for (size_t p = 0; p < group->n_parts; p++) {
        const struct sl_joint_part *part = &group->part[p];
        const size_t c = part->column, f = part->feature;
        if (p == 0 || group->part[p - 1].column != c) {
            const uint64_t *from = joint + c / SL_SUMS_FEATURES * SL_SUMS_BLOCK + c % SL_SUMS_FEATURES;
            const size_t values = (size_t)part->place * part->digits;
            for (size_t i = 0; i < values; i++)
                column[i] = from[i * SL_SUMS_FEATURES];
        }
        part_digit(part, column, sums + f / SL_SUMS_FEATURES * SL_SUMS_BLOCK + f % SL_SUMS_FEATURES);
    }
}

/* In additions: a row takes eight for a block; an empty block, and its sums parted, as many as PARTED rows.
 */
int sl_joint_pays(const struct sl_joint_group *group, size_t blocks, size_t n)
{
    enum { PARTED = 400 };
    const size_t joint = group->width / SL_SUMS_FEATURES;
    return joint && n * (blocks - joint) > PARTED * joint;
}
