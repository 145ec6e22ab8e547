/* embedding_plots.h - pictures of embeddings: each begins the figure and fills it. */
#ifndef SL_SHOW_EMBEDDING_PLOTS_H
#define SL_SHOW_EMBEDDING_PLOTS_H

#include "show/plots/figure.h"
#include <shortlist/plot.h>

/* All points by class, names at the classes' medians; rows that a model gets wrong ringed; with another
 * embedding of the rows side by side. */
int sl_plot_embedding(const struct sl_embedding_pictures *x, struct sl_figure *figure, struct sl_error *err);
/* Where the points of one class lie; the others pale. */
int sl_plot_zoom(const struct sl_embedding_pictures *x, struct sl_figure *figure, struct sl_error *err);
/* Images in a grid over the plane: of each cell the row nearest to its middle. */
int sl_plot_thumbnails(const struct sl_embedding_pictures *x, struct sl_figure *figure, struct sl_error *err);
/* Principal components as images. */
int sl_plot_components(const struct sl_embedding_pictures *x, struct sl_figure *figure, struct sl_error *err);

#endif
