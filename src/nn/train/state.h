/* state.h - a net's training between two epochs, as a record: another fit goes on from it. */
#ifndef SL_NN_STATE_H
#define SL_NN_STATE_H

#include "nn/train/trainer.h"

/* Writes all that the epochs to come depend on, and the curve so far. */
void sl_trainer_put_state(const struct sl_trainer *t, struct sl_writer *w);

/* Sets a trainer that has begun to what the record holds, and tells the caller of the curve's points again.
 * SL_EDATA when the record is not of such a training, or of more epochs than this fit is to have; the trainer
 * may then be released, and no more.  SL_ENOMEM. */
int sl_trainer_get_state(struct sl_trainer *t, const unsigned char *bytes, size_t size, struct sl_error *err);

#endif
