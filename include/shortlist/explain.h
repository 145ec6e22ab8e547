/* explain.h - why a model decides as it does: what each feature of a row, or each pixel of an image, adds to
 * the score of a class. */
#ifndef SHORTLIST_EXPLAIN_H
#define SHORTLIST_EXPLAIN_H

#include <shortlist/api.h>
#include <shortlist/dataset.h>
#include <shortlist/error.h>
#include <shortlist/model.h>
#include <shortlist/view.h>

SL_API_BEGIN

/* A method of explaining, as lists show it. */
struct sl_explain_method {
    const char *name;      /* "integrated-gradients": what a user types */
    const char *title;     /* "Integrated gradients" */
    const char *needs;     /* "a network" */
    const char *help;      /* one line: what its values are */
    const char *reference; /* where it comes from */
    int background;        /* rows that it is usually compared with; 0: the baseline alone */
    int usual;             /* rows that are explained where nobody says how many; 0: all */
    int of_all;            /* of all rows together, by sl_permutation_importance; no explainer can be made */
    int of_model;          /* with of_all: of the model alone, by sl_model_importance */
};
size_t sl_explain_method_count(void);
const struct sl_explain_method *sl_explain_method_at(size_t i);
/* NULL with SL_EUSAGE, the nearest name and all names, where there is none called so. */
const struct sl_explain_method *sl_explain_method_find(const char *name, struct sl_error *err);

enum sl_segments {
    SL_SEGMENTS_SLIC, /* superpixels, which follow the image */
    SL_SEGMENTS_GRID, /* rectangles */
};

/* Zeroed: the methods' own.  Texts and rows must outlive the explainer. */
struct sl_explain_options {
    const char *method; /* a name of the table */
    const char *layer;  /* grad-cam: a layer's name as 'conv2' (sl_net_output); NULL: the last convolution,
                           behind its activation */
    int samples;        /* gradients, coalitions or perturbed rows for each row; 0: the method's own */
    enum sl_segments segments; /* lime, kernel-shap: how an image is divided */
    int regions;               /* into about so many; 0: 49 */
    int window;                /* occlusion: side of the window in pixels; 0: a seventh of the image's */
    int agreement; /* lime: how far the five top regions agree over 10 seeds: ten times the work */
    double noise;  /* smoothgrad: standard deviation, as a share of the row's range; 0: .15 */
    /* What stands for a feature that is left out: raw rows as sl_model_predict takes them, at least one. */
    const struct sl_view *background;
    uint64_t seed; /* of samples; a row's depend on it and on its number alone */
    int threads;   /* 0: all cores */
};

struct sl_explainer;

/* SL_EUSAGE where the method can not explain the model: the text says why, and which can.  The model must
 * outlive the explainer, which the caller frees. */
int sl_explainer_new(const struct sl_model *model, const struct sl_explain_options *options,
                     struct sl_explainer **out, struct sl_error *err);
void sl_explainer_free(struct sl_explainer *explainer);

/* What an explanation is compared with: see struct sl_explained. */
struct sl_explained_score {
    double score;     /* of the class before the softmax: a margin, a logit, of a tree its share */
    double base;      /* the same of the baseline, or its mean over the background */
    double sum;       /* of the values; complete where it equals score - base */
    double size;      /* sum of |values| */
    double rest;      /* sum - (score - base) before a method that samples shared it out; NaN: it does not */
    double fit;       /* lime: R2 of its linear model on the perturbed rows; NaN: no such model */
    double agreement; /* lime, where asked for: share of the five top regions that two seeds have in common */
    double deviation; /* of methods that sample: the largest standard error of a value (a region's), as far as
                         the samples tell; NaN: nothing was drawn */
    int blank;        /* grad-cam: nothing speaks for the class: the map is 0 everywhere */
};

/* The caller's arrays.  n rows with m classes each.  d: columns of the data, for images their pixels and
 * channels.  Features that the encoding made of one column are summed up to it; a region's value is shared
 * equally by its pixels. */
struct sl_explained {
    float *values;                    /* (n, m, d) */
    struct sl_explained_score *score; /* (n, m) */
};

/* Explains the scores of classes (n, m) of raw rows.  ids (n): the rows' numbers, which their random numbers
 * go by; NULL: 0 ... n-1.  Works in blocks: the memory beyond the arrays does not grow with n.  The same
 * bytes on any number of threads.  SL_EDATA for rows that do not fit the model, or a class whose score is not
 * finite (it had no training rows); SL_ENOMEM, SL_EINTERNAL. */
int sl_explain(struct sl_explainer *explainer, const struct sl_view *rows, const uint64_t *ids,
               const int32_t *classes, size_t m, const struct sl_explained *out, struct sl_error *err);

/* Scores (n, k) of raw rows before the softmax, which sl_explain explains. */
int sl_explainer_scores(struct sl_explainer *explainer, const struct sl_view *rows, float *scores,
                        struct sl_error *err);

/* What becomes of the mean score where columns are taken away from the rows (deletion), or put into the
 * background (insertion), the one with the largest value first, or in a random order: at 0, 1/20 ... 20/20 of
 * the columns.  A map is the more faithful the smaller its area under deletion, and the larger that under
 * insertion, beside those of the random order (Petsiuk, Das, Saenko, BMVC 2018). */
enum {
    SL_CURVE_DELETION,
    SL_CURVE_INSERTION,
    SL_CURVE_RANDOM_DELETION,
    SL_CURVE_RANDOM_INSERTION,
    SL_N_CURVES
};
struct sl_faithfulness {
    double curve[SL_N_CURVES][21];
    double area[SL_N_CURVES]; /* under each, over 0 ... 1 */
};
/* Of values (n, m, d) that sl_explain gave.  SL_EUSAGE for sparse rows; SL_ENOMEM. */
int sl_faithfulness(struct sl_explainer *explainer, const struct sl_view *rows, const uint64_t *ids,
                    const int32_t *classes, size_t m, const float *values, struct sl_faithfulness *out,
                    struct sl_error *err);

