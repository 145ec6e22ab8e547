/* plan.h - what the executor and the store need of a plan beyond its trials. */
#ifndef SL_STUDY_PLAN_H
#define SL_STUDY_PLAN_H

#include <shortlist/study.h>

/* Hash of what decides which rows of the data a trial fits and scores: trials with the same key are
 * scored on the same rows in the same order.  test_hash: of the test file, or NULL. */
void sl_trial_split_key(const struct sl_trial *trial, const char *data_hash, const char *test_hash,
                        char key[33]);

/* The key under which the store keeps a trial's outcome: the trial's own, or for a final trial one that
 * depends on the test file too, which the plan does not see.  test_hash: NULL unless final. */
void sl_trial_store_key(const struct sl_trial *trial, const char *test_hash, char key[33]);

#endif
