/* split.h - the rows that a benchmark runs on: those of `shortlist run` with the same numbers. */
#ifndef BENCH_SPLIT_H
#define BENCH_SPLIT_H

#include "core/json_text.h"
#include <shortlist/dataset.h>

/* Rows in the place of data, made by the split's seed; numbers are in [0, 1).
 * Clouds: 20 numbers or as many as wanted, 4 classes: one cloud each, that overlap as much whatever the
 * number; their centres differ in every feature. Mixed: 10 numbers and 44 features of 0 and 1, which stand
 * for categories of 4 and of 40 levels; 7 classes, the rare ones of an eighth of the frequent ones' rows, in
 * 35 groups, each with its centre, its level of the first category and three of the second, so that no plane
 * parts the classes. (Shaped as the forest cover types of J. Blackard and D. Dean, 1999.) */
enum bench_table { BENCH_NO_TABLE, BENCH_TABLE_CLOUDS, BENCH_TABLE_MIXED };

struct bench_split {
    const char *data; /* as for `shortlist run --data` */
    size_t n_train, n_validation;
    uint64_t seed;
    size_t folds; /* to export; 0: none */
    int floats;   /* real numbers in [0, 1) made of the bytes, in no need of scaling (see bench_split_open) */
    enum bench_table table; /* made-up rows of floats in the place of data; sets floats */
    size_t features;        /* of clouds; 0: 20 */
    int test;               /* the test file's first n_validation rows are scored, as by `final: train` */
    struct sl_dataset *train, *validation;    /* set by bench_split_open, released by bench_split_close */
    char train_hash[33], validation_hash[33]; /* of those rows */
};

/* With floats each byte b becomes (b + u) / 256, where u is drawn from
 * {0, 1/4096, ... 4095/4096} by the split's seed: columns have too many values to be taken for bytes, and as
 * all are multiples of 2^-20 below 1, squared distances in up to 4096 features are exact in double precision.
 */
int bench_split_open(struct bench_split *split, struct sl_error *err);
void bench_split_close(struct bench_split *split);

/* n rows of the split's table; those of another key are others of the same centres. */
int bench_table_make(const struct bench_split *split, size_t n, const char *key, struct sl_dataset **out,
                     struct sl_error *err);

/* Puts the features of both parts in a random order (the images are images no more): a tree that breaks
 * ties by the order of features then breaks them at random. */
int bench_split_shuffle_features(struct bench_split *split, uint64_t seed, struct sl_error *err);

/* Takes "--float", "--table", "--mixed-table" or "--test", which have no value: 1 taken, 0 another option. */
int bench_split_flag(struct bench_split *split, const char *option);

/* Takes "--data", "--train", "--validation", "--split-seed", "--features" or "--folds" and its value: 1
 * taken, 0 not one of them, -1 not a number. */
int bench_split_option(struct bench_split *split, const char *option, const char *value);

/* Adds the hashes of both parts' rows to the object facts, writes it on one line to standard output, and
 * releases it. */
int bench_split_print(const struct bench_split *split, json_t *facts, struct sl_error *err);

/* Writes a C-order array as .npy (format version 1.0); descr is NumPy's type, such as "|u1" or "<i4". */
int bench_npy_write(const char *path, const char *descr, const void *items, size_t item_size, size_t rows,
                    size_t columns, struct sl_error *err);

#endif
