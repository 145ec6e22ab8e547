/* dataset.h - what the readers and the data set share: the data set itself, and lists of names. */
#ifndef SL_DATA_DATASET_H
#define SL_DATA_DATASET_H

#include "data/columns.h"
#include "data/decimal.h"
#include "data/features.h"
#include "data/notes.h"
#include <pthread.h>
#include <shortlist/dataset.h>

enum { SL_CLASSES_MAX = 10000 }; /* more than that is a number to regress on, not a class */

/* Bytes that the features of a table may take. */
#define SL_TABLE_MOST ((size_t)8 << 30)

/* How the file was read, for people and for reading another file like it. */
struct sl_origin {
    size_t width;            /* columns of the table; 0: no table */
    size_t label_at;         /* the label's column, from 0; width: none */
    char *label;             /* its name, owned; NULL: none */
    char *id, *groups;       /* names of the columns of row names and of groups, likewise */
    size_t *places;          /* (d) the features' columns in the file, from 0, owned; NULL: not known */
    enum sl_indices indices; /* where they begin, for features without names */
    enum sl_decimal decimal; /* how the numbers of a text file are written */
    struct sl_notes notes;
};

struct sl_dataset {
    struct sl_view view; /* its x, y and weight are owned */
    char *name;
    char **classes;             /* (k), one block */
    char **features;            /* (d), one block, or NULL */
    struct sl_columns *columns; /* NULL: every feature is a number, and none is missing; a user of it */
    char **ids;                 /* (n) names of rows, each owned; NULL: none */
    int32_t *group_of;          /* (n), owned; NULL: none */
    size_t n_groups;
    struct sl_origin origin;
    pthread_mutex_t lock;
    char hash[33], nameless_hash[33]; /* "" until somebody asks; guarded by lock */
};

/* As sl_dataset_hash, but without the class names: equal for data sets that differ only in how their labels
 * are written.  It names random streams: 0 and 1, 1 and 2, a and b give the same draws. */
const char *sl_dataset_nameless_hash(const struct sl_dataset *data);

/* Copies of n names in one block: free() it.  NULL when out of memory. */
char **sl_names_copy(const char *const *names, size_t n);
/* The names of n numbers from the first on, likewise. */
char **sl_names_numbered(size_t first, size_t n);

/* Makes a data set of view, whose x, y and weight come from sl_alloc: it takes them over, and frees them when
 * it fails.  class_names may be NULL ("0", "1", ...), feature_names too (none). */
int sl_dataset_adopt(const struct sl_view *view, const char *name, const char *const *class_names,
                     const char *const *feature_names, struct sl_dataset **out, struct sl_error *err);

/* The same of a table with such columns (NULL: plain numbers), of which the data set becomes a user: then a
 * double may be NaN. */
int sl_dataset_adopt_table(const struct sl_view *view, const char *name, const char *const *class_names,
                           const char *const *feature_names, struct sl_columns *columns,
                           struct sl_dataset **out, struct sl_error *err);

/* Can it be the weight of a row: 0, or a number that floats hold? */
int sl_is_weight(double weight);
/* What columns are called: indices, names of the label, id and groups columns.  SL_ENOMEM. */
int sl_origin_copy_names(struct sl_origin *to, const struct sl_origin *from);
/* All of it, of d features, into an empty one.  SL_ENOMEM. */
int sl_origin_copy(struct sl_origin *to, const struct sl_origin *from, size_t d);

void sl_origin_release(struct sl_origin *origin);

/* Images of another shape than those of like have as many pixels, perhaps, and mean others by them: SL_EDATA.
 */
int sl_images_check_alike(const struct sl_view *view, const struct sl_view *like, const char *path,
                          struct sl_error *err);

#endif
