/* heat.h - a sweep of two hyperparameters as a heat map. */
#ifndef SL_SHOW_HEAT_H
#define SL_SHOW_HEAT_H

#include "show/plots/plot.h"
#include "show/plots/sweep.h"

/* Two hyperparameters, and no third, of three values and more each, nearly all combinations of which are
 * there. */
int sl_heat_wanted(const struct sl_sweep *sweep);
int sl_plot_heat(struct sl_picture *picture, struct sl_sweep *sweep, struct sl_error *err);

#endif
