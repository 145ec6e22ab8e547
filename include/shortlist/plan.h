/* plan.h - the trials of an experiment on a data set. */
#ifndef SHORTLIST_PLAN_H
#define SHORTLIST_PLAN_H

#include <shortlist/api.h>
#include <shortlist/classifier.h>
#include <shortlist/dataset.h>
#include <shortlist/experiment.h>
#include <shortlist/scaling.h>

SL_API_BEGIN

/* Is the test file scored, and after fitting which rows? */
enum sl_final {
    SL_FINAL_NO,    /* the validation rows are scored */
    SL_FINAL_ALL,   /* training and validation rows are fitted */
    SL_FINAL_TRAIN, /* training rows only: the validation rows give the learning curve */
};

/* One fit: a pure value.  The same key means the same work: its outcome can be taken from the store. */
struct sl_trial {
    size_t row; /* of the table */
    const struct sl_classifier_type *type;
    const void *config; /* of the row */
    enum sl_scaling_kind scaling;
    const struct sl_encoding_options *encoding; /* of the plan; NULL: the data is plain numbers */
    size_t n_train, n_validation;               /* n_train: before a fold is taken out */
    uint64_t split_seed;
    int folds, fold;       /* folds 0: no cross-validation */
    int repeat;            /* 0 ... repeats-1 */
    uint64_t seed;         /* of the classifier's stream */
    int final;             /* enum sl_final */
    size_t n_fit;          /* only so many of the rows to be fitted, stratified; 0: all */
    int outer, outer_fold; /* n_train without the outer_fold-th of so many folds; 0: all of them */
    char key[33];          /* hexadecimal hash of everything above (but row) and of the data set */
    char stream[33]; /* names the random stream: the same, but for class names and hyperparameters left at
                        their defaults */
};

struct sl_plan_row {
    char *name;
    const struct sl_classifier_type *type;
    void *config;
    enum sl_scaling_kind scaling;
    size_t n_fit;    /* as in struct sl_trial */
    char *published; /* JSON object of published numbers, or NULL */
};

struct sl_plan {
    size_t n_rows, n_trials;
    struct sl_plan_row *rows;
    struct sl_trial *trials;
    struct sl_encoding_options encoding;
    char *left_out; /* rows that do not fit the data set or are not to be had, and why: lines; NULL: none */
};

/* Pure: the same experiment and data give the same plan. */
int sl_plan_make(const struct sl_experiment *experiment, const struct sl_dataset *data, struct sl_plan **out,
                 struct sl_error *err);
void sl_plan_free(struct sl_plan *plan);

SL_API_END
#endif
