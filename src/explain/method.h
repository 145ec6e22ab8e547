/* method.h - inside an explainer: what its methods see, and what a method is.
 *
 * Adding a method: a file with its functions and a const struct sl_method at its end, and a line in
 * SL_METHODS (in the order of lists).  Help, completion and refusals follow. */
#ifndef SL_EXPLAIN_METHOD_H
#define SL_EXPLAIN_METHOD_H

#include "explain/scorer.h"
#include "nn/pass/tap.h"
#include <shortlist/explain.h>
#include <shortlist/rng.h>

struct sl_explainer {
    const struct sl_model *model;
    const struct sl_method *method;
    struct sl_explain_options options; /* threads is set */
    struct sl_scorer scorer;
    size_t d;                      /* columns of the data */
    size_t width;                  /* features as the classifier takes them */
    size_t *column_of;             /* (width): which column each was made of; NULL: they are the columns */
    struct sl_prepared background; /* the background's rows as the classifier takes them */
    double *mean_scores;           /* (k): mean of its scores */
    double *mean;                  /* (width): its mean row, */
    float *baseline;               /* and that as floats */
    double *baseline_scores;       /* (k): a network's; else those of mean_scores */
    struct sl_rng *rng;
    struct sl_tap *tap; /* of a network */
    void *state;        /* the method's, which its end frees */
};

/* Some rows, and what becomes of them. */
struct sl_explain_block {
    size_t n, m;             /* rows, and classes of each */
    struct sl_view raw;      /* n rows as the data has them */
    struct sl_view prepared; /* and as the classifier takes them */
    const float *x;          /* (n, width): the latter as floats, with SL_METHOD_FEATURES */
    const uint64_t *ids;     /* (n): the rows' numbers */
    const int32_t *classes;  /* (n, m) */
    float *values;           /* (n, m, width) with SL_METHOD_FEATURES, else (n, m, d): to be filled */
    struct sl_explained_score *score; /* (n, m): score is set, base is mean_scores' */
};

enum sl_method_flags {
    SL_METHOD_FEATURES = 1, /* values are those of features; else of columns */
    SL_METHOD_TAPS = 2,     /* works with explainer->tap */
};

struct sl_method {
    struct sl_explain_method about;
    unsigned flags;
    /* NULL, or why the model can not be explained: SL_EUSAGE.  Only scorer and model are set. */
    int (*refuse)(const struct sl_explainer *explainer, struct sl_error *err);
    /* NULL, or makes explainer->state; end frees it, also after an error. */
    int (*begin)(struct sl_explainer *explainer, struct sl_error *err);
    void (*end)(struct sl_explainer *explainer);
    int (*run)(struct sl_explainer *explainer, const struct sl_explain_block *block, struct sl_error *err);
    /* With about.of_model, and then the only one: see sl_model_importance. */
    int (*weigh)(const struct sl_model *model, struct sl_importance *out, struct sl_error *err);
};

#define SL_METHODS(X)                                                                                        \
    X(gradient)                                                                                              \
    X(gradient_x_input)                                                                                      \
    X(smoothgrad)                                                                                            \
    X(integrated_gradients)                                                                                  \
    X(grad_cam)                                                                                              \
    X(occlusion)                                                                                             \
    X(lime)                                                                                                  \
    X(linear_shap)                                                                                           \
    X(tree_shap)                                                                                             \
    X(tree_shap_interventional)                                                                              \
    X(gradient_shap)                                                                                         \
    X(kernel_shap)                                                                                           \
    X(permutation)                                                                                           \
    X(impurity)                                                                                              \
    X(gain)                                                                                                  \
    X(splits)

#define X(name) extern const struct sl_method sl_method_##name;
SL_METHODS(X)
#undef X

const struct sl_method *sl_method_at(size_t i); /* NULL past the end */

/* Refusals that methods share. */
int sl_refuse_but_networks(const struct sl_explainer *explainer, struct sl_error *err);

/* The random stream of a row. */
struct sl_rng *sl_explain_rng(const struct sl_explainer *explainer, uint64_t id);

#endif
