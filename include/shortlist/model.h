/* model.h - a fitted classifier with all that it needs to predict on a user's data: hyperparameters,
 * scaling, class names, shape.  The checked way to fit, predict, save and load. */
#ifndef SHORTLIST_MODEL_H
#define SHORTLIST_MODEL_H

#include <shortlist/api.h>
#include <shortlist/classifier.h>
#include <shortlist/dataset.h>
#include <shortlist/encoding.h>
#include <shortlist/pictures.h>
#include <shortlist/scaling.h>
#include <shortlist/warnings.h>

SL_API_BEGIN

struct sl_model;

/* A program that handles signals in a thread that fits or predicts gives the handlers a stack of their own
 * (sigaltstack, SA_ONSTACK): oneDNN's kernels use the stack pointer for something else. */

struct sl_fit_options {
    enum sl_scaling_kind scaling;
    const struct sl_encoding_options *encoding; /* of data with missing values or categories; NULL: zeroed */
    uint64_t seed;                              /* of the trial's stream */
    const char *key;                            /* names the stream beside the seed; NULL: "" */
    int threads;                                /* 0: all cores */
    const volatile sig_atomic_t *cancel;
    int (*on_epoch)(void *arg, const struct sl_epoch *point);
    void *arg;
    const struct sl_fit_state *state; /* as in struct sl_fit */
};

/* SL_EUSAGE where the type takes no sparse rows, and these would take too much memory as dense ones: the text
 * says how much, how much is allowed, and which types take them.  rows: a shape; its x may be NULL. */
int sl_model_takes(const struct sl_classifier_type *type, const struct sl_view *rows, struct sl_error *err);

/* Brings up threads and libraries that such a fit will use, if any, so that the time of the first fit of a
 * process is that of the fit.  Changes no result. */
void sl_model_warm_up(const struct sl_classifier_type *type, const void *config,
                      const struct sl_dataset *train, int threads);

/* Fits type with config (NULL: the defaults) on train's rows, but those of weight 0; validation may be NULL,
 * and its weights count for nothing.  Checks the
 * configuration against the data, fits the scaling on train only and applies it.  report may be NULL.
 * The caller owns *out. */
int sl_model_fit(const struct sl_classifier_type *type, const void *config, const struct sl_dataset *train,
                 const struct sl_dataset *validation, const struct sl_fit_options *options,
                 struct sl_fit_report *report, struct sl_model **out, struct sl_error *err);
void sl_model_free(struct sl_model *model);

/* Many fits and their predictions at once, where they share work (fit_group in classifier.h). */

struct sl_group_member {
    const void *config; /* of the type's configuration struct */
    size_t part;
    uint64_t seed; /* of its stream, and the stream's name, as in struct sl_fit_options */
    const char *key;
};

/* A member that is done: as sl_model_fit and sl_model_predict on its part alone would have it. */
struct sl_group_result {
    size_t member;
    int code; /* SL_OK, or this member's own error, with its text; the others go on */
    const char *error;
    const int32_t *labels;        /* (n_score of the part) */
    const float *scores;          /* (n_score, k); NULL: the classifier has none */
    const struct sl_epoch *curve; /* (n_curve) of a fit that iterates */
    size_t n_curve;
    struct sl_fit_report report;
    size_t model_bytes;
    struct sl_spent fit, score; /* its own time, and its share of what the members share */
};

struct sl_group_options {
    enum sl_scaling_kind scaling;
    const struct sl_encoding_options *encoding; /* as in struct sl_fit_options: of one part only */
    size_t memory; /* bytes that the fits may take, about; 0: as many as they like.  SL_ENOMEM at once where
                      they do not fit together, as separate fits may */
    int threads;   /* 0: all cores */
    const volatile sig_atomic_t *cancel;
    int (*done)(void *arg,
                const struct sl_group_result *result); /* a value other than SL_OK ends the group */
    void *arg;
};

/* data: the rows of all parts.  Several parts want a scaling that is the same on all of them
 * (sl_scaling_is_fixed).  SL_OK when done was called for every member. */
int sl_model_fit_group(const struct sl_classifier_type *type, const struct sl_dataset *data,
                       const struct sl_group_part *parts, size_t n_parts,
                       const struct sl_group_member *members, size_t n_members,
                       const struct sl_group_options *options, struct sl_error *err);

/* labels (n) of raw (unscaled) rows; threads 0: all cores.  Features must be the model's in number,
 * and finite (missing values, NaN, only where sl_model_encoding fills them in); their type is converted to
 * that of the training rows (SL_EDATA where those were images of bytes that no scaling makes floats, and a
 * feature is no whole number 0 ... 255). */
int sl_model_predict(const struct sl_model *model, const struct sl_view *x, int threads, int32_t *labels,
                     struct sl_error *err);
/* scores (n, k), probabilities by the temperature; SL_EUSAGE where the classifier has none. */
int sl_model_scores(const struct sl_model *model, const struct sl_view *x, int threads, float *scores,
                    struct sl_error *err);

/* Keeps with the model where its rows came from, before it is saved: the names of the columns of label, row
 * names and groups, hashes of at most 4,096 of its training rows (32 KB), and how images stand in their
 * frame. No result depends on it, but what pictures of another size become (pictures.h). */
int sl_model_remember(struct sl_model *model, const struct sl_dataset *train, struct sl_error *err);
/* The names of the training data's columns; NULL: there was none, it had no name, or it is not known. */
struct sl_model_columns {
    const char *label, *id, *groups;
};
struct sl_model_columns sl_model_columns(const struct sl_model *model);
/* How its training images stood in their frame; not known: on black, filling it. */
struct sl_framing sl_model_framing(const struct sl_model *model);
/* Adds the warning own_rows where raw rows, as sl_model_predict takes them, are among those that the model
 * was fitted on, as far as it remembers them. */
int sl_model_warn(const struct sl_model *model, const struct sl_view *x, struct sl_warnings *warnings,
                  struct sl_error *err);

/* By which temperature sl_model_scores gives probabilities (sl_temper in calibration.h), and the file keeps
 * them; 1: as the classifier has them. */
double sl_model_temperature(const struct sl_model *model);
void sl_model_set_temperature(struct sl_model *model, double temperature);

/* The model file: magic, version, type, hyperparameters, shape, class names, origin, encoding, scaling,
 * payload, CRC-32.
 * save writes to a temporary file and renames it, so that a path never holds half a model. */
int sl_model_save(const struct sl_model *model, const char *path, struct sl_error *err);
int sl_model_load(const char *path, struct sl_model **out, struct sl_error *err);
size_t sl_model_bytes(const struct sl_model *model); /* of the classifier's payload */

const struct sl_classifier_type *sl_model_type(const struct sl_model *model);
int sl_model_classes(const struct sl_model *model);
const char *sl_model_class(const struct sl_model *model, int label);
/* The training data's name of a column; NULL where it had none. */
const char *sl_model_feature(const struct sl_model *model, size_t column);
enum sl_indices sl_model_indices(const struct sl_model *model); /* what they were called instead */
/* The training view's dtype, d, k and image, without rows and before scaling. */
struct sl_view sl_model_like(const struct sl_model *model);
/* What became of missing values and categories, for reading rows to predict; NULL: the data had none. */
const struct sl_encoding *sl_model_encoding(const struct sl_model *model);
const void *sl_model_payload(const struct sl_model *model); /* the classifier's own model, for tests */

SL_API_END
#endif
