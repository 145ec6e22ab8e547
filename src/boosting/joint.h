/* joint.h - features of few bins side by side in one byte, so that a row is added once for all of them.
 *
 * Eight features of two bins are a byte with 256 values.  Sums by that byte are made with one addition a row
 * in the place of eight, and each feature's own sums are sums of those.  They are whole numbers: the order
 * does not matter. */
#ifndef SL_BOOSTING_JOINT_H
#define SL_BOOSTING_JOINT_H

#include "boosting/bins.h"
#include "boosting/sums.h"

/* A feature's place in a column of bytes, whose value is the sum of all its features' digit * place. */
struct sl_joint_part {
    uint8_t column, feature; /* both within the group */
    uint8_t has_missing;     /* the last digit is that of missing values */
    uint16_t digits, place;
};

/* The features of one group of the bins (SL_BINS_GROUP). */
struct sl_joint_group {
    size_t width;  /* columns and padding to a multiple of SL_BINS_LANES; 0: too few features fit together */
    uint8_t *code; /* (rows of the bins, width) */
    size_t n_parts;
    struct sl_joint_part part[SL_BINS_GROUP]; /* by column, and there by place from the highest */
};

struct sl_joint {
    size_t n_groups, n_blocks; /* blocks of sums that the largest group needs */
    struct sl_joint_group *group;
};

/* Of rows whose values the bins were made of; rows with others must not be summed.  On error nothing needs to
 * be released.  SL_ENOMEM. */
int sl_joint_make(const struct sl_bins *bins, int threads, struct sl_joint *joint);
void sl_joint_release(struct sl_joint *joint);

/* Adds sums by the group's bytes (width / 8 blocks, as sl_sums_add makes them) to those of its features
 * (blocks of the group); but for bin 0, which holds anything. */
void sl_joint_add_parted(const struct sl_joint_group *group, const uint64_t *joint, uint64_t *sums);

/* Whether summing n rows by the group's bytes and parting the sums takes less time than summing its features
 * (blocks of them). */
int sl_joint_pays(const struct sl_joint_group *group, size_t blocks, size_t n);

#endif
