/* descents.h - what the classifiers by stochastic gradient descent share: their configuration, rows of their
 * tables, and how the engine is called. */
#ifndef SL_CLASSIFIERS_DESCENTS_H
#define SL_CLASSIFIERS_DESCENTS_H

#include "classifiers/params.h"
#include "linear/sgd.h"
#include <shortlist/classifier.h>

struct sl_descents_config {
    struct sl_sgd_options sgd;
    int balanced;
};

extern const struct sl_word sl_words_sgd_penalty[], sl_words_sgd_tol[];

/* WORD: the default, "l2" or "none". */
#define SL_DESCENTS_PENALTY_PARAMS(WORD)                                                                     \
    SL_FLAGGED_CHOICE_PARAM("penalty", struct sl_descents_config, sgd.penalty, WORD, SL_SHARED,              \
                            sl_words_sgd_penalty, "l2,l1,elasticnet",                                        \
                            "norm of the weights in the objective"),                                         \
        SL_REAL_PARAM("alpha", struct sl_descents_config, sgd.alpha, "0.0001", 0, 1e6,                       \
                      SL_LOG | SL_SIMPLER_HIGH | SL_SHARED, "1e-06:0.01:log5", "weight of the penalty"),     \
        SL_REAL_PARAM("l1_ratio", struct sl_descents_config, sgd.l1_ratio, "0.15", 0, 1, SL_SHARED,          \
                      "0.15,0.5,0.85", "elasticnet: share of the L1 norm")

#define SL_DESCENTS_EPOCH_PARAMS                                                                             \
    SL_FIT_INTERCEPT_PARAM(struct sl_descents_config, sgd.fit_intercept),                                    \
        SL_FLAGGED_MAX_ITER_PARAM(struct sl_descents_config, sgd.max_iter, SL_SHARED, "1000",                \
                                  "5,20,100,1000", "limit of epochs"),                                       \
        SL_REAL_OR_WORD_PARAM("tol", struct sl_descents_config, sgd.tol, "0.001", 0, 1e6,                    \
                              SL_LOG | SL_SHARED, sl_words_sgd_tol, "0.0001,0.001,0.01",                     \
                              "improvement a row below which an epoch counts as none"),                      \
        SL_BOOL_PARAM("shuffle", struct sl_descents_config, sgd.shuffle, "true", "true",                     \
                      "another order of the rows in every epoch")

#define SL_DESCENTS_STOPPING_PARAMS                                                                          \
    SL_EARLY_STOPPING_PARAM(struct sl_descents_config, sgd.early_stopping, "false,true",                     \
                            "hold rows out, and stop by accuracy on them"),                                  \
        SL_VALIDATION_FRACTION_PARAM(struct sl_descents_config, sgd.validation_fraction, "0.1,0.2",          \
                                     "early_stopping: share of the training rows held out, of every class"), \
        SL_INT_PARAM("n_iter_no_change", struct sl_descents_config, sgd.n_iter_no_change, "5", 1, 1e6,       \
                     SL_SHARED, "2,5,10", "epochs without improvement before a class stops"),                \
        SL_FLAGGED_CLASS_WEIGHT_PARAM(struct sl_descents_config, balanced, SL_SHARED, SL_CLASS_WEIGHT_GRID,  \
                                      SL_CLASS_WEIGHT_HELP)

/* What a classifier's table leaves out it sets itself: of a configuration, the engine's options. */
typedef struct sl_sgd_options (*sl_descents_rule)(const struct sl_descents_config *config);

int sl_descents_fit(const struct sl_fit *fit, sl_descents_rule rule, void **out, struct sl_error *err);
/* Many at once: they share the rows, and those of one order of rows the way through them. */
int sl_descents_fit_group(const struct sl_group *group, sl_descents_rule rule, struct sl_error *err);
int sl_descents_shares(const void *config, const struct sl_view *view);

#define SL_DESCENTS_FLAGS                                                                                    \
    (SL_WANTS_SCALED | SL_RANDOM | SL_ITERATES | SL_ROW_ORDER | SL_WEIGHS_ROWS | SL_TAKES_SPARSE |           \
     SL_SHARES_STREAM)

#endif
