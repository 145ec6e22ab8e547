/* child_work.h - the work of a unit's process, from its rows to the last record that it sends. */
#ifndef SL_STUDY_CHILD_WORK_H
#define SL_STUDY_CHILD_WORK_H

#include "study/work.h"
#include <shortlist/outcome.h>
#include <signal.h>

/* A unit of one trial. */
void sl_child_run_trial(const struct sl_work *work, int channel, const volatile sig_atomic_t *cancel);

/* A unit of several, which one call fits: an outcome is sent as soon as its trial is done.  Those that are
 * not sent when the process ends deserve a run of their own. */
void sl_child_run_group(const struct sl_work *work, int channel, const volatile sig_atomic_t *cancel);

/* The metrics of scores, and those that are kept, from the scores (n_score, k) of a member's
 * rows.  SL_ENOMEM. */
int sl_child_take_scores(const struct sl_work *work, size_t member, const float *scores, int k,
                         struct sl_outcome *outcome, struct sl_error *err);

#endif
