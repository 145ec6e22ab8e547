/* group_run.h - a group of fits under way: what its two halves, fitting and scoring, share. */
#ifndef SL_SVM_GROUP_RUN_H
#define SL_SVM_GROUP_RUN_H

#include "svm/dual.h"
#include "svm/model.h"
#include "svm/options.h"
#include "svm/solver.h"
#include <shortlist/classifier.h>

struct sl_svm_member {
    size_t number; /* in the group */
    size_t part;
    struct sl_svm_options options;
    int follows;             /* differs from the member before it by a C that is no lower, and nothing else */
    struct sl_svm_dual dual; /* its order: places among the sorted rows of the group */
    struct sl_svm_solution *solutions; /* (pairs) */
    struct sl_svm_model *model;        /* without vectors, unless it has weights; NULL: the fit is refused */
    uint32_t *chosen;                  /* (vectors): their places among the sorted rows */
    size_t model_bytes;
    double fit_time; /* CPU seconds of its own */
    int32_t *labels; /* (n_score) */
    float *scores;   /* (n_score, k) */
};

/* Members that have the same rows and kernel: neighbours in the list. */
struct sl_svm_bundle {
    struct sl_svm_member *members;
    size_t n;
    float *diagonal; /* (rows of the part) */
};

struct sl_svm_run {
    const struct sl_group *group;
    struct sl_svm_rows rows; /* of all parts, sorted by class */
    struct sl_svm_dual all;  /* of the same */
    void **within;           /* (present) of each class: sl_svm_products_within */
    uint32_t *place;         /* (rows): where each row of the view stands among the sorted ones */
    struct sl_svm_member *members;
    size_t n_members;
    struct sl_svm_bundle *bundles;
    size_t n_bundles;
};

/* The solutions of all members, whose duals are set up.  SL_OK, SL_ENOMEM, or SL_EINTERNAL when oneDNN
 * refuses; a raised flag ends it early. */
int sl_svm_solve_group(struct sl_svm_run *run);

/* Labels and scores of all members that have support vectors.  SL_OK, SL_ENOMEM, SL_ECANCELLED, or
 * SL_EINTERNAL when oneDNN refuses. */
int sl_svm_score_group(struct sl_svm_run *run);

#endif
