/* readers.h - the readers that sl_dataset_open chooses from.  Each makes a data set that the caller owns;
 * name is what sl_dataset_name will say.  Streams stay the caller's, and are read once from their start:
 * they may be pipes. */
#ifndef SL_DATA_READERS_H
#define SL_DATA_READERS_H

#include "data/dataset.h"

struct sl_input;

/* *is_idx is 1 when the stream begins with an IDX magic number. */
int sl_idx_is(struct sl_input *in, int *is_idx, struct sl_error *err);

/* SL_EDATA unless the stream begins with the whole header of images and can hold what that announces. */
int sl_idx_check(struct sl_input *images, struct sl_error *err);

/* Features from an IDX stream, labels from a file (NULL: none).  class_names: NULL, or the names of the
 * labels 0 ... n_classes-1. */
int sl_idx_read(struct sl_input *images, const char *labels, const char *name, const char *const *class_names,
                size_t n_classes, const struct sl_dataset *like, struct sl_dataset **out,
                struct sl_error *err);

/* Features and labels from one CSV stream. */
int sl_csv_read(struct sl_input *in, const char *name, const struct sl_read_options *options,
                struct sl_dataset **out, struct sl_error *err);

/* spec is "synthetic[:N[:SEED]]". */
int sl_synthetic_make(const char *spec, enum sl_part part, const struct sl_dataset *like,
                      struct sl_dataset **out, struct sl_error *err);

#endif
