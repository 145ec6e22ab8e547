/* batch.h - outcomes that wait for their commit.
 *
 * A commit waits for the disk, some milliseconds, as long as a small trial takes: outcomes that come fast are
 * committed together, so that waiting takes at most a twentieth of the time.  None waits longer than a
 * second, which is what a kill costs at most, and none is reported before it is committed. */
#ifndef SL_STUDY_BATCH_H
#define SL_STUDY_BATCH_H

#include "study/store.h"

/* Owns the outcome and its labels. */
struct sl_pending {
    size_t trial; /* of the plan */
    char split[33];
    int again, whole;  /* as the store has it; the trial counts as run */
    const char *model; /* file, or NULL; the caller's */
    int32_t *truth;    /* (n_validation), the outcome's */
    struct sl_outcome outcome;
};

struct sl_batch {
    struct sl_db *db; /* this and what follows is the caller's */
    const char *study;
    char (*keys)[33];                                      /* (trials) */
    void (*told)(void *arg, const struct sl_pending *one); /* of each that is committed */
    void *arg;
    size_t n, room, bytes;
    struct sl_pending *pending; /* (n) */
    double first, last, cost;   /* when the first one came, when and how long the last commit was */
};

/* Takes what the outcome owns, and copies its labels.  SL_ENOMEM: it is still the caller's. */
int sl_batch_add(struct sl_batch *batch, const struct sl_pending *one, struct sl_outcome *outcome,
                 struct sl_error *err);
/* Does an outcome of this key wait? */
int sl_batch_has(const struct sl_batch *batch, const char *key);
/* Is it time to commit? */
int sl_batch_is_due(const struct sl_batch *batch);
/* Commits what waits, in one transaction, and tells of it.  On an error none is in the store, and none waits.
 */
int sl_batch_commit(struct sl_batch *batch, struct sl_error *err);
void sl_batch_release(struct sl_batch *batch);

#endif
