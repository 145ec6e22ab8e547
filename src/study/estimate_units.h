/* estimate_units.h - how long the units of a run take, told from samples. */
#ifndef SL_STUDY_ESTIMATE_UNITS_H
#define SL_STUDY_ESTIMATE_UNITS_H

#include "study/execution.h"

/* Sets seconds (trials) of the units' trials; of those that no sample tells of, a little more than
 * of all others.
 * Takes some patience seconds.  SL_ECANCELLED where the options' flag ended it. */
int sl_estimate_units(struct sl_execution *run, double patience, double *seconds);

#endif
