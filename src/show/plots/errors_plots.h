/* errors_plots.h - pictures of an error analysis: each begins the figure and fills it, where there is
 * something to show. */
#ifndef SL_SHOW_ERRORS_PLOTS_H
#define SL_SHOW_ERRORS_PLOTS_H

#include "show/plots/figure.h"
#include <shortlist/plot.h>

/* Margins of right and of wrong rows, and the error rate by margin. */
int sl_plot_margins(const struct sl_errors *errors, struct sl_figure *figure, struct sl_error *err);
/* Error rates of subsets with their intervals. */
int sl_plot_subsets(const struct sl_errors *errors, struct sl_figure *figure, struct sl_error *err);

/* Grids of images: rows that are wrong and sure of it, near the boundary, wrong by most rows of the study,
 * with labels that may be wrong. */
int sl_plot_sure(const struct sl_errors *errors, struct sl_figure *figure, struct sl_error *err);
int sl_plot_unsure(const struct sl_errors *errors, struct sl_figure *figure, struct sl_error *err);
int sl_plot_hardest(const struct sl_errors *errors, struct sl_figure *figure, struct sl_error *err);
int sl_plot_labels(const struct sl_errors *errors, struct sl_figure *figure, struct sl_error *err);
/* Images of each class's clusters. */
int sl_plot_clusters(const struct sl_errors *errors, struct sl_figure *figure, struct sl_error *err);

#endif
