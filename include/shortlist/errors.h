/* errors.h - where a classifier errs: which classes it confuses, how near its errors lie to the boundary,
 * which parts of the data hold more of them, and which labels may be wrong.
 *
 * It looks at rows that were scored: a model's on a data set, or those of a study's row (show.h).  All
 * results are the same on any number of threads. */
#ifndef SHORTLIST_ERRORS_H
#define SHORTLIST_ERRORS_H

#include <shortlist/api.h>
#include <shortlist/dataset.h>
#include <shortlist/error.h>
#include <shortlist/model.h>
#include <stddef.h>
#include <stdint.h>

SL_API_BEGIN

/* Two rows of a study, on the rows that both scored. */
struct sl_rival {
    char *name;               /* of the other row, owned */
    size_t wrong, both, ours; /* rows that it gets wrong; that both do; that only the row looked at does */
};

/* Scored rows, and what is known of them.  Zeroed is empty; release it with sl_scored_rows_release. */
struct sl_scored_rows {
    char *name;     /* of the study's row, or the model's file, owned */
    size_t n;       /* rows */
    int k, width;   /* classes; those that have a score (the first ones); 0: no scores of all classes */
    char **classes; /* (k), one block, owned */
    int32_t *truth, *predicted; /* (n) */
    float *scores;              /* (n, width) */
    double *margin;    /* (n): the largest score less the second; NULL: the classifier gives no scores */
    int probabilities; /* scores are such */
    uint32_t *row;     /* (n): numbers in data; NULL: not known */
    const struct sl_dataset *data;  /* NULL: it can not be opened, and missing says why */
    struct sl_dataset *own;         /* what is to be freed of it */
    int folds;                      /* the rows are the training rows, each scored by a fit without it */
    int of_test;                    /* rows are the test part's */
    int seen;                       /* the model was fitted on some of them */
    size_t unknown;                 /* rows that were left out: of classes that the model does not know */
    int repeat, repeats;            /* these rows are of the repeat of that number, from 1, of so many */
    double least_wrong, most_wrong; /* share of the rows that is wrong: the repeats' smallest and largest */
    uint32_t *wrong_in; /* (n): repeats that get the row wrong; NULL: of one, or which rows they scored can
                           not be told without the data */
    size_t n_rivals;    /* other rows of the study that scored the same rows */
    struct sl_rival *rivals;
    uint32_t *wrong_by; /* (n): how many of these n_rivals + 1 get it wrong; NULL: a model alone */
    char missing[256];
};
void sl_scored_rows_release(struct sl_scored_rows *scored);

/* A model's predictions and scores of the rows of data, which must outlive it.  truth (rows): labels in the
 * model's classes, -1 for another, whose rows are left out.  SL_EDATA where none is left, and the errors of
 * sl_model_predict. */
int sl_scored_rows_of_model(const struct sl_model *model, const struct sl_dataset *data, const int32_t *truth,
                            int threads, struct sl_scored_rows *scored, struct sl_error *err);

struct sl_errors_options {
    double near;   /* a row whose margin is at most that lies near the boundary; 0: the tenth of all rows with
                      the smallest margins does */
    int clusters;  /* that each class falls into; 1: none */
    size_t listed; /* rows of each list, and pairs of classes */
    uint64_t seed; /* of the clusters */
    int threads;   /* 0: all cores */
    const uint32_t *known; /* (n_known): rows of the data whose labels are known to be wrong */
    size_t n_known;
};
#define SL_ERRORS_OPTIONS                                                                                    \
    {                                                                                                        \
        .clusters = 2, .listed = 10, .seed = 42                                                              \
    }

/* Rows of one class that were taken for another. */
struct sl_confused {
    int truth, predicted;
    size_t n, of; /* of the true class's rows */
};

