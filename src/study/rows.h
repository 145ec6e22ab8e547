/* rows.h - which rows of the data a trial fits and scores. */
#ifndef SL_STUDY_ROWS_H
#define SL_STUDY_ROWS_H

#include <shortlist/plan.h>

/* The rows of one trial. */
struct sl_rows {
    uint32_t *fit, *score; /* row numbers of the data set; score NULL: all of the test file */
    uint32_t *watch;       /* rows of the learning curve where they are not the scored ones; NULL: none */
    size_t n_fit, n_score, n_watch;
    int32_t *truth; /* (n_score) labels of the scored rows */
    char key[33];   /* sl_trial_split_key */
};

/* The split that all trials of a plan share, and the folds of one repeat at a time. */
struct sl_partition;

/* test is NULL unless the trials are final.  data and test must outlive the partition; free with
 * sl_partition_free. */
int sl_partition_make(const struct sl_plan *plan, const struct sl_dataset *data,
                      const struct sl_dataset *test, struct sl_partition **out, struct sl_error *err);
void sl_partition_free(struct sl_partition *partition);
/* Rows of the data set. */
size_t sl_partition_rows(const struct sl_partition *partition);

/* The rows of one of the plan's trials, fresh: free with sl_rows_free.  Folds are drawn when a repeat is
 * first asked for: go through the trials repeat by repeat. */
int sl_rows_make(struct sl_partition *partition, const struct sl_trial *trial, struct sl_rows **out,
                 struct sl_error *err);
void sl_rows_free(struct sl_rows *rows);

/* All rows that trials like this one fit or score, whatever their fold, in the order that each trial's rows
 * have; fresh: free() them.  Not for final trials. */
int sl_rows_all(const struct sl_partition *partition, const struct sl_trial *trial, uint32_t **rows,
                size_t *n, struct sl_error *err);

#endif
