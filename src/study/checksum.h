/* checksum.h - what the store holds of an outcome, in one number. */
#ifndef SL_STUDY_CHECKSUM_H
#define SL_STUDY_CHECKSUM_H

#include "study/db.h"

/* Adds all rows of a query on a key to a sum. */
int sl_checksum_rows(struct sl_db *db, const char *sql, const char *key, uint64_t *sum, struct sl_error *err);

/* Of the outcome, its measures and its curve as they stand in the store, and of the checksum of its scores.
 */
int sl_checksum_outcome(struct sl_db *db, const char *key, int64_t *sum, struct sl_error *err);
/* Of its scores; 0 where there are none. */
int sl_checksum_scores(struct sl_db *db, const char *key, int64_t *sum, struct sl_error *err);

/* Writes both beside what they are of. */
int sl_checksum_put(struct sl_db *db, const char *key, struct sl_error *err);
/* The same for every outcome. */
int sl_checksum_put_all(struct sl_db *db, struct sl_error *err);

#endif
