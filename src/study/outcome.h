/* outcome.h - outcomes: their life, and as records on the executor's pipe. */
#ifndef SL_STUDY_OUTCOME_H
#define SL_STUDY_OUTCOME_H

#include <shortlist/outcome.h>
#include <shortlist/pack.h>

/* Nothing measured, nothing predicted, status SL_TRIAL_MISSING. */
void sl_outcome_init(struct sl_outcome *outcome);
void sl_outcome_release(struct sl_outcome *outcome);
/* Adds a curve point; SL_ENOMEM. */
int sl_outcome_add_epoch(struct sl_outcome *outcome, const struct sl_epoch *epoch);

/* What an error code of a fit makes of a trial. */
enum sl_trial_status sl_status_of(int code);
/* status from its name; -1 for an unknown one. */
int sl_trial_status_parse(const char *name);

/* All but truth, curve, fold, repeat, seed, shared and threads, which the parent knows. */
void sl_outcome_write(const struct sl_outcome *outcome, struct sl_writer *w);
/* Into an initialised outcome.  The record may be damaged: predicted has either n or no labels, each in
 * 0 ... k-1; -1 otherwise, and where memory ran out (r->no_memory). */
int sl_outcome_read(struct sl_outcome *outcome, struct sl_reader *r, size_t n, int k);

void sl_epoch_write(const struct sl_epoch *epoch, struct sl_writer *w);
void sl_epoch_read(struct sl_epoch *epoch, struct sl_reader *r);

/* Labels as the store has them: two bytes each, little-endian; free() it.  NULL without memory. */
unsigned char *sl_labels_pack(const int32_t *labels, size_t n);
/* Packed labels in their place as one byte each, where all are below 256: what they take then, n or 2 n. */
size_t sl_labels_narrow(unsigned char *packed, size_t n);

#endif
