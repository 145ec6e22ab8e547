/* embed.h - rows as points of few dimensions: principal components, and what shows how good a picture of the
 * rows such points are.
 *
 * Rows are a data set's own, encoded and scaled as a classifier would see them, or what a layer of a network
 * computes from them.  All results are the same on any number of threads. */
#ifndef SHORTLIST_EMBED_H
#define SHORTLIST_EMBED_H

#include <shortlist/api.h>
#include <shortlist/dataset.h>
#include <shortlist/error.h>
#include <shortlist/model.h>
#include <shortlist/scaling.h>
#include <signal.h>
#include <stddef.h>

SL_API_BEGIN

/* Rows of numbers to be embedded. */
struct sl_features;
/* How a data set's rows become such numbers: what was fitted on them, kept with a PCA. */
struct sl_preparation;

struct sl_features_options {
    enum sl_scaling_kind scaling; /* fitted on these rows; not with a model, which has its own */
    const struct sl_encoding_options *encoding; /* of missing values and categories; NULL: they are errors */
    const struct sl_preparation
        *preparation; /* NULL, or that of a PCA: then nothing is fitted; it must outlive the features */
    const struct sl_model
        *model;        /* NULL, or the network whose layer is meant; it must outlive the features */
    const char *layer; /* of the model: a name ("conv2", "dense") or a number as 'list nets' shows them; NULL:
                          the rows as the model sees them */
    int threads;       /* 0: all cores */
};

/* The data set must outlive the features, which share its rows where they can.  Outputs of a layer are kept
 * where they take at most 512 MiB, and computed anew, block by block, where they would take more.
 * SL_EUSAGE: no such layer (with the nearest name), or the model has no layers; SL_EDATA: rows that the model
 * or the encoding does not take. */
int sl_features_new(const struct sl_dataset *data, const struct sl_features_options *options,
                    struct sl_features **out, struct sl_error *err);
/* 1 where they are in memory; 0 for the outputs of a layer that would take too much. */
int sl_features_are_kept(const struct sl_features *features);
/* Their coordinates along the k leading components, in memory.  SL_ENOMEM and the errors of sl_pca_fit. */
int sl_features_reduce(const struct sl_features *features, size_t k, int threads, struct sl_features **out,
                       struct sl_error *err);
void sl_features_free(struct sl_features *features);
size_t sl_features_rows(const struct sl_features *features);
size_t sl_features_width(const struct sl_features *features); /* numbers a row */
/* height, width, channels of a row; all 0 where it is no image. */
struct sl_image sl_features_image(const struct sl_features *features);

/* Principal components (Pearson, 1901; Hotelling, 1933): the directions of largest variance, with the signs
 * that make each component's entry of the largest magnitude positive, as scikit-learn's PCA has it. */
struct sl_pca {
    size_t n, d, k;        /* rows that it was fitted on, numbers a row, components */
    double *mean;          /* (d) */
    double *components;    /* (k, d), orthonormal */
    double *variance;      /* (k): of the rows along each, with n - 1 in the denominator, descending */
    double total;          /* variance of all d together */
    int approximate;       /* found by the randomised method: too many rows and features for the exact one */
    struct sl_image image; /* of a row and of a component; all 0: none */
};

/* The k leading components, 1 <= k <= min(rows - 1, width).  Exact from the matrix of covariances (or of the
 * rows' products, where there are fewer rows than features), up to 4,096 rows or features; beyond,
 * randomised. SL_EUSAGE: one row, too many components; SL_EDATA: all rows are equal; SL_ENOMEM. */
int sl_pca_fit(const struct sl_features *features, size_t k, int threads, struct sl_pca **out,
               struct sl_error *err);
void sl_pca_free(struct sl_pca *pca);

/* out (rows, k): the rows' coordinates.  SL_EUSAGE where the width is another. */
int sl_pca_apply(const struct sl_pca *pca, const struct sl_features *features, int threads, float *out,
                 struct sl_error *err);

/* The file of a PCA: with the encoding and scaling of a data set's rows, but not with a model.  It is written
 * whole or not at all. */
int sl_pca_save(const struct sl_pca *pca, const struct sl_features *features, const char *path,
                struct sl_error *err);
/* Also what prepares new rows as those were that it was fitted on; NULL: they were a model's.  The caller
 * frees both. */
int sl_pca_load(const char *path, struct sl_pca **pca, struct sl_preparation **preparation,
                struct sl_error *err);
/* For reading such rows (sl_read_options); NULL: they were plain numbers. */
const struct sl_encoding *sl_preparation_encoding(const struct sl_preparation *preparation);
size_t sl_preparation_columns(const struct sl_preparation *preparation);
void sl_preparation_free(struct sl_preparation *preparation);

/* t-SNE (van der Maaten and Hinton, 2008): points in the plane, near each other where rows are. */
struct sl_tsne_options {
    double perplexity; /* about how many neighbours a row has; above 1, at most a third of the other rows, of
                          which there are 4 at least */
    double early_exaggeration;     /* by how much what pulls is exaggerated in the first exaggeration_iter
                                      iterations */
    int exaggeration_iter, n_iter; /* the latter with the former */
    double
        learning_rate; /* 0: rows / early_exaggeration / 4, at least 50, of the gradient with its factor 4 */
    uint64_t seed;     /* of the noise at the beginning */
    int random;        /* begins with noise alone, not with principal components */
    int threads;       /* 0: all cores */
    const volatile sig_atomic_t *cancel; /* NULL, or a flag that ends it when it is raised */
};
#define SL_TSNE_OPTIONS                                                                                      \
    {                                                                                                        \
        .perplexity = 30, .early_exaggeration = 12, .exaggeration_iter = 250, .n_iter = 1000, .seed = 42     \
    }

/* y (rows, 2), and the Kullback-Leibler divergence that is left.  SL_EUSAGE: perplexity or rows; SL_EDATA:
 * all rows are equal; SL_EDIVERGED, SL_ENOMEM, SL_ECANCELLED. */
int sl_tsne(const struct sl_features *features, const struct sl_tsne_options *options, float *y,
            double *divergence, struct sl_error *err);

/* Principal components that it sees in the place of rows that are not kept; 0: the rows themselves. */
size_t sl_tsne_reduced(const struct sl_features *features);

/* How good a picture of the rows points are. */
struct sl_embedding_quality {
    size_t rows, k;         /* rows that were looked at, at most 10,000; neighbours of each */
    double trustworthiness; /* 1: what is near in the picture is near; NaN: not known */
    double kept;            /* share of a row's k nearest in the picture that are among its k nearest; NaN */
    double accuracy;        /* share of rows whose nearest in the picture is of their class; NaN: no labels */
};
/* at (rows, width), in Euclidean distance; y (rows) labels or NULL.  SL_ENOMEM. */
int sl_embedding_measure(const struct sl_features *features, const float *at, size_t width, const int32_t *y,
                         int threads, struct sl_embedding_quality *quality, struct sl_error *err);

/* Points, for a file. */
struct sl_embedding {
    const struct sl_dataset *data;
    const uint32_t *row; /* (n): the numbers that its rows are known by; NULL: 0 ... n-1 */
    const char *id;      /* the column of row names, or NULL */
    const struct sl_model *model;
    const int32_t *predicted; /* (n): by the model, in its classes; NULL: there is none */
    const char *axis;         /* "pc": the columns are called pc1, pc2, ... */
    size_t k;
    const float *at; /* (n, k) */
};
/* CSV: row, its name, class, coordinates; written whole or not at all. */
int sl_embedding_write(const struct sl_embedding *embedding, const char *path, struct sl_error *err);

SL_API_END
#endif
