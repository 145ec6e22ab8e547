/* readers.h - the readers that sl_dataset_open chooses from.  Each makes a data set that the caller owns;
 * name is what sl_dataset_name will say.  Streams stay the caller's, and are read once from their start:
 * they may be pipes. */
#ifndef SL_DATA_READERS_H
#define SL_DATA_READERS_H

#include "data/dataset.h"

struct sl_input;
struct sl_head;
struct sl_csv;

/* The stream begins with an IDX magic number. */
int sl_idx_is(const struct sl_head *head);

/* SL_EDATA unless the stream begins with the whole header of images and can hold what that announces. */
int sl_idx_check(struct sl_input *images, struct sl_error *err);

/* Features from an IDX stream, labels from a file (NULL: none).  class_names: NULL, or the names of the
 * labels 0 ... n_classes-1. */
int sl_idx_read(struct sl_input *images, const char *labels, const char *name, const char *const *class_names,
                size_t n_classes, const struct sl_dataset *like, struct sl_dataset **out,
                struct sl_error *err);

/* The same where labels may be missing: an error unless options say so.  in is the stream of the images. */
int sl_idx_read_pair(struct sl_input *in, const char *labels, const char *name, const char *const *classes,
                     size_t n_classes, const struct sl_read_options *options, struct sl_dataset **out,
                     struct sl_error *err);
int sl_idx_open_pair(const char *images, const char *labels, const char *name, const char *const *classes,
                     size_t n_classes, const struct sl_read_options *options, struct sl_dataset **out,
                     struct sl_error *err);

/* Readers of the table of formats (formats.c) -------------------------------------------------------- */

/* Images from the stream, labels from the file beside it. */
int sl_idx_read_with_labels(struct sl_input *in, const char *name, enum sl_part part,
                            const struct sl_read_options *options, struct sl_dataset **out,
                            struct sl_error *err);

/* Features and labels from one CSV stream. */
int sl_csv_read(struct sl_input *in, const char *name, enum sl_part part,
                const struct sl_read_options *options, struct sl_dataset **out, struct sl_error *err);

/* The same of rows, from their first on. */
int sl_csv_read_table(struct sl_csv *csv, const char *name, const struct sl_read_options *options,
                      struct sl_dataset **out, struct sl_error *err);

int sl_arff_is(const struct sl_head *head);
int sl_arff_read(struct sl_input *in, const char *name, enum sl_part part,
                 const struct sl_read_options *options, struct sl_dataset **out, struct sl_error *err);

/* Features from the stream, labels from the file that options name, or the one beside it. */
int sl_npy_is(const struct sl_head *head);
int sl_npy_read(struct sl_input *in, const char *name, enum sl_part part,
                const struct sl_read_options *options, struct sl_dataset **out, struct sl_error *err);
/* Features and labels from an archive of arrays. */
int sl_npz_is(const struct sl_head *head);
int sl_npz_read(struct sl_input *in, const char *name, enum sl_part part,
                const struct sl_read_options *options, struct sl_dataset **out, struct sl_error *err);

int sl_svmlight_is(const struct sl_head *head);
int sl_svmlight_read(struct sl_input *in, const char *name, enum sl_part part,
                     const struct sl_read_options *options, struct sl_dataset **out, struct sl_error *err);

/* Without a file -------------------------------------------------------------------------------------- */

/* spec is "synthetic[:N[:SEED]]". */
int sl_synthetic_make(const char *spec, enum sl_part part, const struct sl_dataset *like,
                      struct sl_dataset **out, struct sl_error *err);

#endif
