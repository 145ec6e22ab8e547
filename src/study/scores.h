/* scores.h - scores of the classes, as they are kept: how many, in 16 bits each, and on the executor's pipe.
 */
#ifndef SL_STUDY_SCORES_H
#define SL_STUDY_SCORES_H

#include <shortlist/pack.h>
#include <shortlist/plan.h>
#include <shortlist/scores.h>

/* What SL_KEEP_AUTO comes to for a plan whose final trials score n_test rows, and in note (256), where it is
 * less than all, the words that say so; "" else.  SL_EUSAGE where what is asked for is more than the store
 * takes. */
int sl_scores_choose(const struct sl_plan *plan, int k, size_t n_test, enum sl_keep_scores *keep, char *note,
                     struct sl_error *err);

/* From scores (n, k): all, or the two largest of each row; the lower class first where they are equal.
 * SL_ENOMEM. */
int sl_scores_pack(const float *scores, size_t n, int k, int probabilities, enum sl_keep_scores keep,
                   struct sl_scores *out);

void sl_scores_write(const struct sl_scores *scores, struct sl_writer *w);
/* The record may be damaged: of n rows and at most k classes, or none; -1 otherwise, and where memory ran
 * out. */
int sl_scores_read(struct sl_scores *scores, struct sl_reader *r, size_t n, int k);

/* Numbers of two bytes, little-endian; NULL where memory ran out. */
unsigned char *sl_codes_pack(const uint16_t *codes, size_t n);
uint16_t *sl_codes_unpack(const unsigned char *bytes, size_t n);
/* Do the numbers fit together, and is every class one of k? */
int sl_scores_check(const struct sl_scores *scores, int k);

#endif
