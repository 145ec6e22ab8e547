/* rows.h - which rows of the data a trial fits and scores. */
#ifndef SL_STUDY_ROWS_H
#define SL_STUDY_ROWS_H

#include <shortlist/study.h>

/* The rows of one fold, or of the one split where there are no folds. */
struct sl_rows {
    uint32_t *fit, *score; /* row numbers of the data set; score NULL: all of the test file */
    uint32_t *watch; /* rows of the learning curve where they are not the scored ones; NULL: none */
    size_t n_fit, n_score, n_watch;
    int32_t *truth; /* (n_score) labels of the scored rows */
    char key[33];   /* sl_trial_split_key */
};

/* One entry a fold (or one) for the plan's trials, which share their split.  test is NULL unless the
 * trials are final.  Free with sl_rows_free. */
int sl_rows_make(const struct sl_plan *plan, const struct sl_dataset *data, const struct sl_dataset *test,
                 struct sl_rows **out, size_t *n, struct sl_error *err);
void sl_rows_free(struct sl_rows *rows, size_t n);

#endif
