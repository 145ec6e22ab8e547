/* dataset.h - data sets, views of them, splits, folds and scaling.
 *
 * A data set keeps its features as it found them, bytes or floats, row-major (n, d), with labels
 * 0 ... k-1 and their names.  It is immutable once made. */
#ifndef SHORTLIST_DATASET_H
#define SHORTLIST_DATASET_H

#include <shortlist/api.h>
#include <shortlist/error.h>
#include <stddef.h>
#include <stdint.h>

SL_API_BEGIN

enum sl_dtype {
    SL_U8,  /* uint8_t: images of 8 bits a pixel */
    SL_F32, /* float */
    SL_F64, /* double: where floats would lose digits that scaling keeps.  A classifier never sees it */
};

struct sl_image {
    int height, width, channels; /* all 0 where the rows are not images; else h*w*c == d */
};

/* n rows of features (and labels), contiguous.  A view owns nothing: it is passed by pointer or copied
 * by value, and is valid as long as what it points into.
 * The real value of a byte feature is scale * byte + offset (a common affine scaling keeps bytes on
 * the exact byte path); for floats and doubles scale is 1 and offset 0. */
struct sl_view {
    enum sl_dtype dtype;
    size_t n, d;
    const void *x;    /* (n, d): uint8_t, float or double */
    const int32_t *y; /* (n): labels 0 ... k-1, or NULL where there are none */
    int k;            /* number of classes of the data set (>= 1); a view may lack some of them */
    float scale, offset;
    struct sl_image image;
};

struct sl_dataset;

enum sl_part {
    SL_PART_TRAIN, /* the training file: all of the data where there is no test file */
    SL_PART_TEST,
};

/* How to read a file whose form leaves a choice; zeroed: find out.
 *
 * The label column of a CSV file is the one that label names; else the one called label, class or target;
 * else species, variety, category, diagnosis or outcome; else y, where no column is called x; else the first,
 * where columns pixel0, pixel1, ... follow; else the last.  Two that fit alike are an error, and so is the
 * last column where another one alone holds words, or where it holds numbers to regress on and the first a
 * few whole ones. */
struct sl_read_options {
    const char *labels; /* NPY, IDX: the file that holds the labels */
    const char *format; /* of files: "csv", "svmlight", ...; NULL: told by their content */
    const char *label;  /* CSV: the label column, by name or 0-based number (negative: from the end) */
    const char
        *delimiter; /* CSV: "comma", "semicolon", "tab", "pipe", "blanks" or one character; NULL: find out */
    const char *decimal; /* CSV: "point" or "comma"; NULL: find out */
    const char *drop;    /* CSV: columns to leave out, by name or number as label, separated by commas */
    int no_label;        /* the file holds no labels (for predict) */
    int label_numeric;   /* numbers to regress on are classes, too: fractions, or many different whole numbers
                          */
    int header;          /* 0: find out, 1: the first line is a header, -1: it is not */
    int keep_doubles;    /* CSV: numbers stay doubles, for a model that may have been fitted on such */
    const struct sl_dataset *like; /* the training part of what is read: class names (and so label numbers)
                                      are its, and a class that it does not know gets a number behind them.
                                      CSV: so is the shape of images; columns are found by their names where
                                      both files name them, else by their places. */
    const char *const *features; /* CSV, for predict: the model's features (n_features), to be found by name;
                                    NULL: without names.  The label is then the column that label names, or
                                    the only other one that can be it. */
    size_t n_features;           /* 0: any number */
};

/* Reads a data set.  spec is one of
 *   fashion-mnist           the Debian package's files, or those that data/fetch put in place
 *   synthetic[:N[:SEED]]    N (default 2000) deterministic 28x28 grey images of 10 classes
 *   a folder                IDX pairs (train-images*, train-labels*, t10k-*), or train.csv / test.csv (or
 * .svm, .arff, x_train.npy), or a folder of PNG or PGM pictures for each class a file                  CSV,
 * svmlight, ARFF, IDX images or an NPY array (labels beside it) or an NPZ archive, told by content; plain, or
 * packed by gzip, xz, bzip2, zstd or zip; a regular one: pipes and devices are refused fashion-mnist is
 * looked for in $SHORTLIST_DATA/fashion-mnist, $SHORTLIST_DATA, the package's folder
 * /usr/share/datasets/fashion-mnist, /usr/local/share/datasets/fashion-mnist, and data/fetch's folder
 * $XDG_DATA_HOME/shortlist/fashion-mnist (default ~/.local/share/...).
 * Errors: SL_EUSAGE for an unknown name or label column; SL_ENOPART for SL_PART_TEST where there is no
 * test part; SL_EIO; SL_EDATA (file, line:field or byte offset, what was expected).
 * The caller owns *out. */
