/* dataset.h - data sets: reading them, making them from arrays, taking rows.
 *
 * A data set keeps its features as it found them, bytes, floats or doubles, row-major (n, d), or as sparse
 * rows, with labels 0 ... k-1 and their names, and weights of its rows where there are any.  It is immutable
 * once made. */
#ifndef SHORTLIST_DATASET_H
#define SHORTLIST_DATASET_H

#include <shortlist/api.h>
#include <shortlist/encoding.h>
#include <shortlist/error.h>
#include <shortlist/pictures.h>
#include <shortlist/view.h>
#include <stddef.h>
#include <stdint.h>

SL_API_BEGIN

struct sl_dataset;

enum sl_part {
    SL_PART_TRAIN, /* the training file: all of the data where there is no test file */
    SL_PART_TEST,
};

/* Rows of an svmlight file become sparse rows where dense ones of floats would take more than SL_SPARSE_FROM
 * bytes, and more than SL_SPARSE_TIMES what sparse ones take. */
#define SL_SPARSE_FROM ((size_t)64 << 20)
#define SL_SPARSE_TIMES 5

/* Any svmlight file may have SL_WIDTH_ANY features, and that many more for each value in it; any model file,
 * for each byte. */
#define SL_WIDTH_ANY ((size_t)1 << 25)
#define SL_WIDTH_PER_VALUE 16

/* What features are called that have a number in the file and no name: those of svmlight, whose indices begin
 * at 0 or at 1.  No list of names is kept for them, as there may be millions that no row has. */
enum sl_indices { SL_INDICES_NONE, SL_INDICES_FROM_0, SL_INDICES_FROM_1 };

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
    const char *drop;    /* CSV: columns to leave out: names, numbers as label, A:B, patterns */
    const char *columns; /* CSV: the columns to take, likewise; NULL: all */
    const char *id;      /* CSV: the column that names the rows: no feature */
    const char
        *groups; /* CSV: the column whose equal values are groups, which splits leave whole: no feature */
    const char *weights; /* CSV: the column of the rows' weights (numbers from 0 on, not all 0): no feature.
                            NPZ: the archive's array of them */
    int no_label;        /* the file holds no labels (for predict) */
    int label_numeric;   /* numbers to regress on are classes, too: fractions, or many different whole numbers
                          */
    int header;          /* 0: find out, 1: the first line is a header, -1: it is not */
    const char *storage; /* svmlight: rows become "dense" or "sparse"; NULL or "auto": see SL_SPARSE_FROM. The
                            test part's are as like's */
    int keep_doubles;    /* CSV: numbers stay doubles, for a model that may have been fitted on such */
    const struct sl_dataset *like; /* the training part of what is read: class names (and so label numbers)
                                      are its, and a class that it does not know gets a number behind them.
                                      CSV: so is the shape of images; columns are found by their names where
                                      both files name them, else by their places. */
    const char *const *features; /* CSV, for predict: the model's features (n_features), to be found by name;
                                    NULL: without names.  The label is then the column that label names, or
                                    the only other one that can be it. */
    size_t n_features;           /* 0: any number */
    enum sl_indices indices;     /* svmlight, for predict: the model's */
    const char *own_label;  /* CSV, for predict: what the model's training file called the label column, */
    const char *own_id;     /* the column that names the rows */
    const char *own_groups; /* and that of groups: taken for that where this file has a column of the name */
                            /* and no option says otherwise; NULL: not known */
    struct sl_encoding_options
        encoding;            /* which missing values and words are taken, and what is said of them */
    const char *categorical; /* CSV: columns of categories whatever they hold, by name or number as drop */
    int any_cells;           /* missing values and words are no errors, whatever encoding says: to look at */
    const struct sl_encoding *fitted; /* for predict: the model's, or NULL; columns and levels are its */
    const struct sl_picture_fit
        *pictures; /* for predict: a picture, or a folder of them, of any size and colour becomes an image of
                      the model's shape; it needs no class.  NULL: pictures are data sets, of one size */
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
 * NaN and infinities are refused, and weights that are negative, or all 0. */
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
enum sl_indices sl_dataset_indices(const struct sl_dataset *data);
/* The number of a feature without a name: its index in the file, or its place. */
size_t sl_feature_number(enum sl_indices indices, size_t column);
/* What the id column says of a row; NULL: there is none. */
const char *sl_dataset_row_id(const struct sl_dataset *data, size_t row);
/* The name of the label column in the file; NULL: none. */
const char *sl_dataset_label(const struct sl_dataset *data);
/* What the reader found out about the file, a line each: which column is the label, whether the first line is
 * a header, what was left out.  NULL past the end. */
const char *sl_dataset_note(const struct sl_dataset *data, size_t i);
/* 32 hexadecimal digits of a hash of features, labels and class names. */
const char *sl_dataset_hash(const struct sl_dataset *data);

SL_API_END
#endif
