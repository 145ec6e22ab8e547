/* explain_plots.h - pictures of explanations: each begins the figure and fills it; has_data stays 0 where
 * there is nothing to draw. */
#ifndef SL_SHOW_EXPLAIN_PLOTS_H
#define SL_SHOW_EXPLAIN_PLOTS_H

#include "show/plots/figure.h"
#include <shortlist/explain.h>

/* The first rows' images, with their values over them. */
int sl_plot_overlays(const struct sl_explanation *x, struct sl_figure *figure, struct sl_error *err);
/* The mean |value| of each pixel, for each class. */
int sl_plot_mean_maps(const struct sl_explanation *x, struct sl_figure *figure, struct sl_error *err);
/* The columns with the largest mean |value|, as bars, and each row's values of them. */
int sl_plot_bars(const struct sl_explanation *x, struct sl_figure *figure, struct sl_error *err);
int sl_plot_beeswarm(const struct sl_explanation *x, struct sl_figure *figure, struct sl_error *err);
/* The columns of the largest importance by the method. */
int sl_plot_importance(const struct sl_model *model, const struct sl_explain_method *method,
                       const struct sl_importance *importance, size_t n, double accuracy,
                       struct sl_figure *figure, struct sl_error *err);

/* The name of a column in so many pixels; the caller frees it; NULL when out of memory. */
char *sl_column_text(const struct sl_model *model, size_t column, double pixels);

#endif
