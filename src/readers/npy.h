/* npy.h - arrays as NumPy saves them. */
#ifndef SL_DATA_NPY_H
#define SL_DATA_NPY_H

#include "data/dataset.h"

struct sl_input;

enum { SL_NPY_DIMS = 4 };

/* What the header of an array says. */
struct sl_npy {
    char kind; /* 'b' bool, 'u', 'i' whole numbers, 'f' real numbers, 'U' text of UTF-32, 'S' bytes of text */
    size_t size; /* bytes of a value */
    int fortran; /* the first index runs fastest */
    int dims;
    uint64_t shape[SL_NPY_DIMS]; /* (dims), each above 0 */
    uint64_t values;             /* their product */
    size_t head;                 /* bytes before the values */
};

/* Parses the dictionary of a header (n bytes), as "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4),
 * }": these three keys, once each, and nothing else.  0, or a text that says what is wrong: *why. */
int sl_npy_parse_head(const char *text, size_t n, struct sl_npy *npy, const char **why);

/* Reads the header, and checks it against what the stream can hold. */
int sl_npy_read_head(struct sl_input *in, struct sl_npy *npy, struct sl_error *err);
/* Reads the values, to the end of the stream; the caller frees *raw. */
int sl_npy_read_values(struct sl_input *in, const struct sl_npy *npy, void **raw, struct sl_error *err);

/* One of the values, which are numbers. */
double sl_npy_value(const struct sl_npy *npy, const unsigned char *p);

/* An array of 2 dimensions or more becomes the view's features and image; options and notes as in every
 * reader.  The caller frees view->x. */
int sl_npy_read_features(struct sl_input *in, const struct sl_read_options *options, struct sl_view *view,
                         struct sl_notes *notes, struct sl_error *err);

/* Values of the view that are NaN: their rows are left out, or *columns says that values may be missing
 * (NULL: none are). */
int sl_npy_take_gaps(const struct sl_read_options *options, struct sl_view *view, struct sl_notes *notes,
                     struct sl_columns **columns, struct sl_error *err);

struct sl_label_column;
/* An array of n labels: numbers or texts. */
int sl_npy_read_labels(struct sl_input *in, size_t n, struct sl_label_column *labels, struct sl_error *err);

/* An array of view->n weights becomes the view's: numbers from 0 on, not all 0.  The caller frees
 * view->weight. */
int sl_npy_read_weights(struct sl_input *in, struct sl_view *view, struct sl_notes *notes,
                        struct sl_error *err);

#endif
