/* child_state.h - what a trial's process keeps of a fit for a trial of more epochs, in a file. */
#ifndef SL_STUDY_CHILD_STATE_H
#define SL_STUDY_CHILD_STATE_H

#include "study/work.h"
#include <shortlist/classifier.h>
#include <shortlist/spent.h>

struct sl_child_state {
    struct sl_fit_state fit;
    struct sl_spent earlier; /* on the epochs that are done */
    struct sl_writer kept;
    unsigned char *file; /* owned, as is kept's buffer; fit.bytes lies in it */
};

/* Names work->state_from and state_to of a trial alone, where such fits can go on; the folders may be NULL.
 * SL_ENOMEM. */
int sl_child_state_name(struct sl_work *work, const char *from, const char *to);

/* From work->state_from, where there is a sound file of this trial's stream; else a fit begins at the
 * beginning. */
void sl_child_state_read(const struct sl_work *work, struct sl_child_state *state);
/* To work->state_to, where there is one, and a disk with plenty of room; spent: on all epochs that the fit
 * has now.  What goes wrong costs the next fit its time, and nothing else. */
void sl_child_state_write(const struct sl_work *work, const struct sl_child_state *state,
                          struct sl_spent spent);
void sl_child_state_release(struct sl_child_state *state);

#endif
