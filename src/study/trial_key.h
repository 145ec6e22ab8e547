/* trial_key.h - the key and the random stream of a trial, as a plan gives them. */
#ifndef SL_STUDY_TRIAL_KEY_H
#define SL_STUDY_TRIAL_KEY_H

#include <shortlist/plan.h>

/* Room for what they are made from: too large for a stack. */
enum { SL_CONFIG_TEXT = 16384 };
struct sl_key_texts {
    char config[SL_CONFIG_TEXT], trial[SL_CONFIG_TEXT + SL_ENCODING_TEXT + 512];
};

/* Sets key and stream of a trial whose other members are set.  k: classes of the data set. */
void sl_trial_set_key(struct sl_trial *trial, int k, const char *data_hash, struct sl_key_texts *texts);
void sl_trial_set_stream(struct sl_trial *trial, int k, const char *nameless_hash,
                         struct sl_key_texts *texts);

/* Hash of what decides which rows of the data a trial fits and scores: trials with the same key are
 * scored on the same rows in the same order.  test_hash: of the test file, or NULL. */
void sl_trial_split_key(const struct sl_trial *trial, const char *data_hash, const char *test_hash,
                        char key[33]);

/* The key under which the store keeps a trial's outcome: the trial's own, or for a final trial one that
 * depends on the test file too, which the plan does not see.  test_hash: NULL unless final. */
void sl_trial_store_key(const struct sl_trial *trial, const char *test_hash, char key[33]);

#endif
