/* ensemble.h - what an ensemble of a study's rows comes to, by the probabilities that the store keeps.
 */
#ifndef SHORTLIST_ENSEMBLE_H
#define SHORTLIST_ENSEMBLE_H

#include <shortlist/api.h>
#include <shortlist/error.h>
#include <shortlist/study.h>
#include <stddef.h>

SL_API_BEGIN

/* Greedy selection with replacement over the scored rows: of all folds where there are some (each row's
 * probabilities are then of a model that was not fitted on it), else of the validation rows.  Accuracies are
 * cross-fitted: members are chosen on four fifths of these rows, and so is the best single row, and the rest
 * is scored, five times.  Free it with sl_ensemble_free. */
struct sl_ensemble {
    size_t n_scored; /* rows of the data */
    size_t
        n_candidates; /* rows of the study that have probabilities of all classes; of those that were named */
    size_t n_members;
    struct sl_ensemble_member {
        size_t row;          /* of the study */
        int count;           /* how often it was taken, or named */
        double weight;       /* its share, above 0; all of them 1 */
    } * members;             /* (n_members), chosen on all scored rows, or named; the largest share first */
    size_t best;             /* the single candidate that is most accurate on all scored rows */
    double accuracy, single; /* of the ensemble, of the best single row; cross-fitted where it was chosen */
    double gain, low, high;  /* accuracy - single, and its 95 % interval, of paired rows */
};

/* out: folder of the store.  SL_EUSAGE where fewer than two rows have probabilities; SL_ENOMEM, SL_EDATA. */
int sl_ensemble_make(const char *out, const struct sl_study *study, struct sl_ensemble **ensemble,
                     struct sl_error *err);

/* The mean of the probabilities of the rows of these names (n >= 1), counting so often (n), each >= 1; NULL:
 * once.  Nothing is chosen by the scored rows: of members that were chosen by others, accuracy is that of the
 * test.  best and single are of the most accurate of the members on the scored rows, which flatters it, not
 * the ensemble.  Of several repeats the first counts, here and above.  SL_EUSAGE where the study has no such
 * row, or one without probabilities; SL_ENOMEM, SL_EDATA. */
int sl_ensemble_average(const char *out, const struct sl_study *study, const char *const *names,
                        const int *counts, size_t n, struct sl_ensemble **ensemble, struct sl_error *err);
void sl_ensemble_free(struct sl_ensemble *ensemble);

SL_API_END
#endif