/* Whether values depend on what a network has learnt: its layers' weights are drawn anew from the last one
 * down to this, the rows explained again, and the |values| compared with those that were: the mean over the
 * rows of Spearman's rank correlation, NaN where no map varies (Adebayo et al., NeurIPS 2018). */
struct sl_randomised {
    char layer[32];
    double likeness;
};
/* out (room): n of them, the last layer first.  values (n, m, d): what sl_explain gave by these options.
 * SL_EUSAGE where the model is no network; what sl_explain gives. */
int sl_randomised_check(const struct sl_model *model, const struct sl_explain_options *options,
                        const struct sl_view *rows, const uint64_t *ids, const int32_t *classes, size_t m,
                        const float *values, struct sl_randomised *out, size_t room, size_t *n,
                        struct sl_error *err);

/* |sum - (score - base)| as a share of |score - base|: how far the values are from adding up.  Scores and
 * values are floats, so that a difference of almost nothing says nothing: the share is of a ten thousandth of
 * |score| + |base| + size at least, beside which what rounding can do (some 1e-7 of them) is small.  0 where
 * the values add up exactly. */
double sl_explained_error(const struct sl_explained_score *score);

/* Explained rows with what is told beside them.  Everything is the caller's. */
struct sl_explanation {
    const struct sl_model *model;
    const struct sl_explain_method *method;
    const struct sl_dataset *data; /* the n rows */
    size_t n, m;
    const uint64_t *ids;      /* (n): their numbers in the file that they come from */
    const int32_t *truth;     /* (n), -1: not a class of the model; NULL: not known */
    const int32_t *predicted; /* (n) */
    const float *scores;      /* (n, k) by sl_model_scores; NULL: the classifier has none */
    const int32_t *classes;   /* (n, m): whose scores were explained */
    struct sl_explained explained;
};

/* How much a column counts.  Of permutation: the accuracy that is lost where its values change places among
 * the rows, mean and standard deviation over the repeats. */
struct sl_importance {
    double mean, deviation;
};

struct sl_importance_options {
    int repeats; /* 0: 5 */
    uint64_t seed;
    int threads; /* 0: all cores */
};

/* Permutation importance (Breiman, Machine Learning 45, 2001; Fisher, Rudin, Dominici, JMLR 20, 2019) of each
 * column, out (rows->d), on raw dense rows whose classes are truth (rows->n; -1: one that the model does not
 * know).  accuracy: on the rows as they are.  Cost: d x repeats predictions of all rows, and a copy of them.
 * SL_EUSAGE for sparse rows; what sl_model_predict gives; SL_ENOMEM. */
int sl_permutation_importance(const struct sl_model *model, const struct sl_view *rows, const int32_t *truth,
                              const struct sl_importance_options *options, double *accuracy,
                              struct sl_importance *out, struct sl_error *err);

/* What the splits of a model's trees say of each column, out (as many as the model's raw rows have), by a
 * method with of_model: shares, 1 in sum, and their standard deviation over the trees. impurity  of the
 * training rows' impurity that splits by the column take away: as scikit-learn's feature_importances_, by the
 * model's criterion; of a tree or a forest gain      of what the splits of boosted trees take from the loss,
 * by its second order: as XGBoost's total_gain splits    of the number of splits, of any of them: as
 * XGBoost's weight Trees count alike in impurity, in the others by what they have.  SL_EUSAGE where the model
 * has no such trees, or its file is too old to tell (format 1: impurity; 6 and before: gain); SL_ENOMEM. */
int sl_model_importance(const struct sl_model *model, const struct sl_explain_method *method,
                        struct sl_importance *out, struct sl_error *err);

/* Writes importance.csv into the folder, the most important column first, and tells its path, unless made is
 * NULL.  SL_EIO, SL_ENOMEM. */
int sl_importance_write(const struct sl_model *model, const struct sl_importance *importance,
                        const char *folder, void (*made)(void *arg, const char *path), void *arg,
                        struct sl_error *err);
/* order (d): columns, the most important first, equal ones as they come. */
void sl_importance_order(const struct sl_importance *importance, size_t d, uint32_t *order);

/* Writes curves.csv into the folder, and tells its path, unless made is NULL.  SL_EIO, SL_ENOMEM. */
int sl_faithfulness_write(const struct sl_faithfulness *faithfulness, const char *folder,
                          void (*made)(void *arg, const char *path), void *arg, struct sl_error *err);

enum sl_values_format { SL_VALUES_NPY, SL_VALUES_CSV };

/* Writes into the folder, which is made if need be,
 *   rows.csv    a line for each row and class: true and predicted class with probabilities, score, base, sum,
 *               completeness error
 *   values.npy  the values, float (n, m, d), of images (n, m, height, width, channels), or values.csv
 *   mean.csv    for each class the mean |value| of every column over the rows that were explained for it
 * and tells each path, unless made is NULL.  SL_EIO, SL_ENOMEM. */
int sl_explanation_write(const struct sl_explanation *x, const char *folder, enum sl_values_format format,
                         void (*made)(void *arg, const char *path), void *arg, struct sl_error *err);

/* means (k, d): the mean |value| of each column over the rows explained for a class; counts (k): their
 * numbers. */
void sl_explanation_means(const struct sl_explanation *x, double *means, size_t *counts);

SL_API_END
#endif