enum { SL_MARGIN_BINS = 20 };
struct sl_margins {
    double most; /* where the last bin ends: 1, or the largest margin where scores are no probabilities */
    size_t right[SL_MARGIN_BINS], wrong[SL_MARGIN_BINS]; /* of equal widths from 0 on */
    double median_right, median_wrong;                   /* NaN: there are none */
    double below; /* the chance that a wrong row has a smaller margin than a right one: AUC; NaN likewise */
    double near;
    size_t near_right, near_wrong; /* rows with a margin of at most near */
};

enum sl_subset_kind {
    SL_SUBSET_CLASS,
    SL_SUBSET_CLUSTER,    /* inside a class */
    SL_SUBSET_BRIGHTNESS, /* of images: the mean pixel */
    SL_SUBSET_SIZE,       /* the share of the pixels that belong to the object */
    SL_SUBSET_FEATURE,    /* of tables */
    SL_SUBSET_KINDS
};
const char *sl_subset_kind_name(enum sl_subset_kind kind);
struct sl_subset {
    enum sl_subset_kind kind;
    char *name;         /* "Bag", "Bag, 1 of 2", "0.12 to 0.25", owned */
    int label, cluster; /* of classes and clusters; -1: of others */
    size_t n, wrong;
    size_t among, among_wrong; /* what it is compared in: all rows, or its class's of a cluster */
    double low, high;          /* 95 % interval of the share that is wrong (Wilson) */
    double p; /* Fisher's exact test of its rows against the others among those, by Holm over all subsets */
};

/* The clusters of a class. */
struct sl_class_clusters {
    int label, n;
    double explained; /* share of the rows' variance, in the plane of their components, between clusters */
    char *why;        /* why there are none: owned; NULL: there are */
};

/* A row whose label confident learning takes for wrong. */
struct sl_suspect {
    size_t i;      /* of the scored rows */
    int likely;    /* what it may be */
    double margin; /* probability of its label less that of likely: the least first */
};
struct sl_suspects {
    const char *why; /* why nobody was looked for: a sentence; NULL: they were */
    size_t n;
    struct sl_suspect *list; /* (n) */
    uint64_t *joint;         /* (k, k): rows of each label by the class they are counted for */
    double estimated;        /* rows whose labels are wrong, by the calibrated joint counts */
    size_t known, found;     /* rows scored that are known to be wrong, and those of them in the list */
};

struct sl_errors {
    const struct sl_scored_rows *scored;
    size_t listed; /* of the options */
    size_t wrong;
    double low, high;           /* 95 % interval of the error rate */
    size_t n_pairs, all_pairs;  /* listed; all */
    struct sl_confused *pairs;  /* (all_pairs), the largest first */
    struct sl_margins *margins; /* NULL: no scores */
    size_t n_subsets;
    struct sl_subset *subsets; /* by kind */
    int32_t *cluster; /* (n): inside its class, 0 the largest; -1: none; NULL: nothing was clustered */
    size_t n_clustered;
    struct sl_class_clusters *clustered; /* a class each */
    float *brightness, *size;            /* (n); NULL: no images */
    size_t n_sure, n_unsure, n_hard;
    size_t *sure;   /* scored rows that are wrong, the largest score against that of the true class first */
    size_t *unsure; /* with the smallest margins */
    size_t *hard;   /* that most rows of the study get wrong, two at least */
    struct sl_suspects suspects;
};

/* scored must outlive it.  SL_ENOMEM and the errors of reading rows. */
int sl_errors_make(const struct sl_scored_rows *scored, const struct sl_errors_options *options,
                   struct sl_errors **out, struct sl_error *err);
void sl_errors_free(struct sl_errors *errors);

/* The number that a scored row is known by: in the data, else among the scored ones. */
size_t sl_scored_row(const struct sl_scored_rows *scored, size_t i);
/* A class's score of a row; NaN where it has none. */
double sl_scored_score(const struct sl_scored_rows *scored, size_t i, int label);

SL_API_END
#endif