int sl_dataset_open(const char *spec, enum sl_part part, const struct sl_read_options *options,
                    struct sl_dataset **out, struct sl_error *err);
void sl_dataset_free(struct sl_dataset *data);

/* Makes a data set from arrays, which are copied.  class_names may be NULL ("0", "1", ...).
 * NaN and infinities are refused. */
int sl_dataset_new(const struct sl_view *view, const char *name, const char *const *class_names,
                   struct sl_dataset **out, struct sl_error *err);

/* A new data set of the given rows, in that order (a row may come more than once). */
int sl_dataset_take(const struct sl_dataset *data, const uint32_t *rows, size_t n, struct sl_dataset **out,
                    struct sl_error *err);

/* A new data set of the same rows whose features are of another type.  To bytes: SL_EDATA where a feature is
 * no whole number 0 ... 255.  To floats: rounded. */
int sl_dataset_as(const struct sl_dataset *data, enum sl_dtype dtype, struct sl_dataset **out,
                  struct sl_error *err);

struct sl_view sl_dataset_view(const struct sl_dataset *data); /* all rows, scale 1, offset 0 */
const char *sl_dataset_name(const struct sl_dataset *data);
const char *sl_dataset_class(const struct sl_dataset *data, int label);
const char *sl_dataset_feature(const struct sl_dataset *data, size_t column); /* NULL: no names */
/* The name of the label column in the file; NULL: none. */
const char *sl_dataset_label(const struct sl_dataset *data);
/* What the reader found out about the file, a line each: which column is the label, whether the first line is
 * a header, what was left out.  NULL past the end. */
const char *sl_dataset_note(const struct sl_dataset *data, size_t i);
/* 32 hexadecimal digits of a hash of features, labels and class names. */
const char *sl_dataset_hash(const struct sl_dataset *data);

/* Splits -------------------------------------------------------------------------------------------
 * Stratified and shuffled: each part holds each class in the data set's proportion, to within one row.
 * The same (labels, sizes, seed) give the same rows on every machine.  The rows of a validation part
 * do not depend on n_train, and a larger n_train holds the rows of a smaller one. */

/* Row numbers of a training and a validation part; free() each.  n_train 0: all that validation
 * leaves.  SL_EUSAGE when the data set is too small, with the numbers. */
int sl_split(const struct sl_view *data, size_t n_train, size_t n_validation, uint64_t seed, uint32_t **train,
             size_t *n_train_out, uint32_t **validation, struct sl_error *err);

/* fold_of[i] in 0 ... folds-1 for every row of the view, stratified; 2 <= folds <= n. */
int sl_folds(const struct sl_view *data, int folds, uint64_t seed, uint16_t *fold_of, struct sl_error *err);

/* Scaling ------------------------------------------------------------------------------------------
 * Fitted on a training view only, then applied to any view with the same features. */

enum sl_scaling_kind {
    SL_SCALE_NONE,
    SL_SCALE_MINMAX,   /* images of bytes: x / 255, one scaling for all pixels; else each feature to [0, 1] */
    SL_SCALE_STANDARD, /* each feature to mean 0 and variance 1; a constant feature to 0 */
};

struct sl_scaling;

int sl_scaling_kind_parse(const char *name, enum sl_scaling_kind *kind, struct sl_error *err);
const char *sl_scaling_kind_name(enum sl_scaling_kind kind);

/* 1 where the scaling of such rows is the same whichever of them it is fitted on. */
int sl_scaling_is_fixed(enum sl_scaling_kind kind, const struct sl_view *rows);
int sl_scaling_fit(enum sl_scaling_kind kind, const struct sl_view *train, struct sl_scaling **out,
                   struct sl_error *err);
/* Scales in into *out.  *owned is NULL where out shares in's rows, else the new rows: free() it when
 * out is no longer used. */
int sl_scaling_apply(const struct sl_scaling *scaling, const struct sl_view *in, struct sl_view *out,
                     void **owned, struct sl_error *err);
enum sl_scaling_kind sl_scaling_kind_of(const struct sl_scaling *scaling);
void sl_scaling_free(struct sl_scaling *scaling);

/* Audit --------------------------------------------------------------------------------------------*/

struct sl_audit {
    size_t n, n_test, d;
    int k;
    size_t *class_counts, *class_counts_test; /* (k) */
    size_t duplicates;                        /* training rows equal to an earlier training row */
    size_t duplicates_test;                   /* the same within the test part */
    size_t overlap;                           /* test rows that equal some training row */
    size_t conflicts; /* training rows equal in features to a row with another label */
    size_t constant;  /* features with one value throughout the training part */
};

/* Counts what would make a comparison misleading.  test may be NULL. */
int sl_audit(const struct sl_dataset *train, const struct sl_dataset *test, struct sl_audit *out,
             struct sl_error *err);
void sl_audit_release(struct sl_audit *audit);

SL_API_END
#endif
