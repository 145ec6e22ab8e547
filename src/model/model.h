/* model.h - inside a fitted model, for the file format. */
#ifndef SL_MODEL_MODEL_H
#define SL_MODEL_MODEL_H

#include "data/encoding.h"
#include "model/origin.h"
#include <shortlist/model.h>

struct sl_model {
    const struct sl_classifier_type *type;
    void *config;                 /* owned */
    struct sl_encoding *encoding; /* owned; NULL: the data had plain numbers */
    struct sl_scaling *scaling;   /* owned */
    struct sl_view raw;           /* the training view's shape as the data set has it: no rows */
    struct sl_view encoded;       /* before scaling: raw, where there is no encoding */
    struct sl_view scaled;        /* and after it, as the classifier takes it */
    char **classes;               /* (k), owned */
    char **features;              /* (d), owned; NULL where the training data named none */
    enum sl_indices indices;      /* and numbered them */
    void *payload;                /* the classifier's own model, owned */
    struct sl_model_origin origin;
    double temperature; /* of probabilities; 1: as the classifier gives them */
};

/* A model with everything but classes, scaling and payload. */
struct sl_model *sl_model_new(const struct sl_classifier_type *type, const struct sl_view *raw);

/* Rows as a scaling and a classifier take them. */
struct sl_prepared {
    struct sl_view view;
    void *converted, *encoded, *scaled, *dense; /* owned, or NULL where the view shares rows */
};
void sl_model_prepared_release(struct sl_prepared *prepared);

/* prepared->view becomes in with features of another type. */
int sl_model_convert(const struct sl_view *in, enum sl_dtype dtype, struct sl_prepared *prepared,
                     struct sl_error *err);

/* Encodes prepared->view (encoding NULL: nothing). */
int sl_model_encode(const struct sl_encoding *encoding, struct sl_prepared *prepared, struct sl_error *err);

/* Raw rows as the model's classifier takes them: checked (as sl_model_predict says), of its type, encoded,
 * scaled.  Release it; nothing is to be released after an error. */
int sl_model_prepare(const struct sl_model *model, const struct sl_view *x, int threads,
                     struct sl_prepared *prepared, struct sl_error *err);

/* As what type the model takes rows of a given one. */
enum sl_dtype sl_model_taken_dtype(const struct sl_model *model, enum sl_dtype given);

/* Applies the model's scaling to prepared->view, and makes sparse rows dense where its type wants that. */
int sl_model_scale(const struct sl_model *model, struct sl_prepared *prepared, struct sl_error *err);

/* As what features of such rows are fitted. */
enum sl_dtype sl_model_fitted_dtype(const struct sl_view *rows);

/* Can the type be fitted with this configuration on such rows?  SL_EUSAGE. */
int sl_model_check_request(const struct sl_classifier_type *type, const void *config,
                           const struct sl_view *view, struct sl_error *err);

/* SL_EDIVERGED where a fitted model, or its objective, is not finite.  bytes: the size of the saved model. */
int sl_model_check_numbers(const struct sl_classifier_type *type, const void *payload,
                           const struct sl_fit_report *report, size_t *bytes, struct sl_error *err);

/* scores (n, classes) as the type gives them.  SL_EDATA names the row. */
int sl_model_check_scores(const struct sl_classifier_type *type, const float *scores, size_t n, int classes,
                          struct sl_error *err);

/* Sets OpenMP's number of threads in this thread; returns what it was, which the caller sets again. */
int sl_model_use_threads(int threads);

/* Fills model->encoded from the encoding, if there is one. */
void sl_model_set_encoded(struct sl_model *model);
/* Fills model->scaled from the scaling; encoded is filled. */
int sl_model_set_scaled(struct sl_model *model, struct sl_error *err);

#endif
